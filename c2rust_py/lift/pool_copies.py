"""Copies what a library function only reads of an object, where it writes to an object of the same arena: Rust lends one at a time.

    strcpy(p->name, q->name);     ->     { char name[16] = nodes[q].name; strcpy(nodes[p].name, name); }

What such functions are given may not overlap (C11 7.1.4), or they do as if they had a copy (`memmove`), so that a copy is as good.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from c2rust_py.infer.library_slices import slice_forms
from c2rust_py.infer.places import pool_of
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    BlockValue,
    Call,
    Convert,
    Decay,
    Declare,
    FieldPlace,
    FunctionRef,
    Load,
    LocalPlace,
    Place,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, Local, LocalKind, Program
from c2rust_py.ir.types import RecordType
from c2rust_py.ir.walk import Node, map_children

_LARGEST = 4096
"""Arrays up to this size in bytes are copied."""


def copy_what_is_read(program: Program) -> Program:
    """The program with such copies."""
    functions = {symbol: _Copies(program, one).function() for symbol, one in program.functions.items()}
    return replace(program, functions=functions)


@dataclass(slots=True)
class _Copies:
    """Rewrites the calls of one function."""

    program: Program
    original: Function
    added: list[Local] = field(default_factory=list)

    def function(self) -> Function:
        body = tuple(cast(Statement, self._node(one)) for one in self.original.body)
        return replace(self.original, body=body, locals=(*self.original.locals, *self.added)) if self.added else self.original

    def _node(self, node: Node) -> Node:
        made = map_children(node, self._node)
        return self._call(made) if isinstance(made, Call) else made

    def _call(self, call: Call) -> Value:
        form = slice_forms().get(call.function.symbol) if isinstance(call.function, FunctionRef) else None
        if form is None or isinstance(call.function, FunctionRef) and call.function.symbol in self.program.functions:
            return call
        written = {form.arguments[at] for at in form.mutable}
        places = {at: place for at, arg in enumerate(call.args) if (place := _array(arg)) is not None}
        pools = {pool_of(place) for at, place in places.items() if at in written}
        args, body = list(call.args), []
        for at, place in places.items():
            if at not in written and pool_of(place) in pools and self._is_small(place):
                local = self._new_local(place)
                body.append(Declare(local.id, Load(place, place.type, place.span), place.span))
                args[at] = _with_array(args[at], LocalPlace(local.id, local.type, place.span))
        return BlockValue(tuple(body), replace(call, args=tuple(args)), call.type, call.span) if body else call

    def _is_small(self, place: Place) -> bool:
        return Layout(self.program.records, self.program.enums).size_of(place.type) <= _LARGEST

    def _new_local(self, place: Place) -> Local:
        name = "copy"
        if isinstance(place, FieldPlace) and isinstance(place.base.type, RecordType):
            name = (self.program.records[place.base.type.id].fields or ())[place.index].name
        number = len(self.original.locals) + len(self.added)
        self.added.append(Local(number, name, place.type, LocalKind.TEMPORARY, place.span))
        return self.added[-1]


def _array(value: Value) -> Place | None:
    """The array of an object of a pool that an argument is."""
    while isinstance(value, Convert):
        value = value.operand
    return value.place if isinstance(value, Decay) and pool_of(value.place) is not None else None


def _with_array(value: Value, place: Place) -> Value:
    """An argument with another array."""
    if isinstance(value, Convert):
        return replace(value, operand=_with_array(value.operand, place))
    return replace(cast(Decay, value), place=place)
