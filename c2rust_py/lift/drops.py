"""Frees. A scope's end drops what its owner has, so a `free` behind which nobody looks at the owner is left out:

    a = vec![0; n]; ...; free(a); return total;      ->      a = vec![0; n]; ...; return total;

Where somebody may look, C may use what it has freed. That has to stop the program at that place, which memory does: such a local is
no owner.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from c2rust_py.ir.nodes import (
    Assign,
    Block,
    Declare,
    DoWhile,
    Evaluate,
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
from c2rust_py.ir.walk import Node, children, walk

Locals = frozenset[int]


def leave_to_scopes(function: Function) -> tuple[Function, frozenset[int]]:
    """The function without the frees that its scopes do, and the owners that may be used behind one."""
    if not any(isinstance(local.type, OwnedType) for local in function.locals):
        return function, frozenset()
    liveness = _Liveness()
    body, _ = liveness.list(function.body, frozenset())
    return replace(function, body=body), frozenset(liveness.used_freed)


@dataclass(slots=True)
class _Liveness:
    """Follows backwards which locals are used later. used_freed: those that are, behind a free."""

    used_freed: set[int] = field(default_factory=set)

    def list(self, body: tuple[Statement, ...], later: Locals) -> tuple[tuple[Statement, ...], Locals]:
        """The statements, and the locals that are used from their start on, where `later` are behind their end."""
        kept: list[Statement] = []
        for statement in reversed(body):
            match statement:
                case Evaluate(Reallocate(local, IntConst(0))):
                    if local in later:
                        self.used_freed.add(local)
                    later = later | {local}
                    continue
                case Assign(LocalPlace(local), value):
                    later = (later - {local}) | _mentions(value)
                case Declare(local, init):
                    later = later - {local} if init is None else (later - {local}) | _mentions(init)
                case Return():
                    later = _mentions(statement)
                case _:
                    statement, later = self.inside(statement, later)
            kept.append(statement)
        return tuple(reversed(kept)), later

    def inside(self, statement: Statement, later: Locals) -> tuple[Statement, Locals]:
        match statement:
            case Block(body) | Labelled(_, body):
                made, before = self.list(body, later)
                return replace(statement, body=made), before | later
            case If(condition, then, otherwise):
                first, in_first = self.list(then, later)
                second, in_second = self.list(otherwise, later)
                return replace(statement, then=first, otherwise=second), in_first | in_second | _mentions(condition)
            case While(body=body) | DoWhile(body=body) | For(body=body) | Loop(body=body):
                others = _mentions_around(statement)
                _, again = _Liveness().list(body, later | others)
                made, before = self.list(body, later | others | again)
                return replace(statement, body=made), before | later | others | again
            case _:
                return statement, later | _mentions(statement)


def _mentions(node: Node) -> Locals:
    """The locals that are used in a node."""
    return frozenset(part.local for part in walk(node) if isinstance(part, LocalPlace | Reallocate))


def _mentions_around(loop: While | DoWhile | For | Loop) -> Locals:
    """The locals that a loop uses outside of its body."""
    body = {id(statement) for statement in loop.body}
    return frozenset(local for part in children(loop) if id(part) not in body for local in _mentions(part))
