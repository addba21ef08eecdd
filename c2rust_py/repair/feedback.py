"""What goes back of an input on which a candidate differs: the values at the first place where the two sides go apart.

Both sides are built once more with notes in the one function (`trace_c`, `trace_rust`) and run on the case, or the input of the
function comparison, that differs. What cannot be noted (C that is not understood, notes that do not build) leaves the first
differing input alone to go back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from c2rust_py.diagnostics import CompileError
from c2rust_py.emit.accepted import Body
from c2rust_py.frontend.units import Unit
from c2rust_py.oracle.build import CSource, build_c
from c2rust_py.oracle.confine import Confinement
from c2rust_py.oracle.diff import TargetProgram
from c2rust_py.oracle.run import run_case
from c2rust_py.pipeline import Project
from c2rust_py.referee.cargo import CargoVerdict
from c2rust_py.repair.lifting import instance_of
from c2rust_py.repair.trace import Traces, describe, read_notes
from c2rust_py.repair.trace_c import trace_c
from c2rust_py.repair.trace_rust import TracedRust, trace_rust
from c2rust_py.repair.work_list import Task
from c2rust_py.settings import Case

Rerun = Callable[[Path, Task, Mapping[str, Path]], bytes]
"""What both sides of a function say on the input that was kept last: of the workspace in a folder, with other C texts for some
units, by their names."""




def no_rerun(folder: Path, task: Task, c_texts: Mapping[str, Path]) -> bytes:
    """For runs without the function comparison."""
    return b""


@dataclass(frozen=True, slots=True)
class NotedUnit:
    """A unit with notes in one function: its preprocessed text in a file, and what `trace_c` knows of it."""

    unit: Unit
    file: Path
    unsteady: frozenset[str]
    lines: Mapping[int, str]


@dataclass(slots=True)
class Feedback:
    """Makes the notes for the candidates of one run; those of the C are made once. `folder` is for files of its own."""

    project: Project
    folder: Path
    rerun: Rerun = no_rerun
    _units: dict[tuple[str, str], NotedUnit | None] = field(default_factory=dict)

    def of_case(
        self, task: Task, body: Body, program: TargetProgram, case: Case, timeout: float,
        build: Callable[[Body], CargoVerdict], confinement: Confinement,
    ) -> str:  # fmt: skip
        """The values on a case of a program. `build` makes the workspace with a body."""
        noted = self._noted(task)
        rust = trace_rust(body, task.header)
        if noted is None or rust is None:
            return ""
        executable = self.folder / program.name
        sources = [_with_notes(source, noted) for source in program.sources]
        try:
            build_c(sources, program.link_flags, executable)
        except CompileError:
            return ""
        said = run_case(executable, program.name, case, timeout).stderr
        verdict = build(rust.body)
        ours = b""
        if verdict.builds and program.name in verdict.programs:
            ours = run_case(verdict.programs[program.name], program.name, case, timeout, confinement).stderr
        return _described(said, ours, noted, rust)

    def of_input(self, task: Task, body: Body, workspace: Path, build: Callable[[Body], CargoVerdict]) -> str:
        """The values on the input that the function comparison kept last."""
        noted = self._noted(task)
        rust = trace_rust(body, task.header)
        if noted is None or rust is None or not build(rust.body).builds:
            return ""
        try:
            said = self.rerun(workspace, task, {noted.unit.name: noted.file})
        except CompileError:
            return ""
        c, _, ours = said.partition(b"c2rs-side Rust\n")
        return _described(c, ours, noted, rust)

    def _noted(self, task: Task) -> NotedUnit | None:
        if task.id not in self._units:
            self._units[task.id] = self._make_notes(task)
        return self._units[task.id]

    def _make_notes(self, task: Task) -> NotedUnit | None:
        group = next(group for group in self.project.groups if group.crate.name == task.crate)
        function = group.program.functions[instance_of(group, task)]
        unit = next(unit for unit in self.project.units if unit.name == function.unit)
        traced = trace_c(unit, function.name)
        if traced is None:
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        file = (self.folder / f"{task.crate}.{len(self._units)}.notes.i").resolve()
        file.write_text(traced.text, encoding="utf-8", errors="surrogateescape")
        path = unit.root / function.span.file
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
        return NotedUnit(unit, file, traced.unsteady, dict(enumerate(lines, 1)))


def _with_notes(source: CSource, noted: NotedUnit) -> CSource:
    same = (source.path, source.directory) == (noted.unit.path, noted.unit.directory)
    return CSource(str(noted.file), source.flags, source.directory) if same else source


def _described(c: bytes, rust: bytes, noted: NotedUnit, traced: TracedRust) -> str:
    return describe(Traces(read_notes(c), read_notes(rust), noted.unsteady, traced.unsteady, traced.lines, noted.lines))
