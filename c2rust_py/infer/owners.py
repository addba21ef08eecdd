"""Which locals can own what they are allocated: the elements are theirs alone, and every pointer to them dies with them.

    int *a = malloc(n * sizeof *a), *end = a + n;          a: Vec<i32>, end: an index into it
    for (...) { char *now = malloc(9); if (last) f(last); last = now; }
                                                           `last` would be an index into the elements of the next round: no owner

An owner's other pointers are positions in it, by its name. So they live inside of its scope, and where it is allocated anew
in a loop, they live inside of one round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from c2rust_py.infer.allocations import Allocation, allocation_of, element_count
from c2rust_py.infer.paths import FLAT_STEP
from c2rust_py.infer.pointer_uses import AllocatesVla, Flow, Use
from c2rust_py.infer.targets import FieldStep, OwnedRoot, ParamRoot, Target, Template
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import AllocateVla, Assign, Declare, DoWhile, For, LocalPlace, Loop, Statement, Value, While
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import ArrayType, PointerType, RecordType, Type
from c2rust_py.ir.walk import child_groups

Scope = tuple[int, ...]
"""The statement lists around a statement, from the function's body on, each by a number; negative is a loop's body."""


@dataclass(frozen=True, slots=True)
class Owners:
    """The locals of a function that allocations are assigned to. allocations: by local, each new block's scope. declared: where
    locals are declared. handed: the calls that give an allocation, by the identity of the value that is assigned. taken: the
    parameters that are given one."""

    allocations: Mapping[int, list[Scope]]
    declared: Mapping[int, Scope]
    handed: AbstractSet[int]
    taken: AbstractSet[int]

    def is_param(self, target: Target) -> bool:
        """Whether a target is in the array that a parameter was given, or given for its own."""
        root = target.root
        given = isinstance(root, ParamRoot) or (isinstance(root, OwnedRoot) and root.local in self.taken)
        return given and not any(isinstance(step, FieldStep) and step != FLAT_STEP for step in target.steps)

    def why_not(self, owner: int, templates: Mapping[int, Template]) -> str | None:
        """What speaks against a local as the owner of what it is allocated; None where nothing does."""
        if templates[owner] != Template(OwnedRoot(owner), (0,)):
            return "it moves away from the start of what was allocated"
        others = [local for local, t in templates.items() if t.root == OwnedRoot(owner) and local != owner]
        if not others:
            return None
        if len(self.allocations[owner]) > 1:
            return "it is allocated in several places, and other pointers point there"
        place = self.allocations[owner][0] if self.allocations[owner] else ()
        loops = [depth for depth, number in enumerate(place) if number < 0]
        around = max(place[: loops[-1] + 1] if loops else (), self.declared.get(owner, ()), key=len)
        for local in (owner, *others):
            if self.declared.get(local, ())[: len(around)] != around:
                return "it is allocated anew while pointers to the old elements are left"
        return None


def allocation(use: Use, layout: Layout) -> tuple[int, Allocation] | None:
    """The local that a use gives an allocation, and what it asks for."""
    match use:
        case Flow(local, value):
            found = allocation_of(value, layout)
        case AllocatesVla(local, size, type):
            count = element_count(size, layout.size_of(type))
            found = None if count is None else Allocation(count)
        case _:
            return None
    return None if found is None else (local, found)


def find_owners(function: Function, layout: Layout, uses: list[Use], handed: AbstractSet[int], taken: AbstractSet[int]) -> Owners:
    """The locals of a function that could own something, and where that matters. handed: the values that are calls
    which give an allocation, by identity. taken: the parameters whose callers give theirs away."""
    given = {use.local for use in uses if isinstance(use, Flow) and id(use.value) in handed}
    given |= {found[0] for use in uses if (found := allocation(use, layout)) is not None}
    candidates = {local for local in given if can_be_owned(function.locals[local].type, layout)}
    finder = _Finder(layout, handed)
    if candidates or taken:
        finder.list(function.body, ())
    allocations = {local: finder.allocations.get(local, []) for local in sorted(candidates)}
    for param in taken:
        allocations[param] = [(), *finder.allocations.get(param, [])]
    return Owners(allocations, finder.declared, handed, taken)


def can_be_owned(type: Type, layout: Layout) -> bool:
    """Whether what a pointer of that type points to has a size of its own."""
    return isinstance(type, PointerType) and not _is_flexible(type, layout) and layout.size_of(type.target) > 0


def _is_flexible(type: PointerType, layout: Layout) -> bool:
    """Whether the objects end in an array that is as long as the allocation says."""
    if not isinstance(type.target, RecordType):
        return False
    fields = layout.records[type.target.id].fields
    return not fields or (isinstance(fields[-1].type, ArrayType) and not fields[-1].type.length)


@dataclass(slots=True)
class _Finder:
    layout: Layout
    handed: AbstractSet[int]
    allocations: dict[int, list[Scope]] = field(default_factory=dict)
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
                    self._given(local, init, scope)
            case Assign(LocalPlace(local), value):
                self._given(local, value, scope)
            case AllocateVla(local):
                self.allocations.setdefault(local, []).append(scope)
            case _:
                pass
        for body in _bodies(node):
            self.lists += 1
            loops = isinstance(node, While | DoWhile | For | Loop)
            self.list(body, (*scope, -self.lists if loops else self.lists))

    def _given(self, local: int, value: Value, scope: Scope) -> None:
        allocation = allocation_of(value, self.layout)
        if id(value) in self.handed or (allocation is not None and allocation.old is None):
            self.allocations.setdefault(local, []).append(scope)


def _bodies(node: object) -> Iterator[tuple[Statement, ...]]:
    """The statement lists inside of a node, those in its values, too."""
    for group in child_groups(node):  # type: ignore[arg-type]
        statements = tuple(child for child in group if isinstance(child, Statement))
        if statements:
            yield statements
        for child in group:
            if not isinstance(child, Statement):
                yield from _bodies(child)
