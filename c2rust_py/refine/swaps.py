"""Exchanges of two variables, or of two elements of one array, by their name.

    let t = a; a = b; b = t;                     ->      std::mem::swap(&mut a, &mut b);
    let t = *p; *p = *q; *q = t;                 ->      std::mem::swap(p, q);
    let t = v[i]; v[i] = v[j]; v[j] = t;         ->      v.swap(i, j);
    let t = a.get(); a.set(b.get()); b.set(t);   ->      a.swap(b);

Nothing behind them may name `t`. Runs where declarations stand next to their use already.
"""

from __future__ import annotations

from c2rust_py.refine.compound_assignments import is_pure
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk, with_fields


def swaps(block: rs.Block) -> rs.Block:
    """The body of a function with its exchanges as calls."""
    changed = _change(block)
    assert isinstance(changed, rs.Block)
    return changed


def _change(node: Node) -> Node:
    node = map_children(node, _change)
    if not isinstance(node, rs.Block):
        return node
    result: list[rs.Statement] = []
    index = 0
    while index < len(node.statements):
        rest: list[Node] = [*node.statements[index + 3 :], *([] if node.tail is None else [node.tail])]
        swap = _swap(node.statements[index : index + 3], rest)
        result.append(node.statements[index] if swap is None else swap)
        index += 1 if swap is None else 3
    return with_fields(node, statements=tuple(result))


def _swap(statements: tuple[rs.Statement, ...], rest: list[Node]) -> rs.Statement | None:
    match statements:
        case (
            rs.Let(name, _, first, span=span),
            rs.ExprStatement(rs.Assign(target, second, "")),
            rs.ExprStatement(rs.Assign(other, rs.Name(old), "")),
        ) if first is not None and target == first and other == second and old == name:
            if _is_named(name, rest):
                return None
            call = _exchange(first, second)
            return None if call is None else rs.ExprStatement(call, span)
        case (
            rs.Let(name, _, rs.MethodCall(rs.Name(_) as one, "get", ()), span=span),
            rs.ExprStatement(rs.MethodCall(target, "set", (rs.MethodCall(rs.Name(_) as other, "get", ()),))),
            rs.ExprStatement(rs.MethodCall(last, "set", (rs.Name(old),))),
        ) if target == one and last == other and old == name:
            return None if _is_named(name, rest) else rs.ExprStatement(rs.MethodCall(one, "swap", (other,)), span)
        case _:
            return None


def _is_named(name: str, rest: list[Node]) -> bool:
    """Whether what follows names the variable, before another one of the name takes its place."""
    for node in rest:
        if any(isinstance(n, rs.Name) and n.text == name for n in walk(node)):
            return True
        if isinstance(node, rs.Let) and node.name == name:
            return False
    return False


def _exchange(first: rs.Expr, second: rs.Expr) -> rs.Expr | None:
    match first, second:
        case rs.Name(a), rs.Name(b) if a != b and "::" not in a + b:
            places = (rs.Borrow(first, mutable=True), rs.Borrow(second, mutable=True))
            return rs.Call(rs.Name("std::mem::swap"), places)
        case rs.Unary("*", rs.Name(a) as to), rs.Unary("*", rs.Name(b) as from_) if a != b:
            return rs.Call(rs.Name("std::mem::swap"), (to, from_))
        case rs.Index(base, i), rs.Index(other, j) if base == other and is_pure(base) and is_pure(i) and is_pure(j):
            return rs.MethodCall(base, "swap", (i, j))
        case _:
            return None
