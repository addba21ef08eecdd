"""Arms that do something under a condition alone have it as their guard, where they do what the other values do otherwise.

    match op { '/' => { if b != 0 { r = a / b; } } '+' => .., _ => {} }      ->      '/' if b != 0 => { r = a / b; } ..
    match op { '/' => if b != 0 { a / b } else { 0 }, '+' => .., _ => 0 }    ->      '/' if b != 0 => a / b, ..

Where the guard does not hold, the last arm does the same nothing, or has the same literal: the patterns of the arms between are other values. Runs late:
earlier passes know arms without guards.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk


def guard_arms(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with guards."""
    body = _change(item.body)
    assert isinstance(body, rs.Block)
    return replace(item, body=body)


def _change(node: Node) -> Node:
    node = map_children(node, _change)
    match node:
        case rs.Match(value, (*arms, rs.MatchArm(("_",), rs.Block((), None | rs.Literal()) as rest) as last)) if len(arms) > 1:
            return rs.Match(value, (*(_guarded(arm, rest) for arm in arms), last))
        case _:
            return node


def _guarded(arm: rs.MatchArm, rest: rs.Block) -> rs.MatchArm:
    match arm.body:
        case rs.Block((rs.ExprStatement(rs.If(condition, then, None)),), None) if rest.tail is None:
            pass
        case rs.Block((), rs.If(condition, then, rs.BlockExpr(otherwise, None))) if rest.tail and otherwise == rest:
            pass
        case _:
            return arm
    plain = not any(isinstance(node, rs.Block | rs.Assign | rs.Borrow) for node in walk(condition))
    return replace(arm, body=then, guard=condition) if plain and arm.guard is None else arm
