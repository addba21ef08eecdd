"""Shared fixtures: the C programs that this run tests, translated and built once for all of pytest's workers."""

from __future__ import annotations

import fcntl
import os
import pickle
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from c_programs import Program

from c2rust_py.diagnostics import CompileError, Severity
from c2rust_py.options import Options, Rung
from c2rust_py.oracle.batch import Batch, build_batch
from c2rust_py.pipeline import translate_crates
from c2rust_py.rust_ir.nodes import Crate

signal.signal(signal.SIGINT, signal.default_int_handler)
"""Shells have what they start in the background ignore interrupts; what the tests start and interrupt must not."""


@dataclass(frozen=True, slots=True)
class BuiltPrograms:
    """The Rust program of each C program by name, or what went wrong with it."""

    batch: Batch
    crates: dict[str, str]
    problems: dict[str, str]

    def program(self, name: str) -> Path:
        """Where the program is; fails the test that asks for one that could not be made."""
        if name in self.problems:
            pytest.fail(self.problems[name], pytrace=False)
        crate = self.crates[name]
        said = [str(m) for key in (crate, "", "c2rs-rt") for m in self.batch.messages.get(key, ())]
        if crate not in self.batch.programs:
            pytest.fail("\n".join(["the crate does not build", *said[:5]]), pytrace=False)
        return self.batch.programs[crate]

    def warnings(self, name: str) -> list[str]:
        """What rustc says of the program's crate."""
        return [str(message) for message in self.batch.messages.get(self.crates.get(name, ""), ())]


LADDERS = (Rung.OWNED, Rung.MEMORY)
"""The whole ladder, and the memory rung alone: every program but the ordinary ones does the same on both."""


def translate_program(program: Program, ladder: Rung) -> tuple[Crate | None, str]:
    """The crate of a program, or None and why there is none. It is named after the program."""
    inputs = program.sources if len(program.sources) == 1 else (program.sources[0].parent,)
    try:
        translation = translate_crates(Options(tuple(inputs), Path("unused"), flags=program.flags, jobs=1, ladder=ladder))
    except CompileError as problem:
        return None, str(problem)
    except Exception as problem:  # noqa: BLE001 - one program's defect is that program's failure
        return None, f"{type(problem).__name__}: {problem}"
    errors = [str(d) for d in translation.diagnostics if d.severity is Severity.ERROR]
    return (None, "\n".join(errors)) if errors else (translation.crates[0], "")


def build_programs(programs: list[Program], folder: Path, ladder: Rung) -> BuiltPrograms:
    """Translates in parallel and builds in one cargo run."""
    with ProcessPoolExecutor(max_workers=2) as pool:
        ladders = [ladder] * len(programs)
        results = dict(zip((p.name for p in programs), pool.map(translate_program, programs, ladders), strict=True))
    crates = {name: crate for name, (crate, _) in results.items() if crate is not None}
    problems = {name: problem for name, (crate, problem) in results.items() if crate is None}
    with pytest.MonkeyPatch.context() as patch:
        if "CARGO_TARGET_DIR" in os.environ:  # One for each ladder, or the programs of one would take the place of the other's.
            patch.setenv("CARGO_TARGET_DIR", str(Path(os.environ["CARGO_TARGET_DIR"]) / ladder.value))
        batch = build_batch(list(crates.values()), folder / "rust")
    return BuiltPrograms(batch, {name: crate.name for name, crate in crates.items()}, problems)


@pytest.fixture(scope="session")
def built_programs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[Rung, BuiltPrograms]:
    """All programs that a test of this run asks for, on each ladder; the first of pytest's workers builds, the others
    wait."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function) and hasattr(item, "callspec")]
    wanted = {p.name: p for item in items if isinstance(p := item.callspec.params.get("program"), Program)}
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if hasattr(request.config, "workerinput") else base) / "programs"
    shared.mkdir(exist_ok=True)
    result = shared / "built.pickle"
    with locked(shared / "lock"):
        if not result.exists():
            programs = {
                ladder: [program for program in wanted.values() if ladder is Rung.OWNED or not program.ordinary]
                for ladder in LADDERS
            }
            built = {ladder: build_programs(programs[ladder], shared / ladder.value, ladder) for ladder in LADDERS}
            result.write_bytes(pickle.dumps(built))
    found = pickle.loads(result.read_bytes())
    assert isinstance(found, dict)
    return found


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a lock between processes."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
