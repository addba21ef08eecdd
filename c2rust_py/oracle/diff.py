"""The program oracle: every program of a project on every case, C against Rust."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from c2rust_py.oracle.build import SANITIZE, CSource, Profile, build_c, build_rust
from c2rust_py.oracle.compare import Undefined, differences, undefined_verdict
from c2rust_py.oracle.overflow import find_overflow
from c2rust_py.oracle.run import Outcome, run_case
from c2rust_py.overflow import Overflow
from c2rust_py.settings import Case


@dataclass(frozen=True, slots=True)
class TargetProgram:
    """A program: its name, the C that it is built from, and the name of its Rust binary."""

    name: str
    binary: str
    sources: tuple[CSource, ...]
    link_flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One program on one case: how Rust differs (nothing where they agree), whether the C is undefined there, and the signed
    operator whose overflow stopped the Rust alone."""

    program: str
    case: Case
    differences: tuple[str, ...]
    undefined: Undefined | None = None
    overflow: Overflow | None = None

    @property
    def agrees(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """How to compare: the time limit of a run in seconds, whether stderr counts, whether differences are looked into
    with sanitizers, and the cargo profile."""

    timeout: float = 10.0
    stderr: bool = False
    sanitize: bool = False
    profile: Profile = Profile.RELEASE
    jobs: int = 0


def diff_programs(
    programs: Sequence[TargetProgram], cases: Sequence[Case], out: Path, options: DiffOptions
) -> tuple[CaseResult, ...]:
    """Builds both sides and compares. Cases that differed last time come first (their inputs are kept in OUT/.c2rs)."""
    binaries = build_rust(out, options.profile, options.jobs)
    ordered = tuple(_failed_first(cases, _read_failures(out)))
    results: list[CaseResult] = []
    with TemporaryDirectory(prefix="c2rs-diff-") as folder:
        for program in programs:
            results.extend(_diff_program(program, ordered, binaries / program.binary, Path(folder), options))
    _keep_failures(out, results)
    return tuple(results)


def _diff_program(
    program: TargetProgram, cases: Iterable[Case], rust: Path, folder: Path, options: DiffOptions
) -> list[CaseResult]:
    c = folder / program.name / "c"
    build_c(program.sources, program.link_flags, c)
    results: list[CaseResult] = []
    for case in cases:
        expected = run_case(c, program.name, case, options.timeout)
        actual = run_case(rust, program.name, case, options.timeout)
        found = differences(expected, actual, stderr=options.stderr)
        undefined = None
        if found and options.sanitize:
            undefined = _look_into(program, case, folder / program.name / "sanitized", options.timeout)
        results.append(CaseResult(program.name, case, found, undefined, find_overflow(expected, actual)))
    return results


def _look_into(program: TargetProgram, case: Case, checked: Path, timeout: float) -> Undefined | None:
    """Whether the C is undefined on this case, by sanitizers."""
    if not checked.exists():
        build_c(program.sources, program.link_flags, checked, SANITIZE)
    outcome: Outcome = run_case(checked, program.name, case, timeout * 4)
    return undefined_verdict(outcome.stderr)


def read_case_folder(folder: Path) -> tuple[Case, ...]:
    """The cases of `--cases DIR`: `NAME.args` has one argument a line, `NAME.in` is standard input."""
    names = sorted({path.stem for path in folder.iterdir() if path.suffix in (".args", ".in")})
    return tuple(_folder_case(folder, name) for name in names)


def _folder_case(folder: Path, name: str) -> Case:
    arguments, stdin = folder / f"{name}.args", folder / f"{name}.in"
    args = arguments.read_text(encoding="utf-8", errors="surrogateescape").splitlines() if arguments.exists() else []
    return Case(name, tuple(args), stdin.read_bytes() if stdin.exists() else b"")


def _failures_path(out: Path) -> Path:
    return out / ".c2rs" / "failures"


def _keep_failures(out: Path, results: Iterable[CaseResult]) -> None:
    """Keeps each input that failed, as a folder that `--cases` takes; those that agree now are dropped."""
    folder = _failures_path(out)
    folder.mkdir(parents=True, exist_ok=True)
    for result in results:
        stem = json.dumps(result.case.name)[1:-1].replace("/", "_")
        files = {
            folder / f"{stem}.args": "\n".join(result.case.args).encode(),
            folder / f"{stem}.in": result.case.stdin,
        }
        for path, data in files.items():
            if result.agrees:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(data)


def _read_failures(out: Path) -> frozenset[str]:
    folder = _failures_path(out)
    return frozenset(path.stem for path in folder.glob("*.in")) if folder.is_dir() else frozenset()


def _failed_first(cases: Iterable[Case], failed: frozenset[str]) -> list[Case]:
    return sorted(cases, key=lambda case: case.name not in failed)
