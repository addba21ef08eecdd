"""Casts and differences that change nothing.

    c as i32 as usize           ->      c as usize         // c: u8
    RED as i32 as u32           ->      RED                // RED: u32
    (p as isize - 0) as i32     ->      p as i32
    n as u32                    ->      n                  // n: u32
    (b as i32 & 15) as usize    ->      (b & 15) as usize  // b: u8
    ((b as i32) << 4) as u8     ->      b << 4             // b: u8
    b as i32 == 7               ->      b == 7             // b: u8
    b as i32 != c as i32        ->      b != c             // b, c: u8

A cast between integers keeps the low bits, and fills those above by the sign of what is cast. So one in the middle does
nothing if the last is no wider, or if it holds every value of the first and they fill alike. What an operator makes of the low
bits depends on these alone, unless it moves bits down; and of a number that is not negative, `& | ^ >> / %` with another make one
that is no wider than both. Runs before types are dropped; one
bottom-up walk.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.refine.expression_types import ExpressionTypes, int_width
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children

_NARROW = frozenset({"&", "|", "^", ">>", "/", "%"})
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_BITWISE = frozenset({"&", "|", "^"})


def plain_casts(item: rs.FunctionItem, types: ExpressionTypes) -> rs.FunctionItem:
    """The function without casts that do nothing."""

    def change(node: Node) -> Node:
        node = map_children(node, change)
        match node:
            case rs.Cast(operand, rs.PathType(target)) if int_width(target) is not None:
                low = _low_bits(operand, target, types) if isinstance(operand, rs.Binary) else None
                return _cast(operand, target, types) if low is None else low
            case rs.Binary(op, rs.Cast(operand, type), rs.Literal() as number) if (
                op in _NARROW and _fits(op, number, types.integer(operand), type)
            ):
                return rs.Cast(rs.Binary(op, operand, number), type)
            case rs.Binary(op, rs.Cast(operand, type), rs.Literal() as number) if (
                op in _COMPARISONS and _fits(op, number, types.integer(operand), type)
            ):
                return rs.Binary(op, operand, number)
            case rs.Binary(op, rs.Cast(left, type), rs.Cast(right, other)) if op in _COMPARISONS and type == other:
                return rs.Binary(op, left, right) if _holds(type, types.integer(left), types.integer(right)) else node
            case rs.Binary("-", left, rs.Literal("0")) if types.integer(left) is not None:
                return left
            case _:
                return node

    body = change(item.body)
    assert isinstance(body, rs.Block)
    return replace(item, body=body)


def _cast(operand: rs.Expr, target: str, types: ExpressionTypes) -> rs.Expr:
    while isinstance(operand, rs.Cast) and _is_idle(types.integer(operand.operand), operand.type, target):
        operand = operand.operand
    return operand if types.integer(operand) == target else rs.Cast(operand, rs.PathType(target))


def _is_idle(first: str | None, middle: rs.Type, last: str) -> bool:
    """Whether `first as middle as last` is `first as last`."""
    if first is None or not isinstance(middle, rs.PathType):
        return False
    widths = int_width(first), int_width(middle.name), int_width(last)
    if widths[0] is None or widths[1] is None or widths[2] is None:
        return False
    if widths[2] <= widths[1] or first == middle.name:
        return True
    if first.startswith("u"):
        return widths[0] < widths[1]
    return widths[0] <= widths[1] and middle.name.startswith("i")


def _fits(op: str, number: rs.Literal, first: str | None, type: rs.Type) -> bool:
    """Whether `x as type op number` is `(x op number) as type` (or, for comparisons, `x op number`), where `x` is a `first`:
    it has no sign, is narrower, and the number is one of its values."""
    value = _value(number)
    if first is None or not first.startswith("u") or value is None or not isinstance(type, rs.PathType):
        return False
    width, wide = int_width(first), int_width(type.name)
    if width is None or wide is None or width >= wide or "size" in first:
        return False
    return value < width if op == ">>" else 0 < value < 1 << width if op in ("/", "%") else value < 1 << width


def _holds(type: rs.Type, left: str | None, right: str | None) -> bool:
    """Whether a type has every value of the one type that two integers are of."""
    if left is None or left != right or not isinstance(type, rs.PathType):
        return False
    width, wide = int_width(left), int_width(type.name)
    if width is None or wide is None or width > wide:
        return False
    return type.name[0] == left[0] or (width < wide and type.name[0] == "i")


def _value(number: rs.Literal) -> int | None:
    """The value of a literal without suffix."""
    try:
        return int(number.text, 0)
    except ValueError:
        return None


def _low_bits(expr: rs.Expr, target: str, types: ExpressionTypes) -> rs.Expr | None:
    """`expr as target` with the cast at the operands, where each of them is a cast or a literal."""
    width = int_width(target)
    assert width is not None
    match expr:
        case rs.Cast(operand, rs.PathType(middle)):
            first, held = types.integer(operand), int_width(middle)
            if first is None or held is None or held < width:
                return None
            return operand if first == target else rs.Cast(operand, rs.PathType(target))
        case rs.Binary("<<", left, rs.Literal() as count):
            low, number = _low_bits(left, target, types), _value(count)
            return rs.Binary("<<", low, count) if low is not None and number is not None and number < width else None
        case rs.Binary(op, left, right) if op in _BITWISE:
            sides = _low_bits(left, target, types), _low_bits(right, target, types)
            return None if sides[0] is None or sides[1] is None else rs.Binary(op, sides[0], sides[1])
        case rs.Literal():
            value = _value(expr)
            return expr if value is not None and value < 1 << (width - (not target.startswith("u"))) else None
        case _:
            return None
