"""Matches with one arm as conditions, and what follows a match of returns as its last arm.

    match c { b' ' | b'\\t' => f(), _ => {} }             ->      if matches!(c, b' ' | b'\\t') { f() }
    match n { 1 => {} _ => f() }                          ->      if n != 1 { f() }
    match n { 1 => return a, _ => {} } return b;          ->      match n { 1 => return a, _ => return b }
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children
from c2rust_py.to_rust.flow import diverges

_NOTHING = rs.Block(())


def simple_matches(block: rs.Block) -> rs.Block:
    """The body of a function with its matches in their simplest form."""
    changed = _change(_with_last_arm(block))
    assert isinstance(changed, rs.Block)
    return changed


def _with_last_arm(block: rs.Block) -> rs.Block:
    """The `return` at a function's end as the last arm of a match before it that returns everywhere else."""
    match block:
        case rs.Block((*before, rs.ExprStatement(rs.Match(value, (*arms, default)), span), last), None) if (
            len(arms) > 1
            and isinstance(last, rs.ExprStatement)
            and isinstance(last.expr, rs.Return)
            and default == rs.MatchArm(("_",), _NOTHING)
            and all(_returns(arm.body) for arm in arms)
        ):
            match = rs.Match(value, (*arms, replace(default, body=rs.Block((last,)))))
            return rs.Block((*before, rs.ExprStatement(match, span)))
        case _:
            return block


def _returns(block: rs.Block) -> bool:
    last = block.statements[-1] if block.statements and block.tail is None else None
    return isinstance(last, rs.ExprStatement) and diverges(last.expr, frozenset())


def _change(node: Node) -> Node:
    node = map_children(node, _change)
    match node:
        case rs.Match(value, (arm, rs.MatchArm(("_",), rs.Block((), None)))):
            return rs.If(_matches(value, arm.patterns), arm.body)
        case rs.Match(value, (rs.MatchArm(patterns, rs.Block((), None)), rs.MatchArm(("_",), body))):
            match = _matches(value, patterns)
            test = rs.Binary("!=", match.left, match.right) if isinstance(match, rs.Binary) else rs.Unary("!", match)
            return rs.If(test, body)
        case _:
            return node


def _matches(value: rs.Expr, patterns: tuple[str, ...]) -> rs.Expr:
    """Whether a value matches one of the patterns."""
    if len(patterns) == 1 and "..=" not in patterns[0]:
        return rs.Binary("==", value, rs.Literal(patterns[0], suffixed=True))
    return rs.MacroCall("matches", (value, rs.Literal(" | ".join(patterns), suffixed=True)))
