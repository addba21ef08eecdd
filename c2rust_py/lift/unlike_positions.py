"""Arrays of positions that are passed on: caller and callee mean the same array by them (`infer.held_positions`).

    int cut(char *s, char **v, int n) { ... v[n] = s; *s = 0; ... return cut(s + 1, v, n + 1); }       // `v` has no one start

The solver finds this while it looks for what the positions are of; here every call is looked at once more, behind it.
"""

from __future__ import annotations

from c2rust_py.infer.demotions import MemoryCall, PointedPointers, Reason
from c2rust_py.infer.held_templates import HeldCall, held_template
from c2rust_py.infer.pointer_uses import Argument
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.views import pointed_slots


def find_unlike_positions(solution: Solution) -> bool:
    """Demotes the arrays that mean something else to a callee; whether there was any."""
    found = False
    for symbol, uses in solution.uses.items():
        for use in uses:
            if not isinstance(use, Argument) or MemoryCall(symbol, id(use.call)) in solution.demotions:
                continue
            goal = PointedPointers(use.callee, use.param)
            template = solution.held.get(goal) if solution.views.holds_positions(goal) else None
            if template is None:
                continue
            for slot in pointed_slots(use.value, symbol, solution.program):
                known = solution.held.get(slot)
                given = held_template(solution.resolver(symbol), HeldCall(slot, use.call, template, use.span))
                if known is None or given is None or known.join(given) != known:
                    reason = Reason("others that lead to it have it in another array", use.span)
                    found |= solution.demotions.add(slot, reason)
    return found
