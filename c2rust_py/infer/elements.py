"""Which slots are one: what a pointer to pointers leads to is held where it came from.

    int longest(const char **words, int n);          longest(names, 5);          const char **p = words + 1;

What `words` leads to, what `p` does and the elements of `names` are all views, of one type, or all in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from c2rust_py.infer.cursors import referents
from c2rust_py.infer.demotions import RESULT, HeldSlot, PointedPointers
from c2rust_py.infer.pointer_uses import Access, Argument, Flow, Lent, Returned, Use
from c2rust_py.infer.targets import is_null
from c2rust_py.infer.views import Views, leads_to_pointers, pointed_slots
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import same_representation


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
        low = [slot for slot in self.slots if not self._fits(views, slot)]
        if low or not self.sources or len(self.sources) > 1:
            cause = next((slot for slot in low if slot in views.demotions), None)
            yield from ((slot, cause) for slot in self.slots if views.above(slot))

    def _fits(self, views: Views, slot: HeldSlot) -> bool:
        """Whether a slot can be a view of what the others are views of."""
        first = views.pointees.get(self.slots[0])
        return views.above(slot) and first is not None and same_representation(views.pointees[slot], first)

    def missing(self, views: Views) -> list[HeldSlot]:
        """The slots that may be null since another may be."""
        return [] if views.nullable.isdisjoint(self.slots) else [slot for slot in self.slots if slot not in views.nullable]


def element_flow(use: Use, symbol: str, program: Program) -> ElementFlow | None:
    """What a use of a function gives slots of pointers, by way of a pointer to them."""
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
