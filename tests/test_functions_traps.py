"""The function oracle against translations that look right: each of fixtures/traps/*.rs is found to be wrong."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from c2rust_py.function_comparison import compare_functions
from c2rust_py.options import Options
from c2rust_py.oracle.functions.plan import Candidate
from c2rust_py.oracle.functions.verdicts import FunctionOptions, Outcome
from c2rust_py.pipeline import translate_project

TRAPS = Path(__file__).resolve().parents[1] / "fixtures" / "traps"
OPTIONS = FunctionOptions(count=50_000, timeout=0.5, limit=600.0, jobs=2, coverage=False)


@pytest.fixture(scope="module", autouse=True)
def target_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One build of the runtime and the harness for all tests here."""
    if "CARGO_TARGET_DIR" not in os.environ:
        patch = pytest.MonkeyPatch()
        patch.setenv("CARGO_TARGET_DIR", str(tmp_path_factory.getbasetemp().parent / "functions-target"))


@pytest.mark.slow
@pytest.mark.parametrize("source", sorted(TRAPS.glob("*.c")), ids=lambda path: path.stem)
def test_wrong_translations_are_found(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    translate_project(Options((source,), out, check=False))
    module = out / "crates" / source.stem / "src" / f"{source.stem}.rs"
    wrong = source.with_suffix(".rs").read_text(encoding="utf-8")
    module.write_text(module.read_text(encoding="utf-8") + "\n" + wrong, encoding="utf-8")
    names = re.findall(r"^pub fn (\w+)", wrong, re.MULTILINE)
    candidates = [Candidate(name, re.sub(r"_\d+$", "", name), f"{source.stem}::{name}") for name in names]
    verdicts = {v.symbol: v for v in compare_functions(source, out, options=OPTIONS, more=candidates)}
    assert set(names) < set(verdicts)
    right = {symbol: v.reason for symbol, v in verdicts.items() if symbol not in names and v.outcome is not Outcome.EQUAL}
    assert right.items() <= {("main", "it is the program")}
    assert [name for name in names if verdicts[name].agrees] == []
