"""`c2rs repair --lift` with other signatures: what the solver accepts, what is refused by name, and what a body brings with it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from c2rust_py.cli import run
from c2rust_py.emit.accepted import function_header
from c2rust_py.options import Options
from c2rust_py.oracle.functions.timing import LEAST, ratio
from c2rust_py.pipeline import translate_project
from c2rust_py.repair import command, trial
from c2rust_py.repair.answers import Refused, read_answer
from c2rust_py.repair.lifting import Lifting
from c2rust_py.repair.prompts import first_messages
from c2rust_py.repair.trial import FunctionOracle
from c2rust_py.repair.work_list import Task, make_tasks

GOLDEN = Path(__file__).resolve().parent.parent / "fixtures" / "repair" / "prompts" / "lift_with_signature.md"
C = """#include <stdio.h>
#include <stdlib.h>
static int total(const int *row, int n) {
    const int *p = row, **q = &p;
    int sum = 0;
    for (int i = 0; i < n; i++) sum += *(*q)++;
    return sum;
}
static void fill(int *row, int n) {
    int *p = row, **q = &p;
    for (int i = 0; i < n; i++) *(*q)++ = i * i;
}
static void step(int *x) { int **q = &x; **q += 1; }
static int count(int **rows, int n) { return total(rows[0], n) + n; }
static int add(int *to, const int *from) { int **q = &to; **q += *from; return **q; }
static int kept(const int *p) { static const int *last; int **q = (int **)&p; last = p; return **q + *last; }
static void freed(int *p) { int **q = &p; **q = 1; free(p); }
static int *same(int *p) { int **q = &p; **q = 1; return *q; }
int main(void) {
    int row[8], squares[9], other[4] = {1, 2, 3, 4}, x = 4, y = 5;
    int *rows[1] = {other};
    for (int i = 0; i < 8; i++) row[i] = i;
    fill(squares, 9);
    step(&x);
    printf("%d %d %d %d\\n", total(row, 8), x, squares[8], add(&y, &y));
    if (x > 100) printf("%d %d\\n", count(rows, 3), kept(rows[0])), freed(same(rows[0]));
    return 0;
}
"""
TOTAL = "fn total(row: &[i32], n: i32) -> i32 {\n    row[..n as usize].iter().sum()\n}"
FILL = "fn fill(row: &mut [i32], n: i32) {\n    for (i, x) in (0..n).zip(row) {\n        *x = i * i;\n    }\n}"
STEP = "fn step(x: &mut i32) {\n    *x += 1;\n}"


@pytest.fixture(scope="module")
def lifting(tmp_path_factory: pytest.TempPathFactory) -> Lifting:
    folder = tmp_path_factory.mktemp("signatures")
    (folder / "p.c").write_text(C)
    project = translate_project(Options((folder / "p.c",), folder / "out", jobs=1, check=False)).project
    assert project is not None
    return Lifting(project)


def tasks(lifting: Lifting) -> dict[str, Task]:
    return {task.name: task for task in make_tasks(lifting.project.groups, lifting.project.units, lift=True)}


def refusal(ask: Callable[[], object]) -> str:
    with pytest.raises(Refused) as found:
        ask()
    assert found.value.name == "signature"
    return found.value.reason


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("total", "fn total(row: &[i32], n: i32) -> i32"),
        ("fill", "fn fill(row: &mut [i32], n: i32)"),
        ("step", "fn step(x: &mut i32)"),
    ],
)
def test_the_solver_accepts(lifting: Lifting, name: str, header: str) -> None:
    task = tasks(lifting)[name]
    assert "Ptr<i32>" in task.header
    assert lifting.offer(task).offers == (header,)


def test_callers_that_cannot_lend_keep_the_instance_on_memory(lifting: Lifting) -> None:
    fitted = lifting.read(tasks(lifting)["total"], "fn total(row: &[i32], n: i32) -> i32")
    (group,) = fitted.groups
    paths, functions = group.lowered.rust_paths, group.program.functions
    assert function_header(group.crate, paths["p.c:total@memory"]).startswith("fn total_in_memory(row: Ptr<i32>")
    assert set(group.lowered.stubs) == {"p.c:total"}
    assert "p.c:count" in functions


def test_what_is_refused_by_name(lifting: Lifting) -> None:
    found = tasks(lifting)
    assert "`p` is kept past the call" in refusal(lambda: lifting.offer(found["kept"]))
    assert "what `p` points to is freed" in refusal(lambda: lifting.offer(found["freed"]))
    assert "no caller can lend it" in refusal(lambda: lifting.offer(found["same"]))
    position = "there can be `usize` or `Option<usize>`, a position in a slice"
    assert refusal(lambda: lifting.read(found["same"], "fn same(p: &mut i32) -> &mut i32")).endswith(position)
    reason = refusal(lambda: lifting.offer(found["add"]))
    assert reason.startswith("no caller can lend it what it points to: `main` passes it memory (two arguments of `add` may be ")
    total = found["total"]
    forms = "for `Ptr<i32>` there can be `&[i32]`, `&mut [i32]`, `&i32` or `&mut i32`, or an `Option` of these"
    for other in ("Option<&u32>", "Option<Option<&i32>>", "Option<i32>", "&[u8]", "&Vec<i32>", "usize"):
        assert refusal(lambda other=other: lifting.read(total, f"fn total(row: {other}, n: i32) -> i32")).endswith(forms)
    assert "has to stay" in refusal(lambda: lifting.read(total, "fn total(row: Ptr<i32>, n: i64, mem: &mut Memory) -> i32"))


def test_an_answer_s_signature_is_the_solver_s(lifting: Lifting) -> None:
    total = tasks(lifting)["total"]

    def asks(header: str) -> str:
        return lifting.read(total, header).header

    assert read_answer(TOTAL, total.header, asks).header == "fn total(row: &[i32], n: i32) -> i32"
    wide = "fn total(row: &[i32], n: i64) -> i32 { 0 }"
    assert "has to be `fn total(row: &[i32], n: i32) -> i32`" in refusal(lambda: read_answer(wide, total.header, asks))
    assert "has to be `fn total(row: Ptr<i32>" in refusal(lambda: read_answer(TOTAL, total.header))


def test_a_request_with_another_signature(lifting: Lifting) -> None:
    text = first_messages(lifting.offer(tasks(lifting)["total"]))[1].content
    if os.environ.get("C2RS_UPDATE"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def test_the_ratio_is_that_of_the_best_rounds() -> None:
    assert ratio([9000, 4000, 5000], [6000, 70_000], 100) == 1.5
    assert ratio([1], [2], 100) == ratio([LEAST * 100], [LEAST * 100], 100) == 1.0


def prepared(folder: Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[str]]) -> Path:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(folder / "target"))
    monkeypatch.setattr(trial, "perf_counter", lambda: 0.0)
    (folder / "p.c").write_text(C)
    (folder / "replies").mkdir()
    for name, texts in answers.items():
        for number, text in enumerate(texts, 1):
            (folder / "replies" / f"{name}.{number}.md").write_text(text)
    assert run(["translate", str(folder / "p.c"), "-o", str(folder / "out"), "--no-check"]) == 0
    return folder / "out"


def verdicts(out: Path) -> dict[str, list[str]]:
    log = json.loads((out / ".c2rs/repair/log.json").read_text())
    return {f["name"]: [attempt["verdict"] for attempt in f["attempts"]] for f in log["functions"]}


def test_bodies_bring_their_signatures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_memory = "fn total(row: Ptr<i32>, n: i32, mem: &mut Memory) -> i32 { n }"
    wrong = TOTAL.replace("sum()", "sum::<i32>() + 1")
    out = prepared(tmp_path, monkeypatch, {"total": [on_memory, wrong, TOTAL], "fill": [FILL], "step": [STEP]})
    assert run(["repair", str(out), "--lift", "--replay", str(tmp_path / "replies"), "--no-functions"]) == 0
    found = verdicts(out)
    assert found["total"] == ["rung", "compare", "accepted"]
    assert (found["fill"], found["step"], found["add"]) == (["accepted"], ["accepted"], [])
    module = out / "crates/p/src/p.rs"
    text = module.read_text()
    assert "total(&row, 8)" in text and "fill(&mut squares, 9)" in text and "step(&mut x)" in text
    assert "total_in_memory(*rows, n, mem)" in text
    assert run(["diff", str(tmp_path / "p.c"), str(out), "--dev"]) == 0
    # A translation keeps the signatures with the bodies; one whose C has changed goes back to its pointers.
    assert run(["translate", str(tmp_path / "p.c"), "-o", str(out), "--no-check"]) == 0
    assert module.read_text() == text
    (tmp_path / "p.c").write_text(C.replace("sum += *(*q)++", "sum -= *(*q)++"))
    assert run(["translate", str(tmp_path / "p.c"), "-o", str(out)]) == 0
    assert "fn total(row: Ptr<i32>, n: i32, mem: &mut Memory)" in module.read_text()
    assert FILL in module.read_text()


def test_what_is_slower_is_refused_with_the_ratio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ratios = iter([1.21, 1.19])
    oracle = FunctionOracle(lambda folder, task: None, measure=lambda folder, task, before: next(ratios))
    monkeypatch.setattr(command, "_oracle", lambda *given: oracle)
    again = STEP.replace("1;", "1; // again")
    out = prepared(tmp_path, monkeypatch, {"step": [STEP, again]})
    assert run(["repair", str(out), "--lift", "--replay", str(tmp_path / "replies")]) == 0
    log = json.loads((out / ".c2rs/repair/log.json").read_text())
    (step,) = [f for f in log["functions"] if f["name"] == "step"]
    assert [(a["verdict"], a["reason"]) for a in step["attempts"]] == [
        ("slower", "a call takes 1.2 times as long as one of the translated function"),
        ("accepted", "1 case"),
    ]


@pytest.mark.slow
def test_the_function_comparison_of_other_signatures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs of the C find what no case does; the values go back; the calls are timed."""
    wrong = TOTAL.replace("row[..n as usize].iter().sum()", "let mut sum = 0;\n    for x in &row[..n.max(0) as usize] {\n        sum += (x & 255);\n    }\n    sum")
    right = wrong.replace("(x & 255)", "x")
    out = prepared(tmp_path, monkeypatch, {"total": [wrong, right]})
    assert run(["repair", str(out), "--lift", "--replay", str(tmp_path / "replies")]) == 0
    log = json.loads((out / ".c2rs/repair/log.json").read_text())
    (total,) = [f for f in log["functions"] if f["name"] == "total"]
    first, second = total["attempts"]
    assert first["verdict"] == "compare" and first["reason"].startswith("the Rust differs: result: C ")
    assert "values go apart first at C line " in first["values"]
    assert second["verdict"] == "accepted" and "1 case and " in second["reason"]


