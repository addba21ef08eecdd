"""The module of the program's context: mutable globals, memory, and the start of a program."""

from __future__ import annotations

from c2rust_py.diagnostics import Span
from c2rust_py.infer.effects import EXIT_HANDLER, Needs
from c2rust_py.ir.program import Variable
from c2rust_py.ir.types import Access, ArrayType, IntKind, OptionalType, PointerType, ReferenceType, Type, VoidType
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_expr
from c2rust_py.to_rust.frame import Facts, Frame
from c2rust_py.to_rust.lifetimes import STATIC, with_lifetimes
from c2rust_py.to_rust.static_values import StaticLowering
from c2rust_py.to_rust.targets import DISPATCH_MODULE, handler_dispatcher

_NOWHERE = Span("", 0)
_BOXED_ARRAY = 16 * 1024
"""Global arrays of at least this many bytes are `Vec`s: as arrays they would be built and moved on the stack."""
_CONTEXT_PARAM = rs.Param("&mut self", rs.PathType("Self"))


def is_boxed(facts: Facts, variable: Variable) -> bool:
    """Whether a global array is a `Vec`."""
    return isinstance(variable.type, ArrayType) and facts.types.layout.size_of(variable.type) >= _BOXED_ARRAY


def context_module(facts: Facts, modules_with_statics: tuple[str, ...], statics: int) -> rs.Module:
    """`Globals`, `Context`, and how they begin."""
    frame = Frame(facts, "context", None, Needs.NONE)
    lowering = StaticLowering(facts, frame)
    fields, entries = [], []
    for symbol, variable in facts.program.variables.items():
        if symbol in facts.storage.constants or symbol in facts.storage.memory_globals:
            continue
        name = facts.names.variables[symbol]
        boxed = is_boxed(facts, variable)
        type = frame.rust_type(variable.type)
        if boxed:
            assert isinstance(type, rs.ArrayType)
            type = rs.PathType("Vec", (type.element,))
        type = with_lifetimes(type, STATIC, STATIC, facts.lifetime_holders)
        fields.append(rs.StructField(name, type, variable.doc))
        entries.append((name, _initial(lowering, variable, boxed)))
    frame.import_type("Memory")
    globals_item = rs.StructItem("Globals", tuple(fields), (), "The global variables and static locals of the program.")
    new_globals = _function("new", (), "Self", rs.Block((), rs.StructLiteral("Globals", tuple(entries))))
    context_fields = (
        rs.StructField("mem", rs.PathType("Memory"), "What pointers can reach."),
        rs.StructField("globals", rs.PathType("Globals"), None),
    )
    items: list[rs.Item] = [
        globals_item,
        rs.ImplItem(None, "Globals", (new_globals,)),
        rs.ImplItem("Default", "Globals", (_default(),)),
        rs.StructItem("Context", context_fields, (), "What the program's functions work on."),
        rs.ImplItem(None, "Context", (_new_context(modules_with_statics, statics, facts, frame),)),
        rs.ImplItem("Default", "Context", (_default(),)),
        rs.ImplItem("c2rs_rt::Context", "Context", (_memory(),)),
    ]
    return rs.Module("context", "The state of the program.", tuple(sorted(frame.uses)), tuple(items))


def _initial(lowering: StaticLowering, variable: Variable, boxed: bool) -> rs.Expr:
    if variable.init is None:
        value = lowering.zero(variable.type)
    else:
        value = lowering.value(variable.init, typed=True)
    if not boxed:
        return value
    if isinstance(value, rs.ArrayRepeat):
        return rs.MacroCall("vec", (rs.Literal(_repeat_text(value)),), brackets=True)
    return rs.MethodCall(value, "to_vec")


def _repeat_text(value: rs.ArrayRepeat) -> str:
    return f"{print_expr(value.element)}; {value.count}"


def _function(
    name: str, params: tuple[rs.Param, ...], result: str, body: rs.Block, public: bool = True
) -> rs.FunctionItem:
    return rs.FunctionItem(name, public, params, rs.PathType(result), body, None, _NOWHERE)


def _default() -> rs.FunctionItem:
    body = rs.Block((), rs.Call(rs.Name("Self::new"), ()))
    return _function("default", (), "Self", body, public=False)


def _new_context(modules: tuple[str, ...], statics: int, facts: Facts, frame: Frame) -> rs.FunctionItem:
    """`Context::new`: memory with its static blocks filled by each module that has some."""
    literals: rs.Expr = rs.Borrow(rs.ArrayLiteral(()))
    if facts.strings.numbers:
        frame.uses.add("crate::strings::LITERALS")
        literals = rs.Name("LITERALS")
    new = rs.Call(rs.Name("Memory::new"), (rs.Literal(str(statics)), literals))
    statements: list[rs.Statement] = [rs.Let("mem", None, new, mutable=bool(modules))]
    for module in modules:
        call = rs.Call(rs.Name(f"crate::{module}::init_statics"), (rs.Borrow(rs.Name("mem"), mutable=True),))
        statements.append(rs.ExprStatement(call))
    fields = (("mem", rs.Name("mem")), ("globals", rs.Call(rs.Name("Globals::new"), ())))
    return _function("new", (), "Self", rs.Block(tuple(statements), rs.StructLiteral("Context", fields)))


