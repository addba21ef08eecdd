"""Random functions do the same before and after `normalise`."""

from __future__ import annotations

import random

import pytest
from ir_generator import Generator, program_of
from ir_machine import compile_function, run

from c2rust_py.ir.printer import print_function
from c2rust_py.ir.verify import Stage, verify_program
from c2rust_py.normalise import normalise

RUNS = 3


def generator(seed: int, gotos: bool = True, computed: bool = False, jumps: bool = False) -> Generator:
    """Functions of many sizes: small ones are read more easily when they fail, large ones fail more often."""
    return Generator(random.Random(seed), gotos, computed, jumps, budget=4 + seed % 24)


def check(source: Generator, seed: int) -> None:
    """Generates a function and compares some runs."""
    function = source.function()
    program = program_of(function)
    verify_program(program, Stage.ELABORATED)
    after = normalise(program)
    verify_program(after, Stage.NORMALISED)
    changed = after.functions["f"]
    before_code, after_code = compile_function(function), compile_function(changed)
    for number in range(RUNS):
        wanted = run(before_code, seed + number)
        found = run(after_code, seed + number)
        length = min(len(wanted.events), len(found.events))
        if "lost jump" in found.events:
            # C may jump to a setjmp whose catch is left; here, that is a message and the end.
            length = found.events.index("lost jump")
            assert source.jumps and wanted.events[:length] == found.events[:length], seed
            continue
        same = wanted.events[:length] == found.events[:length] and (wanted.ended, found.ended) != (True, False)
        if wanted.ended == found.ended:
            same = same and (len(wanted.events) == len(found.events) or not wanted.ended)
        if not same:
            text = f"{print_function(function)}\n{print_function(changed)}"
            pytest.fail(f"seed {seed}:\n{text}\n{wanted.events}\n{found.events}")


@pytest.mark.parametrize("block", range(10))
def test_gotos_and_switches(block: int) -> None:
    for seed in range(block * 120, block * 120 + 120):
        check(generator(seed), seed)


def test_switches_alone() -> None:
    for seed in range(250):
        check(generator(seed, gotos=False), seed)


def test_computed_gotos() -> None:
    for seed in range(200):
        check(generator(seed, computed=True), seed)


def test_setjmps() -> None:
    for seed in range(350):
        check(generator(seed, jumps=True, gotos=seed % 3 == 0), seed)
