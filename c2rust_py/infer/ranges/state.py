"""What is known of the locals at one point of a function.

    i: [0, 9]    i - n <= -1    left = t - 1 (mod 2^32)

*Ranges* are intervals of the tracked locals; one that is not listed can have any value of its type. *Facts* are bounds on
the difference of two locals, as conditions and assignments give them, without transitive closure. *Links* say that a
local is another one plus a constant, modulo 2^bits, so that `while (n--)` tells n from what it tells of the temporary.
*Roots* say what a pointer local is counted from; its range and facts are about its offset from there.

A state is mutable and belongs to the path that is being followed; `copy` makes one for another path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from c2rust_py.infer.ranges.forms import Form, Number, Root
from c2rust_py.infer.ranges.transfer import Bounds, hull

_MOST_FACTS = 64
"""A state holds no more facts, so that each operation on it costs what the number of locals does."""

_REACH = 3
"""How many facts in a row a new bound of a local is carried along."""

_HOPS = 2
"""How many times bounds are extended by facts: `i <= j - 1` and `j <= n - 1` give `i <= n - 2`."""

_DRIFT = 8
"""A fact that a join makes weaker by more is dropped: that is an interval's bound, which has nothing to do with it."""

Roots = frozenset[Root | None]
"""What a pointer may be counted from; None: something that is not tracked. Absent: {None}."""

UNTRACKED: Roots = frozenset((None,))


