"""Sizes and alignments of complete types in bytes (System V x86-64 ABI), given the records and enums they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from c2rust_py.ir.program import Enumeration, Record
from c2rust_py.ir.types import (
    ArrayType,
    ComplexType,
    EnumType,
    FloatType,
    FunctionType,
    IdType,
    IntType,
    OptionalType,
    OwnedType,
    PointerType,
    PoolType,
    Qualified,
    RecordType,
    ReferenceType,
    Type,
    VaListType,
    VoidType,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """What `size_of` and `align_of` need to know of the program."""

    records: Mapping[str, Record]
    enums: Mapping[str, Enumeration]

    def size_of(self, type: Type) -> int:
        """The size; GNU C's 1 for void and functions, 0 for an array of unknown length."""
        match type:
            case IntType(kind):
                return kind.size
            case FloatType(kind):
                return kind.size
            case ComplexType(kind):
                return 2 * kind.size
            case EnumType(id):
                return self.enums[id].kind.size
            case RecordType(id):
                return self.records[id].size
            case PointerType() | ReferenceType() | IdType():
                return 8
            case OptionalType():
                return 16
            case OwnedType() | PoolType():
                return 24
            case ArrayType(element, length):
                return self.size_of(element) * (length or 0)
            case VaListType():
                return 24
            case VoidType() | FunctionType():
                return 1
            case Qualified(inner, _):
                return self.size_of(inner)

    def align_of(self, type: Type) -> int:
        match type:
            case IntType(kind):
                return kind.size
            case FloatType(kind) | ComplexType(kind):
                return kind.size
            case EnumType(id):
                return self.enums[id].kind.size
            case RecordType(id):
                return self.records[id].align
            case PointerType() | ReferenceType() | OptionalType() | OwnedType() | IdType() | PoolType() | VaListType():
                return 8
            case ArrayType(element, _):
                return self.align_of(element)
            case VoidType() | FunctionType():
                return 1
            case Qualified(inner, _):
                return self.align_of(inner)
