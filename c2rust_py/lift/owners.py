"""Rewrites what owners are given, give back and give away: allocations become values of Rust that have one owner at a time.

    p = malloc(n * sizeof *p);  p = realloc(p, m * sizeof *p);  p = make(3);        return p;          take(p);
    p = new int[n];             resize(p, m);                   p = make(3);        return move p;     take(move p);
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.infer.allocations import Count, allocation_of
from c2rust_py.infer.demotions import FieldSlot, PointerSlot, ResultSlot, Subject
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
    Borrow,
    Call,
    Compare,
    CompareOp,
    Declare,
    Evaluate,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    If,
    IndexPlace,
    IntConst,
    IsPresent,
    Load,
    LocalPlace,
    Place,
    Reallocate,
    ReferentPlace,
    Return,
    Statement,
    Value,
)
from c2rust_py.ir.types import (
    BOOL,
    USIZE,
    Access,
    ArrayType,
    OwnedType,
    PointerType,
    PoolType,
    RecordType,
    ReferenceType,
    Type,
    VoidType,
)
from c2rust_py.ir.walk import walk
from c2rust_py.lift.owned_fields import owned_member
from c2rust_py.lift.positions import converted
from c2rust_py.lift.shapes import Shapes
from c2rust_py.lift.vacancies import has_elements


def owned_type(pointer: Type, slice: bool) -> OwnedType:
    """The type of what a pointer becomes that owns: elements, or one object."""
    assert isinstance(pointer, PointerType)
    return OwnedType(ArrayType(pointer.target, None) if slice else pointer.target)


@dataclass(frozen=True, slots=True)
class OwnerLifter:
    """Rewrites the allocations of one function. filled: the owners that have an element wherever they are not null
    (`lift.vacancies`). value, place, effects: rewrite what stands inside of them, and what is left of a pointer of which only the
    side effects are wanted. declared: a new local that is declared where it is given its value."""

    solution: Solution
    shapes: Shapes
    filled: AbstractSet[Subject]
    symbol: str
    resolver: Resolver
    layout: Layout
    value: Callable[[Value], Value]
    place: Callable[[Place], Place]
    effects: Callable[[Value], tuple[Statement, ...]]
    declared: Callable[[str, Type, Span], int]

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
        return Assign(LocalPlace(local, type, span), self._new(PointerSlot(self.symbol, local), count, type, span), span)

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
        return self._resize(PointerSlot(self.symbol, local), place, found.count, span)

    def has_any(self, pointer: Value) -> Value | None:
        """Whether an owner, or a member that owns, is not null; None for other pointers."""
        span = pointer.span
        match pointer:
            case Load(LocalPlace(local)) if self.owns(local):
                type = self.type_of(local)
                place: Place = ReferentPlace(LocalPlace(local, type, span), type.target, span)
            case Load(FieldPlace(base, index, type) as member) if self.is_member(member):
                place = self.field(self.place(base), index, type, span)
            case _:
                return None
        return IsPresent(Borrow(place, None, ReferenceType(place.type, Access.SHARED), span), BOOL, span)

    def release(self, pointer: Value, span: Span) -> tuple[Statement, ...]:
        """The owner gives back what it has: nobody may look at it again (see `lift.drops`)."""
        target = self.resolver.pointer(pointer)
        assert target is not None and isinstance(target.root, OwnedRoot)
        place = LocalPlace(target.root.local, self.type_of(target.root.local), span)
        release = Reallocate(place, IntConst(0, USIZE, span), False, VoidType(), span)
        return (*self.effects(pointer), Evaluate(release, span))

    def hand_over(self, value: Value, type: Type | None, span: Span) -> tuple[Statement, ...]:
        """What the function owns goes to its caller."""
        assert isinstance(type, OwnedType)
        match self.given_away(ResultSlot(self.symbol), value, type):
            case BlockValue(before, moved):
                return *before, Return(moved, span)
            case given:
                return (Return(given, span),)

    def given_away(self, owner: Subject, value: Value, type: OwnedType) -> Value:
        """What an owner has, what is new, or nothing for another owner. Where a `Box` is given null, nobody gets there (`infer.handovers`)."""
        if is_null(value):
            return self._new(owner, None, type, value.span)
        if self.resolver.handed(value) is not None:
            return self.value(without_casts(value))
        target, span = self.resolver.pointer(value), value.span
        if target is None:
            found = allocation_of(value, self.layout)
            assert found is not None
            return self._new(owner, found.count, type, span)
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

    def unguarded(self, statement: Statement) -> Statement:
        """A free of what an owner has, if it has anything, as a free."""
        match statement:
            case If(condition, (Evaluate(Call(FunctionRef("free"), (pointer,))) as free,), ()):
                match without_casts(pointer), _tested(condition):
                    case Load(LocalPlace(local)), Load(LocalPlace(tested)) if local == tested and self.owns(local):
                        return free
                    case Load(FieldPlace() as member), Load(FieldPlace() as tested) if self.is_member(member) and same_place(member, tested):
                        return free
                    case _:
                        pass
            case _:
                pass
        return statement

    def is_replaced(self, statement: Statement, after: Statement | None) -> bool:
        """Whether a statement frees what a member owns, and the next one gives the member null, or something new."""
        match statement:
            case Evaluate(Call(FunctionRef("free"), (pointer,))):
                member = self.member(pointer)
                return member is not None and self._is_given(member, after)
            case _:
                return False

    def _is_given(self, member: FieldPlace, after: Statement | None) -> bool:
        """Whether a statement begins with giving a member null, or something new."""
        match after:
            case Assign(place, value):
                return same_place(member, place) and self._is_apart(value, member)
            case If(condition, (then, *_), (otherwise, *_)) if not any(isinstance(node, Call | FieldPlace) for node in walk(condition)):
                return self._is_given(member, then) and self._is_given(member, otherwise)
            case _:
                return False

    def _is_apart(self, value: Value, member: FieldPlace) -> bool:
        """Whether a member is given null, what another function has allocated (which cannot look at what is freed), or an allocation
        which nothing of that member tells the size of."""
        if is_null(value) or self.resolver.handed(value) is not None:
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

    def give_member(self, base: Place, place: FieldPlace, value: Value | None, span: Span) -> tuple[Statement, ...]:
        """A member is given an allocation, nothing, or what it has in another size."""
        type, slot = owned_member(place.type), field_slot(place, self.solution.program)
        assert slot is not None
        member = FieldPlace(base, place.index, type, span)
        found = None if value is None else allocation_of(value, self.layout)
        if found is not None and found.old is not None:
            return self._resize(slot, member, found.count, span)
        return (Assign(member, self._given(slot, value, type, span), span),)

    def member_value(self, slot: FieldSlot, value: Value) -> Value:
        """What a member that owns is given in a struct's value."""
        members = self.solution.program.records[slot.record].fields
        assert members is not None
        return self._given(slot, value, owned_member(members[slot.index].type), value.span)

    def _given(self, slot: FieldSlot, value: Value | None, type: OwnedType, span: Span) -> Value:
        """What a member is given as a whole; None is nothing."""
        if value is not None and self.resolver.handed(value) is not None:
            return self.value(without_casts(value))
        found = None if value is None else allocation_of(value, self.layout)
        return self._new(slot, None if found is None else found.count, type, span)

    def _new(self, owner: Subject, count: Count | None, type: OwnedType, span: Span) -> Value:
        """New elements, or a new object."""
        return Allocate(self._number(count, span) if type.is_array else None, self._is_filled(owner, count), type, span)

    def _resize(self, owner: Subject, place: Place, count: Count, span: Span) -> tuple[Statement, ...]:
        """What an owner has becomes another number of elements, counted before Rust looks for the owner."""
        number = self._number(count, span)
        before: tuple[Statement, ...] = ()
        filled = self._is_filled(owner, count)
        in_arena = any(isinstance(node, IndexPlace) and isinstance(node.base.type, PoolType) for node in walk(place))
        if (filled or in_arena) and any(isinstance(node, FieldPlace | GlobalPlace | ReferentPlace | Call | BlockValue) for node in walk(number)):
            local = self.declared("count", USIZE, span)
            before = (Declare(local, number, span),)
            number = Load(LocalPlace(local, USIZE, span), USIZE, span)
        return *before, Evaluate(Reallocate(place, number, filled, VoidType(), span), span)

    def _is_filled(self, owner: Subject, count: Count | None) -> bool:
        """Whether an owner has to be given an element where it may be that none is asked for."""
        return owner in self.filled and count is not None and not has_elements(count, self.solution.program)

    def _number(self, count: Count | None, span: Span) -> Value:
        """A number of elements as an index; None is none."""
        if count is None or count.value is None:
            return IntConst(0 if count is None else count.factor, USIZE, span)
        number = converted(self.value(count.value), USIZE)
        factor = IntConst(count.factor, USIZE, span)
        return number if count.factor == 1 else Binary(BinaryOp.MUL, number, factor, USIZE, span)


def _tested(condition: Value) -> Value:
    """The pointer that a condition is about: whether it is there."""
    match condition:
        case Compare(CompareOp.NE, left, right) if is_null(right):
            return without_casts(left)
        case _:
            return without_casts(condition)
