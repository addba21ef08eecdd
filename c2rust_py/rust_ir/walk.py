"""Traversals of the Rust AST, so that a pass writes only the cases it cares about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar, cast, get_args

from c2rust_py.rust_ir.nodes import Block, Expr, MatchArm, Statement

Node = Expr | Statement | Block | MatchArm
N = TypeVar("N", bound=Node)

_NODE_CLASSES: tuple[Any, ...] = (*get_args(Expr), *get_args(Statement), Block, MatchArm)
_CHILD_FIELDS: dict[type, tuple[str, ...]] = {
    cls: tuple(f.name for f in fields(cls) if f.name not in ("span", "tail_span", "type", "text", "label", "patterns", "op"))
    for cls in _NODE_CLASSES
}


def _map_value(value: object, change: Callable[[Node], Node]) -> object:
    if isinstance(value, _NODE_CLASSES):
        return change(cast(Node, value))
    if isinstance(value, tuple):
        items = tuple(_map_value(item, change) for item in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value


def map_children(node: N, change: Callable[[Node], Node]) -> N:
    """The node with each direct child replaced by `change(child)`; the same node where nothing changed."""
    updates: dict[str, object] = {}
    for name in _CHILD_FIELDS[type(node)]:
        value = getattr(node, name)
        new = _map_value(value, change)
        if new is not value:
            updates[name] = new
    return cast(N, replace(cast(Any, node), **updates)) if updates else node


def children(node: Node) -> Iterator[Node]:
    """The direct children, in field order."""
    for name in _CHILD_FIELDS[type(node)]:
        yield from _nodes_in(getattr(node, name))


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, _NODE_CLASSES):
        yield cast(Node, value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in preorder."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(list(children(top))))
