"""Which elements behind each pointer parameter a function accesses, what it calls included.

    void zero(int *a, int n) { for (int i = 0; i < n; i++) a[i] = 0; }     // a: [0, n)
    int sum4(const int *p) { const int *end = p + 4; ... *p++ ... }        // p: [0, 4)
    void both(int *a, int n) { a[0] = 1; zero(a + 1, n - 1); }             // a: [0, max(1, n))
    char *last(char *s) { return s; }                                      // s: unknown, a pointer into it gets away

An extent is known where the parameter, and each pointer that is counted from it, is only dereferenced, compared,
moved, and passed to functions whose extents are known. Functions that call each other in a circle have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from c2rust_py.infer.ranges import Interval, Ranges
from c2rust_py.infer.ranges.callgraph import build_call_graph
from c2rust_py.infer.ranges.frame import Types, original, written_locals
from c2rust_py.infer.ranges.record import Cursor
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import AddressOf, Call, Convert, DerefPlace, Evaluate, FunctionRef, LocalPlace, Value
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import PointerType, VoidType
from c2rust_py.ir.walk import walk_all


@dataclass(frozen=True, slots=True)
class Length:
    """Indices are below max(least, value of the integer parameter `param` + constant)."""

    param: int
    constant: int
    least: int


@dataclass(frozen=True, slots=True)
class Extent:
    """All indices that are accessed, in elements of the parameter's target: lo <= index < hi, and what each of `lengths`
    says. No access at all: lo >= hi."""

    lo: int
    hi: int
    lengths: tuple[Length, ...] = ()

    @property
    def empty(self) -> bool:
        return self.lo >= self.hi

    def length(self, param: int) -> Length | None:
        """What is known by that parameter."""
        return next((length for length in self.lengths if length.param == param), None)


NO_ACCESS = Extent(0, 0)

_LENGTH_ARGUMENT: Mapping[tuple[str, int], int] = {
    ("memcpy", 0): 2,
    ("memcpy", 1): 2,
    ("memmove", 0): 2,
    ("memmove", 1): 2,
    ("memset", 0): 2,
    ("memcmp", 0): 2,
    ("memcmp", 1): 2,
    ("memchr", 0): 2,
}
"""Library functions that access as many bytes behind a pointer argument as another argument says; nothing gets away,
but for `memcpy`'s kind of result, which is the caller's own pointer."""

_RETURNS_POINTER = frozenset({"memcpy", "memmove", "memset", "memchr"})


@dataclass(frozen=True, slots=True)
class Extents:
    """By function and position of the parameter."""

    _known: Mapping[tuple[str, int], Extent]

    def of(self, function: str, param: int) -> Extent | None:
        """None where it is unknown, or no pointer."""
        return self._known.get((function, param))


@dataclass(frozen=True, slots=True)
class _Use:
    """One access or call: indices are in [lo, hi), and below each of `above` (by parameter) + its constant."""

    param: int
    lo: int
    hi: int
    above: Mapping[int, int]


def infer_extents(program: Program, ranges: Ranges) -> Extents:
    """The extents of a normalised program: one walk over each function, callees first."""
    known: dict[tuple[str, int], Extent] = {}
    types = Types(Layout(program.records, program.enums), {id: enum.kind for id, enum in program.enums.items()})
    inference = _Inference(program, ranges, types, known)
    graph = build_call_graph(program, closed_world=True)
    for symbol in graph.callees_first:
        if symbol not in graph.opaque:
            known |= inference.function(program.functions[symbol])
    return Extents(MappingProxyType(known))


@dataclass(frozen=True, slots=True)
class _Inference:
    program: Program
    ranges: Ranges
    types: Types
    known: Mapping[tuple[str, int], Extent]

    def function(self, function: Function) -> dict[tuple[str, int], Extent]:
        """The extents of one function, whose callees come first."""
        symbol = function.symbol
        params = {
            local: NO_ACCESS
            for local, type in enumerate(function.type.params)
            if isinstance(type, PointerType) and (symbol, local) not in self.ranges.escaped
        }
        uses: dict[int, list[_Use]] = {local: [] for local in params}
        if not params:
            return {}
        fixed = self._unmodified(function)
        for param, use in self._uses(function, fixed):
            if use is None:
                uses.pop(param, None)
            elif param in uses:
                uses[param].append(use)
        return {(symbol, param): _joined(found) for param, found in uses.items()}

    def _uses(self, function: Function, fixed: frozenset[int]) -> Iterator[tuple[int, _Use | None]]:
        """By parameter; None where a use says nothing about its extent."""
        dropped = _dropped_results(function)
        for node in walk_all(function.body):
            match node:
                case DerefPlace() if node in self.ranges.accesses:
                    cursor = self.ranges.accesses[node]
                    above = _by_params(cursor, fixed, 1)
                    yield cursor.root.local, _Use(cursor.root.local, cursor.lo, cursor.hi + 1, above)
                case Call(FunctionRef(callee), args):
                    for position in range(len(args)):
                        passed = self.ranges.passed.get((node, position))
                        if passed is not None:
                            result_used = callee in _RETURNS_POINTER and node not in dropped
                            use = None if result_used else self._passed(callee, args, position, passed, fixed)
                            yield passed.root.local, use

    def _unmodified(self, function: Function) -> frozenset[int]:
        """The integer parameters that keep the value that they were passed."""
        exposed = {
            node.place.local
            for node in walk_all(function.body)
            if isinstance(node, AddressOf) and isinstance(node.place, LocalPlace)
        }
        integers = {x for x, type in enumerate(function.type.params) if self.types.kind(type) is not None}
        return frozenset(integers) - written_locals(function.body) - exposed

    def _passed(
        self, callee: str, args: tuple[Value, ...], position: int, cursor: Cursor, fixed: frozenset[int]
    ) -> _Use | None:
        """What a callee accesses behind its argument, counted from the caller's parameter."""
        if callee in self.program.functions:
            extent = self._callee_extent(callee, position, cursor)
        else:
            extent = self._library_extent(callee, args, position, cursor)
        if extent is None:
            return None
        if extent.empty:
            return _Use(cursor.root.local, 0, 0, {})
        hi = cursor.hi + extent.hi
        above = _by_params(cursor, fixed, extent.hi)
        for length in extent.lengths:
            if length.param >= len(args) or cursor.lo != cursor.hi:
                continue
            argument = args[length.param]
            most = self.ranges.of(argument).hi + length.constant
            hi = min(hi, cursor.hi + max(most, length.least))
            for x, c in self.ranges.bounding_locals(argument).items():
                if x in fixed and length.least <= 0:
                    bound = cursor.hi + c + length.constant
                    above[x] = min(above.get(x, bound), bound)
        return _Use(cursor.root.local, cursor.lo + extent.lo, hi, above)

    def _callee_extent(self, callee: str, position: int, cursor: Cursor) -> Extent | None:
        params = self.program.functions[callee].type.params
        if position >= len(params) or self.types.element_size(params[position]) != cursor.root.size:
            return None
        return self.known.get((callee, position))

    def _library_extent(
        self, callee: str, args: tuple[Value, ...], position: int, cursor: Cursor
    ) -> Extent | None:
        counter = _LENGTH_ARGUMENT.get((callee, position))
        external = self.program.externals.get(callee)
        if counter is None or counter >= len(args) or external is None or not external.from_library:
            return None
        size = cursor.root.size
        most: Interval = self.ranges.of(args[counter])
        if most.empty:
            return NO_ACCESS
        lengths = (Length(counter, 0, 0),) if size == 1 else ()
        return Extent(0, -(-most.hi // size), lengths)


def _joined(uses: list[_Use]) -> Extent:
    """One extent for all uses. A use without a bound by a parameter takes its constant one to that length's least."""
    uses = [use for use in uses if use.lo < use.hi]
    if not uses:
        return NO_ACCESS
    lengths = []
    for param in sorted({param for use in uses for param in use.above}):
        constants = [use.above[param] for use in uses if param in use.above]
        others = [use.hi for use in uses if param not in use.above]
        lengths.append(Length(param, max(constants), max(others, default=0)))
    hi = max(use.hi for use in uses)
    useful = tuple(length for length in lengths if length.least < hi)
    return Extent(min(use.lo for use in uses), hi, useful)


def _by_params(cursor: Cursor, fixed: frozenset[int], more: int) -> dict[int, int]:
    """Bounds by what parameters came with, each `more`."""
    found: dict[int, int] = {}
    for x, c in cursor.above.items():
        if x in fixed or x < 0:
            found[x if x >= 0 else original(x)] = c + more
    return found


def _dropped_results(function: Function) -> frozenset[Call]:
    """The calls whose results nobody looks at."""
    found = set()
    for node in walk_all(function.body):
        if isinstance(node, Evaluate | Convert) and (isinstance(node, Evaluate) or isinstance(node.type, VoidType)):
            inner = node.value if isinstance(node, Evaluate) else node.operand
            if isinstance(inner, Call):
                found.add(inner)
    return frozenset(found)
