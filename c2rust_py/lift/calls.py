"""Calls of the program's functions: which instance they are of, and what it is given for C's pointers.

    f(a + 2, n)         ->      f(&mut a[2..], n)
    next(&p)            ->      next(&a, &mut p)            `p` is a position in `a`
    scan(begin, end)    ->      scan(&a, begin, end)        positions in one array
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from c2rust_py.infer.bounds import given_array, given_positions
from c2rust_py.infer.cursors import lent_variable
from c2rust_py.infer.demotions import (
    RESULT,
    PointedPointers,
    PointerSlot,
    ResultSlot,
)
from c2rust_py.infer.optional_params import unless_null
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import (
    IndexStep,
    Resolver,
    ResultRoot,
    is_null,
)
from c2rust_py.ir.nodes import (
    Borrow,
    Call,
    FunctionRef,
    Logical,
    LogicalOp,
    Not,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import (
    INT,
    USIZE,
    Access,
    OptionalType,
    ReferenceType,
    Type,
    VoidType,
)
from c2rust_py.lift.groups import GroupForm
from c2rust_py.lift.held_positions import HeldPositions
from c2rust_py.lift.held_types import HeldTypes
from c2rust_py.lift.owners import OwnerLifter, owned_type
from c2rust_py.lift.positions import Positions
from c2rust_py.lift.shapes import Shapes
from c2rust_py.lift.views import Rewriter, ViewLifter


def result_type(solution: Solution, shapes: Shapes, symbol: str) -> Type | None:
    """The type of what a function's result becomes, a position, an owner or a view; None where the result is as in C."""
    result = solution.results.get(symbol)
    if result is None:
        return None
    pointer = solution.program.functions[symbol].type.result
    if result.owned:
        return owned_type(pointer, shapes[ResultSlot(symbol)])
    if result.template.root == ResultRoot(symbol):
        types = HeldTypes(solution.program, solution.views, shapes)
        type = types.reference(pointer, shapes[ResultSlot(symbol)], PointedPointers(symbol, RESULT))
        return OptionalType(type) if result.nullable else type
    if result.template.cursor is None:
        return VoidType()
    return OptionalType(USIZE) if result.nullable else USIZE


@dataclass(slots=True)
class CallLifter:
    """The calls in one function. origins: the identity of each call with a lifted callee before, by that of the new node."""

    solution: Solution
    shapes: Shapes
    forms: Mapping[str, GroupForm]
    function: Function
    resolver: Resolver
    positions: Positions
    owners: OwnerLifter
    views: ViewLifter
    rewriter: Rewriter
    origins: dict[int, int] = field(default_factory=dict)
    held: HeldPositions = field(init=False)

    def call(self, call: Call) -> Call:
        instance: str | None = None
        known, call = call, self.solution.wrapped.get(id(call), call)
        function = call.function
        if not isinstance(function, FunctionRef):
            function = self.rewriter.value(function)
        elif function.symbol in self.solution.program.functions:
            instance = self.solution.callee(self.function.symbol, call, function.symbol)
            function = replace(function, symbol=instance)
        args = tuple(made for position, arg in enumerate(call.args) for made in self._arguments(instance, position, arg))
        if instance is not None and instance in self.forms:
            args = self._group_arguments(call, self.forms[instance], args)
        result = None if instance is None else result_type(self.solution, self.shapes, instance)
        made = replace(call, function=function, args=args, type=call.type if result is None else result)
        if instance is not None:
            self.origins[id(made)] = id(known)
        return made

    def _group_arguments(self, call: Call, form: GroupForm, args: tuple[Value, ...]) -> tuple[Value, ...]:
        """The arguments with an array, and positions in it, for a group of parameters."""
        array = given_array(self.resolver, call, form.group)
        assert array is not None, f"{call.span}: a group of parameters is given several arrays"
        pointer = call.args[form.group.array]
        place = self.rewriter.target_place(replace(array, steps=array.steps[:-1]), pointer.span)
        given = form.moved(args)
        assert isinstance(call.function, FunctionRef)
        type = self.views.param_type(call.function.symbol, form.group.array)
        given[form.group.array] = Borrow(place, None, type, pointer.span)
        positions = given_positions(self.resolver, call, form.group)
        assert positions is not None
        for param, target in zip(form.group.params, positions, strict=True):
            if param not in form.slots:
                continue
            slot, step = form.slots[param], target.steps[-1]
            assert isinstance(step, IndexStep)
            given[slot] = self.positions.position(step, form.type_of(param), call.args[param].span)
        return tuple(given[slot] for slot in sorted(given))

    def _arguments(self, callee: str | None, position: int, arg: Value) -> tuple[Value, ...]:
        """What an argument becomes: the array and the position in it, where a parameter has a referent."""
        if callee is None or self.solution.referent(callee, position) is None:
            return (self._argument(callee, position, arg),)
        variable = lent_variable(arg, self.resolver.referents)
        assert variable is not None
        target = self.resolver.templates[variable].at(IndexStep())
        array = self.rewriter.target_place(replace(target, steps=target.steps[:-1]), arg.span)
        place = self.positions.place(variable, arg.span)
        lent = Borrow(array, None, self.views.param_type(callee, position), arg.span)
        return lent, Borrow(place, None, ReferenceType(place.type, Access.SHARED), arg.span)

    def _argument(self, callee: str | None, position: int, arg: Value) -> Value:
        if callee is None or not self._is_lent(callee, position):
            return self.rewriter.value(arg)
        if callee in self.forms and position in self.forms[callee].group.params:
            return arg  # `_group_arguments` makes it.
        if self.solution.owns(callee, position):
            pointer, slot = self.solution.program.functions[callee].type.params[position], PointerSlot(callee, position)
            return self.owners.given_away(slot, arg, owned_type(pointer, self.shapes[slot]))
        if (views := self.held.lent_as_views(callee, position, arg)) is not None:
            return views
        type = self.views.param_type(callee, position)
        return self._optional(arg, type) if type.optional else self.views.lend(self.rewriter.target(arg), type, arg.span)

    def _is_lent(self, callee: str, position: int) -> bool:
        """Whether an argument is for a parameter that is lifted, and no variable argument."""
        params = self.solution.program.functions[callee].type.params
        return position < len(params) and self.solution.is_lifted(callee, position)

    def _optional(self, arg: Value, type: ReferenceType) -> Value:
        """What a parameter is given that may be missing."""
        if is_null(arg):
            return ZeroValue(type, arg.span)
        given = unless_null(arg)
        if given is not None:
            condition, holds, pointer = given
            loan, test = self._optional(pointer, type), self.rewriter.condition(condition)
            test = test if holds else Not(test, INT, arg.span)
            if not isinstance(loan, Borrow):
                return loan
            both = test if loan.present is None else Logical(LogicalOp.AND, test, loan.present, INT, arg.span)
            return replace(loan, present=both)
        loan = self.views.lend(self.rewriter.target(arg), type, arg.span)
        if not self.resolver.may_be_null(arg):
            return loan
        assert isinstance(loan, Borrow), f"{arg.span}: what may be missing is looked at twice"
        return replace(loan, present=self.rewriter.is_there(arg))
