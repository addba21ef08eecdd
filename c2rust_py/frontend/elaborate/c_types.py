"""C types while a unit is elaborated: what `ir.types` has, plus qualifiers, attribute alignments and variable lengths.

A variable-length array is desugared: hidden locals hold its lengths, and a pointer to one is, in the IR, a pointer to its
innermost element that has a constant size. `erase` is that step for types.
"""

from __future__ import annotations

from dataclasses import dataclass

from c2rust_py.ir.types import (
    ArrayType,
    ComplexType,
    EnumType,
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
    Quals,
    RecordType,
    ReferenceType,
    Type,
    VaListType,
    VoidType,
)


@dataclass(frozen=True, slots=True)
class VariableArray(ArrayType):
    """An array whose size is known only at run time: its length is the value of the hidden local `count` (unsigned long),
    or `length` where only its elements vary; with neither it is `[*]`."""

    count: int | None = None


@dataclass(frozen=True, slots=True)
class Aligned(Qualified):
    """A typedef with `aligned(n)`: objects of this type are aligned to `align` bytes, more or fewer than usual."""

    align: int = 0


def unqualified(type: Type) -> Type:
    """The type without top-level qualifiers."""
    while isinstance(type, Qualified):
        type = type.type
    return type


def quals_of(type: Type) -> Quals:
    """The top-level qualifiers; those of an array are its elements'."""
    quals = Quals.NONE
    while True:
        if isinstance(type, Qualified):
            quals |= type.quals
            type = type.type
        elif isinstance(type, ArrayType):
            type = type.element
        else:
            return quals


def qualify(type: Type, quals: Quals) -> Type:
    """The type with qualifiers added; those on an array go to its elements (C11 6.7.3 paragraph 9)."""
    if not quals:
        return type
    match type:
        case VariableArray(element, length, count):
            return VariableArray(qualify(element, quals), length, count)
        case ArrayType(element, length):
            return ArrayType(qualify(element, quals), length)
        case Aligned(inner, had, align):
            return Aligned(inner, had | quals, align)
        case Qualified(inner, had):
            return Qualified(inner, had | quals)
        case FunctionType():
            return type
        case _:
            return Qualified(type, quals)


def erase(type: Type) -> Type:
    """The form that IR nodes carry: no qualifiers at any depth, a variable array is its innermost fixed element."""
    match type:
        case Qualified(inner, _):
            return erase(inner)
        case PointerType(target):
            return PointerType(erase(target))
        case VariableArray(element, _, _):
            return erase(element)
        case ArrayType(element, length):
            return ArrayType(erase(element), length)
        case FunctionType(result, params, variadic, prototyped):
            return FunctionType(erase(result), tuple(erase(param) for param in params), variadic, prototyped)
        case _:
            return type


def pointer_to(type: Type) -> PointerType:
    """The IR type of a pointer to the C type."""
    return PointerType(erase(type))


def is_integer(type: Type) -> bool:
    return isinstance(unqualified(type), IntType | EnumType)


def is_float(type: Type) -> bool:
    return isinstance(unqualified(type), FloatType)


def is_complex(type: Type) -> bool:
    return isinstance(unqualified(type), ComplexType)


def is_arithmetic(type: Type) -> bool:
    return isinstance(unqualified(type), IntType | EnumType | FloatType | ComplexType)


def is_pointer(type: Type) -> bool:
    return isinstance(unqualified(type), PointerType)


def is_scalar(type: Type) -> bool:
    return isinstance(unqualified(type), IntType | EnumType | FloatType | ComplexType | PointerType)


def is_void(type: Type) -> bool:
    return isinstance(unqualified(type), VoidType)


def is_record(type: Type) -> bool:
    return isinstance(unqualified(type), RecordType)


def is_char_kind(type: Type) -> bool:
    """Whether it is one of the three character types, the elements of a plain string."""
    inner = unqualified(type)
    return isinstance(inner, IntType) and inner.kind in (IntKind.CHAR, IntKind.SCHAR, IntKind.UCHAR)


def is_variably_modified(type: Type) -> bool:
    """Whether a length that is known only at run time is part of the type (C11 6.7.6 paragraph 3)."""
    match type:
        case VariableArray():
            return True
        case Qualified(inner, _) | PointerType(inner) | ArrayType(inner, _):
            return is_variably_modified(inner)
        case FunctionType(result, _, _, _):
            return is_variably_modified(result)
        case _:
            return False


def spell(type: Type) -> str:
    """The type in words for a message."""
    match type:
        case Qualified(inner, quals):
            names = [name for name, flag in _QUAL_WORDS if flag in quals]
            return " ".join([*names, spell(inner)])
        case IntType(kind):
            return kind.spelling
        case FloatType(kind):
            return kind.spelling
        case ComplexType(kind):
            return f"_Complex {kind.spelling}"
        case EnumType(id) | RecordType(id):
            return id
        case PointerType(target):
            return f"{spell(target)} *"
        case ArrayType(element, length):
            return f"{spell(element)} [{'' if length is None else length}]"
        case FunctionType(result, params, variadic, prototyped):
            words = ", ".join([*map(spell, params), *(["..."] if variadic else [])])
            return f"{spell(result)} ({words if prototyped and words else 'void' if prototyped else ''})"
        case VaListType():
            return "va_list"
        case VoidType():
            return "void"
        case ReferenceType() | OptionalType() | OwnedType() | IdType() | PoolType():
            raise AssertionError("C has no references")


_QUAL_WORDS = (
    ("const", Quals.CONST),
    ("volatile", Quals.VOLATILE),
    ("restrict", Quals.RESTRICT),
    ("_Atomic", Quals.ATOMIC),
)
