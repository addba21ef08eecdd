"""One function: asks the models in turn, hands the gates' refusals back, and ends with a body or without one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil
from typing import Protocol

from c2rust_py.emit.accepted import Accepted, Body
from c2rust_py.infer.solution import first_instance
from c2rust_py.repair.answers import Candidate, Contested, Refused, code_of, read_answer, read_body
from c2rust_py.repair.budget import DEFAULT_FUNCTION_ATTEMPTS, Budget, BudgetSpent, Model, reserved
from c2rust_py.repair.client import Asker, AskFailed
from c2rust_py.repair.exchange import ExchangeStore, Message, Reply, Request
from c2rust_py.repair.lifting import Lifting
from c2rust_py.repair.policy import check_policy
from c2rust_py.repair.prompts import failure_message, first_messages
from c2rust_py.repair.trial import Passed
from c2rust_py.repair.work_list import Task


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer and what became of it: `accepted`, or the name of a refusal with its reason, and what the variables held where
    it does something else than the C."""

    model: str
    verdict: str
    reason: str
    stored: bool
    values: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer that is there: who gave it, what reads it, and whether it was stored."""

    origin: str
    read: Callable[[], Candidate]
    stored: bool


@dataclass(slots=True)
class FunctionResult:
    """`status` is `accepted`, `waiting`, `contested`, `refused`, `spent`, `unanswered` or `left`; `ends_run`: what is spent is the run's.
    `answers` are those still to come, which take the refusal of the last one."""

    task: Task
    status: str = "left"
    reason: str = ""
    origin: str = ""
    body: Body | None = None
    passed: Passed | None = None
    attempts: list[Attempt] = field(default_factory=list)
    ends_run: bool = False
    answers: Generator[Offer, Refused, None] | None = None
    refusal: Refused | None = None

    def accept(self, evidence: str) -> None:
        """Something speaks for the body that waited."""
        self.status, self.reason = "accepted", evidence
        self.attempts = [
            replace(attempt, verdict="accepted", reason=evidence) if attempt.verdict == "waiting" else attempt
            for attempt in self.attempts
        ]

    def contest(self, number: int, refusal: Refused) -> None:
        """Answer number `number` is not taken for now."""
        self.status, self.reason, self.refusal = "contested", _first_line(str(refusal)), refusal
        self.attempts[number - 1] = replace(
            self.attempts[number - 1], verdict=refusal.name, reason=refusal.reason, values=refusal.values
        )

    def as_json(self) -> dict[str, object]:
        """For the log and for `--format json`."""
        attempts = [
            {"model": a.model, "verdict": a.verdict, "reason": a.reason, "stored": a.stored}
            | ({"values": a.values} if a.values else {})
            for a in self.attempts
        ]
        return {
            "name": self.task.name, "place": self.task.place, "lift": self.task.lift, "status": self.status,
            "reason": self.reason, "origin": self.origin, "attempts": attempts,
        } | ({"not_compared": self.passed.not_compared} if self.passed and self.passed.not_compared else {})  # fmt: skip


Gates = Callable[[Task, Candidate, str, int], Passed]
"""The gates that build and compare: a task, a candidate, who wrote it, and how many answers there were. Raises Refused."""


class Together(Protocol):
    """What is done for functions that are lifted at once."""

    def take(self, task: Task) -> Sequence[Task]:
        """The task for one loop, with the signature that it can have, and those that have to be lifted with it, each with the
        signatures of the others. None where another loop has it. Raises Refused."""
        ...

    def tried(self, held: Sequence[FunctionResult], task: Task, candidate: Candidate, origin: str, attempts: int) -> Passed:
        """The gates, with the bodies that are there so far. Raises Refused."""
        ...

    def settle(self, held: Sequence[FunctionResult], contested: FunctionResult, ask: Callable[[FunctionResult, Gates], None]) -> None:
        """Finds a body for the last one that agrees with those of the others, where these may have to be others."""
        ...

    def keep(self, held: Sequence[FunctionResult]) -> None:
        """Commits all at once. Where nothing speaks for one, none is kept."""
        ...


@dataclass(frozen=True, slots=True)
class Loop:
    """What the loops over all functions share. `tried` runs the last two gates and keeps what passes them; `lifting` has the
    signatures that functions can have instead; `together` is for those that are lifted at once; `earlier` are bodies of former
    runs, by function."""

    asker: Asker
    models: tuple[Model, ...]
    budget: Budget
    store: ExchangeStore | None
    answer_tokens: int
    tried: Gates
    lifting: Lifting
    together: Together
    earlier: Mapping[tuple[str, str], Sequence[Accepted]]

    def repair(self, task: Task) -> Sequence[FunctionResult]:
        """Tries bodies of former runs, then asks. None for a function that another loop has taken along, and several where this one
        does."""
        try:
            taken = self.together.take(task)
        except Refused as refusal:
            return [FunctionResult(task, "refused", str(refusal))]
        if len(taken) > 1:
            return self._repair_together(taken)
        results = [FunctionResult(one) for one in taken]
        for result in results:
            self.find_body(result, self.tried)
        return results

    def _repair_together(self, tasks: Sequence[Task]) -> Sequence[FunctionResult]:
        """Functions that share arguments, one after the other; all of them end with a body or none does."""
        held: list[FunctionResult] = []
        results = [FunctionResult(task) for task in tasks]
        for result in results:
            self.find_body(result, partial(self.together.tried, held))
            if result.status == "contested":
                self.together.settle(held, result, self.find_body)
            if result.body is None:
                reason = f"it shares an argument with `{result.task.name}`, which has no body above memory"
                for other in results:
                    if other is not result:
                        other.status, other.reason, other.body = "refused", reason, None
                return results
            held.append(result)
        self.together.keep(held)
        return results

    def find_body(self, result: FunctionResult, tried: Gates) -> None:
        """Offers the answers that there are, and asks for others, from where it was left: until one passes or is contested."""
        if result.answers is None:
            result.answers = self._answers(result)
            offer = next(result.answers, None)
        else:
            offer = _following(result)
        while offer is not None:
            result.refusal = self._offer(result, offer, tried)
            if result.refusal is None or isinstance(result.refusal, Contested):
                return
            offer = _following(result)

    def _answers(self, result: FunctionResult) -> Generator[Offer, Refused, None]:
        """Bodies of former runs, then what the models answer in turn. Ends where nobody is to be asked."""
        task = result.task
        for one in self.earlier.get((task.crate, first_instance(task.symbol)), ()):
            yield Offer(one.origin, partial(self._read_earlier, one, task), stored=True)
        share = ceil((self.budget.function.attempts or DEFAULT_FUNCTION_ATTEMPTS) / len(self.models)) if self.models else 0
        for model in self.models:
            try:
                yield from self._converse(result, model, share)
            except AskFailed as problem:
                result.status, result.reason = "unanswered", problem.reason
            except BudgetSpent as problem:
                result.status, result.reason, result.ends_run = "spent", str(problem), problem.scope == "the run"
                return

    def _converse(self, result: FunctionResult, model: Model, share: int) -> Generator[Offer, Refused, None]:
        """A conversation with one model. Raises AskFailed and BudgetSpent."""
        task = result.task
        opening = first_messages(task)
        messages: tuple[Message, ...] = opening
        seen: set[str] = set()
        for _ in range(share):
            reply, stored = self._ask(Request(model.name, messages, self.answer_tokens), result, model)
            refusal = yield Offer(model.name, partial(self._read, reply, task), stored)
            answer = code_of(reply.content)
            if answer in seen:
                result.status = "refused"
                result.reason = f"no progress: `{model.name}` gives the same answer again ({refusal.name})"
                return
            seen.add(answer)
            name = "compare" if isinstance(refusal, Contested) else refusal.name
            gate = name if name in ("build", "compare") else "rules"
            reason = refusal.reason if gate != "rules" else str(refusal)
            messages = (*opening, Message("assistant", reply.content), failure_message(gate, reason, refusal.values))

    def _ask(self, request: Request, result: FunctionResult, model: Model) -> tuple[Reply, bool]:
        """The reply, and whether it was stored. Raises AskFailed and BudgetSpent."""
        stored = self.store.find(request) if self.store is not None else None
        if stored is not None:
            return stored, True
        task = result.task
        with reserved(self.budget, task.key, model, (request.estimated_tokens, self.answer_tokens)) as used:
            seconds = self.budget.seconds_left(task.key)
            reply = self.asker.ask(request, task.key, len(result.attempts) + 1, seconds)
            used.append((reply.tokens_in, reply.tokens_out))
        if self.store is not None:
            self.store.keep(request, reply)
        return reply, False

    def _offer(self, result: FunctionResult, offer: Offer, tried: Gates) -> Refused | None:
        """Takes an answer through the gates; None where it passes."""
        task = result.task
        try:
            candidate = offer.read()
            check_policy(candidate, task.access)
            passed = tried(task, candidate, offer.origin, len(result.attempts) + 1)
        except Refused as refusal:
            result.attempts.append(Attempt(offer.origin, refusal.name, refusal.reason, offer.stored, refusal.values))
            result.status = "contested" if isinstance(refusal, Contested) else "refused"
            result.reason = _first_line(str(refusal))
            return refusal
        result.body, result.passed, result.origin = candidate.body, passed, offer.origin
        result.status = "accepted" if passed.compared else "waiting"
        result.reason = passed.evidence or "no case that comes to it comes to its end"
        result.attempts.append(Attempt(offer.origin, result.status, result.reason, offer.stored))
        return None

    def _read_earlier(self, one: Accepted, task: Task) -> Candidate:
        header = self.lifting.fit(task, one.signature, dict(task.beside)).header if one.signature else task.header
        return read_body(one.body, header)

    def _read(self, reply: Reply, task: Task) -> Candidate:
        if reply.cut:
            raise Refused("truncated", "the answer is cut off by the limit of tokens; answer with the code alone")
        if not reply.content.strip():
            raise Refused("empty", "the answer is empty")
        if task.beside:
            return read_answer(reply.content, task.offers[0])
        asks = (lambda header: self.lifting.read(task, header).header) if task.offers else None
        return read_answer(reply.content, task.header, asks)


def _following(result: FunctionResult) -> Offer | None:
    """The next answer, given what became of the last."""
    assert result.answers is not None
    try:
        return result.answers.send(result.refusal) if result.refusal is not None else next(result.answers, None)
    except StopIteration:
        return None


def _first_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[0] if lines else text
