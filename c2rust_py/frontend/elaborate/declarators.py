"""Declarators: pointers, arrays and functions around a base type (C11 6.7.6), and type names."""

from __future__ import annotations

from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code
from c2rust_py.frontend.elaborate import expressions, specifiers
from c2rust_py.frontend.elaborate.attributes import aligned_typedef, apply_type_attributes, requested_alignment
from c2rust_py.frontend.elaborate.c_types import VariableArray, is_integer, qualify, unqualified
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import convert, to_rvalue
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.ir.nodes import Declare
from c2rust_py.ir.types import ULONG, ArrayType, FunctionType, PointerType, Type, VoidType


def declared_type(cx: Context, node: Any) -> Type:
    """The type of a Decl, Typedef, Typename or declarator node."""
    match node:
        case c_ast.Decl() | c_ast.Typedef() | c_ast.Typename():
            return apply_type_attributes(cx, declared_type(cx, node.type), node)
        case c_ast.TypeDecl():
            span = span_of(cx, node)
            return specifiers.with_quals(cx, specifiers.base_type(cx, node.type, span), node.quals, span)
        case c_ast.PtrDecl():
            return qualify(PointerType(declared_type(cx, node.type)), specifiers.quals_from(node.quals))
        case c_ast.ArrayDecl():
            return _array_type(cx, node)
        case c_ast.FuncDecl():
            return function_type(cx, node)
        case _:
            return specifiers.base_type(cx, node, span_of(cx, node))


def type_name(cx: Context, node: Any) -> Type:
    """The type of a Typename; its variable lengths are evaluated into the pending statements."""
    type = declared_type(cx, node)
    align = requested_alignment(cx, node)
    return aligned_typedef(type, align) if align else type


def _array_type(cx: Context, node: Any) -> Type:
    span = span_of(cx, node)
    if node.dim is None:
        return _checked_array(cx, declared_type(cx, node.type), None, node)
    if isinstance(node.dim, c_ast.ID) and node.dim.name == "*" or _mentions_parameter(cx, node.dim):
        return VariableArray(declared_type(cx, node.type), None, None)
    if cx.function is None:
        with cx.unevaluated():
            length = to_rvalue(cx, expressions.expression(cx, node.dim))
    else:
        length = to_rvalue(cx, expressions.expression(cx, node.dim))
    if not is_integer(length.type):
        cx.fail(Code.TYPE_MISMATCH, "the length of an array is not an integer", span)
    if isinstance(length.constant, int):
        if length.constant < 0:
            cx.fail(Code.INVALID_DECLARATION, "the length of an array is negative", span)
        return _checked_array(cx, declared_type(cx, node.type), length.constant, node)
    if cx.pending is None or cx.function is None:
        if cx.prototype_names:
            return VariableArray(declared_type(cx, node.type), None, None)
        cx.fail(Code.NOT_CONSTANT, "the length of an array is not constant here", span)
    count = cx.temporary(ULONG, span, "length")
    cx.pending.append(Declare(count.local, convert(cx, length, ULONG).value, span))
    return VariableArray(declared_type(cx, node.type), None, count.local)


def _checked_array(cx: Context, element: Type, length: int | None, node: Any) -> Type:
    inner = unqualified(element)
    if isinstance(inner, FunctionType | VoidType):
        cx.fail(Code.INVALID_DECLARATION, "the elements of an array are functions or void", span_of(cx, node))
    if isinstance(inner, VariableArray) and length is not None:
        return VariableArray(element, length)
    if length and cx.is_complete(inner):
        cx.require_addressable(length * cx.layout.size_of(inner), span_of(cx, node))
    return ArrayType(element, length)


def _mentions_parameter(cx: Context, node: Any) -> bool:
    """Whether a length in a mere prototype depends on one of its parameters, which have no value."""
    if not cx.prototype_names:
        return False
    names = cx.prototype_names[-1]
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, c_ast.ID) and top.name in names:
            return True
        stack.extend(child for _, child in top.children())
    return False


def function_type(cx: Context, node: Any) -> FunctionType:
    """The type of a FuncDecl; names of parameters go out of scope with it."""
    result = declared_type(cx, node.type)
    if isinstance(unqualified(result), FunctionType | ArrayType):
        cx.fail(Code.INVALID_DECLARATION, "a function returns a function or an array", span_of(cx, node))
    if node.args is None:
        return FunctionType(result, (), False, False)
    params: list[Type] = []
    variadic = False
    with cx.scope():
        cx.prototype_names.append(set())
        try:
            for param in node.args.params:
                if isinstance(param, c_ast.EllipsisParam):
                    variadic = True
                elif isinstance(param, c_ast.ID):
                    return FunctionType(result, (), False, False)
                else:
                    params.append(parameter_type(cx, declared_type(cx, param)))
                    if getattr(param, "name", None):
                        cx.prototype_names[-1].add(param.name)
        finally:
            cx.prototype_names.pop()
    if is_void_list(params, variadic):
        return FunctionType(result, ())
    return FunctionType(result, tuple(params), variadic)


def is_void_list(params: list[Type], variadic: bool) -> bool:
    """Whether a parameter list is `(void)`."""
    return len(params) == 1 and isinstance(params[0], VoidType) and not variadic


def parameter_type(cx: Context, type: Type) -> Type:
    """A parameter's type after adjustment: arrays and functions become pointers (C11 6.7.6.3 paragraphs 7 and 8)."""
    match unqualified(type):
        case ArrayType(element, _):
            return PointerType(element)
        case FunctionType() as function:
            return PointerType(function)
        case _:
            return type
