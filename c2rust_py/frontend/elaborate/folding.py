"""Arithmetic on the numbers of constants, as gcc folds them: wrapping integers, floats rounded to their type."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from c2rust_py.frontend.elaborate.c_types import unqualified
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.literals import round_to_float, round_to_kind
from c2rust_py.frontend.elaborate.operands import Rvalue
from c2rust_py.ir.nodes import BinaryOp, CompareOp
from c2rust_py.ir.types import FloatKind, FloatType, IntKind, Type

COMPARE: dict[CompareOp, Callable[[float, float], bool]] = {
    CompareOp.EQ: lambda a, b: a == b,
    CompareOp.NE: lambda a, b: a != b,
    CompareOp.LT: lambda a, b: a < b,
    CompareOp.LE: lambda a, b: a <= b,
    CompareOp.GT: lambda a, b: a > b,
    CompareOp.GE: lambda a, b: a >= b,
}


def convert_number(cx: Context, value: float, type: Type) -> int | float:
    """The number in another arithmetic type, as gcc folds it (a float out of an integer's range saturates)."""
    inner = unqualified(type)
    if isinstance(inner, FloatType):
        if isinstance(value, float):
            return round_to_kind(value, inner.kind)
        if inner.kind is FloatKind.FLOAT:
            return round_to_float(Fraction(value))
        return float(value)
    kind = cx.integer_type(inner).kind
    if isinstance(value, int):
        return kind.wrap(value)
    if kind is IntKind.BOOL:
        return int(value != 0)
    if math.isnan(value):
        return 0
    if math.isinf(value):
        return kind.maximum if value > 0 else kind.minimum
    return min(max(int(value), kind.minimum), kind.maximum)


def fold_binary(cx: Context, op: BinaryOp, left: Rvalue, right: Rvalue) -> int | float | None:
    """The value of an operation on two constants of one type, None where it has none. gcc leaves an operation such as
    `0.0 / 0.0` to the processor, which makes a negative NaN of it, and in static data makes a positive one."""
    a, b = left.constant, right.constant
    if a is None or b is None:
        return None
    inner = unqualified(left.type)
    if isinstance(inner, FloatType):
        number = _fold_float(op, float(a), float(b), inner)
        if number is not None and math.isnan(number) and not math.isnan(a) and not math.isnan(b):
            return math.copysign(number, -1.0 if cx.in_body else 1.0)
        return number
    assert isinstance(a, int) and isinstance(b, int)
    if op in (BinaryOp.DIV, BinaryOp.REM):
        kind = cx.integer_type(inner).kind
        if b == 0 or (b == -1 and a == kind.minimum and kind.signed):
            return None
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return quotient if op is BinaryOp.DIV else a - quotient * b
    result = {
        BinaryOp.ADD: a + b,
        BinaryOp.SUB: a - b,
        BinaryOp.MUL: a * b,
        BinaryOp.AND: a & b,
        BinaryOp.OR: a | b,
        BinaryOp.XOR: a ^ b,
    }[op]
    return cx.integer_type(inner).kind.wrap(result)


def _fold_float(op: BinaryOp, a: float, b: float, type: FloatType) -> float | None:
    match op:
        case BinaryOp.ADD:
            result = a + b
        case BinaryOp.SUB:
            result = a - b
        case BinaryOp.MUL:
            result = a * b
        case BinaryOp.DIV if b == 0:
            sign = math.copysign(1.0, a) * math.copysign(1.0, b)
            result = a if math.isnan(a) else math.nan if a == 0 else sign * math.inf
        case BinaryOp.DIV:
            result = a / b
        case _:
            return None
    return round_to_kind(result, type.kind)
