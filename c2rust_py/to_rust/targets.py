"""Calls of a known function whose arguments come in erased types: from a dispatcher, or from the library's callback.

    (2, ..) => number(a0.cast(), a1 as u32, &mut cx.mem) as i32        // in a dispatcher
    qsort(p, n, 4, |cx: &mut Context, a, b| compare(a.cast(), b.cast(), cx), cx)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from c2rust_py.infer.effects import Needs
from c2rust_py.infer.library import ContextKind, LibraryFunction
from c2rust_py.infer.signatures import ErasedSignature, erase_signature
from c2rust_py.ir.nodes import Borrow, Call, FunctionRef
from c2rust_py.ir.types import (
    Access,
    ArrayType,
    ComplexType,
    FloatType,
    FunctionType,
    PointerType,
    RecordType,
    ReferenceType,
    Type,
    VoidType,
)
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_expr, print_type
from c2rust_py.rust_ir.walk import Node, map_children
from c2rust_py.to_rust.frame import Facts, Frame
from c2rust_py.to_rust.types import VOID_PTR

DISPATCH_MODULE = "dispatch"
_PARAMS = ("a", "b", "c", "d")
"""Names for the parameters of callbacks."""


def target_call(
    facts: Facts, frame: Frame, symbol: str, given: Sequence[rs.Expr], result: Type, variadic: rs.Expr | None
) -> rs.Expr:
    """The call of one target, its arguments and result converted between its own types and the erased ones. It stops the
    program where the function cannot be called so: C that does it is undefined."""
    type = facts.function_type(symbol)
    assert type is not None
    library = facts.library.get(symbol) if symbol not in facts.program.functions else None
    if len(given) < len(type.params):
        return _never(f"`{symbol}` is called with too few arguments")
    if not _fits(type.result, result):
        return _never(f"`{symbol}` is called for a result of another type")
    if symbol not in facts.program.functions and library is None:
        return _never(f"`{symbol}` is not defined in the program or the runtime library")
    args = [_argument(facts, frame, arg, t) for arg, t in zip(given, type.params, strict=False)]
    if type.variadic:
        args.append(variadic or rs.Borrow(rs.ArrayLiteral(())))
    if library is None:
        function = rs.Name(frame.import_item(facts.names.functions[symbol]))
        call = rs.Call(function, (*args, *frame.context_args(facts.effects.needs[symbol])))
        return _result(facts, call, type.result, result)
    for position in library.callbacks:
        pointer = type.params[position]
        assert isinstance(pointer, PointerType) and isinstance(pointer.target, FunctionType)
        args[position] = callback_closure(facts, frame, args[position], pointer.target, library.params[position])
    function = rs.Name(f"{library.module}::{library.rust_name}")
    handlers = handler_dispatcher(facts, frame, library)
    called = rs.Call(function, (*args, *handlers, *library_context(frame, library)))
    return called if library.diverges else _result(facts, called, type.result, result)


def _never(reason: str) -> rs.Expr:
    return rs.MacroCall("unimplemented", (rs.Literal(f'"c2rs: {reason}"'),))


def _fits(actual: Type, erased: Type) -> bool:
    """Whether a result can be had as what the caller expects: in C's practice they share a register."""
    apart = FloatType | RecordType | ComplexType
    if isinstance(erased, VoidType) or actual == erased:
        return True
    return not isinstance(actual, apart | VoidType) and not isinstance(erased, apart)


def library_context(frame: Frame, function: LibraryFunction) -> tuple[rs.Expr, ...]:
    """What a library function is passed of the context."""
    match function.context:
        case ContextKind.NONE:
            return ()
        case ContextKind.SHARED:
            return (frame.shared_memory(),)
        case ContextKind.EXCLUSIVE:
            return frame.context_args(Needs.MEMORY)
        case ContextKind.CALLBACK:
            return frame.context_args(frame.needs)


def dispatch_call(
    facts: Facts, frame: Frame, signature: ErasedSignature, pointer: rs.Expr, args: Sequence[rs.Expr]
) -> rs.Expr:
    """A call through a pointer: of the dispatcher of its signature, where any function has that."""
    dispatcher = facts.effects.dispatch.get(signature)
    if dispatcher is None:
        return rs.MethodCall(pointer, "bad_call")
    name = facts.dispatcher_names[signature]
    if frame.module != DISPATCH_MODULE:
        frame.uses.add(f"crate::{DISPATCH_MODULE}::{name}")
    return rs.Call(rs.Name(name), (pointer, *args, *frame.context_args(dispatcher.needs)))


