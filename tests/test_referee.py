"""rustc as the referee: what a solver without its own check for conflicts gets wrong comes down until it builds and is right."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from c_programs import Case, Program, build, run

from c2rust_py.diagnostics import Severity, Sink, Span
from c2rust_py.emit.workspace import Workspace, render_workspace
from c2rust_py.infer.demotions import LocalObject, MemoryCall, PointerSlot
from c2rust_py.options import Options
from c2rust_py.oracle.build import Profile
from c2rust_py.pipeline import Translation, translate_crates, translate_project
from c2rust_py.referee.cargo import CargoVerdict, RustcMessage, RustcSpan
from c2rust_py.referee.step_down import ROUNDS, Step, step_down
from c2rust_py.referee.suspects import LiftedCrate

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "referee"
CONFLICTS = FIXTURES / "conflicts.c"
VIEW_OF_WRITTEN = FIXTURES / "view_of_written.c"

LOANS = """
static int total(const int *values, int n) { int s = 0; for (int i = 0; i < n; i++) s += values[i]; return s; }
static void bump(int *count) { ++*count; }
int main(void) {
    int a[2] = {1, 2}, count = 0, other = 0;
    bump(&count);
    bump(&other);
    return total(a, 2) + count + other;
}
"""


def optimistic(source: Path, out: Path) -> Translation:
    """Translates with a solver that does not look for conflicts."""
    return translate_project(Options((source,), out, jobs=1), find_conflicts=lambda *_: False)


def assert_same_as_c(source: Path, folder: Path) -> None:
    """What the program that was built in the folder does is what gcc's build does."""
    program = Program(source.stem, (source,), (), (Case("default"),), True)
    build(program, ["-O1"], folder / "c")
    rust = folder / "target" / Profile.DEV.value / source.stem
    assert run(rust, Case("default")).visible() == run(folder / "c", Case("default")).visible()


def test_an_optimistic_solver_is_brought_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    translation = optimistic(CONFLICTS, tmp_path / "out")
    assert translation.builds and translation.complete
    assert not [d for d in translation.diagnostics if d.severity is Severity.ERROR]
    report = json.loads((tmp_path / "out" / "c2rs-report.json").read_text())
    steps = [(step["round"], step["function"], step["error"][:5], step["demoted"]) for step in report["referee"]]
    assert (1, "main", "E0499", ["the call of `swap`"]) in steps
    assert (1, "main", "E0502", ["the call of `add_to`"]) in steps
    assert (1, "main", "E0499", ["the call of `fill`"]) in steps
    assert all(round <= ROUNDS for round, *_ in steps)
    assert_same_as_c(CONFLICTS, tmp_path)
    again = optimistic(CONFLICTS, tmp_path / "again")
    assert again.report is not None and translation.report is not None
    assert again.report.text() == translation.report.text(), "the referee is deterministic"
    assert again.report.slots_text() == translation.report.slots_text()


def test_what_the_solver_overlooks_is_brought_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    translation = translate_project(Options((VIEW_OF_WRITTEN,), tmp_path / "out", jobs=1))
    assert translation.builds and translation.report is not None
    assert [(step.round, step.function, step.error[:5]) for step in translation.report.steps] == [(1, "mix", "E0506")]
    assert_same_as_c(VIEW_OF_WRITTEN, tmp_path)


def test_nothing_runs_twice_where_the_first_build_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def cargo(out: Path, jobs: int) -> CargoVerdict:
        asked.append(out)
        return CargoVerdict(True, (), {})

    monkeypatch.setattr("c2rust_py.pipeline.cargo_build", cargo)
    translation = translate_project(Options((CONFLICTS,), tmp_path / "out", jobs=1))
    assert translation.builds and len(asked) == 1
    assert translation.timings.count("lift") == 1
    assert translation.report is not None and translation.report.steps == ()


def test_a_crate_that_cargo_refuses_for_good_fails_loudly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def cargo(out: Path, jobs: int) -> CargoVerdict:
        rounds.append(len(rounds))
        text = (out / "crates/conflicts/src/conflicts.rs").read_text().splitlines()
        line = next(number for number, line in enumerate(text, 1) if line.startswith("pub fn main"))
        return CargoVerdict(False, (borrow_error("crates/conflicts/src/conflicts.rs", line),), {})

    monkeypatch.setattr("c2rust_py.pipeline.cargo_build", cargo)
    translation = translate_project(Options((CONFLICTS,), tmp_path / "out", jobs=1))
    assert translation.builds is False and not translation.complete
    assert any("E0499" in d.message for d in translation.diagnostics if d.severity is Severity.ERROR)
    assert 1 < len(rounds) <= ROUNDS + 2


# ---- one round


@pytest.fixture
def loans(tmp_path: Path) -> tuple[LiftedCrate, Workspace]:
    source = tmp_path / "loans.c"
    source.write_text(LOANS)
    (group,) = translate_crates(Options((source,), tmp_path / "unused", jobs=1, check=False)).groups
    return group.source, render_workspace([group.crate], Sink())


