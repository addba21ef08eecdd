"""Allocations that a function hands over to its caller: what its returns say of them.

    char *copy(const char *s) { char *made = malloc(strlen(s) + 1); if (!made) return NULL; strcpy(made, s); return made; }

`made` is what the function allocates, all of it, so its result owns. The other return never runs: an allocation that fails stops
the program, so a test of `made` is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from c2rust_py.infer.allocations import allocation_of
from c2rust_py.infer.owners import can_be_owned
from c2rust_py.infer.pointer_uses import Returned
from c2rust_py.infer.targets import (
    HandedRoot,
    OwnedRoot,
    Resolver,
    Result,
    Template,
    is_data_pointer,
    is_null,
    without_casts,
)
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Compare, CompareOp, If, IntConst, Logical, LogicalOp, Not, Return, Statement, Value
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import child_groups

HANDED = Template(HandedRoot(), (0,))
"""The start of what the caller is given."""


def allocates_result(resolver: Resolver, value: Value, layout: Layout) -> bool:
    """Whether a returned value is an allocation that nobody has a name for: made here, or by another function."""
    if resolver.handed(value) is not None:
        return True
    return can_be_owned(value.type, layout) and (found := allocation_of(value, layout)) is not None and found.old is None


def handed_result(resolver: Resolver, value: Value, layout: Layout, arrays: AbstractSet[int]) -> Result | None:
    """The result as far as one returned value tells, where that is all of an allocation. arrays: those of variable length."""
    handed = resolver.handed(value)
    if handed is not None:
        return handed
    if allocates_result(resolver, value, layout):
        return Result(HANDED, nullable=False)
    target = resolver.pointer(value)
    if target is None or not isinstance(target.root, OwnedRoot) or target.template != Template(target.root, (0,)):
        return None
    if target.root.local in arrays:
        return None
    return Result(HANDED, resolver.may_be_null(value))


def live_returns(function: Function, resolver: Resolver, up: Callable[[Value], bool], returns: Sequence[Returned]) -> list[Returned]:
    """The returns of pointers that can run. up: whether a pointer is above memory, known or not yet."""
    dead: set[int] = set()
    for statement in function.body:
        _find_dead(statement, _Tests(resolver, up).truth, dead)
    return [use for use in returns if id(use.value) not in dead]


def _find_dead(node: object, truth: Callable[[Value], bool | None], dead: set[int]) -> None:
    """Adds the values of returns in branches that are never taken."""
    if isinstance(node, If):
        known = truth(node.condition)
        if known is not None:
            dead.update(id(value) for value in _returned(node.otherwise if known else node.then))
            _find_all_dead(node.then if known else node.otherwise, truth, dead)
            return
    for group in child_groups(node):  # type: ignore[arg-type]
        _find_all_dead(group, truth, dead)


def _find_all_dead(nodes: Sequence[object], truth: Callable[[Value], bool | None], dead: set[int]) -> None:
    for node in nodes:
        _find_dead(node, truth, dead)


def _returned(body: Sequence[object]) -> Iterator[Value]:
    for node in body:
        if isinstance(node, Return):
            if node.value is not None:
                yield node.value
        elif isinstance(node, Statement):
            for group in child_groups(node):
                yield from _returned(group)


class _Tests:
    """What is known of conditions on pointers."""

    def __init__(self, resolver: Resolver, up: Callable[[Value], bool]) -> None:
        self.resolver = resolver
        self.up = up

    def truth(self, condition: Value) -> bool | None:
        """Whether a condition holds, where that is the same in every run."""
        match condition:
            case IntConst(value):
                return value != 0
            case Not(operand):
                known = self.truth(operand)
                return None if known is None else not known
            case Logical(op, left, right):
                sides, decisive = (self.truth(left), self.truth(right)), op is LogicalOp.OR
                if decisive in sides:
                    return decisive
                return None if None in sides else not decisive
            case Compare(op, left, right) if op in (CompareOp.EQ, CompareOp.NE) and is_data_pointer(left.type):
                if not is_null(left) and not is_null(right):
                    return None
                there = self.there(right if is_null(left) else left)
                return None if there is None else (op is CompareOp.NE)
            case _ if is_data_pointer(condition.type):
                return self.there(condition)
            case _:
                return None

    def there(self, pointer: Value) -> bool | None:
        """Whether a pointer is known not to be null: True, or None where that is not known."""
        pointer = without_casts(pointer)
        target = self.resolver.pointer(pointer)
        if target is None:
            return True if self.up(pointer) else None
        return True if not self.resolver.may_be_null(pointer) and isinstance(target.root, OwnedRoot) else None
