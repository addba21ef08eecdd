"""The operators on intervals, against every pair of values of small intervals; widening and joins against each other."""

from __future__ import annotations

import random

import pytest

from c2rust_py.infer.ranges import transfer
from c2rust_py.infer.ranges.state import State, covers, join, widen
from c2rust_py.ir.nodes import BinaryOp, CompareOp
from c2rust_py.ir.types import IntKind

SMALL = [(low, high) for low in range(-9, 10, 2) for high in range(low, 10, 3)]
EXACT = (BinaryOp.ADD, BinaryOp.SUB, BinaryOp.MUL, BinaryOp.DIV, BinaryOp.SHL, BinaryOp.SHR)
"""Operators whose interval is the least one."""


def concrete(op: BinaryOp, a: int, b: int) -> int | None:
    """The mathematical result; None where it is undefined."""
    match op:
        case BinaryOp.ADD:
            return a + b
        case BinaryOp.SUB:
            return a - b
        case BinaryOp.MUL:
            return a * b
        case BinaryOp.DIV | BinaryOp.REM:
            if b == 0:
                return None
            quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
            return quotient if op is BinaryOp.DIV else a - b * quotient
        case BinaryOp.AND:
            return a & b
        case BinaryOp.OR:
            return a | b
        case BinaryOp.XOR:
            return a ^ b
        case BinaryOp.SHL:
            return a << b if 0 <= b < 32 else None
        case BinaryOp.SHR:
            return a >> b if 0 <= b < 32 else None


@pytest.mark.parametrize("op", BinaryOp)
def test_binary(op: BinaryOp) -> None:
    for a in SMALL:
        for b in SMALL:
            if op in (BinaryOp.SHL, BinaryOp.SHR) and b[0] < 0:
                continue
            found = [concrete(op, x, y) for x in range(a[0], a[1] + 1) for y in range(b[0], b[1] + 1)]
            values = [value for value in found if value is not None]
            low, high = transfer.binary(op, a, b, IntKind.INT)
            if values:
                assert low <= min(values) and max(values) <= high, (op, a, b)
                if op in EXACT:
                    assert (low, high) == (min(values), max(values)), (op, a, b)


@pytest.mark.parametrize("op", CompareOp)
def test_compare(op: CompareOp) -> None:
    for a in SMALL:
        for b in SMALL:
            pairs = [(x, y) for x in range(a[0], a[1] + 1) for y in range(b[0], b[1] + 1)]
            values = {int(eval(f"{x} {op.value} {y}")) for x, y in pairs}
            assert transfer.compare(op, a, b) == (min(values), max(values))


@pytest.mark.parametrize("kind", (IntKind.BOOL, IntKind.CHAR, IntKind.UCHAR))
def test_wrap(kind: IntKind) -> None:
    for low in range(-600, 600, 37):
        for high in range(low, low + 400, 29):
            values = [kind.wrap(value) for value in range(low, high + 1)]
            found = transfer.wrap((low, high), kind)
            assert found[0] <= min(values) and max(values) <= found[1]
            if max(values) - min(values) == high - low:
                assert found == (min(values), max(values))


def random_state(world: random.Random) -> State:
    limits = {x: (-20, 20) for x in range(3)}
    state = State(limits, {x: 32 for x in range(3)})
    for x in range(3):
        if world.random() < 0.7:
            low = world.randrange(-10, 10)
            state.ranges[x] = (low, low + world.randrange(8))
    for _ in range(world.randrange(3)):
        x, y = world.sample(range(3), 2)
        state.facts[x, y] = world.randrange(-6, 6)
    return state


def describes(state: State, values: tuple[int, ...]) -> bool:
    ranges = all(state.range_of(x)[0] <= value <= state.range_of(x)[1] for x, value in enumerate(values))
    return ranges and all(values[x] - values[y] <= c for (x, y), c in state.facts.items())


def test_joins_and_widenings_cover() -> None:
    world = random.Random(1)
    points = [(x, y, z) for x in range(-10, 19, 3) for y in range(-10, 19, 3) for z in range(-10, 19, 3)]
    for _ in range(300):
        a, b = random_state(world), random_state(world)
        joined, wide = join(a, b), widen(a, b, (-5, 0, 5))
        assert joined is not None
        for point in points:
            if describes(a, point) or describes(b, point):
                assert describes(joined, point) and describes(wide, point)
            if covers(a, b) and describes(b, point):
                assert describes(a, point)


def test_refinement_keeps_what_holds() -> None:
    world = random.Random(2)
    points = [(x, y, z) for x in range(-10, 19, 2) for y in range(-10, 19, 3) for z in range(-10, 19, 3)]
    for _ in range(300):
        state = random_state(world)
        refined = state.copy()
        x, y = world.sample(range(3), 2)
        c, high = world.randrange(-6, 6), world.randrange(-5, 15)
        possible = refined.refine(x, -20, high) and refined.relate(x, y, c)
        for point in points:
            if describes(state, point) and point[x] <= high and point[x] - point[y] <= c:
                assert possible and describes(refined, point)
