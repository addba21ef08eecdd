"""Positions that may be missing are `Option<usize>`: such a pointer cannot also stand in front of its array.

    for (p = end; p && p >= buf; p--)          // p would be `Option<isize>`
"""

from __future__ import annotations

from c2rust_py.infer.demotions import PointerSlot, Reason
from c2rust_py.infer.solution import Solution
from c2rust_py.lift.shared_positions import infer_backward


def find_backward_nulls(solution: Solution) -> bool:
    """Demotes them; whether there was any."""
    found = False
    backward = infer_backward(solution)
    for symbol, function in solution.program.functions.items():
        nullable = solution.nullable[symbol]
        if not nullable:
            continue
        for local in sorted(backward[symbol] & nullable - solution.resolver(symbol).view_locals):
            reason = Reason("it may be null, and goes backwards", function.locals[local].span)
            found |= solution.demotions.add(PointerSlot(symbol, local), reason)
    return found
