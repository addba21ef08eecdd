"""The order of operands: gcc, a model of gcc's order and the rewritten code in Rust's order must all agree."""

from __future__ import annotations

import random
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import sequence_model as model

from c2rust_py.infer.effects import infer_effects
from c2rust_py.infer.storage import infer_storage
from c2rust_py.ir import nodes as ir
from c2rust_py.to_rust.sequence_operands import sequence_operands

STATEMENTS = 400


def _statements(seed: int) -> list[tuple[str, ir.Statement]]:
    generator = model.Generator(random.Random(seed))
    return [generator.statement() for _ in range(STATEMENTS)]


@pytest.mark.parametrize("seed", range(4))
def test_model_and_gcc_agree(seed: int, tmp_path: Path) -> None:
    """The model's order is gcc's."""
    statements = _statements(seed)
    source = tmp_path / "t.c"
    show = 'printf("%u %u %u %u %u %u %u %ld %u\\n", g0, g1, cell, arr[0], arr[1], arr[2], arr[3], ptr - arr, trace);'
    start = "g0 = 1; g1 = 2; cell = 3; arr[0] = 4; arr[1] = 5; arr[2] = 6; arr[3] = 7; ptr = arr + 2; trace = 0;"
    tests = "\n".join(f"static void t{i}(void) {{ {start} {text} {show} }}" for i, (text, _) in enumerate(statements))
    calls = " ".join(f"t{i}();" for i in range(STATEMENTS))
    source.write_text(f"{model.PRELUDE}{tests}\nint main(void) {{ {calls} return 0; }}\n")
    binary = tmp_path / "t"
    subprocess.run(["gcc", "-w", "-O0", str(source), "-o", str(binary)], check=True)
    lines = subprocess.run([str(binary)], check=True, capture_output=True, text=True).stdout.splitlines()
    for (text, statement), line in zip(statements, lines, strict=True):
        machine = model.Machine(rust=False)
        machine.run([statement])
        assert machine.observed() == line, text


@pytest.mark.parametrize("seed", range(4))
def test_rewritten_code_in_rust_order_does_what_gcc_does(seed: int) -> None:
    """And no exclusive use of memory meets another."""
    program = model.program()
    for text, statement in _statements(seed):
        function = model.procedure((statement,))
        whole = replace(program, functions={**program.functions, "t": function})
        storage = infer_storage(whole)
        assert storage.memory_globals == {model.ARRAY, model.CELL}
        sequenced = sequence_operands(function, whole, storage, infer_effects(whole, storage, {}))
        gcc, rust = model.Machine(rust=False), model.Machine(rust=True)
        gcc.run([statement])
        rust.run(sequenced.body)
        assert rust.observed() == gcc.observed(), text


def test_the_rewrite_is_needed() -> None:
    """Without it, Rust's order gives other results, so the test above can fail."""
    differing = 0
    for _, statement in _statements(0):
        gcc, rust = model.Machine(rust=False), model.Machine(rust=True)
        gcc.run([statement])
        try:
            rust.run([statement])
        except model.BorrowConflict:
            differing += 1
            continue
        differing += rust.observed() != gcc.observed()
    assert differing > STATEMENTS // 4
