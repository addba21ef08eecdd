"""What is left of a pointer value that becomes a position, where nobody wants the position: its side effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from c2rust_py.infer.targets import is_data_pointer
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    BlockValue,
    Call,
    Conditional,
    Convert,
    Decay,
    DoWhile,
    Evaluate,
    For,
    If,
    Insert,
    IntConst,
    Load,
    LocalPlace,
    Logical,
    Not,
    Overflowing,
    PointerAdd,
    Remove,
    Statement,
    Value,
    While,
)
from c2rust_py.ir.types import INT
from c2rust_py.ir.walk import Node, children, walk
from c2rust_py.lift.positions import converted


def effects_of(value: Node) -> tuple[Statement, ...]:
    """The side effects of evaluating a node, in order."""
    if not any(isinstance(node, Call | BlockValue | Overflowing | Insert | Remove) for node in walk(value)):
        return ()
    match value:
        case Convert(operand) if is_data_pointer(operand.type):
            return effects_of(operand)
        case AddressOf(place) | Decay(place):
            return effects_of(place)
        case PointerAdd(pointer, offset):
            return (*effects_of(pointer), *effects_of(offset))
        case BlockValue(body, tail):
            return body if tail is None else (*body, *effects_of(tail))
        case Conditional(condition, then, otherwise):
            return (If(condition, effects_of(then), effects_of(otherwise), value.span),)
        case _:
            pass
    if isinstance(value, Value):
        return (Evaluate(value, value.span),)
    return tuple(statement for child in children(value) for statement in effects_of(child))


def truth(pointer: Value, known: bool) -> Value:
    """The truth value that is known of a pointer, behind the pointer's side effects."""
    constant = IntConst(int(known), INT, pointer.span)
    left = effects_of(pointer)
    return BlockValue(left, constant, INT, pointer.span) if left else constant


def stored_apart(value: Overflowing, wrapped: LocalPlace, flag: LocalPlace) -> Value:
    """An operator that may overflow whose result goes to a variable first, and from there to a place of another type."""
    span, place = value.span, value.result
    store = (
        Assign(flag, replace(value, result=wrapped), span),
        Assign(place, converted(Load(wrapped, wrapped.type, span), place.type), span),
    )
    return BlockValue(store, Load(flag, value.type, span), value.type, span)


CONDITIONS: Mapping[type, tuple[str, ...]] = {
    If: ("condition",),
    While: ("condition",),
    DoWhile: ("condition",),
    For: ("condition",),
    Conditional: ("condition",),
    Not: ("operand",),
    Logical: ("left", "right"),
}
"""The fields in which a pointer is a condition."""
