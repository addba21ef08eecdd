"""Choices with an allocation among them become statements: what owns is given one thing at a time.

    n->text = s ? strdup(s) : NULL;         if (s) n->text = strdup(s); else n->text = NULL;
    return n > 0 ? malloc(n) : NULL;        if (n > 0) return malloc(n); else return NULL;
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.ir.nodes import (
    Assign,
    BlockValue,
    Call,
    Conditional,
    Convert,
    Declare,
    FunctionRef,
    If,
    LocalPlace,
    Place,
    Return,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import PointerType
from c2rust_py.ir.walk import Node, fresh, map_children, walk

_ALLOCATIONS = frozenset({"malloc", "calloc", "realloc", "strdup", "strndup"})


def split_choices(function: Function) -> Function:
    """The function with such statements."""
    return replace(function, body=_Splitter(function).list(function.body))


class _Splitter:
    def __init__(self, function: Function) -> None:
        self.function = function

    def list(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(made for statement in body for made in self.statement(statement))

    def statement(self, node: Statement) -> tuple[Statement, ...]:
        node = map_children(node, self.node, self.list)
        match node:
            case Assign(place, value, span) if (choice := _choice(value)) is not None and _is_plain(place):
                made: tuple[Statement, ...] = (Assign(place, choice.then, span), Assign(fresh(place), choice.otherwise, span))
            case Return(value, span) if value is not None and (choice := _choice(value)) is not None:
                made = (Return(choice.then, span), Return(choice.otherwise, span))
            case Declare(local, init, span) if init is not None and (choice := _choice(init)) is not None:
                given = Assign(LocalPlace(local, self.function.locals[local].type, span), init, span)
                return Declare(local, None, span), *self.statement(given)
            case _:
                return (node,)
        then, otherwise = (self.statement(branch) for branch in made)
        return (If(choice.condition, then, otherwise, node.span),)

    def node(self, node: Node) -> Node:
        return map_children(node, self.node, self.list)


def _choice(value: Value) -> Conditional | None:
    """A choice of pointers one of which is allocated: the casts around it are around each."""
    inner, casts = value, []
    while isinstance(inner, Convert) and isinstance(inner.type, PointerType):
        casts.append(inner)
        inner = inner.operand
    if not isinstance(inner, Conditional) or not isinstance(inner.type, PointerType) or not _allocates(inner):
        return None
    then, otherwise = inner.then, inner.otherwise
    for cast in reversed(casts):
        then, otherwise = replace(cast, operand=then), replace(cast, operand=otherwise)
    return replace(inner, then=then, otherwise=otherwise)


def _allocates(value: Value) -> bool:
    """Whether a value is an allocation, or a choice with one."""
    match value:
        case Convert(operand):
            return _allocates(operand)
        case Conditional(_, then, otherwise):
            return _allocates(then) or _allocates(otherwise)
        case Call(FunctionRef(symbol)):
            return symbol in _ALLOCATIONS
        case _:
            return False


def _is_plain(place: Place) -> bool:
    """Whether a place can be named twice, and behind the condition."""
    return not any(isinstance(node, Call | BlockValue) for node in walk(place))
