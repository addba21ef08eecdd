"""Whom a call reaches: the function it names, the targets of a function pointer, the callbacks it hands to the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from c2rust_py.infer.signatures import ErasedSignature, called_signature, erase_signature, function_type
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Call, Convert, FunctionRef, Value
from c2rust_py.ir.types import PointerType

Callbacks = Mapping[str, tuple[int, ...]]
"""The positions of generic callbacks among the arguments of library functions."""


@dataclass(frozen=True, slots=True)
class CallTargets:
    """What a call can run: functions by symbol, and whatever has one of `signatures`."""

    symbols: tuple[str, ...]
    signatures: tuple[ErasedSignature, ...]


def call_targets(call: Call, callbacks: Callbacks, layout: Layout) -> CallTargets:
    """The direct or indirect callee first, then the callbacks in the order of the arguments."""
    if not isinstance(call.function, FunctionRef):
        return CallTargets((), (called_signature(call, layout),))
    symbols = [call.function.symbol]
    signatures = []
    for position in callbacks.get(call.function.symbol, ()):
        argument = call.args[position]
        target = callback_function(argument)
        if target is not None:
            symbols.append(target.symbol)
        else:
            signatures.append(erase_signature(function_type(argument), layout))
    return CallTargets(tuple(symbols), tuple(signatures))


def callback_function(argument: Value) -> FunctionRef | None:
    """The function that a callback argument names, cast or not; None where it is computed."""
    while isinstance(argument, Convert) and isinstance(argument.type, PointerType):
        argument = argument.operand
    return argument if isinstance(argument, FunctionRef) else None
