"""The module behind function pointers: a constant for each address, and a dispatcher for each signature called."""

from __future__ import annotations

from c2rust_py.diagnostics import Span
from c2rust_py.infer.effects import Dispatcher, Needs
from c2rust_py.infer.library import ContextKind
from c2rust_py.ir.types import FunctionType, PointerType, Type, VoidType
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.frame import Facts, Frame

_NOWHERE = Span("", 0)


def dispatch_module(facts: Facts, module: str) -> rs.Module | None:
    """The module, or None where the program has no function pointers."""
    effects = facts.effects
    if not effects.function_numbers and not effects.dispatch:
        return None
    uses: set[str] = set()
    items: list[rs.Item] = []
    for symbol, number in effects.function_numbers.items():
        frame = Frame(facts, module, None, Needs.NONE)
        type = facts.function_type(symbol)
        assert type is not None
        frame.import_type("FnPtr")
        pointer = frame.imported(rs.PathType("FnPtr", (facts.types.function(type),)))
        value = rs.Call(rs.Name("FnPtr::function"), (rs.Literal(str(number)),))
        items.append(rs.ConstItem(facts.function_constants[symbol], pointer, value, None))
        uses |= frame.uses
    for dispatcher in effects.dispatch.values():
        frame = Frame(facts, module, None, dispatcher.needs)
        items.append(_dispatcher(facts, frame, dispatcher))
        uses |= frame.uses
    return rs.Module(module, "Calls through function pointers.", tuple(sorted(uses)), tuple(items))


def _dispatcher(facts: Facts, frame: Frame, dispatcher: Dispatcher) -> rs.FunctionItem:
    """`pub fn call_0<S>(function: FnPtr<S>, a0: T0, …, cx) -> R`: a match over the function's number."""
    signature = dispatcher.signature
    frame.import_type("FnPtr")
    params = [rs.Param("function", rs.PathType("FnPtr", (rs.PathType("S"),)))]
    params += [rs.Param(f"a{i}", frame.rust_type(t)) for i, t in enumerate(signature.params)]
    if signature.variadic:
        frame.import_type("VaArg")
        params.append(rs.Param("args", rs.ReferenceType(rs.SliceType(rs.PathType("VaArg")))))
    arms = []
    for symbol in dispatcher.targets:
        call = _target_call(facts, frame, symbol, signature.result, signature.variadic)
        arms.append(rs.MatchArm((str(facts.effects.function_numbers[symbol]),), rs.Block((), call)))
    bad = rs.Block((), rs.MethodCall(rs.Name("function"), "bad_call"))
    arms.append(rs.MatchArm(("_",), bad))
    number = rs.MethodCall(rs.Name("function"), "number")
    body = rs.Block((), rs.Match(number, tuple(arms))) if dispatcher.targets else bad
    result = None if isinstance(signature.result, VoidType) else frame.rust_type(signature.result)
    return rs.FunctionItem(
        facts.dispatcher_names[signature],
        True,
        (*params, *frame.context_params()),
        result,
        body,
        None,
        _NOWHERE,
        attributes=("track_caller",),
        generics=("S",),
    )


def _target_call(facts: Facts, frame: Frame, symbol: str, result: Type, variadic: bool) -> rs.Expr:
    """The call of one target, its arguments and result converted between its own types and the erased ones."""
    type = facts.function_type(symbol)
    assert type is not None
    args = [_argument(facts, frame, rs.Name(f"a{i}"), t) for i, t in enumerate(type.params)]
    if variadic:
        args.append(rs.Name("args"))
    if symbol in facts.program.functions:
        function = rs.Name(frame.import_item(facts.names.functions[symbol]))
        context = frame.context_args(facts.effects.needs[symbol])
    else:
        library = facts.library.get(symbol)
        if library is None or library.context is ContextKind.CALLBACK:
            text = f'"c2rs: `{symbol}` cannot be called through a pointer"'
            return rs.MacroCall("unimplemented", (rs.Literal(text),))
        function = rs.Name(f"{library.module}::{library.rust_name}")
        shared = library.context is ContextKind.SHARED
        context = (frame.shared_memory(),) if shared else frame.context_args(facts.effects.needs[symbol])
    call = rs.Call(function, (*args, *context))
    return _result(facts, call, type.result, result)


def _argument(facts: Facts, frame: Frame, arg: rs.Expr, type: Type) -> rs.Expr:
    match type:
        case PointerType(FunctionType()):
            return rs.MethodCall(arg, "to_fn")
        case PointerType():
            return arg if facts.types.value(type) == rs.PathType("Ptr", (rs.PathType("Void"),)) else rs.MethodCall(arg, "cast")
        case _ if facts.types.int_kind(type) is not None:
            rust = facts.types.value(type)
            return arg if rust == _erased_rust(facts, type) else rs.Cast(arg, rust)
        case _:
            return arg


def _erased_rust(facts: Facts, type: Type) -> rs.Type:
    """The Rust type that stands for an integer type in erased signatures."""
    size = facts.types.layout.size_of(type)
    rust = facts.types.value(type)
    return rust if rust == rs.PathType("bool") else rs.PathType({1: "u8", 2: "u16", 4: "i32", 8: "i64", 16: "i128"}[size])


def _result(facts: Facts, call: rs.Expr, actual: Type, erased: Type) -> rs.Expr:
    if isinstance(erased, VoidType):
        return call
    match actual:
        case PointerType(FunctionType()):
            return rs.MethodCall(call, "to_ptr")
        case PointerType():
            return rs.MethodCall(call, "cast")
        case _ if facts.types.int_kind(actual) is not None and facts.types.value(actual) != facts.types.value(erased):
            return rs.Cast(call, facts.types.value(erased))
        case _:
            return call
