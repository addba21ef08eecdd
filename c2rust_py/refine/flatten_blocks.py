"""Dissolves blocks that hold nothing together.

    { a(); b(); } c();      ->      a(); b(); c();        // no `let` in the block, but of cells for one call
    f().0;                  ->      f();                  // a part that nobody wants
    let x = { let i = f(); &a[i..] };      ->      let i = f(); let x = &a[i..];
    { a(); { b() } }        ->      { a(); b() }          // the inner one ends where the outer does, as one without a value does
    if c { }                ->                            // an empty `if` whose condition does nothing
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.refine.settle_bindings import is_inert
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, with_fields


def flatten_blocks(block: rs.Block) -> rs.Block:
    """The block with inner blocks dissolved where that changes no scope. One bottom-up walk."""
    statements: list[rs.Statement] = []
    for statement in block.statements:
        statement = _within(statement)
        match statement:
            case rs.ExprStatement(rs.BlockExpr(inner, None)) if _dissolves(inner):
                statements += inner.statements
            case rs.ExprStatement(rs.If(condition, rs.Block((), None), None)) if is_inert(condition):
                pass
            case rs.ExprStatement(rs.FieldAccess(rs.Call() as call, _)):
                statements.append(replace(statement, expr=call))
            case rs.Let(_, _, rs.BlockExpr(rs.Block((rs.Let() as inner,), tail), None)) if (
                tail is not None and not isinstance(tail, rs.Name)
            ):
                statements += [inner, replace(statement, init=tail)]
            case _:
                statements.append(statement)
    tail = None if block.tail is None else _expr(block.tail)
    if tail is None and statements and (last := _plain_block(statements[-1])) is not None:
        return rs.Block((*statements[:-1], *last.statements), None)
    if isinstance(tail, rs.BlockExpr) and tail.label is None:
        return rs.Block((*statements, *tail.block.statements), tail.block.tail, tail.block.tail_span)
    return with_fields(block, statements=tuple(statements), tail=tail)


def _plain_block(statement: rs.Statement) -> rs.Block | None:
    """The block that a statement is, if it has no value."""
    match statement:
        case rs.ExprStatement(rs.BlockExpr(rs.Block(_, None) as block, None)):
            return block
        case _:
            return None


def _dissolves(block: rs.Block) -> bool:
    return block.tail is None and all(not isinstance(s, rs.Let) or _makes_cells(s.init) for s in block.statements)


def _makes_cells(value: rs.Expr | None) -> bool:
    """Whether a variable is an object as cells, for the call behind it: another one of its name may take its place then, and only
    such a call names it."""
    match value:
        case rs.MethodCall(receiver, "as_slice_of_cells"):
            return _makes_cells(receiver)
        case rs.Call(rs.Name(function)):
            return function.endswith("Cell::from_mut")
        case _:
            return False


def _within(statement: rs.Statement) -> rs.Statement:
    if isinstance(statement, rs.Let):
        return statement if statement.init is None else with_fields(statement, init=_expr(statement.init))
    return with_fields(statement, expr=_expr(statement.expr))


def _expr(expr: rs.Expr) -> rs.Expr:
    match expr:
        case rs.If():
            return _chain(expr)
        case _:
            return map_children(expr, _change)


def _change(node: Node) -> Node:
    match node:
        case rs.Block():
            return flatten_blocks(node)
        case rs.MatchArm():
            return with_fields(node, body=flatten_blocks(node.body))
        case rs.Let() | rs.ExprStatement():
            return _within(node)
        case _:
            return _expr(node)


def _chain(expr: rs.If) -> rs.If:
    """An else-if chain, from its last link back."""
    links: list[rs.If] = [expr]
    while isinstance(links[-1].otherwise, rs.If):
        links.append(links[-1].otherwise)
    last = links[-1].otherwise
    new: rs.BlockExpr | rs.If | None = None
    if isinstance(last, rs.BlockExpr):
        block = flatten_blocks(last.block)
        inner = block.statements[0] if len(block.statements) == 1 and block.tail is None else None
        if isinstance(inner, rs.ExprStatement) and isinstance(inner.expr, rs.If):
            new = inner.expr
        elif not block.statements and isinstance(block.tail, rs.If):
            new = block.tail
        elif block.statements or block.tail is not None:
            new = rs.BlockExpr(block, last.label)
    for link in reversed(links):
        new = with_fields(link, condition=_expr(link.condition), then=flatten_blocks(link.then), otherwise=new)
    assert isinstance(new, rs.If)
    return new