FILE = "crates/loans/src/loans.rs"


def borrow_error(file: str, line: int, *pointed: str) -> RustcMessage:
    spans = tuple(RustcSpan(file, line, line, text) for text in pointed)
    return RustcMessage("error", "E0499", "cannot borrow", file, line, spans)


def round_of(
    loans: tuple[LiftedCrate, Workspace], *errors: RustcMessage, round: int = 1, edited: frozenset[str] = frozenset()
) -> tuple[Step, ...]:
    return step_down({"loans": loans[0]}, loans[1], edited, errors, round).get("loans", ())


def line_of(loans: tuple[LiftedCrate, Workspace], text: str) -> int:
    lines = loans[1].files[FILE].splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def subjects(loans: tuple[LiftedCrate, Workspace]) -> list[object]:
    solution = loans[0].lifted.solution
    assert solution is not None
    return [s for s in solution.demotions.reasons if isinstance(s, MemoryCall | PointerSlot | LocalObject)]


def test_of_two_calls_the_one_on_the_line_goes(loans: tuple[LiftedCrate, Workspace]) -> None:
    second = line_of(loans, "bump(&mut other)")
    (step,) = round_of(loans, borrow_error(FILE, second, "&mut other", "bump"))
    assert step.demoted == ("the call of `bump`",)
    assert step.place == Span("loans.c", 7) and step.rust_place == f"{FILE}:{second}"
    (call,) = subjects(loans)
    assert isinstance(call, MemoryCall)
    assert loans[0].lifted.solution is not None
    reason = loans[0].lifted.solution.demotions.reasons[call]
    assert "E0499" in reason.text and f"{FILE}:{second}" in reason.text and reason.span == step.place


def test_without_a_call_the_variable_goes(loans: tuple[LiftedCrate, Workspace]) -> None:
    (step,) = round_of(loans, borrow_error(FILE, line_of(loans, "bump(&mut other)"), "&mut other"))
    assert step.demoted == ("`other`",)
    assert [type(subject) for subject in subjects(loans)] == [LocalObject]


def test_parameters_are_suspects_too(loans: tuple[LiftedCrate, Workspace]) -> None:
    (step,) = round_of(loans, borrow_error(FILE, line_of(loans, "fn total"), "values"))
    assert step.function == "total" and step.demoted == ("`values`",)


def test_without_a_name_everything_in_the_function_goes(loans: tuple[LiftedCrate, Workspace]) -> None:
    (step,) = round_of(loans, borrow_error(FILE, line_of(loans, "fn main"), "somewhere"))
    assert len(step.demoted) == 6, "three calls, three objects"


def test_all_errors_of_a_round_at_once(loans: tuple[LiftedCrate, Workspace]) -> None:
    steps = round_of(
        loans,
        borrow_error(FILE, line_of(loans, "bump(&mut other)"), "bump"),
        borrow_error(FILE, line_of(loans, "bump(&mut count)"), "bump"),
    )
    assert [step.place.line for step in steps] == [6, 7], "in the order of the files, whatever rustc's was"
    assert len(subjects(loans)) == 2


def test_behind_the_last_round_everything_in_the_function_goes(loans: tuple[LiftedCrate, Workspace]) -> None:
    error = borrow_error(FILE, line_of(loans, "bump(&mut other)"), "bump")
    (step,) = round_of(loans, error, round=ROUNDS + 1)
    assert len(step.demoted) == 6
    assert round_of(loans, error, round=ROUNDS + 2) == ()


@pytest.mark.parametrize("code", ["E0308", "E0596", "E0384", "unconditional_panic", None])
def test_what_is_not_about_borrowing_is_our_defect(loans: tuple[LiftedCrate, Workspace], code: str | None) -> None:
    error = borrow_error(FILE, line_of(loans, "bump(&mut other)"), "bump")
    assert round_of(loans, error, replace(error, code=code, text="mismatched types")) == ()
    assert subjects(loans) == [], "nothing steps down in a round with such an error"


def test_lifetimes_have_no_code(loans: tuple[LiftedCrate, Workspace]) -> None:
    error = borrow_error(FILE, line_of(loans, "bump(&mut other)"), "bump")
    assert round_of(loans, replace(error, code=None, text="lifetime may not live long enough"))


def test_nothing_above_memory_is_our_defect(loans: tuple[LiftedCrate, Workspace]) -> None:
    error = borrow_error(FILE, line_of(loans, "fn total"), "values")
    assert round_of(loans, error)
    assert round_of(loans, error, round=2) == ()


def test_what_the_user_edited_is_theirs(loans: tuple[LiftedCrate, Workspace]) -> None:
    error = borrow_error(FILE, line_of(loans, "bump(&mut other)"), "bump")
    assert round_of(loans, error, edited=frozenset({FILE})) == ()
    assert round_of(loans, replace(error, file="crates/loans/src/nowhere.rs")) == ()
