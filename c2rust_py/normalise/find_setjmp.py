"""Where a function calls `setjmp`, and whether the call comes before all else that its statement does.

After a `longjmp`, the statement that holds the call runs once more. That is right only if nothing before the call in it
has an effect, and if the call runs whenever the statement does.
"""

from __future__ import annotations

from collections.abc import Iterator

from c2rust_py.ir.nodes import (
    Arm,
    BlockValue,
    Call,
    Conditional,
    Declare,
    FunctionRef,
    Logical,
    Place,
    Statement,
    Value,
)
from c2rust_py.ir.verify import SETJMP_NAMES
from c2rust_py.ir.walk import Node, children, is_stable, map_children, walk


def is_setjmp(node: Node) -> bool:
    """Whether a node is a call of `setjmp` or its like."""
    return isinstance(node, Call) and isinstance(node.function, FunctionRef) and node.function.symbol in SETJMP_NAMES


def calls_setjmp(node: Node) -> bool:
    """Whether such a call is anywhere below a node."""
    return any(is_setjmp(inner) for inner in walk(node))


def own_values(statement: Statement) -> Iterator[Place | Value]:
    """What a statement computes itself, before any statement in it runs."""
    for child in children(statement):
        if not isinstance(child, (Statement, Arm)):
            assert isinstance(child, (Place, Value))
            yield child


def first_setjmp(statement: Statement) -> Call | None:
    """The call in the statement's own values, where it comes before every effect; None where there is none such."""
    return _first_of(list(own_values(statement)))


def _first_of(nodes: list[Node]) -> Call | None:
    """The call in the first of `nodes` that does more than compute, in order of evaluation."""
    for node in nodes:
        if is_setjmp(node):
            assert isinstance(node, Call)
            return node
        if not calls_setjmp(node):
            if not is_stable(node):
                return None
            continue
        match node:
            case Logical(_, left):
                return _first_of([left])
            case Conditional(condition):
                return _first_of([condition])
            case Call(_, args):
                return _first_of(list(reversed(args)))
            case BlockValue(body, value):
                first = next((s for s in body if not isinstance(s, Declare) or s.init is not None), None)
                inner: list[Node] = list(own_values(first)) if first is not None else [] if value is None else [value]
                return _first_of(inner)
            case _:
                return _first_of(list(children(node)))
    return None


def replace_call(node: Statement, call: Call, value: Value) -> Statement:
    """The statement with `value` in place of the call."""

    def change(inner: Node) -> Node:
        return value if inner is call else map_children(inner, change)

    return map_children(node, change)
