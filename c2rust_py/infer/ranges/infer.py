"""The value ranges of a whole program.

    static int clamp(int x) { return x < 0 ? 0 : x; }      // result: [0, INT_MAX]
    static int get(int i) { return table[i]; }              // i: [0, 9], if all calls are like this one
    ... for (i = 0; i < 10; i++) sum += get(i);

First every function that returns an integer, callees first, with any arguments, for the range of its results. Then every
function, callers first, with the hull of the arguments that its callers have been seen to pass, if all its callers are
known. Where functions call each other in a circle, parameters have any value, and so have results of calls that were not
analysed before. Both orders are walked once, so the whole is two passes over each function.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from c2rust_py.infer.library import LibraryFunction
from c2rust_py.infer.ranges.analyse import analyse_function
from c2rust_py.infer.ranges.callgraph import CallGraph, build_call_graph
from c2rust_py.infer.ranges.facts import Interval, Ranges
from c2rust_py.infer.ranges.frame import Frame, Types, make_frame
from c2rust_py.infer.ranges.record import Record
from c2rust_py.infer.ranges.transfer import Bounds, hull, limits, wrap
from c2rust_py.infer.ranges.world import World
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import PointerType


def infer_ranges(
    program: Program, library: Mapping[str, LibraryFunction], *, signed_wraps: bool, closed_world: bool
) -> Ranges:
    """The ranges of a normalised program. `signed_wraps`: signed overflow is no undefined operation, but wraps.
    `closed_world`: nobody but the program calls its functions; static ones nobody else calls anyway."""
    types = Types(Layout(program.records, program.enums), {id: enum.kind for id, enum in program.enums.items()})
    graph = build_call_graph(program, closed_world)
    frames = {symbol: make_frame(function, types) for symbol, function in program.functions.items()}
    results: dict[str, Bounds] = {}
    world = World(program, library, types, results, signed_wraps)
    for symbol in graph.callees_first:
        if symbol not in graph.opaque and types.kind(program.functions[symbol].type.result) is not None:
            result = analyse_function(frames[symbol], world, {}, None)
            if result is not None:
                results[symbol] = result
    record = Record()
    escaped: set[tuple[str, int]] = set()
    params: dict[str, dict[int, Bounds]] = {}
    for symbol in reversed(graph.callees_first):
        known = _params(program.functions[symbol], frames[symbol], graph, record)
        record.escaped.clear()
        analyse_function(frames[symbol], world, known, record)
        escaped.update((symbol, local) for local in (*record.escaped, *_unrooted(frames[symbol])))
        params[symbol] = known
    return _freeze(record, escaped, params, results)


def _unrooted(frame: Frame) -> list[int]:
    """The pointer parameters that are not followed."""
    params = enumerate(frame.function.type.params)
    pointers = [local for local, type in params if isinstance(type, PointerType)]
    return [local for local in pointers if not frame.has_root(local)]


def _params(function: Function, frame: Frame, graph: CallGraph, record: Record) -> dict[int, Bounds]:
    """The values that integer parameters are called with, by local, where all calls are known and recorded."""
    calls = graph.calls.get(function.symbol)
    if not calls:
        return {}
    known: dict[int, Bounds] = {}
    for local, type in enumerate(function.type.params):
        kind = frame.types.kind(type)
        if kind is None or local not in frame.limits:
            continue
        passed: list[Bounds | None] = [
            record.intervals.get(call.args[local]) if local < len(call.args) else limits(kind) for call in calls
        ]
        seen = [wrap(bounds, kind) for bounds in passed if bounds is not None]
        if seen:
            known[local] = _hull_of(seen)
    return known


def _hull_of(parts: Iterable[Bounds]) -> Bounds:
    first, *rest = parts
    for part in rest:
        first = hull(first, part)
    return first


def _freeze(
    record: Record,
    escaped: set[tuple[str, int]],
    params: Mapping[str, Mapping[int, Bounds]],
    results: Mapping[str, Bounds],
) -> Ranges:
    return Ranges(
        MappingProxyType(record.intervals),
        MappingProxyType(record.above),
        MappingProxyType(record.below),
        frozenset(record.overflows),
        MappingProxyType({(symbol, x): Interval(*b) for symbol, known in params.items() for x, b in known.items()}),
        MappingProxyType({symbol: Interval(*bounds) for symbol, bounds in results.items()}),
        MappingProxyType(record.accesses),
        MappingProxyType(record.passed),
        frozenset(escaped),
    )
