"""The number that an IR tree of constants is. Trees keep the names that C wrote; where a number is needed, this folds them."""

from __future__ import annotations

from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.folding import COMPARE, convert_number, fold_binary
from c2rust_py.frontend.elaborate.operands import Rvalue
from c2rust_py.ir.nodes import (
    Binary,
    BinaryOp,
    Compare,
    Conditional,
    Convert,
    FloatConst,
    GlobalPlace,
    IntConst,
    Load,
    Logical,
    LogicalOp,
    Not,
    Truncate,
    Unary,
    UnaryOp,
    Value,
    ZeroValue,
)
from c2rust_py.ir.types import EnumType, FloatType, IntType

Number = int | float


def number(cx: Context, value: Value) -> Number | None:
    """The tree's number, None where it has none."""
    match value:
        case IntConst(result, _, _, _) | FloatConst(result, _, _, _):
            return result
        case ZeroValue(type, _) if isinstance(type, IntType | EnumType):
            return 0
        case ZeroValue(type, _) if isinstance(type, FloatType):
            return 0.0
        case Load(GlobalPlace(symbol, _, _), _, _):
            variable = cx.variables.get(symbol)
            return number(cx, variable.init) if variable and variable.const and variable.init is not None else None
        case Convert(operand, type, _) if isinstance(type, IntType | EnumType | FloatType):
            inner = number(cx, operand)
            return None if inner is None else convert_number(cx, inner, type)
        case Truncate(operand, width, type, _):
            return _truncated(cx, operand, width, value)
        case Unary(op, operand, type, _):
            inner = number(cx, operand)
            if inner is None:
                return None
            if op is UnaryOp.COMPLEMENT:
                assert isinstance(inner, int)
                return convert_number(cx, ~inner, type)
            return convert_number(cx, -inner, type)
        case Not(operand, _, _):
            inner = number(cx, operand)
            return None if inner is None else int(inner == 0)
        case Conditional(condition, then, otherwise, _, _):
            test = number(cx, condition)
            return None if test is None else number(cx, then if test else otherwise)
        case Logical() | Compare() | Binary():
            return _of_two(cx, value)
        case _:
            return None


def _truncated(cx: Context, operand: Value, width: int, value: Truncate) -> Number | None:
    inner = number(cx, operand)
    if not isinstance(inner, int):
        return None
    low = inner & ((1 << width) - 1)
    return low - (1 << width) if cx.integer_type(value.type).kind.signed and low >> (width - 1) else low


def _of_two(cx: Context, value: Logical | Compare | Binary) -> Number | None:
    left = number(cx, value.left)
    if left is None:
        return None
    if isinstance(value, Logical) and bool(left) == (value.op is LogicalOp.OR):
        return int(bool(left))
    right = number(cx, value.right)
    if right is None:
        return None
    if isinstance(value, Logical):
        return int(right != 0)
    if isinstance(value, Compare):
        return int(COMPARE[value.op](left, right))
    if value.op in (BinaryOp.SHL, BinaryOp.SHR):
        return _shifted(cx, value, left, right)
    return fold_binary(cx, value.op, Rvalue(value.left, value.type, left), Rvalue(value.right, value.type, right))


def _shifted(cx: Context, value: Binary, left: Number, right: Number) -> Number | None:
    kind = cx.integer_type(value.type).kind
    if not isinstance(left, int) or not isinstance(right, int) or not 0 <= right < kind.bits:
        return None
    return kind.wrap(left << right if value.op is BinaryOp.SHL else left >> right)
