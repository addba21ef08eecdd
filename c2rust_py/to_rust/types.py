"""C types as Rust types (SEMANTICS.md): what a value of the type is in a Rust variable, and what a pointer points to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from c2rust_py.infer.effects import Needs
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import (
    Access,
    ArrayType,
    ComplexType,
    EnumType,
    FloatKind,
    FloatType,
    FunctionType,
    IdType,
    IntKind,
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
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.code_values import CodeValue
from c2rust_py.to_rust.names import Names

CELL, STD_CELL = "Cell", "std::cell::Cell"

LIBRARY_RECORD = "library:"
"""The prefix of the ids of records that our own headers declare; the runtime has them under the same tag."""

_INTS = {
    IntKind.BOOL: "bool",
    IntKind.CHAR: "u8",
    IntKind.SCHAR: "i8",
    IntKind.UCHAR: "u8",
    IntKind.SHORT: "i16",
    IntKind.USHORT: "u16",
    IntKind.INT: "i32",
    IntKind.UINT: "u32",
    IntKind.LONG: "i64",
    IntKind.ULONG: "u64",
    IntKind.LLONG: "i64",
    IntKind.ULLONG: "u64",
    IntKind.INT128: "i128",
    IntKind.UINT128: "u128",
    IntKind.USIZE: "usize",
    IntKind.ISIZE: "isize",
}

UNIT_TYPE = rs.PathType("()")
USIZE = rs.PathType("usize")
CONTEXT_TYPES = {Needs.MEMORY: "Memory", Needs.GLOBALS: "Globals", Needs.CONTEXT: "Context"}
VOID = rs.PathType("Void")
VOID_PTR = rs.PathType("Ptr", (VOID,))


@dataclass(frozen=True, slots=True)
class TypeLowering:
    """Gives types their Rust form. `library_records` maps the ids of the library's records to runtime paths; `code` has the types of
    functions whose pointers are Rust's."""

    program: Program
    names: Names
    library_records: Mapping[str, str]
    code: Mapping[FunctionType, CodeValue] = field(default_factory=dict)

    @property
    def cell(self) -> str:
        """The type of the standard library: by its whole path where the program has one of that name."""
        taken = (*self.names.records.values(), *self.names.enums.values())
        return STD_CELL if CELL in taken else CELL

    @property
    def layout(self) -> Layout:
        return Layout(self.program.records, self.program.enums)

    def int_kind(self, type: Type) -> IntKind | None:
        """The integer kind behind an integer or enum type; None for other types."""
        return self.program.int_kind(type)

    def value(self, type: Type) -> rs.Type:
        """The type of a Rust variable that holds a value of `type`."""
        match type:
            case IntType(kind):
                return rs.PathType(_INTS[kind])
            case EnumType():
                return rs.PathType(_INTS[self.program.enum_kind(type)])
            case FloatType(FloatKind.FLOAT):
                return rs.PathType("f32")
            case FloatType():
                return rs.PathType("f64")
            case ComplexType(kind):
                return rs.PathType("Complex", (self.value(FloatType(kind)),))
            case VoidType():
                return UNIT_TYPE
            case PointerType(FunctionType() as function) if function in self.code:
                return self._code(self.code[function])
            case PointerType(FunctionType() as function):
                return rs.PathType("FnPtr", (self.function(function),))
            case PointerType(target):
                return rs.PathType("Ptr", (self.stored(target),))
            case OptionalType(inner):
                return rs.PathType("Option", (self.value(inner),))
            case OwnedType(ArrayType(element, None)):
                return rs.PathType("Vec", (self.stored(element),))
            case OwnedType(target):
                return rs.PathType("Box", (self.stored(target),))
            case IdType(record):
                return rs.PathType("Id", (self.stored(record),))
            case PoolType(record):
                return rs.PathType("Pool", (self.stored(record),))
            case ReferenceType(optional=True):
                return rs.PathType("Option", (self.value(replace(type, optional=False)),))
            case ReferenceType(ArrayType(element, None), Access.CELL):
                return rs.ReferenceType(rs.SliceType(rs.PathType(self.cell, (self.stored(element),))))
            case ReferenceType(target, Access.CELL):
                return rs.ReferenceType(rs.PathType(self.cell, (self.stored(target),)))
            case ReferenceType(ArrayType(element, None), access):
                return rs.ReferenceType(rs.SliceType(self.stored(element)), access is Access.MUTABLE)
            case ReferenceType(target, access):
                return rs.ReferenceType(self.stored(target), access is Access.MUTABLE)
            case ArrayType(element, length):
                return rs.ArrayType(self.stored(element), length or 0)
            case RecordType(id):
                return rs.PathType(self.library_records.get(id) or self.names.records[id])
            case VaListType():
                return rs.PathType("VaList")
            case FunctionType():
                return self.function(type)
            case Qualified(inner, _):
                return self.value(inner)

    def stored(self, type: Type) -> rs.Type:
        """The type as the target of a pointer, an array element or a field: it has the size that C gives it."""
        match type:
            case VoidType() | FunctionType():
                return VOID
            case FloatType(FloatKind.LONG_DOUBLE):
                return rs.PathType("LongDouble")
            case ComplexType(FloatKind.LONG_DOUBLE):
                return rs.PathType("LongComplex")
            case _:
                return self.value(type)

    def _code(self, value: CodeValue) -> rs.Type:
        """The type of a function pointer that is Rust's."""
        plain = self.function(value.signature)
        if value.needs:
            context = rs.ReferenceType(rs.PathType(CONTEXT_TYPES[value.needs]), mutable=True)
            plain = rs.FnType((*plain.params, context), plain.result)
        return rs.PathType("Option", (plain,)) if value.nullable else plain

    def function(self, type: FunctionType) -> rs.FnType:
        """The signature that marks a function pointer's type."""
        result = None if isinstance(type.result, VoidType) else self.value(type.result)
        return rs.FnType(tuple(self.value(p) for p in type.params), result)


def constant_name(field: str) -> str:
    """The name of a field's constant; `ZERO`, `SIZE` and `ALIGN` are those of `Pod`."""
    upper = field.upper().removeprefix("R#")
    return f"{upper}_" if upper in ("ZERO", "SIZE", "ALIGN") else upper
