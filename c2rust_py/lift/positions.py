"""Positions: the indices that pointers become, as IR values of type `usize`, or `isize` for those that go backwards.

A position of type `isize` can stand in front of its array for a moment (`while (p >= buf) p--`), one of type `usize` cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.ends import is_found
from c2rust_py.infer.offsets import is_signed
from c2rust_py.infer.pointer_uses import Flow
from c2rust_py.infer.targets import IndexStep, Resolver, Target
from c2rust_py.ir.nodes import (
    Binary,
    BinaryOp,
    BlockValue,
    Call,
    Conditional,
    Convert,
    IntConst,
    IsPresent,
    Load,
    LocalPlace,
    MoveOptional,
    Optional,
    Place,
    ReferentPlace,
    Statement,
    Unwrap,
    Value,
)
from c2rust_py.ir.types import (
    BOOL,
    INT,
    ISIZE,
    USIZE,
    Access,
    IntType,
    OptionalType,
    PointerType,
    ReferenceType,
    Type,
)


def backward_cursors(resolver: Resolver, flows: list[Flow], given: AbstractSet[int] = frozenset()) -> frozenset[int]:
    """The locals whose positions go backwards, or are compared with such: all that share values with one are of one type.
    given: the parameters that are positions, and that callers may give one in front of the array."""
    backward: set[int] = set(given)
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
            if _is_inside(step):
                continue
            linked.setdefault(step.cursor, set()).add(flow.local)
            same = flow.local in resolver.nullable or step.cursor not in resolver.nullable
            if same:
                linked.setdefault(flow.local, set()).add(step.cursor)
            if _goes_back(step):
                backward |= {flow.local, step.cursor} if same else {flow.local}
    waiting = list(backward)
    while waiting:
        for other in linked.get(waiting.pop(), ()):
            if other not in backward:
                backward.add(other)
                waiting.append(other)
    return frozenset(backward)


def _goes_back(step: IndexStep) -> bool:
    return step.constant < 0 or any(term.negative or is_signed(term.value) for term in step.terms)


def _is_inside(step: IndexStep) -> bool:
    """Whether a position was found by a call that looks behind another: it is not in front of the array."""
    found = step.terms[-1] if step.terms else None
    if found is None or found.negative or step.constant != 0:
        return False
    return (isinstance(found.value, Call) and isinstance(found.value.type, PointerType)) or is_found(found.value)


@dataclass(frozen=True, slots=True)
class Positions:
    """Makes the values of indices in one function.

    cursors: the local that holds the position of each pointer local, None where that stays 0. backward: those of type `isize`.
    nullable: those that may be missing. referents: those that are the caller's, behind references. value, statements: rewrite
    what stands inside of an index.
    """

    cursors: Mapping[int, int | None]
    backward: AbstractSet[int]
    nullable: AbstractSet[int]
    referents: AbstractSet[int]
    value: Callable[[Value], Value]
    statements: Callable[[tuple[Statement, ...]], tuple[Statement, ...]]

    def type_of(self, local: int) -> IntType:
        """The type of the position that a pointer local becomes."""
        return ISIZE if local in self.backward else USIZE

    def local_type(self, local: int) -> Type:
        """The type of the local that holds the position."""
        type = self.type_of(local)
        return OptionalType(type) if local in self.nullable else type

    def index(self, step: IndexStep, span: Span) -> Value:
        """An index as an operand of an element place: any integer will do."""
        step = self._moving(step)
        if step.fixed is None and step.cursor is None and step.constant == 0 and not step.before:
            (first, *others) = step.terms
            if not others and not first.negative:
                return self._there(self.value(first.value))
        return self.position(step, USIZE, span)

    def position(self, step: IndexStep, type: IntType, span: Span) -> Value:
        """An index as a value of `type`."""
        step = self._moving(step)
        found = self._sum(replace(step, before=()), type, span)
        if not step.before:
            return found
        return BlockValue(self.statements(step.before), found, type, span)

    def optional(self, step: IndexStep, type: IntType, span: Span) -> Value:
        """An index that may be missing, of the option of `type`: what a local holds, a call gives or a condition selects."""
        optional = OptionalType(type)
        if step.before:
            found = self.optional(replace(step, before=()), type, span)
            return BlockValue(self.statements(step.before), found, optional, span)
        if step.cursor is not None and step.cursor in self.nullable and not step.terms and step.constant == 0:
            assert self.type_of(step.cursor) == type, "a position that may be missing goes backwards"
            return self._cursor(step.cursor, span)
        *start, last = step.terms if step.terms else (None,)
        if last is None or not isinstance(last.value, Call | Conditional | Load) or last.negative:
            return Optional(self.position(step, type, span), optional, span)
        found = self.value(last.value)
        if not isinstance(found.type, OptionalType):
            return Optional(self.position(step, type, span), optional, span)
        assert found.type == optional, "a position that may be missing goes backwards"
        rest = replace(step, terms=tuple(start))
        if rest.fixed == 0:
            return found
        return MoveOptional(found, self.position(rest, type, span), optional, span)

    def _moving(self, step: IndexStep) -> IndexStep:
        """The index without a cursor that stays 0."""
        stays = step.cursor is not None and self.cursors[step.cursor] is None
        return replace(step, cursor=None) if stays else step

    def place(self, local: int, span: Span) -> Place:
        """Where the position of a pointer local is."""
        type, cursor = self.local_type(local), self.cursors[local]
        assert cursor is not None, f"{span}: a position that stays 0 has no place"
        if local not in self.referents:
            return LocalPlace(cursor, type, span)
        return ReferentPlace(LocalPlace(cursor, ReferenceType(type, Access.SHARED), span), type, span)
    def is_present(self, target: Target, span: Span) -> Value:
        """Whether the position of a target that may be null is there."""
        cursor = target.template.cursor
        assert cursor is not None
        step = target.steps[cursor]
        assert isinstance(step, IndexStep)
        return IsPresent(self.optional(step, USIZE, span), BOOL, span)

    def _cursor(self, local: int, span: Span) -> Value:
        place = self.place(local, span)
        return Load(place, place.type, span)

    def _there(self, value: Value) -> Value:
        """The position, where it may be missing as far as types know."""
        return Unwrap(value, value.type.inner, value.span) if isinstance(value.type, OptionalType) else value

    def pair(self, left: IndexStep, right: IndexStep, span: Span) -> tuple[Value, Value]:
        """Two indices that are compared or subtracted."""
        backward = any(step.cursor in self.backward or step.constant < 0 for step in (left, right))
        type = ISIZE if backward else USIZE
        return self.position(left, type, span), self.position(right, type, span)

    def _sum(self, step: IndexStep, type: IntType, span: Span) -> Value:
        """Sums that may pass below zero on the way are of type `isize`, or of a number's own."""
        cursor = None
        if step.cursor is not None:
            cursor = self._there(self._cursor(step.cursor, span))
        if cursor is None and not step.terms:
            return IntConst(step.constant, type if step.constant >= 0 else ISIZE, span)
        if type == USIZE and cursor is None and len(step.terms) == 1 and step.constant >= 0 and not step.terms[0].negative:
            return self._single(step.terms[0].value, step.constant, span)
        within = USIZE if type == USIZE and not self._is_signed(step) else ISIZE
        total: Value | None = None if cursor is None else converted(cursor, within)
        for term in step.terms:
            part = converted(self._there(self.value(term.value)), within)
            if total is None:
                total = part if not term.negative else _binary(BinaryOp.SUB, IntConst(0, within, span), part, within, span)
            else:
                total = _binary(BinaryOp.SUB if term.negative else BinaryOp.ADD, total, part, within, span)
        assert total is not None
        if step.constant:
            op = BinaryOp.ADD if step.constant > 0 else BinaryOp.SUB
            total = _binary(op, total, IntConst(abs(step.constant), within, span), within, span)
        return converted(total, type)

    def _single(self, term: Value, constant: int, span: Span) -> Value:
        """One number behind an element. One that may be negative (`middle = a + 2; middle[i]`) is added to as it is."""
        signed = constant > 0 and is_signed(term)
        number = self._there(self.value(_unwidened(term) if signed else term))
        within = (number.type if _is_int(number.type) else ISIZE) if signed else USIZE
        assert isinstance(within, IntType)
        total = converted(number, within)
        if constant:
            total = _binary(BinaryOp.ADD, total, IntConst(constant, within, span), within, span)
        return converted(total, USIZE)

    def _is_signed(self, step: IndexStep) -> bool:
        if step.cursor is not None and step.cursor in self.backward:
            return True
        return any(term.negative or is_signed(term.value) for term in step.terms)


def _is_int(type: Type) -> bool:
    """Whether it is a signed type as wide as indices are in C."""
    return isinstance(type, IntType) and type.kind.signed and type.kind.size >= INT.kind.size


def _unwidened(value: Value) -> Value:
    """A signed number before it was widened."""
    while isinstance(value, Convert) and _is_wider(value.type, value.operand.type):
        value = value.operand
    return value


def _is_wider(type: Type, other: Type) -> bool:
    if not isinstance(type, IntType) or not isinstance(other, IntType):
        return False
    return _is_int(type) and _is_int(other) and type.kind.size >= other.kind.size


def _binary(op: BinaryOp, left: Value, right: Value, type: IntType, span: Span) -> Value:
    return Binary(op, left, right, type, span)


def converted(value: Value, type: Type) -> Value:
    """The value in another integer type."""
    if isinstance(value, Convert) and value.type != type and value.operand.type == type:
        return value.operand
    return value if value.type == type else Convert(value, type, value.span)

