"""Positions that may be missing are `Option<usize>`: such a pointer cannot also stand in front of its array.

    for (p = end; p && p >= buf; p--)          // p would be `Option<isize>`
"""

from __future__ import annotations

from c2rust_py.infer.demotions import PointerSlot, Reason
from c2rust_py.infer.pointer_uses import Flow, pointer_uses
from c2rust_py.infer.solver import Solution
from c2rust_py.lift.groups import may_stand_in_front
from c2rust_py.lift.positions import backward_cursors


def find_backward_nulls(solution: Solution) -> bool:
    """Demotes them; whether there was any."""
    found = False
    fronts = may_stand_in_front(solution)
    for symbol, function in solution.program.functions.items():
        nullable = solution.nullable[symbol]
        if not nullable:
            continue
        flows = [use for use in pointer_uses(function, solution.program) if isinstance(use, Flow)]
        for local in sorted(backward_cursors(solution.resolver(symbol), flows, fronts.get(symbol, frozenset())) & nullable):
            reason = Reason("it may be null, and goes backwards", function.locals[local].span)
            found |= solution.demotions.add(PointerSlot(symbol, local), reason)
    return found
