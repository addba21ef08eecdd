"""Every C program of the fixtures, translated, built and run: it does what gcc's build does, on every case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from c_programs import FAULTS, Case, Program, all_programs, build, load_program, run
from conftest import BuiltPrograms

FAULT_MARK = re.compile(r"// fault: ")
PANICKED = 101


@pytest.mark.parametrize("program", all_programs(), ids=lambda p: p.name)
def test_rust_does_what_c_does(program: Program, built_programs: BuiltPrograms, tmp_path: Path) -> None:
    rust = built_programs.program(program.name)
    build(program, ["-O1"], tmp_path / "c")
    for case in program.cases:
        expected, actual = run(tmp_path / "c", case), run(rust, case)
        assert actual.visible() == expected.visible(), f"{case.name}: {actual.stderr.decode(errors='replace')}"
    assert built_programs.warnings(program.name) == []


@pytest.mark.parametrize("program", [load_program(p) for p in sorted(FAULTS.glob("*.c"))], ids=lambda p: p.name)
def test_fault_panics_with_its_c_line(program: Program, built_programs: BuiltPrograms) -> None:
    (source,) = program.sources
    (line,) = [n for n, text in enumerate(source.read_text().splitlines(), 1) if FAULT_MARK.search(text)]
    outcome = run(built_programs.program(program.name), Case("default"))
    message = outcome.stderr.decode(errors="replace")
    assert outcome.status == PANICKED, message
    assert f"{source.name}:{line}: c2rs: " in message
