"""Real C programs: fetched, translated, built, and compared with gcc's build on their cases (fixtures/corpus.toml).

    python bench/corpus.py [--folder DIR] [NAME ...]

NAME is a project; `tcc` stands for tcc's test programs (fixtures/tcc_tests.toml). Sources and results go to DIR
(build/corpus). What cannot be fetched is skipped with a line that says so. The exit status is 1 if a program differs or
does not build.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from c2rust_py.diagnostics import CompileError
from c2rust_py.options import Options
from c2rust_py.oracle.build import Profile, build_rust
from c2rust_py.pipeline import translate_project

BENCH = Path(__file__).resolve().parent
FIXTURES = BENCH.parent / "fixtures"
sys.path.insert(0, str(BENCH.parent / "tests"))

import corpus
from tcc import check_tcc_tests, read_tcc_tests


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far one program came: functions and stubs, cases that are equal, and the first thing that is wrong."""

    name: str
    functions: int = 0
    stubs: int = 0
    equal: int = 0
    cases: int = 0
    problem: str = ""

    def __str__(self) -> str:
        counts = f"{self.functions:>6}{self.stubs:>6}{self.equal:>6}/{self.cases:<4}"
        return f"{self.name:<28}{counts} {self.problem.splitlines()[0][:200] if self.problem else ''}".rstrip()


def check_project(project: corpus.Project, unpacked: Path, out: Path) -> Iterator[Outcome]:
    """Every program of a project, in a copy of its folder."""
    root = out / "source"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(unpacked, root)
    corpus.prepare(project, root)
    for target in project.targets:
        if target.kind == "program":
            yield check_program(project, target, root, out)


def check_program(project: corpus.Project, program: corpus.Target, root: Path, out: Path) -> Outcome:
    """Translates, builds both sides, and runs the cases."""
    cases = [case for case in project.cases if case.program == program.name]
    name = f"{project.name}/{program.name}"
    database = write_commands(project, program, root, out / "commands" / program.name)
    try:
        translation = translate_project(Options((database,), out / program.name, jobs=1, check=False))
    except CompileError as failure:
        return Outcome(name, cases=len(cases), problem=str(failure))
    except Exception as defect:  # noqa: BLE001 - one program's defect must not hide the others' results
        return Outcome(name, cases=len(cases), problem=f"{type(defect).__name__}: {defect}")
    assert translation.report is not None
    counts = len(translation.report.functions), len(translation.report.stubs)
    try:
        rust = build_rust(out / program.name, Profile.RELEASE) / translation.programs[0]
    except CompileError as failure:
        return Outcome(name, *counts, 0, len(cases), str(failure))
    c = out / "c" / program.name
    c.parent.mkdir(exist_ok=True)
    corpus.build(project, program, root, c)
    wrong = [case.name for case in cases if not agrees(project, case, c, rust, root)]
    return Outcome(name, *counts, len(cases) - len(wrong), len(cases), f"differs: {wrong[0]}" if wrong else "")


def agrees(project: corpus.Project, case: corpus.CorpusCase, c: Path, rust: Path, root: Path) -> bool:
    """Whether both sides leave the same; a run that takes too long does not."""
    try:
        return corpus.run_case(project, case, c, root) == corpus.run_case(project, case, rust, root)
    except subprocess.TimeoutExpired:
        return False


def write_commands(project: corpus.Project, program: corpus.Target, root: Path, folder: Path) -> Path:
    """The compile_commands.json of one program with the libraries that it uses."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for target in (program, *map(project.target, program.uses)):
        flags = [flag.replace("{fixture}", str(project.fixture)) for flag in target.flags]
        for source in target.sources:
            file = str(project.path(root, source))
            entries.append({"directory": str(root), "file": file, "arguments": ["gcc", *flags, "-c", file]})
    database = folder / "compile_commands.json"
    database.write_text(json.dumps(entries, indent=1))
    return database


def check_tcc(folder: Path, out: Path) -> Iterator[Outcome]:
    """All of tcc's tests in one batch."""
    for test, problem in check_tcc_tests(list(read_tcc_tests(folder)), out):
        yield Outcome(f"tcc/{test.name}", equal=int(not problem), cases=1, problem=problem)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="projects (all)")
    parser.add_argument("--folder", type=Path, default=Path("build/corpus"))
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    sources = folder / "sources"
    chosen = [p for p in corpus.load_corpus() if not arguments.names or p.name in arguments.names]
    fetch = [sys.executable, str(BENCH / "fetch_corpus"), str(sources), *(project.name for project in chosen)]
    subprocess.run(fetch, check=True)
    print(f"{'program':<28}{'funcs':>6}{'stubs':>6}{'equal cases':>11}", flush=True)
    outcomes: list[Outcome] = []
    for project in chosen:
        if not (sources / project.name).is_dir():
            continue
        tcc = project.name == "tcc"
        found = check_tcc(sources / "tcc" / "tests" / "tests2", folder / "tcc") if tcc else None
        for outcome in found or check_project(project, sources / project.name, folder / project.name):
            outcomes.append(outcome)
            print(outcome, flush=True)
    failed = sum(outcome.equal < outcome.cases for outcome in outcomes)
    print(f"{len(outcomes) - failed} of {len(outcomes)} programs are equal")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
