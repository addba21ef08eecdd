"""`__builtin_setjmp` and `__builtin_longjmp`: the library's functions, on any buffer of five words."""

from __future__ import annotations

from typing import Any

from c2rust_py.diagnostics import Span
from c2rust_py.frontend.elaborate import calls, expressions
from c2rust_py.frontend.elaborate.c_types import pointer_to
from c2rust_py.frontend.elaborate.context import Context, GlobalName
from c2rust_py.frontend.elaborate.conversions import convert
from c2rust_py.frontend.elaborate.operands import Rvalue
from c2rust_py.ir.nodes import FunctionRef
from c2rust_py.ir.program import Record, RecordField
from c2rust_py.ir.types import INT, ULONG, VOID, ArrayType, FunctionType, PointerType, RecordType, Type

_BUFFER = "library:__jmp_buf_tag"
_WORDS = 25


def builtin_setjmp(cx: Context, args: list[Any], span: Span) -> Rvalue:
    """0, and 1 after the jump."""
    return _call(cx, "setjmp", INT, args[:1], span)


def builtin_longjmp(cx: Context, args: list[Any], span: Span) -> Rvalue:
    """Does not return."""
    return _call(cx, "longjmp", VOID, args[:2], span)


def _call(cx: Context, name: str, result: Type, args: list[Any], span: Span) -> Rvalue:
    """A call of the library's function with the buffer taken for a `jmp_buf`, of which the runtime uses one word."""
    fields = (RecordField("__call", ULONG, 0), RecordField("__rest", ArrayType(ULONG, _WORDS - 1), 8))
    cx.records.setdefault(_BUFFER, Record(_BUFFER, "__jmp_buf_tag", False, fields, 8 * _WORDS, 8, span))
    buffer = PointerType(RecordType(_BUFFER))
    type = FunctionType(result, (buffer, INT)[: len(args)])
    entity = cx.externs.get(name)
    if entity is None:
        entity = GlobalName(name, name, type, span, False, True, noreturn=name == "longjmp")
        cx.externs[name] = cx.globals[name] = entity
    env, *value = (expressions.value(cx, arg) for arg in args)
    function = FunctionRef(entity.symbol, pointer_to(type), span)
    return calls.call_function(cx, function, type, [convert(cx, env, buffer), *value], span)
