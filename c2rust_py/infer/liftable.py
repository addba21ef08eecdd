"""What references can point to."""

from __future__ import annotations

from c2rust_py.ir.types import ArrayType, ComplexType, FloatKind, FloatType, Type, VoidType


def not_liftable(target: Type) -> str | None:
    """Why no reference can point to that type."""
    match target:
        case VoidType():
            return "it points to void"
        case FloatType(FloatKind.LONG_DOUBLE) | ComplexType(FloatKind.LONG_DOUBLE):
            return "it points to a long double"
        case ArrayType(_, None):
            return "it points to an array of unknown length"
        case _:
            return None
