"""Calls that need something in front of them: where that stands, and which names it takes.

    a = f(x, y);      ->      prepare(); a = f(x, y);             // the statement begins with the call
    while (f(x, y))   ->      while ({ prepare(); f(x, y) })
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from c2rust_py.ir.nodes import (
    Assign,
    Binary,
    Block,
    BlockValue,
    Borrow,
    Builtin,
    Call,
    Compare,
    Convert,
    Declare,
    DerefPlace,
    Evaluate,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    If,
    IndexPlace,
    IntConst,
    Load,
    LocalPlace,
    Not,
    Overflowing,
    Place,
    Return,
    Statement,
    VaArgValue,
    Value,
)
from c2rust_py.ir.program import Function, Local, LocalKind, Program
from c2rust_py.ir.types import Type
from c2rust_py.ir.walk import Node, is_stable, map_children, walk

_ORDERED = (Call, Builtin, Overflowing, VaArgValue, DerefPlace, GlobalPlace)
"""What may be seen from elsewhere: its order among other arguments is gcc's."""


class CallRewriter(ABC):
    """Rewrites the calls of one function. came_from: the identity of each rewritten call before, by that of its node now."""

    def __init__(self, program: Program, function: Function, came_from: dict[int, int]) -> None:
        self.program = program
        self.function = function
        self.came_from = came_from
        self.added: list[Local] = []
        self.done: set[int] = set()

    @abstractmethod
    def rewrite(self, before: Call, call: Call) -> tuple[Sequence[Statement], Call]:
        """What stands in front of a call, and the call behind it: `call` itself where nothing has to change. `before` is the call
        as it was before its operands were rewritten."""

    def place(self, place: Place) -> Place:
        """A place with its parts rewritten."""
        return place

    def body(self) -> tuple[Statement, ...]:
        """The function's body with its calls rewritten; `added` has the locals that it has more."""
        return self.statements(self.function.body)

    def statements(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(made for statement in body for made in self.statement(statement))

    def statement(self, node: Statement) -> tuple[Statement, ...]:
        """A statement that begins with a call has all that in front of it, in a block unless it declares something."""
        first = _first_call(node)
        before: Sequence[Statement] = ()
        if first is not None:
            before, call = self._call(first)
            self.done.add(id(call))
            node = cast(Statement, _replaced(node, first, call))
        changed = cast(Statement, self._mapped(node))
        if not before:
            return (changed,)
        if isinstance(changed, Declare):
            return (*before, changed)
        return (Block((*before, changed), changed.span),)

    def _call(self, node: Call) -> tuple[Sequence[Statement], Call]:
        made = self._mapped(node)
        assert isinstance(made, Call)
        before, call = self.rewrite(node, made)
        if call is not node:
            self.came_from[id(call)] = id(node)
        return before, call

    def _mapped(self, node: Node) -> Node:
        return map_children(node, self._node, self.statements)

    def _node(self, node: Node) -> Node:
        if id(node) in self.done:
            return node
        if isinstance(node, Call):
            before, call = self._call(node)
            return BlockValue(tuple(before), call, call.type, call.span) if before else call
        made = self._mapped(node)
        return self.place(made) if isinstance(made, Place) else made

    # ---- arguments

    def settled(self, call: Call) -> tuple[list[Statement], Call]:
        """A call whose arguments have no effects: what moves variables on (`a[i++]`) is bound in front. Another argument that looks
        at such a variable is undefined in C (C11 6.5p2), so the order among them does not matter; calls among them stay."""
        bound: list[Statement] = []

        def settle(value: Value, name: str) -> Value:
            if is_stable(value) or any(isinstance(node, _ORDERED) for node in walk(value)):
                return value
            if isinstance(value, Convert):
                return replace(value, operand=settle(value.operand, name))
            if isinstance(value, BlockValue) and value.value is not None and is_stable(value.value):
                bound.extend(value.body)
                return value.value
            local = self.new_local(name, value.type, value)
            bound.append(Declare(local.id, value, value.span))
            return Load(LocalPlace(local.id, value.type, value.span), value.type, value.span)

        def settle_place(place: Place) -> Place:
            match place:
                case IndexPlace(base, index):
                    return replace(place, base=settle_place(base), index=settle(index, "at"))
                case FieldPlace(base):
                    return replace(place, base=settle_place(base))
                case _:
                    return place

        if all(map(is_stable, call.args)):
            return [], call
        args: list[Value] = []
        for at, arg in enumerate(call.args):
            if isinstance(arg, Borrow):
                start = None if arg.start is None else settle(arg.start, "at")
                args.append(replace(arg, place=settle_place(arg.place), start=start))
            else:
                args.append(settle(arg, self.param_name(call, at)))
        return bound, replace(call, args=tuple(args))

    def bound(self, call: Call, root: Place, lent: Sequence[int]) -> tuple[list[Statement], list[Value]]:
        """The arguments of a call. Those that look at the object are bound in front, apart from the loans."""
        bound: list[Statement] = []
        args = list(call.args)
        for at, arg in enumerate(args):
            if at in lent or isinstance(arg, Borrow) or not any(_is_root(node, root) for node in walk(arg)):
                continue
            local = self.new_local(self.param_name(call, at), arg.type, arg)
            bound.append(Declare(local.id, arg, arg.span))
            args[at] = Load(LocalPlace(local.id, arg.type, arg.span), arg.type, arg.span)
        return bound, args

    def param_name(self, call: Call, at: int) -> str:
        """What the callee calls an argument."""
        assert isinstance(call.function, FunctionRef)
        locals = self.program.functions[call.function.symbol].locals
        return locals[at].name if at < len(locals) else ""

    def new_local(self, name: str, type: Type, near: Value) -> Local:
        """A new variable of the function."""
        id = len(self.function.locals) + len(self.added)
        local = Local(id, name, type, LocalKind.VARIABLE, near.span)
        self.added.append(local)
        return local

    def rewritten(self) -> Function:
        """The function with its calls rewritten."""
        body = self.body()
        return replace(self.function, body=body, locals=(*self.function.locals, *self.added))


def _is_root(node: Node, root: Place) -> bool:
    match node, root:
        case LocalPlace(one), LocalPlace(other):
            return one == other
        case GlobalPlace(one), GlobalPlace(other):
            return one == other
        case _:
            return False


# ---- the call that a statement begins with

_OPERANDS: Mapping[type, str] = {
    Evaluate: "value",
    Assign: "value",
    Declare: "init",
    Return: "value",
    If: "condition",
    Convert: "operand",
    Not: "operand",
}
"""The field in which a node has what it computes first."""


def _first_operand(node: Node) -> Value | None:
    if isinstance(node, Binary | Compare):
        return node.left if isinstance(node.right, IntConst) else None
    if isinstance(node, Assign) and not is_stable(node.place):
        return None
    name = _OPERANDS.get(type(node))
    return None if name is None else cast("Value | None", getattr(node, name))


def _first_call(statement: Statement) -> Call | None:
    node: Node | None = statement
    while node is not None and not isinstance(node, Call):
        node = _first_operand(node)
    return node


def _replaced(node: Node, call: Call, made: Call) -> Node:
    """The node with another call for the one that it begins with."""
    if node is call:
        return made
    first = _first_operand(node)
    return map_children(node, lambda child: _replaced(child, call, made) if child is first else child)
