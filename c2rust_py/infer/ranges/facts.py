"""The facts: `Ranges`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from c2rust_py.infer.ranges.record import Cursor
from c2rust_py.infer.ranges.transfer import Bounds
from c2rust_py.ir.nodes import Call, DerefPlace, Value


@dataclass(frozen=True, slots=True)
class Interval:
    """The integers lo ... hi; none where lo > hi."""

    lo: int
    hi: int

    @property
    def empty(self) -> bool:
        return self.lo > self.hi

    def __contains__(self, value: int) -> bool:
        return self.lo <= value <= self.hi


EMPTY = Interval(0, -1)


@dataclass(frozen=True, slots=True)
class Ranges:
    """What the integers of a program can be. Values are those of the normalised program, by identity.

    What is said about a value and a local holds whenever the value is computed, with what the local has at that moment
    (not with what the value's operands had, should the value write the local itself).

    params, results: of each function, by symbol (and local): the values that they can have.
    accesses, passed, escaped: what becomes of the pointer parameters, see `Record`; escaped: (function, local).
    """

    _intervals: Mapping[Value, Bounds]
    _above: Mapping[Value, Mapping[int, int]]
    _below: Mapping[Value, Mapping[int, int]]
    _overflows: frozenset[Value]
    params: Mapping[tuple[str, int], Interval]
    results: Mapping[str, Interval]
    accesses: Mapping[DerefPlace, Cursor]
    passed: Mapping[tuple[Call, int], Cursor]
    escaped: frozenset[tuple[str, int]]

    def of(self, value: Value) -> Interval:
        """All values that an integer value of the program is computed to; empty where it never is."""
        bounds = self._intervals.get(value)
        return EMPTY if bounds is None else Interval(*bounds)

    def natural(self, value: Value) -> bool:
        """Whether it is never negative."""
        interval = self.of(value)
        return interval.empty or interval.lo >= 0

    def may_overflow(self, value: Value) -> bool:
        """Whether the mathematical result of an operator (`+ - *`, unary `-`, `<<`, `/`) can be outside its type, so that
        it wraps, or is undefined. False where it is never computed."""
        return value in self._overflows

    def excess(self, value: Value, local: int) -> int | None:
        """The least known c such that value <= local + c, beyond what the intervals of the two tell."""
        return self._above.get(value, {}).get(local)

    def surplus(self, value: Value, local: int) -> int | None:
        """The greatest known c such that value >= local + c, likewise."""
        return self._below.get(value, {}).get(local)

    def below(self, value: Value, local: int, margin: int = 0) -> bool:
        """Whether value + margin < local is known."""
        excess = self.excess(value, local)
        return excess is not None and excess + margin < 0

    def bounding_locals(self, value: Value) -> Mapping[int, int]:
        """All locals x with the c of `excess`."""
        return self._above.get(value, {})

    def supporting_locals(self, value: Value) -> Mapping[int, int]:
        """All locals x with the c of `surplus`."""
        return self._below.get(value, {})
