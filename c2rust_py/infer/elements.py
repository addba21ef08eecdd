"""Which slots are one: what a pointer to pointers leads to is held where it came from.

    int longest(const char **words, int n);          longest(names, 5);          const char **p = words + 1;

What `words` leads to, what `p` does and the elements of `names` are all views, of one type, or all in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from c2rust_py.infer.comparators import comparator_of, compared_arguments
from c2rust_py.infer.cursors import referents
from c2rust_py.infer.demotions import RESULT, HeldSlot, PointedPointers
from c2rust_py.infer.library_calls import forms_of
from c2rust_py.infer.pointer_uses import Access, Argument, Flow, Lent, LibraryCall, Returned, Use
from c2rust_py.infer.targets import is_null, without_casts
from c2rust_py.infer.views import Views, leads_to_pointers, pointed_slots
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import VoidType, same_representation


@dataclass(frozen=True, slots=True)
class ElementFlow:
    """A pointer to pointers is given to something. goal: of what it leads to there, None where it is only looked at; sources: of what
    it leads to: none where that is not known."""

    goal: HeldSlot | None
    sources: tuple[HeldSlot, ...]

    @property
    def slots(self) -> tuple[HeldSlot, ...]:
        """All of them: they are one."""
        return self.sources if self.goal is None else (self.goal, *self.sources)

    def in_memory(self, views: Views) -> Iterator[tuple[HeldSlot, HeldSlot | None]]:
        """The slots that cannot be views beside the others, each with the one that it follows from."""
        if self.are_positions(views):
            return
        low = [slot for slot in self.slots if not self._fits(views, slot)]
        if low or not self.sources or len(self.sources) > 1:
            cause = next((slot for slot in low if slot in views.demotions), None)
            yield from ((slot, cause) for slot in self.slots if views.above(slot) or views.holds_positions(slot))

    def are_positions(self, views: Views) -> bool:
        """Whether positions are given to what takes such, or views of what they are of."""
        if len(self.sources) != 1 or self.goal is None or not views.holds_positions(self.sources[0]):
            return False
        if not (views.holds_positions(self.goal) or views.above(self.goal)):
            return False
        return same_representation(views.pointees[self.goal], views.pointees[self.sources[0]])

    def _fits(self, views: Views, slot: HeldSlot) -> bool:
        """Whether a slot can be a view of what the others are views of."""
        first = views.pointees.get(self.slots[0])
        return views.above(slot) and first is not None and same_representation(views.pointees[slot], first)

    def missing(self, views: Views) -> list[HeldSlot]:
        """The slots that may be null since another may be."""
        if self.are_positions(views) and self.goal is not None and views.above(self.goal) and self.sources[0] not in views.nullable:
            return []  # Others may give it null: here it is given none.
        return [] if views.nullable.isdisjoint(self.slots) else [slot for slot in self.slots if slot not in views.nullable]


def element_flows(use: Use, symbol: str, program: Program) -> Iterator[ElementFlow]:
    """What a use of a function gives slots of pointers, by way of pointers to them."""
    if isinstance(use, LibraryCall):
        yield from _compared(use, symbol, program)
    elif (flow := _flow(use, symbol, program)) is not None:
        yield flow


def compared_arrays(use: LibraryCall, program: Program) -> tuple[Function, tuple[int, ...]] | None:
    """The comparator of a call that sorts pointers, and the arguments that point to what its parameters are given."""
    form = next((form for form in forms_of(use.name) if form.callbacks), None)
    comparator = None if form is None or use.call.type != VoidType() else comparator_of(form, use.call, program)
    if form is None or comparator is None or len(comparator.type.params) != 2:
        return None
    return (comparator, compared_arguments(form)) if all(map(leads_to_pointers, comparator.type.params)) else None


def _compared(use: LibraryCall, symbol: str, program: Program) -> Iterator[ElementFlow]:
    found = compared_arrays(use, program)
    for param, argument in () if found is None else enumerate(found[1]):
        assert found is not None
        sources = tuple(pointed_slots(without_casts(use.call.args[argument]), symbol, program))
        yield ElementFlow(PointedPointers(found[0].symbol, param), sources)


def _flow(use: Use, symbol: str, program: Program) -> ElementFlow | None:
    match use:
        case Flow(local, value):
            goal: HeldSlot | None = PointedPointers(symbol, local)
        case Argument(callee=callee, param=param, value=value):
            goal = PointedPointers(callee, param)
        case Returned(value):
            goal = PointedPointers(symbol, RESULT)
        case Lent(callee=callee, param=param, variable=variable):
            return ElementFlow(PointedPointers(callee, referents(program.functions[callee])[param]), (PointedPointers(symbol, variable),))
        case Access(value):
            goal = None
        case _:
            return None
    if is_null(value) or not leads_to_pointers(value.type):
        return None
    sources = tuple(pointed_slots(value, symbol, program))
    return None if goal is None and len(sources) < 2 else ElementFlow(goal, sources)
