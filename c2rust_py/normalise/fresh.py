"""New labels and temporaries for the function that a rewrite works on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from c2rust_py.diagnostics import Span
from c2rust_py.ir.nodes import CatchJump, DoWhile, For, Label, Labelled, Loop, Match, Statement, Switch, While
from c2rust_py.ir.program import Function, Local, LocalKind
from c2rust_py.ir.types import Type
from c2rust_py.ir.walk import walk_all


@dataclass(slots=True)
class Fresh:
    """Hands out labels and locals that a function does not have yet."""

    labels: set[str]
    """All labels in use: of loops and blocks, and C's."""
    locals: list[Local]

    @classmethod
    def of(cls, function: Function) -> Fresh:
        """The supply for `function` as it stands."""
        labels: set[str] = set()
        for node in walk_all(function.body):
            match node:
                case (
                    While(label)
                    | DoWhile(label)
                    | For(label)
                    | Loop(label)
                    | Labelled(label)
                    | Match(label)
                    | Switch(label)
                    | CatchJump(label)
                    | Label(label)
                ):
                    labels.add(label)
                case _:
                    pass
        return cls(labels, list(function.locals))

    def label(self, hint: str) -> str:
        """A label that reads like `hint`."""
        name = hint
        number = 2
        while name in self.labels:
            name = f"{hint}_{number}"
            number += 1
        self.labels.add(name)
        return name

    def local(self, name: str, type: Type, span: Span) -> int:
        """The id of a new temporary, which is yet to be declared."""
        id = len(self.locals)
        self.locals.append(Local(id, name, type, LocalKind.TEMPORARY, span))
        return id

    def finish(self, function: Function, body: tuple[Statement, ...]) -> Function:
        """`function` with a new body and all locals handed out."""
        return replace(function, body=body, locals=tuple(self.locals))
