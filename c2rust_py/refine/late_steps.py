"""Names for the old value of a place that is stepped before its use, where the step can come behind it.

    let t = i; i = t + 1; tmp[k] = a[t];        ->      tmp[k] = a[i]; i = i + 1;

The next statement does all of its work or none (it cannot leave the block), binds no names inside, and looks at the place by that name alone;
nothing behind it has the name. In a closure, which `setjmp` makes, it calls nothing: a jump out of that would find the place as it was.
Runs before types are dropped; one bottom-up walk.
"""

from __future__ import annotations

from functools import partial

from c2rust_py.refine.own_places import is_own_place, may_not_come_back, names, renamed, touches
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk, with_fields

_JUMPS = (rs.Return, rs.Break, rs.Continue, rs.Verbatim)
_BINDERS = (rs.Let, rs.LetSome, rs.LetPair, rs.For, rs.Match, rs.Closure)


def late_steps(block: rs.Block) -> rs.Block:
    """The body of a function with its steps behind the uses of what was before."""
    changed = _change(block)
    assert isinstance(changed, rs.Block)
    return changed


def _change(node: Node, caught: bool = False) -> Node:
    node = map_children(node, partial(_change, caught=caught or isinstance(node, rs.Closure)))
    return _in_block(node, caught) if isinstance(node, rs.Block) else node


def _in_block(block: rs.Block, caught: bool) -> rs.Block:
    statements = list(block.statements)
    for index in range(len(statements) - 3, -1, -1):
        found = _step(statements[index], statements[index + 1])
        if found is None:
            continue
        name, place, update = found
        user = statements[index + 2]
        behind: list[Node] = [*statements[index + 3 :], *([] if block.tail is None else [block.tail])]
        if any(names(node, name) for node in behind) or not _can_use(user, name, place):
            continue
        if caught and may_not_come_back(user):
            continue
        moved = renamed(user, name, place)
        assert isinstance(moved, rs.Let | rs.ExprStatement)
        statements[index : index + 3] = [moved, update]
    return with_fields(block, statements=tuple(statements))


def _step(first: rs.Statement, second: rs.Statement) -> tuple[str, rs.Expr, rs.ExprStatement] | None:
    """`let t = i; i = t + 1;` as `t`, `i` and `i = i + 1;`."""
    match first, second:
        case (
            rs.Let(name, _, rs.Name() as place, otherwise=None),
            rs.ExprStatement(
                rs.Assign(
                    target,
                    rs.Binary(_, stepped, rs.Literal()) | rs.MethodCall(stepped, _, (rs.Literal(),)) as value,
                    "",
                ),
                span,
            ),
        ) if target == place and is_own_place(place) and stepped in (place, rs.Name(name)):
            new = renamed(value, name, place)
            assert isinstance(new, rs.Binary | rs.MethodCall)
            return name, place, rs.ExprStatement(rs.Assign(place, new), span)
        case _:
            return None


def _can_use(user: rs.Statement, name: str, place: rs.Expr) -> bool:
    """Whether a statement runs to its end, changes neither the name nor the place, and has the name."""
    match user:
        case rs.Let(bound, _, init, otherwise=None) if init is not None and rs.Name(bound) != place and bound != name:
            pass
        case rs.ExprStatement(rs.Assign(target)) if target not in (place, rs.Name(name)):
            pass
        case _:
            return False
    for node in walk(user):
        if isinstance(node, _JUMPS) or (isinstance(node, _BINDERS) and node is not user):
            return False
        if isinstance(node, rs.Borrow) and node.operand == rs.Name(name):
            return False
    return names(user, name) and not touches(user, place)
