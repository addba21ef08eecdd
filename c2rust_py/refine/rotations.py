"""Shifts both ways as the rotation that they are.

    (x << 5) | (x >> 27)                                                       ->      x.rotate_left(5)       // u32
    x.wrapping_shl(n as u32) | x.wrapping_shr((32 - n) as u32)                 ->      x.rotate_left(n as u32)

Only of unsigned numbers whose width the counts add up to. Shifts that wrap take their counts modulo the width, as rotations do, so
the second holds for every `n`; it needs `|`, as nothing is shifted out at 0. Runs before types are dropped; one walk.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.refine.compound_assignments import is_pure
from c2rust_py.refine.declared_types import Types, declared_types, int_type
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children

_WIDTHS = {"u8": 8, "u16": 16, "u32": 32, "u64": 64, "u128": 128}
_U32 = rs.PathType("u32")


def rotations(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with its rotations by name."""
    types = declared_types(item)

    def change(node: Node) -> Node:
        node = map_children(node, change)
        match node:
            case rs.Binary("|" | "^" | "+" as op, left, right):
                return _rotation(op, left, right, types) or node
            case _:
                return node

    body = change(item.body)
    assert isinstance(body, rs.Block)
    return replace(item, body=body)


def _rotation(op: str, left: rs.Expr, right: rs.Expr, types: Types) -> rs.Expr | None:
    one, another = _shift(left), _shift(right)
    if one is None or another is None or {one[1], another[1]} != {"<<", ">>"}:
        return None
    (value, first, count), (other, _, rest) = one, another
    width = _WIDTHS.get(int_type(value, types) or "")
    if width is None or value != other or not is_pure(value) or not is_pure(count):
        return None
    numbers = _number(count), _number(rest)
    if numbers[0] is not None and numbers[1] is not None:
        if not 0 < numbers[0] < width or numbers[0] + numbers[1] != width:
            return None
    elif op != "|" or not (_completes(count, rest, width) or _completes(rest, count, width)):
        return None
    method = "rotate_left" if first == "<<" else "rotate_right"
    if _completes(rest, count, width):
        method, count = ("rotate_right" if first == "<<" else "rotate_left"), rest
    return rs.MethodCall(value, method, (count,))


def _shift(expr: rs.Expr) -> tuple[rs.Expr, str, rs.Expr] | None:
    match expr:
        case rs.Binary("<<" | ">>" as op, value, rs.Literal() as count):
            return value, op, count
        case rs.MethodCall(value, "wrapping_shl" | "wrapping_shr" as method, (count,)):
            return value, "<<" if method == "wrapping_shl" else ">>", count
        case _:
            return None


def _number(count: rs.Expr) -> int | None:
    return int(count.text) if isinstance(count, rs.Literal) and count.text.isdigit() else None


def _completes(count: rs.Expr, rest: rs.Expr, width: int) -> bool:
    """Whether `rest` is `width - count`."""
    whole = rs.Literal(str(width))
    match count, rest:
        case rs.Cast(number, _), rs.Cast(rs.Binary("-", rs.Literal() as total, taken), type) if type == _U32:
            return total == whole and taken == number
        case _, rs.Binary("-", rs.Literal() as total, taken):
            return total == whole and taken == count
        case _, rs.MethodCall(rs.Literal(total_text), "wrapping_sub", (taken,)):
            return total_text in (str(width), f"{width}u32") and taken == count
        case _:
            return False
