"""Ranges and extents as text, for dumps and pass cases.

    sum: n in [0, 10]; result [0, 2147483647]
        3: index i in [0, 9], i >= start, i <= n - 1
        4: n - i cannot overflow
        a: [0, n)
"""

from __future__ import annotations

from collections.abc import Iterator

from c2rust_py.infer.extents import Extent, Extents
from c2rust_py.infer.ranges.facts import Interval, Ranges
from c2rust_py.ir.nodes import Binary, BinaryOp, IndexPlace, IntConst, PointerAdd, Value
from c2rust_py.ir.printer import print_value
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.walk import walk_all

_COUNTED = (BinaryOp.ADD, BinaryOp.SUB, BinaryOp.MUL)
_SHIFTS = (BinaryOp.SHL, BinaryOp.SHR)


def print_ranges(program: Program, ranges: Ranges, extents: Extents) -> str:
    """Of each function: parameters and results; then indices, shift counts and sums, which are what clients ask for;
    then the extents of its pointer parameters."""
    lines: list[str] = []
    for symbol, function in program.functions.items():
        known = [
            f"{function.locals[local].name} in {_interval(interval)}"
            for (owner, local), interval in ranges.params.items()
            if owner == symbol
        ]
        if symbol in ranges.results:
            known.append(f"result {_interval(ranges.results[symbol])}")
        lines.append(f"{symbol}: {'; '.join(known) or 'nothing'}")
        lines += [f"    {line}" for line in _values(program, function, ranges)]
        for local in range(len(function.type.params)):
            extent = extents.of(symbol, local)
            if extent is not None:
                lines.append(f"    {function.locals[local].name}: {_extent(extent, function)}")
    return "".join(f"{line}\n" for line in lines)


def _values(program: Program, function: Function, ranges: Ranges) -> Iterator[str]:
    for node in walk_all(function.body):
        match node:
            case PointerAdd(_, offset, negative, _, span) if not isinstance(offset, IntConst):
                yield f"{span.line}: index {'-' if negative else ''}{_value(program, function, ranges, offset)}"
            case IndexPlace(_, index, _, span) if not isinstance(index, IntConst):
                yield f"{span.line}: index {_value(program, function, ranges, index)}"
            case Binary(op, _, right, _, span) if op in _SHIFTS and not isinstance(right, IntConst):
                yield f"{span.line}: count {_value(program, function, ranges, right)}"
            case Binary(op, _, _, _, span) if op in _COUNTED and not ranges.of(node).empty:
                verb = "may" if ranges.may_overflow(node) else "cannot"
                yield f"{span.line}: {print_value(node, function, program)} {verb} overflow"


def _value(program: Program, function: Function, ranges: Ranges, value: Value) -> str:
    text = print_value(value, function, program)
    bounds = [f"{text} in {_interval(ranges.of(value))}"]
    for sign, locals in ((">=", ranges.supporting_locals(value)), ("<=", ranges.bounding_locals(value))):
        for local, c in sorted(locals.items()):
            bound = _sum(function.locals[local].name, c)
            if bound != text:
                bounds.append(f"{text} {sign} {bound}")
    return ", ".join(bounds)


def _interval(interval: Interval) -> str:
    return "nothing" if interval.empty else f"[{interval.lo}, {interval.hi}]"


def _extent(extent: Extent, function: Function) -> str:
    if extent.empty:
        return "no access"
    parts = [f"[{extent.lo}, {extent.hi})"]
    for length in extent.lengths:
        end = _sum(function.locals[length.param].name, length.constant)
        parts.append(f"below {end}" if length.least <= 0 else f"below max({length.least}, {end})")
    return ", ".join(parts)


def _sum(name: str, constant: int) -> str:
    return name if not constant else f"{name} {'+' if constant > 0 else '-'} {abs(constant)}"
