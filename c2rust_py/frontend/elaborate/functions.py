"""Function definitions (C11 6.9.1), prototyped and K&R."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, CompileError, Span
from c2rust_py.frontend.elaborate import declarators, expressions, file_declarations, nested_functions, statements
from c2rust_py.frontend.elaborate.c_types import erase, is_float, is_integer, spell, unqualified
from c2rust_py.frontend.elaborate.context import Context, FunctionState, GlobalName, LocalName, RefusedName
from c2rust_py.frontend.elaborate.conversions import convert
from c2rust_py.frontend.elaborate.operands import Rvalue
from c2rust_py.frontend.elaborate.refusals import refusal_of_definition, refusal_of_function, stub
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.ir.nodes import Declare, Load, LocalPlace, Return, Statement
from c2rust_py.ir.printer import print_function
from c2rust_py.ir.program import Function, Local, LocalKind
from c2rust_py.ir.types import (
    DOUBLE,
    INT,
    VOID,
    FloatKind,
    FloatType,
    FunctionType,
    IntKind,
    PointerType,
    Type,
    VoidType,
)


def define_function(cx: Context, node: Any) -> None:
    """A function definition; what in it is not translated makes a stub of it."""
    span = span_of(cx, node.decl)
    if not isinstance(node.decl.type, c_ast.FuncDecl):
        cx.fail(Code.INVALID_DECLARATION, f"'{node.decl.name}' is not a function and has a body", span)
    declared = declarators.declared_type(cx, node.decl)
    assert isinstance(declared, FunctionType)
    entity = file_declarations.declare_external(cx, node.decl, declared)
    if entity.defined:
        cx.fail(Code.REDECLARED, f"the function '{node.decl.name}' is defined twice", span)
    entity.defined = True
    state = FunctionState(node.decl.name, entity.symbol, declared)
    state.addressed = _addressed_names(node.body)
    cx.function = state
    try:
        with cx.scope():
            body = parameters_and_body(cx, node, state)
        check_labels(cx, state)
        if state.unsupported is not None:
            sketch = print_function(made(cx, node, entity, state, tuple(body), span))
            body = [stub(cx, node.body, state.unsupported, sketch)]
    except CompileError as problem:
        if not state.entered:
            raise
        body = [stub(cx, node.body, refusal_of_function(cx, problem))]
    finally:
        cx.function = None
    cx.functions[entity.symbol] = made(cx, node, entity, state, tuple(body), span)


def refused_definition(cx: Context, name: str, node: Any, problem: CompileError) -> None:
    """A definition whose declarator is refused is a stub with the type that an earlier declaration gave it. Without one
    the type is unknown, and the functions of the unit that name it are stubs as well."""
    code, reason, span = refusal_of_definition(cx, problem)
    known = cx.externs.get(name)
    static = isinstance(node, c_ast.FuncDef) and "static" in node.decl.storage
    if known is not None and isinstance(known.type, FunctionType):
        known.defined, static = True, known.static
        symbol, type = known.symbol, known.type
    else:
        symbol, type = f"{cx.path}:{name}" if static else name, FunctionType(VOID, ())
        cx.scopes[0].names[name] = RefusedName(code, reason)
    locals = tuple(
        Local(index, f"unnamed{index}", erase(param), LocalKind.PARAM, span) for index, param in enumerate(type.params)
    )
    erased = erase(type)
    assert isinstance(erased, FunctionType)
    body = (stub(cx, node, (code, reason, span)),)
    cx.functions[symbol] = Function(
        symbol, name, erased, locals, body, static, False, cx.path, span_of(cx, node), span.line, cx.doc_at(span), None
    )


def made(
    cx: Context, node: Any, entity: GlobalName, state: FunctionState, body: tuple[Statement, ...], span: Span
) -> Function:
    """The definition with its elaborated body."""
    refusal = cx.refused.get(node.decl.name)
    if refusal is not None:
        reason = f"the attribute '{refusal[0]}' is not translated"
        body = (stub(cx, node.body, (Code.ATTRIBUTE_UNSUPPORTED, reason, refusal[1])),)
    type = erase(state.type)
    assert isinstance(type, FunctionType)
    return Function(
        entity.symbol,
        node.decl.name,
        type,
        tuple(state.locals),
        body,
        entity.static,
        entity.noreturn,
        cx.path,
        span,
        _last_line(node.body, span.line),
        cx.doc_at(span),
        cx.startups.get(node.decl.name),
    )


def parameters_and_body(cx: Context, node: Any, state: FunctionState) -> list[Statement]:
    """The body of a definition in the scope at hand; `state` gets the type that the function has inside."""
    old_style = node.param_decls is not None or _is_name_list(node.decl.type)
    with cx.collecting() as prologue:
        params = _old_parameters(cx, node, state) if old_style else _parameters(cx, node.decl.type, state)
        own = len(params)
        if state.nested is not None:
            if len(state.locals) != len(params):
                cx.fail(Code.NESTED_FUNCTION, "a nested function with such parameters is not translated", span_of(cx, node.decl))
            params += nested_functions.capture_parameters(cx, state, span_of(cx, node.decl))
    if old_style:
        prologue += _narrowed(cx, node, state, params[:own])
        state.type = FunctionType(state.type.result, tuple(params))
    else:
        state.type = FunctionType(state.type.result, tuple(params), state.type.variadic)
    if state.nested is not None:
        state.nested.type = state.type
    result = unqualified(state.type.result)
    if not cx.is_complete(result) and spell(result) != "void":
        cx.fail(Code.INCOMPLETE_TYPE, f"the result has the incomplete type '{spell(result)}'", span_of(cx, node.decl))
    state.entered = True
    body = [*prologue, *statements.items(cx, node.body.block_items)]
    if state.name == "main" and is_integer(result) and not (body and isinstance(body[-1], Return)):
        body.append(statements.zero_return(cx, Span(span_of(cx, node).file, _last_line(node.body, 1))))
    return body


def _is_name_list(declarator: Any) -> bool:
    params = declarator.args.params if declarator.args is not None else []
    return bool(params) and isinstance(params[0], c_ast.ID)


def _parameters(cx: Context, declarator: Any, state: FunctionState) -> list[Type]:
    """Declares the parameters of a prototype as locals, in order: an array's length may name an earlier one."""
    params = [p for p in (declarator.args.params if declarator.args is not None else []) if not _is_ellipsis(p)]
    for param in params:
        state.add_local(getattr(param, "name", None) or "", INT, LocalKind.PARAM, span_of(cx, param))
    types: list[Type] = []
    for index, param in enumerate(params):
        type = parameter_declaration(cx, param)
        if isinstance(type, VoidType):
            del state.locals[index:]
            break
        name = getattr(param, "name", None) or f"unnamed{index}"
        _require_complete(cx, type, name, span_of(cx, param))
        state.locals[index] = Local(index, name, erase(type), LocalKind.PARAM, span_of(cx, param))
        cx.declare(name, LocalName(index, type, False))
        types.append(type)
    return types


