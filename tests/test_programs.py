"""Every C program of the fixtures, translated, built and run: it does what gcc's build does, on every case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from c_programs import FAULTS, Case, Program, all_programs, build, load_program, ordinary_programs, run
from conftest import BuiltPrograms

from c2rust_py.options import Rung

Built = dict[Rung, BuiltPrograms]
FAULT_MARK = re.compile(r"// fault: ")
PANICKED = 101


@pytest.mark.parametrize("program", all_programs() + ordinary_programs(), ids=lambda p: p.name)
def test_rust_does_what_c_does(program: Program, built_programs: Built, tmp_path: Path) -> None:
    build(program, ["-O1"], tmp_path / "c")
    expected = {case.name: run(tmp_path / "c", case) for case in program.cases}
    for ladder, built in built_programs.items():
        if program.ordinary and ladder is Rung.MEMORY:
            continue
        rust = built.program(program.name)
        for case in program.cases:
            actual = run(rust, case)
            message = f"{case.name}, ladder {ladder.value}: {actual.stderr.decode(errors='replace')}"
            assert actual.visible() == expected[case.name].visible(), message
        assert built.warnings(program.name) == []


@pytest.mark.parametrize("program", [load_program(p) for p in sorted(FAULTS.glob("*.c"))], ids=lambda p: p.name)
def test_fault_panics_with_its_c_line(program: Program, built_programs: Built) -> None:
    (source,) = program.sources
    (line,) = [n for n, text in enumerate(source.read_text().splitlines(), 1) if FAULT_MARK.search(text)]
    for built in built_programs.values():
        outcome = run(built.program(program.name), Case("default"))
        message = outcome.stderr.decode(errors="replace")
        assert outcome.status == PANICKED, message
        assert f"{source.name}:{line}: c2rs: " in message
