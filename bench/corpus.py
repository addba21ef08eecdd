"""Real C programs: fetched, translated, built, and compared with gcc's build on their cases (fixtures/corpus.toml).

    python bench/corpus.py [--folder DIR] [NAME ...]

NAME is a project; tcc's are its test programs (fixtures/tcc_tests.toml). Sources and results go to DIR (build/corpus).
Each program with the libraries that it links is translated on its own; the programs of a project are built in one release
workspace. stderr tells how each program went, stdout has a table of the projects. What cannot be fetched is skipped with
a line that says so. The exit status is 1 if a program differs or does not build.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from c2rust_py.diagnostics import CompileError
from c2rust_py.infer.solution import MEMORY_SUFFIX
from c2rust_py.options import Options
from c2rust_py.oracle.batch import Batch, build_batch
from c2rust_py.oracle.build import Profile
from c2rust_py.pipeline import Crates, translate_crates

BENCH = Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH.parent / "tests"))

import corpus
import tcc
from refereed import is_refused, with_referee

HEADER = """\
| project | version | programs | functions | stubs | cases equal | translate CPU s | build CPU s |
|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far one program came: its functions as (file, name), the stubs among them, the cases that are equal, the
    first thing that is wrong, and whether that is known (`differs` in tcc_tests.toml)."""

    name: str
    functions: frozenset[tuple[str, str]] = frozenset()
    stubs: frozenset[tuple[str, str]] = frozenset()
    equal: int = 0
    cases: int = 0
    problem: str = ""
    known: bool = False

    @property
    def works(self) -> bool:
        """Whether it does what is expected of it."""
        return self.known == bool(self.problem) and (self.known or self.equal == self.cases)

    def __str__(self) -> str:
        counts = f"{len(self.functions):>6}{len(self.stubs):>6}{self.equal:>6}/{self.cases:<4}"
        return f"{self.name:<28}{counts} {self.problem.splitlines()[0][:200] if self.problem else ''}".rstrip()


@dataclass(frozen=True, slots=True)
class Result:
    """A project's programs, and the processor time that their translation and their release build took."""

    project: corpus.Project
    outcomes: tuple[Outcome, ...]
    translate_seconds: float
    build_seconds: float

    def row(self) -> str:
        """The project's line of the table; functions that several programs share count once."""
        functions = {function for outcome in self.outcomes for function in outcome.functions}
        stubs = {stub for outcome in self.outcomes for stub in outcome.stubs}
        cases = f"{sum(o.equal for o in self.outcomes)} of {sum(o.cases for o in self.outcomes)}"
        counts = f"{len(self.outcomes)} | {len(functions) or '-'} | {len(stubs) if functions else '-'} | {cases}"
        version = re.sub(r"^\d+:|-[^-]*$", "", self.project.version)
        return (
            f"| {self.project.name} | {version} | {counts} | {self.translate_seconds:.1f} | {self.build_seconds:.1f} |"
        )


def cpu_seconds(who: int) -> float:
    """The processor time so far of this process, or of its children that ended."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def check_project(project: corpus.Project, unpacked: Path, out: Path) -> Result:
    """Every program of a project, in a copy of its folder."""
    root = out / "source"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(unpacked, root)
    corpus.prepare(project, root)
    programs = [target for target in project.targets if target.kind == "program"]
    own, children = cpu_seconds(resource.RUSAGE_SELF), cpu_seconds(resource.RUSAGE_CHILDREN)
    translated = {program.name: translate(project, program, root, out) for program in programs}
    preprocessing = cpu_seconds(resource.RUSAGE_CHILDREN) - children
    crates = [crate for found in translated.values() if isinstance(found, Crates) for crate in found.crates]
    batch = build_batch(crates, out / "rust", Profile.RELEASE, opt_level=3)
    refused = [
        options_of(project, program, root, out / "refereed")
        for program in programs
        if isinstance(found := translated[program.name], Crates) and is_refused(batch, found.crates[0])
    ]
    if refused:
        print(f"{project.name}: {len(refused)} programs go to the referee", file=sys.stderr, flush=True)
        batch = with_referee(batch, refused, out / "rust" / "refereed", Profile.RELEASE, opt_level=3)
    translating = cpu_seconds(resource.RUSAGE_SELF) - own + preprocessing
    building = cpu_seconds(resource.RUSAGE_CHILDREN) - children - preprocessing
    outcomes = []
    for program in programs:
        outcomes.append(check_program(project, program, translated[program.name], batch, root, out))
        print(outcomes[-1], file=sys.stderr, flush=True)
    return Result(project, tuple(outcomes), translating, building)


def options_of(project: corpus.Project, program: corpus.Target, root: Path, out: Path) -> Options:
    """What a program is translated by, to a folder in `out`."""
    database = write_commands(project, program, root, out / "commands" / program.name)
    return Options((database,), out / program.name, jobs=1)


def translate(project: corpus.Project, program: corpus.Target, root: Path, out: Path) -> Crates | str:
    """A program's crate, or why there is none."""
    try:
        return translate_crates(options_of(project, program, root, out))
    except CompileError as failure:
        return str(failure)
    except Exception as defect:  # noqa: BLE001 - one program's defect must not hide the others' results
        return f"{type(defect).__name__}: {defect}"


