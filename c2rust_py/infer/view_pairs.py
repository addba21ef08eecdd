"""Pointers that are compared, or subtracted, where what holds one of them knows no position.

    lx->cur - start            start.len() - lx.cur.len()
    end == p->cur              std::ptr::eq(end, p.cur)

Views reach to the end of their array, and only pointers into one array are ordered or have a distance (C11 6.5.6p9, 6.5.8p5), so
lengths say it. Whether two pointers are equal is defined for any: they are if they lead to the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from c2rust_py.infer.pointer_uses import Pair, Use
from c2rust_py.infer.targets import (
    HeldRoot,
    IndexStep,
    ParamRoot,
    Resolver,
    Target,
    ViewRoot,
    without_casts,
)
from c2rust_py.ir.nodes import BlockValue, Call, FunctionRef, Load, Value
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import PointerType, same_representation
from c2rust_py.ir.walk import walk, walk_all


def compares_views(resolver: Resolver, left: Value, right: Value) -> bool:
    """Whether two pointers can be compared as the slices that they start."""
    targets = resolver.pointer(left), resolver.pointer(right)
    nullable = [resolver.may_be_null(value) for value in (left, right)]
    if resolver.comparable(left, right) and not any(nullable):
        return False
    one, other = (without_casts(value).type for value in (left, right))
    if not isinstance(one, PointerType) or not isinstance(other, PointerType):
        return False
    if not same_representation(one.target, other.target) or not any(map(_is_view, targets)):
        return False
    return all(target is not None and _starts_slice(target) for target in targets)


def _is_view(target: Target | None) -> bool:
    return target is not None and isinstance(target.root, HeldRoot | ViewRoot)


def _starts_slice(target: Target) -> bool:
    """Whether a target is an element of an array, and looking for it twice does no harm."""
    if not target.steps or not isinstance(target.steps[-1], IndexStep):
        return False
    if isinstance(target.root, HeldRoot) and not isinstance(target.root.value, Load):
        return False
    for step in target.steps:
        if isinstance(step, IndexStep) and (step.before or not all(_is_plain(term.value) for term in step.terms)):
            return False
    return True


def _is_plain(value: Value) -> bool:
    return not any(isinstance(node, Call | BlockValue) for node in walk(value))


def measures_params(resolver: Resolver, uses: Iterable[Use]) -> bool:
    """Whether a function compares a parameter so: its slice has to reach to the end of the array."""
    for use in uses:
        if isinstance(use, Pair) and compares_views(resolver, use.left, use.right):
            targets = resolver.pointer(use.left), resolver.pointer(use.right)
            if any(target is not None and isinstance(target.root, ParamRoot) for target in targets):
                return True
    return False


def reaching(functions: Mapping[str, Function], goals: Sequence[str]) -> set[str]:
    """The functions from which calls lead to some."""
    callers: dict[str, set[str]] = {}
    for symbol, function in functions.items():
        for node in walk_all(function.body):
            if isinstance(node, FunctionRef):
                callers.setdefault(node.symbol, set()).add(symbol)
    found: set[str] = set()
    waiting = list(goals)
    while waiting:
        symbol = waiting.pop()
        if symbol not in found:
            found.add(symbol)
            waiting.extend(callers.get(symbol, ()))
    return found
