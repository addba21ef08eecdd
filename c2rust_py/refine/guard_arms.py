"""Arms that do something under a condition alone have it as their guard, where the other values do nothing.

    match op { '/' => { if b != 0 { r = a / b; } } '+' => .., _ => {} }      ->      '/' if b != 0 => { r = a / b; } ..

Where the guard does not hold, the last arm does the same nothing: the patterns of the arms between are other values. Runs late:
earlier passes know arms without guards.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk

_NOTHING = rs.Block(())


def guard_arms(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with guards."""
    body = _change(item.body)
    assert isinstance(body, rs.Block)
    return replace(item, body=body)


def _change(node: Node) -> Node:
    node = map_children(node, _change)
    match node:
        case rs.Match(value, (*arms, rs.MatchArm(("_",), rest) as last)) if rest == _NOTHING and len(arms) > 1:
            return rs.Match(value, (*map(_guarded, arms), last))
        case _:
            return node


def _guarded(arm: rs.MatchArm) -> rs.MatchArm:
    match arm.body:
        case rs.Block((rs.ExprStatement(rs.If(condition, then, None)),), None) if arm.guard is None:
            plain = not any(isinstance(node, rs.Block | rs.Assign | rs.Borrow) for node in walk(condition))
            return replace(arm, body=then, guard=condition) if plain else arm
        case _:
            return arm