def check_program(
    project: corpus.Project, program: corpus.Target, found: Crates | str, batch: Batch, root: Path, out: Path
) -> Outcome:
    """Builds the C and runs the cases on both sides."""
    cases = [case for case in project.cases if case.program == program.name]
    name = f"{project.name}/{program.name}"
    if isinstance(found, str):
        return Outcome(name, cases=len(cases), problem=found)
    (group,) = found.groups
    functions = frozenset((f.span.file, _c_name(symbol)) for symbol, f in group.program.functions.items() if f.targets is None)
    stubs = frozenset(
        (f.span.file, _c_name(symbol)) for symbol, f in group.program.functions.items() if symbol in group.lowered.stubs
    )
    crate = group.lowered.crate.name
    if crate not in batch.programs:
        said = [str(message) for message in batch.messages.get(crate, ()) if message.level == "error"]
        return Outcome(name, functions, stubs, 0, len(cases), said[0] if said else "it does not build")
    c = out / "c" / program.name
    c.parent.mkdir(exist_ok=True)
    corpus.build(project, program, root, c)
    wrong = [case.name for case in cases if not agrees(project, case, c, batch.programs[crate], root)]
    return Outcome(name, functions, stubs, len(cases) - len(wrong), len(cases), f"differs: {wrong[0]}" if wrong else "")


def _c_name(symbol: str) -> str:
    """A function of C counts once, however many instances it has."""
    return symbol.rpartition(":")[2].removesuffix(MEMORY_SUFFIX)


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


def check_tcc(project: corpus.Project, folder: Path, out: Path) -> Result:
    """All of tcc's tests in one batch. Their functions are not counted, and their build is of the dev profile."""
    own, children = cpu_seconds(resource.RUSAGE_SELF), cpu_seconds(resource.RUSAGE_CHILDREN)
    outcomes = tuple(report_tcc(folder, out))
    translating = cpu_seconds(resource.RUSAGE_SELF) - own
    return Result(project, outcomes, translating, cpu_seconds(resource.RUSAGE_CHILDREN) - children)


def report_tcc(folder: Path, out: Path) -> Iterator[Outcome]:
    """The outcome of each test."""
    for test, problem in tcc.check_tcc_tests(list(tcc.read_tcc_tests(folder)), out):
        known = test.differs is not None
        outcome = Outcome(f"tcc/{test.name}", equal=int(not problem), cases=1, problem=problem, known=known)
        print(outcome, file=sys.stderr, flush=True)
        yield outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="projects (all)")
    parser.add_argument("--folder", type=Path, default=Path("build/corpus"))
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    sources = folder / "sources"
    chosen = [p for p in corpus.load_corpus() if not arguments.names or p.name in arguments.names]
    fetch = [sys.executable, str(BENCH / "fetch_corpus"), str(sources), *(project.name for project in chosen)]
    subprocess.run(fetch, check=True, stdout=sys.stderr)
    results: list[Result] = []
    print(HEADER, flush=True)
    for project in chosen:
        unpacked, out = sources / project.name, folder / project.name
        if not unpacked.is_dir() or not (project.targets or project.name == "tcc"):
            continue
        is_tcc = project.name == "tcc"
        results.append(
            check_tcc(project, unpacked / "tests" / "tests2", out) if is_tcc else check_project(project, unpacked, out)
        )
        print(results[-1].row(), flush=True)
    return 0 if all(outcome.works for result in results for outcome in result.outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
