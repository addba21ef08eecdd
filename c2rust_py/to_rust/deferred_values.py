"""Which assigned values gcc computes behind the place that they are assigned to."""

from __future__ import annotations

from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Call, Convert, Insert, Load, Value
from c2rust_py.ir.types import EnumType, IntType, PointerType


def is_deferred(value: Value, layout: Layout) -> bool:
    """Whether gcc puts off an assigned value until the place is found: a call or an object, maybe converted to a type that
    means the same to gcc."""
    while isinstance(value, Convert) and _is_useless(value, layout):
        value = value.operand
    return isinstance(value, Call | Load | Insert)


def _is_useless(conversion: Convert, layout: Layout) -> bool:
    match conversion.type, conversion.operand.type:
        case PointerType(), PointerType():
            return True
        case (IntType() | EnumType()) as a, (IntType() | EnumType()) as b:
            return layout.size_of(a) == layout.size_of(b) and _signed(a, layout) == _signed(b, layout)
        case a, b:
            return a == b


def _signed(type: IntType | EnumType, layout: Layout) -> bool:
    return type.kind.signed if isinstance(type, IntType) else layout.enums[type.id].kind.signed
