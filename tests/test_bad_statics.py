"""Static initialisers without a translation: a named warning each, stubs for what names them, and nothing else lost."""

from __future__ import annotations

from pathlib import Path

from c2rust_py.diagnostics import Code
from c2rust_py.options import Options
from c2rust_py.pipeline import translate_crates

SOURCE = """
extern int elsewhere;
static int *direct = &elsewhere;
static int **indirect = &direct;
static struct { int *where; int number; } record = {&elsewhere, 3};
static int fine = 4;
int *same = &fine;
int one(void) { return **indirect; }
int two(void) { return record.number; }
int three(void) { return *same + fine; }
int main(void) { return three(); }
"""


def test_what_cannot_be_initialised_makes_stubs(tmp_path: Path) -> None:
    source = tmp_path / "statics.c"
    source.write_text(SOURCE)
    crates = translate_crates(Options((source,), tmp_path / "out", jobs=1))
    (group,) = crates.groups
    assert set(group.lowered.stubs) == {"one", "two"}
    said = [(d.code, d.span.line) for d in group.lowered.diagnostics if d.span is not None]
    assert said == [(Code.LIBC_MISSING, 3), (Code.LIBC_MISSING, 5), (Code.LIBC_MISSING, 4)]
