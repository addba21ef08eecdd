"""Other signatures for functions on the memory rung: which of them the solver accepts, and what the program is then.

    fn total(row: Ptr<i32>, n: i32, mem: &mut Memory) -> i32     ->     fn total(row: &[i32], n: i32) -> i32

A signature is put to the solver as what the function's body does with its parameters (`lift.lending`); the callers are solved
again. Calls that cannot lend their arguments keep the translator's function, as its instance on memory. What cannot be had is
refused by name: no caller can lend, another function would sink to a lower rung or become a stub, or an accepted body would
lose what it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock

from c2rust_py.emit.accepted import Accepted, Body, body_key, forget_accepted, function_header, keep_accepted
from c2rust_py.infer.demotions import Demotions, MemoryCall, PointerSlot, Subject
from c2rust_py.infer.places import root_of
from c2rust_py.infer.pointer_uses import Flow, Released, pointer_uses
from c2rust_py.infer.rust_signatures import public_functions
from c2rust_py.infer.slots import LADDER
from c2rust_py.infer.solution import MEMORY_SUFFIX, memory_instance
from c2rust_py.infer.subjects import Subjects
from c2rust_py.infer.views import find_views
from c2rust_py.ir.nodes import Assign, Call, DerefPlace, FunctionRef, LocalPlace, PointerAdd
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import FunctionType, PointerType
from c2rust_py.ir.walk import walk_all
from c2rust_py.lift.lending import Lent, Signature
from c2rust_py.pipeline import Project, Signatures, lower_with_signatures
from c2rust_py.repair.answers import Refused
from c2rust_py.repair.work_list import Task, task_of
from c2rust_py.report.build import LinkedGroup

_FORMS = re.compile(r"&(mut )?(\[)?(.+?)(?(2)\])")


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

    def fit(self, task: Task, signature: Signature) -> Fitted:
        """The program with another signature for a function. Raises Refused."""
        for lent in signature:
            _check_lent(self._program(task), task.symbol, lent.param)
        before = self.groups(self.kept)
        groups = self.groups({**self.kept, task.id: signature})
        group = _of_crate(groups, task.crate)
        name = group.lowered.rust_paths.get(task.symbol)
        if name is None:
            raise Refused("signature", f"no caller can lend it what it points to: {_why_no_caller(group, task.symbol)}")
        header = function_header(group.crate, name)
        for lent in signature:
            reason = _why_not(group, task.symbol, lent.param)
            if reason is not None:
                raise Refused("signature", f"parameter {lent.param + 1} cannot be lent: {reason}")
        for old, new in zip(before, groups, strict=True):
            _check_others(old, new, task.symbol)
        return Fitted(header, signature, groups)

    def _program(self, task: Task) -> Program:
        """The program of the task's crate as C has it."""
        return next(one.program for one in self.project.normalised if one.group.crate == task.crate)

    def read(self, task: Task, header: str) -> Fitted:
        """The program with the signature that an answer has. Raises Refused where that is none, or the solver gives another."""
        signature = tuple(_lent(task, header))
        if not signature:
            raise Refused("signature", f"the signature has to stay `{task.header}`, or have references for its pointers")
        return self.fit(task, signature)

    def offer(self, task: Task) -> Task:
        """The task with the signature that the solver accepts for it. Raises Refused where there is none."""
        group = _of_crate(self.project.groups, task.crate)
        symbol = task.symbol.removesuffix(MEMORY_SUFFIX)
        if symbol != task.symbol and symbol in group.lowered.rust_paths:
            raise Refused("signature", "it is the instance for callers that cannot lend, of a function that is above memory")
        task = replace(task, symbol=symbol)
        original = self._program(task).functions[symbol]
        if isinstance(original.type.result, PointerType):
            raise Refused("signature", "it returns a pointer to memory")
        signature = tuple(_natural(original))
        if not signature:
            raise Refused("signature", "its signature has pointers that no reference stands for")
        slices = tuple(replace(lent, slice=True) for lent in signature)
        try:
            fitted = self.fit(task, signature)
        except Refused:
            if slices == signature:
                raise
            fitted = self.fit(task, slices)
        behind = task_of(_of_crate(fitted.groups, task.crate), task, self.project.units)
        return replace(behind, header=task.header, offers=(fitted.header,))


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


