"""From the settings of `c2rs repair` to a run or, with `--dry-run`, to what a run would ask and cost."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, Diagnostic, error
from c2rust_py.emit.manifest import read_manifest
from c2rust_py.function_comparison import clock_function, compare_functions, replay_function
from c2rust_py.oracle.confine import Confinement
from c2rust_py.oracle.functions.timing import slowdown
from c2rust_py.oracle.functions.verdicts import FunctionOptions, FunctionVerdict, Outcome
from c2rust_py.referee.cargo import CargoVerdict
from c2rust_py.repair.budget import Budget, Limits, Model, by_price, read_limits, read_model, split_limits
from c2rust_py.repair.client import (
    ASK_SECONDS,
    KEY_VARIABLES,
    Asker,
    Client,
    Endpoint,
    find_key,
    require_url,
    without_keys,
)
from c2rust_py.repair.exchange import ExchangeStore, Request
from c2rust_py.repair.prompts import first_messages
from c2rust_py.repair.replay import Recorder, Replay
from c2rust_py.repair.run import (
    ANSWER_TOKENS,
    CASE_SECONDS,
    Repair,
    RepairOptions,
    RepairResult,
    note_edited,
    open_project,
)
from c2rust_py.repair.sole_run import sole_run
from c2rust_py.repair.trial import FunctionOracle
from c2rust_py.repair.work_list import Task
from c2rust_py.settings import Case, Settings, read_settings
from c2rust_py.status import require_manifest

_REPLAYED = "recorded"
_INPUTS = 20_000
"""Inputs of the function comparison for one answer."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One function of the work list: what its first question and an answer of the C's length take. `stored`: the question
    was answered in a former run."""

    task: Task
    tokens_in: int
    tokens_out: int
    cost: float
    stored: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A work list with its costs for the cheapest model."""

    model: Model
    estimates: tuple[Estimate, ...]

    def as_json(self) -> dict[str, Any]:
        functions = [
            {
                "name": e.task.name, "place": e.task.place, "reason": e.task.reason, "needs": sorted(e.task.needs),
                "tokens_in": e.tokens_in, "tokens_out": e.tokens_out, "cost": round(e.cost, 6), "stored": e.stored,
            }
            for e in self.estimates
        ]  # fmt: skip
        return {"version": 1, "model": self.model.name, "functions": functions}

    def text(self) -> str:
        """A line for each function, and the sum."""
        lines = [
            f"{e.task.place}: {e.task.name}: {e.task.reason}; {e.tokens_in} tokens in, {e.tokens_out} out"
            + (", stored" if e.stored else f", {e.cost:.4f}" if self.model.priced else "")
            for e in self.estimates
        ]
        asked = [e for e in self.estimates if not e.stored]
        total = f"{len(self.estimates)} functions; one answer each: {sum(e.tokens_in + e.tokens_out for e in asked)} tokens"
        if self.model.priced:
            total += f", {sum(e.cost for e in asked):.4f}"
        return "\n".join([*lines, f"{total} with {self.model.name or 'no model'}"])


@dataclass(frozen=True, slots=True)
class Flags:
    """The command line of `c2rs repair`; None and empty where nothing was given."""

    models: tuple[str, ...] = ()
    budget: tuple[str, ...] = ()
    base_url: str | None = None
    replay: Path | None = None
    record: Path | None = None
    jobs: int | None = None
    lift: bool | None = None
    functions: bool | None = None


def plan_repair(out: Path, flags: Flags) -> Plan:
    """The work list and its estimated costs; nothing is asked."""
    require_manifest(out)
    environment = dict(os.environ)
    with sole_run(out), without_keys():
        repair = _prepare(out, flags, environment, dry=True)
    model = repair.options.models[0] if repair.options.models else Model("")
    store = ExchangeStore(repair.state / "exchanges")
    return Plan(model, tuple(_estimate(task, model, store, repair.options.answer_tokens) for task in repair.tasks()))


def repair_project(out: Path, flags: Flags) -> tuple[RepairResult, tuple[Diagnostic, ...]]:
    """The run, and what is to be said before it. Raises CompileError."""
    notes = note_edited(out)
    environment = dict(os.environ)
    with sole_run(out), without_keys():
        return _prepare(out, flags, environment, dry=False).run(), notes


def _estimate(task: Task, model: Model, store: ExchangeStore, answer_tokens: int) -> Estimate:
    request = Request(model.name, first_messages(task), answer_tokens)
    tokens_in, tokens_out = request.estimated_tokens, len(task.source.text) // 2 + 100
    return Estimate(task, tokens_in, tokens_out, model.cost(tokens_in, tokens_out), store.find(request) is not None)


