"""Offsets of pointers: which may be negative."""

from __future__ import annotations

from c2rust_py.ir.nodes import Conditional, Convert, IntConst, Value
from c2rust_py.ir.types import EnumType, IntType, PointerType, Type


def is_signed(value: Value) -> bool:
    """Whether an offset may be negative, by the type that it had before it was widened; a conversion that changes values may
    make it so. What a call returns is not."""
    if isinstance(value.type, PointerType):
        return isinstance(value, Conditional)
    while isinstance(value, Convert) and isinstance(value.operand.type, IntType | EnumType):
        if _turns_negative(value.operand.type, value.type):
            return True
        value = value.operand
    if isinstance(value, IntConst):
        return value.value < 0
    if isinstance(value, Conditional):
        return is_signed(value.then) or is_signed(value.otherwise)
    return not isinstance(value.type, IntType) or value.type.kind.signed


def _turns_negative(source: Type, target: Type) -> bool:
    """Whether a conversion takes unsigned values to negative ones."""
    if not isinstance(source, IntType) or not isinstance(target, IntType):
        return False
    return target.kind.signed and not source.kind.signed and target.kind.size <= source.kind.size
