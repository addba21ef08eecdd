"""Traversals of IR nodes: `children`, `walk`, `map_children`, so that a pass writes only the cases it cares about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar, cast, get_args

from c2rust_py.ir.nodes import (
    Arm,
    BlockValue,
    Builtin,
    Call,
    ElementRun,
    Insert,
    Overflowing,
    Place,
    Remove,
    Statement,
    UnsupportedValue,
    VaArgValue,
    Value,
)
from c2rust_py.node_fields import child_fields

Node = Place | Value | Statement | ElementRun | Arm
N = TypeVar("N", bound=Node)

_NODE_CLASSES: tuple[Any, ...] = (*get_args(Place), *get_args(Value), *get_args(Statement), ElementRun, Arm)
_NODE_TYPES = frozenset(_NODE_CLASSES)
"""For a look-up by type, which is much faster than `isinstance` with as many classes."""
_STATEMENT_TYPES = frozenset(get_args(Statement))
_CHILD_FIELDS = child_fields(_NODE_CLASSES, ("Place", "Value", "Statement"))
"""The fields of each node class that can hold nodes, in the order in which the class lists them."""


def children(node: Node) -> list[Node]:
    """The direct children, in field order."""
    found: list[Node] = []
    for name in _CHILD_FIELDS[type(node)]:
        child = getattr(node, name)
        if type(child) in _NODE_TYPES:
            found.append(child)
        elif isinstance(child, tuple):
            found.extend([item for item in child if type(item) in _NODE_TYPES])
    return found


def child_groups(node: Node) -> list[list[Node]]:
    """The direct children, those of each field together, in field order."""
    groups: list[list[Node]] = []
    for name in _CHILD_FIELDS[type(node)]:
        child = getattr(node, name)
        items = child if isinstance(child, tuple) else (child,)
        groups.append([cast(Node, item) for item in items if type(item) in _NODE_TYPES])
    return groups


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in preorder. Iterative, so deep trees are fine."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children(top)))


def walk_all(nodes: tuple[Statement, ...]) -> Iterator[Node]:
    """`walk` over each of a list of statements."""
    for node in nodes:
        yield from walk(node)


_EFFECTS = (Call, BlockValue, Builtin, Overflowing, VaArgValue, UnsupportedValue, Insert, Remove)


def fresh(node: N) -> N:
    """The same in nodes of its own: what is known of nodes goes by their identity."""
    return cast(N, replace(cast(Any, map_children(node, fresh, lambda body: tuple(map(fresh, body))))))


def is_stable(node: Node) -> bool:
    """Whether computing a value, or a place, has no effect, so that it can be done earlier, twice, or not at all."""
    return not any(isinstance(part, _EFFECTS) for part in walk(node))


Statements = tuple[Statement, ...]


def map_children(
    node: N, change: Callable[[Node], Node], change_list: Callable[[Statements], Statements] | None = None
) -> N:
    """The node with each direct child replaced by `change(child)`; the same node where nothing changed. `change_list` takes
    whole lists of statements, where a pass has more or fewer for one."""
    updates: dict[str, object] = {}
    for name in _CHILD_FIELDS[type(node)]:
        child = getattr(node, name)
        if type(child) in _NODE_TYPES:
            new = change(cast(Node, child))
            if new is not child:
                updates[name] = new
        elif isinstance(child, tuple) and child and change_list is not None and type(child[0]) in _STATEMENT_TYPES:
            updates[name] = change_list(child)
        elif isinstance(child, tuple) and child:
            items = tuple(change(cast(Node, c)) if type(c) in _NODE_TYPES else c for c in child)
            if any(a is not b for a, b in zip(items, child, strict=True)):
                updates[name] = items
    return cast(N, replace(cast(Any, node), **updates)) if updates else node
