"""Arrays of views are in memory where what they lead to is written while they still hold it: Rust would refuse that.

    const char *starts[2] = { buffer, buffer + 3 };   buffer[0] = 'X';   puts(starts[0]);
    fields[n++] = p;   *p = 0;                                           // the caller of the function has `fields`

By the order of the text, and by loops: what else Rust refuses the referee takes down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from c2rust_py.diagnostics import Span
from c2rust_py.infer.demotions import ElementPointers, PointedPointers, Reason
from c2rust_py.infer.held_positions import find_positional
from c2rust_py.infer.places import is_viewed, root_of
from c2rust_py.infer.solution import Solution
from c2rust_py.ir.nodes import (
    ArrayValue,
    Assign,
    BlockValue,
    Borrow,
    Conditional,
    Declare,
    DoWhile,
    For,
    IndexPlace,
    LocalPlace,
    Loop,
    Optional,
    Overflowing,
    Place,
    ReferentPlace,
    Value,
    While,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import Access, ArrayType
from c2rust_py.ir.walk import Node, children

Loops = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Moment:
    """A place in the text of a function, and the loops around it."""

    order: int
    loops: Loops


@dataclass(frozen=True, slots=True)
class _Hold:
    """An array is given a view of a local. holder: the array; None where it is the caller's."""

    slot: ElementPointers | PointedPointers
    holder: int | None
    local: int
    moment: _Moment


def find_held_writes(program: Program, c_local: Callable[[str, int], int], solution: Solution) -> bool:
    """Has such arrays hold positions in a lifted program where that can be (`infer.held_positions`), or demotes them; whether there was
    any. c_local: the number of a local of a function in C."""
    demotions = solution.demotions
    found = False
    for symbol, function in program.functions.items():
        reader = _Reader(function, partial(c_local, symbol))
        for statement in function.body:
            reader.read(statement, ())
        for slot, span in reader.conflicts():
            positional = find_positional(solution.program, slot)
            if positional is not None and not positional <= demotions.positional:
                demotions.positional |= positional
                found = True
            elif slot not in demotions.positional:
                found |= demotions.add(slot, Reason("what it leads to is written while it is held", span))
    return found


@dataclass(slots=True)
class _Reader:
    """Reads one function. declared: the loops around each local's declaration; mentions: where it is named."""

    function: Function
    c_local: Callable[[int], int]
    order: int = 0
    holds: list[_Hold] = field(default_factory=list)
    writes: list[tuple[int, _Moment, Span]] = field(default_factory=list)
    mentions: dict[int, list[_Moment]] = field(default_factory=dict)
    declared: dict[int, Loops] = field(default_factory=dict)

    def read(self, node: Node, loops: Loops) -> None:
        self.order += 1
        moment = _Moment(self.order, loops)
        match node:
            case LocalPlace(local):
                self.mentions.setdefault(local, []).append(moment)
            case Declare(local, init):
                self.declared[local] = loops
                if init is not None and isinstance(init.type, ArrayType):
                    self._hold(LocalPlace(local, init.type, node.span), init, moment)
            case Assign(place, value, span):
                self._hold(place, value, moment)
                self._write(place, moment, span)
            case Overflowing(result=place):
                self._write(place, moment, node.span)
            case Borrow(place) if node.type.access is Access.MUTABLE:
                self._write(place, moment, node.span)
            case _:
                pass
        inner = (*loops, self.order) if isinstance(node, While | DoWhile | For | Loop) else loops
        for child in children(node):
            self.read(child, inner)

    def _hold(self, place: Place, value: Value, moment: _Moment) -> None:
        while isinstance(place, IndexPlace):
            place = place.base
        match place:
            case LocalPlace(holder, ArrayType()):
                slot: ElementPointers | PointedPointers = ElementPointers(self.function.symbol, self.c_local(holder))
                inside: int | None = holder
            case ReferentPlace(LocalPlace(param)):
                slot, inside = PointedPointers(self.function.symbol, self.c_local(param)), None
            case _:
                return
        for lent in _lent(value):
            root = root_of(lent)
            if isinstance(root, LocalPlace) and not is_viewed(lent):
                self.holds.append(_Hold(slot, inside, root.local, moment))

    def _write(self, place: Place, moment: _Moment, span: Span) -> None:
        root = root_of(place)
        if isinstance(root, LocalPlace) and not is_viewed(place):
            self.writes.append((root.local, moment, span))

    def conflicts(self) -> Iterator[tuple[ElementPointers | PointedPointers, Span]]:
        """The arrays that hold what is written, each with where it is."""
        for hold in self.holds:
            for local, moment, span in self.writes:
                if local == hold.local and local != hold.holder and self._meets(hold, moment):
                    yield hold.slot, span
                    break

    def _meets(self, hold: _Hold, write: _Moment) -> bool:
        """Whether the array holds it when it is written, and is looked at again."""
        if not self._may_follow(hold.holder, hold.moment, write):
            return False
        later = self.mentions.get(hold.holder, []) if hold.holder is not None else []
        return hold.holder is None or any(self._may_follow(hold.holder, write, mention) for mention in later)

    def _may_follow(self, holder: int | None, first: _Moment, second: _Moment) -> bool:
        """Whether the second can run behind the first while the array is the same."""
        if second.order > first.order:
            return True
        around = () if holder is None else self.declared.get(holder, ())
        shared = [loop for loop in first.loops if loop in second.loops]
        return any(loop not in around for loop in shared)


def _lent(value: Value) -> Iterator[Place]:
    """The places that a value has references to."""
    match value:
        case Borrow(place):
            yield place
        case Optional(inner) | BlockValue(_, inner) if inner is not None:
            yield from _lent(inner)
        case Conditional(_, then, otherwise):
            yield from _lent(then)
            yield from _lent(otherwise)
        case ArrayValue(runs):
            for run in runs:
                yield from _lent(run.value)
        case _:
            pass
