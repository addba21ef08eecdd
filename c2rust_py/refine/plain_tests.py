"""Comparisons that C makes of more than they need.

    n <= 0, n > 0              ->      n == 0, n != 0          // n is unsigned
    n >= 0, n < 0              ->      true, false             // n is unsigned, and a variable
    x != x, x == x             ->      x.is_nan(), !x.is_nan() // x is a floating variable
    3 == 3, c && true          ->      true, c
    0 == n, 9 < n              ->      n == 0, n > 9
    !(n < m)                   ->      n >= m                  // integers

Runs before types are dropped; one walk.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.refine.declared_types import Types, is_unsigned
from c2rust_py.refine.negate import is_condition, negate
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, with_fields

_ZERO = rs.Literal("0")
_TRUE, _FALSE = rs.Literal("true", suffixed=True), rs.Literal("false", suffixed=True)
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_FLOATS = (rs.PathType("f32"), rs.PathType("f64"))


def plain_tests(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with plain comparisons."""
    return replace(item, body=_block(item.body, {param.name: param.type for param in item.params}))


def _block(block: rs.Block, types: Types) -> rs.Block:
    known = dict(types)
    statements: list[rs.Statement] = []
    for statement in block.statements:
        if isinstance(statement, rs.Let):
            statement = with_fields(statement, init=None if statement.init is None else _expr(statement.init, known))
            copied = known.get(statement.init.text) if isinstance(statement.init, rs.Name) else None
            type = statement.type or copied
            known.pop(statement.name, None)
            if type is not None:
                known[statement.name] = type
        else:
            statement = with_fields(statement, expr=_expr(statement.expr, known))
        statements.append(statement)
    tail = None if block.tail is None else _expr(block.tail, known)
    return _without_constant_branches(with_fields(block, statements=tuple(statements), tail=tail))


def _expr(expr: rs.Expr, types: Types) -> rs.Expr:
    def change(node: Node) -> Node:
        match node:
            case rs.Block():
                return _block(node, types)
            case rs.MatchArm():
                return with_fields(node, body=_block(node.body, types))
            case rs.Let() | rs.ExprStatement():
                raise AssertionError("statements stand in blocks")
            case _:
                return _expr(node, types)

    match expr:
        case rs.For(variable):
            types = {name: type for name, type in types.items() if name != variable}
        case rs.Closure(params):
            types = {name: type for name, type in types.items() if name not in {param for param, _ in params}}
        case _:
            pass
    expr = map_children(expr, change)
    match expr:
        case rs.Binary("&&" | "||" as op, left, right):
            neutral = "true" if op == "&&" else "false"
            return right if _is(left, neutral) else left if _is(right, neutral) else expr
        case rs.Binary(op, left, right) if op in _MIRRORED:
            if isinstance(left, rs.Literal) and not isinstance(right, rs.Literal):
                op, left, right = _MIRRORED[op], right, left
            return _plain(op, left, right, types) or _without_one(op, left, right) or rs.Binary(op, left, right)
        case rs.Unary("!", rs.Binary() | rs.Literal() | rs.Unary() as operand) if (
            not isinstance(operand, rs.Binary) or operand.op not in ("&&", "||")
        ) and is_condition(operand):
            return negate(operand, types) or expr
        case _:
            return expr


def _is(expr: rs.Expr, text: str) -> bool:
    return isinstance(expr, rs.Literal) and expr.text == text


def _without_one(op: str, left: rs.Expr, right: rs.Expr) -> rs.Expr | None:
    """`x + 1 <= y` as `x < y`, of integers that do not overflow."""
    match op, left, right:
        case "<=", rs.Binary("+", x, rs.Literal("1")), y:
            return rs.Binary("<", x, y)
        case ">=", rs.Binary("-", x, rs.Literal("1")), y:
            return rs.Binary(">", x, y)
        case ">=", x, rs.Binary("+", y, rs.Literal("1")):
            return rs.Binary(">", x, y)
        case "<=", x, rs.Binary("-", y, rs.Literal("1")):
            return rs.Binary("<", x, y)
        case _:
            return None


def _plain(op: str, left: rs.Expr, right: rs.Expr, types: Types) -> rs.Expr | None:
    match left, right:
        case rs.Name(name), rs.Name(other) if name == other and types.get(name) in _FLOATS:
            if op in ("<", ">"):
                return _FALSE
            test = rs.MethodCall(left, "is_nan")
            return test if op == "!=" else rs.Unary("!", test)
        case rs.Name(name), rs.Name(other) if name == other and types.get(name) is not None:
            return _TRUE if op in ("==", "<=", ">=") else _FALSE
        case rs.Literal(text), rs.Literal(number) if text.isdigit() and number.isdigit():
            a, b = int(text), int(number)
            holds = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
            return _TRUE if holds else _FALSE
        case _ if right == _ZERO and is_unsigned(left, types):
            if op in ("<=", ">"):
                return rs.Binary("==" if op == "<=" else "!=", left, right)
            if isinstance(left, rs.Name) and op in ("<", ">="):
                return _TRUE if op == ">=" else _FALSE
            return None
        case _:
            return None


def _without_constant_branches(block: rs.Block) -> rs.Block:
    """`if true { a(); } else { b(); }` as `a();`."""
    statements: list[rs.Statement] = []
    for statement in block.statements:
        match statement:
            case rs.ExprStatement(rs.If(condition, then, _)) if _is(condition, "true"):
                statements.append(replace(statement, expr=rs.BlockExpr(then)))
            case rs.ExprStatement(rs.If(condition, _, otherwise)) if _is(condition, "false"):
                if otherwise is not None:
                    statements.append(replace(statement, expr=otherwise))
            case _:
                statements.append(statement)
    return with_fields(block, statements=tuple(statements))
