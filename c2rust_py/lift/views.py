"""Views as values: what objects are given to hold, and how targets behind references that something holds are looked at.

    p->text = line + 2;      p.text = &line[2..];
    s = t->name;             s = t.name;  s_at = 0;        (`s` moves through what it holds)
    if (e->next) ...         if e.next.is_some() ...
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from c2rust_py.diagnostics import Span
from c2rust_py.infer.demotions import HeldSlot, PointedPointers, PointerSlot
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import (
    HeldRoot,
    IndexStep,
    Resolver,
    Target,
    Template,
    ViewRoot,
    is_data_pointer,
    is_null,
    without_casts,
)
from c2rust_py.infer.views import innermost, pointed_slots
from c2rust_py.ir.nodes import (
    ArrayValue,
    Assign,
    BlockValue,
    Borrow,
    Call,
    Conditional,
    IntConst,
    IsPresent,
    Load,
    LocalPlace,
    Optional,
    Place,
    Statement,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import BOOL, ArrayType, IntType, OptionalType, ReferenceType, Type
from c2rust_py.lift.held_types import HeldTypes
from c2rust_py.lift.positions import Positions
from c2rust_py.lift.shapes import Shapes, viewed_targets


class Rewriter(Protocol):
    """What the rewriting of a function does with the other parts of values."""

    def value(self, value: Value) -> Value: ...

    def place(self, place: Place) -> Place: ...

    def call(self, call: Call) -> Call: ...

    def condition(self, condition: Value) -> Value: ...

    def statements(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]: ...

    def target(self, value: Value) -> Target: ...

    def is_there(self, pointer: Value) -> Value: ...

    def number(self, local: int) -> int: ...

    def index(self, value: Value, template: Template, type: IntType, nullable: bool) -> Value: ...

    def target_place(self, target: Target, span: Span) -> Place: ...


def without_before(target: Target) -> tuple[tuple[Statement, ...], Target]:
    """What has to run before a view is looked behind, and the target then."""
    if not isinstance(target.root, HeldRoot | ViewRoot):
        return (), target
    before = tuple(s for step in target.steps if isinstance(step, IndexStep) for s in step.before)
    steps = tuple(replace(step, before=()) if isinstance(step, IndexStep) else step for step in target.steps)
    return before, replace(target, steps=steps)


@dataclass(frozen=True, slots=True)
class ViewLifter:
    """The views of one function. types: of what holds them."""

    solution: Solution
    shapes: Shapes
    types: HeldTypes
    function: Function
    resolver: Resolver
    positions: Positions
    rewriter: Rewriter

    # ---- locals

    def views(self, local: int) -> bool:
        """Whether a local holds a view."""
        template = self.resolver.templates.get(local)
        return template is not None and template.root == ViewRoot(local)

    def type_of(self, local: int) -> ReferenceType | OptionalType:
        """The type of a local that holds a view."""
        symbol = self.function.symbol
        slice, pointed = self.shapes[PointerSlot(symbol, local)], PointedPointers(symbol, local)
        type = self.types.reference(self.function.locals[local].type, slice, pointed)
        return OptionalType(type) if local in self.resolver.nullable else type

    def param_type(self, symbol: str, param: int) -> ReferenceType:
        """The type of the reference that a parameter of a function becomes."""
        pointer, slice = self.solution.pointed_by(symbol, param), self.shapes[PointerSlot(symbol, param)]
        reference = self.types.reference(pointer, slice, PointedPointers(symbol, param))
        return replace(reference, optional=param in self.solution.optional_params(symbol))

    def is_value_given(self, value: Value) -> Value:
        """Whether the optional parameter that a value is has been given anything."""
        value = without_casts(value)
        assert isinstance(value, Load) and isinstance(value.place, LocalPlace)
        return self.is_param_given(value.place.local)

    def is_param_given(self, param: int) -> Value:
        """Whether an optional parameter has been given anything."""
        span = self.function.locals[param].span
        reference = self.param_type(self.function.symbol, param)
        return IsPresent(Load(LocalPlace(self.rewriter.number(param), reference, span), reference, span), BOOL, span)

    def place_of(self, local: int, span: Span) -> LocalPlace:
        """Such a local."""
        return LocalPlace(local, self.type_of(local), span)

    def is_given(self, local: int, value: Value) -> bool:
        """Whether a value is a new view for a local: not a position in the one that it holds."""
        return self.views(local) and (is_null(value) or self.rewriter.target(value).root != ViewRoot(local))

    def restart(self, local: int, span: Span) -> tuple[Statement, ...]:
        """The position in a view that is new is its start."""
        if self.resolver.templates[local].cursor is None:
            return ()
        type = self.positions.type_of(local)
        return (Assign(self.positions.place(local, span), IntConst(0, type, span), span),)

    # ---- values

    def held(self, slot: HeldSlot, value: Value) -> Value:
        """A pointer, or an array of pointers, as the slot holds it."""
        match value:
            case ArrayValue(runs, type, span):
                lifted = tuple(replace(run, value=self.held(slot, run.value)) for run in runs)
                made = self.types.within(slot, type)
                assert isinstance(made, ArrayType)
                return ArrayValue(lifted, made, span)
            case ZeroValue(ArrayType() as type, span):
                return ZeroValue(self.types.within(slot, type), span)
            case _:
                return self.view(value, self.types.of(slot))

    def view(self, value: Value, type: Type) -> Value:
        """A pointer as a reference of a type, or an option of one."""
        if is_null(value):
            return Optional(None, type, value.span) if isinstance(type, OptionalType) else ZeroValue(type, value.span)
        before, target = without_before(self.rewriter.target(value))
        if before:
            view = self._of_target(value, target, type)
            return BlockValue(self.rewriter.statements(before), view, type, value.span)
        return self._of_target(value, target, type)

    def _of_target(self, value: Value, target: Target, type: Type) -> Value:
        reference = type.inner if isinstance(type, OptionalType) else type
        assert isinstance(reference, ReferenceType)
        if isinstance(type, OptionalType) and self.resolver.may_be_null(value):
            return self._optional(value, target, reference, type)
        loan = self.lend(target, reference, value.span)
        return Optional(loan, type, value.span) if isinstance(type, OptionalType) else loan

    def _optional(self, value: Value, target: Target, reference: ReferenceType, type: OptionalType) -> Value:
        """A view that may be missing: one that something holds as it is, or one from a position that may be missing."""
        span = value.span
        lifted: Place | Call | Conditional | None = None
        match target.root:
            case HeldRoot(Conditional(condition, then, otherwise)) if target.steps == (IndexStep(),):
                branches = self.view(then, type), self.view(otherwise, type)
                return Conditional(self.rewriter.condition(condition), *branches, type, span)
            case HeldRoot(held) if target.steps == (IndexStep(),) and not isinstance(held, Conditional):
                lifted = self.reference(held)
            case ViewRoot(local) if target.template == Template(ViewRoot(local), (0,)):
                lifted = self.place_of(local, span)
            case _:
                pass
        if lifted is not None and lifted.type == type:
            return _read(lifted)
        there, missing = Optional(self.lend(target, reference, span), type, span), Optional(None, type, span)
        return Conditional(self.rewriter.is_there(value), there, missing, type, span)

    def reference(self, held: Load | Call | Conditional, asked: bool = False) -> Place | Call | Conditional:
        """What holds the reference of a target with `HeldRoot`. asked: whether it may be missing is the question."""
        if isinstance(held, Load):
            return self.rewriter.place(held.place)
        if isinstance(held, Call):
            return self.rewriter.call(held)
        targets = viewed_targets(self.resolver, held.then, held.otherwise)
        slice = all(target.steps and isinstance(target.steps[-1], IndexStep) for target in targets)
        pointed = pointed_slots(held, self.function.symbol, self.solution.program)
        reference = self.types.reference(held.type, slice, pointed[0] if pointed else None)
        missing = self.resolver.may_be_null(held) if asked else is_null(held.then) or is_null(held.otherwise)
        type = OptionalType(reference) if missing else reference
        branches = self.view(held.then, type), self.view(held.otherwise, type)
        return Conditional(self.rewriter.condition(held.condition), *branches, type, held.span)

    def lend(self, target: Target, type: ReferenceType, span: Span) -> Value:
        """A reference to what a target names."""
        before, target = without_before(target)
        if before:
            return BlockValue(self.rewriter.statements(before), self.lend(target, type, span), type, span)
        last = target.steps[-1] if target.steps else None
        if not type.is_slice or not isinstance(last, IndexStep):
            return Borrow(self.rewriter.target_place(target, span), None, type, span)
        array = self.rewriter.target_place(replace(target, steps=target.steps[:-1]), span)
        start = None if last.fixed == 0 else self.positions.index(last, span)
        if isinstance(type.target, ArrayType) and is_data_pointer(innermost(type.target)) and isinstance(array.type, ArrayType):
            type = replace(type, target=replace(type.target, element=array.type.element))  # Which may be views.
        return Borrow(array, start, type, span)

    def is_present(self, target: Target, span: Span) -> Value:
        """Whether a target that may be missing is there."""
        match target.root:
            case HeldRoot(held):
                return IsPresent(_read(self.reference(held, asked=True)), BOOL, span)
            case ViewRoot(local):
                return IsPresent(_read(self.place_of(local, span)), BOOL, span)
            case _:
                return self.positions.is_present(target, span)


def _read(reference: Place | Call | Conditional) -> Value:
    """A reference as a value."""
    if isinstance(reference, Call | Conditional):
        return reference
    return Load(reference, reference.type, reference.span)
