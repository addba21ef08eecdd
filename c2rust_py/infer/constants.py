"""Numbers that C writes as sums and products of constants: `2 * LIMBS`, which keeps its name in the IR."""

from __future__ import annotations

from c2rust_py.ir.nodes import Binary, BinaryOp, Convert, IntConst, Value
from c2rust_py.ir.types import IntType


def constant_of(value: Value) -> int | None:
    """The number that an integer value always is; None where that is not known, or where it would not fit."""
    match value:
        case IntConst(number):
            return number
        case Convert(operand, IntType(kind)) | Binary(left=operand, type=IntType(kind)):
            found = constant_of(operand)
            if found is not None and isinstance(value, Binary):
                found = _combined(value.op, found, constant_of(value.right))
            return found if found is not None and kind.minimum <= found <= kind.maximum else None
        case _:
            return None


def _combined(op: BinaryOp, left: int, right: int | None) -> int | None:
    match op, right:
        case _, None:
            return None
        case BinaryOp.ADD, _:
            return left + right
        case BinaryOp.SUB, _:
            return left - right
        case BinaryOp.MUL, _:
            return left * right
        case _:
            return None
