"""Which pointers and objects are on the memory rung, and why: each with the C place and what it follows from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from c2rust_py.diagnostics import Span


@dataclass(frozen=True, slots=True)
class PointerSlot:
    """A pointer local or parameter of a function: what it holds."""

    function: str
    local: int


@dataclass(frozen=True, slots=True)
class ResultSlot:
    """The pointer that a function returns."""

    function: str


@dataclass(frozen=True, slots=True)
class FieldSlot:
    """A pointer member of a struct, by the record's id and its number: what any object keeps there."""

    record: str
    index: int


@dataclass(frozen=True, slots=True)
class GlobalPointers:
    """What a pointer of static storage duration holds, or the elements of an array of such."""

    symbol: str


@dataclass(frozen=True, slots=True)
class ElementPointers:
    """What the elements of a local array of pointers hold."""

    function: str
    local: int


@dataclass(frozen=True, slots=True)
class PointedPointers:
    """What the objects hold that a pointer to pointers leads to: a local of a function, or its result (`RESULT`)."""

    function: str
    local: int


RESULT = -1
"""What stands for a local where the result of a function is meant."""


@dataclass(frozen=True, slots=True)
class LocalObject:
    """A local as an object that pointers point to."""

    function: str
    local: int


@dataclass(frozen=True, slots=True)
class GlobalObject:
    """An object of static storage duration that pointers point to."""

    symbol: str


@dataclass(frozen=True, slots=True)
class MemoryCall:
    """A call that goes to the callee's instance on memory; `call` is the node's identity."""

    function: str
    call: int


HeldSlot = FieldSlot | GlobalPointers | ElementPointers | PointedPointers
"""The pointers that objects hold: above memory, each is a view (`infer.views`)."""

Subject = PointerSlot | ResultSlot | HeldSlot | LocalObject | GlobalObject | MemoryCall


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a subject is in memory; `cause` is the subject that this follows from, None where C itself asks for it."""

    text: str
    span: Span
    cause: Subject | None = None


@dataclass(slots=True)
class Demotions:
    """The subjects on the memory rung so far. They only grow. refused: those of them that rustc took down. positional: the arrays of
    pointers that hold positions where they are above memory (`infer.held_positions`); written: those that are written through, which the
    next solution may have as such. flat: the pointer locals, and the values by identity, that go from row to row of an array of arrays
    (`lift.rows`)."""

    reasons: dict[Subject, Reason] = field(default_factory=dict)
    refused: dict[Subject, Reason] = field(default_factory=dict)
    positional: set[HeldSlot] = field(default_factory=set)
    written: set[HeldSlot] = field(default_factory=set)
    flat: set[PointerSlot | int] = field(default_factory=set)

    def add(self, subject: Subject, reason: Reason) -> bool:
        """Whether the subject is new; the first reason stays."""
        if subject in self.reasons:
            return False
        self.reasons[subject] = reason
        return True

    def note_flat(self, pointer: PointerSlot | int) -> bool:
        """Notes that a pointer goes from row to row; whether that is new."""
        known = pointer in self.flat
        self.flat.add(pointer)
        return not known

    def refuse(self, subject: Subject, reason: Reason) -> None:
        """Adds what rustc takes down."""
        if self.add(subject, reason):
            self.refused[subject] = reason

    def restart(self) -> None:
        """Leaves those of rustc alone: what the solver starts from where functions have other signatures."""
        self.reasons = dict(self.refused)
        self.flat.clear()

    def restarted(self) -> Demotions:
        """A copy that is restarted."""
        return Demotions(dict(self.refused), dict(self.refused), set(self.positional))

    def __contains__(self, subject: Subject) -> bool:
        return subject in self.reasons

    def chain(self, subject: Subject) -> Iterator[tuple[Subject, Reason]]:
        """The subject with its reason, then what that follows from, to the C that started it."""
        current: Subject | None = subject
        seen: set[Subject] = set()
        while current is not None and current in self.reasons and current not in seen:
            seen.add(current)
            reason = self.reasons[current]
            yield current, reason
            current = reason.cause
