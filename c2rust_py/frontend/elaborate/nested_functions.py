"""GNU C's nested functions become functions of the file; what they use of the variables around them comes by address.

    int f(int x) {                               int f_g(int y, int *x) { return *x + y; }
        int g(int y) { return x + y; }    ->     int f(int x) { return f_g(1, &x); }
        return g(1);
    }

That is right for direct calls. A pointer to a nested function that uses such variables would have to carry them, so what
takes one is a stub with C2RS-404.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, CompileError, Span
from c2rust_py.frontend.elaborate import calls, declarators, functions
from c2rust_py.frontend.elaborate.c_types import erase, is_variably_modified, pointer_to
from c2rust_py.frontend.elaborate.context import (
    Capture,
    CapturedName,
    Context,
    FunctionState,
    GlobalName,
    LocalName,
    Name,
    NestedName,
    Scope,
)
from c2rust_py.frontend.elaborate.operands import FunctionDesignator, Lvalue, Rvalue
from c2rust_py.frontend.elaborate.refusals import refusal_of_function, stub
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.frontend.gnu_c import nodes as gnu
from c2rust_py.ir.nodes import AddressOf, Call, DerefPlace, FunctionRef, Load, LocalPlace, Statement, Value
from c2rust_py.ir.program import LocalKind
from c2rust_py.ir.types import FunctionType, Type


def nested_function(cx: Context, node: Any) -> list[Statement]:
    """A definition among statements: nothing runs where it stands."""
    span, outer, name = span_of(cx, node.decl), cx.current, node.decl.name
    declared = declarators.declared_type(cx, node.decl)
    if not isinstance(declared, FunctionType):
        cx.fail(Code.INVALID_DECLARATION, f"'{name}' is not a function and has a body", span)
    captures, known = _captures(cx, node, span), cx.scopes[-1].names.get(name)
    if isinstance(known, NestedName) and known.symbol not in cx.functions:
        if captures:
            cx.fail(Code.NESTED_FUNCTION, f"a nested function that is declared before it uses '{captures[0].name}' is not translated", span)
        meaning = known
    else:
        meaning = NestedName(_symbol(cx, name), declared, captures)
        cx.declare(name, meaning)
    symbol = meaning.symbol
    state = FunctionState(name, symbol, declared, nested=meaning)
    scopes = cx.scopes
    cx.scopes = [scopes[0], *map(_without_locals, scopes[1:])]
    cx.function = state
    try:
        body = _body(cx, node, state)
    finally:
        cx.function, cx.scopes = outer, scopes
    entity = GlobalName(name, symbol, state.type, span, True, False, defined=True)
    cx.globals[symbol] = entity
    cx.functions[symbol] = functions.made(cx, node, entity, state, tuple(body), span)
    return []


def declare_nested(cx: Context, name: str, type: FunctionType) -> None:
    """`auto int f(int);`: a nested function that is defined later in the block."""
    cx.declare(name, NestedName(_symbol(cx, name), type, ()))


def _body(cx: Context, node: Any, state: FunctionState) -> list[Statement]:
    try:
        with cx.scope():
            body = functions.parameters_and_body(cx, node, state)
        functions.check_labels(cx, state)
        return [stub(cx, node.body, state.unsupported)] if state.unsupported is not None else body
    except CompileError as problem:
        if not state.entered:
            raise
        return [stub(cx, node.body, refusal_of_function(cx, problem))]


def _symbol(cx: Context, name: str) -> str:
    stem = f"{cx.current.symbol if ':' in cx.current.symbol else cx.path + ':' + cx.current.symbol}.{name}"
    symbol, number = stem, 1
    while symbol in cx.globals:
        number += 1
        symbol = f"{stem}#{number}"
    return symbol


def _without_locals(scope: Scope) -> Scope:
    """What a nested function sees of a scope around it: no local by itself."""
    names: dict[str, Name] = {name: meaning for name, meaning in scope.names.items() if not isinstance(meaning, LocalName | CapturedName)}
    return Scope(names, scope.tags)


# ---- what it uses of the functions around it ----


def _captures(cx: Context, node: Any, span: Span) -> tuple[Capture, ...]:
    """The variables of enclosing functions that the nested one, or a nested one that it names, uses."""
    found: dict[tuple[str, int], Capture] = {}
    for name in dict.fromkeys(_free_names(node, set())):
        match cx.lookup(name):
            case LocalName(local, type, _):
                captures: tuple[Capture, ...] = (Capture(cx.current.symbol, local, type, name),)
            case CapturedName(capture, _):
                captures = (capture,)
            case NestedName(_, _, captures):
                pass
            case _:
                captures = ()
        for capture in captures:
            if is_variably_modified(capture.type):
                cx.fail(Code.NESTED_FUNCTION, f"a nested function that uses '{name}' is not translated", span)
            found.setdefault((capture.owner, capture.local), capture)
    return tuple(found.values())


def _free_names(node: Any, declared: set[str]) -> Iterator[str]:
    """The names that a piece of syntax uses before it declares them; what it declares is added to `declared`."""
    match node:
        case c_ast.ID(name=name):
            if name not in declared:
                yield name
        case c_ast.StructRef():
            yield from _free_names(node.name, declared)
        case c_ast.FuncDef():
            declared.add(node.decl.name)
            inner = set(declared)
            params = getattr(node.decl.type.args, "params", None) or []
            for part in (node.decl.type.type, *params, *(node.param_decls or [])):
                if not isinstance(part, c_ast.ID):
                    yield from _free_names(part, inner)
            inner.update(param.name for param in params if getattr(param, "name", None))
            yield from _free_names(node.body, inner)
        case c_ast.Compound() | c_ast.For() | gnu.StatementExpression() | c_ast.FuncDecl():
            inner = set(declared)
            for _, child in node.children():
                yield from _free_names(child, inner)
        case c_ast.Decl() | c_ast.Typedef():
            if node.name is not None and not isinstance(node.type, c_ast.FuncDecl):
                yield from _free_names(node.type, declared)
                declared.add(node.name)
            for _, child in node.children():
                yield from _free_names(child, declared)
        case _:
            for _, child in node.children():
                yield from _free_names(child, declared)


def capture_parameters(cx: Context, state: FunctionState, span: Span) -> list[Type]:
    """Declares the parameters that captures come by, behind the function's own, in the scope around these."""
    assert state.nested is not None
    types: list[Type] = []
    for capture in state.nested.captures:
        pointer = pointer_to(capture.type)
        local = state.add_local(capture.name, pointer, LocalKind.PARAM, span)
        state.captured[capture.owner, capture.local] = local
        if capture.name not in cx.scopes[-1].names:
            cx.declare(capture.name, CapturedName(capture, local))
        types.append(pointer)
    return types


