"""Parameters that a function dereferences before anything else can happen: a null pointer for one is undefined.

    static const char *find(const char *s, char c) { for (; *s; s++) ... }          s
    static int length(const char *s) { return find(s, 0) - s; }                     s, by the call of `find`
"""

from __future__ import annotations

from collections.abc import Mapping

from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    Block,
    BlockValue,
    Call,
    Conditional,
    Convert,
    Decay,
    Declare,
    DerefPlace,
    DoWhile,
    Evaluate,
    For,
    FunctionRef,
    If,
    Load,
    LocalPlace,
    Logical,
    Loop,
    PointerAdd,
    Return,
    Statement,
    Value,
    While,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import Node, children, walk

Param = tuple[str, int]


def reads_at_entry(functions: Mapping[str, Function], param: Param, seen: frozenset[Param] = frozenset()) -> bool:
    """Whether a parameter is certain to be dereferenced."""
    symbol, local = param
    if param in seen or symbol not in functions:
        return False
    return _Finder(functions, local, seen | {param}).list(functions[symbol].body) is True


class _Finder:
    """Looks at statements in their order: True where the parameter is dereferenced, False where that is not certain any more,
    None where it goes on."""

    def __init__(self, functions: Mapping[str, Function], local: int, seen: frozenset[Param]) -> None:
        self.functions, self.local, self.seen = functions, local, seen

    def list(self, body: tuple[Statement, ...]) -> bool | None:
        for statement in body:
            found = self.statement(statement)
            if found is not None:
                return found
        return None

    def statement(self, node: Statement) -> bool | None:
        match node:
            case Declare(_, init):
                return None if init is None else self.value(init)
            case Assign(LocalPlace(local), value):
                return False if self.value(value) is None and local == self.local else self.value(value)
            case Evaluate(value) | If(value) | While(_, value):
                found = self.value(value)
                return found if isinstance(node, Evaluate) else bool(found)
            case Assign() | Return():
                return bool(self.value(node))
            case For(_, init, condition):
                found = self.list(init)
                return found if found is not None else condition is not None and bool(self.value(condition))
            case Block(body) | DoWhile(_, body) | Loop(_, body):
                found = self.list(body)
                return found if isinstance(node, Block) else bool(found)
            case _:
                return False

    def value(self, node: Node) -> bool | None:
        """What is always evaluated of a node, before the first call."""
        match node:
            case DerefPlace(pointer) if self._is_param(pointer):
                return True
            case Logical(_, first) | Conditional(first):
                return bool(self.value(first))
            case Call(FunctionRef(callee), args):
                for arg in args:
                    if self.value(arg) is not None:
                        return self.value(arg)
                return any(
                    self._is_param(arg) and reads_at_entry(self.functions, (callee, position), self.seen)
                    for position, arg in enumerate(args)
                )
            case Call() | BlockValue():
                return False
            case AddressOf(place) | Decay(place):
                # `&p->x` computes an address, and reads nothing at `p`.
                return False if any(isinstance(part, Call | BlockValue) for part in walk(place)) else None
            case _:
                for child in children(node):
                    found = self.value(child)
                    if found is not None:
                        return found
                return None

    def _is_param(self, value: Value) -> bool:
        while isinstance(value, PointerAdd | Convert):
            value = value.pointer if isinstance(value, PointerAdd) else value.operand
        return isinstance(value, Load) and isinstance(value.place, LocalPlace) and value.place.local == self.local
