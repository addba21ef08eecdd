"""One function: asks the models in turn, hands the gates' refusals back, and ends with a body or without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import Protocol

from c2rust_py.emit.accepted import Accepted, Body
from c2rust_py.infer.solution import first_instance
from c2rust_py.repair.answers import Candidate, Refused, code_of, read_answer, read_body
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


@dataclass(slots=True)
class FunctionResult:
    """`status` is `accepted`, `waiting`, `refused`, `spent`, `unanswered` or `left`; `ends_run`: what is spent is the run's."""

    task: Task
    status: str = "left"
    reason: str = ""
    origin: str = ""
    body: Body | None = None
    passed: Passed | None = None
    attempts: list[Attempt] = field(default_factory=list)
    ends_run: bool = False

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
            self._find_body(result, self.tried)
        return results

    def _repair_together(self, tasks: Sequence[Task]) -> Sequence[FunctionResult]:
        """Functions that share arguments, one after the other; all of them end with a body or none does."""
        held: list[FunctionResult] = []
        results = [FunctionResult(task) for task in tasks]
        for result in results:
            self._find_body(result, partial(self.together.tried, held))
            if result.body is None:
                reason = f"it shares an argument with `{result.task.name}`, which has no body above memory"
                for other in results:
                    if other is not result:
                        other.status, other.reason, other.body = "refused", reason, None
                return results
            held.append(result)
        self.together.keep(held)
        return results

    def _find_body(self, result: FunctionResult, tried: Gates) -> None:
        """Offers the answers that there are, and asks for others."""
        task = result.task
        for one in self.earlier.get((task.crate, first_instance(task.symbol)), ()):
            if self._offer(result, one.origin, partial(self._read_earlier, one, task), tried, stored=True) is None:
                return
        share = ceil((self.budget.function.attempts or DEFAULT_FUNCTION_ATTEMPTS) / len(self.models)) if self.models else 0
        for model in self.models:
            if not self._converse(result, model, share, tried):
                break

    def _converse(self, result: FunctionResult, model: Model, share: int, tried: Gates) -> bool:
        """A conversation with one model; whether another is to be asked."""
        task = result.task
        opening = first_messages(task)
        messages: tuple[Message, ...] = opening
        seen: set[str] = set()
        for _ in range(share):
            request = Request(model.name, messages, self.answer_tokens)
            try:
                reply, stored = self._ask(request, result, model)
            except AskFailed as problem:
                result.status, result.reason = "unanswered", problem.reason
                return True
            except BudgetSpent as problem:
                result.status, result.reason, result.ends_run = "spent", str(problem), problem.scope == "the run"
                return False
            refusal = self._offer(result, model.name, partial(self._read, reply, task), tried, stored=stored)
            if refusal is None:
                return False
            answer = code_of(reply.content)
            if answer in seen:
                result.reason = f"no progress: `{model.name}` gives the same answer again ({refusal.name})"
                return True
            seen.add(answer)
            gate = refusal.name if refusal.name in ("build", "compare") else "rules"
            reason = refusal.reason if gate != "rules" else str(refusal)
            messages = (*opening, Message("assistant", reply.content), failure_message(gate, reason, refusal.values))
        return True

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

    def _offer(
        self, result: FunctionResult, origin: str, read: Callable[[], Candidate], tried: Gates, *, stored: bool
    ) -> Refused | None:
        """Takes an answer through the gates; None where it passes."""
        task = result.task
        try:
            candidate = read()
            check_policy(candidate, task.access)
            body = candidate.body
            passed = tried(task, candidate, origin, len(result.attempts) + 1)
        except Refused as refusal:
            result.attempts.append(Attempt(origin, refusal.name, refusal.reason, stored, refusal.values))
            result.status, result.reason = "refused", _first_line(str(refusal))
            return refusal
        result.body, result.passed, result.origin = body, passed, origin
        result.status = "accepted" if passed.compared else "waiting"
        result.reason = passed.evidence or "no case that comes to it comes to its end"
        result.attempts.append(Attempt(origin, result.status, result.reason, stored))
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


def _first_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[0] if lines else text
