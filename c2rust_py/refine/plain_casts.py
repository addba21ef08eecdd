"""Casts and differences that change nothing.

    c as i32 as usize           ->      c as usize         // c: u8
    RED as i32 as u32           ->      RED                // RED: u32
    (p as isize - 0) as i32     ->      p as i32
    n as u32                    ->      n                  // n: u32

A cast between integers keeps the low bits, and fills those above by the sign of what is cast. So one in the middle does
nothing if the last is no wider, or if it holds every value of the first and they fill alike. Runs before types are dropped; one
bottom-up walk.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.refine.expression_types import ExpressionTypes, int_width
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children


def plain_casts(item: rs.FunctionItem, types: ExpressionTypes) -> rs.FunctionItem:
    """The function without casts that do nothing."""

    def change(node: Node) -> Node:
        node = map_children(node, change)
        match node:
            case rs.Cast(operand, rs.PathType(target)) if int_width(target) is not None:
                return _cast(operand, target, types)
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
