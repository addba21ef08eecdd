"""Arrays of positions (`infer.held_positions`): what they are given, and the views that they are lent as.

    fields[n] = p;          fields[n] = p;                  (`p` is a position in `line`)
    show(fields, n);        show(&fields.map(|at| &line[at..]), n);
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.demotions import HeldSlot, PointedPointers
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import IndexStep, Resolver, Target
from c2rust_py.infer.views import pointed_slots
from c2rust_py.ir.nodes import ArrayValue, Borrow, Builtin, Value, ZeroValue
from c2rust_py.ir.types import USIZE, Access, ArrayType, OptionalType, ReferenceType
from c2rust_py.lift.views import Rewriter, ViewLifter


@dataclass(frozen=True, slots=True)
class HeldPositions:
    """Those of one function."""

    solution: Solution
    symbol: str
    resolver: Resolver
    views: ViewLifter
    rewriter: Rewriter

    def position(self, slot: HeldSlot, value: Value) -> Value:
        """What an element is given."""
        return self.rewriter.index(value, self.resolver.held[slot], USIZE, slot in self.solution.views.nullable)

    def array(self, slot: HeldSlot, value: ArrayValue | ZeroValue) -> Value:
        """What an array is given."""
        type = self.views.types.within(slot, value.type)
        assert isinstance(type, ArrayType)
        if isinstance(value, ZeroValue):
            return replace(value, type=type)
        runs = tuple(replace(run, value=self.position(slot, run.value)) for run in value.runs)
        return replace(value, runs=runs, type=type)

    def lent_as_views(self, callee: str, position: int, arg: Value) -> Value | None:
        """An array of positions for a parameter that leads to views; None for another argument."""
        goal, views = PointedPointers(callee, position), self.solution.views
        slots = pointed_slots(arg, self.symbol, self.solution.program)
        if len(slots) != 1 or not views.holds_positions(slots[0]) or views.holds_positions(goal):
            return None
        type, span = self.views.param_type(callee, position), arg.span
        array = self.rewriter.target(arg)
        last = array.steps[-1]
        assert isinstance(last, IndexStep)
        place = self.rewriter.target_place(replace(array, steps=array.steps[:-1]), span)
        assert isinstance(place.type, ArrayType)
        positions = Borrow(place, None, ReferenceType(ArrayType(place.type.element, None), Access.SHARED), span)
        start: tuple[Value, ...] = () if last.fixed == 0 and type.is_slice else (self.views.positions.index(last, span),)
        return Builtin("views_of", (positions, self._base(slots[0], goal, span), *start), type, span)

    def _base(self, slot: HeldSlot, goal: HeldSlot, span: Span) -> Borrow:
        """What the positions are of. A view of one object is of one that is an element."""
        template, view = self.resolver.held[slot], self.views.types.of(goal)
        target = template.at(IndexStep())
        place = self.rewriter.target_place(Target(target.root, target.steps[:-1]), span)
        assert isinstance(place.type, ArrayType)
        reference = view.inner if isinstance(view, OptionalType) else view
        assert isinstance(reference, ReferenceType)
        return Borrow(place, None, ReferenceType(ArrayType(place.type.element, None), Access.SHARED), span)
