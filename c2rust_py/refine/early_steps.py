"""Names for the new value of a place that is stepped before its use, where the place itself will do.

    let t = s.n - 1; s.n = t; f(s.a[t]);      ->      s.n -= 1; f(s.a[s.n]);

Nothing behind the next statement names `t`, and that statement names the place neither by itself nor as a part of something
else. Runs before types are dropped; one bottom-up walk.
"""

from __future__ import annotations

from c2rust_py.refine.own_places import is_own_place, names, renamed, touches
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk, with_fields


def early_steps(block: rs.Block) -> rs.Block:
    """The body of a function with its steps in place."""
    changed = _change(block)
    assert isinstance(changed, rs.Block)
    return changed


def _change(node: Node) -> Node:
    node = map_children(node, _change)
    return _in_block(node) if isinstance(node, rs.Block) else node


def _in_block(block: rs.Block) -> rs.Block:
    statements, tail = list(block.statements), block.tail
    for index in range(len(statements) - 2, -1, -1):
        step = _step(statements[index], statements[index + 1])
        if step is None:
            continue
        name, place, update = step
        users: list[Node] = [*statements[index + 2 :], *([] if tail is None else [tail])]
        if not users or any(names(node, name) for node in users[1:]) or not _can_use(users[0], name, place):
            continue
        user = renamed(users[0], name, place)
        if isinstance(user, rs.Let | rs.ExprStatement):
            statements[index + 2] = user
        else:
            assert not isinstance(user, rs.Block | rs.MatchArm)
            tail = user
        statements[index : index + 2] = [update]
    return with_fields(block, statements=tuple(statements), tail=tail)


def _step(first: rs.Statement, second: rs.Statement) -> tuple[str, rs.Expr, rs.ExprStatement] | None:
    """`let t = n - 1; n = t;` as `t`, `n` and `n = n - 1;`."""
    match first, second:
        case (
            rs.Let(name, _, rs.Binary(_, place, rs.Literal()) | rs.MethodCall(place, _, (rs.Literal(),)) as value),
            rs.ExprStatement(rs.Assign(target, rs.Name(assigned), ""), span),
        ) if target == place and assigned == name and isinstance(place, rs.FieldAccess) and is_own_place(place):
            return name, place, rs.ExprStatement(rs.Assign(place, value), span)
        case _:
            return None


def _can_use(user: Node, name: str, place: rs.Expr) -> bool:
    """Whether the place is what the name is wherever the statement has the name."""
    assigned = any(isinstance(n, rs.Assign) and n.target == rs.Name(name) for n in walk(user))
    borrowed = any(isinstance(n, rs.Borrow) and n.operand == rs.Name(name) for n in walk(user))
    return not assigned and not borrowed and not touches(user, place)
