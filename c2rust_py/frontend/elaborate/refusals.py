"""C that elaboration refuses: the user's error where gcc refuses it too, otherwise a named stub for what is concerned.

    int f(void) { return 1; }
    int g(v4 a) { return a[0] / 2; }    // valid GNU C that is not translated: `g` is a stub
    some_unknown_form x = f();          // so is what names `x`

A function or declaration that is refused is set aside with its reason, and elaboration goes on. Only if there was any is
gcc asked, once for the unit: what it refuses as well ends the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, CompileError, Diagnostic, Span, warning
from c2rust_py.frontend.elaborate.c_types import unqualified
from c2rust_py.frontend.elaborate.context import Context, EnumeratorName, GlobalName, RefusedName, TypedefName
from c2rust_py.frontend.elaborate.live_parts import live_parts
from c2rust_py.frontend.preprocess import compiler_rejection
from c2rust_py.frontend.units import Unit
from c2rust_py.ir.nodes import UnsupportedStatement
from c2rust_py.ir.printer import print_record, type_text
from c2rust_py.ir.types import ArrayType, PointerType, RecordType, Type

_FIRST_UNSUPPORTED = 400
"""From this number on a code says that C is valid and not translated; those below say that it is not valid."""


def refusal_of_function(cx: Context, problem: CompileError) -> tuple[Code, str, Span]:
    """Why the function at hand is a stub: the first thing in it that is not translated, or else the problem that kept it
    from being elaborated."""
    if cx.current.unsupported is not None:
        return cx.current.unsupported
    return refusal_of_definition(cx, problem)


def refusal_of_definition(cx: Context, problem: CompileError) -> tuple[Code, str, Span]:
    """Why a definition is not elaborated."""
    return (*_refuse(cx, problem.diagnostic), problem.diagnostic.span or Span(cx.path, 1))


def stub(cx: Context, body: Any, refusal: tuple[Code, str, Span], sketch: str = "") -> UnsupportedStatement:
    """The body of a function that is not translated, in the place of the syntax tree `body`."""
    code, reason, span = refusal
    mentions = _mentions(cx, body)
    live = set(_symbols(cx, live_parts(cx, body)))
    idle = tuple(symbol for symbol in mentions if symbol not in live)
    return UnsupportedStatement(str(code), reason, span, mentions, _fingerprint(cx, body), sketch, idle=idle)


def _fingerprint(cx: Context, body: Any) -> str:
    """A digest of the syntax tree, whatever its layout, and of what the constants and types that it names stand for."""
    hash = sha256()
    pending = [body]
    while pending:
        node = pending.pop()
        values = [getattr(node, name) for name in node.attr_names]
        hash.update(f"{type(node).__name__}{values}{_meanings(cx, node)}".encode())
        below = node.children()
        hash.update(f"({len(below)}".encode())
        pending.extend(child for _, child in reversed(below))
        if isinstance(node, c_ast.ID) and node.name in cx.macros:
            pending.append(cx.macros[node.name].expression)
    return hash.hexdigest()[:16]


def _meanings(cx: Context, node: Any) -> list[str]:
    """What the names in a node of the syntax tree mean at file scope, as far as they are no objects and functions."""
    if isinstance(node, c_ast.IdentifierType):
        entities = [cx.scopes[0].names.get(name) for name in node.names]
        return [_type_meaning(cx, entity.type) for entity in entities if isinstance(entity, TypedefName)]
    if isinstance(node, c_ast.Struct | c_ast.Union) and node.name in cx.scopes[0].tags:
        return [_type_meaning(cx, cx.scopes[0].tags[node.name].type)]
    entity = cx.scopes[0].names.get(node.name) if isinstance(node, c_ast.ID) else None
    return [str(entity.value)] if isinstance(entity, EnumeratorName) else []


def _type_meaning(cx: Context, type: Type) -> str:
    """A type with the layout of the record that it is, or leads to."""
    target = unqualified(type)
    while isinstance(target, PointerType | ArrayType):
        target = unqualified(target.target if isinstance(target, PointerType) else target.element)
    record = cx.records.get(target.id) if isinstance(target, RecordType) else None
    return type_text(type) + (print_record(record) if record is not None else "")


def _mentions(cx: Context, body: Any) -> tuple[str, ...]:
    """The symbols of file scope that the body names, and of the static locals that it declares; that a local may hide one
    only makes the list longer."""
    found = dict.fromkeys(_symbols(cx, _nodes(body)))
    if cx.function is not None:
        own = (variable.symbol for variable in cx.variables.values() if variable.function == cx.current.name)
        found.update(dict.fromkeys(own))
    return tuple(found)


def _nodes(body: Any) -> Iterator[Any]:
    pending = [body]
    while pending:
        node = pending.pop()
        pending.extend(child for _, child in reversed(node.children()))
        yield node


def _symbols(cx: Context, nodes: Iterable[Any]) -> Iterator[str]:
    for node in nodes:
        entity = cx.scopes[0].names.get(node.name) if isinstance(node, c_ast.ID) else None
        if isinstance(entity, GlobalName):
            yield entity.symbol


def refuse_declaration(cx: Context, name: str | None, problem: CompileError) -> None:
    """Sets a declaration of file scope aside: the name that it declares has no meaning, and what uses it is a stub."""
    code, reason = _refuse(cx, problem.diagnostic)
    if name is not None:
        known = cx.externs.get(name)
        if known is not None:
            cx.variables.pop(known.symbol, None)
        cx.scopes[0].names[name] = RefusedName(code, reason)
    hint = f"functions that name `{name}` are stubs" if name is not None else "functions that need it are stubs"
    cx.diagnostics.add(warning(code, reason, problem.diagnostic.span, hint=hint))


def _refuse(cx: Context, found: Diagnostic) -> tuple[Code, str]:
    """Why something valid is not translated; what may be invalid is remembered for gcc."""
    if found.code.number >= _FIRST_UNSUPPORTED:
        return found.code, found.message
    cx.refusals.append(found)
    return Code.UNSUPPORTED_C, f"not translated, though gcc takes it: {found.message}"


def confirm_refusals(unit: Unit, refusals: Sequence[Diagnostic]) -> None:
    """Raises CompileError if the unit is not valid C: with our words where gcc complains of the same line, else gcc's."""
    rejection = compiler_rejection(unit) if refusals else None
    if rejection is None:
        return
    for found in refusals:
        if found.span is not None and rejection.span is not None and found.span.line == rejection.span.line:
            raise CompileError(found)
    raise CompileError(rejection)
