"""Bodies that differ from the C together, of which nothing says which is wrong: whichever it is, the right ones are found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from c2rust_py.cli import run
from c2rust_py.repair import trial

LIFT = Path(__file__).resolve().parent.parent / "fixtures" / "repair"
C = """#include <stdio.h>
unsigned one(unsigned x) { __asm__("bswap %0" : "+r"(x)); return x; }
unsigned two(unsigned x) { __asm__("shrl %0" : "+r"(x)); return x; }
unsigned six(unsigned x) { __asm__("notl %0" : "+r"(x)); return x; }
int main(void) { printf("%u\\n", six(two(one(1234567)))); return 0; }
"""
RIGHT = {"one": "x.swap_bytes()", "two": "x >> 1", "six": "!x"}
WRONG = {"one": "x.reverse_bits()", "two": "x >> 2", "six": "x"}
Outcome = Callable[[dict[str, str]], tuple[dict[str, dict[str, object]], str]]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("target")


@pytest.fixture
def outcome(target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """What becomes of answers, a word for each function: `w` and `r` are wrong and right ones, in this order."""
    monkeypatch.setenv("CARGO_TARGET_DIR", str(target))
    (tmp_path / "p.c").write_text(C)
    out, replies = tmp_path / "out", tmp_path / "replies"
    replies.mkdir()
    assert run(["translate", str(tmp_path / "p.c"), "-o", str(out), "--no-check"]) == 1

    def repair(answers: dict[str, str]) -> tuple[dict[str, dict[str, object]], str]:
        for name, kinds in answers.items():
            for number, kind in enumerate(kinds, 1):
                body = RIGHT[name] if kind == "r" else f"{WRONG[name]} & !{number}"
                (replies / f"{name}.{number}.md").write_text(f"pub fn {name}(x: u32) -> u32 {{\n    {body}\n}}\n")
        run(["repair", str(out), "--replay", str(replies), "--no-functions"])
        log = json.loads((out / ".c2rs/repair/log.json").read_text())
        return {f["name"]: f for f in log["functions"]}, (out / "crates/p/src/p.rs").read_text()

    return repair


@pytest.mark.parametrize(
    ("answers", "verdicts"),
    [
        ({"one": "wr", "two": "r", "six": "r"}, {"one": ["contested", "accepted"], "two": ["accepted"], "six": ["accepted"]}),
        ({"one": "r", "two": "wr", "six": "r"}, {"one": ["accepted"], "two": ["contested", "accepted"], "six": ["accepted"]}),
        ({"one": "r", "two": "r", "six": "wwr"}, {"one": ["accepted"], "two": ["accepted"], "six": ["contested", "contested", "accepted"]}),
        ({"one": "wwr", "two": "wr", "six": "wr"}, None),
    ],
)
def test_the_right_ones_are_found(outcome: Outcome, answers: dict[str, str], verdicts: dict[str, list[str]] | None) -> None:
    log, text = outcome(answers)
    assert {name: log[name]["status"] for name in RIGHT} == dict.fromkeys(RIGHT, "accepted"), log
    assert all(body in text for body in RIGHT.values())
    if verdicts is not None:
        assert {name: [a["verdict"] for a in log[name]["attempts"]] for name in RIGHT} == verdicts


def test_where_none_agree_none_is_kept(outcome: Outcome) -> None:
    log, text = outcome({"one": "w", "two": "r", "six": "r"})
    assert {name: log[name]["status"] for name in RIGHT} == {"one": "unanswered", "two": "unanswered", "six": "unanswered"}
    assert log["one"]["reason"] == "there is no recorded answer one.2 (its body, or that of `two`, `six`, is wrong)"
    assert text.count("unimplemented!") == 3


def test_functions_that_are_lifted_at_once(target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`fill` and `total` share an array. What differs once both are there may be the fault of the first."""
    monkeypatch.setenv("CARGO_TARGET_DIR", str(target))
    monkeypatch.setattr(trial, "perf_counter", lambda: 0.0)
    out, replies = tmp_path / "out", tmp_path / "replies"
    replies.mkdir()
    fill, total = ((LIFT / "lift-replies" / name).read_text() for name in ("fill.1.md", "total.2.md"))
    for name, text in (("fill.1", fill.replace("% 7", "% 5")), ("fill.2", fill), ("total.1", total)):
        (replies / f"{name}.md").write_text(text)
    assert run(["translate", str(LIFT / "lift/table.c"), "-o", str(out), "--no-check"]) == 0
    assert run(["repair", str(out), "--lift", "--replay", str(replies), "--no-functions"]) == 0
    log = {f["name"]: f for f in json.loads((out / ".c2rs/repair/log.json").read_text())["functions"]}
    verdicts = {name: [a["verdict"] for a in log[name]["attempts"]] for name in ("fill", "total")}
    assert verdicts == {"fill": ["contested", "accepted"], "total": ["accepted"]}
    assert "fill(&mut row, 12);" in (out / "crates/table/src/table.rs").read_text()
