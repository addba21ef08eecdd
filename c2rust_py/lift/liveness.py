"""Which locals are used later: follows a function backwards, to where jumps go, and round its loops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from c2rust_py.ir.nodes import (
    Assign,
    Block,
    Break,
    Continue,
    Declare,
    DoWhile,
    For,
    If,
    Labelled,
    LocalPlace,
    Loop,
    Match,
    Return,
    Statement,
    While,
)
from c2rust_py.ir.walk import Node, children, walk

Locals = frozenset[int]


def mentions(node: Node) -> Locals:
    """The locals that are named in a node."""
    return frozenset(part.local for part in walk(node) if isinstance(part, LocalPlace))


@dataclass(slots=True)
class Liveness:
    """visit: is called with each node that has no statements in a row (a statement, or a value that one computes), and with the
    locals that are used behind it. targets: what is used behind a jump, by the jump's kind and label."""

    visit: Callable[[Node, Locals], None]
    targets: dict[tuple[type, str], Locals] = field(default_factory=dict)

    def list(self, body: tuple[Statement, ...], later: Locals) -> Locals:
        """The locals that are used from the start of the statements on, where `later` are behind their end."""
        for statement in reversed(body):
            later = self.statement(statement, later)
        return later

    def statement(self, statement: Statement, later: Locals) -> Locals:
        match statement:
            case Assign(LocalPlace(local), value):
                return self.simple(value, later - {local})
            case Declare(local, init):
                return later - {local} if init is None else self.simple(init, later - {local})
            case Return(value):
                return frozenset() if value is None else self.simple(value, frozenset())
            case Break(label):
                return self.targets[Break, label]
            case Continue(label):
                return self.targets[Continue, label]
            case Block(body):
                return self.list(body, later)
            case Labelled(label, body):
                self.targets[Break, label] = later
                return self.list(body, later)
            case If(condition, then, otherwise):
                return self.simple(condition, self.list(then, later) | self.list(otherwise, later))
            case Match(label, value, arms):
                self.targets[Break, label] = later
                return self.simple(value, later.union(*(self.list(arm.body, later) for arm in arms)))
            case While() | DoWhile() | For() | Loop():
                return self.loop(statement, later)
            case _:
                return self.simple(statement, later)

    def simple(self, node: Node, later: Locals) -> Locals:
        self.visit(node, later)
        return later | self.uses(node)

    def uses(self, node: Node) -> Locals:
        """What a node uses of what was there before."""
        return mentions(node) - {part.local for part in walk(node) if isinstance(part, Declare)}

    def loop(self, loop: While | DoWhile | For | Loop, later: Locals) -> Locals:
        """What a round uses, the next one may use, too."""
        start = loop.init if isinstance(loop, For) else ()
        apart = {id(statement) for statement in (*start, *loop.body)}
        around = [part for part in children(loop) if id(part) not in apart]
        live = later.union(*map(self.uses, around))
        for _ in range(2):
            self.targets[Break, loop.label], self.targets[Continue, loop.label] = later, live
            live |= replace(self, visit=_look_away, targets=dict(self.targets)).list(loop.body, live)
        self.targets[Break, loop.label], self.targets[Continue, loop.label] = later, live
        for part in around:
            self.simple(part, live)
        return self.list(start, self.list(loop.body, live) | live)


def _look_away(node: Node, later: Locals) -> None:
    """The first walks round a loop only find out what is used."""
