"""Where `unsafe` stands: in the harness that calls C, and in nothing that is translated, vendored or shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from c2rust_py.function_comparison import compare_functions
from c2rust_py.options import Options
from c2rust_py.oracle.functions.verdicts import FunctionOptions, Outcome
from c2rust_py.pipeline import translate_project

ROOT = Path(__file__).resolve().parents[1]
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|r(#*)".*?"\1|"(?:\\.|[^"\\])*"', re.DOTALL)


def files_with(word: str, folder: Path) -> set[Path]:
    """The Rust files below a folder whose code has the word, relative to it."""
    found = (path for path in folder.rglob("*.rs") if re.search(rf"\b{word}\b", NO_CODE.sub(" ", path.read_text())))
    return {path.relative_to(folder) for path in found}


def test_in_the_project_it_stands_in_the_harness_alone() -> None:
    for folder in ("fixtures", "examples", "rust_templates", "cargo_harness/runtime"):
        assert files_with("unsafe", ROOT / folder) == files_with("extern", ROOT / folder) == set()
    assert files_with("unsafe", ROOT / "cargo_harness") >= {Path("differential/src/c_side.rs")}
    for library in ("cargo_harness/runtime/src/lib.rs", "rust_templates/crate/lib.rs.j2"):
        assert "#![forbid(unsafe_code)]" in (ROOT / library).read_text()


@pytest.mark.slow
def test_what_is_generated_has_none_and_calls_c_in_the_glue_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    source, out = ROOT / "fixtures/functions/objects.c", tmp_path / "out"
    translate_project(Options((source,), out, check=False))
    (verdict,) = compare_functions(source, out, names=["swap"], options=FunctionOptions(count=100, jobs=1))
    assert verdict.outcome is Outcome.EQUAL
    harness = Path(".c2rs/functions/objects")
    assert files_with("unsafe", out) == set()
    assert files_with("extern", out) == {harness / "glue/src/lib.rs"}
    for folder in (out / "crates/objects", out / harness / "subject"):
        assert "#![forbid(unsafe_code)]" in (folder / "src/lib.rs").read_text()
