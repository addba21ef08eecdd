"""Other signatures for functions on the memory rung: which of them the solver accepts, and what the program is then.

    fn total(row: Ptr<i32>, n: i32, mem: &mut Memory) -> i32     ->     fn total(row: &[i32], n: i32) -> i32

A signature is put to the solver as what the function's body does with its parameters (`lift.lending`); the callers are solved
again, and functions that share an argument with it, where either keeps it in memory, are given theirs at once. Calls that cannot lend their arguments keep the translator's function, as its instance on memory. What cannot be had is
refused by name: no caller can lend, another function would sink to a lower rung or become a stub, or an accepted body would
lose what it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock

from c2rust_py.emit.accepted import Accepted, Body, body_key, forget_accepted, function_header, keep_accepted
from c2rust_py.infer.demotions import MemoryCall, PointerSlot, ResultSlot, Subject
from c2rust_py.infer.slots import LADDER
from c2rust_py.infer.solution import first_instance, memory_instance
from c2rust_py.ir.nodes import Call, FunctionRef
from c2rust_py.ir.program import Program
from c2rust_py.ir.walk import walk_all
from c2rust_py.lift.lending import RESULT, Signature
from c2rust_py.pipeline import Project, Signatures, lower_with_signatures
from c2rust_py.repair.answers import Refused
from c2rust_py.repair.signatures import answered_signature, check_lent, natural_signature
from c2rust_py.repair.work_list import Task, task_of
from c2rust_py.report.build import LinkedGroup

_MOST_TOGETHER = 4
"""Functions that are lifted together."""


class _NoCaller(Refused):
    """No caller can lend to a function. `others`: those whose own pointers keep the arguments in memory."""

    def __init__(self, reason: str, others: Sequence[str]) -> None:
        super().__init__("signature", reason)
        self.others = others


@dataclass(frozen=True, slots=True)
class Fitted:
    """The project with a function behind another signature, whose header this is."""

    header: str
    signature: Signature
    groups: tuple[LinkedGroup, ...]


@dataclass(slots=True)
class Lifting:
    """The signatures of one run. `kept` are those of bodies that passed: others are solved with them."""

    project: Project
    kept: dict[tuple[str, str], Signature] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    _lowered: dict[tuple[object, ...], tuple[LinkedGroup, ...]] = field(default_factory=dict)

    def groups(self, signatures: Signatures) -> tuple[LinkedGroup, ...]:
        """The project's groups with these signatures."""
        if not signatures:
            return self.project.groups
        key = tuple(sorted(signatures.items()))
        with self.lock:
            if key not in self._lowered:
                self._lowered[key] = lower_with_signatures(self.project, signatures)
            return self._lowered[key]

    def fit(self, task: Task, signature: Signature, beside: Signatures | None = None) -> Fitted:
        """The program with another signature for a function, and those of others `beside` it. Raises Refused."""
        for lent in signature:
            if lent.param != RESULT:
                check_lent(self._program(task), task.symbol, lent.param)
        asked = {**(beside or {}), task.id: signature}
        before, groups = self.groups(self.kept), self.groups({**self.kept, **asked})
        group = _of_crate(groups, task.crate)
        for crate, symbol in asked:
            if symbol not in _of_crate(groups, crate).lowered.rust_paths:
                why, others = _why_no_caller(_of_crate(groups, crate), symbol)
                raise _NoCaller(f"no caller can lend it what it points to: {why}", others)
        header = function_header(group.crate, group.lowered.rust_paths[task.symbol])
        for lent in signature:
            reason = _why_not(group, task.symbol, lent.param)
            if reason is not None:
                what = "the result cannot be a position" if lent.param == RESULT else f"parameter {lent.param + 1} cannot be lent"
                raise Refused("signature", f"{what}: {reason}")
        lifted = {symbol for _, symbol in asked}
        for old, new in zip(before, groups, strict=True):
            _check_others(old, new, lifted)
        return Fitted(header, signature, groups)

    def _program(self, task: Task) -> Program:
        """The program of the task's crate as C has it."""
        return next(one.program for one in self.project.normalised if one.group.crate == task.crate)

    def read(self, task: Task, header: str) -> Fitted:
        """The program with the signature that an answer has. Raises Refused where that is none, or the solver gives another."""
        signature = tuple(answered_signature(task.header, header))
        if not signature:
            reason = f"the signature has to stay `{task.header}`, or have references for its pointers"
            raise Refused("signature", reason)
        return self.fit(task, signature, dict(task.beside))

    def offer(self, task: Task, beside: Signatures | None = None) -> Task:
        """The task with the signature that the solver accepts for it, and with those of the functions that have to be lifted with
        it. Raises Refused where there is none."""
        group = _of_crate(self.project.groups, task.crate)
        symbol = first_instance(task.symbol)
        if symbol != task.symbol and symbol in group.lowered.rust_paths:
            raise Refused("signature", "it is the instance for callers that cannot lend, of a function that is above memory")
        task = replace(task, symbol=symbol)
        signature = natural_signature(self._program(task), symbol)
        if not signature:
            raise Refused("signature", "its signature has pointers that no reference stands for")
        together = dict(beside or {})
        refused: Refused | None = None
        while True:
            try:
                fitted = self._fit_slices_too(task, signature, together)
                break
            except _NoCaller as refusal:
                refused = refused or refusal
                more = {other: self._natural_of(task, other) for other in refusal.others if other != symbol}
                more = {other: one for other, one in more.items() if one and (task.crate, other) not in together}
                if not more or len(together) + len(more) >= _MOST_TOGETHER:
                    raise refused from None
                together |= {(task.crate, other): one for other, one in more.items()}
            except Refused as refusal:
                raise refused or refusal from None
        behind = task_of(_of_crate(fitted.groups, task.crate), task, self.project.units)
        return replace(behind, header=task.header, offers=(fitted.header,), beside=tuple(sorted(together.items())))

    def _fit_slices_too(self, task: Task, signature: Signature, beside: Signatures) -> Fitted:
        """With slices where references to single objects do not fit."""
        slices = tuple(one if one.within is not None else replace(one, slice=True) for one in signature)
        try:
            return self._fit_present_too(task, signature, beside)
        except Refused:
            if slices == signature:
                raise
            return self._fit_present_too(task, slices, beside)

    def _fit_present_too(self, task: Task, signature: Signature, beside: Signatures) -> Fitted:
        """With references that are always there where callers cannot be made to fit those that may be missing."""
        present = tuple(replace(one, optional=False) if one.param != RESULT else one for one in signature)
        try:
            return self.fit(task, signature, beside)
        except Refused:
            if present == signature:
                raise
            return self.fit(task, present, beside)

    def _natural_of(self, task: Task, symbol: str) -> Signature:
        """The signature of another function that would be lifted with the task's; none where that cannot be, or it has one."""
        if (task.crate, symbol) in self.kept or symbol not in self._program(task).functions:
            return ()
        try:
            signature = natural_signature(self._program(task), symbol)
            for lent in signature:
                if lent.param != RESULT:
                    check_lent(self._program(task), symbol, lent.param)
        except Refused:
            return ()
        return signature


