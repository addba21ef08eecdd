"""Conditions that hold where a number lies between two constants.

    x >= 0 && x < N                  ->      (0..N).contains(&x)
    c < 'a' || c > 'f'               ->      !(b'a'..=b'f').contains(&c)
    c >= '0' && c <= '9'             ->      c.is_ascii_digit()

Only integers: a NaN lies nowhere. Plain chars are bytes here and signed in C; between constants from 0 to 127 both mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from c2rust_py.ir.nodes import (
    Compare,
    CompareOp,
    Convert,
    IntConst,
    Logical,
    LogicalOp,
    Value,
)
from c2rust_py.ir.types import IntKind
from c2rust_py.ir.walk import is_stable
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.literals import byte_literal

if TYPE_CHECKING:
    from c2rust_py.to_rust.conditions import ConditionLowering

_SWAPPED = {
    CompareOp.LT: CompareOp.GT,
    CompareOp.LE: CompareOp.GE,
    CompareOp.GT: CompareOp.LT,
    CompareOp.GE: CompareOp.LE,
}
_ASCII = {"09": "is_ascii_digit", "az": "is_ascii_lowercase", "AZ": "is_ascii_uppercase"}


@dataclass(frozen=True, slots=True)
class _Bound:
    """A comparison of a number with a constant."""

    number: Value
    op: CompareOp
    constant: IntConst


def conditions(lowering: ConditionLowering, value: Logical) -> list[rs.Expr]:
    """The operands of a chain of one logical operator as conditions; neighbours that bound one number are one."""
    parts = _parts(value)
    lowered: list[rs.Expr] = []
    index = 0
    while index < len(parts):
        test = _range_test(lowering, value.op, parts[index], parts[index + 1]) if index + 1 < len(parts) else None
        lowered.append(lowering.condition(parts[index]) if test is None else test)
        index += 1 if test is None else 2
    return lowered


def joined(op: LogicalOp, parts: list[rs.Expr]) -> rs.Expr:
    """Conditions with the operator between them."""
    result = parts[0]
    for part in parts[1:]:
        result = rs.Binary(op.value, result, part)
    return result


def tests_range(lowering: ConditionLowering, value: Logical) -> bool:
    """Whether a condition of two operands is one test of a range."""
    return _range_test(lowering, value.op, value.left, value.right) is not None


def negated(condition: rs.Expr) -> rs.Expr:
    """The opposite of a condition, without a second `!`."""
    match condition:
        case rs.Unary("!", operand):
            return operand
        case rs.Binary("!=", left, right):
            return rs.Binary("==", left, right)
        case rs.MethodCall(receiver, "is_none" | "is_some" as test, ()):
            return rs.MethodCall(receiver, "is_some" if test == "is_none" else "is_none")
        case _:
            return rs.Unary("!", condition)


def _parts(value: Logical) -> list[Value]:
    """The operands of a chain, from left to right."""
    parts: list[Value] = []
    stack: list[Value] = [value]
    while stack:
        top = stack.pop()
        if isinstance(top, Logical) and top.op is value.op:
            stack += [top.right, top.left]
        else:
            parts.append(top)
    return parts


def _range_test(lowering: ConditionLowering, op: LogicalOp, left: Value, right: Value) -> rs.Expr | None:
    """The test that two neighbours come to."""
    first, second = _bound(left), _bound(right)
    if first is None or second is None:
        return None
    low_op, high_ops = (
        (CompareOp.GE, (CompareOp.LE, CompareOp.LT)) if op is LogicalOp.AND else (CompareOp.LT, (CompareOp.GT, CompareOp.GE))
    )
    low, high = (first, second) if first.op is low_op else (second, first)
    if low.op is not low_op or high.op not in high_ops or not low.constant.value < high.constant.value:
        return None
    inclusive = high.op in (CompareOp.LE, CompareOp.GT)
    contains = _contains(lowering, low, high, inclusive)
    return contains if contains is None or op is LogicalOp.AND else rs.Unary("!", contains)


def _bound(value: Value) -> _Bound | None:
    match value:
        case Compare(op, number, IntConst() as constant) if op in _SWAPPED:
            return _Bound(number, op, constant)
        case Compare(op, IntConst() as constant, number) if op in _SWAPPED:
            return _Bound(number, _SWAPPED[op], constant)
        case _:
            return None


def _contains(lowering: ConditionLowering, low: _Bound, high: _Bound, inclusive: bool) -> rs.Expr | None:
    """`(low..high).contains(&x)`, where both bound the same number and looking at it once is as good as twice."""
    number = low.number
    if not is_stable(number) or lowering.facts.types.int_kind(number.type) is None:
        return None
    byte = lowering.promoted_from(number) in (IntKind.CHAR, IntKind.UCHAR)
    limit = 0x7F if lowering.promoted_from(number) is IntKind.CHAR else 0xFF
    unnamed = low.constant.name is None and high.constant.name is None
    if byte and unnamed and low.constant.value >= 0 and high.constant.value <= limit:
        assert isinstance(number, Convert)
        expr = lowering.value(number.operand)
        if not isinstance(high.number, Convert) or lowering.value(high.number.operand) != expr:
            return None
        method = _ASCII.get(chr(low.constant.value) + chr(high.constant.value)) if inclusive else None
        if method is not None:
            return rs.MethodCall(expr, method)
        ends = byte_literal(low.constant.value), byte_literal(high.constant.value)
    else:
        expr = lowering.value(number)
        if lowering.value(high.number) != expr:
            return None
        ends = lowering.value(low.constant, typed=True), lowering.value(high.constant, typed=True)
    return rs.MethodCall(rs.RangeExpr(*ends, inclusive), "contains", (rs.Borrow(expr),))
