"""Functions that share an argument, which is in memory as long as one of them takes it there: lifted at once, or not at all.

    fill(row, 8); total(row, 8);      fill(row: Ptr<i32>, …), total(row: Ptr<i32>, …)  ->  fill(&mut [i32], …), total(&[i32], …)

They are asked for one after the other. What is tried has the bodies that are there so far; those to come are stubs behind their
signatures. Nothing is kept before the last body is there and something speaks for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from c2rust_py.emit.accepted import Body
from c2rust_py.infer.solution import first_instance
from c2rust_py.lift.lending import Signature
from c2rust_py.repair.answers import Candidate, Contested, Differs, Refused
from c2rust_py.repair.contest import DOUBT, Contest, Held, Member, doubtful
from c2rust_py.repair.lifting import Lifting
from c2rust_py.repair.loop import FunctionResult, Gates
from c2rust_py.repair.signatures import answered_signature
from c2rust_py.repair.trial import Beside, Id, Passed, case_count
from c2rust_py.repair.work_list import Task

Check = Callable[[Task, Body, Signature, Mapping[Id, Beside]], Passed]
Commit = Callable[[Sequence[FunctionResult], Sequence[Signature]], None]


def function_id(task: Task) -> Id:
    """What tells a function from others, whichever instance of it the task is for."""
    return task.crate, first_instance(task.symbol)


def own_signature(task: Task) -> Signature:
    """That of the header that was offered for the task."""
    return tuple(answered_signature(task.header, task.offers[0]))


@dataclass(slots=True)
class Companions:
    """See `loop.Together`. tasks: all of the work list by function; check: the gates; commit: keeps what is there. `held` are the bodies
    that the gates have passed."""

    tasks: Mapping[Id, Task]
    lifting: Lifting
    check: Check
    commit: Commit
    lock: Lock = field(default_factory=Lock)
    claimed: set[Id] = field(default_factory=set)
    held: dict[Id, Held] = field(default_factory=dict)

    def take(self, task: Task) -> Sequence[Task]:
        """The task for one loop, with the signature that it can have, and those that have to be lifted with it, each with the
        signatures of the others. None where another loop has it. Raises Refused."""
        with self.lock:
            if function_id(task) in self.claimed:
                return []
            self.claimed.add(function_id(task))
            if not task.lift or not re.search(r"\b(?:Ptr|VaArg)\b", task.header):
                return [task]
            task = self.lifting.offer(task)
            return [task, *self._others(task)]

    def _others(self, first: Task) -> Iterator[Task]:
        """Those beside a task. Raises Refused."""
        others = [self.tasks[id] for id, _ in first.beside if id in self.tasks and id not in self.claimed]
        if len(others) < len(first.beside):
            raise Refused("signature", "it shares an argument with a function that is not to be lifted, or was tried before")
        signatures = {first.id: own_signature(first), **dict(first.beside)} if others else {}
        for other in others:
            id = function_id(other)
            offered = self.lifting.offer(other, {key: one for key, one in signatures.items() if key != id})
            if set(dict(offered.beside)) != set(signatures) - {id} or own_signature(offered) != signatures[id]:
                raise Refused("signature", f"`{other.name}`, which shares an argument with it, would have another signature")
            yield offered
        self.claimed.update(map(function_id, others))

    def tried(self, held: Sequence[FunctionResult], task: Task, candidate: Candidate, origin: str, attempts: int) -> Passed:
        """The gates, with the bodies that are there so far. Where it differs with those that nothing speaks for yet, and not without
        them, it is contested with them. Raises Refused."""
        there = [self.held[one.task.id] for one in held]
        known = [one for one in there if one.passed is not None and one.passed.compared]
        try:
            passed = self._check_with(task, candidate, there)
        except Differs as refusal:
            if len(known) == len(there):
                raise
            alone = self._check_with(task, candidate, known)
            self.held[task.id] = Held(task, candidate, origin, attempts, alone)
            names = [one.task.name for one in there if one not in known]
            raise Contested(doubtful(refusal.reason, names), refusal.values) from None
        self.held[task.id] = Held(task, candidate, origin, attempts, passed)
        return passed

    def settle(self, held: Sequence[FunctionResult], contested: FunctionResult, ask: Callable[[FunctionResult, Gates], None]) -> None:
        """Finds a body for the last one that agrees with those of the others, where these may have to be others."""
        there = {one.task.id: self.held[one.task.id] for one in held}
        known = [one for one in there.values() if one.passed is not None and one.passed.compared]
        doubted = [one for one in held if there[one.task.id] not in known]
        assert contested.refusal is not None
        reason = contested.refusal.reason.partition(DOUBT)[0].rstrip()
        for one in doubted:
            names = [other.task.name for other in (*doubted, contested) if other is not one]
            one.contest(there[one.task.id].number, Contested(doubtful(reason, names), ""))
        members = [Member(one, [self.held[one.task.id]]) for one in (*doubted, contested)]
        contest = Contest(members, lambda task, candidate, others: self._check_with(task, candidate, [*known, *others]))
        if contest.settle(ask):
            self.held |= {one.task.id: one for one in contest.chosen}

    def _check_with(self, task: Task, candidate: Candidate, others: Sequence[Held]) -> Passed:
        """The gates for a body, with these beside it and those to come as stubs. Raises Refused."""
        beside = {id: Beside(signature) for id, signature in task.beside}
        for one in others:
            assert one.passed is not None
            beside[one.task.id] = Beside(beside[one.task.id].signature, one.candidate.body, one.passed.reached)
        return self.check(replace(task, header=candidate.header), candidate.body, own_signature(task), beside)

    def keep(self, held: Sequence[FunctionResult]) -> None:
        """Commits all at once. Where nothing speaks for one, none is kept."""
        last = held[-1].passed
        assert last is not None
        for one in held:
            assert one.passed is not None
            agreeing = [id for id in one.passed.reached if last.runs[id].agrees]
            parts = [case_count(len(agreeing))] if agreeing else []
            one.reason = " and ".join([*parts, *([f"{one.passed.inputs} inputs"] if one.passed.inputs else [])])
        silent = next((one.task.name for one in held if not one.reason), None)
        if silent is None:
            self.commit(held, [own_signature(one.task) for one in held])
        for one in held:
            one.status = "accepted" if silent is None else "refused"
            one.reason = one.reason if silent is None else f"nothing compares `{silent}`, which it would be lifted with"
            one.attempts[-1] = replace(one.attempts[-1], verdict=one.status, reason=one.reason)