def captured_variable(cx: Context, meaning: CapturedName, span: Span) -> Lvalue:
    """A variable of an enclosing function."""
    pointer = pointer_to(meaning.capture.type)
    loaded = Load(LocalPlace(meaning.param, pointer, span), pointer, span)
    return Lvalue(DerefPlace(loaded, erase(meaning.capture.type), span), meaning.capture.type, span)


# ---- its uses ----


def nested_designator(cx: Context, meaning: NestedName, span: Span) -> FunctionDesignator:
    """The function where it is not called."""
    if meaning.captures:
        reason = "a pointer to a nested function that uses its function's variables is not translated"
        cx.fail(Code.NESTED_FUNCTION, reason, span)
    return FunctionDesignator(FunctionRef(meaning.symbol, pointer_to(meaning.type), span), meaning.type, span)


def call_nested(cx: Context, meaning: NestedName, args: list[Rvalue], span: Span) -> Rvalue:
    """A direct call: the addresses of the captures follow the named arguments."""
    count = len(meaning.type.params) - len(meaning.captures)
    seen = replace(meaning.type, params=meaning.type.params[:count])
    function = FunctionRef(meaning.symbol, pointer_to(meaning.type), span)
    result = calls.call_function(cx, function, seen, args, span)
    call = result.value
    assert isinstance(call, Call)
    captures = tuple(_address(cx, capture, span) for capture in meaning.captures)
    return replace(result, value=replace(call, args=(*call.args[:count], *captures, *call.args[count:])))


def _address(cx: Context, capture: Capture, span: Span) -> Value:
    pointer = pointer_to(capture.type)
    if cx.current.symbol == capture.owner:
        return AddressOf(LocalPlace(capture.local, erase(capture.type), span), pointer, span)
    return Load(LocalPlace(cx.current.captured[capture.owner, capture.local], pointer, span), pointer, span)
