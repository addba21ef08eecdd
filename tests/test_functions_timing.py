"""Calls of two versions of a function are timed on the same inputs, and nothing but the calls is."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from c2rust_py.function_comparison import clock_function
from c2rust_py.options import Options
from c2rust_py.oracle.functions.timing import Clocked, slowdown
from c2rust_py.oracle.functions.verdicts import FunctionOptions
from c2rust_py.pipeline import translate_project

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "functions"
OPTIONS = FunctionOptions(jobs=1)
C = """int first(const int *row, int other) {
    return row ? row[0] : other;
}
int both(void) { int x = 3; return first(&x, 1) + first(0, 2); }
"""


@pytest.fixture(autouse=True)
def target_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """One build of the runtime and the harness for all tests here."""
    if "CARGO_TARGET_DIR" not in os.environ:
        monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path_factory.getbasetemp().parent / "functions-target"))


def clocked(source: Path, out: Path, symbol: str, program: Path) -> Clocked:
    found = clock_function(source, out, (), symbol, program, OPTIONS)
    assert found is not None
    return found


@pytest.mark.slow
def test_positions_are_made_before_the_clock_starts(tmp_path: Path) -> None:
    out = tmp_path / "out"
    translate_project(Options((FIXTURES / "positions.c",), out, check=False))
    for name in ("rises", "last"):
        clocked(FIXTURES / "positions.c", out, name, tmp_path / name)
        (glue,) = (out / ".c2rs/functions").rglob("glue/src/lib.rs")
        (call,) = re.findall(r"x\.start\(\);\n(.*?)\n *x\.stop\(\);", glue.read_text(), re.DOTALL)
        assert re.fullmatch(rf" *let result = positions::positions::{name}\(&a0(, at\d as _)+(, a\d)*\);", call), call


@pytest.mark.slow
def test_both_versions_take_the_inputs_that_are_timed(tmp_path: Path) -> None:
    """One version has a reference that may be missing, the other one that may not."""
    source, out, file = tmp_path / "p.c", tmp_path / "out", tmp_path / "inputs"
    source.write_text(C)
    translate_project(Options((source,), out, check=False))
    after = clocked(source, out, "first", tmp_path / "after")
    module = out / "crates/p/src/p.rs"
    module.write_text(re.sub(r"fn first\(.*?\n\}", "fn first(row: &i32, other: i32) -> i32 {\n    *row\n}", module.read_text(), flags=re.DOTALL))
    module.write_text(module.read_text().replace("first(Some(&x), 1) + first(None, 2)", "first(&x, 1) + 2"))
    before = clocked(source, out, "first", tmp_path / "before")
    after.write_inputs(file, None)
    written = file.read_text().splitlines()
    assert before.nanoseconds(file, None) is None and after.nanoseconds(file, None) is not None
    before.sift_inputs(file, None)
    kept = file.read_text().splitlines()
    assert 0 < len(kept) < len(written)
    assert [line for line in written if ",0>" in line.split()[0]] == kept
    assert before.nanoseconds(file, None) is not None
    assert slowdown(before, after, None) is not None
