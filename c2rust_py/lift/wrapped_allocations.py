"""Calls of functions that only wrap `malloc`, `realloc` and `free` as calls of these, with the way back.

    int *a = xmalloc(n * sizeof *a);          int *a = malloc(n * sizeof *a);
    a = xrealloc(a, 2 * n * sizeof *a);  ->   a = realloc(a, 2 * n * sizeof *a);
    xfree(a);                                 free(a);

So what owns can be told by the names of the library (`infer.allocations`). A wrapper may do something of its own where there is no memory, so
whatever stays in memory calls it as before (`lift.calls`). What frees, frees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from c2rust_py.infer.allocators import Allocators
from c2rust_py.infer.targets import is_data_pointer
from c2rust_py.ir.nodes import Binary, BinaryOp, Call, Convert, FunctionRef, Value
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import ULONG, VOID, FunctionType, IntType, PointerType, VoidType
from c2rust_py.ir.walk import Node, is_stable, map_children


def unwrap_allocations(program: Program, allocators: Allocators) -> tuple[Program, Mapping[int, Call]]:
    """The program with such calls, and the calls that they were, by the identity of those that they are."""
    rewriter = _Rewriter(program, allocators)
    wrappers = allocators.sizes.keys() | allocators.resized.keys() | allocators.freed.keys()
    functions = {
        symbol: function if symbol in wrappers else rewriter.function(function) for symbol, function in program.functions.items()
    }
    return replace(program, functions=functions), rewriter.wrapped


@dataclass(frozen=True, slots=True)
class _Rewriter:
    program: Program
    allocators: Allocators
    wrapped: dict[int, Call] = field(default_factory=dict)

    def function(self, function: Function) -> Function:
        body = tuple(map_children(statement, self.node) for statement in function.body)
        changed = any(new is not old for new, old in zip(body, function.body, strict=True))
        return replace(function, body=body) if changed else function

    def node(self, node: Node) -> Node:
        made = map_children(node, self.node)
        if not isinstance(made, Call) or not isinstance(made.function, FunctionRef) or made.function.symbol not in self.program.functions:
            return made
        return self.freed(made) or self.allocated(made) or self.resized(made) or made

    def freed(self, call: Call) -> Call | None:
        pointer = self.allocators.freed_by(call)
        if pointer is None or "free" not in self.program.externals or call.type != VOID or not _is_void(pointer):
            return None
        return self.call("free", (pointer,), call)

    def allocated(self, call: Call) -> Call | None:
        """A wrapper of `malloc` that is given nothing but numbers."""
        form = self.allocators.form_of(call)
        if form is None or "malloc" not in self.program.externals or not _is_void(call):
            return None
        if not _is_replaced(call, form):
            return None
        size = _number(call.args[form[0]])
        for position in form[1:]:
            size = Binary(BinaryOp.MUL, size, _number(call.args[position]), ULONG, call.span)
        return self.noted(self.call("malloc", (size,), call), call)

    def resized(self, call: Call) -> Call | None:
        form = self.allocators.resized_by(call)
        if form is None or "realloc" not in self.program.externals or not _is_void(call):
            return None
        pointer, size = (call.args[position] for position in form)
        if not _is_void(pointer) or not _is_replaced(call, form):
            return None
        return self.noted(self.call("realloc", (pointer, _number(size)), call), call)

    def call(self, symbol: str, args: tuple[Value, ...], call: Call) -> Call:
        type = cast(FunctionType, self.program.externals[symbol].type)
        return Call(FunctionRef(symbol, PointerType(type), call.span), args, type.result, call.span)

    def noted(self, made: Call, call: Call) -> Call:
        self.wrapped[id(made)] = call
        return made


def _is_replaced(call: Call, form: tuple[int, ...]) -> bool:
    """Whether nothing is lost with the other arguments of a call: no effect, and no pointer that a parameter is given."""
    others = [arg for position, arg in enumerate(call.args) if position not in form]
    return all(map(is_stable, (call.function, *others))) and not any(is_data_pointer(arg.type) for arg in others)


def _is_void(value: Value) -> bool:
    return isinstance(value.type, PointerType) and isinstance(value.type.target, VoidType)


def _number(value: Value) -> Value:
    """A size as the library takes it."""
    assert isinstance(value.type, IntType)
    return value if value.type == ULONG else Convert(value, ULONG, value.span)
