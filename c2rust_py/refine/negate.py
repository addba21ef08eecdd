"""The opposite of a condition, in the words that a person would choose."""

from __future__ import annotations

from c2rust_py.refine.declared_types import Types, is_integer
from c2rust_py.rust_ir import nodes as rs

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_JOINED = {"&&": "||", "||": "&&"}


def negate(condition: rs.Expr, types: Types) -> rs.Expr | None:
    """The condition that holds where this one does not; None where saying it would be longer. Order is turned round only
    between integers: with a NaN neither `a < b` nor `a >= b` holds."""
    match condition:
        case rs.Literal("true" | "false" as text):
            return rs.Literal("false" if text == "true" else "true", suffixed=True)
        case rs.Unary("!", operand):
            return operand
        case rs.Binary("==" | "!=" as op, left, right):
            return rs.Binary(_OPPOSITE[op], left, right)
        case rs.Binary("<" | "<=" | ">" | ">=" as op, left, right):
            integers = is_integer(left, types) or is_integer(right, types)
            return rs.Binary(_OPPOSITE[op], left, right) if integers else None
        case rs.Binary("&&" | "||" as op, left, right):
            parts = negate(left, types), negate(right, types)
            return None if parts[0] is None or parts[1] is None else rs.Binary(_JOINED[op], parts[0], parts[1])
        case rs.Name() | rs.MethodCall() | rs.Call() | rs.FieldAccess() | rs.Index() | rs.MacroCall():
            return rs.Unary("!", condition)
        case _:
            return None


def is_condition(expr: rs.Expr) -> bool:
    """Whether an expression is certainly a bool: `!` of a number is something else."""
    match expr:
        case rs.Literal(text):
            return text in ("true", "false")
        case rs.Binary(op):
            return op in _OPPOSITE or op in _JOINED
        case rs.Unary("!", operand):
            return is_condition(operand)
        case _:
            return False