def _prepare(out: Path, flags: Flags, environment: Mapping[str, str], *, dry: bool) -> Repair:
    """environment: with the keys."""
    project = open_project(out)
    settings = read_settings(project.directory / project.options.inputs[0])
    models = _models(flags, settings, environment)
    total, function = read_limits({**settings.repair.get("budget", {}), **split_limits(flags.budget)})
    _require_prices(models, (total, function))
    asker = _asker(flags, settings, models, environment, dry=dry)
    options = RepairOptions(
        models if flags.replay is None else (Model(_REPLAYED),),
        settings.repair.get("answer_tokens", ANSWER_TOKENS),
        max(flags.jobs or settings.repair.get("jobs", 1), 1),
        settings.repair.get("lift", False) if flags.lift is None else flags.lift,
        settings.diff.get("timeout", CASE_SECONDS),
        settings.cases or (Case("default"),),
    )
    budget = Budget(total, function, time.monotonic)
    input_path = project.directory / project.options.inputs[0]
    alone = settings.repair.get("functions", True) if flags.functions is None else flags.functions
    oracle = _oracle(input_path, project.options.flags) if alone else FunctionOracle(_not_compared)
    return Repair(project, options, asker, budget, oracle, flags.replay is None)


def _models(flags: Flags, settings: Settings, environment: Mapping[str, str]) -> tuple[Model, ...]:
    named = [name for name in environment.get("C2RS_MODELS", "").split(",") if name]
    given: Sequence[object] = flags.models or named or settings.repair.get("models", ())
    if not all(isinstance(name, str) for name in given):
        raise CompileError(error(Code.USAGE, "`repair.models` is a list of texts"), EXIT_USAGE)
    return by_price([read_model(str(name)) for name in given])


def _require_prices(models: Sequence[Model], limits: Sequence[Limits]) -> None:
    if any(limit.money is not None for limit in limits):
        for model in models:
            if not model.priced:
                hint = f"--model {model.name}@IN/OUT, for a million tokens each"
                message = f"a budget of money needs the prices of `{model.name}`"
                raise CompileError(error(Code.USAGE, message, hint=hint), EXIT_USAGE)


def _asker(
    flags: Flags, settings: Settings, models: Sequence[Model], environment: Mapping[str, str], *, dry: bool
) -> Asker:
    if flags.replay is not None:
        if not flags.replay.is_dir():
            raise CompileError(error(Code.INPUT_MISSING, f"{flags.replay} is not a folder"), EXIT_USAGE)
        return Replay(flags.replay)
    if not models and not dry:
        hint = "--model NAME, or --replay DIR for recorded answers"
        raise CompileError(error(Code.USAGE, "no model is given", hint=hint), EXIT_USAGE)
    by_user = flags.base_url or environment.get("C2RS_BASE_URL")
    endpoint = Endpoint(
        by_user or settings.repair.get("base_url"), settings.repair.get("timeout", ASK_SECONDS),
        trusted=bool(by_user) or "base_url" not in settings.repair,
    )  # fmt: skip
    require_url(endpoint.base_url)
    key = find_key(endpoint, environment)
    if key is None and endpoint.base_url is None and not dry:
        hint = f"set {KEY_VARIABLES[0]}, or --base-url for an endpoint without one"
        raise CompileError(error(Code.USAGE, "there is no key for the endpoint", hint=hint), EXIT_USAGE)
    client: Asker = Client(endpoint, key, time.sleep)
    return Recorder(client, flags.record) if flags.record is not None else client


def _not_compared(folder: Path, task: Task) -> None:
    """For runs in which the programs' cases decide alone."""


def _oracle(input_path: Path, flags: Sequence[str]) -> FunctionOracle:
    """The function comparison on the workspace of a trial, the two sides once more on the input that differed, and the time."""
    options = FunctionOptions(count=_INPUTS, jobs=1, confinement=Confinement())

    def compare(folder: Path, task: Task) -> FunctionVerdict | None:
        manifest = read_manifest(folder)
        if manifest is None:
            return None
        try:
            verdicts = compare_functions(input_path, folder, flags, (task.name,), options)
        except CompileError as problem:
            return FunctionVerdict(task.name, task.symbol, task.rust_path, Outcome.NOT_COMPARED, problem.diagnostic.message)
        return next((verdict for verdict in verdicts if verdict.symbol == task.symbol), None)

    def rerun(folder: Path, task: Task, c_texts: Mapping[str, Path]) -> bytes:
        return replay_function(input_path, folder, flags, task.symbol, c_texts, options)

    def measure(folder: Path, task: Task, before: Callable[[], CargoVerdict]) -> float | None:
        try:
            after = clock_function(input_path, folder, flags, task.symbol, folder / "after", options)
            if after is None or not before().builds:
                return None
            old = clock_function(input_path, folder, flags, task.symbol, folder / "before", options)
        except CompileError:
            return None
        return None if old is None else slowdown(old, after, options.confinement)

    return FunctionOracle(compare, rerun, measure)
