"""The nodes that C can come to, as far as constants alone say so: `if (0) …`, `while (DEBUG) …`, `OFF && …` are passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from c2rust_py.ir.nodes import (
    Compare,
    CompareOp,
    Convert,
    If,
    IntConst,
    Label,
    Logical,
    LogicalOp,
    Not,
    Statement,
    Value,
    While,
)
from c2rust_py.ir.walk import Node, children, walk


def live_nodes(body: Sequence[Statement]) -> Iterator[Node]:
    """In preorder. What has a label in it can be jumped to."""
    pending: list[Node] = list(reversed(body))
    while pending:
        node = pending.pop()
        yield node
        passed_over = {id(one) for one in _passed_over(node) if not any(isinstance(part, Label) for part in walk(one))}
        pending.extend(child for child in reversed(children(node)) if id(child) not in passed_over)


def _passed_over(node: Node) -> Sequence[Node]:
    match node:
        case If(condition, then, otherwise):
            always = _truth(condition)
            return () if always is None else otherwise if always else then
        case While(condition=condition, body=body):
            return body if _truth(condition) is False else ()
        case Logical(op, left, right):
            return (right,) if _truth(left) is (op is LogicalOp.OR) else ()
        case _:
            return ()


def _truth(condition: Value) -> bool | None:
    match condition:
        case IntConst(value):
            return bool(value)
        case Convert(operand):
            return _truth(operand)
        case Not(operand):
            found = _truth(operand)
            return None if found is None else not found
        case Logical(op, left, right):
            sides = (_truth(left), _truth(right))
            decides = op is LogicalOp.OR
            return decides if decides in sides else None if None in sides else not decides
        case Compare(CompareOp.EQ | CompareOp.NE as op, IntConst(left), IntConst(right)):
            return (left == right) is (op is CompareOp.EQ)
        case _:
            return None
