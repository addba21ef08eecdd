"""Pointer members of structs as slots of the ladder: which there are, and what they are given.

    struct vec { int *data; size_t used; };          v->data = malloc(n);          (struct vec){ buffer, 0 }

A member is one slot for the whole program: whatever any object of the struct keeps there. Members of unions are in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.infer.demotions import FieldSlot
from c2rust_py.infer.targets import is_data_pointer
from c2rust_py.ir.nodes import Assign, FieldPlace, Place, RecordValue, Value
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import RecordType
from c2rust_py.ir.walk import Node
from c2rust_py.options import Rung

FieldRungs = Mapping[FieldSlot, Rung]
"""The rungs of the members that are above memory."""


@dataclass(frozen=True, slots=True)
class FieldFlow:
    """A member is given a pointer; place: None where it is a part of a whole struct's value, value: None for zero."""

    slot: FieldSlot
    place: FieldPlace | None
    value: Value | None
    span: Span


def pointer_fields(program: Program) -> Iterator[FieldSlot]:
    """The members of structs that are pointers to objects."""
    for id, record in program.records.items():
        for index, member in enumerate(record.fields or ()):
            if is_data_pointer(member.type) and not record.is_union:
                yield FieldSlot(id, index)


def field_slot(place: Place, program: Program) -> FieldSlot | None:
    """The slot of a place that is a pointer member of a struct."""
    match place:
        case FieldPlace(base, index, type) if is_data_pointer(type) and isinstance(base.type, RecordType):
            record = base.type.id
            return None if program.records[record].is_union else FieldSlot(record, index)
        case _:
            return None


def field_flows(node: Node, program: Program) -> Iterator[FieldFlow]:
    """What a node, without the nodes below it, gives pointer members."""
    match node:
        case Assign(FieldPlace() as place, value, span):
            slot = field_slot(place, program)
            if slot is not None:
                yield FieldFlow(slot, place, value, span)
        case RecordValue(values, RecordType(id), span) if not program.records[id].is_union:
            fields = program.records[id].fields or ()
            for index, (member, given) in enumerate(zip(fields, values, strict=True)):
                if is_data_pointer(member.type):
                    yield FieldFlow(FieldSlot(id, index), None, given, span)
        case _:
            pass