def _natural(function: Function) -> Iterator[Lent]:
    """The signature that what the function does with its parameters' types suggests."""
    nodes = list(walk_all(function.body))
    stepped = {node.type.target for node in nodes if isinstance(node, PointerAdd)}
    written = {root.type for node in nodes if isinstance(node, Assign) and isinstance(root := root_of(node.place), DerefPlace)}
    written |= {
        arg.type.target
        for node in nodes
        if isinstance(node, Call) and isinstance(node.function, FunctionRef)
        for arg in node.args
        if isinstance(arg.type, PointerType)
    }
    for param, type in enumerate(function.type.params):
        if isinstance(type, PointerType) and not isinstance(type.target, FunctionType):
            yield Lent(param, type.target in stepped, type.target in written)


def _check_lent(program: Program, symbol: str, param: int) -> None:
    """Raises Refused for a parameter that the C keeps past the call, or frees: a reference is gone when the call is over."""
    function = program.functions[symbol]
    name, uses = function.locals[param].name, pointer_uses(function, program)
    subjects = Subjects(program.functions, {}, frozenset(), find_views(program, Demotions()))
    same: set[Subject] = {PointerSlot(symbol, param)}
    before = 0
    while len(same) > before:
        before = len(same)
        given = (use for use in uses if isinstance(use, Flow) and same.intersection(subjects.of(symbol, use.value)))
        same.update([PointerSlot(symbol, use.local) for use in given])
    for use in uses:
        if isinstance(use, Released) and same.intersection(subjects.of(symbol, use.value)):
            raise Refused("signature", f"what `{name}` points to is freed ({use.span})")
    stores = (node for node in walk_all(function.body) if isinstance(node, Assign) and isinstance(node.value.type, PointerType))
    for node in stores:
        if not isinstance(root_of(node.place), LocalPlace) and same.intersection(subjects.of(symbol, node.value)):
            raise Refused("signature", f"`{name}` is kept past the call ({node.span})")


def _lent(task: Task, header: str) -> Iterator[Lent]:
    """The references that an answer has where the translation has pointers."""
    ours, theirs = (next(public_functions(f"pub {text.removeprefix('pub ')} {{")) for text in (task.header, header))
    for param, ((name, before), (_, after)) in enumerate(zip(ours.params, theirs.params, strict=False)):
        if not before.startswith("Ptr<") or after == before:
            continue
        form = _FORMS.fullmatch(after)
        if form is None or form[3] != before[4:-1]:
            element = before[4:-1]
            forms = f"`&[{element}]`, `&mut [{element}]`, `&{element}` or `&mut {element}`"
            raise Refused("signature", f"`{name}` is `{after}`; for `{before}` there can be {forms}")
        yield Lent(param, form[2] is not None, form[1] is not None)


def _why_not(group: LinkedGroup, symbol: str, param: int) -> str | None:
    """Why a parameter is in memory still."""
    solution = group.lifted.solution
    if solution is None:
        return "the ladder is off"
    reason = solution.demotions.reasons.get(PointerSlot(symbol, param))
    return None if reason is None else f"{reason.text} ({reason.span})"


def _why_no_caller(group: LinkedGroup, symbol: str) -> str:
    """The first call that goes to the function's instance on memory, with what that starts from."""
    solution = group.lifted.solution
    for caller in solution.program.functions.values() if solution is not None else ():
        for node in walk_all(caller.body):
            call = MemoryCall(caller.symbol, id(node))
            if isinstance(node, Call) and isinstance(node.function, FunctionRef) and node.function.symbol == symbol and solution:
                links = [reason for _, reason in solution.demotions.chain(call)]
                if links:
                    return f"`{caller.name}` passes it memory ({links[-1].text}, {links[-1].span})"
    return "it is called through pointers"


def _check_others(old: LinkedGroup, new: LinkedGroup, symbol: str) -> None:
    """Raises Refused where another function is worse off."""
    for other, grade in old.slots.grades.items():
        now = new.slots.grades.get(other)
        if other not in (symbol, memory_instance(symbol)) and now is not None and LADDER.index(now) > LADDER.index(grade):
            raise Refused("signature", f"`{new.program.functions[other].name}` would sink to the {now.value} rung")
    lost = old.accepted.keys() - new.accepted.keys()
    if lost:
        raise Refused("signature", f"the accepted body of `{old.program.functions[min(lost)].name}` rests on the signature")
