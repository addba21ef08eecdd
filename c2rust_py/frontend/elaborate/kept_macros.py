"""Macros that kept their names: each use is a constant, and the ones that are used become constants of the unit."""

from __future__ import annotations

from pathlib import PurePath

from c2rust_py.diagnostics import Span
from c2rust_py.frontend.elaborate import expressions
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import constant_operand
from c2rust_py.frontend.elaborate.operands import Rvalue, floating
from c2rust_py.ir.nodes import FloatConst, IntConst
from c2rust_py.ir.program import Constant


def macro_constant(cx: Context, name: str, span: Span) -> Rvalue | None:
    """A use of a kept macro; None where the name is none. A constant expression inside it folds."""
    kept = cx.macros.get(name)
    if kept is None:
        return None
    known = cx.constants.get(name)
    if known is None:
        body = expressions.value(cx, kept.expression)
        if body.constant is None:
            return Rvalue(body.value, body.type)
        plain = constant_operand(body.constant, body.type, kept.span)
        assert isinstance(plain.value, IntConst | FloatConst)
        if _is_word_of_the_language(kept.span, name):
            return plain
        known = cx.constants[name] = Constant(name, plain.value, kept.span, kept.doc)
    constant = known.value
    if isinstance(constant, FloatConst):
        return floating(constant.value, constant.type, span, name)
    return constant_operand(constant.value, constant.type, span, name)


def _is_word_of_the_language(span: Span, name: str) -> bool:
    """Whether it is `true` or `false` of <stdbool.h>: Rust has these words itself."""
    return name in ("true", "false") and PurePath(span.file).name == "stdbool.h"