OPTIONAL = """#include <stdio.h>
static int number(const char *text, int *end) {
    const char *p = text, **q = &p;
    int value = 0;
    for (; **q >= '0' && **q <= '9'; ++*q) value = value * 10 + (**q - '0');
    if (end) *end = (int)(p - text);
    return value;
}
static int sum(const int *row, int n) {
    const int *p = row, **q = &p;
    int sum = 0;
    for (int i = 0; row && i < n; i++) sum += *(*q)++;
    return sum;
}
static void mark(int *at) { int **q = &at; if (*q) **q = 1; }
int main(int argc, char **argv) {
    int end = 0, row[3] = {1, 2, 3}, x = 0;
    (void)argv;
    printf("%d %d", number("12", NULL), number("34", argc > 1 ? &end : NULL));
    printf(" %d %d\\n", sum(row, 3), sum(NULL, 3));
    mark(&x);
    return x;
}
"""


@pytest.fixture(scope="module")
def optional(tmp_path_factory: pytest.TempPathFactory) -> Lifting:
    folder = tmp_path_factory.mktemp("optional")
    (folder / "p.c").write_text(OPTIONAL)
    project = translate_project(Options((folder / "p.c",), folder / "out", jobs=1, check=False)).project
    assert project is not None
    return Lifting(project)


