"""Positions: the indices that pointers become, as IR values of type `usize`, or `isize` for those that go backwards.

A position of type `isize` can stand in front of its array for a moment (`while (p >= buf) p--`), one of type `usize` cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.pointer_uses import Flow
from c2rust_py.infer.targets import IndexStep, Resolver
from c2rust_py.ir.nodes import Binary, BinaryOp, BlockValue, Convert, IntConst, Load, LocalPlace, Statement, Value
from c2rust_py.ir.types import ISIZE, USIZE, EnumType, IntType, Type


def backward_cursors(resolver: Resolver, flows: list[Flow]) -> frozenset[int]:
    """The locals whose positions go backwards, or are compared with such: all that share values with one are of one type."""
    backward: set[int] = set()
    linked: dict[int, set[int]] = {}
    for flow in flows:
        target = resolver.pointer(flow.value)
        if target is None:
            continue
        for step in target.steps:
            if not isinstance(step, IndexStep):
                continue
            if step.cursor is None:
                if step.constant < 0 or any(term.negative for term in step.terms):
                    backward.add(flow.local)
                continue
            linked.setdefault(step.cursor, set()).add(flow.local)
            linked.setdefault(flow.local, set()).add(step.cursor)
            if _goes_back(step):
                backward |= {flow.local, step.cursor}
    waiting = list(backward)
    while waiting:
        for other in linked.get(waiting.pop(), ()):
            if other not in backward:
                backward.add(other)
                waiting.append(other)
    return frozenset(backward)


def _goes_back(step: IndexStep) -> bool:
    return step.constant < 0 or any(term.negative or is_signed(term.value) for term in step.terms)


def is_signed(value: Value) -> bool:
    """Whether an offset may be negative, by the type that it had before it was widened."""
    while isinstance(value, Convert) and isinstance(value.operand.type, IntType | EnumType):
        value = value.operand
    if isinstance(value, IntConst):
        return value.value < 0
    return not isinstance(value.type, IntType) or value.type.kind.signed


@dataclass(frozen=True, slots=True)
class Positions:
    """Makes the values of indices in one function.

    cursors: the local that holds the position of each pointer local. backward: those of type `isize`. values, statements:
    rewrite what stands inside of an index.
    """

    cursors: Mapping[int, int]
    backward: AbstractSet[int]
    value: Callable[[Value], Value]
    statements: Callable[[tuple[Statement, ...]], tuple[Statement, ...]]

    def type_of(self, local: int) -> IntType:
        """The type of the position that a pointer local becomes."""
        return ISIZE if local in self.backward else USIZE

    def index(self, step: IndexStep, span: Span) -> Value:
        """An index as an operand of an element place: any integer will do."""
        if step.fixed is None and step.cursor is None and step.constant == 0 and not step.before:
            (first, *others) = step.terms
            if not others and not first.negative:
                return self.value(first.value)
        return self.position(step, USIZE, span)

    def position(self, step: IndexStep, type: IntType, span: Span) -> Value:
        """An index as a value of `type`."""
        found = self._sum(replace(step, before=()), type, span)
        if not step.before:
            return found
        return BlockValue(self.statements(step.before), found, type, span)

    def pair(self, left: IndexStep, right: IndexStep, span: Span) -> tuple[Value, Value]:
        """Two indices that are compared or subtracted."""
        backward = any(step.cursor in self.backward or step.constant < 0 for step in (left, right))
        type = ISIZE if backward else USIZE
        return self.position(left, type, span), self.position(right, type, span)

    def _sum(self, step: IndexStep, type: IntType, span: Span) -> Value:
        """Sums that may pass below zero on the way are of type `isize`."""
        cursor = None
        if step.cursor is not None:
            of_cursor = self.type_of(step.cursor)
            cursor = Load(LocalPlace(self.cursors[step.cursor], of_cursor, span), of_cursor, span)
        if cursor is None and not step.terms:
            return IntConst(step.constant, type if step.constant >= 0 else ISIZE, span)
        single = cursor is None and len(step.terms) == 1 and step.constant >= 0 and not step.terms[0].negative
        within = USIZE if type == USIZE and (single or not self._is_signed(step)) else ISIZE
        total: Value | None = None if cursor is None else converted(cursor, within)
        for term in step.terms:
            part = converted(self.value(term.value), within)
            if total is None:
                total = part if not term.negative else _binary(BinaryOp.SUB, IntConst(0, within, span), part, within, span)
            else:
                total = _binary(BinaryOp.SUB if term.negative else BinaryOp.ADD, total, part, within, span)
        assert total is not None
        if step.constant:
            op = BinaryOp.ADD if step.constant > 0 else BinaryOp.SUB
            total = _binary(op, total, IntConst(abs(step.constant), within, span), within, span)
        return converted(total, type)

    def _is_signed(self, step: IndexStep) -> bool:
        if step.cursor is not None and step.cursor in self.backward:
            return True
        return any(term.negative or is_signed(term.value) for term in step.terms)


def _binary(op: BinaryOp, left: Value, right: Value, type: IntType, span: Span) -> Value:
    return Binary(op, left, right, type, span)


def converted(value: Value, type: Type) -> Value:
    """The value in another integer type."""
    if isinstance(value, Convert) and value.type != type and value.operand.type == type:
        return value.operand
    return value if value.type == type else Convert(value, type, value.span)

