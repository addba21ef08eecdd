"""Accepted bodies: every translation puts them in again, as long as what they rest on stays the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from c2rust_py.emit.accepted import Accepted, Body, accepted_folder, body_key, keep_accepted, read_accepted
from c2rust_py.options import Options
from c2rust_py.pipeline import Translation, translate_crates, translate_project

C = """#include <stdint.h>
#define BASE 1
#define STEP (BASE + 2)
static int count;
int twice(int n) { return 2 * n; }
uint32_t swap(uint32_t x) { __asm__("bswap %0" : "+r"(x)); count += twice(STEP); return x; }
int main(void) { return swap(1) == 0x1000000 && count == 6 ? 0 : 1; }
"""
BODY = Body("x = x.swap_bytes(); // in place\nglobals.count += twice(STEP);\nx", ("x",))


def translated(folder: Path, c: str) -> Translation:
    source = folder / "p.c"
    source.write_text(c)
    return translate_project(Options((source,), folder / "out", jobs=1, check=False))


@pytest.fixture
def accepted(tmp_path: Path) -> Path:
    """A translation of C with a body for its stub."""
    assert [stub.name for stub in stubs(translated(tmp_path, C))] == ["swap"]
    group = translate_crates(Options((tmp_path / "p.c",), tmp_path / "unused", jobs=1)).groups[0]
    key = body_key(group.program.functions["swap"], group.lowered.crate, "p::swap", BODY)
    keep_accepted(tmp_path / "out" / ".c2rs", Accepted("p", "swap", key, BODY, "a model", 1, "1 case"))
    return tmp_path


def stubs(translation: Translation) -> tuple[object, ...]:
    assert translation.report is not None
    return translation.report.stubs


def module(folder: Path) -> str:
    return (folder / "out/crates/p/src/p.rs").read_text()


def test_a_body_is_put_in_and_stays(accepted: Path) -> None:
    translation = translated(accepted, C)
    assert not stubs(translation) and not translation.diagnostics
    assert "pub fn swap(mut x: u32, globals: &mut Globals) -> u32 {\n    x = x.swap_bytes(); // in place\n" in module(accepted)
    assert translation.report is not None
    reasons = [f.reasons for f in translation.report.functions if f.name == "swap"]
    assert reasons == [("its body is an answer of a model, compared by 1 case",)]
    before = module(accepted)
    translated(accepted, C)
    assert module(accepted) == before


def test_it_stays_when_only_the_layout_of_the_c_changes(accepted: Path) -> None:
    assert not stubs(translated(accepted, "\n\n" + C.replace("count += ", "/* more */ count +=\n   ")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("BASE 1", "BASE 2"),
        ("bswap", "rol"),
        ("static int count", "static long count"),
        ("int twice(int n)", "int twice(long n)"),
        ("uint32_t swap(uint32_t x)", "uint64_t swap(uint64_t x)"),
    ],
)
def test_it_is_left_out_when_what_it_rests_on_changes(accepted: Path, old: str, new: str) -> None:
    translation = translated(accepted, C.replace(old, new))
    assert len(stubs(translation)) == 1
    assert "unimplemented!" in module(accepted)


def test_a_file_that_is_no_record_is_left_alone(accepted: Path) -> None:
    state = accepted / "out" / ".c2rs"
    (accepted_folder(state) / "note.json").write_text("[1]")
    (accepted_folder(state) / "cut.json").write_text('{"version": 1, "cra')
    assert len(read_accepted(state)) == 1
