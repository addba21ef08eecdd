"""`c2rs repair OUT`: the whole run, from the manifest of OUT to the accepted bodies in it.

State is under OUT/.c2rs/repair: `exchanges/` (every request with its answer), `accepted/` (bodies that passed, put in by
every translation), `work/` (the workspace of the trials) and `log.json` (what became of each function).
A function that is accepted is in OUT at once; one that is refused leaves no trace there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import chdir
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Lock

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, Diagnostic, error, warning
from c2rust_py.emit.accepted import Accepted, Body, body_key, body_rung, keep_accepted, read_accepted
from c2rust_py.emit.manifest import Manifest, replace_file
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.infer.slots import LADDER
from c2rust_py.infer.solution import MEMORY_SUFFIX
from c2rust_py.lift.lending import Signature
from c2rust_py.options import Options, Rung, SignedOverflow
from c2rust_py.pipeline import Project, translate_project, with_stubs, write_project
from c2rust_py.repair.answers import Candidate, Contested, Differs, Refused
from c2rust_py.repair.budget import Budget, Model
from c2rust_py.repair.client import Asker
from c2rust_py.repair.contest import Contest, Held, Member, doubtful
from c2rust_py.repair.exchange import ExchangeStore
from c2rust_py.repair.lifting import instance_of
from c2rust_py.repair.loop import FunctionResult, Loop
from c2rust_py.repair.together import Companions, function_id
from c2rust_py.repair.trial import Beside, CaseId, CaseRun, FunctionOracle, Passed, Trial, case_count
from c2rust_py.repair.work_list import Task, make_tasks
from c2rust_py.report.build import LinkedGroup
from c2rust_py.settings import Case, read_settings
from c2rust_py.status import read_status, require_manifest

ANSWER_TOKENS = 4096
"""The most tokens of an answer."""
CASE_SECONDS = 10.0
"""For a run of a program on a case."""

EXIT_SPENT = 5
"""Exit status where the budget is spent and there is work left."""


@dataclass(frozen=True, slots=True)
class RepairOptions:
    """How a run goes: see CLI.md. `cases` are those of the project's settings."""

    models: tuple[Model, ...]
    answer_tokens: int = ANSWER_TOKENS
    jobs: int = 1
    lift: bool = False
    timeout: float = CASE_SECONDS
    cases: tuple[Case, ...] = (Case("default"),)


