"""Turns returns in tail position into tail expressions.

    if c { return a; } else { return b; }      ->      if c { a } else { b }
    x = 1; return x;                           ->      x = 1; x
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children


def tail_returns(block: rs.Block) -> rs.Block:
    """The body of a function, and of each closure in it, with returns at its end as values; `return;` there goes away."""
    changed = _in_closures(block)
    assert isinstance(changed, rs.Block)
    return _at_end(changed)


def _in_closures(node: Node) -> Node:
    if isinstance(node, rs.Closure) and isinstance(node.body, rs.BlockExpr):
        return replace(node, body=replace(node.body, block=tail_returns(node.body.block)))
    return map_children(node, _in_closures)


def _at_end(block: rs.Block) -> rs.Block:
    if block.tail is not None or not block.statements:
        return block
    last = block.statements[-1]
    if not isinstance(last, rs.ExprStatement):
        return block
    before = block.statements[:-1]
    match last.expr:
        case rs.Return(None):
            return _at_end(rs.Block(before))
        case rs.Return(value):
            return rs.Block(before, value, last.span)
        case rs.If() | rs.Match():
            tail = _as_tail(last.expr)
            if tail is None:
                return block
            if _has_value(tail):
                return rs.Block(before, tail, last.span)
            return rs.Block((*before, replace(last, expr=tail)))
        case rs.BlockExpr(inner, None) if not before:
            return _at_end(inner)
        case _:
            return block


def _as_tail(expr: rs.If | rs.Match) -> rs.Expr | None:
    """The branches with tail expressions; None where some branch has a value and another would be `()`."""
    match expr:
        case rs.Match(value, arms):
            blocks = [_at_end(arm.body) for arm in arms]
            if not _agree(blocks):
                return None
            new = tuple(replace(arm, body=body) for arm, body in zip(arms, blocks, strict=True))
            return rs.Match(value, new)
        case rs.If():
            conditions, blocks, last = _links(expr)
            blocks = [_at_end(b) for b in blocks]
            final = None if last is None else _at_end(last)
            if not _agree([*blocks, final if final is not None else rs.Block(())]):
                return None
            chain: rs.BlockExpr | rs.If | None = None if final is None or final == rs.Block(()) else rs.BlockExpr(final)
            for condition, then in zip(reversed(conditions), reversed(blocks), strict=True):
                chain = rs.If(condition, then, chain)
            assert isinstance(chain, rs.If)
            return chain


def _links(expr: rs.If) -> tuple[list[rs.Expr], list[rs.Block], rs.Block | None]:
    conditions, blocks = [], []
    link: rs.BlockExpr | rs.If | None = expr
    while isinstance(link, rs.If):
        conditions.append(link.condition)
        blocks.append(link.then)
        link = link.otherwise
    return conditions, blocks, None if link is None else link.block


def _agree(blocks: list[rs.Block]) -> bool:
    """Whether all branches have values, or none; a branch that diverges agrees with both."""
    kinds = {block.tail is not None for block in blocks if not _never_ends(block)}
    return len(kinds) <= 1


def _never_ends(block: rs.Block) -> bool:
    if block.tail is not None or not block.statements:
        return False
    last = block.statements[-1]
    return isinstance(last, rs.ExprStatement) and isinstance(last.expr, rs.Break | rs.Continue | rs.MacroCall)


def _has_value(expr: rs.Expr) -> bool:
    match expr:
        case rs.Match(_, arms):
            return any(arm.body.tail is not None for arm in arms)
        case rs.If():
            _, blocks, last = _links(expr)
            return last is not None and any(b.tail is not None for b in [*blocks, last])
        case _:
            return False
