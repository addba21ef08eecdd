"""Inline assembly: an empty template only moves operands or keeps the compiler from optimising; all else has no Rust."""

from __future__ import annotations

from typing import Any

from c2rust_py.diagnostics import Code
from c2rust_py.frontend.elaborate import expressions
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import convert_for_assignment
from c2rust_py.frontend.elaborate.lvalues import require_lvalue
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.ir.nodes import Assign, Statement, UnsupportedStatement


def asm_statement(cx: Context, node: Any) -> list[Statement]:
    """An asm statement."""
    span = span_of(cx, node)
    if node.template.strip('"').strip() == "" and not node.labels:
        moved = _moves(cx, node)
        if moved is not None:
            return moved
    cx.note_unsupported(Code.INLINE_ASM, "inline assembly is not translated", span)
    return [UnsupportedStatement(str(Code.INLINE_ASM), "inline assembly is not translated", span)]


def _moves(cx: Context, node: Any) -> list[Statement] | None:
    """What an empty template does: an output that shares its place with an input gets that input's value."""
    statements: list[Statement] = []
    for index, output in enumerate(node.outputs):
        constraint = output.constraint.strip('"')
        if constraint.startswith("+"):
            statements += expressions.effect(cx, output.expr)
            continue
        source = next((i for i in node.inputs if i.constraint.strip('"') == str(index)), None)
        if source is None:
            return None
        span = span_of(cx, node)
        target = require_lvalue(cx, expressions.expression(cx, output.expr), span)
        value = convert_for_assignment(cx, expressions.value(cx, source.expr), target.type, span)
        statements.append(Assign(target.place, value.value, span))
    return statements
