"""Parts of compound literals by the name of the object, behind what fills it.

    (*({ literal = {1, 2, 3}; &literal }))[i]       ->      ({ literal = {1, 2, 3}; literal[i] })

A compound literal is an lvalue (C11 6.5.2.5p4): elaboration makes it what the address of a hidden variable leads to. Where its value, an
element, or its first element's address is all that is wanted, no pointer is needed. What fills it runs first, as before; an index
is computed behind it, as before. One walk.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.ir.nodes import (
    AddressOf,
    BlockValue,
    Decay,
    DerefPlace,
    FieldPlace,
    IndexPlace,
    Load,
    LocalPlace,
    Place,
    Statement,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import Node, map_children


def name_literals(function: Function) -> Function:
    """`function` with the objects of compound literals by name."""
    return replace(function, body=tuple(map_children(statement, _named) for statement in function.body))


def _named(node: Node) -> Node:
    node = map_children(node, _named)
    if not isinstance(node, Load | Decay | AddressOf):
        return node
    opened = _opened(node.place)
    if opened is None:
        return node
    body, place = opened
    return BlockValue(body, replace(node, place=place), node.type, node.span)


def _opened(place: Place) -> tuple[tuple[Statement, ...], Place] | None:
    """What fills the literal that a place is a part of, and the same part of the variable; None for another place."""
    match place:
        case DerefPlace(BlockValue(body, AddressOf(LocalPlace() as object))):
            return body, object
        case FieldPlace(base) | IndexPlace(base):
            inner = _opened(base)
            return None if inner is None else (inner[0], replace(place, base=inner[1]))
        case _:
            return None