def _memory() -> rs.FunctionItem:
    body = rs.Block((), rs.Borrow(rs.FieldAccess(rs.Name("self"), "mem"), mutable=True))
    return _function("memory", (_CONTEXT_PARAM,), "&mut Memory", body, public=False)


def program_items(facts: Facts, crate: str, main: str) -> tuple[tuple[str, ...], tuple[rs.Item, ...]]:
    """The imports and the items of the thin file that starts the program."""
    function = facts.program.functions[main]
    module = facts.names.modules[function.unit]
    entry = f"{crate}::{module}::{facts.names.functions[main]}"
    count = len(function.type.params)
    context = rs.Borrow(rs.Name("cx"), mutable=True)
    statements: list[rs.Statement] = []
    needs = facts.effects.needs[main]
    in_memory = count > 1 and isinstance(function.type.params[1], PointerType)
    needs_context = in_memory or count > 2 or facts.effects.uses_atexit or needs != Needs.NONE
    if needs_context:
        statements.append(rs.Let("cx", None, rs.Call(rs.Name("Context::new"), ()), mutable=True))
    args: tuple[rs.Expr, ...] = ()
    if count:
        arguments = _arguments(function.type.params[1]) if count > 1 else ((), rs.Name("argv"))
        statements += arguments[0]
        args = (rs.Cast(rs.MethodCall(rs.Name("args"), "len"), facts.types.value(function.type.params[0])), arguments[1])
        if count == 3:
            mem = rs.Borrow(rs.FieldAccess(rs.Name("cx"), "mem"), mutable=True)
            address = rs.Call(rs.Name("c2rs_rt::stdlib::globals::environ"), (mem,))
            environ = rs.MethodCall(rs.FieldAccess(rs.Name("cx"), "mem"), "read", (rs.Name("address"),))
            statements += [rs.Let("address", None, address), rs.Let("environ", None, environ)]
            args = (*args, rs.Name("environ"))
    call: rs.Expr = rs.Call(rs.Name(entry), (*args[:count], *_part(needs)))
    if isinstance(function.type.result, VoidType):
        statements.append(rs.ExprStatement(call))
        call = rs.Literal("0")
    elif facts.types.int_kind(function.type.result) is not IntKind.INT:
        call = rs.Cast(call, rs.PathType("i32"))
    imports = {f"{crate}::context::Context"} if needs_context else set()
    if facts.effects.uses_atexit:
        frame = Frame(facts, DISPATCH_MODULE, None, Needs.CONTEXT)
        handlers = handler_dispatcher(facts, frame, facts.library["exit"])
        imports.add(f"{crate}::{DISPATCH_MODULE}::{facts.dispatcher_names[EXIT_HANDLER]}")
        statements.append(rs.Let("status", None, call))
        call = rs.Call(rs.Name("c2rs_rt::stdlib::exit_with"), (rs.Name("status"), *handlers, context))
    closure = rs.Closure((("args" if count else "_args", None),), rs.BlockExpr(rs.Block(tuple(statements), call)))
    places = rs.Name(f"{crate}::places::PLACES")
    run = rs.Call(rs.Name("c2rs_rt::start::run"), (places, closure))
    main_item = rs.FunctionItem("main", False, (), None, rs.Block((rs.ExprStatement(run),)), None, _NOWHERE)
    return tuple(sorted(imports)), (main_item,)


def _arguments(type: Type) -> tuple[tuple[rs.Statement, ...], rs.Expr]:
    """What `argv` is made of, and what `main` is given: in memory, or as a slice of texts, which may have an end."""
    args = rs.Borrow(rs.Name("args"))
    if not isinstance(type, ReferenceType):
        made = rs.MethodCall(rs.FieldAccess(rs.Name("cx"), "mem"), "arguments", (args,))
        return (rs.Let("argv", None, made),), rs.Name("argv")
    assert isinstance(type.target, ArrayType)
    has_end, written = isinstance(type.target.element, OptionalType), type.access is Access.MUTABLE
    texts = rs.Call(rs.Name("c2rs_rt::start::texts"), (rs.Name("args"),))
    views = rs.Call(rs.Name(f"c2rs_rt::start::{'views_and_end' if has_end else 'views'}"), (args,))
    return (rs.Let("args", None, texts), rs.Let("argv", None, views, mutable=written)), rs.Borrow(rs.Name("argv"), mutable=written)


def _part(needs: Needs) -> tuple[rs.Expr, ...]:
    """What of the program's context its `main` is given."""
    match needs:
        case Needs.NONE:
            return ()
        case Needs.MEMORY | Needs.GLOBALS:
            part = "mem" if needs is Needs.MEMORY else "globals"
            return (rs.Borrow(rs.FieldAccess(rs.Name("cx"), part), mutable=True),)
        case _:
            return (rs.Borrow(rs.Name("cx"), mutable=True),)