def handler_dispatcher(facts: Facts, frame: Frame, function: LibraryFunction) -> tuple[rs.Expr, ...]:
    """The dispatcher that a library function calls its handlers through; nothing for one without."""
    signature = function.dispatches
    if signature is None:
        return ()
    names = _PARAMS[: len(signature.params)]
    dispatcher = facts.effects.dispatch[signature]
    call = dispatch_call(facts, frame, signature, rs.Name("handler"), [rs.Name(name) for name in names])
    return (_closure(frame, ("handler", *names), call, dispatcher.needs),)


def callback_closure(facts: Facts, frame: Frame, argument: FunctionRef | rs.Expr, type: FunctionType, text: str) -> rs.Expr:
    """A callback of the library, whose Rust type is `text`, as a closure: over a function by its name, or a pointer."""
    signature = erase_signature(type, facts.types.layout)
    types = text[text.index("(") + 1 : text.rindex(")")].split(", ")[1:]
    assert len(types) <= len(_PARAMS) and not any("(" in type for type in types)
    names = _PARAMS[: len(types)]
    given = [rs.Name(name) for name in names]
    if isinstance(argument, FunctionRef):
        needs = facts.effects.needs[argument.symbol]
        body = target_call(facts, frame, argument.symbol, given, signature.result, None)
        body = map_children(body, lambda node: _without_cast(node, dict(zip(names, types, strict=True))))
        return _closure(frame, tuple(names), body, needs)
    dispatcher = facts.effects.dispatch.get(signature)
    needs = Needs.NONE if dispatcher is None else dispatcher.needs
    return _closure(frame, tuple(names), dispatch_call(facts, frame, signature, argument, given), needs)


def comparator(facts: Facts, frame: Frame, symbol: str, call: Call) -> rs.Expr:
    """A function of the program that a slice form compares with: by its name where that takes what the form gives and nothing else.

    qsort(&mut a, n, ascending)          qsort(&mut a, n, |a, b| by_weight(a, b, globals))
    """
    function = facts.program.functions[symbol]
    *keys, array = (arg.type for arg in call.args if isinstance(arg, Borrow))
    assert isinstance(array.target, ArrayType)
    element = ReferenceType(array.target.element, Access.SHARED)
    given = (keys[0] if keys else element, element)
    wanted = tuple(param for param in function.type.params if isinstance(param, ReferenceType))
    name = rs.Name(frame.import_item(facts.names.functions[symbol]))
    needs = facts.effects.needs[symbol]
    if not needs and list(map(facts.types.value, given)) == list(map(facts.types.value, wanted)):
        return name
    names = _PARAMS[: len(given)]
    args = (_compared(rs.Name(a), have, param) for a, have, param in zip(names, given, wanted, strict=True))
    return rs.Closure(tuple((a, None) for a in names), rs.Call(name, (*args, *frame.context_args(needs))))


def _compared(given: rs.Expr, have: ReferenceType, param: ReferenceType) -> rs.Expr:
    """One element as a comparator takes it, which may be a slice of one."""
    if param.is_slice and not isinstance(have.target, ArrayType):
        given = rs.Call(rs.Name("std::slice::from_ref"), (given,))
    return rs.Call(rs.Name("Some"), (given,)) if param.optional else given


def _without_cast(node: Node, types: Mapping[str, str]) -> Node:
    """An argument as it is where the library gives it in the type that the function takes."""
    match node:
        case rs.Cast(rs.Name(name) as given, type) if types.get(name) == print_type(type):
            return given
        case _:
            return node


def _closure(frame: Frame, names: tuple[str, ...], body: rs.Expr, needs: Needs) -> rs.Expr:
    """A closure over what the library passes back: the context, then the arguments. What it does not use has no name."""
    (context,) = frame.context_params()
    words = set(re.findall(r"\w+", print_expr(body)))
    used = [name if name in words else "_" for name in names]
    return rs.Closure(((context.name if needs else "_", context.type), *((name, None) for name in used)), body)


def _argument(facts: Facts, frame: Frame, arg: rs.Expr, type: Type) -> rs.Expr:
    match type:
        case PointerType(FunctionType() as function):
            target = print_type(frame.imported(facts.types.function(function)))
            return rs.MethodCall(arg, f"to_fn::<{target}>")
        case PointerType():
            return arg if facts.types.value(type) == VOID_PTR else rs.MethodCall(arg, "cast")
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
        return call if isinstance(actual, VoidType) else rs.BlockExpr(rs.Block((rs.ExprStatement(call),)))
    match actual:
        case PointerType(FunctionType()):
            return rs.MethodCall(call, "to_ptr")
        case PointerType():
            return rs.MethodCall(call, "cast")
        case _ if facts.types.int_kind(actual) is not None and facts.types.value(actual) != facts.types.value(erased):
            return rs.Cast(call, facts.types.value(erased))
        case _:
            return call
