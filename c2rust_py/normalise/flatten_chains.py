"""Long else-if chains become flat: compilers that work by recursion overflow on thousands of nested branches.

    if (x == 1) { a(); }                match 'chain (x) { 1 => { a(); } 2 => { b(); } ... _ => { z(); } }
    else if (x == 2) { b(); }     ->
    ...                                 or, where the conditions are not all of this kind:
    else { z(); }
                                        block 'chain { if (p) { a(); break 'chain; } if (q) { b(); break 'chain; } ... z(); }

Chains of up to `LONGEST` branches stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from c2rust_py.ir.nodes import (
    Arm,
    Break,
    Compare,
    CompareOp,
    Convert,
    If,
    IntConst,
    Labelled,
    Load,
    LocalPlace,
    Logical,
    LogicalOp,
    Match,
    Pattern,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import Type
from c2rust_py.ir.walk import Node, walk_all
from c2rust_py.normalise.fresh import Fresh
from c2rust_py.normalise.statement_lists import Statements, has_block, map_nearest_lists

N = TypeVar("N", bound=Node)
LONGEST = 100
"""Branches that a chain may have and stay nested."""


def flatten_chains(function: Function) -> Function:
    """`function` without long else-if chains."""
    if not _has_long_chain(function.body):
        return function
    fresh = Fresh.of(function)
    return fresh.finish(function, _flatten_list(function.body, fresh))


def _flatten_list(body: Statements, fresh: Fresh) -> Statements:
    """Outer chains first: the end of a chain is a chain, too."""
    return tuple([_flatten(s, fresh) if isinstance(s, If) else _flatten_below(s, fresh) for s in body])


def _flatten_below(node: N, fresh: Fresh) -> N:
    return map_nearest_lists(node, lambda body: _flatten_list(body, fresh))


def _has_long_chain(body: Statements) -> bool:
    """Whether some chain is too long; every `If` counts the branches up to it, and is met before those below it."""
    lengths: dict[int, int] = {}
    for node in walk_all(body):
        if isinstance(node, If):
            length = lengths.get(id(node), 1)
            if length > LONGEST:
                return True
            if len(node.otherwise) == 1:
                lengths[id(node.otherwise[0])] = length + 1
    return False


def _flatten(top: If, fresh: Fresh) -> Statement:
    branches: list[If] = []
    rest: Statements = (top,)
    while len(rest) == 1 and isinstance(rest[0], If):
        node = rest[0]
        then = _flatten_list(node.then, fresh)
        branches.append(replace(node, condition=_flatten_value(node.condition, fresh), then=then))
        rest = node.otherwise
    rest = _flatten_list(rest, fresh)
    if len(branches) <= LONGEST:
        for branch in reversed(branches):
            rest = (replace(branch, otherwise=rest),)
        return rest[0]
    label = fresh.label("chain")
    match = _as_match(branches, rest, label)
    if match is not None:
        return match
    body: list[Statement] = []
    for branch in branches:
        leave = Break(label, branch.span)
        body.append(If(branch.condition, (*branch.then, leave), (), branch.span))
    return Labelled(label, (*body, *rest), top.span)


def _flatten_value(value: Value, fresh: Fresh) -> Value:
    return _flatten_below(value, fresh) if has_block(value) else value


def _as_match(branches: list[If], rest: Statements, label: str) -> Match | None:
    """A match, where every condition compares the same local with constants."""
    subject: Value | None = None
    taken: set[int] = set()
    arms: list[Arm] = []
    for branch in branches:
        tests = _tests(branch.condition)
        if not tests:
            return None
        patterns: list[Pattern] = []
        for tested, constant in tests:
            if subject is None:
                subject = tested
            elif _identity(tested) != _identity(subject):
                return None
            # The first branch with a value takes it.
            if constant.value not in taken:
                taken.add(constant.value)
                patterns.append(Pattern(constant.value, constant.value, constant.name))
        if patterns:
            arms.append(Arm(tuple(patterns), branch.then))
    assert subject is not None
    return Match(label, subject, (*arms, Arm((), rest)), branches[0].span)


def _tests(condition: Value) -> list[tuple[Value, IntConst]]:
    """The comparisons `local == constant` that a condition is the disjunction of; empty if it is none."""
    found: list[tuple[Value, IntConst]] = []
    stack = [condition]
    while stack:
        match stack.pop():
            case Logical(LogicalOp.OR, left, right):
                stack += (right, left)
            case Compare(CompareOp.EQ, left, IntConst() as constant) if _identity(left) is not None:
                found.append((left, constant))
            case _:
                return []
    return found


def _identity(value: Value) -> tuple[int, tuple[Type, ...]] | None:
    """What tells one local, converted perhaps, from another."""
    types = [value.type]
    while isinstance(value, Convert):
        value = value.operand
        types.append(value.type)
    if isinstance(value, Load) and isinstance(value.place, LocalPlace):
        return (value.place.local, tuple(types))
    return None
