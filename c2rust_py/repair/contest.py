"""Bodies that differ from the C together, where nothing says which of them is wrong: none is blamed.

    one(x) waits; two(one(x)) differs    ->    one', then two', …, each with all that is held of the other: one' two, one' two', one two'

All of them are out of the workspace meanwhile. They are asked for anew in turn, those first whose variables go apart from the C's, and
what is new is tried with what is held of the others, the newest first, until some agree. It ends, as each turn takes an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice, product

from c2rust_py.repair.answers import Candidate, Contested, Differs, Refused
from c2rust_py.repair.loop import FunctionResult, Gates
from c2rust_py.repair.trial import Passed
from c2rust_py.repair.work_list import Task

_MOST_COMBINATIONS = 16
_APART = "values go apart first"
DOUBT = "(The new Rust of"


@dataclass(frozen=True, slots=True)
class Held:
    """A body that passes the gates while the others are stubs; `number` is that of the answer, `passed` what the gates said."""

    task: Task
    candidate: Candidate
    origin: str
    number: int
    passed: Passed | None = None


@dataclass(slots=True)
class Member:
    """One of the functions, with the bodies that are held of it."""

    result: FunctionResult
    held: list[Held]


Check = Callable[[Task, Candidate, Sequence[Held]], Passed]
"""The gates that build and compare, for a body with some of the others'; functions of the contest that are not there are stubs. Raises Refused."""


@dataclass(slots=True)
class Contest:
    """members: in the order of the work list. Once it is settled, `chosen` has the bodies that agree, and `runs` what the last check
    of them said."""

    members: list[Member]
    check: Check
    chosen: list[Held] = field(default_factory=list)
    agreed: Passed | None = None

    def settle(self, ask: Callable[[FunctionResult, Gates], None]) -> bool:
        """Asks in turn until some bodies agree or nobody is left to ask; whether they do. What came of it is in the results."""
        turns = sorted(self.members, key=lambda member: member.result.refusal is None or _APART not in member.result.refusal.values)
        while turns and not self.chosen:
            for member in list(turns):
                before = len(member.result.attempts)
                ask(member.result, partial(self._tried, member))
                if self.chosen:
                    break
                if member.result.status != "contested" or len(member.result.attempts) == before:
                    turns.remove(member)
        for member in self.members:
            self._tell(member)
        return bool(self.chosen)

    def _tried(self, member: Member, task: Task, candidate: Candidate, origin: str, number: int) -> Passed:
        """The gates for a new body: while the others are stubs, then with theirs. Raises Refused."""
        alone = self.check(task, candidate, ())
        held = Held(task, candidate, origin, number, alone)
        member.held.append(held)
        refusal: Refused | None = None
        for others in self._combinations(member):
            try:
                self.agreed = self.check(task, candidate, others)
            except Refused as problem:
                refusal = refusal or problem
                continue
            self.chosen = [held, *others]
            return replace(alone, runs=self.agreed.runs)
        assert refusal is not None
        if not isinstance(refusal, Differs):
            raise refusal
        raise Contested(doubtful(refusal.reason, [other.result.task.name for other in self.members if other is not member]), refusal.values)

    def _combinations(self, member: Member) -> Iterator[tuple[Held, ...]]:
        """A body for each of the others, the newest first."""
        others = [reversed(other.held) for other in self.members if other is not member]
        return islice(product(*others), _MOST_COMBINATIONS)

    def _tell(self, member: Member) -> None:
        """What became of a member, in its result."""
        result = member.result
        chosen = next((held for held in self.chosen if held.task.id == result.task.id), None)
        if chosen is None:
            names = ", ".join(f"`{other.result.task.name}`" for other in self.members if other is not member)
            result.status = "refused" if result.status == "contested" else result.status
            result.reason += f" (its body, or that of {names}, is wrong)" if names else ""
            result.body = result.passed = None
            return
        assert self.agreed is not None and chosen.passed is not None
        result.body, result.origin = chosen.candidate.body, chosen.origin
        result.passed = replace(chosen.passed, runs=self.agreed.runs)
        result.status, result.reason = "waiting", "no case that comes to it comes to its end"
        result.attempts[chosen.number - 1] = replace(result.attempts[chosen.number - 1], verdict="waiting", reason=result.reason)


def doubtful(reason: str, others: Sequence[str]) -> str:
    """A difference of which it is not known whose it is."""
    if not others:
        return reason
    names = ", ".join(f"`{name}`" for name in others)
    return f"{reason}\n{DOUBT} {names} has a part in this, and may be what is wrong.)"
