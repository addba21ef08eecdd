"""Which lifted parameters are slices, and which point to one object.

A parameter is a slice where the function looks at another element than the first, or passes it on to a slice: the least
fixpoint over the calls. So is what a local owns, and where anything but one object is allocated for it; what functions hand over
is as those have it who are given it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from c2rust_py.infer.allocations import allocation_of
from c2rust_py.infer.comparators import comparator_of, compared_arguments, compares_rows, key_argument
from c2rust_py.infer.cursors import referents
from c2rust_py.infer.demotions import ElementPointers, MemoryCall, PointedPointers, PointerSlot, ResultSlot, Subject
from c2rust_py.infer.elements import element_flows
from c2rust_py.infer.library_calls import FormCall, byte_count, gives_new, is_bytes
from c2rust_py.infer.library_formats import all_loans, choose_library_call
from c2rust_py.infer.optional_params import without_null
from c2rust_py.infer.owners import allocation
from c2rust_py.infer.pointer_uses import (
    Access,
    AllocatesVla,
    Argument,
    Escape,
    Flow,
    Held,
    Lent,
    LibraryCall,
    Pair,
    Returned,
    Stored,
    SystemArguments,
    Test,
    Use,
)
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import (
    HeldRoot,
    IndexStep,
    OwnedRoot,
    ParamRoot,
    Resolver,
    ResultRoot,
    Target,
    ViewRoot,
    is_null,
    without_casts,
)
from c2rust_py.infer.view_pairs import compares_views
from c2rust_py.infer.views import unset_objects
from c2rust_py.ir.dispatchers import shared_params
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Call, Conditional, Declare, FunctionRef, Load, Value
from c2rust_py.ir.types import PointerType
from c2rust_py.ir.walk import walk_all

Shapes = Mapping[Subject, bool]
"""Whether something is of many elements, or one object: lifted parameters, owners, results that own, and all that is a view."""


def infer_shapes(solution: Solution) -> dict[Subject, bool]:
    """Of each lifted parameter, owner, owning result and view whether it is of many elements."""
    shapes: dict[Subject, bool] = {
        PointerSlot(symbol, param): False
        for symbol, function in solution.program.functions.items()
        for param in range(len(function.type.params))
        if solution.is_lifted(symbol, param)
    }
    passed: dict[Subject, set[Subject]] = {}
    waiting: list[Subject] = list(_allocated_arrays(solution, shapes))
    waiting += _views_without_single(solution, shapes)
    for symbol, function in solution.program.functions.items():
        arrays = (param for param in referents(function) if solution.referent(symbol, param) is not None)
        waiting.extend(PointerSlot(symbol, param) for param in arrays)
    for given, owner in handovers(solution):
        passed.setdefault(given, set()).add(owner)
        passed.setdefault(owner, set()).add(given)
    for of_dispatcher, of_target in shared_params(solution.program):
        passed.setdefault(PointerSlot(*of_dispatcher), set()).add(PointerSlot(*of_target))
    waiting.extend(PointerSlot(symbol, group.array) for symbol, group in solution.groups.items())
    waiting.extend(_held_arrays(solution))
    for symbol, uses in solution.uses.items():
        resolver = solution.resolver(symbol)
        for use in uses:
            if isinstance(use, LibraryCall):
                waiting.extend(_lent_as_arrays(resolver, symbol, use))
                for comparator, key in _comparators(resolver, use):
                    if key is None:
                        waiting.append(comparator)
                    else:
                        passed.setdefault(comparator, set()).add(PointerSlot(symbol, key))
            if isinstance(use, SystemArguments) and solution.is_lifted(symbol, use.param):
                waiting.append(PointerSlot(symbol, use.param))
            if isinstance(use, Pair) and compares_views(resolver, use.left, use.right):
                slices = (slot_of(resolver, symbol, target) for target in viewed_targets(resolver, use.left, use.right))
                waiting.extend(slot for slot in slices if slot is not None)
            if isinstance(use, Lent):
                waiting.extend(_moved_in(solution, symbol, use))
            for one, other in _one_slot(solution, symbol, use):
                passed.setdefault(one, set()).add(other)
                passed.setdefault(other, set()).add(one)
            for value in _values_of(solution, symbol, use):
                goal = goal_of(solution, resolver, symbol, use)
                for target in viewed_targets(resolver, value):
                    slot = slot_of(resolver, symbol, target)
                    if slot is None:
                        continue
                    if not _is_first(target):
                        waiting.append(slot)
                    elif goal is not None and len(target.steps) == 1:
                        passed.setdefault(goal, set()).add(slot)
    while waiting:
        slot = waiting.pop()
        if not shapes[slot]:
            shapes[slot] = True
            waiting.extend(other for other in passed.get(slot, ()) if shapes.get(other) is False)
    return shapes


def _one_slot(solution: Solution, symbol: str, use: Use) -> Iterator[tuple[Subject, Subject]]:
    """The views that are one, since pointers lead to both."""
    if isinstance(use, Argument | Lent) and MemoryCall(symbol, id(use.call)) in solution.demotions:
        return
    for flow in element_flows(use, symbol, solution.program):
        if all(map(solution.views.above, flow.slots)):
            yield from ((flow.slots[0], other) for other in flow.slots[1:])


def handovers(solution: Solution) -> Iterator[tuple[Subject, Subject]]:
    """What owners get from others: locals and members from results, results from locals or results, parameters from either."""
    for symbol, uses in solution.uses.items():
        resolver = solution.resolver(symbol)
        result = solution.results.get(symbol)
        for use in uses:
            match use:
                case Argument(call=call, callee=callee, param=param, value=value):
                    taker = PointerSlot(solution.callee(symbol, call, callee), param)
                    target = resolver.pointer(value)
                    if not solution.owns(taker.function, param):
                        pass
                    elif resolver.handed(value) is not None:
                        yield taker, ResultSlot(_callee(value))
                    elif target is not None and isinstance(target.root, OwnedRoot):
                        yield taker, PointerSlot(symbol, target.root.local)
                case Flow(local, value) if resolver.handed(value) is not None and solution.owns(symbol, local):
                    yield PointerSlot(symbol, local), ResultSlot(_callee(value))
                case Stored(slot=slot, value=value) if slot in solution.fields and resolver.handed(value) is not None:
                    yield slot, ResultSlot(_callee(value))
                case Returned(value) if result is not None and result.owned:
                    target = resolver.pointer(value)
                    if resolver.handed(value) is not None:
                        yield ResultSlot(symbol), ResultSlot(_callee(value))
                    elif target is not None and isinstance(target.root, OwnedRoot):
                        yield ResultSlot(symbol), PointerSlot(symbol, target.root.local)
                case _:
                    pass


def _callee(value: Value) -> str:
    """The function that a value is a call of."""
    call = without_casts(value)
    assert isinstance(call, Call) and isinstance(call.function, FunctionRef)
    return call.function.symbol


def viewed_targets(resolver: Resolver, *values: Value) -> Iterator[Target]:
    """The targets of values, of a choice those of its branches: with an index that is not known, where what is chosen moves."""
    for target in map(resolver.pointer, values):
        if target is not None:
            yield from targets_of(resolver, target)


def targets_of(resolver: Resolver, target: Target) -> Iterator[Target]:
    """A target, or those that are chosen from."""
    match target:
        case Target(HeldRoot(Conditional(_, then, otherwise)), steps):
            for inner in viewed_targets(resolver, then, otherwise):
                yield inner if steps == (IndexStep(),) else replace(inner, steps=(*inner.steps[:-1], _ANYWHERE))
        case _:
            yield target


_ANYWHERE = IndexStep(cursor=-1)


def slot_of(resolver: Resolver, symbol: str, target: Target) -> Subject | None:
    """What holds the reference that a target is reached by."""
    match target.root:
        case ParamRoot(local) | OwnedRoot(local) | ViewRoot(local):
            return PointerSlot(symbol, local)
        case HeldRoot(Load(place)):
            return resolver.views.at(place, symbol)
        case HeldRoot(Call(FunctionRef(callee))):
            return ResultSlot(callee)
        case _:
            return None


def goal_of(solution: Solution, resolver: Resolver, symbol: str, use: Use) -> Subject | None:
    """What is a slice only if the value that is used is one."""
    match use:
        case Argument():
            return PointerSlot(solution.callee(symbol, use.call, use.callee), use.param)
        case Flow(local) if local in resolver.templates and resolver.templates[local].root == ViewRoot(local):
            return PointerSlot(symbol, local)
        case Held(slot):
            return slot
        case Returned() if symbol in solution.results and solution.results[symbol].template.root == ResultRoot(symbol):
            return ResultSlot(symbol)
        case _:
            return None


def _views_without_single(solution: Solution, shapes: dict[Subject, bool]) -> Iterator[Subject]:
    """The views of text, and those that need an empty slice to start from. Adds all views to the shapes."""
    program, views = solution.program, solution.views
    for held, pointee in views.pointees.items():
        if views.above(held):
            shapes[held] = False
            if is_bytes(pointee):
                yield held
    for symbol, function in program.functions.items():
        yield from (flow.slot for flow in unset_objects(function, program) if views.above(flow.slot) and flow.slot not in views.nullable)
        initialised = {node.local for node in walk_all(function.body) if isinstance(node, Declare) and node.init is not None}
        for local, template in solution.templates[symbol].items():
            slot, type = PointerSlot(symbol, local), function.locals[local].type
            if template.root == ViewRoot(local):
                assert isinstance(type, PointerType)
                shapes[slot] = False
                if is_bytes(type.target) or (local not in initialised and local not in solution.nullable[symbol]):
                    yield slot
        if symbol in solution.results and solution.results[symbol].template.root == ResultRoot(symbol):
            assert isinstance(function.type.result, PointerType)
            shapes[ResultSlot(symbol)] = False
            if is_bytes(function.type.result.target):
                yield ResultSlot(symbol)


def _allocated_arrays(solution: Solution, shapes: dict[Subject, bool]) -> Iterator[Subject]:
    """The owners of any number of elements. Adds all owners to the shapes."""
    layout = Layout(solution.program.records, solution.program.enums)
    shapes.update({ResultSlot(symbol): False for symbol, result in solution.results.items() if result.owned})
    for symbol in solution.program.externals:
        if gives_new(symbol):
            shapes[ResultSlot(symbol)] = False
            yield ResultSlot(symbol)
    for symbol, uses in solution.uses.items():
        resolver = solution.resolver(symbol)
        for use in uses:
            if isinstance(use, Argument) and solution.owns(callee := solution.callee(symbol, use.call, use.callee), use.param):
                made = allocation_of(use.value, layout)
                if made is not None and made.count.fixed != 1:
                    yield PointerSlot(callee, use.param)
            if isinstance(use, Stored) and use.slot in solution.fields and resolver.handed(use.value) is not None:
                yield ResultSlot(_callee(use.value))
            if isinstance(use, Returned) and ResultSlot(symbol) in shapes:
                made = allocation_of(use.value, layout)
                if made is not None and made.count.fixed != 1:
                    yield ResultSlot(symbol)
            if not isinstance(use, Flow | AllocatesVla) or not solution.owns(symbol, use.local):
                continue
            slot = PointerSlot(symbol, use.local)
            shapes.setdefault(slot, False)
            if isinstance(use, Flow) and resolver.handed(use.value) is not None:
                continue
            found = allocation(use, layout)
            if found is None or found[1].count.fixed != 1 or found[1].old is not None:
                yield slot


def values_of(use: object) -> tuple[Value, ...]:
    match use:
        case Held(_, value):
            return () if value is None or is_null(value) else (value,)
        case Flow(_, value) | Access(value) | Test(value) | Escape(value) | Returned(value):
            return (value,)
        case Argument(value=value):
            return (value,)
        case Pair(left, right):
            return (left, right)
        case _:
            return ()


def _held_arrays(solution: Solution) -> Iterator[PointerSlot]:
    """What arrays have positions of."""
    for slot, template in solution.held.items():
        assert isinstance(slot, ElementPointers | PointedPointers)
        if isinstance(template.root, ParamRoot | OwnedRoot) and len(template.steps) == 1:
            yield PointerSlot(slot.function, template.root.local)


def _values_of(solution: Solution, symbol: str, use: Use) -> tuple[Value, ...]:
    """The pointers of a use: what an optional parameter is given, if anything."""
    if isinstance(use, Argument) and use.param in solution.optional_params(solution.callee(symbol, use.call, use.callee)):
        return (without_null(use.value),)
    return values_of(use)


def _moved_in(solution: Solution, symbol: str, use: Lent) -> Iterator[PointerSlot]:
    """The array that others move a position in, and what it is to them."""
    callee = solution.callee(symbol, use.call, use.callee)
    if solution.referent(callee, use.param) is None:
        return
    yield PointerSlot(callee, use.param)
    match solution.templates[symbol][use.variable].root:
        case ParamRoot(local) | OwnedRoot(local):
            yield PointerSlot(symbol, local)
        case _:
            pass


def _lent_as_arrays(resolver: Resolver, symbol: str, use: LibraryCall) -> Iterator[Subject]:
    """Whoever holds what the library is lent more of than one object: all but those of which it is told the size."""
    chosen = choose_library_call(resolver, use.call)
    layout = Layout(resolver.program.records, resolver.program.enums)
    for position, loan in all_loans(chosen):
        if isinstance(chosen, FormCall):
            count = byte_count(use.call)
            single = chosen.within is None and count is not None and count <= layout.size_of(loan.element)
            single |= position == key_argument(chosen.form)
        else:
            single = not is_bytes(loan.element)
        for target in targets_of(resolver, loan.target):
            slot = slot_of(resolver, symbol, target)
            if slot is not None and (not _is_first(target) or (len(target.steps) == 1 and not single)):
                yield slot


def _comparators(resolver: Resolver, use: LibraryCall) -> Iterator[tuple[PointerSlot, int | None]]:
    """The parameters of a comparator that are slices, since its elements are arrays (None); and the one whose argument is a parameter
    of the function, which is a slice if the comparator's is."""
    chosen = choose_library_call(resolver, use.call)
    if not isinstance(chosen, FormCall):
        return
    comparator = comparator_of(chosen.form, use.call, resolver.program)
    if comparator is None:
        return
    for param, argument in enumerate(compared_arguments(chosen.form)):
        slot, loan = PointerSlot(comparator.symbol, param), chosen.loans[argument]
        if compares_rows(comparator.type.params[param], loan.element):
            yield slot, None
        elif argument == key_argument(chosen.form):
            match loan.target:
                case Target(ParamRoot(key) | OwnedRoot(key), (_,)):
                    yield slot, key
                case _:
                    pass


def _is_first(target: Target) -> bool:
    """Whether a target lies in the first element of what its root parameter points to."""
    first = target.steps[0]
    return isinstance(first, IndexStep) and first.fixed == 0
