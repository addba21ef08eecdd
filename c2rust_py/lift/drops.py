"""Frees and moves. A scope's end drops what its owner has, so a `free` behind which nobody looks at the owner is left out:

    a = vec![0; n]; ...; free(a); return total;      ->      a = vec![0; n]; ...; return total;

Where somebody may look, C may use what it has freed. That has to stop the program at that place, which memory does: such a local is
no owner. What is handed over is gone, too: C may still use its own pointer to it, a local of Rust's that was moved cannot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from c2rust_py.ir.nodes import (
    Assign,
    Block,
    BlockValue,
    Break,
    Continue,
    Declare,
    DoWhile,
    Evaluate,
    For,
    If,
    IntConst,
    Labelled,
    Load,
    LocalPlace,
    Loop,
    Match,
    Reallocate,
    Return,
    Statement,
    While,
)
from c2rust_py.ir.program import Function, LocalKind
from c2rust_py.ir.types import OwnedType
from c2rust_py.ir.walk import Node, children, walk, walk_all

Locals = frozenset[int]


def leave_to_scopes(function: Function) -> tuple[Function, frozenset[int]]:
    """The function without the frees that its scopes do, and the owners that may be used behind one, or behind a move."""
    if not any(isinstance(local.type, OwnedType) for local in function.locals):
        return function, frozenset()
    mentions = Counter(part.local for part in walk_all(function.body) if isinstance(part, LocalPlace | Reallocate))
    params = (local for local in function.locals if local.kind is LocalKind.PARAM and mentions[local.id] == 1)
    liveness = _Liveness({param.id: param.type for param in params if isinstance(param.type, OwnedType)})
    body, _ = liveness.list(function.body, frozenset())
    return replace(function, body=body), frozenset(liveness.used_gone)


@dataclass(slots=True)
class _Liveness:
    """Follows backwards which locals are used later. freed_only: parameters that the function does nothing with but free them.
    used_gone: the owners that are used behind a free or a move. targets: what is used behind a jump, by the jump's kind and label."""

    freed_only: dict[int, OwnedType]
    used_gone: set[int] = field(default_factory=set)
    targets: dict[tuple[type, str], Locals] = field(default_factory=dict)

    def list(self, body: tuple[Statement, ...], later: Locals) -> tuple[tuple[Statement, ...], Locals]:
        """The statements, and the locals that are used from their start on, where `later` are behind their end."""
        kept: list[Statement] = []
        for statement in reversed(body):
            made, later = self.statement(statement, later)
            if made is not None:
                kept.append(made)
        return tuple(reversed(kept)), later

    def statement(self, statement: Statement, later: Locals) -> tuple[Statement | None, Locals]:
        match statement:
            case Evaluate(Reallocate(local, IntConst(0)), span):
                if local in later:
                    self.used_gone.add(local)
                type = self.freed_only.get(local)
                drop = None if type is None else Evaluate(Load(LocalPlace(local, type, span), type, span), span)
                return drop, later | {local}
            case Assign(LocalPlace(local), value):
                return statement, self.simple(value, later - {local})
            case Declare(local, init):
                return statement, later - {local} if init is None else self.simple(init, later - {local})
            case Return(value):
                return statement, frozenset() if value is None else self.simple(value, frozenset())
            case Break(label):
                return statement, self.targets[Break, label]
            case Continue(label):
                return statement, self.targets[Continue, label]
            case _:
                return self.inside(statement, later)

    def simple(self, node: Node, later: Locals) -> Locals:
        """What is used from a node on that has no statements in a row: where it moves an owner, that is its only use of it."""
        mentions = Counter(_mentioned(node))
        for local in _moved(node):
            if local in later or mentions[local] > 1:
                self.used_gone.add(local)
        for part in walk(node):
            if isinstance(part, BlockValue):
                self.used_gone.update(local for inner in part.body for local in _moved(inner))
        return later | frozenset(mentions)

    def inside(self, statement: Statement, later: Locals) -> tuple[Statement, Locals]:
        match statement:
            case Block(body):
                made, before = self.list(body, later)
                return replace(statement, body=made), before
            case Labelled(label, body):
                self.targets[Break, label] = later
                made, before = self.list(body, later)
                return replace(statement, body=made), before
            case If(condition, then, otherwise):
                first, in_first = self.list(then, later)
                second, in_second = self.list(otherwise, later)
                return replace(statement, then=first, otherwise=second), self.simple(condition, in_first | in_second)
            case Match(label, value, arms):
                self.targets[Break, label] = later
                bodies = [self.list(arm.body, later) for arm in arms]
                changed = tuple(replace(arm, body=body) for arm, (body, _) in zip(arms, bodies, strict=True))
                before = later.union(*(live for _, live in bodies))
                return replace(statement, arms=changed), self.simple(value, before)
            case While() | DoWhile() | For() | Loop():
                return self.loop(statement, later)
            case _:
                return statement, self.simple(statement, later)

    def loop(self, loop: While | DoWhile | For | Loop, later: Locals) -> tuple[Statement, Locals]:
        """What a round uses, the next one may use, too."""
        body = {id(statement) for statement in loop.body}
        around = [part for part in children(loop) if id(part) not in body]
        others = frozenset(local for part in around for local in _mentioned(part))
        again: Locals = frozenset()
        for live in (later | others, later | others | again):
            self.targets[Break, loop.label], self.targets[Continue, loop.label] = later, live
            first = _Liveness({}, targets=dict(self.targets))
            again |= first.list(loop.body, live)[1]
        live = later | others | again
        self.targets[Break, loop.label], self.targets[Continue, loop.label] = later, live
        for part in around:
            self.simple(part, live)
        made, before = self.list(loop.body, live)
        return replace(loop, body=made), before | live


def _mentioned(node: Node) -> Iterator[int]:
    """The locals that are used in a node, each as often as it is."""
    return (part.local for part in walk(node) if isinstance(part, LocalPlace | Reallocate))


def _moved(node: Node) -> Iterator[int]:
    """The owners that are moved out of their locals in a node."""
    for part in walk(node):
        match part:
            case Load(LocalPlace(local, OwnedType())):
                yield local
            case _:
                pass
