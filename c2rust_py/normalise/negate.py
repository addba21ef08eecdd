"""The opposite of a condition, in the shortest form."""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.ir.nodes import Compare, CompareOp, Not, Value
from c2rust_py.ir.types import INT, ComplexType, FloatType

_OPPOSITE = {
    CompareOp.EQ: CompareOp.NE,
    CompareOp.NE: CompareOp.EQ,
    CompareOp.LT: CompareOp.GE,
    CompareOp.GE: CompareOp.LT,
    CompareOp.GT: CompareOp.LE,
    CompareOp.LE: CompareOp.GT,
}


def negate(condition: Value) -> Value:
    """A condition that holds where `condition` does not. With a NaN, `!(a < b)` is not `a >= b`."""
    match condition:
        case Not(operand):
            return operand
        case Compare(op, left) if op in (CompareOp.EQ, CompareOp.NE) or not isinstance(left.type, (FloatType, ComplexType)):
            return replace(condition, op=_OPPOSITE[op])
        case _:
            return Not(condition, INT, condition.span)
