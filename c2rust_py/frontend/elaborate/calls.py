"""Function calls (C11 6.5.2.2)."""

from __future__ import annotations

from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import builtins, expressions, nested_functions
from c2rust_py.frontend.elaborate.c_types import erase, pointer_to, spell, unqualified
from c2rust_py.frontend.elaborate.context import Context, GlobalName, NestedName
from c2rust_py.frontend.elaborate.conversions import convert_for_assignment, promote_argument, to_rvalue
from c2rust_py.frontend.elaborate.operands import FunctionDesignator, Operand, Rvalue
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.ir.nodes import Call, FunctionRef, Value
from c2rust_py.ir.types import INT, FunctionType, PointerType


def call(cx: Context, node: Any) -> Operand:
    """`f(args)`, `(*p)(args)`, `p(args)`, or a builtin."""
    span = span_of(cx, node)
    args = list(node.args.exprs) if node.args is not None else []
    if isinstance(node.name, c_ast.ID):
        builtin = builtins.builtin_call(cx, node.name.name, args, span)
        if builtin is not None:
            return builtin
        meaning = cx.lookup(node.name.name)
        if isinstance(meaning, NestedName):
            return nested_functions.call_nested(cx, meaning, [expressions.value(cx, arg) for arg in args], span)
        if meaning is None:
            _declare_implicitly(cx, node.name.name, span)
    callee = expressions.expression(cx, node.name)
    function = callee.value if isinstance(callee, FunctionDesignator) else to_rvalue(cx, callee).value
    type = callee.type if isinstance(callee, FunctionDesignator) else unqualified(to_rvalue(cx, callee).type)
    if isinstance(type, PointerType):
        type = unqualified(type.target)
    if not isinstance(type, FunctionType):
        cx.fail(Code.CALL_MISMATCH, f"a '{spell(callee.type)}' is called", span)
    return call_function(cx, function, type, [expressions.value(cx, arg) for arg in args], span)


def call_function(cx: Context, function: Value, type: FunctionType, args: list[Rvalue], span: Span) -> Rvalue:
    """A call with the arguments converted to the parameters' types, or promoted."""
    if type.prototyped and (len(args) < len(type.params) or (len(args) > len(type.params) and not type.variadic)):
        name = function.symbol if isinstance(function, FunctionRef) else "a function"
        cx.fail(Code.CALL_MISMATCH, f"{name} takes {len(type.params)} arguments and gets {len(args)}", span)
    values: list[Value] = []
    for index, arg in enumerate(args):
        if index < len(type.params):
            values.append(convert_for_assignment(cx, arg, type.params[index], arg.span).value)
        else:
            values.append(promote_argument(cx, arg).value)
    result = unqualified(type.result)
    cx.note_opaque(result, span)
    if not cx.is_complete(result) and spell(result) != "void":
        cx.fail(Code.INCOMPLETE_TYPE, f"the result has the incomplete type '{spell(result)}'", span)
    return Rvalue(Call(function, tuple(values), erase(result), span), result)


def _declare_implicitly(cx: Context, name: str, span: Span) -> None:
    """C89: a function that is called without a declaration returns int; one of the C library has its own type."""
    if builtins.library_function(cx, name, span) is not None or builtins.is_special(name):
        return
    cx.warn(Code.UNDECLARED, f"the function '{name}' is called without a declaration", span, "include its header")
    entity = cx.externs.get(name)
    if entity is None:
        entity = GlobalName(name, name, FunctionType(INT, (), False, False), span, False, False, implicit=True)
        cx.externs[name] = cx.globals[name] = entity
    cx.scopes[0].names.setdefault(name, entity)


def call_library(cx: Context, name: str, args: list[Rvalue], span: Span) -> Rvalue:
    """A call of a C library function by name."""
    entity = builtins.library_function(cx, name, span)
    assert entity is not None and isinstance(entity.type, FunctionType), name
    return call_function(cx, FunctionRef(entity.symbol, pointer_to(entity.type), span), entity.type, args, span)
