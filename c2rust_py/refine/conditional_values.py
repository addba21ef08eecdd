"""Variables that every branch gives a value get it from the branches, and a value that is only returned needs no name.

    let b = 0; if c { b = 1; } else { b = f(); }      ->      let b = if c { 1 } else { f() };
    let b = 0; match x { 1 => b = f(), _ => {} }      ->      let b = match x { 1 => f(), _ => 0 };
    let r = f(); r                                    ->      f()

Only where no branch, condition or earlier statement names the variable otherwise, and its first value does nothing. The
second is for the end of a function alone, whose result fixes the type. One bottom-up walk.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.refine.settle_bindings import is_inert
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Mentions, Node, map_children, with_fields
from c2rust_py.to_rust.flow import diverges


def conditional_values(block: rs.Block) -> rs.Block:
    """The body of a function with values where branches only assign."""
    return _in_block(block, Mentions())


def _in_block(block: rs.Block, names: Mentions) -> rs.Block:
    changed = map_children(block, lambda node: _within(node, names))
    assert isinstance(changed, rs.Block)
    statements = list(changed.statements)
    for index in range(len(statements) - 1, -1, -1):
        let = statements[index]
        if isinstance(let, rs.Let) and let.init is not None and is_inert(let.init):
            found = _first_mention(statements, index + 1, let.name, names)
            new = None if found is None else _value_of(statements[found], let, names)
            if found is not None and new is not None:
                statements[found] = new
                del statements[index]
    return with_fields(changed, statements=tuple(statements))


def name_no_result(block: rs.Block) -> rs.Block:
    """The body of a function without a variable that is only its result."""
    match block:
        case rs.Block((*before, rs.Let(name, _, init, span=span)), rs.Name(text)) if text == name and init is not None:
            return name_no_result(rs.Block(tuple(before), init, span))
        case rs.Block(tail=(rs.If() | rs.Match()) as tail):
            return replace(block, tail=_in_branches(tail))
        case _:
            return block


def _in_branches(expr: rs.If | rs.Match) -> rs.If | rs.Match:
    match expr:
        case rs.Match(_, arms):
            return replace(expr, arms=tuple(replace(arm, body=name_no_result(arm.body)) for arm in arms))
        case rs.If():
            links = [expr]
            while isinstance(links[-1].otherwise, rs.If):
                links.append(links[-1].otherwise)
            last = links[-1].otherwise
            chain: rs.BlockExpr | rs.If | None = None
            if isinstance(last, rs.BlockExpr):
                chain = replace(last, block=name_no_result(last.block))
            for link in reversed(links):
                chain = rs.If(link.condition, name_no_result(link.then), chain)
            assert isinstance(chain, rs.If)
            return chain


def _within(node: Node, names: Mentions) -> Node:
    return _in_block(node, names) if isinstance(node, rs.Block) else map_children(node, lambda n: _within(n, names))


def _first_mention(statements: list[rs.Statement], start: int, name: str, names: Mentions) -> int | None:
    return next((i for i in range(start, len(statements)) if names.has(statements[i], name)), None)


def _value_of(statement: rs.Statement, let: rs.Let, names: Mentions) -> rs.Let | None:
    """The statement as the declaration, where it is a branch that assigns the variable on every way to its end."""
    if not isinstance(statement, rs.ExprStatement) or not isinstance(statement.expr, rs.If | rs.Match):
        return None
    default = let.init if isinstance(statement.expr, rs.Match) and isinstance(let.init, rs.Literal) else None
    value = _branches(statement.expr, let.name, names, default)
    return None if value is None else replace(let, init=value, span=statement.span)


def _branches(expr: rs.Expr, name: str, names: Mentions, default: rs.Expr | None) -> rs.Expr | None:
    """The branches with their values; `default` is that of a branch that does nothing."""
    match expr:
        case rs.If():
            links = [expr]
            while isinstance(links[-1].otherwise, rs.If):
                links.append(links[-1].otherwise)
            last = links[-1].otherwise or rs.BlockExpr(rs.Block(()))
            if not isinstance(last, rs.BlockExpr) or last.label is not None:
                return None
            final = _assigning(last.block, name, names, default)
            blocks = [_assigning(link.then, name, names, default) for link in links]
            if final is None or any(names.has(link.condition, name) for link in links):
                return None
            chain: rs.If | rs.BlockExpr = rs.BlockExpr(final)
            for link, then in zip(reversed(links), reversed(blocks), strict=True):
                if then is None:
                    return None
                chain = rs.If(link.condition, then, chain)
            return chain
        case rs.Match(value, arms) if not names.has(value, name):
            bodies = [_assigning(arm.body, name, names, default) for arm in arms]
            if any(body is None for body in bodies):
                return None
            new = (replace(arm, body=body) for arm, body in zip(arms, bodies, strict=True) if body is not None)
            return rs.Match(value, tuple(new))
        case _:
            return None


def _assigning(block: rs.Block, name: str, names: Mentions, default: rs.Expr | None) -> rs.Block | None:
    """A branch with what it assigns last as its value; one that does not come to its end as it is."""
    if block.tail is not None or not block.statements:
        return None if default is None or block.tail is not None else rs.Block((), default)
    *before, last = block.statements
    if any(names.has(statement, name) for statement in before) or not isinstance(last, rs.ExprStatement):
        return None
    match last.expr:
        case rs.Assign(rs.Name(target), value, "") if target == name and not names.has(value, name):
            return rs.Block(tuple(before), value, last.span)
        case expr if diverges(expr, frozenset()) and not names.has(expr, name):
            return block
        case rs.If() | rs.Match():
            inner = _branches(last.expr, name, names, default)
            return None if inner is None else rs.Block(tuple(before), inner, last.span)
        case _:
            return None
