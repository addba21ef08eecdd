"""Random functions with gotos, switches and setjmp compute nothing outside of the inferred ranges once normalised."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from ir_generator import Generator, program_of
from ir_machine import Compiler, Instruction, _Machine

from c2rust_py.infer.ranges import Ranges, infer_ranges
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.types import IntType
from c2rust_py.normalise import normalise

RUNS = 4


class ObservingCompiler(Compiler):
    """Code that reports each integer that it computes."""

    def value(self, value: ir.Value) -> int:
        result = super().value(value)
        if isinstance(value.type, IntType):
            self.emit("observe", value, result)
        return result


@dataclass
class ObservingMachine(_Machine):
    ranges: Ranges | None = None
    checks: int = 0

    def step(self, instruction: Instruction) -> None:
        if instruction[0] != "observe":
            super().step(instruction)
            return
        _, value, result = instruction
        number = self.values[result]
        assert isinstance(value, ir.Value) and isinstance(number, int) and self.ranges is not None
        self.checks += 1
        assert number in self.ranges.of(value), (value, number, self.ranges.of(value))


def checks_of(seed: int, gotos: bool, computed: bool, jumps: bool) -> int:
    function = Generator(random.Random(seed), gotos, computed, jumps, budget=4 + seed % 24).function()
    program = normalise(program_of(function))
    ranges = infer_ranges(program, {}, signed_wraps=False, closed_world=True)
    compiler = ObservingCompiler()
    compiler.statements(program.functions["f"].body)
    compiler.emit("return", None)
    checks = 0
    for run in range(RUNS):
        machine = ObservingMachine(compiler, random.Random(seed + run), ranges=ranges)
        machine.run(60, 5_000)
        checks += machine.checks
    return checks


@pytest.mark.parametrize("computed, jumps", ((False, False), (True, False), (False, True)))
def test_jumps(computed: bool, jumps: bool) -> None:
    assert sum(checks_of(seed, not jumps, computed, jumps) for seed in range(200)) > 10_000
