"""The parts of a syntax tree that C can come to, as far as constants alone say so.

    if (DEBUG) puts("x"); else f();    ->    DEBUG, f, where DEBUG is 0
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pycparser import c_ast

from c2rust_py.frontend.elaborate.context import Context, EnumeratorName

_OPERATORS: Mapping[str, Callable[[int, int], int]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "&": operator.and_, "|": operator.or_, "+": operator.add, "-": operator.sub,
}  # fmt: skip
_LABELS = (c_ast.Label, c_ast.Case, c_ast.Default)


def live_parts(cx: Context, body: Any) -> Iterator[Any]:
    """The nodes of a tree. What has a label in it can be jumped to."""
    pending = [body]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(_live_children(cx, node)))


def _live_children(cx: Context, node: Any) -> list[Any]:
    left_out: list[Any] = []
    if isinstance(node, c_ast.If):
        always = _constant(cx, node.cond)
        if always is not None:
            left_out = [node.iffalse if always else node.iftrue]
    elif isinstance(node, c_ast.While) and _constant(cx, node.cond) == 0:
        left_out = [node.stmt]
    elif isinstance(node, c_ast.BinaryOp) and node.op in ("&&", "||"):
        always = _constant(cx, node.left)
        if always is not None and bool(always) == (node.op == "||"):
            left_out = [node.right]
    return [child for _, child in node.children() if not any(child is one for one in left_out) or _has_label(child)]


def _has_label(node: Any) -> bool:
    return isinstance(node, _LABELS) or any(_has_label(child) for _, child in node.children())


def _constant(cx: Context, node: Any) -> int | None:
    """What an expression of integer constants is; None for others."""
    if isinstance(node, c_ast.Constant):
        text = node.value.rstrip("uUlL")
        return int(text, 0) if node.type.endswith("int") and text.isdigit() and (text == "0" or text[0] != "0") else None
    if isinstance(node, c_ast.ID):
        if node.name in cx.macros:
            return _constant(cx, cx.macros[node.name].expression)
        entity = cx.scopes[0].names.get(node.name)
        return entity.value if isinstance(entity, EnumeratorName) else None
    if isinstance(node, c_ast.UnaryOp) and node.op in ("!", "-"):
        operand = _constant(cx, node.expr)
        return None if operand is None else int(not operand) if node.op == "!" else -operand
    if isinstance(node, c_ast.BinaryOp):
        return _combined(node.op, _constant(cx, node.left), _constant(cx, node.right))
    return None


def _combined(op: str, left: int | None, right: int | None) -> int | None:
    if op in ("&&", "||"):
        decides = op == "||"
        if any(side is not None and bool(side) == decides for side in (left, right)):
            return int(decides)
        return None if left is None or right is None else int(not decides)
    return int(_OPERATORS[op](left, right)) if left is not None and right is not None and op in _OPERATORS else None
