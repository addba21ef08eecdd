"""Declarations with linkage, typedefs and tags (C11 6.2.2, 6.7, 6.9)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, CompileError, Span, error
from c2rust_py.frontend.elaborate import declarators, expressions, functions, initialisers, records
from c2rust_py.frontend.elaborate.attributes import aligned_typedef, attributes_of, has_attribute, requested_alignment
from c2rust_py.frontend.elaborate.c_types import erase, is_variably_modified, quals_of, spell, unqualified
from c2rust_py.frontend.elaborate.compatible import compatible, composite
from c2rust_py.frontend.elaborate.context import Context, GlobalName, TypedefName
from c2rust_py.frontend.elaborate.refusals import refuse_declaration
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.frontend.elaborate.static_data import constant_tree
from c2rust_py.frontend.gnu_c import nodes as gnu
from c2rust_py.frontend.library_names import library_names
from c2rust_py.ir.nodes import Value, ZeroValue
from c2rust_py.ir.program import Startup, Variable
from c2rust_py.ir.types import ArrayType, EnumType, FunctionType, Quals, RecordType, Type


def file_item(cx: Context, node: Any) -> None:
    """One item of file scope; one that is refused is set aside."""
    try:
        _file_item(cx, node)
    except CompileError as problem:
        cx.tag_hint = None
        declaration = node.decl if isinstance(node, c_ast.FuncDef) else node
        name = getattr(declaration, "name", None)
        if name is not None and isinstance(node, c_ast.FuncDef | gnu.UnsupportedSyntax):
            functions.refused_definition(cx, name, node, problem)
        else:
            refuse_declaration(cx, name, problem)


def _file_item(cx: Context, node: Any) -> None:
    match node:
        case c_ast.FuncDef():
            functions.define_function(cx, node)
        case c_ast.Typedef():
            typedef(cx, node)
        case c_ast.StaticAssert():
            expressions.static_assert(cx, node)
        case c_ast.Decl():
            _declaration(cx, node)
        case c_ast.DeclList():
            for decl in node.decls:
                file_item(cx, decl)
        case gnu.Asm():
            if node.template.strip('"').strip():
                cx.warn(Code.INLINE_ASM, "assembly at file scope is left out", span_of(cx, node))
        case gnu.UnsupportedSyntax(problem=problem):
            cx.fail(Code.SYNTAX, problem, span_of(cx, node))
        case c_ast.Pragma() | c_ast.EmptyStatement() | c_ast.AttributeDeclaration():
            pass
        case _:
            cx.fail(Code.UNSUPPORTED_C, f"a {type(node).__name__} stands at file scope", span_of(cx, node))


def typedef(cx: Context, node: Any) -> None:
    """A typedef; it names a struct, union or enum that has no tag."""
    span = span_of(cx, node)
    cx.tag_hint = node.name if isinstance(node.type, c_ast.TypeDecl) else None
    type = declarators.declared_type(cx, node)
    cx.tag_hint = None
    type = aligned_typedef(type, requested_alignment(cx, node))
    known = cx.scopes[-1].names.get(node.name)
    if isinstance(known, TypedefName):
        if not compatible(cx, known.type, type) and not is_variably_modified(type):
            cx.fail(Code.REDECLARED, f"'{node.name}' is '{spell(known.type)}' already", span)
        return
    cx.declare(node.name, TypedefName(type, span))
    inner = unqualified(type)
    if isinstance(inner, RecordType):
        records.suggest_name(cx, type, node.name)
    if isinstance(inner, EnumType) and cx.enums[inner.id].name is None:
        cx.enums[inner.id] = replace(cx.enums[inner.id], name=node.name)


def declare_tag(cx: Context, node: Any) -> None:
    """A declaration without a declarator: `struct tag { ... };`, `struct tag;`, `enum { ... };`."""
    match node.type:
        case c_ast.Struct() | c_ast.Union() if node.type.decls is None:
            records.forward_declare(cx, node.type)
        case _:
            declarators.declared_type(cx, node)


def _declaration(cx: Context, node: Any) -> None:
    if node.name is None:
        declare_tag(cx, node)
        return
    type = declarators.declared_type(cx, node)
    entity = declare_external(cx, node, type)
    if isinstance(type, FunctionType):
        return
    span = span_of(cx, node)
    records.suggest_name(cx, type, node.name)
    if node.init is not None:
        _define(cx, node, entity, type, span)
    elif "extern" not in node.storage and entity.symbol not in cx.variables:
        cx.variables[entity.symbol] = _variable(cx, entity, None, type, span)


def _define(cx: Context, node: Any, entity: GlobalName, type: Type, span: Span) -> None:
    if entity.defined:
        cx.fail(Code.REDECLARED, f"'{node.name}' is defined twice", span)
    entity.defined = True
    value, completed = initialisers.initial_value(cx, type, node.init)
    entity.type = composite(cx, completed, entity.type)
    cx.variables[entity.symbol] = _variable(cx, entity, without_zero(constant_tree(cx, value)), type, span)


def without_zero(value: Value) -> Value | None:
    """The initialiser, None where it says nothing but zero."""
    return None if isinstance(value, ZeroValue) else value


def _variable(cx: Context, entity: GlobalName, init: Value | None, type: Type, span: Span) -> Variable:
    const = Quals.CONST in quals_of(type)
    doc = cx.doc_at(span)
    return Variable(entity.symbol, entity.name, erase(entity.type), init, entity.static, const, cx.path, span, None, doc)


def complete_tentative(cx: Context) -> None:
    """The end of the unit gives tentative definitions their final types (C11 6.9.2)."""
    for symbol, variable in list(cx.variables.items()):
        entity = cx.globals.get(symbol)
        if entity is None or variable.function is not None:
            continue
        inner = unqualified(entity.type)
        if isinstance(inner, ArrayType) and inner.length is None:
            entity.type = ArrayType(inner.element, 1)
        if not cx.is_complete(entity.type):
            message = f"'{variable.name}' has the incomplete type '{spell(inner)}'"
            problem = CompileError(error(Code.INCOMPLETE_TYPE, message, variable.span))
            refuse_declaration(cx, variable.name, problem)
        elif erase(entity.type) != variable.type:
            cx.variables[symbol] = replace(variable, type=erase(entity.type))


def declare_external(cx: Context, node: Any, type: Type) -> GlobalName:
    """Declares a function or object with linkage in the innermost scope; all declarations of it share one entity."""
    span = span_of(cx, node)
    _note_attributes(cx, node, span)
    known = cx.externs.get(node.name)
    if known is None:
        static = "static" in node.storage
        library = cx.declares_library(node.name, library_names().symbols, span)
        symbol = f"{cx.path}:{node.name}" if static else _symbol(node, library)
        known = GlobalName(node.name, symbol, type, span, static, library)
        known.inline_only = "inline" in node.funcspec and not static
        cx.externs[node.name] = cx.globals[symbol] = known
    else:
        _redeclare(cx, known, node, type, span)
    if align := requested_alignment(cx, node):
        cx.alignments[known.symbol] = max(align, cx.alignments.get(known.symbol, 0))
    if isinstance(type, FunctionType):
        known.inline_only = known.inline_only and "inline" in node.funcspec and "extern" not in node.storage
    if "_Noreturn" in node.funcspec or has_attribute(node, "noreturn"):
        known.noreturn = True
    refusal = cx.refused.get(node.name)
    if refusal is not None and not known.defined and refusal[0] != "naked":
        cx.fail(Code.ATTRIBUTE_UNSUPPORTED, f"the attribute '{refusal[0]}' is not translated", refusal[1])
    cx.declare(node.name, known)
    return known


def _redeclare(cx: Context, known: GlobalName, node: Any, type: Type, span: Span) -> None:
    if isinstance(known.type, FunctionType) != isinstance(type, FunctionType):
        cx.fail(Code.REDECLARED, f"'{node.name}' is both a function and an object", span)
    if known.implicit:
        known.type, known.implicit = type, False
    elif compatible(cx, known.type, type):
        known.type = composite(cx, known.type, type)
    elif known.library or cx.is_library(span):
        cx.warn(Code.REDECLARED, f"'{node.name}' is declared in another way in our headers", span)
    else:
        cx.fail(Code.REDECLARED, f"'{node.name}' is declared as '{spell(known.type)}' and as '{spell(type)}'", span)
    known.library = known.library or cx.is_library(span)
    known.implicit = False


LAST_PRIORITY = 65535
"""That of constructors and destructors which have none."""


def _note_attributes(cx: Context, node: Any, span: Span) -> None:
    for attribute in attributes_of(node):
        if attribute.name in ("constructor", "destructor"):
            priority = expressions.constant_integer(cx, attribute.args[0]) if attribute.args else LAST_PRIORITY
            known = cx.startups.get(node.name, Startup())
            cx.startups[node.name] = replace(known, **{attribute.name: priority})
        if attribute.name == "weak":
            cx.weak.add(node.name)
        if attribute.name in ("alias", "weakref") and attribute.args:
            cx.aliases[node.name] = "".join(re.findall(r'"([^"]*)"', attribute.args[0].value))
        elif attribute.name in ("ifunc", "weakref", "naked"):
            cx.refused[node.name] = (attribute.name, span)
    if "register" in node.storage:
        cx.fail(Code.INLINE_ASM, "a variable in a register of the program's choice is not translated", span)
    if "_Thread_local" in node.storage:
        cx.report_once(Code.THREAD_LOCAL, "thread-local objects are ordinary ones: the program has one thread", span)


def _symbol(node: Any, library: bool) -> str:
    """The symbol of an external declaration: its name, or what `__asm__("name")` says. The C library's variants of a
    function, such as that for large files, are the function itself."""
    for attribute in getattr(node, "attributes", None) or []:
        if attribute.name == "asm_label":
            label = "".join(re.findall(r'"([^"]*)"', attribute.args[0].value))
            variants = (f"{node.name}64", f"__isoc99_{node.name}", f"__isoc23_{node.name}")
            return node.name if library and label in variants else label
    return str(node.name)
