"""Tests of options that stand beside tests of what they hold, as one test.

    if p.is_some() && p.unwrap().n > 3 { f(p.unwrap()); }     ->      if p.is_some() { if p.unwrap().n > 3 { f(p.unwrap()); } }
    p.is_some() && p.unwrap().n > 3                           ->      p.is_some_and(|p| p.n > 3)
    p.is_none() || p.unwrap().n > 3                           ->      p.is_none_or(|p| p.n > 3)
    if p.is_none() || *p.unwrap() == 0 { return 0; }          ->      if p.is_none() { return 0; } if *p.unwrap() == 0 { return 0; }

Only where what is tested behind the option looks at it but to unwrap it. Runs in front of `present_positions`, which makes patterns of
the tests that are left.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from c2rust_py.refine.present_positions import open_option
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk

_JUMPS = (rs.Return, rs.Break, rs.Continue, rs.Verbatim)


def joined_tests(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with such tests as one."""
    return replace(item, body=_block(item.body))


def _block(block: rs.Block) -> rs.Block:
    statements: list[rs.Statement] = []
    for statement in block.statements:
        statements.extend(_apart(statement))
    made = map_children(replace(block, statements=tuple(statements)), _change)
    assert isinstance(made, rs.Block)
    return made


def _change(node: Node) -> Node:
    match node:
        case rs.Block():
            return _block(node)
        case rs.If(rs.Binary("&&"), _, None):
            nested = _nested(node)
            if nested is not None:
                return map_children(nested, _change)
        case rs.Binary("&&" | "||" as op):
            operands = [cast(rs.Expr, _change(operand)) for operand in _operands(op, node)]
            return _chain(op, _joined(op, operands))
        case _:
            pass
    return map_children(node, _change)


def _operands(op: str, node: rs.Expr) -> list[rs.Expr]:
    found: list[rs.Expr] = []
    while isinstance(node, rs.Binary) and node.op == op:
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _chain(op: str, operands: list[rs.Expr]) -> rs.Expr:
    made = operands[0]
    for operand in operands[1:]:
        made = rs.Binary(op, made, operand)
    return made


def _tested(node: rs.Expr, method: str) -> str | None:
    """The option of which `is_some` or `is_none` is asked."""
    match node:
        case rs.MethodCall(rs.Name(name), asked, ()) if asked == method:
            return name
        case _:
            return None


def _nested(test: rs.If) -> rs.If | None:
    """A test in a test, where the block unwraps what is tested first, too."""
    first, *others = _operands("&&", test.condition)
    name = _tested(first, "is_some")
    if name is None or not _unwraps(test.then, name):
        return None
    inner = rs.Block((), rs.If(_chain("&&", others), test.then))
    if open_option(inner, name) is None:
        return None
    return rs.If(first, inner)


def _joined(op: str, operands: list[rs.Expr]) -> list[rs.Expr]:
    """The operands of a chain with each option, and what is asked of it behind that, as one; the last option first."""
    for position in reversed(range(len(operands) - 1)):
        name = _tested(operands[position], "is_some" if op == "&&" else "is_none")
        last = position
        for at in range(position + 1, len(operands)):
            last = at if name is not None and _unwraps(operands[at], name) else last
        if name is None or last == position:
            continue
        inner = open_option(rs.Block((), _chain(op, operands[position + 1 : last + 1])), name)
        if inner is None or inner.tail is None or any(isinstance(part, _JUMPS) for part in walk(inner)):
            continue
        method = "is_some_and" if op == "&&" else "is_none_or"
        asked = rs.MethodCall(rs.Name(name), method, (rs.Closure(((name, None),), inner.tail),))
        operands = [*operands[:position], asked, *operands[last + 1 :]]
    return operands


def _apart(statement: rs.Statement) -> tuple[rs.Statement, ...]:
    """Two tests where each leaves the block by a simple jump."""
    match statement:
        case rs.ExprStatement(rs.If(rs.Binary("||") as condition, rs.Block((rs.ExprStatement(jump),), None) as then, None), span):
            first, *others = _operands("||", condition)
            name = _tested(first, "is_none")
            if name is None or not _is_simple(jump) or not any(_unwraps(other, name) for other in others):
                return (statement,)
            second = rs.ExprStatement(rs.If(_chain("||", others), then), span)
            return rs.ExprStatement(rs.If(first, then), span), *_apart(second)
        case _:
            return (statement,)


def _is_simple(jump: rs.Expr) -> bool:
    match jump:
        case rs.Return(None | rs.Name() | rs.Literal() | rs.Unary("-", rs.Literal())) | rs.Break() | rs.Continue():
            return True
        case _:
            return False


def _unwraps(node: Node, name: str) -> bool:
    return any(isinstance(part, rs.MethodCall) and part.method == "unwrap" and part.receiver == rs.Name(name) for part in walk(node))
