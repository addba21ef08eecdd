"""C types as values (C11 6.2.5, x86-64 System V layout: LP64).

Types compare by value. Records and enums are named by an id into `Program.records` and `Program.enums`, so types are never
cyclic. `Qualified` exists only while a unit is being elaborated; types inside IR nodes carry no qualifiers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntFlag


class IntKind(Enum):
    """The integer types, each with its size in bytes, signedness and conversion rank (C11 6.3.1.1). `USIZE` and `ISIZE`
    are not C's: behind `lift`, positions in arrays have them."""

    BOOL = ("_Bool", 1, False, 0)
    CHAR = ("char", 1, True, 1)
    SCHAR = ("signed char", 1, True, 1)
    UCHAR = ("unsigned char", 1, False, 1)
    SHORT = ("short", 2, True, 2)
    USHORT = ("unsigned short", 2, False, 2)
    INT = ("int", 4, True, 3)
    UINT = ("unsigned int", 4, False, 3)
    LONG = ("long", 8, True, 4)
    ULONG = ("unsigned long", 8, False, 4)
    LLONG = ("long long", 8, True, 5)
    ULLONG = ("unsigned long long", 8, False, 5)
    INT128 = ("__int128", 16, True, 6)
    UINT128 = ("unsigned __int128", 16, False, 6)
    USIZE = ("usize", 8, False, 5)
    ISIZE = ("isize", 8, True, 5)

    def __init__(self, spelling: str, size: int, signed: bool, rank: int) -> None:
        self.spelling = spelling
        self.size = size
        self.signed = signed
        self.rank = rank

    @property
    def bits(self) -> int:
        """The width in value and sign bits."""
        return 1 if self is IntKind.BOOL else 8 * self.size

    @property
    def minimum(self) -> int:
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def maximum(self) -> int:
        return (1 << (self.bits - 1)) - 1 if self.signed else (1 << self.bits) - 1

    def wrap(self, value: int) -> int:
        """The value of this type that is congruent to `value` (for `_Bool`: whether it is non-zero)."""
        if self is IntKind.BOOL:
            return int(value != 0)
        value &= (1 << self.bits) - 1
        return value - (1 << self.bits) if self.signed and value > self.maximum else value


class FloatKind(Enum):
    """The floating types: spelling, size and alignment in bytes. `long double` holds an f64's value in 16 bytes."""

    FLOAT = ("float", 4)
    DOUBLE = ("double", 8)
    LONG_DOUBLE = ("long double", 16)

    def __init__(self, spelling: str, size: int) -> None:
        self.spelling = spelling
        self.size = size


class Quals(IntFlag):
    """Type qualifiers (C11 6.7.3)."""

    NONE = 0
    CONST = 1
    VOLATILE = 2
    RESTRICT = 4
    ATOMIC = 8


@dataclass(frozen=True, slots=True)
class VoidType:
    pass


@dataclass(frozen=True, slots=True)
class IntType:
    kind: IntKind


@dataclass(frozen=True, slots=True)
class FloatType:
    kind: FloatKind


