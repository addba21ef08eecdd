"""Rewrites what owners are given, give back and give away: allocations become values of Rust that have one owner at a time.

    p = malloc(n * sizeof *p);  p = realloc(p, m * sizeof *p);  p = make(3);        return p;          take(p);
    p = new int[n];             resize(p, m);                   p = make(3);        return move p;     take(move p);
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.infer.allocations import Count, allocation_of
from c2rust_py.infer.demotions import FieldSlot, PointerSlot
from c2rust_py.infer.field_slots import field_slot
from c2rust_py.infer.owned_fields import same_place
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import OwnedRoot, Resolver, is_null, without_casts
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    Allocate,
    Assign,
    Binary,
    BinaryOp,
    BlockValue,
    Call,
    Evaluate,
    FieldPlace,
    FunctionRef,
    IntConst,
    Load,
    LocalPlace,
    Place,
    Reallocate,
    ReferentPlace,
    Return,
    Statement,
    Value,
)
from c2rust_py.ir.types import USIZE, ArrayType, OwnedType, PointerType, RecordType, Type, VoidType
from c2rust_py.ir.walk import walk
from c2rust_py.lift.owned_fields import owned_member
from c2rust_py.lift.positions import converted
from c2rust_py.lift.shapes import Shapes


def owned_type(pointer: Type, slice: bool) -> OwnedType:
    """The type of what a pointer becomes that owns: elements, or one object."""
    assert isinstance(pointer, PointerType)
    return OwnedType(ArrayType(pointer.target, None) if slice else pointer.target)


@dataclass(frozen=True, slots=True)
class OwnerLifter:
    """Rewrites the allocations of one function. value, effects: rewrite what stands inside of them, and what is left of a
    pointer of which only the side effects are wanted."""

    solution: Solution
    shapes: Shapes
    symbol: str
    resolver: Resolver
    layout: Layout
    value: Callable[[Value], Value]
    effects: Callable[[Value], tuple[Statement, ...]]

    def owns(self, local: int) -> bool:
        """Whether a local owns what it points to."""
        return self.solution.owns(self.symbol, local)

    def type_of(self, local: int) -> OwnedType:
        """The type of an owner."""
        pointer = self.solution.program.functions[self.symbol].locals[local].type
        return owned_type(pointer, self.shapes[PointerSlot(self.symbol, local)])

    def allocate(self, local: int, count: Count | None, span: Span) -> Statement:
        """A local is given new elements, or its object."""
        type = self.type_of(local)
        return Assign(LocalPlace(local, type, span), self._new(count, type, span), span)

    def give(self, local: int, value: Value, span: Span) -> tuple[Statement, ...]:
        """An owner is given an allocation, null, or what it has."""
        if self.resolver.handed(value) is not None:
            return (Assign(LocalPlace(local, self.type_of(local), span), self.value(without_casts(value)), span),)
        found = allocation_of(value, self.layout)
        if found is None and not is_null(value):
            return self.effects(value)
        if found is None or found.old is None:
            return (self.allocate(local, None if found is None else found.count, span),)
        place = LocalPlace(local, self.type_of(local), span)
        return (Evaluate(Reallocate(place, self._number(found.count, span), VoidType(), span), span),)

    def release(self, pointer: Value, span: Span) -> tuple[Statement, ...]:
        """The owner gives back what it has: nobody may look at it again (see `lift.drops`)."""
        target = self.resolver.pointer(pointer)
        assert target is not None and isinstance(target.root, OwnedRoot)
        place = LocalPlace(target.root.local, self.type_of(target.root.local), span)
        release = Reallocate(place, IntConst(0, USIZE, span), VoidType(), span)
        return (*self.effects(pointer), Evaluate(release, span))

    def hand_over(self, value: Value, type: Type | None, span: Span) -> tuple[Statement, ...]:
        """What the function owns goes to its caller. Null is never returned (`infer.handovers`): nobody gets there."""
        assert isinstance(type, OwnedType)
        return (Return(self._new(None, type, span) if is_null(value) else self.given_away(value, type), span),)

    def given_away(self, value: Value, type: OwnedType) -> Value:
        """What an owner has, or what is new, for another owner."""
        if self.resolver.handed(value) is not None:
            return self.value(without_casts(value))
        target, span = self.resolver.pointer(value), value.span
        if target is None:
            found = allocation_of(value, self.layout)
            assert found is not None
            return self._new(found.count, type, span)
        assert isinstance(target.root, OwnedRoot)
        moved = Load(LocalPlace(target.root.local, type, span), type, span)
        before = self.effects(value)
        return BlockValue(before, moved, type, span) if before else moved

    # ---- members of structs

    def is_member(self, place: Place) -> bool:
        """Whether a place is a member that owns."""
        return field_slot(place, self.solution.program) in self.solution.fields

    def member(self, pointer: Value) -> FieldPlace | None:
        """The member that a pointer value is read from, where that owns."""
        match without_casts(pointer):
            case Load(FieldPlace() as place) if self.is_member(place):
                return place
            case _:
                return None

    def is_replaced(self, statement: Statement, after: Statement | None) -> bool:
        """Whether a statement frees what a member owns, and the next one gives the member null, or something new."""
        match statement, after:
            case Evaluate(Call(FunctionRef("free"), (pointer,))), Assign(place, value):
                member = self.member(pointer)
                return member is not None and same_place(member, place) and self._is_apart(value, member)
            case _:
                return False

    def _is_apart(self, value: Value, member: FieldPlace) -> bool:
        """Whether a member is given null or an allocation which nothing of that member tells the size of."""
        if is_null(value):
            return True
        found = allocation_of(value, self.layout)
        if found is None or found.old is not None:
            return False
        places = [node for node in walk(value) if isinstance(node, FieldPlace) and node.index == member.index]
        calls = [node for node in walk(value) if isinstance(node, Call) and node is not without_casts(value)]
        return not calls and all(place.base.type != member.base.type for place in places)

    def field(self, base: Place, index: int, type: Type, span: Span) -> Place:
        """A member of a lifted object; of one that owns, its elements."""
        assert isinstance(base.type, RecordType)
        if FieldSlot(base.type.id, index) not in self.solution.fields:
            return FieldPlace(base, index, type, span)
        owned = owned_member(type)
        return ReferentPlace(FieldPlace(base, index, owned, span), owned.target, span)

    def give_member(self, base: Place, place: FieldPlace, value: Value | None, span: Span) -> Statement:
        """A member is given an allocation, nothing, or what it has in another size."""
        type = owned_member(place.type)
        member = FieldPlace(base, place.index, type, span)
        found = None if value is None else allocation_of(value, self.layout)
        if found is not None and found.old is not None:
            return Evaluate(Reallocate(member, self._number(found.count, span), VoidType(), span), span)
        return Assign(member, self._given(value, type, span), span)

    def member_value(self, slot: FieldSlot, value: Value) -> Value:
        """What a member that owns is given in a struct's value."""
        members = self.solution.program.records[slot.record].fields
        assert members is not None
        return self._given(value, owned_member(members[slot.index].type), value.span)

    def _given(self, value: Value | None, type: OwnedType, span: Span) -> Value:
        """What a member is given as a whole; None is nothing."""
        if value is not None and self.resolver.handed(value) is not None:
            return self.value(without_casts(value))
        found = None if value is None else allocation_of(value, self.layout)
        return self._new(None if found is None else found.count, type, span)

    def _new(self, count: Count | None, type: OwnedType, span: Span) -> Value:
        """New elements, or a new object."""
        return Allocate(self._number(count, span) if type.is_array else None, type, span)

    def _number(self, count: Count | None, span: Span) -> Value:
        """A number of elements as an index; None is none."""
        if count is None or count.value is None:
            return IntConst(0 if count is None else count.factor, USIZE, span)
        number = converted(self.value(count.value), USIZE)
        factor = IntConst(count.factor, USIZE, span)
        return number if count.factor == 1 else Binary(BinaryOp.MUL, number, factor, USIZE, span)
