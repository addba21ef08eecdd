"""Parameters and views that may point into the middle of an array, and go backwards from there.

    static int before(const int *p) { return p[-1]; }          int x = before(a + 3);

A slice starts where the pointer pointed, so such a parameter is no slice. A pointer to the start of an array has nothing in
front of it that C lets it look at (C11 6.5.6p8). What a parameter only moves through, but does not look at, is no matter: a
position may stand in front of its slice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from c2rust_py.diagnostics import Span
from c2rust_py.infer.comparators import comparator_of
from c2rust_py.infer.demotions import PointerSlot, Reason, Subject
from c2rust_py.infer.library_calls import FormCall
from c2rust_py.infer.library_formats import all_loans, choose_library_call
from c2rust_py.infer.offsets import is_signed
from c2rust_py.infer.paths import FLAT_STEP
from c2rust_py.infer.pointer_uses import Argument, Flow, Lent, LibraryCall, Pair, Returned, Use
from c2rust_py.infer.ranges import Ranges
from c2rust_py.infer.ranges.record import Cursor
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import IndexStep, OwnedRoot, ParamRoot, Resolver, Target
from c2rust_py.ir.nodes import DerefPlace, Value
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import walk_all
from c2rust_py.lift.shapes import goal_of, slot_of, values_of, viewed_targets
from c2rust_py.lift.shared_positions import infer_backward, shared_positions


def find_backward_interiors(solution: Solution, ranges: Ranges) -> bool:
    """Demotes them; whether there was any."""
    interior: set[Subject] = set()
    passed: dict[Subject, set[Subject]] = {}
    backward: dict[Subject, Reason] = {}
    falls, signed = _falling_positions(solution, ranges), infer_backward(solution)
    for symbol, uses in solution.uses.items():
        resolver = solution.resolver(symbol)
        falling = {local for of_function, local in falls if of_function == symbol}
        for use in uses:
            if isinstance(use, LibraryCall):
                interior |= _compared(resolver, use)
            goal = goal_of(solution, resolver, symbol, use)
            if goal is None:
                continue
            group = solution.groups.get(goal.function) if isinstance(goal, PointerSlot) else None
            if group is not None and isinstance(goal, PointerSlot) and goal.local in group.params:
                continue  # It has the whole array.
            for target in viewed_targets(resolver, *values_of(use)):
                source = slot_of(resolver, symbol, target)
                if not target.steps or not isinstance(target.steps[-1], IndexStep) or source == goal:
                    continue
                if target.steps[-1].fixed != 0:
                    interior.add(goal)
                elif all(step == FLAT_STEP for step in target.steps[:-1]) and source is not None:
                    passed.setdefault(source, set()).add(goal)
        for target, cursor, span in _looks(solution.program.functions[symbol], resolver, uses, ranges, signed[symbol]):
            slot = slot_of(resolver, symbol, target)
            if slot is None or isinstance(target.root, OwnedRoot):
                continue
            stays = isinstance(target.root, ParamRoot) and _stays(target.root, cursor)
            if not stays and _may_go_back(target, falling, ranges):
                backward.setdefault(slot, Reason("it may go backwards from inside of an array", span))
    waiting = list(interior)
    while waiting:
        for other in passed.get(waiting.pop(), ()):
            if other not in interior:
                interior.add(other)
                waiting.append(other)
    added = [solution.demotions.add(slot, reason) for slot, reason in backward.items() if slot in interior]
    return any(added)


def _compared(resolver: Resolver, use: LibraryCall) -> set[PointerSlot]:
    """The parameters of a comparator: they point to any element."""
    chosen = choose_library_call(resolver, use.call)
    comparator = comparator_of(chosen.form, use.call, resolver.program) if isinstance(chosen, FormCall) else None
    return set() if comparator is None else {PointerSlot(comparator.symbol, param) for param in (0, 1)}


def _looks(
    function: Function, resolver: Resolver, uses: Sequence[Use], ranges: Ranges, signed: AbstractSet[int]
) -> Iterator[tuple[Target, Cursor | None, Span]]:
    """What the function looks at through pointers, or has others look at, and where that is known to be; and what it compares.
    signed: the pointer locals whose positions are `isize`, which compare as C's pointers do wherever they are."""
    pointers: list[tuple[Value, Cursor | None]] = []
    for node in walk_all(function.body):
        if isinstance(node, DerefPlace):
            pointers.append((node.pointer, ranges.accesses.get(node)))
    for use in uses:
        if isinstance(use, Argument):
            pointers.append((use.value, ranges.passed.get((use.call, use.param))))
        elif isinstance(use, Returned):
            pointers.append((use.value, None))
        elif isinstance(use, Lent) and use.variable in resolver.templates:
            yield resolver.templates[use.variable].at(IndexStep(use.variable)), None, use.span
        elif isinstance(use, Pair):
            pointers += [(value, None) for value in (use.left, use.right) if not _is_signed(resolver, value, signed)]
        elif isinstance(use, LibraryCall):
            for position, loan in all_loans(choose_library_call(resolver, use.call)):
                yield loan.target, ranges.passed.get((use.call, position)), use.span
    for value, cursor in pointers:
        target = resolver.pointer(value)
        if target is not None:
            yield target, cursor, value.span


def _is_signed(resolver: Resolver, value: Value, signed: AbstractSet[int]) -> bool:
    """Whether a pointer is one of these locals, moved by a constant at most."""
    target = resolver.pointer(value)
    if target is None or len(target.steps) != 1 or not isinstance(first := target.steps[0], IndexStep):
        return False
    return first.cursor in signed and not first.terms


def _stays(root: ParamRoot, cursor: Cursor | None) -> bool:
    """Whether a pointer is known not to be in front of what the parameter was given."""
    return cursor is not None and cursor.root.local == root.local and cursor.lo >= 0


def _falling_positions(solution: Solution, ranges: Ranges) -> set[tuple[str, int]]:
    """The pointer locals whose positions may be negative, by function."""
    falling: set[tuple[str, int]] = set()
    followers: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for symbol, flow, target in _flows(solution):
        for step in target.steps:
            if isinstance(step, IndexStep):
                if step.cursor is not None:
                    followers.setdefault((symbol, step.cursor), set()).add((symbol, flow.local))
                if _goes_back(step, ranges):
                    falling.add((symbol, flow.local))
    for variable, referent in shared_positions(solution):
        followers.setdefault(referent, set()).add(variable)
    waiting = list(falling)
    while waiting:
        for follower in followers.get(waiting.pop(), ()):
            if follower not in falling:
                falling.add(follower)
                waiting.append(follower)
    return falling


def _flows(solution: Solution) -> Iterator[tuple[str, Flow, Target]]:
    for symbol, uses in solution.uses.items():
        resolver = solution.resolver(symbol)
        for use in uses:
            target = resolver.pointer(use.value) if isinstance(use, Flow) else None
            if isinstance(use, Flow) and target is not None:
                yield symbol, use, target


def _may_go_back(target: Target, falling: AbstractSet[int], ranges: Ranges) -> bool:
    """Whether the index into what the parameter was given may be negative."""
    first = next(step for step in target.steps if isinstance(step, IndexStep))
    return first.cursor in falling or _goes_back(first, ranges)


def _goes_back(step: IndexStep, ranges: Ranges) -> bool:
    """Whether an index may be less than what its cursor holds."""
    return step.constant < 0 or any(
        term.negative or (is_signed(term.value) and not ranges.natural(term.value)) for term in step.terms
    )
