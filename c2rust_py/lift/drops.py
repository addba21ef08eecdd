"""Frees and moves. A scope's end drops what its owner has, so a `free` behind which nobody looks at the owner is left out:

    a = vec![0; n]; ...; free(a); return total;      ->      a = vec![0; n]; ...; return total;

Where somebody may look, C may use what it has freed. That has to stop the program at that place, which memory does: such a local is
no owner. What is handed over is gone, too: C may still use its own pointer to it, a local of Rust's that was moved cannot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from c2rust_py.infer.places import root_of
from c2rust_py.ir.nodes import (
    Allocate,
    Arm,
    Assign,
    BlockValue,
    Evaluate,
    FieldPlace,
    GlobalPlace,
    IndexPlace,
    IntConst,
    Load,
    LocalPlace,
    Reallocate,
    Remove,
    Statement,
)
from c2rust_py.ir.program import Function, LocalKind
from c2rust_py.ir.types import OwnedType, RecordType
from c2rust_py.ir.walk import Node, map_children, walk, walk_all
from c2rust_py.lift.liveness import Liveness, Locals

N = TypeVar("N", bound=Node)


def leave_to_scopes(function: Function) -> tuple[Function, frozenset[int]]:
    """The function without the frees that its scopes do, and the owners that may be used behind one, or behind a move."""
    function = replace(function, body=_without_removed(function.body))
    if not any(isinstance(local.type, OwnedType | RecordType) for local in function.locals):
        return function, frozenset()
    ends = _Ends()
    Liveness(ends.visit).list(function.body, frozenset())
    params = frozenset(local.id for local in function.locals if local.kind is LocalKind.PARAM)
    body = _without_frees(function.body, params, frozenset(ends.last))
    used = Counter(part.local for part in walk_all(body) if isinstance(part, LocalPlace))
    body = _without_drops(body, frozenset(local for local, times in used.items() if times > 1))
    return replace(function, body=body), frozenset(ends.used_gone)


@dataclass(slots=True)
class _Ends:
    """used_gone: the owners that are used behind a free or a move. last: frees of members behind which nobody looks at the
    struct, by identity."""

    used_gone: set[int] = field(default_factory=set)
    last: set[int] = field(default_factory=set)

    def visit(self, node: Node, later: Locals) -> None:
        freed = _freed(node)
        if freed is not None and freed in later:
            self.used_gone.add(freed)
        if _freed_member(node) not in (None, *later):
            self.last.add(id(node))
        times = Counter(part.local for part in walk(node) if isinstance(part, LocalPlace))
        self.used_gone.update(local for local in _moved(node) if local in later or times[local] > 1)
        for part in walk(node):
            if isinstance(part, BlockValue):
                self.used_gone.update(local for inner in part.body for local in _moved(inner))


def _freed(node: Node) -> int | None:
    """The owner that a statement frees."""
    match node:
        case Evaluate(Reallocate(LocalPlace(local), IntConst(0))):
            return local
        case _:
            return None


def _freed_member(node: Node) -> int | None:
    """The local of a struct of which a statement frees a member."""
    match node:
        case Assign(FieldPlace() as place, Allocate(IntConst(0))):
            root = root_of(place)
            return root.local if isinstance(root, LocalPlace) and isinstance(root.type, OwnedType | RecordType) else None
        case _:
            return None


def _moved(node: Node) -> Iterator[int]:
    """The owners that are moved out of their locals in a node."""
    for part in walk(node):
        match part:
            case Load(LocalPlace(local, OwnedType())):
                yield local
            case _:
                pass


def _without_frees(body: tuple[Statement, ...], params: Locals, last: frozenset[int]) -> tuple[Statement, ...]:
    """Frees of parameters become drops. What is freed in front of its struct goes with that."""
    kept: list[Statement] = []
    for statement in body:
        freed = _freed(statement)
        if freed is not None:
            while kept and _freed_member(kept[-1]) == freed:
                kept.pop()
            if freed in params:
                kept.append(_drop(statement))
        elif id(statement) not in last:
            kept.append(_with_lists(statement, partial(_without_frees, params=params, last=last)))
    return tuple(kept)


def _without_removed(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Without frees of members directly in front of the removal of their object from its arena: those go with it."""
    kept: list[Statement] = []
    for statement in body:
        while kept and _is_freed_with(kept[-1], statement):
            kept.pop()
        kept.append(_with_lists(statement, _without_removed))
    return tuple(kept)


def _is_freed_with(free: Statement, statement: Statement) -> bool:
    match free, statement:
        case (
            Assign(FieldPlace(IndexPlace(GlobalPlace(pool), Load(LocalPlace(freed) | GlobalPlace(freed)))), Allocate(IntConst(0))),
            Evaluate(Remove(GlobalPlace(removed_from), Load(LocalPlace(removed) | GlobalPlace(removed)))),
        ):
            return (pool, freed) == (removed_from, removed)
        case _:
            return False


def _drop(free: Statement) -> Statement:
    assert isinstance(free, Evaluate) and isinstance(free.value, Reallocate)
    place = free.value.place
    return Evaluate(Load(place, place.type, free.span), free.span)


def _without_drops(body: tuple[Statement, ...], used: Locals) -> tuple[Statement, ...]:
    """Without drops of what is used elsewhere in the function: its scope does these."""
    return tuple(
        _with_lists(statement, partial(_without_drops, used=used))
        for statement in body
        if not _is_drop(statement, used)
    )


def _is_drop(statement: Statement, used: Locals) -> bool:
    match statement:
        case Evaluate(Load(LocalPlace(local, OwnedType()))):
            return local in used
        case _:
            return False


def _with_lists(node: N, change: Callable[[tuple[Statement, ...]], tuple[Statement, ...]]) -> N:
    """The statement, or the arm of one, with the lists of statements in it changed. Values stay the nodes that they are: calls are
    known by identity."""
    return map_children(node, lambda child: _with_lists(child, change) if isinstance(child, Arm) else child, change)
