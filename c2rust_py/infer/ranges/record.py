"""What the last pass over each function leaves behind, until `Ranges` freezes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from c2rust_py.infer.ranges.forms import Number, Root
from c2rust_py.infer.ranges.state import State
from c2rust_py.infer.ranges.transfer import Bounds, hull
from c2rust_py.ir.nodes import Call, DerefPlace, Value


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a pointer with a known root points: `lo` to `hi` elements (inclusive) behind the root. `above` has locals x
    with c such that the distance is at most x + c, `below` those with a distance of at least x + c. Pointers
    among them have the same root, and stand for their own distance. A negative x stands for a
    parameter's original value (`frame.original`)."""

    root: Root
    lo: int
    hi: int
    above: Mapping[int, int]
    below: Mapping[int, int]


@dataclass(slots=True)
class Record:
    """intervals: of each integer value that is evaluated. above, below: of those with something to tell. overflows: the
    arithmetic whose mathematical result may be outside its type. accesses: the dereferences of pointers with a root.
    passed: such pointers as arguments, by call and position. escaped: the parameters, by local, with a pointer that is
    used in any other way, or that got mixed up with others."""

    intervals: dict[Value, Bounds] = field(default_factory=dict)
    above: dict[Value, Mapping[int, int]] = field(default_factory=dict)
    below: dict[Value, Mapping[int, int]] = field(default_factory=dict)
    overflows: set[Value] = field(default_factory=set)
    accesses: dict[DerefPlace, Cursor] = field(default_factory=dict)
    passed: dict[tuple[Call, int], Cursor] = field(default_factory=dict)
    escaped: set[int] = field(default_factory=set)

    def value(self, value: Value, number: Number, state: State) -> None:
        """A value is computed in a state; it can be more than once (an operand that is read late)."""
        old = self.intervals.get(value)
        above = _telling(state, state.above(number), number.hi, 1)
        below = _telling(state, state.below(number), number.lo, 0)
        if old is None:
            self.intervals[value] = number.bounds
        else:
            self.intervals[value] = hull(old, number.bounds)
            above = {x: max(c, self.above[value][x]) for x, c in above.items() if x in self.above.get(value, {})}
            below = {x: min(c, self.below[value][x]) for x, c in below.items() if x in self.below.get(value, {})}
            self.above.pop(value, None)
            self.below.pop(value, None)
        if above:
            self.above[value] = above
        if below:
            self.below[value] = below


def cursor(number: Number, state: State) -> Cursor | None:
    """The pointer that a number is, if it has a root."""
    if number.root is None:
        return None
    own = frozenset((number.root,))
    above = {x: c for x, c in state.above(number).items() if state.roots.get(x, own) == own}
    below = {x: c for x, c in state.below(number).items() if state.roots.get(x, own) == own}
    return Cursor(number.root, number.lo, number.hi, above, below)


def _telling(state: State, bounds: dict[int, int], limit: int, side: int) -> dict[int, int]:
    """The bounds by integer variables that say more than the intervals do."""
    if not bounds:
        return bounds
    numbers = {x: c for x, c in bounds.items() if x >= 0 and x not in state.roots}
    if side:
        return {x: c for x, c in numbers.items() if c < limit - state.range_of(x)[0]}
    return {x: c for x, c in numbers.items() if c > limit - state.range_of(x)[1]}
