"""Whom a call reaches: the function it names, the targets of a function pointer, the callbacks it hands to the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from c2rust_py.infer.signatures import ErasedSignature, called_signature, erase_signature, function_type
from c2rust_py.ir.function_refs import named_function
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Call, FunctionRef

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
        target = named_function(argument)
        if target is not None:
            symbols.append(target.symbol)
        else:
            signatures.append(erase_signature(function_type(argument), layout))
    return CallTargets(tuple(symbols), tuple(signatures))
