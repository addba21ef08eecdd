"""Lowering of one function definition, or of its stub."""

from __future__ import annotations

from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.ir.nodes import (
    AllocateVla,
    Builtin,
    Declare,
    DeclarePair,
    DoWhile,
    For,
    LocalPlace,
    Loop,
    Split,
    VaStart,
    While,
)
from c2rust_py.ir.program import Function, LocalKind
from c2rust_py.ir.types import VoidType
from c2rust_py.ir.walk import Node, children, walk_all
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.flow import block_diverges
from c2rust_py.to_rust.frame import Facts, Frame, Unsupported
from c2rust_py.to_rust.lifetimes import with_lifetimes
from c2rust_py.to_rust.statements import StatementLowering


@dataclass(frozen=True, slots=True)
class LoweredFunction:
    """A function's Rust, the imports its text needs, and why it is a stub (None: it is none)."""

    item: rs.FunctionItem
    uses: frozenset[str]
    stub: Unsupported | None


def lower_function(facts: Facts, function: Function, module: str) -> LoweredFunction:
    """The Rust of a function; a stub behind the same signature where some C in it has no translation."""
    frame = Frame(facts, module, function, facts.effects.needs[function.symbol])
    try:
        body, stub = _body(facts, frame, function), None
    except Unsupported as reason:
        frame.uses.clear()
        text = rs.Literal(_rust_string(f"c2rs: {reason.span}: {reason.reason}"))
        body, stub = rs.Block((), rs.MacroCall("unimplemented", (text,))), reason
    params = (*_params(frame, function), *frame.context_params())
    result = None if isinstance(function.type.result, VoidType) else frame.rust_type(function.type.result)
    signature = facts.lifetimes.signatures.get(function.symbol)
    if result is not None and signature is not None:
        result = with_lifetimes(result, *signature.result, facts.lifetime_holders)
    item = rs.FunctionItem(
        facts.names.functions[function.symbol],
        _is_public(facts, function),
        params,
        result,
        body,
        function.doc,
        function.span,
        attributes=() if function.targets is None else ("track_caller",),
        generics=() if signature is None else signature.names,
    )
    return LoweredFunction(item, frozenset(frame.uses), stub)


def _is_public(facts: Facts, function: Function) -> bool:
    """Whether other modules call the function."""
    if not function.static or function.name == "main" or function.symbol in facts.called_across:
        return True
    return function.symbol in facts.effects.function_numbers and function.symbol not in facts.effects.addresses


def _rust_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("{", "{{").replace("}", "}}")
    return f'"{escaped}"'


def _params(frame: Frame, function: Function) -> tuple[rs.Param, ...]:
    names = [frame.facts.names.locals[function.symbol, i] for i in range(len(function.type.params))]
    params = [rs.Param(n, frame.rust_type(t)) for n, t in zip(names, function.type.params, strict=True)]
    signature = frame.facts.lifetimes.signatures.get(function.symbol)
    if signature is not None:
        holders = frame.facts.lifetime_holders
        params = [
            rs.Param(param.name, with_lifetimes(param.type, *lifetimes, holders))
            for param, lifetimes in zip(params, signature.params, strict=True)
        ]
    if function.type.variadic:
        frame.import_type("VaArg")
        params.append(rs.Param(frame.own("args"), rs.ReferenceType(rs.SliceType(rs.PathType("VaArg")))))
    return tuple(params)


def _body(facts: Facts, frame: Frame, function: Function) -> rs.Block:
    hoisted = _hoisted_locals(facts, function)
    lowering = StatementLowering(facts, frame, frozenset(hoisted))
    frame.frame_marked = _takes_stack(facts, function)
    frame.uses_alloca = _uses_alloca(function)
    statements: list[rs.Statement] = []
    if frame.frame_marked:
        statements.append(rs.Let(frame.own("mark"), None, frame.method("enter")))
    statements += _entry(facts, lowering, function, hoisted)
    statements += lowering.statements(function.body)
    block = rs.Block(tuple(statements))
    if not block_diverges(block, facts.diverging):
        statements += _end(lowering, function)
        block = rs.Block(tuple(statements))
    return block


def _entry(
    facts: Facts, lowering: StatementLowering, function: Function, hoisted: dict[int, Span]
) -> list[rs.Statement]:
    """Parameters that live in memory move there; hoisted locals come to life."""
    statements: list[rs.Statement] = []
    for local in function.locals:
        name = lowering.local_name(local.id)
        in_memory = (function.symbol, local.id) in facts.storage.memory_locals
        if local.kind is LocalKind.PARAM and in_memory:
            value = lowering.wrapped(rs.Name(name), local.type)
            statements.append(rs.Let(name, None, lowering.frame.method("local", value)))
        elif local.id in hoisted and in_memory:
            statements += lowering.declare_in_memory(local.id, None, hoisted[local.id])
        elif local.id in hoisted:
            rust = lowering.frame.rust_type(local.type)
            statements.append(rs.Let(name, rust, lowering.zero(local.type)))
    return statements


def _end(lowering: StatementLowering, function: Function) -> list[rs.Statement]:
    """What falling off the end of a function does: main returns 0 (C11 5.1.2.2.3); elsewhere the value is unused."""
    if isinstance(function.type.result, VoidType):
        leave = lowering.returns(None, Span(function.span.file, function.end_line))
        return leave[:-1]
    return lowering.returns(None, Span(function.span.file, function.end_line))


def _takes_stack(facts: Facts, function: Function) -> bool:
    """Whether the function makes stack blocks or keeps variable arguments."""
    if any((function.symbol, local.id) in facts.storage.memory_locals for local in function.locals):
        return True
    return any(
        isinstance(node, AllocateVla | VaStart) or (isinstance(node, Builtin) and node.name == "alloca")
        for node in walk_all(function.body)
    )


def _uses_alloca(function: Function) -> bool:
    return any(isinstance(node, Builtin) and node.name == "alloca" for node in walk_all(function.body))


def _hoisted_locals(facts: Facts, function: Function) -> dict[int, Span]:
    """Locals that come to life at the start of the function: those that no single declaration introduces, and, in a
    function that calls alloca, those in memory that are declared in a loop (one block serves all rounds)."""
    alloca = _uses_alloca(function)
    hoisted: dict[int, Span] = {}
    declared: dict[int, int] = {}
    used: set[int] = set()
    vlas: set[int] = set()
    stack: list[tuple[Node, bool]] = [(statement, False) for statement in function.body]
    while stack:
        node, in_loop = stack.pop()
        match node:
            case Declare(id, _, span):
                declared[id] = declared.get(id, 0) + 1
                in_memory = (function.symbol, id) in facts.storage.memory_locals
                if declared[id] > 1 or (in_loop and in_memory and alloca):
                    hoisted[id] = span
            case LocalPlace(id):
                used.add(id)
            case Split(low=low, high=high):
                declared |= {low: 1, high: 1}
            case DeclarePair():
                declared |= dict.fromkeys(node.declared, 1)
            case AllocateVla(id):
                used.add(id)
                vlas.add(id)
            case _:
                pass
        inner = in_loop or isinstance(node, While | DoWhile | For | Loop)
        stack.extend((child, inner) for child in children(node))
    for local in function.locals:
        missing = local.id not in declared or local.id in vlas
        if local.kind is not LocalKind.PARAM and local.id in used and missing:
            hoisted[local.id] = local.span
    return hoisted

