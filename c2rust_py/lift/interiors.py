"""Parameters that may point into the middle of an array, and go backwards from there.

    static int before(const int *p) { return p[-1]; }          int x = before(a + 3);

A slice starts where the pointer pointed, so such a parameter is no slice. A pointer to the start of an array has nothing in
front of it that C lets it look at (C11 6.5.6p8).
"""

from __future__ import annotations

from c2rust_py.infer.demotions import PointerSlot, Reason
from c2rust_py.infer.pointer_uses import Access, Argument, Flow, Pair, pointer_uses
from c2rust_py.infer.solver import Solution
from c2rust_py.infer.targets import IndexStep, ParamRoot, Target
from c2rust_py.ir.nodes import Value
from c2rust_py.lift.positions import is_signed


def find_backward_interiors(solution: Solution) -> bool:
    """Demotes them; whether there was any."""
    interior: set[PointerSlot] = set()
    passed: dict[PointerSlot, set[PointerSlot]] = {}
    backward: dict[PointerSlot, Reason] = {}
    for symbol, function in solution.program.functions.items():
        resolver = solution.resolver(symbol)
        for use in pointer_uses(function, solution.program):
            if isinstance(use, Argument):
                callee = PointerSlot(solution.callee(symbol, use.call, use.callee), use.param)
                target = resolver.pointer(use.value)
                if target is None or not target.steps or not isinstance(target.steps[-1], IndexStep):
                    continue
                if target.steps[-1].fixed != 0:
                    interior.add(callee)
                elif len(target.steps) == 1 and isinstance(target.root, ParamRoot):
                    passed.setdefault(PointerSlot(symbol, target.root.local), set()).add(callee)
            for value in _values(use):
                target = resolver.pointer(value)
                if target is not None and isinstance(target.root, ParamRoot) and _may_go_back(target):
                    slot = PointerSlot(symbol, target.root.local)
                    backward.setdefault(slot, Reason("it may go backwards from inside of an array", value.span))
    waiting = list(interior)
    while waiting:
        for other in passed.get(waiting.pop(), ()):
            if other not in interior:
                interior.add(other)
                waiting.append(other)
    added = [solution.demotions.add(slot, reason) for slot, reason in backward.items() if slot in interior]
    return any(added)


def _values(use: object) -> tuple[Value, ...]:
    match use:
        case Flow(_, value) | Access(value):
            return (value,)
        case Argument(value=value):
            return (value,)
        case Pair(left, right):
            return (left, right)
        case _:
            return ()


def _may_go_back(target: Target) -> bool:
    """Whether the index into what the parameter was given may be negative."""
    first = target.steps[0]
    assert isinstance(first, IndexStep)
    if first.constant < 0:
        return True
    return any(term.negative or is_signed(term.value) for term in first.terms)