@dataclass(frozen=True, slots=True)
class RepairResult:
    """What became of every task, in the order of the work list, and why the run ended early, if it did."""

    functions: tuple[FunctionResult, ...]
    spent: str | None

    @property
    def status(self) -> int:
        """The exit status."""
        if self.spent is not None:
            return EXIT_SPENT
        return 0 if all(result.status == "accepted" or result.task.lift for result in self.functions) else 1

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What a user has to know: functions without a body, and a budget that is spent."""
        found = [
            error(Code.NOT_REPAIRED, f"`{result.task.name}` has no body: {result.reason or 'it was not tried'}", function=result.task.name)
            for result in self.functions
            if result.status != "accepted" and not result.task.lift
        ]
        return (*found, *([error(Code.BUDGET_SPENT, self.spent)] if self.spent is not None else []))

    def as_json(self) -> dict[str, object]:
        return {"version": 1, "spent": self.spent, "functions": [result.as_json() for result in self.functions]}


def open_project(out: Path) -> Project:
    """The project of an output folder, which is brought up to date first, as its manifest says. Raises CompileError."""
    manifest = require_manifest(out)
    settings = manifest.settings
    overflows = read_settings(Path(manifest.inputs[0])).wrapping
    try:
        options = Options(
            tuple(Path(path) for path in settings.get("given", manifest.inputs)), out.resolve(), manifest.flags,
            Rung(settings["ladder"]), filter=settings["filter"], keep_names=settings["keep_names"],
            skeleton=settings["skeleton"], signed_overflow=SignedOverflow(settings["signed_overflow"]),
            overflows=overflows,
        )  # fmt: skip
    except (KeyError, ValueError):
        hint = f"c2rs translate INPUT -o {out}"
        raise CompileError(error(Code.USAGE, f"{out} was written by another version", hint=hint), EXIT_USAGE) from None
    with _working_folder(manifest):
        translation = translate_project(options)
    assert translation.project is not None
    if not translation.builds:
        found = next((d for d in translation.diagnostics if d.code is Code.CARGO_FAILED), None)
        raise CompileError(found or error(Code.CARGO_FAILED, f"the translation in {out} does not build"), 1)
    return translation.project


def _working_folder(manifest: Manifest) -> chdir[str]:
    """Names of files are as they were seen from where the translation ran."""
    folder = manifest.settings.get("directory", ".")
    if not Path(folder).is_dir():
        raise CompileError(error(Code.INPUT_MISSING, f"the folder {folder} of the translation is gone"), EXIT_USAGE)
    return chdir(folder)


@dataclass(slots=True)
class Repair:
    """A run over one output folder."""

    project: Project
    options: RepairOptions
    asker: Asker
    budget: Budget
    oracle: FunctionOracle
    store: bool = True
    stop: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)
    accepted: dict[tuple[str, str], Accepted] = field(default_factory=dict)
    waiting: dict[tuple[str, str], Held] = field(default_factory=dict)
    contests: list[list[tuple[Held, Refused]]] = field(default_factory=list)
    trial: Trial | None = None

    @property
    def state(self) -> Path:
        return self.project.options.state_dir / "repair"

    def run(self) -> RepairResult:
        """Does the work. Raises CompileError where OUT does not build."""
        tasks = self.tasks()
        results = {task.id: FunctionResult(task) for task in tasks}
        spent: str | None = None
        if tasks:
            self.trial = Trial(
                self.project, self.state / "work", self.options.cases, self.options.timeout, self.oracle, self.options.lift
            )
            try:
                self.trial.start()
                spent = self._schedule(tasks, results)
            finally:
                self.stop.set()
        for result in results.values():
            if result.status == "waiting" and result.task.id in self.accepted:
                result.accept(self.accepted[result.task.id].evidence)
        result_of_all = RepairResult(tuple(results.values()), spent)
        replace_file(self.state / "log.json", (json.dumps(result_of_all.as_json(), indent=1) + "\n").encode())
        return result_of_all

    def tasks(self) -> tuple[Task, ...]:
        """The work list; functions of files that were edited by hand are left to their author."""
        edited = {path for path in read_status(self.project.options.out).edited if path.endswith(".rs")}
        tasks = make_tasks(self.project.groups, self.project.units, lift=self.options.lift)
        return tuple(t for t in tasks if f"crates/{t.crate}/src/{t.rust_path.split('::')[0]}.rs" not in edited)

    def _schedule(self, tasks: Sequence[Task], results: dict[tuple[str, str], FunctionResult]) -> str | None:
        """Runs the loops, each behind those that it needs. Gives why the run ended early."""
        store = ExchangeStore(self.state / "exchanges") if self.store else None
        assert self.trial is not None
        lifting = self.trial.lifting
        together = Companions({function_id(task): task for task in tasks}, lifting, self._check_together, self._keep_together)
        loop = Loop(
            self.asker, self.options.models, self.budget, store, self.options.answer_tokens, self._try, lifting, together,
            self._earlier(),
        )  # fmt: skip
        pool = ThreadPoolExecutor(max_workers=self.options.jobs)
        try:
            spent = self._run_loops(pool, loop, tasks, results)
        except BaseException:
            # Whoever is at a gate comes to its end, so that nothing is half written; who waits for a model is left behind.
            self.stop.set()
            with self.lock:
                pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()
        return self._settle(loop, results) or spent

    def _run_loops(
        self, pool: Executor, loop: Loop, tasks: Sequence[Task], results: dict[tuple[str, str], FunctionResult]
    ) -> str | None:
        left = {task.id: task for task in tasks}
        by_function = {function_id(task): task.id for task in tasks}
        running: dict[Future[Sequence[FunctionResult]], Task] = {}
        spent: str | None = None
        while left or running:
            open_symbols = {id for id in left} | {task.id for task in running.values()}
            for id, task in list(left.items()):
                if spent is None and not any((task.crate, symbol) in open_symbols for symbol in task.needs):
                    running[pool.submit(loop.repair, task)] = left.pop(id)
            if not running:
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                running.pop(future)
                for result in future.result():
                    id = by_function[function_id(result.task)]
                    results[id] = result
                    left.pop(id, None)
                    spent = result.reason if result.ends_run else spent
        return spent

    def _earlier(self) -> Mapping[tuple[str, str], list[Accepted]]:
        """Bodies of former runs that are not in the crate, since what they rest on has changed."""
        current = {(group.lowered.crate.name, symbol) for group in self.project.groups for symbol in group.accepted}
        found: dict[tuple[str, str], list[Accepted]] = {}
        for one in read_accepted(self.project.options.state_dir):
            if one.id not in current:
                found.setdefault((one.crate, one.symbol.removesuffix(MEMORY_SUFFIX)), []).append(one)
        return found

    def _try(self, task: Task, candidate: Candidate, origin: str, attempts: int) -> Passed:
        """The gates that build and compare; what passes is kept, and committed if something speaks for it."""
        with self.lock:
            body, signature = self._fitted(task, candidate)
            assert self.trial is not None
            named = replace(task, header=candidate.header)
            try:
                passed = self.trial.check(named, body, signature)
            except Differs as refusal:
                passed = self._contest(Held(task, candidate, origin, attempts), refusal)
            self._keep(Held(task, candidate, origin, attempts, passed), passed.runs)
            self._accept_waiting(passed.ended)
            if passed.compared:
                self._commit()
            return passed

    def _fitted(self, task: Task, candidate: Candidate) -> tuple[Body, Signature]:
        """A candidate's body, and the signature that it asks for. Raises Refused."""
        assert self.trial is not None
        if self.stop.is_set():
            raise Refused("stopped", "the run ends")
        lifting = self.trial.lifting
        fitted = lifting.read(task, candidate.header) if candidate.header != task.header else None
        if task.lift:
            self._check_rung(task, candidate.body, fitted.groups if fitted is not None else lifting.groups(lifting.kept))
        return candidate.body, fitted.signature if fitted is not None else ()

    def _keep(self, held: Held, runs: Mapping[CaseId, CaseRun]) -> None:
        """Puts a body that passed into the workspace, accepted if something speaks for it."""
        assert self.trial is not None and held.passed is not None
        self.trial.keep(held.task, *self._fitted(held.task, held.candidate), runs)
        if held.passed.compared:
            self._accept(held.task, held.origin, held.number, held.passed.evidence)
        else:
            self.waiting[held.task.id] = held

    def _contest(self, held: Held, refusal: Differs) -> Passed:
        """For a body that differs from the C: the gates without the bodies that wait and have a part in it. If it passes these, all
        of them are contested, but for one that something speaks for. Raises Refused."""
        assert self.trial is not None
        suspects = self._suspects(held, refusal)
        if not suspects:
            raise refusal
        runs = self.trial.runs
        body, signature = self._fitted(held.task, held.candidate)
        self.trial.drop(one.task.id for one in suspects)
        try:
            passed = self.trial.check(replace(held.task, header=held.candidate.header), body, signature)
        except Refused:
            for one in suspects:
                self.trial.keep(one.task, *self._fitted(one.task, one.candidate), runs)
            raise
        for one in suspects:
            del self.waiting[one.task.id]
        everyone = [*suspects, replace(held, passed=passed)]
        refused = [(one, self._refusal_of(one, everyone, refusal)) for one in suspects]
        contested = Contested(doubtful(refusal.reason, [one.task.name for one in suspects]), refusal.values)
        self.contests.append(refused if passed.compared else [*refused, (everyone[-1], contested)])
        if not passed.compared:
            raise contested
        return passed

    def _suspects(self, held: Held, refusal: Differs) -> list[Held]:
        """The bodies that wait and have a part in a difference: the case comes to them, or the function calls them."""
        assert self.trial is not None
        if refusal.case is None:
            return [one for one in self.waiting.values() if one.task.crate == held.task.crate and one.task.symbol in held.task.needs]
        body, signature = self._fitted(held.task, held.candidate)
        waiting = [one.task for one in self.waiting.values()]
        return [self.waiting[task.id] for task in self.trial.come_through(waiting, held.task, body, signature, refusal.case)]

    def _refusal_of(self, held: Held, everyone: Sequence[Held], refusal: Differs) -> Refused:
        """What is said of one of the bodies that differ together."""
        assert self.trial is not None
        others = [one for one in everyone if one is not held]
        values = ""
        if refusal.case is not None:
            task = replace(held.task, header=held.candidate.header)
            values = self.trial.values_of_case(task, *self._fitted(held.task, held.candidate), self._beside(others), refusal.case)
        return Contested(doubtful(refusal.reason, [one.task.name for one in others]), values)

    def _beside(self, held: Sequence[Held]) -> dict[tuple[str, str], Beside]:
        """Bodies that a candidate is tried with."""
        assert self.trial is not None
        found: dict[tuple[str, str], Beside] = {}
        for one in held:
            body, signature = self._fitted(one.task, one.candidate)
            found[one.task.id] = Beside(signature, body, tuple(sorted(self.trial.reached_by(one.task))))
        return found

    def _check_among(self, task: Task, candidate: Candidate, others: Sequence[Held]) -> Passed:
        """The gates for a contested body with those of others."""
        with self.lock:
            body, signature = self._fitted(task, candidate)
            assert self.trial is not None
            return self.trial.check(replace(task, header=candidate.header), body, signature, self._beside(others))

    def _settle(self, loop: Loop, results: Mapping[tuple[str, str], FunctionResult]) -> str | None:
        """Finds bodies that agree for those that are contested. Gives what is spent, if the run has to end."""
        by_function = {function_id(result.task): result for result in results.values()}
        for refused in self.contests:
            members: list[Member] = []
            for held, refusal in refused:
                result = by_function[function_id(held.task)]
                result.contest(held.number, refusal)
                members.append(Member(result, [held]))
            contest = Contest(members, self._check_among)
            if contest.settle(loop.find_body):
                with self.lock:
                    self._keep_agreed(contest)
        return next((result.reason for result in results.values() if result.ends_run), None)

    def _keep_agreed(self, contest: Contest) -> None:
        """Keeps the bodies that agree, and commits those that something speaks for by now."""
        assert contest.agreed is not None
        for held in contest.chosen:
            self._keep(held, contest.agreed.runs)
        self._accept_waiting(contest.agreed.ended)
        if any(held.task.id in self.accepted for held in contest.chosen):
            self._commit()

    def _check_together(self, task: Task, body: Body, signature: Signature, beside: Mapping[tuple[str, str], Beside]) -> Passed:
        """The gates for one of several functions that are lifted at once."""
        with self.lock:
            assert self.trial is not None
            if self.stop.is_set():
                raise Refused("stopped", "the run ends")
            signatures = {id: one.signature for id, one in beside.items()}
            self._check_rung(task, body, self.trial.lifting.fit(task, signature, signatures).groups)
            return self.trial.check(task, body, signature, beside)

    def _keep_together(self, held: Sequence[FunctionResult], signatures: Sequence[Signature]) -> None:
        """Keeps and commits these bodies in one step."""
        with self.lock:
            assert self.trial is not None
            if self.stop.is_set():
                return
            for one, signature in zip(held, signatures, strict=True):
                assert one.body is not None and one.passed is not None
                self.trial.keep(one.task, one.body, signature, one.passed.runs)
            for one in held:
                self._accept(one.task, one.origin, len(one.attempts), one.reason)
                assert one.passed is not None
                self._accept_waiting(one.passed.ended)
            self._commit()

    def _check_rung(self, task: Task, body: Body, groups: Sequence[LinkedGroup]) -> None:
        """Raises Refused for a body that is not above the rung of the translation."""
        before, after = _of(self.project.groups, task.crate), _of(groups, task.crate)
        rung = body_rung(after.crate, after.lowered.rust_paths[instance_of(after, task)], body)
        if LADDER.index(rung) >= LADDER.index(before.slots.grades[instance_of(before, task)]):
            raise Refused("rung", f"the function is still on the {rung.value} rung")

    def _accept_waiting(self, ended: tuple[CaseId, ...]) -> None:
        """Accepts the bodies that waited for one of these cases to come to its end."""
        assert self.trial is not None
        for id, held in list(self.waiting.items()) if ended else ():
            agreeing = self.trial.reaching(held.task, ended)
            if agreeing:
                del self.waiting[id]
                self._accept(held.task, held.origin, held.number, case_count(len(agreeing)))

    def _accept(self, task: Task, origin: str, attempts: int, evidence: str) -> None:
        assert self.trial is not None
        body, signature = self.trial.bodies[task.id], self.trial.lifting.kept.get(task.id, ())
        key = self._key(task.id, body)
        self.accepted[task.id] = Accepted(task.crate, task.symbol, key, body, origin, attempts, evidence, signature)

    def _key(self, id: tuple[str, str], body: Body) -> str:
        """What the body rests on, in the program as it is with all that is kept."""
        assert self.trial is not None
        crate, symbol = id
        group = _of(self.trial.lifting.groups(self.trial.lifting.kept), crate)
        return body_key(group.program.functions[symbol], group.lowered.crate, group.lowered.rust_paths[symbol], body)

    def _commit(self) -> None:
        """OUT as a translation would write it with the bodies that are accepted by now."""
        assert self.trial is not None
        state = self.project.options.state_dir
        # Signatures that have changed since are in the declarations that a body names.
        self.accepted = {id: replace(one, key=self._key(id, one.body)) for id, one in self.accepted.items()}
        for one in self.accepted.values():
            keep_accepted(state, one)
        groups: list[LinkedGroup] = []
        signatures = {id: one.signature for id, one in self.accepted.items() if one.signature}
        for group in self.trial.groups({id: one.body for id, one in self.accepted.items()}, signatures):
            new = {s: one for (crate, s), one in self.accepted.items() if crate == group.crate.name}
            groups.append(replace(group, accepted={**group.accepted, **new}))
        said = tuple(d for d in self.project.diagnostics if d.code is not Code.STALE_BODY or d.function not in self._names())
        project = replace(self.project, groups=tuple(groups), diagnostics=said)
        sink = with_stubs(project)
        workspace = call_deeply(render_workspace, [group.crate for group in groups], sink)
        write_project(project, workspace, sink)

    def _names(self) -> set[str]:
        """The C names of the functions that have a body since this run."""
        return {_of(self.project.groups, crate).program.functions[symbol].name for crate, symbol in self.accepted}


def _of(groups: Sequence[LinkedGroup], crate: str) -> LinkedGroup:
    return next(group for group in groups if group.crate.name == crate)


def note_edited(out: Path) -> tuple[Diagnostic, ...]:
    """A warning for each file of OUT that was edited by hand: its functions are left to its author."""
    edited = read_status(out).edited
    return tuple(warning(Code.HAND_EDITED, f"{out / path} was edited by hand and is kept") for path in edited)
