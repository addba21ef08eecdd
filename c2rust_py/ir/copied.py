"""Which structs Rust copies."""

from __future__ import annotations

from functools import partial

from c2rust_py.ir.program import Program
from c2rust_py.ir.types import ArrayType, OwnedType, RecordType, Type


def is_copied(program: Program, record: str) -> bool:
    """Whether objects of a struct are copied by their bits: those that own something are not."""
    return not any(map(partial(_is_owner, program), (member.type for member in program.records[record].fields or ())))


def _is_owner(program: Program, type: Type) -> bool:
    while isinstance(type, ArrayType):
        type = type.element
    return isinstance(type, OwnedType) or (isinstance(type, RecordType) and not is_copied(program, type.id))
