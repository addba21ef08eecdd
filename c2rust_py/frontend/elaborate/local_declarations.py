"""Declarations inside functions (C11 6.7): locals, static locals, extern names, typedefs, variable-length arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import (
    calls,
    declarators,
    expressions,
    file_declarations,
    initialisers,
    nested_functions,
    records,
)
from c2rust_py.frontend.elaborate.attributes import attributes_of, has_attribute, requested_alignment
from c2rust_py.frontend.elaborate.c_types import VariableArray, erase, pointer_to, quals_of, spell, unqualified
from c2rust_py.frontend.elaborate.context import Context, GlobalName, LocalName
from c2rust_py.frontend.elaborate.operands import Rvalue
from c2rust_py.frontend.elaborate.operators import run_time_size
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.frontend.elaborate.static_data import constant_tree
from c2rust_py.ir.nodes import AddressOf, AllocateVla, Declare, LocalPlace, Statement, UnsupportedStatement, Value
from c2rust_py.ir.program import LocalKind, Variable
from c2rust_py.ir.types import ArrayType, FunctionType, PointerType, Quals, Type


def declaration(cx: Context, node: Any) -> list[Statement]:
    """One declaration of a block."""
    match node:
        case c_ast.DeclList():
            return [statement for decl in node.decls for statement in declaration(cx, decl)]
        case c_ast.StaticAssert():
            expressions.static_assert(cx, node)
            return []
        case c_ast.Typedef():
            with cx.collecting() as lengths:
                file_declarations.typedef(cx, node)
            return lengths
        case _:
            return _object_or_function(cx, node)


def _object_or_function(cx: Context, node: Any) -> list[Statement]:
    span = span_of(cx, node)
    if node.name is None:
        file_declarations.declare_tag(cx, node)
        return []
    static = "static" in node.storage
    inferred = _inferred_type(cx, node)
    with cx.collecting() as lengths:
        type = inferred if inferred is not None else declarators.declared_type(cx, node)
    if isinstance(type, FunctionType) and "auto" in node.storage:
        nested_functions.declare_nested(cx, node.name, type)
        return lengths
    if isinstance(type, FunctionType) or "extern" in node.storage:
        file_declarations.declare_external(cx, node, type)
        return lengths
    if "_Thread_local" in node.storage:
        cx.report_once(Code.THREAD_LOCAL, "thread-local objects are ordinary ones: the program has one thread", span)
    records.suggest_name(cx, type, node.name)
    if static:
        _static_local(cx, node, type, span)
        return lengths
    return [*lengths, *_automatic(cx, node, type, span)]


def _inferred_type(cx: Context, node: Any) -> Type | None:
    """The type of `__auto_type x = e;`."""
    base = node.type.type if isinstance(node.type, c_ast.TypeDecl) else None
    if not isinstance(base, c_ast.InferredType) or node.init is None:
        return None
    with cx.unevaluated():
        return unqualified(expressions.value(cx, node.init).type)


def _automatic(cx: Context, node: Any, type: Type, span: Span) -> list[Statement]:
    if isinstance(unqualified(type), VariableArray):
        if has_attribute(node, "cleanup"):
            reason = "the attribute 'cleanup' of an array of variable length is not translated"
            cx.note_unsupported(Code.ATTRIBUTE_UNSUPPORTED, reason, span)
            return [UnsupportedStatement(str(Code.ATTRIBUTE_UNSUPPORTED), reason, span)]
        return _variable_length(cx, node, type, span)
    state = cx.current
    local = state.add_local(node.name, type, LocalKind.VARIABLE, span)
    register = "register" in node.storage
    cx.declare(node.name, LocalName(local, type, register))
    if align := requested_alignment(cx, node):
        cx.alignments[state.symbol, local] = align
    if node.init is None:
        _require_complete(cx, type, node.name, span)
        return [Declare(local, None, span, _cleanup(cx, node, local, type, span))]
    value, completed = initialisers.initial_value(cx, type, node.init)
    _require_complete(cx, completed, node.name, span)
    if completed != type:
        cx.declare(node.name, LocalName(local, completed, register))
        state.locals[local] = replace(state.locals[local], type=erase(completed))
    return [Declare(local, value, span, _cleanup(cx, node, local, completed, span))]


def _cleanup(cx: Context, node: Any, local: int, type: Type, span: Span) -> Value | None:
    """The call that the attribute `cleanup` asks for: of a function, with the variable's address."""
    for attribute in attributes_of(node):
        if attribute.name == "cleanup":
            designator = expressions.value(cx, attribute.args[0])
            function = unqualified(designator.type)
            if not isinstance(function, PointerType) or not isinstance(function.target, FunctionType):
                cx.fail(Code.TYPE_MISMATCH, "the attribute 'cleanup' needs a function", span)
            place = LocalPlace(local, erase(type), span)
            address = Rvalue(AddressOf(place, pointer_to(type), span), PointerType(type))
            return calls.call_function(cx, designator.value, function.target, [address], span).value
    return None


def _require_complete(cx: Context, type: Type, name: str, span: Span) -> None:
    if not cx.is_complete(type):
        cx.fail(Code.INCOMPLETE_TYPE, f"'{name}' has the incomplete type '{spell(type)}'", span)


def _variable_length(cx: Context, node: Any, type: Type, span: Span) -> list[Statement]:
    """The array's local is a pointer to a block of its size."""
    inner = unqualified(type)
    assert isinstance(inner, VariableArray)
    size = run_time_size(cx, inner, span)
    local = cx.current.add_local(node.name, PointerType(inner.element), LocalKind.VARIABLE, span)
    cx.declare(node.name, LocalName(local, type, False))
    if node.init is not None:
        initialisers.initial_value(cx, type, node.init)
        cx.note_unsupported(Code.VARIABLE_LENGTH, "an initialised array of variable length is not translated", span)
        reason = "an initialised array of variable length is not translated"
        return [UnsupportedStatement(str(Code.VARIABLE_LENGTH), reason, span)]
    return [Declare(local, None, span), AllocateVla(local, size.value, span)]


def _static_local(cx: Context, node: Any, type: Type, span: Span) -> None:
    stem = f"{cx.current.symbol if ':' in cx.current.symbol else cx.path + ':' + cx.current.symbol}.{node.name}"
    symbol, number = stem, 1
    while symbol in cx.globals:
        number += 1
        symbol = f"{stem}#{number}"
    entity = GlobalName(node.name, symbol, type, span, True, False, defined=True)
    cx.globals[symbol] = entity
    cx.declare(node.name, entity)
    if align := requested_alignment(cx, node):
        cx.alignments[symbol] = align
    init = None
    if node.init is not None:
        value, entity.type = initialisers.initial_value(cx, type, node.init)
        init = file_declarations.without_zero(constant_tree(cx, value))
    if not cx.is_complete(entity.type) and not isinstance(unqualified(entity.type), ArrayType):
        _require_complete(cx, entity.type, node.name, span)
    const = Quals.CONST in quals_of(type)
    cx.variables[symbol] = Variable(
        symbol,
        node.name,
        erase(entity.type),
        init,
        True,
        const,
        cx.path,
        span,
        cx.current.symbol,
        cx.doc_at(span),
    )
