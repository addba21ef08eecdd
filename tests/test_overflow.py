"""Signed overflow that C survives: `c2rs diff` sees it in the dev profile, `c2rs.toml` keeps it, the next translation wraps there."""

from __future__ import annotations

from pathlib import Path

import pytest

from c2rust_py.cli import run
from c2rust_py.diagnostics import CompileError
from c2rust_py.oracle.overflow import find_overflow, record_overflows
from c2rust_py.oracle.run import Outcome
from c2rust_py.overflow import Overflow
from c2rust_py.settings import read_settings

HASH = """#include <limits.h>
#include <stdio.h>
static int hash(const char *s) {
    int h = 5381;
    while (*s) {
        h = h * 33
            + *s++;
    }
    return h;
}
static int minus(int x) { return -x; }
static int plain(int x) { return x * 2; }
int main(void) {
    long long n = LLONG_MAX - 1;
    for (int i = 0; i < 3; i++) n += 1;
    printf("%d %lld %d %d\\n", hash("the quick brown fox"), n, minus(INT_MIN), plain(4));
    return 0;
}
"""


def test_overflow_is_recorded_and_wraps_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    source, out, settings = tmp_path / "hash.c", tmp_path / "out", tmp_path / "c2rs.toml"
    source.write_text(HASH)
    settings.write_text('# mine\n[[case]]\nname = "default"')
    known: list[tuple[Overflow, ...]] = []
    for _ in range(5):
        assert run(["translate", str(source), "-o", str(out), "--no-check"]) == 0
        status = run(["diff", str(source), str(out), "--dev"])
        known.append(read_settings(source).wrapping)
        if status == 0:
            break
    else:
        pytest.fail(capfd.readouterr().err)
    assert [len(found) for found in known] == [1, 2, 3, 3], "one operator a run, each only once"
    assert set(known[-1]) == {Overflow("hash.c", 6, "*"), Overflow("hash.c", 11, "-"), Overflow("hash.c", 15, "+")}
    assert settings.read_text().startswith('# mine\n[[case]]\nname = "default"\n\n[[wrapping]]\n')
    rust = (out / "crates/hash/src/hash.rs").read_text()
    assert "h.wrapping_mul(33)" in rust and "x.wrapping_neg()" in rust and "n.wrapping_add(1)" in rust
    assert "x * 2" in rust, "what does not overflow stays plain"
    said = capfd.readouterr()
    assert "recorded in c2rs.toml: `*` at hash.c:6 wraps" in said.out


def outcome(status: int, stderr: bytes = b"", timed_out: bool = False) -> Outcome:
    return Outcome(b"", status, stderr, (), timed_out)


PANIC = b"warning\nsrc/a b.c:7: c2rs: attempt to subtract with overflow\n"


@pytest.mark.parametrize(
    ("c", "rust", "found"),
    [
        (outcome(0), outcome(101, PANIC), Overflow("src/a b.c", 7, "-")),
        (outcome(101), outcome(101, PANIC), Overflow("src/a b.c", 7, "-")),
        (outcome(0), outcome(0, PANIC), None),
        (outcome(124, timed_out=True), outcome(101, PANIC), None),
        (outcome(0), outcome(101, b"a.c:7: c2rs: attempt to divide by zero\n"), None),
        (outcome(0), outcome(101, b"a.c:7: c2rs: attempt to shift left with overflow\n"), None),
    ],
)
def test_only_panics_of_signed_operators_count(c: Outcome, rust: Outcome, found: Overflow | None) -> None:
    assert find_overflow(c, rust) == found


@pytest.mark.parametrize("text", ["", "flags = []", '[[wrapping]]\nplace = "a.c:1"\noperator = "+"\n'])
def test_records_go_behind_what_is_there(tmp_path: Path, text: str) -> None:
    settings = tmp_path / "c2rs.toml"
    settings.write_text(text)
    old, new = Overflow("a.c", 1, "+"), Overflow('odd"name.c', 3, "*")
    before = read_settings(tmp_path).wrapping
    assert record_overflows(tmp_path, [new, old, new]) == tuple(o for o in (old, new) if o not in before)
    assert set(read_settings(tmp_path).wrapping) == {old, new}
    assert settings.read_text().startswith(text)
    once = settings.read_text()
    assert record_overflows(tmp_path, [new]) == () and settings.read_text() == once


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wrapping = 1", "`wrapping` is a list of tables"),
        ("[[wrapping]]\nplace = 'a.c:1'", "has a `place` and an `operator`"),
        ("[[wrapping]]\nplace = 'a.c'\noperator = '+'", "is as `place"),
        ("[[wrapping]]\nplace = 'a.c:1'\noperator = '/'", "is as `place"),
    ],
)
def test_bad_records_are_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "c2rs.toml").write_text(text)
    with pytest.raises(CompileError, match=words):
        read_settings(tmp_path)


def test_a_list_that_takes_no_more_is_named(tmp_path: Path) -> None:
    (tmp_path / "c2rs.toml").write_text("wrapping = []")
    with pytest.raises(CompileError, match="no list of tables to add to"):
        record_overflows(tmp_path, [Overflow("a.c", 1, "+")])
    assert (tmp_path / "c2rs.toml").read_text() == "wrapping = []"
