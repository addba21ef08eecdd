"""Lends copies of small globals to functions that use globals themselves: they are given all of them, so none can be lent beside.

    make(&hooks, 3);      ->      { struct hooks hooks_copy = hooks; make(& hooks_copy, 3); }

A copy is as good for who only reads it, as long as nobody writes the global meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from c2rust_py.infer.effects import Effects, Needs
from c2rust_py.infer.node_touches import NodeTouches
from c2rust_py.infer.places import root_of
from c2rust_py.infer.storage import Storage
from c2rust_py.ir.copied import is_copied
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    BlockValue,
    Borrow,
    Call,
    Declare,
    FunctionRef,
    GlobalPlace,
    Load,
    LocalPlace,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, Local, LocalKind, Program
from c2rust_py.ir.types import Access, OptionalType, RecordType, ReferenceType
from c2rust_py.ir.walk import Node, map_children, walk

_LARGEST = 128
"""Objects up to this size in bytes are copied for a call."""


def lend_copies(program: Program, storage: Storage, effects: Effects) -> tuple[Program, dict[int, int]]:
    """The program with such copies; and the identity of each call that is lent one before, by that of its node now."""
    came_from: dict[int, int] = {}
    functions = {symbol: _Lender(program, one, storage, effects, came_from).function() for symbol, one in program.functions.items()}
    return (replace(program, functions=functions), came_from) if came_from else (program, came_from)


@dataclass(slots=True)
class _Lender:
    """Rewrites the calls of one function."""

    program: Program
    original: Function
    storage: Storage
    effects: Effects
    came_from: dict[int, int]
    added: list[Local] = field(default_factory=list)

    def function(self) -> Function:
        body = tuple(cast(Statement, self._node(one)) for one in self.original.body)
        return replace(self.original, body=body, locals=(*self.original.locals, *self.added)) if self.added else self.original

    def _node(self, node: Node) -> Node:
        made = map_children(node, self._node)
        if not isinstance(made, Call):
            return made
        if made is not node:
            self.came_from[id(made)] = self.came_from.get(id(node), id(node))
        return self._call(made, id(node))

    def _call(self, call: Call, before: int) -> Value:
        """A call, with the copies that it is lent in front."""
        if not isinstance(call.function, FunctionRef) or call.function.symbol not in self.program.functions:
            return call
        lent = [at for at, arg in enumerate(call.args) if isinstance(arg, Borrow) and self._can_copy(call.function.symbol, arg)]
        result = call.type.inner if isinstance(call.type, OptionalType) else call.type
        lent = [at for at in lent if not self._write(call.args, _global_of(cast(Borrow, call.args[at])))]
        if not lent or isinstance(result, ReferenceType):
            return call
        args, body = list(call.args), []
        for at in lent:
            loan = cast(Borrow, args[at])
            local = self._new_local(loan)
            body.append(Declare(local.id, Load(loan.place, loan.place.type, loan.span), loan.span))
            args[at] = replace(loan, place=LocalPlace(local.id, local.type, loan.span))
        made = replace(call, args=tuple(args))
        self.came_from[id(made)] = before
        return BlockValue(tuple(body), made, call.type, call.span)

    def _write(self, args: tuple[Value, ...], symbol: str | None) -> bool:
        """Whether arguments, or what is done with what they lend, may write a global."""
        if any(isinstance(arg, Borrow) and arg.type.access is not Access.SHARED and _global_of(arg) == symbol for arg in args):
            return True
        layout = Layout(self.program.records, self.program.enums)
        touches = NodeTouches(self.program, self.storage, self.original.symbol, lambda call: self.effects.of_call(call, layout))
        written = (touches.of(node).globals_written for arg in args for node in walk(arg))
        return any(symbol in one for one in written)

    def _can_copy(self, callee: str, loan: Borrow) -> bool:
        """Whether a copy can be lent, and has to be."""
        root, type = root_of(loan.place), loan.place.type
        if loan.type.access is not Access.SHARED or loan.type.is_slice or loan.type.optional or not isinstance(root, GlobalPlace):
            return False
        if root.symbol in self.storage.constants or not self.effects.needs[callee] & Needs.GLOBALS:
            return False
        if isinstance(type, RecordType) and not is_copied(self.program, type.id):
            return False
        small = Layout(self.program.records, self.program.enums).size_of(type) <= _LARGEST
        return small and root.symbol not in self.effects.touches[callee].globals_written

    def _new_local(self, loan: Borrow) -> Local:
        root = cast(GlobalPlace, root_of(loan.place))
        number = len(self.original.locals) + len(self.added)
        self.added.append(Local(number, self.program.variables[root.symbol].name, loan.place.type, LocalKind.TEMPORARY, loan.span))
        return self.added[-1]


def _global_of(loan: Borrow) -> str | None:
    """The symbol of the global that a loan is of a part of."""
    root = root_of(loan.place)
    return root.symbol if isinstance(root, GlobalPlace) else None
