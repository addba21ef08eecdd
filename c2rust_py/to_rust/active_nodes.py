"""Which nodes of a function the order of evaluation matters for."""

from __future__ import annotations

from collections.abc import Sequence

from c2rust_py.infer.places import asks_own_pool
from c2rust_py.ir.builtins import EFFECTFUL_BUILTINS
from c2rust_py.ir.nodes import (
    Assign,
    BlockValue,
    Borrow,
    Builtin,
    Call,
    Insert,
    Overflowing,
    Remove,
    Statement,
    UnsupportedValue,
    VaArgValue,
)
from c2rust_py.ir.walk import Node, children


def active_nodes(body: Sequence[Statement]) -> set[int]:
    """The nodes in or below which something happens beside reading, or that write an object of a pool that says which one."""
    active: set[int] = set()
    order: list[tuple[Node, Node | None]] = []
    stack: list[tuple[Node, Node | None]] = [(node, None) for node in body]
    while stack:
        node, parent = stack.pop()
        order.append((node, parent))
        stack.extend((child, node) for child in children(node))
    for node, parent in reversed(order):
        if isinstance(node, Call | BlockValue | Overflowing | VaArgValue | UnsupportedValue | Insert | Remove) or (
            isinstance(node, Builtin) and node.name in EFFECTFUL_BUILTINS
        ) or (isinstance(node, Assign | Borrow) and asks_own_pool(node.place)):
            active.add(id(node))
        if parent is not None and id(node) in active:
            active.add(id(parent))
    return active
