"""The third and fourth gate: a workspace beside OUT that has the candidate's body, built by cargo and compared with the C.

The workspace is made as a translation is, so what passes here is what `commit` writes. One candidate is tried at a time;
what asks models runs in parallel.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from types import MappingProxyType

from c2rust_py.comparison import target_programs
from c2rust_py.diagnostics import Code, CompileError, Sink, error
from c2rust_py.emit.accepted import Body
from c2rust_py.emit.runtime import read_runtime, vendor_runtime
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.emit.writer import write_files
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.lift.lending import Signature
from c2rust_py.oracle.build import build_c
from c2rust_py.oracle.compare import differences
from c2rust_py.oracle.confine import Confinement
from c2rust_py.oracle.diff import TargetProgram
from c2rust_py.oracle.functions.verdicts import FunctionVerdict
from c2rust_py.oracle.functions.verdicts import Outcome as FunctionOutcome
from c2rust_py.oracle.run import Outcome, run_case
from c2rust_py.pipeline import Project, Signatures, project_manifest
from c2rust_py.referee.cargo import CargoVerdict, cargo_build
from c2rust_py.repair.answers import Differs, Refused
from c2rust_py.repair.feedback import Feedback, Rerun, no_rerun
from c2rust_py.repair.lifting import Lifting, instance_of, keep_signatures
from c2rust_py.repair.stub_marks import StubMark, read_stub_mark
from c2rust_py.repair.work_list import Task
from c2rust_py.report.build import LinkedGroup, with_bodies
from c2rust_py.settings import Case

Id = tuple[str, str]
"""A crate's name and a function's symbol."""

Compare = Callable[[Path, Task], FunctionVerdict | None]
"""The function comparison, of the workspace in a folder; None where there is none for the function."""

Measure = Callable[[Path, Task, Callable[[], CargoVerdict]], float | None]
"""How many times as long a call takes in the workspace of a folder as in the one that the function makes of it; None where that
cannot be told."""


def _not_measured(folder: Path, task: Task, before: Callable[[], CargoVerdict]) -> None:
    """For runs without the function comparison."""


@dataclass(frozen=True, slots=True)
class FunctionOracle:
    """What is asked of the function comparison: verdicts, what both sides say on an input once more, and the time of calls."""

    compare: Compare
    rerun: Rerun = no_rerun
    measure: Measure = _not_measured


_PROFILE = (
    "--config=profile.dev.debug=0", "--config=profile.dev.overflow-checks=false",
)  # fmt: skip
"""Fast to build; signed overflow wraps, as in the release profile that `c2rs diff` compares."""

_VERSION = re.compile(r'\nversion = "[^"]*"\n')
_BUILD_SECONDS = 600
_SLOWER = 1.2
_NOISE = 0.02
_ROUNDS = 5
_CALLS = "c2rs: __c2rs_called__"
_CALLED = Body(f'unimplemented!("{_CALLS}")')
"""Of a function of which it is asked whether a case comes to it."""


@dataclass(frozen=True, slots=True)
class CaseRun:
    """One program on one case: `differs` has how, empty where it agrees; `stopped_at` is a stub's text where one ended it, and
    `pretended` what a panic says that has the words of a stub and is of none."""

    differs: tuple[str, ...]
    stopped_at: str | None = None
    pretended: str | None = None

    @property
    def agrees(self) -> bool:
        return not self.differs


_NO_RUN = CaseRun(("the program does not build",))

CaseId = tuple[str, int]
"""A program's name and a case's position."""


Builder = Callable[[Body, Iterable[CaseId]], CargoVerdict]
"""Builds the workspace with a body, and the programs of some cases."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What speaks for a body: the cases that came to it (`reached`) and agree now, and inputs of the function comparison. `ended` are all
    cases that agree since the body is there; `runs` are all cases as they go with it. `not_compared`: why the function comparison
    says nothing, where it was asked."""

    agreeing: tuple[CaseId, ...]
    ended: tuple[CaseId, ...]
    inputs: int
    runs: Mapping[CaseId, CaseRun]
    not_compared: str = ""
    reached: tuple[CaseId, ...] = ()

    @property
    def compared(self) -> bool:
        return bool(self.agreeing or self.inputs)

    @property
    def evidence(self) -> str:
        parts = [case_count(len(self.agreeing))] if self.agreeing else []
        parts += [f"{self.inputs} inputs"] if self.inputs else []
        return " and ".join(parts)


@dataclass(frozen=True, slots=True)
class Beside:
    """A function that is lifted with another: its signature, its body if it has one by now, and the cases that come to it."""

    signature: Signature
    body: Body | None = None
    reached: tuple[CaseId, ...] = ()


def case_count(number: int) -> str:
    return f"{number} case{'s' if number != 1 else ''}"


@dataclass(slots=True)
class Trial:
    """The workspace of the trials and what is known of its programs. `bodies` are in it to stay; `timed`: speed counts, so
    the build is optimised."""

    project: Project
    folder: Path
    cases: tuple[Case, ...]
    timeout: float
    oracle: FunctionOracle
    timed: bool = False
    confinement: Confinement = field(default_factory=Confinement)
    bodies: dict[Id, Body] = field(default_factory=dict)
    runs: dict[CaseId, CaseRun] = field(default_factory=dict)
    c_runs: dict[CaseId, Outcome] = field(default_factory=dict)
    programs: tuple[TargetProgram, ...] = ()
    feedback: Feedback = field(init=False)
    lifting: Lifting = field(init=False)
    mark: StubMark = field(init=False)

    def __post_init__(self) -> None:
        self.lifting = Lifting(self.project)
        self.feedback = Feedback(self.project, self.folder / "notes", self.oracle.rerun)
        self.mark = read_stub_mark(self.folder / "stub-mark")

    def start(self) -> None:
        """Builds the C and the translation as it stands, and runs all cases. Raises CompileError where these do not build."""
        manifest = project_manifest(self.project)
        options = self.project.options
        self.programs = tuple(target_programs(self.project.units, options.flags, manifest)) if manifest.targets else ()
        for program in self.programs:
            executable = self.folder / "c" / program.name
            build_c(program.sources, program.link_flags, executable)
            for number, case in enumerate(self.cases):
                self.c_runs[program.name, number] = run_case(executable, program.name, case, self.timeout)
        verdict = self._build(self.bodies, self.c_runs)
        if not verdict.builds:
            raise CompileError(error(Code.CARGO_FAILED, f"the translation does not build: {verdict.errors[0]}"), 1)
        self.runs = self._run(verdict, list(self.c_runs))

    def groups(self, bodies: Mapping[Id, Body], signatures: Signatures) -> list[LinkedGroup]:
        """The project's groups with these bodies and signatures."""
        return [
            with_bodies(group, {symbol: body for (crate, symbol), body in bodies.items() if crate == group.lowered.crate.name})
            for group in self.lifting.groups(signatures)
        ]

    def check(
        self, task: Task, body: Body, signature: Signature = (), beside: Mapping[Id, Beside] = MappingProxyType({})
    ) -> Passed:
        """Tries a body, behind another signature where one is given, with other functions `beside` it. Raises Refused by the gate `build` or `compare`, by
        `signature` where callers do not build with it, or by `slower`."""
        own = self.reached_by(task)
        reached = own.union(*(one.reached for one in beside.values()))
        build = self._with(task, signature, beside)
        verdict = build(body, reached)
        if not verdict.builds:
            message = verdict.errors[0]
            if signature and build(_CALLED, reached).errors:
                raise Refused("signature", f"its callers do not build with it: {message}")
            raise Refused("build", message.rendered or str(message))
        runs = {**self.runs, **self._run(verdict, sorted(reached))}
        for id in sorted(reached):
            self._check_pretence(runs[id].pretended)
        for id in sorted(runs):
            if not runs[id].agrees and runs[id].stopped_at is None and self.runs[id] != runs[id]:
                raise Differs(self._describe(id, runs[id]), self.values_of_case(task, body, signature, beside, id), id)
        inputs, why_not = self._compare_function(task, body, lambda other: build(other, ()))
        if task.lift:
            self._check_speed(verdict, task, sorted(reached))
        ended = tuple(id for id, run in sorted(runs.items()) if run.agrees and not self.runs[id].agrees)
        agreeing = tuple(id for id in sorted(own) if runs[id].agrees)
        return Passed(agreeing, ended, inputs, runs, why_not, tuple(sorted(own)))

    def reaching(self, task: Task, cases: Sequence[CaseId]) -> tuple[CaseId, ...]:
        """Those of the cases that come to a function whose body is kept: its stub would end them."""
        verdict = self._build({id: body for id, body in self.bodies.items() if id != task.id}, cases)
        runs = self._run(verdict, cases)
        return tuple(id for id, run in runs.items() if run.stopped_at == task.stub_text)

    def keep(self, task: Task, body: Body, signature: Signature, runs: Mapping[CaseId, CaseRun]) -> None:
        """From here on the body is part of the workspace, behind its signature."""
        self.bodies[task.id] = body
        if signature:
            self.lifting.kept[task.id] = signature
        self.runs = dict(runs)

    def drop(self, ids: Iterable[Id]) -> None:
        """Takes bodies out of the workspace."""
        for id in ids:
            del self.bodies[id]
            self.lifting.kept.pop(id, None)
        self.runs = self._run(self._build(self.bodies, self.c_runs), list(self.c_runs))

    def come_through(self, tasks: Iterable[Task], task: Task, body: Body, signature: Signature, case: CaseId) -> Iterator[Task]:
        """Those of the tasks, whose bodies are kept, that a case comes to where the task has the body."""
        for other in tasks:
            build = self._with(task, signature, {other.id: Beside(self.lifting.kept.get(other.id, ()), _CALLED)})
            if self._run(build(body, [case]), [case]).get(case, _NO_RUN).stopped_at == _CALLS:
                yield other

    def reached_by(self, task: Task) -> set[CaseId]:
        """The cases that come to the function: those that its stub ended, or for one that is translated, those that a stub in
        its place would."""
        if not task.lift:
            return {id for id, run in self.runs.items() if run.stopped_at == task.stub_text}
        agreeing = [id for id, run in self.runs.items() if run.agrees]
        group = next(group for group in self.lifting.groups(self.lifting.kept) if group.crate.name == task.crate)
        symbol = instance_of(group, task)
        verdict = self._build({**self.bodies, (task.crate, symbol): _CALLED}, agreeing)
        runs = self._run(verdict, agreeing)
        return {id for id, run in runs.items() if run.stopped_at == _CALLS}

    def _check_speed(self, verdict: CargoVerdict, task: Task, cases: Sequence[CaseId]) -> None:
        """Raises Refused for a body that takes more than 1.2 times as long as the translated one: a call of it, or, where calls
        cannot be timed, the cases that come to it."""
        slowdown = self.oracle.measure(self.folder, task, lambda: self._build(self.bodies, ()))
        if slowdown is not None:
            if slowdown > _SLOWER:
                raise Refused("slower", f"a call takes {slowdown:.1f} times as long as one of the translated function")
            return
        after = self._seconds(verdict, cases)
        before = self._seconds(self._build(self.bodies, cases), cases)
        if after > before * _SLOWER + _NOISE:
            raise Refused("slower", f"the cases take {after / before:.1f} times as long as with the translated function")

    def _seconds(self, verdict: CargoVerdict, cases: Sequence[CaseId]) -> float:
        """The best of some runs of all cases."""
        if not verdict.builds:
            raise Refused("build", str(verdict.errors[0]))
        times: list[float] = []
        for _ in range(_ROUNDS):
            start = perf_counter()
            self._run(verdict, cases)
            times.append(perf_counter() - start)
        return min(times)

    def _with(self, task: Task, signature: Signature, beside: Mapping[Id, Beside]) -> Builder:
        """Builds the workspace with a body for the task behind a signature."""
        signatures = {**self.lifting.kept, **{id: one.signature for id, one in beside.items()}}
        signatures |= {task.id: signature} if signature else {}
        others = {**self.bodies, **{id: one.body for id, one in beside.items() if one.body is not None}}
        return lambda body, cases: self._build({**others, task.id: body}, cases, signatures)

    def values_of_case(self, task: Task, body: Body, signature: Signature, beside: Mapping[Id, Beside], id: CaseId) -> str:
        """What the function's variables hold on a case that differs."""
        program = next(program for program in self.programs if program.name == id[0])
        build = self._with(task, signature, beside)
        return self.feedback.of_case(
            task, body, program, self.cases[id[1]], self.timeout, lambda other: build(other, [id]), self.confinement
        )

    def _compare_function(self, task: Task, body: Body, build: Callable[[Body], CargoVerdict]) -> tuple[int, str]:
        """How many inputs it was compared on, or why on none."""
        verdict = self.oracle.compare(self.folder, task)
        if verdict is None:
            return 0, ""
        verdict = replace(verdict, reason=self.mark.strip(verdict.reason or ""))
        for stub in verdict.stubs:
            self._check_pretence(self.mark.pretended_in(stub))
        if verdict.outcome is FunctionOutcome.NOT_COMPARED:
            return 0, verdict.reason or ""
        if verdict.outcome is not FunctionOutcome.EQUAL:
            lines = [f"the Rust {verdict.outcome.value}: {verdict.reason}", verdict.input or ""]
            values = self.feedback.of_input(task, body, self.folder, build)
            raise Differs("\n".join(line for line in lines if line), values, None)
        return verdict.comparisons, ""

    def _check_pretence(self, said: str | None) -> None:
        """Raises Refused where a panic has the words of a stub and is of none."""
        if said is not None:
            raise Refused("stub", f"it panics as a stub does: {said}")

    def _build(
        self, bodies: Mapping[Id, Body], cases: Iterable[CaseId], signatures: Signatures | None = None
    ) -> CargoVerdict:
        """Writes the workspace with all of the runtime, so that it is built once, and builds it with the programs of the
        cases: no other body can matter to a case that a stub ends. signatures: none for those that are kept."""
        sink = Sink()
        signatures = self.lifting.kept if signatures is None else signatures
        try:
            groups = self.groups(bodies, signatures)
            crates = [group.lowered.crate for group in groups]
            files = dict(call_deeply(render_workspace, crates, sink).files)
        except CompileError as problem:
            raise Refused("build", f"the body cannot be laid out: {problem.diagnostic.message}") from None
        manifest = project_manifest(self.project)
        if "crates/c2rs-rt/Cargo.toml" in files:
            everything = "".join(f"c2rs_rt::{name}::x " for name in read_runtime().modules)
            files |= {f"crates/c2rs-rt/{path}": text for path, text in vendor_runtime([everything]).items()}
            version = '\nversion = "0.0.1"\n'
            files["crates/c2rs-rt/Cargo.toml"] = _VERSION.sub(version, files["crates/c2rs-rt/Cargo.toml"], count=1)
        files = {path: self.mark.put(text) for path, text in files.items()}
        write_files(self.folder, files, manifest, sink)
        keep_signatures(self.folder / ".c2rs", groups, bodies, signatures)
        limits = replace(self.confinement, memory=64 << 30, file_size=4 << 30, processes=512).limits(_BUILD_SECONDS)
        within = [*limits, "timeout", str(_BUILD_SECONDS)]
        shared = os.environ.get("CARGO_TARGET_DIR")
        target = Path(shared) / "c2rs-trial" if shared else self.folder / "target"
        environment = dict(os.environ) | {"CARGO_TARGET_DIR": str(target.resolve())}
        programs = [word for name in sorted({name for name, _ in cases}) for word in ("--bin", name)]
        arguments = ["--workspace", "--lib", *programs, *_PROFILE, f"--config=profile.dev.opt-level={2 if self.timed else 0}"]
        return cargo_build(self.folder, arguments=arguments, within=within, environment=environment)

    def _run(self, verdict: CargoVerdict, wanted: Sequence[CaseId]) -> dict[CaseId, CaseRun]:
        found: dict[CaseId, CaseRun] = {}
        for program, number in wanted:
            if program in verdict.programs:
                executable = verdict.programs[program]
                actual = run_case(executable, program, self.cases[number], self.timeout, self.confinement)
                found[program, number] = _judge(self.c_runs[program, number], actual, self.mark)
        return found

    def _describe(self, id: CaseId, run: CaseRun) -> str:
        """A case that differs, for whoever has to mend it."""
        program, case = id[0], self.cases[id[1]]
        lines = [f"the program `{program}`, case `{case.name}`"]
        lines += [f"arguments: {' '.join(map(repr, case.args))}"] if case.args else []
        lines += [f"standard input: {case.stdin[:2000].decode(errors='backslashreplace')!r}"] if case.stdin else []
        return "\n".join([*lines, *run.differs])


def _judge(c: Outcome, rust: Outcome, mark: StubMark) -> CaseRun:
    """A run against the C's. One that a stub ended says nothing against what came before it."""
    text = rust.stderr.decode(errors="replace").rstrip()
    last = text.splitlines()[-1] if text else ""
    stub = mark.stub_in(last)
    if rust.status == 101 and stub is not None and c.stdout.startswith(rust.stdout):
        return CaseRun(("a stub ends it",), stub)
    differs = differences(c, rust if stub is None else replace(rust, stderr=mark.strip(text).encode()))
    return CaseRun(differs, pretended=mark.pretended_in(last) if differs and rust.status == 101 else None)
