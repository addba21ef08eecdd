"""The types of what holds views: members of structs, variables and arrays whose pointers become references.

    struct op { const char *name; };          Op { name: &[u8] }          `Option<&[u8]>` where it may be null
    const char *names[3];                     [&[u8]; 3]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from c2rust_py.infer.demotions import FieldSlot, GlobalPointers, HeldSlot, Subject
from c2rust_py.infer.views import Views
from c2rust_py.ir.program import Program, Record, Variable
from c2rust_py.ir.types import USIZE, Access, ArrayType, IntType, OptionalType, PointerType, ReferenceType, Type


@dataclass(frozen=True, slots=True)
class HeldTypes:
    """shapes: of each view, whether it is a slice."""

    program: Program
    views: Views
    shapes: Mapping[Subject, bool]

    def of(self, slot: HeldSlot) -> ReferenceType | OptionalType | IntType:
        """The type of one view, or position."""
        if self.views.holds_positions(slot):
            return OptionalType(USIZE) if slot in self.views.nullable else USIZE
        pointee = self.views.pointees[slot]
        type = ReferenceType(ArrayType(pointee, None) if self.shapes[slot] else pointee, Access.SHARED)
        return OptionalType(type) if slot in self.views.nullable else type

    def within(self, slot: HeldSlot, type: Type) -> Type:
        """The type of what the pointers of a slot are, or are the elements of; as it was, where they are in memory."""
        if not self.views.above(slot) and not self.views.holds_positions(slot):
            return type
        if isinstance(type, ArrayType):
            return ArrayType(self.within(slot, type.element), type.length)
        return self.of(slot)

    def reference(self, pointer: Type, slice: bool, pointed: HeldSlot | None = None) -> ReferenceType:
        """The type of the reference that a pointer becomes. pointed: the slot of what it leads to, where that is pointers."""
        assert isinstance(pointer, PointerType)
        target = pointer.target if pointed is None else self.within(pointed, pointer.target)
        return ReferenceType(ArrayType(target, None) if slice else target, Access.SHARED)

    def record(self, record: Record) -> Record:
        """A struct with references in it."""
        fields = tuple(
            replace(member, type=self.within(FieldSlot(record.id, index), member.type))
            for index, member in enumerate(record.fields or ())
        )
        return record if record.fields is None else replace(record, fields=fields)

    def variable(self, variable: Variable) -> Variable:
        """A variable with references in it; its initial value stays."""
        return replace(variable, type=self.within(GlobalPointers(variable.symbol), variable.type))
