"""Moves declarations to where a variable gets its value, as far as every path agrees.

    let x = 0; a(); x = f();                  ->      a(); let x = f();
    let t = 0; while c { t = g(); h(t); }     ->      while c { let t = g(); h(t); }
    let t = 0; if c { t = 1; h(t); }          ->      if c { let t = 1; h(t); }

Only a binding whose initial value does nothing moves, and only past statements that do not name it. Into a loop it moves only
where each round assigns it before it is read, so no value goes from round to round. Relies on a nested scope never
reusing a name of an outer one (`to_rust.names`). Ends: each move takes a declaration further down.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.refine.settle_bindings import is_inert
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Mentions, Node, map_children, walk, with_fields


def sink_declarations(block: rs.Block) -> rs.Block:
    """The block with its declarations as far down as they go."""
    return _in_block(block, Mentions())


def _in_block(block: rs.Block, names: Mentions) -> rs.Block:
    changed = map_children(block, lambda node: _within(node, names))
    assert isinstance(changed, rs.Block)
    statements = list(changed.statements)
    for index in range(len(statements) - 1, -1, -1):
        statement = statements[index]
        if isinstance(statement, rs.Let) and statement.init is not None and is_inert(statement.init):
            sunk = _sink(statement, rs.Block(tuple(statements[index + 1 :]), changed.tail), names)
            if sunk is not None:
                statements[index:] = sunk.statements
    return with_fields(changed, statements=tuple(statements))


def _within(node: Node, names: Mentions) -> Node:
    return _in_block(node, names) if isinstance(node, rs.Block) else map_children(node, lambda n: _within(n, names))


def _sink(let: rs.Let, rest: rs.Block, names: Mentions) -> rs.Block | None:
    """The statements behind a declaration with the declaration put further down; None where it has to stay."""
    where = [i for i, statement in enumerate(rest.statements) if names.has(statement, let.name)]
    in_tail = rest.tail is not None and names.has(rest.tail, let.name)
    if not where:
        return None
    first = where[0]
    target = rest.statements[first]
    if not isinstance(target, rs.ExprStatement):
        return None
    new: rs.Statement | None
    match target.expr:
        case rs.Assign(rs.Name(name), value, "") if name == let.name and not names.has(value, name):
            new = rs.Let(let.name, let.type, value, span=target.span)
        case expr if len(where) == 1 and not in_tail:
            inner = _sink_into(let, expr, names)
            new = None if inner is None else replace(target, expr=inner)
        case _:
            new = None
    if new is None:
        return None
    return rs.Block((*rest.statements[:first], new, *rest.statements[first + 1 :]), rest.tail)


def _sink_into(let: rs.Let, expr: rs.Expr, names: Mentions) -> rs.Expr | None:
    match expr:
        case rs.BlockExpr(block, label):
            inner = _sink_or_place(let, block, names)
            return rs.BlockExpr(inner, label)
        case rs.If():
            return _sink_into_branches(let, expr, names)
        case rs.Match(value, arms) if not names.has(value, let.name):
            new = tuple(
                replace(arm, body=_sink_or_place(let, arm.body, names)) if names.has(arm.body, let.name) else arm for arm in arms
            )
            return rs.Match(value, new)
        case rs.Loop(body, label):
            inner_loop = _sink_into_round(let, body, names)
            return None if inner_loop is None else rs.Loop(inner_loop, label)
        case rs.While(condition, body, label) if not names.has(condition, let.name):
            inner_loop = _sink_into_round(let, body, names)
            return None if inner_loop is None else rs.While(condition, inner_loop, label)
        case rs.For(variable, iterable, body, label) if not names.has(iterable, let.name) and variable != let.name:
            inner_loop = _sink_into_round(let, body, names)
            return None if inner_loop is None else rs.For(variable, iterable, inner_loop, label)
        case _:
            return None


def _sink_into_branches(let: rs.Let, chain: rs.If, names: Mentions) -> rs.Expr | None:
    conditions, blocks = [], []
    link: rs.BlockExpr | rs.If | None = chain
    while isinstance(link, rs.If):
        if names.has(link.condition, let.name):
            return None
        conditions.append(link.condition)
        blocks.append(_sink_or_place(let, link.then, names) if names.has(link.then, let.name) else link.then)
        link = link.otherwise
    if link is not None and names.has(link, let.name):
        link = rs.BlockExpr(_sink_or_place(let, link.block, names), link.label)
    new: rs.BlockExpr | rs.If | None = link
    for condition, then in zip(reversed(conditions), reversed(blocks), strict=True):
        new = rs.If(condition, then, new)
    return new


def _sink_or_place(let: rs.Let, block: rs.Block, names: Mentions) -> rs.Block:
    """The declaration further down in the block, or else at its start: a node of its own, since that of each branch binds another
    variable."""
    sunk = _sink(let, block, names)
    return sunk if sunk is not None else rs.Block((replace(let), *block.statements), block.tail)


def _sink_into_round(let: rs.Let, body: rs.Block, names: Mentions) -> rs.Block | None:
    """The declaration in a loop's body, where its first mention there assigns it on the way of every round."""
    sunk = _sink(let, body, names)
    if sunk is None:
        return None
    return sunk if _assigned_on_entry(let, sunk, names) else None


def _assigned_on_entry(let: rs.Let, block: rs.Block, names: Mentions) -> bool:
    """Whether the sunk declaration has a new value, rather than the old one placed in some branch."""
    for statement in block.statements:
        if isinstance(statement, rs.Let) and statement.name == let.name:
            return statement.init != let.init or statement.span != let.span
        if names.has(statement, let.name):
            return all(
                inner.span != let.span or inner.init != let.init
                for inner in walk(statement)
                if isinstance(inner, rs.Let) and inner.name == let.name
            )
    return False
