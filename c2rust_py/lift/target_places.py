"""The places that targets name: a root, and the fields and elements on the way from there.

    p[2] where p is a position in `a`      ->      a[p + 2]
    t->next->n where t is a view           ->      t.next.unwrap().n
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.infer.demotions import (
    ElementPointers,
    FieldSlot,
    GlobalPointers,
)
from c2rust_py.infer.flat_rows import flat_type, unflattened
from c2rust_py.infer.paths import FLAT_STEP
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import (
    FieldStep,
    GlobalRoot,
    HeldRoot,
    IndexStep,
    LiteralRoot,
    LocalRoot,
    ObjectRoot,
    OwnedRoot,
    ParamRoot,
    ResultRoot,
    Target,
    ViewRoot,
)
from c2rust_py.ir.nodes import (
    FLAT,
    Call,
    Conditional,
    FieldPlace,
    GlobalPlace,
    IndexPlace,
    LocalPlace,
    Place,
    ReferentPlace,
    StringPlace,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import (
    ArrayType,
    OptionalType,
    PoolType,
    RecordType,
    ReferenceType,
    Type,
)
from c2rust_py.lift.owners import OwnerLifter
from c2rust_py.lift.positions import Positions
from c2rust_py.lift.views import ViewLifter

Steps = tuple[FieldStep | IndexStep, ...]


@dataclass(frozen=True, slots=True)
class TargetPlaces:
    """The places of one function. number: the number of C's local in the lifted function."""

    solution: Solution
    function: Function
    positions: Positions
    owners: OwnerLifter
    views: ViewLifter
    number: Callable[[int], int]

    def place(self, target: Target, span: Span) -> Place:
        """The place that a target names."""
        steps = target.steps
        match target.root:
            case LocalRoot(local):
                type = self.views.types.within(ElementPointers(self.function.symbol, local), self.function.locals[local].type)
                place: Place = LocalPlace(self.number(local), type, span)
            case GlobalRoot(symbol):
                type = self.views.types.within(GlobalPointers(symbol), self.solution.program.variables[symbol].type)
                place = GlobalPlace(symbol, type, span)
            case ObjectRoot(pool, record, id):
                objects = GlobalPlace(pool, PoolType(record), span)
                place = IndexPlace(objects, self.positions.value(id), record, span)
            case LiteralRoot(data, type):
                place = StringPlace(data, type, span)
            case HeldRoot(held):
                base = self.views.reference(held)
                place, steps = _behind(base, base.type, steps, span)
            case ViewRoot(local):
                viewed = self.views.type_of(local)
                place, steps = _behind(LocalPlace(local, viewed, span), viewed, steps, span)
            case ResultRoot():
                raise AssertionError(f"{span}: a result is no place")
            case OwnedRoot(local):
                owned = self.owners.type_of(local)
                place = ReferentPlace(LocalPlace(self.number(local), owned, span), owned.target, span)
                steps = steps if owned.is_array else _of_one(steps, span)
            case ParamRoot(local):
                reference = self.views.param_type(self.function.symbol, local)
                place = ReferentPlace(LocalPlace(self.number(local), reference, span), reference.target, span)
                steps = steps if reference.is_slice else _of_one(steps, span)
        return self._walked(place, steps, span)

    def _walked(self, place: Place, steps: Steps, span: Span) -> Place:
        """The place at the end of some steps. An element that is known by number is that of its row."""
        for step in unflattened(place.type, steps, self.solution.program):
            if step == FLAT_STEP:
                type = flat_type(place.type)
                assert type is not None, f"{span}: no rows"
                place = FieldPlace(place, FLAT, type, span)
            elif isinstance(step, FieldStep):
                assert isinstance(place.type, RecordType)
                fields = self.solution.program.records[place.type.id].fields
                assert fields is not None
                slot = FieldSlot(place.type.id, step.index)
                if slot in self.solution.fields:
                    place = self.owners.field(place, step.index, fields[step.index].type, span)
                else:
                    place = FieldPlace(place, step.index, self.views.types.within(slot, fields[step.index].type), span)
            else:
                assert isinstance(place.type, ArrayType)
                place = IndexPlace(place, self.positions.index(step, span), place.type.element, span)
        return place


def _behind(base: Place | Call | Conditional, type: Type, steps: Steps, span: Span) -> tuple[Place, Steps]:
    """What a reference that is held points to, and the steps from there."""
    reference = type.inner if isinstance(type, OptionalType) else type
    assert isinstance(reference, ReferenceType)
    return ReferentPlace(base, reference.target, span), steps if reference.is_slice else _of_one(steps, span)


def _of_one(steps: Steps, span: Span) -> Steps:
    """The steps behind a reference to one object, which has no other elements."""
    if not steps:
        return steps
    first = steps[0]
    assert isinstance(first, IndexStep) and first.cursor is None and not first.terms and first.constant == 0, f"{span}: no slice"
    return steps[1:]
