"""Signatures of functions as far as a call through a pointer can tell them apart."""

from __future__ import annotations

from dataclasses import dataclass

from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Call, Value
from c2rust_py.ir.types import (
    DOUBLE,
    INT,
    VOID_POINTER,
    EnumType,
    FloatKind,
    FloatType,
    FunctionType,
    IntKind,
    IntType,
    PointerType,
    Type,
)

_KIND_OF_SIZE = {1: IntKind.UCHAR, 2: IntKind.USHORT, 4: IntKind.INT, 8: IntKind.LONG, 16: IntKind.INT128}
"""The type that stands for all integers of a size."""


@dataclass(frozen=True, slots=True)
class ErasedSignature:
    """Parameter and result types where all pointers are `void *`, and integers and enums of one size one type. `params`
    has the named ones."""

    params: tuple[Type, ...]
    result: Type
    variadic: bool


def erase_signature(type: FunctionType, layout: Layout) -> ErasedSignature:
    """The signature under which a function of that type is called through pointers. Without a prototype, arguments
    arrive with the default promotions (C11 6.5.2.2p6)."""
    params = type.params if type.prototyped else tuple(_promote(param, layout) for param in type.params)
    erased = tuple(_erase(param, layout) for param in params)
    return ErasedSignature(erased, _erase(type.result, layout), type.variadic)


def called_signature(call: Call, layout: Layout) -> ErasedSignature:
    """The signature that an indirect call expects of its target: its function type's, or, where that has no prototype,
    what the arguments give."""
    type = function_type(call.function)
    if type.prototyped or type.params:
        return erase_signature(type, layout)
    return ErasedSignature(tuple(_erase(arg.type, layout) for arg in call.args), _erase(type.result, layout), False)


def function_type(pointer: Value) -> FunctionType:
    """The function type that `pointer` points to."""
    match pointer.type:
        case PointerType(FunctionType() as type):
            return type
        case other:
            raise ValueError(f"{pointer.span}: a function is expected, not {other}")


def _promote(type: Type, layout: Layout) -> Type:
    match type:
        case FloatType(FloatKind.FLOAT):
            return DOUBLE
        case IntType() | EnumType() if layout.size_of(type) < INT.kind.size:
            return INT
        case _:
            return type


def _erase(type: Type, layout: Layout) -> Type:
    match type:
        case PointerType():
            return VOID_POINTER
        case IntType(IntKind.BOOL):
            return type
        case IntType() | EnumType():
            return IntType(_KIND_OF_SIZE[layout.size_of(type)])
        case _:
            return type
