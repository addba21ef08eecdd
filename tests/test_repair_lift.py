"""`c2rs repair --lift`: an answer for a translated function is kept if it is on a higher rung and does the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from c2rust_py.cli import run
from c2rust_py.repair import trial

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "repair"
TABLE, REPLIES = FIXTURES / "lift", FIXTURES / "lift-replies"
C = """#include <stdio.h>
static int total(int n) {
    int row[8], *p = row, **q = &p;
    for (int i = 0; i < n; i++) *(*q)++ = i * i;
    return (int)(p - row) + row[n / 2];
}
static int first(char **words) { return words[0][0]; }
int main(int argc, char **argv) { printf("%d %d\\n", total(7), argc > 5 ? first(*(char ***) (void *) &argv) : 0); return 0; }
"""
STILL = "fn total(n: i32, mem: &mut Memory) -> i32 { let p = mem.local(n); mem.read(p) * 2 }"
WRONG = "fn total(n: i32, mem: &mut Memory) -> i32 { n }"
GOOD = "fn total(n: i32, mem: &mut Memory) -> i32 {\n    let row: Vec<i32> = (0..n).map(|i| i * i).collect();\n    n + row[n as usize / 2]\n}"  # fmt: skip


def test_an_answer_on_a_higher_rung_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    monkeypatch.setattr(trial, "perf_counter", lambda: 0.0)
    (tmp_path / "p.c").write_text(C)
    replies, out = tmp_path / "replies", tmp_path / "out"
    replies.mkdir()
    for number, answer in enumerate((STILL, WRONG, GOOD), 1):
        (replies / f"total.{number}.md").write_text(answer)
    assert run(["translate", str(tmp_path / "p.c"), "-o", str(out), "--no-check"]) == 0
    assert run(["repair", str(out), "--lift", "--replay", str(replies), "--no-functions"]) == 0
    log = {f["name"]: f for f in json.loads((out / ".c2rs/repair/log.json").read_text())["functions"]}
    assert [attempt["verdict"] for attempt in log["total"]["attempts"]] == ["rung", "compare", "accepted"]
    assert log["first"]["reason"].startswith("signature: no caller can lend it what it points to: `main` passes it memory (")
    report = json.loads((out / "c2rs-report.json").read_text())
    assert {f["name"]: f["grade"] for f in report["functions"]}["total"] == "owned"
    assert "collect()" in (out / "crates/p/src/p.rs").read_text()


def lift_table(out: Path, replies: Path, *more: str) -> dict[str, list[str]]:
    """The verdicts on the answers for each function of fixtures/repair/lift."""
    assert run(["translate", str(TABLE), "-o", str(out), "--no-check"]) == 0
    assert run(["repair", str(out), "--lift", "--replay", str(replies), "--no-functions", *more]) == 0
    log = json.loads((out / ".c2rs/repair/log.json").read_text())
    return {f["name"]: [*(attempt["verdict"] for attempt in f["attempts"]), f["status"]] for f in log["functions"]}


def test_recorded_answers_lift_positions_and_functions_that_share_an_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    monkeypatch.setattr(trial, "perf_counter", lambda: 0.0)
    texts = []
    for out, jobs in ((tmp_path / "first", "1"), (tmp_path / "second", "4")):
        assert lift_table(out, REPLIES, "--jobs", jobs) == {
            "fill": ["accepted", "accepted"],
            "total": ["contested", "accepted", "accepted"],
            "find": ["compare", "accepted", "accepted"],
            "skip": ["accepted", "accepted"],
            "rises": ["accepted", "accepted"],
            "number": ["compare", "accepted", "accepted"],
            "largest": ["signature", "accepted", "accepted"],
            "main": ["unanswered"],
        }
        texts.append((out / "crates/lift/src/table.rs").read_text())
    assert texts[0] == texts[1]
    for part in (
        "fn fill(row: &mut [i32], n: i32) {", "fn total(row: &[i32], n: i32) -> i32 {", "fill(&mut row, 12);",
        "fn find(row: &[i32], n: i32, x: i32) -> Option<usize> {", "let at = find(&words, 6, x);",
        "fn skip(row: &[i32], x: i32) -> usize {", "fn rises(from: &[i32], from_at: usize, to: usize) -> i32 {",
        "fn number(text: &[u8], end: Option<&mut i32>) -> i32 {", "if end > 2 { Some(&mut end) } else { None }",
        "fn largest(row: Option<&[i32]>, n: i32, limit: Option<&i32>) -> i32 {", "largest(None, 8, if end == 0 { Some(&limit) } else { None })",
    ):  # fmt: skip
        assert part in texts[0]
    # A translation keeps all of it; where one of two that share an argument has changed, both have their pointers again.
    assert run(["translate", str(TABLE), "-o", str(out), "--no-check"]) == 0
    assert (out / "crates/lift/src/table.rs").read_text() == texts[0]


def test_of_functions_that_share_an_argument_both_are_lifted_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    monkeypatch.setattr(trial, "perf_counter", lambda: 0.0)
    replies = tmp_path / "replies"
    replies.mkdir()
    for name in ("fill.1.md", "total.1.md"):
        (replies / name).write_bytes((REPLIES / name).read_bytes())
    verdicts = lift_table(tmp_path / "out", replies)
    assert verdicts["fill"] == ["contested", "refused"]
    assert verdicts["total"] == ["contested", "unanswered"]
    assert "fn fill(row: Ptr<i32>, n: i32, mem: &mut Memory)" in (tmp_path / "out/crates/lift/src/table.rs").read_text()
    assert not list((tmp_path / "out/.c2rs/repair/accepted").glob("*"))
