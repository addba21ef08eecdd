"""Places that a function has for itself while a statement runs: its variables, and fields of what they are or refer to."""

from __future__ import annotations

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, children, map_children, walk


def is_own_place(place: rs.Expr) -> bool:
    """A local variable, or a field of what one is or refers to."""
    while isinstance(place, rs.FieldAccess):
        place = place.base
    return isinstance(place, rs.Name) and "::" not in place.text


def touches(node: Node, place: rs.Expr) -> bool:
    """Whether a node may look at a place: it names it, or something that the place is a part of, or that may be a part of it."""
    if isinstance(node, rs.FieldAccess) and isinstance(place, rs.FieldAccess) and node.base == place.base:
        return node.field == place.field
    if isinstance(node, rs.Name):
        while isinstance(place, rs.FieldAccess):
            place = place.base
        return node == place
    return any(touches(child, place) for child in children(node))


def names(node: Node, name: str) -> bool:
    """Whether a node mentions a name."""
    return any(isinstance(n, rs.Name) and n.text == name for n in walk(node))


def renamed(node: Node, old: str, new: rs.Expr) -> Node:
    """The node with an expression in place of a name."""

    def rename(node: Node) -> Node:
        return new if node == rs.Name(old) else map_children(node, rename)

    return rename(node)


def may_not_come_back(node: Node) -> bool:
    """Whether a statement calls what may jump out of it. In the closure that `setjmp::catch` runs, variables from around that can
    be looked at then."""
    return any(isinstance(part, rs.Call) for part in walk(node))