def _is_ellipsis(param: Any) -> bool:
    return isinstance(param, c_ast.EllipsisParam)


def _require_complete(cx: Context, type: Type, name: str, span: Span) -> None:
    if not cx.is_complete(type):
        cx.fail(Code.INCOMPLETE_TYPE, f"the parameter '{name}' has the incomplete type '{spell(type)}'", span)


def parameter_declaration(cx: Context, param: Any) -> Type:
    """The adjusted type of a parameter. Of an outermost array's length only the side effects matter, which happen when
    the function is entered (C11 6.9.1p10)."""
    if isinstance(param.type, c_ast.ArrayDecl):
        dim = param.type.dim
        if cx.pending is not None and dim is not None and not (isinstance(dim, c_ast.ID) and dim.name == "*"):
            cx.pending += expressions.effect(cx, dim)
        return PointerType(declarators.declared_type(cx, param.type.type))
    return declarators.parameter_type(cx, declarators.declared_type(cx, param))


def _old_parameters(cx: Context, node: Any, state: FunctionState) -> list[Type]:
    """K&R parameters arrive promoted; `_narrowed` gives the body what it declared."""
    declared = _old_types(cx, node)
    types: list[Type] = []
    for param in node.decl.type.args.params if node.decl.type.args is not None else []:
        type = declared.get(param.name, INT)
        passed = promoted_type(cx, type)
        local = state.add_local(param.name, passed, LocalKind.PARAM, span_of(cx, param))
        cx.declare(param.name, LocalName(local, type if passed == type else passed, False))
        types.append(passed)
    return types


def _old_types(cx: Context, node: Any) -> dict[str, Type]:
    return {
        decl.name: parameter_declaration(cx, decl)
        for decl in node.param_decls or []
        if isinstance(decl, c_ast.Decl) and decl.name is not None
    }


def promoted_type(cx: Context, type: Type) -> Type:
    """The type that the default argument promotions give an argument of the type."""
    inner = unqualified(type)
    if is_float(inner):
        assert isinstance(inner, FloatType)
        return DOUBLE if inner.kind is FloatKind.FLOAT else type
    if is_integer(inner) and cx.integer_type(inner).kind.rank < IntKind.INT.rank:
        return INT
    return type


def _narrowed(cx: Context, node: Any, state: FunctionState, params: list[Type]) -> list[Statement]:
    """Locals of the declared types for the K&R parameters that arrive wider."""
    declared = _old_types(cx, node)
    body: list[Statement] = []
    for index, passed in enumerate(params):
        param = state.locals[index]
        type = declared.get(param.name, INT)
        if passed == type:
            continue
        loaded = Rvalue(Load(LocalPlace(index, param.type, param.span), param.type, param.span), passed)
        local = state.add_local(param.name, type, LocalKind.VARIABLE, param.span)
        cx.declare(param.name, LocalName(local, type, False))
        body.append(Declare(local, convert(cx, loaded, type).value, param.span))
    return body


def check_labels(cx: Context, state: FunctionState) -> None:
    """Every label that is named is defined; GNU C's jumps out of a nested function are not translated."""
    for name, span in state.label_spans.items():
        if name not in state.defined_labels:
            if state.nested is not None:
                cx.fail(Code.NESTED_FUNCTION, "a jump out of a nested function is not translated", span)
            cx.fail(Code.UNDECLARED, f"the label '{name}' is not defined", span)


def _nodes_below(node: Any) -> Iterator[Any]:
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(child for _, child in top.children())


def _addressed_names(body: Any) -> frozenset[str]:
    """The names whose address the function takes somewhere."""
    names: set[str] = set()
    for node in _nodes_below(body):
        if isinstance(node, c_ast.UnaryOp) and node.op == "&":
            names.update(inner.name for inner in _nodes_below(node.expr) if isinstance(inner, c_ast.ID))
    return frozenset(names)


def _last_line(body: Any, first: int) -> int:
    """The last line that a syntax node of the body stands on."""
    lines = [node.coord.line for node in _nodes_below(body) if getattr(node, "coord", None) is not None]
    return max(lines, default=first)