def instance_of(group: LinkedGroup, task: Task) -> str:
    """The symbol of a function in these groups: that of its instance on memory where it has no other."""
    return task.symbol if task.symbol in group.lowered.rust_paths else memory_instance(task.symbol)


def keep_signatures(
    state_dir: Path, groups: Sequence[LinkedGroup], bodies: Mapping[tuple[str, str], Body], signatures: Signatures
) -> None:
    """Leaves in the state of a workspace which functions have other signatures, so that what is inferred of it there is what it
    was made from."""
    forget_accepted(state_dir)
    for one in (one for group in groups for one in group.accepted.values() if one.signature):
        keep_accepted(state_dir, one)
    for (crate, symbol), signature in signatures.items():
        group = _of_crate(groups, crate)
        path, body = group.lowered.rust_paths[symbol], bodies.get((crate, symbol), Body(""))
        key = body_key(group.program.functions[symbol], group.lowered.crate, path, body)
        keep_accepted(state_dir, Accepted(crate, symbol, key, body, "a trial", 1, "nothing", signature))


def _of_crate(groups: Sequence[LinkedGroup], crate: str) -> LinkedGroup:
    return next(group for group in groups if group.lowered.crate.name == crate)


def _why_not(group: LinkedGroup, symbol: str, param: int) -> str | None:
    """Why a parameter is in memory still."""
    solution = group.lifted.solution
    if solution is None:
        return "the ladder is off"
    slot: Subject = ResultSlot(symbol) if param == RESULT else PointerSlot(symbol, param)
    reason = solution.demotions.reasons.get(slot)
    return None if reason is None else f"{reason.text} ({reason.span})"


def _why_no_caller(group: LinkedGroup, symbol: str) -> tuple[str, Sequence[str]]:
    """The first call that goes to the function's instance on memory, with what that starts from; and the functions whose pointers
    send such calls there."""
    solution = group.lifted.solution
    why, others = "it is called through pointers", dict[str, None]()
    for caller in solution.program.functions.values() if solution is not None else ():
        for node in walk_all(caller.body):
            if not (isinstance(node, Call) and isinstance(node.function, FunctionRef) and node.function.symbol == symbol and solution):
                continue
            links = list(solution.demotions.chain(MemoryCall(caller.symbol, id(node))))
            if links and not others:
                why = f"`{caller.name}` passes it memory ({links[-1][1].text}, {links[-1][1].span})"
            slots = (slot for slot, _ in links if isinstance(slot, PointerSlot | ResultSlot) and slot.function != caller.symbol)
            others |= dict.fromkeys(first_instance(slot.function) for slot in slots)
    return why, list(others)


def _check_others(old: LinkedGroup, new: LinkedGroup, lifted: AbstractSet[str]) -> None:
    """Raises Refused where another function is worse off."""
    for other, grade in old.slots.grades.items():
        now = new.slots.grades.get(other)
        if first_instance(other) not in lifted and now is not None and LADDER.index(now) > LADDER.index(grade):
            raise Refused("signature", f"`{new.program.functions[other].name}` would sink to the {now.value} rung")
    lost = old.accepted.keys() - new.accepted.keys()
    if lost:
        raise Refused("signature", f"the accepted body of `{old.program.functions[min(lost)].name}` rests on the signature")