@dataclass(frozen=True, slots=True)
class ComplexType:
    """`_Complex`: a pair of `kind`, real part first."""

    kind: FloatKind


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enumerated type; its representation is `Program.enums[id].kind`."""

    id: str


@dataclass(frozen=True, slots=True)
class RecordType:
    """A struct or union; its members are `Program.records[id]`."""

    id: str


@dataclass(frozen=True, slots=True)
class PointerType:
    target: Type


class Access(Enum):
    """What a reference allows. CELL: to read and to write what others may read and write, too (`&Cell<T>`, `&[Cell<T>]`)."""

    SHARED = "&"
    MUTABLE = "&mut"
    CELL = "&cell"


@dataclass(frozen=True, slots=True)
class ReferenceType:
    """A pointer above the memory rung, behind `lift` only: to one object, or, where `target` is an array of unknown length,
    to the elements of one from some position on. optional: of a parameter that callers may give nothing."""

    target: Type
    access: Access
    optional: bool = False

    @property
    def is_slice(self) -> bool:
        return isinstance(self.target, ArrayType) and self.target.length is None


@dataclass(frozen=True, slots=True)
class OptionalType:
    """A position that may be missing, behind `lift` only: what a pointer becomes that can be null."""

    inner: Type


@dataclass(frozen=True, slots=True)
class OwnedType:
    """What a local owns, behind `lift` only: elements (the target is an array of unknown length), or one object of the heap."""

    target: Type

    @property
    def is_array(self) -> bool:
        """Whether it owns elements, as many as it was given."""
        return isinstance(self.target, ArrayType) and self.target.length is None


@dataclass(frozen=True, slots=True)
class IdType:
    """What a pointer to an object of an arena becomes, behind `infer.arenas` only: a name for an object of a pool, or for none."""

    record: RecordType


@dataclass(frozen=True, slots=True)
class PoolType:
    """All objects of an arena, behind `infer.arenas` only: an `IndexPlace` with an id is one of them."""

    element: RecordType


@dataclass(frozen=True, slots=True)
class ArrayType:
    """`length` elements; None where the type is incomplete (`extern int a[]`, a flexible array member)."""

    element: Type
    length: int | None


@dataclass(frozen=True, slots=True)
class FunctionType:
    """Parameter types are adjusted (arrays and functions are pointers); `prototyped` is False for `f()`."""

    result: Type
    params: tuple[Type, ...]
    variadic: bool = False
    prototyped: bool = True


@dataclass(frozen=True, slots=True)
class VaListType:
    """`va_list`: a value of 24 bytes that copies like a scalar, whatever array type the ABI gives it."""


@dataclass(frozen=True, slots=True)
class Qualified:
    """A qualified type, while a unit is being elaborated."""

    type: Type
    quals: Quals


Type = (
    VoidType
    | IntType
    | FloatType
    | ComplexType
    | EnumType
    | RecordType
    | PointerType
    | ReferenceType
    | OptionalType
    | OwnedType
    | IdType
    | PoolType
    | ArrayType
    | FunctionType
    | VaListType
    | Qualified
)

VOID = VoidType()
BOOL = IntType(IntKind.BOOL)
CHAR = IntType(IntKind.CHAR)
SCHAR = IntType(IntKind.SCHAR)
UCHAR = IntType(IntKind.UCHAR)
SHORT = IntType(IntKind.SHORT)
USHORT = IntType(IntKind.USHORT)
INT = IntType(IntKind.INT)
UINT = IntType(IntKind.UINT)
LONG = IntType(IntKind.LONG)
ULONG = IntType(IntKind.ULONG)
LLONG = IntType(IntKind.LLONG)
ULLONG = IntType(IntKind.ULLONG)
INT128 = IntType(IntKind.INT128)
UINT128 = IntType(IntKind.UINT128)
USIZE = IntType(IntKind.USIZE)
ISIZE = IntType(IntKind.ISIZE)
FLOAT = FloatType(FloatKind.FLOAT)
DOUBLE = FloatType(FloatKind.DOUBLE)
LONG_DOUBLE = FloatType(FloatKind.LONG_DOUBLE)
VA_LIST = VaListType()
VOID_POINTER = PointerType(VOID)


def erase_qualifiers(type: Type) -> Type:
    """The type without qualifiers at any depth: the form that IR nodes carry."""
    match type:
        case Qualified(inner, _):
            return erase_qualifiers(inner)
        case PointerType(target):
            return PointerType(erase_qualifiers(target))
        case ArrayType(element, length):
            return ArrayType(erase_qualifiers(element), length)
        case FunctionType(result, params, variadic, prototyped):
            erased = tuple(erase_qualifiers(param) for param in params)
            return FunctionType(erase_qualifiers(result), erased, variadic, prototyped)
        case _:
            return type


def is_optional_reference(type: Type) -> bool:
    """Whether it is the type of a parameter that may be missing."""
    return isinstance(type, ReferenceType) and type.optional


def same_representation(a: Type, b: Type) -> bool:
    """Whether objects of two types have one Rust type, so that a pointer to one can be used as one to the other."""
    return _shape(a) == _shape(b)


def _shape(type: Type) -> object:
    if isinstance(type, ArrayType):
        return type.length, _shape(type.element)
    if isinstance(type, IntType) and type.kind is not IntKind.BOOL:
        signed = type.kind.signed and type.kind is not IntKind.CHAR
        return type.kind.size, signed
    return type
