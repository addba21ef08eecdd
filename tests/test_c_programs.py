"""The fixtures themselves: every C program means one thing (gcc -O0 and -O2 agree) and is clean under ASan and UBSan."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from c_programs import FAULTS, KINDS, SANITIZE, Case, Program, all_programs, build, load_program, ordinary_programs, run

SANITIZER_REPORT = re.compile(rb"AddressSanitizer|runtime error:|LeakSanitizer")
FAULT_MARK = re.compile(r"// fault: \S+$")


@pytest.mark.slow
@pytest.mark.parametrize("program", all_programs() + ordinary_programs(), ids=lambda p: p.name)
def test_program_has_one_meaning(program: Program, tmp_path: Path) -> None:
    plain, fast, checked = tmp_path / "O0", tmp_path / "O2", tmp_path / "checked"
    build(program, ["-O0"], plain)
    build(program, ["-O2"], fast)
    build(program, SANITIZE, checked)
    printed = b""
    for case in program.cases:
        expected = run(plain, case)
        printed += expected.stdout
        assert run(fast, case).visible() == expected.visible(), case.name
        if program.sanitize_stack:
            clean = run(checked, case, program.leaks)
            assert not SANITIZER_REPORT.search(clean.stderr), clean.stderr.decode(errors="replace")
            assert clean.visible() == expected.visible(), case.name
    assert printed, "a program must print something"


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(FAULTS.glob("*.c")), ids=lambda p: p.stem)
def test_fault_is_detected_at_its_line(path: Path, tmp_path: Path) -> None:
    marked = [n for n, line in enumerate(path.read_text().splitlines(), 1) if FAULT_MARK.search(line)]
    assert len(marked) == 1, "one line carries the mark of the fault"
    build(load_program(path), ["-O0", *SANITIZE], tmp_path / "checked")
    outcome = run(tmp_path / "checked", Case("default"))
    assert outcome.status != 0
    report = outcome.stderr.decode(errors="replace")
    assert SANITIZER_REPORT.search(outcome.stderr)
    assert f"{path.name}:{marked[0]}" in report


def test_there_are_enough_programs() -> None:
    assert len(all_programs()) >= 120
    for kind in ("arrays", "strings", "parsers", "matrices", "machines"):
        assert len(list((KINDS / kind).glob("*.c"))) >= 8


def test_names_are_unique() -> None:
    """Crates of one workspace are named after them."""
    names = Counter(program.name for program in all_programs() + ordinary_programs())
    assert [name for name, count in names.items() if count > 1] == []

