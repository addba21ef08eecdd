"""Structs whose fields are set one after the other are made at once.

    let p = Point { x: 0, y: 0 }; p.x = a; p.y = b;      ->      let p = Point { x: a, y: b };
    let m = Matrix::ZERO; m.rows = n;                    ->      let m = Matrix { rows: n, ..Matrix::ZERO };
    let p = Box::new(Point { x: 0, y: 0 }); *p = q;      ->      let p = Box::new(q);

The declaration moves past what does not name the variable to the first assignment of a field. The values keep their order
unless none of them has an effect, and name no part of the struct. Runs before types are dropped; one bottom-up walk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from c2rust_py.refine.compound_assignments import is_pure
from c2rust_py.refine.settle_bindings import is_inert
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Mentions, Node, map_children, with_fields

Structs = Mapping[str, tuple[str, ...]]


def struct_literals(block: rs.Block, structs: Structs) -> rs.Block:
    """The body of a function with its structs made at once; `structs` has the fields of each, in order."""
    names = Mentions()

    def change(node: Node) -> Node:
        node = map_children(node, change)
        return _in_block(node, structs, names) if isinstance(node, rs.Block) else node

    changed = change(block)
    assert isinstance(changed, rs.Block)
    return changed


def _in_block(block: rs.Block, structs: Structs, names: Mentions) -> rs.Block:
    statements = list(block.statements)
    for index in range(len(statements) - 1, -1, -1):
        let = statements[index]
        if not isinstance(let, rs.Let) or let.init is None:
            continue
        start = _boxed(let.init) or let.init
        if _path(start) is None or not is_inert(start):
            continue
        first = next((i for i in range(index + 1, len(statements)) if names.has(statements[i], let.name)), None)
        if first is None:
            continue
        whole = None if start is let.init else _whole(statements[first], let.name, names)
        if whole is not None:
            between = statements[index + 1 : first]
            init = _in_box(whole)
            statements[index : first + 1] = [*between, replace(let, init=init, span=statements[first].span)]
            continue
        values: dict[str, rs.Expr] = {}
        end = first
        while end < len(statements) and (setting := _setting(statements[end], let.name, names)) is not None:
            if setting[0] in values:
                break
            values[setting[0]] = setting[1]
            end += 1
        new = _literal(start, values, structs)
        while new is None and len(values) > 1:
            values.popitem()
            end -= 1
            new = _literal(start, values, structs)
        if new is not None:
            between = statements[index + 1 : first]
            init = new if start is let.init else _in_box(new)
            statements[index:end] = [*between, replace(let, init=init, span=statements[first].span)]
    return with_fields(block, statements=tuple(statements))


def _boxed(init: rs.Expr) -> rs.Expr | None:
    """What an initial value puts into a box."""
    match init:
        case rs.Call(rs.Name("Box::new"), (value,)):
            return value
        case _:
            return None


def _in_box(value: rs.Expr) -> rs.Expr:
    return rs.Call(rs.Name("Box::new"), (value,))


def _whole(statement: rs.Statement, name: str, names: Mentions) -> rs.Expr | None:
    """What a statement gives to all of what the variable has in its box."""
    match statement:
        case rs.ExprStatement(rs.Assign(rs.Unary("*", rs.Name(target)), value, "")) if target == name:
            return None if names.has(value, name) else value
        case _:
            return None


def _path(init: rs.Expr) -> str | None:
    """The struct that an initial value is of."""
    match init:
        case rs.StructLiteral(path, _, None):
            return path
        case rs.Name(text) if text.endswith("::ZERO"):
            return text.removesuffix("::ZERO")
        case _:
            return None


def _setting(statement: rs.Statement, name: str, names: Mentions) -> tuple[str, rs.Expr] | None:
    """The field of the variable that a statement sets, and the value."""
    match statement:
        case rs.ExprStatement(rs.Assign(rs.FieldAccess(rs.Name(target), field), value, "")) if target == name:
            return None if names.has(value, name) else (field, value)
        case _:
            return None


def _literal(init: rs.Expr, values: dict[str, rs.Expr], structs: Structs) -> rs.StructLiteral | None:
    path = _path(init)
    assert path is not None
    order = structs.get(path.split("::")[-1])
    if not values or order is None or not values.keys() <= set(order):
        return None
    if list(values) != [field for field in order if field in values] and not all(map(is_pure, values.values())):
        return None
    if isinstance(init, rs.StructLiteral):
        return replace(init, fields=tuple((field, values.get(field, value)) for field, value in init.fields))
    base = None if values.keys() == set(order) else init
    return rs.StructLiteral(path, tuple((field, values[field]) for field in order if field in values), base)