@pytest.mark.parametrize(
    ("name", "answered", "header"),
    [
        ("number", "fn number(text: &[u8], end: Option<&mut i32>) -> i32", ""),
        ("number", "fn number(text: Option<&[u8]>, end: Option<&mut i32>) -> i32", "fn number(text: &[u8], end: Option<&mut i32>) -> i32"),
        ("sum", "fn sum(row: Option<&[i32]>, n: i32) -> i32", ""),
        ("sum", "fn sum(row: &[i32], n: i32) -> i32", ""),
        ("mark", "fn mark(at: Option<&mut i32>)", "fn mark(at: &mut i32)"),
    ],
)
def test_references_that_may_be_missing(optional: Lifting, name: str, answered: str, header: str) -> None:
    """Callers that give null make a parameter an option where the answer asks for one; where nobody does, it is always there."""
    assert optional.read(tasks(optional)[name], answered).header == (header or answered)


def test_a_reference_that_callers_cannot_give_is_refused(optional: Lifting) -> None:
    number = tasks(optional)["number"]
    reason = refusal(lambda: optional.read(number, "fn number(text: &[u8], end: &mut i32) -> i32"))
    assert reason.startswith("no caller can lend it what it points to: `main` passes it memory (")
    assert optional.offer(number).offers == ("fn number(text: &[u8], end: Option<&mut i32>) -> i32",)
