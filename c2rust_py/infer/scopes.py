"""Where in a function its pointer locals are declared and given values from elsewhere.

    const char *s = t->name, *end = s;          s: given once, so `end` can be a position in what `s` holds
    while (*end) end++;
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from c2rust_py.infer.ends import stored_ends
from c2rust_py.infer.targets import is_data_pointer
from c2rust_py.ir.nodes import (
    Assign,
    BlockValue,
    Convert,
    Declare,
    DoWhile,
    For,
    Load,
    LocalPlace,
    Loop,
    PointerAdd,
    Statement,
    Value,
    While,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import Node, child_groups, children

Scope = tuple[int, ...]
"""The statement lists around a statement, from the function's body on, each by a number; negative is a loop's body."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """given: by pointer local, the scope of each value that is not derived from the local itself. declared: of all locals."""

    given: Mapping[int, list[Scope]]
    declared: Mapping[int, Scope]

    def outlives(self, local: int, other: int) -> bool:
        """Whether `other` can be a position in what `local` holds: that is given once, or once in each round of a loop which
        `other` does not outlive."""
        given = self.given.get(local, [])
        if len(given) != 1:
            return False
        loops = [depth for depth, number in enumerate(given[0]) if number < 0]
        around = max(given[0][: loops[-1] + 1] if loops else (), self.declared.get(local, ()), key=len)
        return all(self.declared.get(one, ())[: len(around)] == around for one in (local, other))

    def contains(self, object: int, other: int) -> bool:
        """Whether an object is there as long as another local is."""
        around = self.declared.get(object, ())
        return self.declared.get(other, ())[: len(around)] == around


def find_scopes(function: Function) -> Scopes:
    """The scopes of a function's locals."""
    finder = _Finder(function)
    finder.list(function.body, ())
    return Scopes(finder.given, finder.declared)


@dataclass(slots=True)
class _Finder:
    function: Function
    given: dict[int, list[Scope]] = field(default_factory=dict)
    declared: dict[int, Scope] = field(default_factory=dict)
    lists: int = 0

    def list(self, body: tuple[Statement, ...], scope: Scope) -> None:
        for statement in body:
            self.statement(statement, scope)

    def statement(self, node: Statement, scope: Scope) -> None:
        match node:
            case Declare(local, init):
                self.declared[local] = scope
                if init is not None:
                    self._give(local, init, scope)
            case Assign(LocalPlace(local), value):
                self._give(local, value, scope)
            case _:
                pass
        for part in children(node):
            for end in () if isinstance(part, Statement) else stored_ends(part, {}):
                if isinstance(end.place, LocalPlace):
                    self._give(end.place.local, end.value, scope)
        for body in _bodies(node):
            self.lists += 1
            loops = isinstance(node, While | DoWhile | For | Loop)
            self.list(body, (*scope, -self.lists if loops else self.lists))

    def _give(self, local: int, value: Value, scope: Scope) -> None:
        if is_data_pointer(value.type) and _derived_from(value) != local:
            self.given.setdefault(local, []).append(scope)


def _derived_from(value: Value) -> int | None:
    """The local that a pointer is computed from by moving it."""
    match value:
        case Load(LocalPlace(local)):
            return local
        case PointerAdd(pointer) | Convert(pointer) | BlockValue(_, pointer) if pointer is not None:
            return _derived_from(pointer)
        case _:
            return None


def _bodies(node: Node) -> Iterator[tuple[Statement, ...]]:
    """The statement lists inside of a node, those in its values, too."""
    for group in child_groups(node):
        statements = tuple(child for child in group if isinstance(child, Statement))
        if statements:
            yield statements
        for child in group:
            if not isinstance(child, Statement):
                yield from _bodies(child)
