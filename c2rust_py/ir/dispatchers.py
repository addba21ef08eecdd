"""Dispatchers (`normalise.dispatch_calls`) and the functions that are called by one alone: those have the signature that it has."""

from __future__ import annotations

from collections.abc import Iterator

from c2rust_py.ir.nodes import Borrow, Call, Convert, FunctionRef, Load, LocalPlace, ReferentPlace, Value
from c2rust_py.ir.program import Program
from c2rust_py.ir.walk import walk_all

Param = tuple[str, int]


def shared_params(program: Program) -> Iterator[tuple[Param, Param]]:
    """The parameters that a dispatcher passes on as they are to a function that nobody else calls: its own, and the function's."""
    callers: dict[str, set[str]] = {}
    for symbol, function in program.functions.items():
        for node in walk_all(function.body):
            if isinstance(node, FunctionRef):
                callers.setdefault(node.symbol, set()).add(symbol)
    closed_world = any(f.name == "main" and not f.static for f in program.functions.values())
    for symbol, dispatcher in program.functions.items():
        for node in walk_all(dispatcher.body) if dispatcher.targets is not None else ():
            if not isinstance(node, Call) or not isinstance(node.function, FunctionRef):
                continue
            target = program.functions[node.function.symbol]
            if callers[target.symbol] == {symbol} and (target.static or closed_world):
                for position, arg in enumerate(node.args):
                    if passed_local(arg) == position + 1:
                        yield (symbol, position + 1), (target.symbol, position)


def passed_local(arg: Value) -> int | None:
    """The parameter that an argument is, or a loan of all that it points to."""
    while isinstance(arg, Convert):
        arg = arg.operand
    match arg:
        case Load(LocalPlace(local)) | Borrow(ReferentPlace(LocalPlace(local)), None):
            return local
        case _:
            return None
