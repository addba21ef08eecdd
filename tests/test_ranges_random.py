"""Random programs compute nothing outside of the inferred ranges, and access nothing outside of the extents."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ranges_machine import Machine, Pointer, Undefined
from ranges_programs import SIZE, Generator

from c2rust_py.frontend.deep import call_deeply
from c2rust_py.infer.extents import infer_extents
from c2rust_py.infer.library import library_functions
from c2rust_py.infer.ranges import infer_ranges
from c2rust_py.infer.ranges.callgraph import build_call_graph
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import IntKind, IntType, PointerType, Type
from c2rust_py.options import Options
from c2rust_py.pipeline import program_after

FUNCTIONS = 12
RUNS = 8


def argument(world: random.Random, type: Type) -> Any:
    """A random argument: small and extreme numbers, pointers into the middle of an array."""
    if isinstance(type, PointerType):
        return Pointer([world.randrange(100) for _ in range(SIZE + 4)], world.randrange(4))
    kind = type.kind if isinstance(type, IntType) else IntKind.INT
    pick = world.random()
    if pick < 0.6:
        return kind.wrap(world.randrange(-2, 20))
    if pick < 0.8:
        return kind.wrap(world.choice((kind.minimum, kind.maximum)) + world.randrange(-2, 3))
    return world.randrange(kind.minimum, kind.maximum + 1)


def check(program: Program, seed: int, signed_wraps: bool) -> int:
    """Runs each function that nobody else calls; gives the number of comparisons."""
    ranges = infer_ranges(program, library_functions(), signed_wraps=signed_wraps, closed_world=True)
    extents = infer_extents(program, ranges)
    world = random.Random(seed)
    called = build_call_graph(program, closed_world=True).calls
    checks = 0
    for symbol, function in program.functions.items():
        if called.get(symbol):
            continue
        for _ in range(RUNS):
            tables = {v.symbol: [3, 1, 4, 1, 5, 9, 2, 6] for v in program.variables.values()}
            machine = Machine(program, ranges, extents, signed_wraps, globals=tables)
            with suppress(Undefined):
                machine.call(symbol, [argument(world, type) for type in function.type.params])
            checks += machine.checks
    return checks


def generated(seed: int, folder: Path) -> Program:
    source = folder / f"random{seed}.c"
    source.write_text(Generator(random.Random(seed)).unit(FUNCTIONS))
    return program_after("normalise", Options((source,), folder / "unused", jobs=1, check=False))


@pytest.mark.parametrize("seed", range(6))
def test_random_programs(seed: int, tmp_path: Path) -> None:
    program = generated(seed, tmp_path)
    assert call_deeply(check, program, seed, seed % 3 == 0) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("block", range(6, 66, 10))
def test_more_random_programs(block: int, tmp_path: Path) -> None:
    checks = 0
    for seed in range(block, block + 10):
        checks += call_deeply(check, generated(seed, tmp_path), seed, seed % 3 == 0)
    assert checks > 50_000