@dataclass(slots=True)
class State:
    """`limits` and `bits` are the type's, of each tracked local of the function."""

    limits: Mapping[int, Bounds]
    bits: Mapping[int, int]
    ranges: dict[int, Bounds] = field(default_factory=dict)
    facts: dict[tuple[int, int], int] = field(default_factory=dict)
    links: dict[int, tuple[int, int]] = field(default_factory=dict)
    roots: dict[int, Roots] = field(default_factory=dict)

    def copy(self) -> State:
        return State(
            self.limits, self.bits, self.ranges.copy(), self.facts.copy(), self.links.copy(), self.roots.copy()
        )

    # ---- questions ----

    def range_of(self, local: int) -> Bounds:
        return self.ranges.get(local) or self.limits[local]

    def difference(self, x: int, y: int) -> int:
        """The least known c with x - y <= c."""
        implied = self.range_of(x)[1] - self.range_of(y)[0]
        fact = self.facts.get((x, y))
        return implied if fact is None or implied < fact else fact

    def highest(self, form: Form, without: int | None = None) -> int:
        """An upper bound of a form, from the ranges and at most one fact; the term of `without` is left out."""
        total = form.constant
        terms = [term for term in form.terms if term[0] != without]
        for local, sign in terms:
            low, high = self.range_of(local)
            total += high if sign > 0 else -low
        if len(terms) < 2 or not self.facts:
            return total
        gain = 0
        for x, sign_x in terms:
            for y, sign_y in terms:
                if sign_x > 0 > sign_y and (x, y) in self.facts:
                    implied = self.range_of(x)[1] - self.range_of(y)[0]
                    gain = max(gain, implied - self.facts[x, y])
        return total - gain

    def lowest(self, form: Form, without: int | None = None) -> int:
        """A lower bound, likewise."""
        negative = Form(-form.constant, tuple((local, -sign) for local, sign in form.terms))
        return -self.highest(negative, without)

    def above(self, number: Number) -> dict[int, int]:
        """Locals x with the least known c such that the number <= x + c."""
        found: dict[int, int] = {}
        if number.upper is not None:
            for local, sign in number.upper.terms:
                if sign > 0:
                    rest = self.highest(number.upper, local)
                    _lower_to(found, local, rest)
        for _ in range(_HOPS if found else 0):
            for (x, y), c in self.facts.items():
                if x in found:
                    _lower_to(found, y, found[x] + c)
        return found

    def below(self, number: Number) -> dict[int, int]:
        """Locals x with the greatest known c such that the number >= x + c."""
        found: dict[int, int] = {}
        if number.lower is not None:
            for local, sign in number.lower.terms:
                if sign > 0:
                    rest = self.lowest(number.lower, local)
                    _lower_to(found, local, -rest)
        for _ in range(_HOPS if found else 0):
            for (x, y), c in self.facts.items():
                if y in found:
                    _lower_to(found, x, c + found[y])
        return {local: -c for local, c in found.items()}

    # ---- writes ----

    def kill(self, local: int) -> None:
        """The local can have any value of its type."""
        self.ranges.pop(local, None)
        self.roots.pop(local, None)
        self._forget(local)

    def _forget(self, local: int) -> None:
        if self.facts:
            dead = [pair for pair in self.facts if local in pair]
            for pair in dead:
                del self.facts[pair]
        if self.links:
            for linked in [x for x, (y, _) in self.links.items() if local in (x, y)]:
                del self.links[linked]

    def assign(self, local: int, number: Number) -> None:
        """The local becomes a number that was computed in this state. Facts about the old value that follow for the new
        one are kept: `i = i + 1` turns `i - n <= -1` into `i - n <= 0`."""
        above, below = self.above(number), self.below(number)
        above.pop(local, None)
        below.pop(local, None)
        self._forget(local)
        self.ranges[local] = number.bounds
        if number.root is not None:
            self.roots[local] = frozenset((number.root,))
        else:
            self.roots.pop(local, None)
        for other, c in above.items():
            self._note(local, other, c)
        for other, c in below.items():
            self._note(other, local, -c)
        form = number.modular
        if form is not None and number.exact is None and len(form.terms) == 1:
            ((other, sign),) = form.terms
            if sign > 0 and other != local:
                self.links[local] = (other, form.constant)

    def _note(self, x: int, y: int, c: int) -> None:
        """x - y <= c, unless the ranges alone tell more."""
        known = self.facts.get((x, y))
        if known is None and len(self.facts) >= _MOST_FACTS:
            return
        if (known is None or c < known) and c <= self.range_of(x)[1] - self.range_of(y)[0]:
            self.facts[x, y] = c

    # ---- what conditions tell ----

    def refine(self, local: int, low: int, high: int, reach: int = _REACH) -> bool:
        """low <= local <= high holds here. False: it cannot, so nothing gets here."""
        old_low, old_high = self.range_of(local)
        new_low, new_high = max(low, old_low), min(high, old_high)
        if new_low > new_high:
            return False
        if (new_low, new_high) == (old_low, old_high):
            return True
        self.ranges[local] = (new_low, new_high)
        if reach == 0:
            return True
        for (x, y), c in tuple(self.facts.items()):
            if y == local and new_high < old_high and not self._cap(x, new_high + c, reach):
                return False
            if x == local and new_low > old_low and not self._raise(y, new_low - c, reach):
                return False
        for x, (y, c) in tuple(self.links.items()):
            if y == local:
                if not self._refine_modular(x, (new_low + c, new_high + c), reach):
                    return False
                self._resolve_link(x, y, c)
        link = self.links.get(local)
        return link is None or self._refine_modular(link[0], (new_low - link[1], new_high - link[1]), reach)

    def _cap(self, local: int, high: int, reach: int) -> bool:
        return self.refine(local, self.range_of(local)[0], high, reach - 1)

    def _raise(self, local: int, low: int, reach: int) -> bool:
        return self.refine(local, low, self.range_of(local)[1], reach - 1)

    def refine_modular(self, local: int, bounds: Bounds) -> bool:
        """The local is congruent to a value in `bounds`, modulo 2^bits."""
        return self._refine_modular(local, bounds, _REACH)

    def _refine_modular(self, local: int, bounds: Bounds, reach: int) -> bool:
        low, high = self.range_of(local)
        turn = 1 << self.bits[local]
        if bounds[1] - bounds[0] >= turn:
            return True
        first = -((bounds[1] - low) // turn)
        last = (high - bounds[0]) // turn
        if first > last:
            return False
        if first < last:
            return True
        return self.refine(local, bounds[0] + first * turn, bounds[1] + first * turn, reach - 1)

    def _resolve_link(self, x: int, y: int, c: int) -> None:
        """x is y + c modulo 2^bits. Where only one multiple of that lets both be in their ranges, x *is* y + some c."""
        (low_x, high_x), (low_y, high_y) = self.range_of(x), self.range_of(y)
        turn = 1 << self.bits[x]
        first = -((high_y + c - low_x) // turn)
        if first != (high_x - low_y - c) // turn:
            return
        c += first * turn
        self._note(x, y, c)
        self._note(y, x, -c)
        for (a, b), d in tuple(self.facts.items()):
            if a == y and b != x:
                self._note(x, b, c + d)
            elif b == y and a != x:
                self._note(a, x, d - c)

    def relate(self, x: int, y: int, c: int) -> bool:
        """x - y <= c holds here. False: it cannot."""
        implied = self.difference(x, y)
        if implied <= c:
            self._note(x, y, implied)
            return True
        if self.difference(y, x) + c < 0:
            return False
        self._note(x, y, c)
        return self._cap(x, self.range_of(y)[1] + c, _REACH) and self._raise(y, self.range_of(x)[0] - c, _REACH)


def _lower_to(found: dict[int, int], key: int, value: int) -> None:
    old = found.get(key)
    if old is None or value < old:
        found[key] = value


def join(a: State | None, b: State | None) -> State | None:
    """What holds on both of two paths; None is a path that nothing takes."""
    if a is None or b is None:
        return b if a is None else a
    joined = State(a.limits, a.bits)
    for local, bounds in a.ranges.items():
        other = b.ranges.get(local)
        if other is not None:
            joined.ranges[local] = bounds if bounds == other else hull(bounds, other)
    for pair in (*a.facts, *(pair for pair in b.facts if pair not in a.facts)):
        c = max(a.difference(*pair), b.difference(*pair))
        if c <= min(a.facts.get(pair, c), b.facts.get(pair, c)) + _DRIFT:
            joined._note(*pair, c)
    joined.links = {x: link for x, link in a.links.items() if b.links.get(x) == link}
    for local in a.roots.keys() | b.roots.keys():
        joined.roots[local] = a.roots.get(local, UNTRACKED) | b.roots.get(local, UNTRACKED)
    return joined


def covers(big: State, small: State) -> bool:
    """Whether every run that `small` describes is one that `big` describes."""
    for local, (low, high) in big.ranges.items():
        other_low, other_high = small.range_of(local)
        if other_low < low or other_high > high:
            return False
    for (x, y), c in big.facts.items():
        if small.difference(x, y) > c:
            return False
    for local in big.roots.keys() | small.roots.keys():
        if not small.roots.get(local, UNTRACKED) <= big.roots.get(local, UNTRACKED):
            return False
    return all(small.links.get(x) == link for x, link in big.links.items())


def widen(old: State, new: State, thresholds: Sequence[int]) -> State:
    """Something that covers both. Bounds that grow go on to the next of the sorted `thresholds`, or to their type's
    limit; facts, links and ranges are never more than those of `old`, and facts keep their constants, so that a chain of
    widenings without thresholds ends."""
    wide = State(old.limits, old.bits)
    for local, (low, high) in old.ranges.items():
        new_low, new_high = new.range_of(local)
        least, most = old.limits[local]
        if new_low < low:
            low = max((t for t in thresholds if t <= new_low), default=least)
        if new_high > high:
            high = min((t for t in thresholds if t >= new_high), default=most)
        bounds = max(low, least), min(high, most)
        if bounds != (least, most):
            wide.ranges[local] = bounds
    wide.facts = {pair: c for pair, c in old.facts.items() if new.difference(*pair) <= c}
    wide.links = {x: link for x, link in old.links.items() if new.links.get(x) == link}
    for local in old.roots.keys() | new.roots.keys():
        wide.roots[local] = old.roots.get(local, UNTRACKED) | new.roots.get(local, UNTRACKED)
    return wide
