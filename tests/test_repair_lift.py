"""`c2rs repair --lift`: an answer for a translated function is kept if it is on a higher rung and does the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from c2rust_py.cli import run
from c2rust_py.repair import trial

C = """#include <stdio.h>
static int total(int n) {
    int row[8], *p = row, **q = &p;
    for (int i = 0; i < n; i++) *(*q)++ = i * i;
    return (int)(p - row) + row[n / 2];
}
static int first(char **words) { return words[0][0]; }
int main(int argc, char **argv) { printf("%d %d\\n", total(7), argc > 5 ? first(argv) : 0); return 0; }
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
