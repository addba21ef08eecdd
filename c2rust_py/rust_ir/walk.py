"""Traversals of the Rust AST, so that a pass writes only the cases it cares about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import is_not
from typing import Any, TypeVar, cast, get_args

from c2rust_py.node_fields import child_fields
from c2rust_py.rust_ir.nodes import Block, Expr, MatchArm, Name, Statement

Node = Expr | Statement | Block | MatchArm
N = TypeVar("N", bound=Node)

_NODE_CLASSES: tuple[Any, ...] = (*get_args(Expr), *get_args(Statement), Block, MatchArm)
_NODE_TYPES = frozenset(_NODE_CLASSES)
"""For a look-up by type, which is much faster than `isinstance` with as many classes."""
_CHILD_FIELDS = child_fields(_NODE_CLASSES, ("Expr", "Statement"))
"""The fields of each node class that can hold nodes, in the order in which the class lists them."""


def map_children(node: N, change: Callable[[Node], Node]) -> N:
    """The node with each direct child replaced by `change(child)`; the same node where nothing changed."""
    fields = _CHILD_FIELDS[type(node)]
    if not fields:
        return node
    updates: dict[str, object] = {}
    for name in fields:
        value = getattr(node, name)
        if type(value) in _NODE_TYPES:
            new: object = change(value)
        elif value:
            new = _map_items(value, change)
        else:
            continue
        if new is not value:
            updates[name] = new
    return cast(N, replace(cast(Any, node), **updates)) if updates else node


def with_fields(node: N, **fields: object) -> N:
    """The node with other values in some of its fields; the same node where they are what stands there, so that what a pass
    does not change is shared."""
    for name, new in fields.items():
        old = getattr(node, name)
        if new is not old and not (type(new) is tuple and len(new) == len(old) and not any(map(is_not, new, old))):
            return cast(N, replace(cast(Any, node), **fields))
    return node


def _map_items(items: tuple[Any, ...], change: Callable[[Node], Node]) -> tuple[Any, ...]:
    """Nodes, or tuples with nodes and names in them."""
    new = tuple(
        [
            change(item) if type(item) in _NODE_TYPES else _map_items(item, change) if type(item) is tuple else item
            for item in items
        ]
    )
    return new if any(map(is_not, new, items)) else items


def children(node: Node) -> list[Node]:
    """The direct children, in field order."""
    found: list[Node] = []
    for name in _CHILD_FIELDS[type(node)]:
        value = getattr(node, name)
        if type(value) in _NODE_TYPES:
            found.append(value)
        elif value:
            _add_items(value, found)
    return found


def _add_items(items: tuple[Any, ...], found: list[Node]) -> None:
    for item in items:
        if type(item) in _NODE_TYPES:
            found.append(item)
        elif type(item) is tuple:
            _add_items(item, found)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in preorder."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children(top)))


class Mentions:
    """Which names a node mentions, remembered per statement and block: passes ask for many names of the same nodes.

    By identity, since comparing nodes by value costs a walk; the nodes are held so that no identity is used again.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Node, frozenset[str]]] = {}

    def has(self, node: Node, name: str) -> bool:
        """Whether the name stands anywhere in the node."""
        return name in self.names(node)

    def names(self, node: Node) -> frozenset[str]:
        """The names that stand in the node."""
        known = self._known.get(id(node))
        if known is not None:
            return known[1]
        names: set[str] = set()
        stack: list[Node] = [node]
        while stack:
            top = stack.pop()
            if isinstance(top, Name):
                names.add(top.text)
            elif isinstance(top, Block | Statement) and top is not node:
                names |= self.names(top)
            else:
                stack.extend(children(top))
        found = frozenset(names)
        self._known[id(node)] = node, found
        return found
