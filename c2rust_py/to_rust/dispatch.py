"""The module behind function pointers: a constant for each address, and a dispatcher for each signature called."""

from __future__ import annotations

from c2rust_py.diagnostics import Span
from c2rust_py.infer.effects import Dispatcher, Needs
from c2rust_py.ir.types import VoidType
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.frame import Facts, Frame
from c2rust_py.to_rust.targets import target_call

_NOWHERE = Span("", 0)


def dispatch_module(facts: Facts, module: str) -> rs.Module | None:
    """The module, or None where the program has no function pointers."""
    effects = facts.effects
    if not effects.function_numbers and not effects.dispatch:
        return None
    uses: set[str] = set()
    items: list[rs.Item] = []
    for symbol, number in effects.function_numbers.items():
        if effects.addresses.get(symbol) in facts.types.code:
            continue
        frame = Frame(facts, module, None, Needs.NONE)
        type = effects.addresses.get(symbol) or facts.function_type(symbol)
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
    if not items:
        return None
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
        given = [rs.Name(f"a{i}") for i in range(len(signature.params))]
        variadic = rs.Name("args") if signature.variadic else None
        call = target_call(facts, frame, symbol, given, signature.result, variadic)
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
