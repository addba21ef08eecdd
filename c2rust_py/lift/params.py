"""Referents become parameters: behind each array that a parameter `T **p` became stands the position that it led to.

    next(p: *const u8 .., end)        ->        next(text, p, end)          (locals 0, 1, 2 instead of 0, 5, 1)

The parameters of a function are its first locals, so the others move; referents that are in memory after all go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from c2rust_py.ir.nodes import AllocateVla, Call, CatchJump, Declare, DeclarePair, LocalPlace, Statement
from c2rust_py.ir.program import Function, LocalKind
from c2rust_py.ir.types import ReferenceType
from c2rust_py.ir.walk import Node, map_children


@dataclass(frozen=True, slots=True)
class Arranged:
    """A function whose referents are parameters. numbers: of each local now, by what it was before. moved: the identity of each
    call now, by that of its node before."""

    function: Function
    numbers: Mapping[int, int]
    moved: Mapping[int, int]


def arrange_params(function: Function) -> Arranged:
    """The function with its referents among its parameters."""
    referents = {local.behind: local.id for local in function.locals if local.kind is LocalKind.REFERENT}
    if not referents:
        return Arranged(function, {}, {})
    lifted = {p: r for p, r in referents.items() if isinstance(function.locals[r].type, ReferenceType)}
    count = len(function.type.params)
    order = [local for param in range(count) for local in (param, lifted.get(param)) if local is not None]
    params = len(order)
    order += [local.id for local in function.locals[count:] if local.kind is not LocalKind.REFERENT]
    numbers = {old: new for new, old in enumerate(order)}
    mover = _Mover(numbers)
    body = tuple(cast(Statement, mover.change(statement)) for statement in function.body)
    locals = tuple(
        replace(function.locals[old], id=new, kind=LocalKind.PARAM if new < params else function.locals[old].kind)
        for new, old in enumerate(order)
    )
    type = replace(function.type, params=tuple(local.type for local in locals[:params]))
    return Arranged(replace(function, type=type, locals=locals, body=body), numbers, mover.moved)


@dataclass(frozen=True, slots=True)
class _Mover:
    """Writes new numbers into a body."""

    numbers: Mapping[int, int]
    moved: dict[int, int] = field(default_factory=dict)

    def change(self, node: Node) -> Node:
        made = map_children(node, self.change)
        match made:
            case LocalPlace(local) | Declare(local) | AllocateVla(local):
                made = replace(made, local=self.numbers[local])
            case DeclarePair(value, length):
                made = replace(made, value=None if value is None else self.numbers[value], length=self.numbers[length])
            case CatchJump():
                made = replace(made, result=self.numbers[made.result])
            case _:
                pass
        if isinstance(node, Call):
            self.moved[id(node)] = id(made)
        return made
