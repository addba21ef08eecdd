"""GNU attributes that change types and layout."""

from __future__ import annotations

import re
from typing import Any

from c2rust_py.diagnostics import Code
from c2rust_py.frontend.elaborate import expressions
from c2rust_py.frontend.elaborate.c_types import Aligned, VariableArray, is_integer, quals_of, spell, unqualified
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.opaque_types import vector_type
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.frontend.gnu_c.nodes import GnuAttribute
from c2rust_py.ir.types import (
    DOUBLE,
    FLOAT,
    LONG_DOUBLE,
    ArrayType,
    FloatType,
    IntKind,
    IntType,
    PointerType,
    Qualified,
    Quals,
    Type,
)

LARGEST_ALIGNMENT = 16
"""What `__attribute__((aligned))` without a number means on x86-64."""

_SIGNED_MODES = {
    "QI": IntKind.SCHAR,
    "byte": IntKind.SCHAR,
    "HI": IntKind.SHORT,
    "SI": IntKind.INT,
    "DI": IntKind.LONG,
    "word": IntKind.LONG,
    "pointer": IntKind.LONG,
    "TI": IntKind.INT128,
}
_MODE_SIZES = {"QI": 1, "HI": 2, "SI": 4, "DI": 8, "SF": 4, "DF": 8}
_VECTOR_MODE = re.compile(r"V([0-9]+)(QI|HI|SI|DI|SF|DF)$")
_UNSIGNED = {
    IntKind.SCHAR: IntKind.UCHAR,
    IntKind.SHORT: IntKind.USHORT,
    IntKind.INT: IntKind.UINT,
    IntKind.LONG: IntKind.ULONG,
    IntKind.INT128: IntKind.UINT128,
}
_FLOAT_MODES = {"SF": FLOAT, "DF": DOUBLE, "XF": LONG_DOUBLE, "TF": LONG_DOUBLE}


def attributes_of(node: Any) -> list[GnuAttribute]:
    """The GNU attributes of a node (the parser leaves only those that change meaning)."""
    return [a for a in getattr(node, "attributes", None) or [] if isinstance(a, GnuAttribute)]


def has_attribute(node: Any, name: str) -> bool:
    return any(attribute.name == name for attribute in attributes_of(node))


def requested_alignment(cx: Context, node: Any) -> int:
    """The strictest alignment that `aligned(n)` and `_Alignas` ask for, in bytes; 0 for none."""
    result = 0
    for attribute in attributes_of(node):
        if attribute.name == "aligned":
            size = expressions.constant_integer(cx, attribute.args[0]) if attribute.args else LARGEST_ALIGNMENT
            result = max(result, size)
    for alignas in getattr(node, "align", None) or []:
        result = max(result, _alignas(cx, alignas))
    return result


def _alignas(cx: Context, alignas: Any) -> int:
    from c2rust_py.frontend.elaborate import declarators

    operand = alignas.alignment
    if type(operand).__name__ == "Typename":
        return cx.align_of(declarators.type_name(cx, operand))
    return expressions.constant_integer(cx, operand)


def pragma_pack(cx: Context, node: Any) -> int:
    """The `#pragma pack` that holds for a record's definition; 0 for none."""
    for attribute in attributes_of(node):
        if attribute.name == "pack":
            return expressions.constant_integer(cx, attribute.args[0])
    return 0


def apply_type_attributes(cx: Context, type: Type, node: Any) -> Type:
    """`mode` and `vector_size` on a declaration make another type of its."""
    for attribute in attributes_of(node):
        if attribute.name == "mode":
            type = _with_mode(cx, type, attribute)
        elif attribute.name == "vector_size":
            type = _vector(cx, type, attribute)
    return type


def _with_mode(cx: Context, type: Type, attribute: GnuAttribute) -> Type:
    span = span_of(cx, attribute)
    mode = getattr(attribute.args[0], "name", "").strip("_") if attribute.args else ""
    inner, quals = unqualified(type), quals_of(type)
    if is_integer(inner) and mode in _SIGNED_MODES:
        kind = _SIGNED_MODES[mode]
        inner = IntType(kind if cx.integer_type(inner).kind.signed else _UNSIGNED[kind])
    elif isinstance(inner, FloatType) and mode in _FLOAT_MODES:
        inner = _FLOAT_MODES[mode]
    elif vector := _VECTOR_MODE.match(mode):
        inner = vector_type(cx, spell(inner), int(vector[1]) * _MODE_SIZES[vector[2]], span)
    else:
        cx.fail(Code.INVALID_DECLARATION, f"the mode '{mode}' does not fit the type", span)
    return Qualified(inner, quals) if quals else inner


def _vector(cx: Context, type: Type, attribute: GnuAttribute) -> Type:
    """A vector is an opaque record, so that headers that declare one elaborate and a function that computes with one is a
    stub."""
    match type:
        case PointerType(target):
            return PointerType(_vector(cx, target, attribute))
        case VariableArray():
            return type
        case ArrayType(element, length):
            return ArrayType(_vector(cx, element, attribute), length)
    size = expressions.constant_integer(cx, attribute.args[0])
    return vector_type(cx, spell(unqualified(type)), size, span_of(cx, attribute))


def aligned_typedef(type: Type, align: int) -> Type:
    """The type that a typedef with an alignment names."""
    if not align:
        return type
    return Aligned(unqualified(type), quals_of(type) if not isinstance(type, ArrayType) else Quals.NONE, align)
