"""Frees that a scope's end does as well: what nobody looks at any more is dropped there.

    a = vec![0; n]; ...; a = Vec::new(); return total;      ->      a = vec![0; n]; ...; return total;
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from c2rust_py.ir.nodes import (
    Allocate,
    Assign,
    Block,
    Declare,
    DoWhile,
    For,
    If,
    IntConst,
    Labelled,
    LocalPlace,
    Loop,
    Reallocate,
    Return,
    Statement,
    While,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import OwnedType
from c2rust_py.ir.walk import walk, walk_all


def leave_to_scopes(function: Function) -> Function:
    """The function without assignments of no elements that nobody sees."""
    if not any(isinstance(local.type, OwnedType) for local in function.locals):
        return function
    return replace(function, body=_list(function.body, frozenset()))


def _list(body: tuple[Statement, ...], later: AbstractSet[int]) -> tuple[Statement, ...]:
    """The statements, where the locals `later` are used behind them."""
    kept: list[Statement] = []
    for statement in reversed(body):
        match statement:
            case Assign(LocalPlace(local, OwnedType()), Allocate(IntConst(0))) if local not in later:
                continue
            case Return():
                later = frozenset()
            case _:
                pass
        kept.append(_inside(statement, later))
        later = later | _mentions((statement,))
    return tuple(reversed(kept))


def _inside(statement: Statement, later: AbstractSet[int]) -> Statement:
    match statement:
        case Block(body) | Labelled(_, body):
            return replace(statement, body=_list(body, later))
        case If(_, then, otherwise):
            return replace(statement, then=_list(then, later), otherwise=_list(otherwise, later))
        case While(body=body) | DoWhile(body=body) | For(body=body) | Loop(body=body):
            declared = {node.local for node in walk_all(body) if isinstance(node, Declare)}
            return replace(statement, body=_list(body, later | (_mentions((statement,)) - declared)))
        case _:
            return statement


def _mentions(statements: tuple[Statement, ...]) -> frozenset[int]:
    """The locals that statements use, or may before they leave for somewhere else."""
    return frozenset(
        node.local
        for statement in statements
        for node in walk(statement)
        if isinstance(node, LocalPlace | Reallocate)
    )
