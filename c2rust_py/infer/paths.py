"""What a pointer points to, as a path from a variable: the vocabulary of everything above the memory rung.

    int sum(const int *a, int n) { const int *end = a + n; while (a < end) s += *a++; }

    a:   a.*[?]        an element of what the parameter `a` was given, at a position that changes
    end: a.*[?]        the same array; both locals can be positions in it
    &s->inner.x:       s.*[0].inner.x

A *target* is a root and steps, each a field or the index of an element. A *template* is a target as far as it stays the same
whatever runs: one index of it at most varies, which is what a local of integer type can hold.

C's arrays of one object are what a pointer moves in (C11 6.5.6p8), so a pointer to an element always ends in an index, and a
pointer to an object that is no element does not move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from c2rust_py.ir.nodes import FLAT, Call, Conditional, Load, Statement, Value
from c2rust_py.ir.types import ArrayType, RecordType


@dataclass(frozen=True, slots=True)
class ParamRoot:
    """What a pointer parameter was given."""

    local: int


@dataclass(frozen=True, slots=True)
class LocalRoot:
    """An object of the function."""

    local: int


@dataclass(frozen=True, slots=True)
class OwnedRoot:
    """What a local of the function is allocated."""

    local: int


@dataclass(frozen=True, slots=True)
class GlobalRoot:
    """An object of static storage duration."""

    symbol: str


@dataclass(frozen=True, slots=True)
class LiteralRoot:
    """A string literal: each with the same bytes is the same."""

    data: bytes
    type: ArrayType


@dataclass(frozen=True, slots=True)
class HandedRoot:
    """What a function allocates and hands over to its caller: the root of results alone."""


@dataclass(frozen=True, slots=True)
class HeldRoot:
    """What an object holds a view of (`infer.views`), or what a call returns one of, when `value` is computed."""

    value: Load | Call | Conditional


@dataclass(frozen=True, slots=True)
class ViewRoot:
    """What a local of the function holds a view of. It is given views anew, so it is no root for others."""

    local: int


@dataclass(frozen=True, slots=True)
class ResultRoot:
    """What a function returns a view of."""

    function: str


@dataclass(frozen=True, slots=True)
class ObjectRoot:
    """An object of a pool: the one that `id` names when it is computed. No local can hold on to it."""

    pool: str
    record: RecordType
    id: Value


Root = ParamRoot | OwnedRoot | HandedRoot | LocalRoot | GlobalRoot | ObjectRoot | LiteralRoot | HeldRoot | ViewRoot | ResultRoot


@dataclass(frozen=True, slots=True)
class FieldStep:
    """Field number `index` of a record; or FLAT, the rows of an array as one array."""

    index: int


FLAT_STEP = FieldStep(FLAT)
"""From an array of rows to all of their elements as one array; an index into that follows, behind others of these at most."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of an index that is computed, added or taken away: an integer of any type, or the position that a pointer value
    (a call, a conditional) becomes."""

    value: Value
    negative: bool


@dataclass(frozen=True, slots=True)
class IndexStep:
    """An element of an array: what the cursor `cursor` holds, plus the terms, plus the constant, once `before` has run."""

    cursor: int | None = None
    terms: tuple[Term, ...] = ()
    constant: int = 0
    before: tuple[Statement, ...] = ()

    @property
    def fixed(self) -> int | None:
        """The index where it is a constant."""
        return self.constant if self.cursor is None and not self.terms and not self.before else None


@dataclass(frozen=True, slots=True)
class Target:
    """The place that a pointer points to."""

    root: Root
    steps: tuple[FieldStep | IndexStep, ...]

    @property
    def template(self) -> Template:
        return Template(self.root, tuple(s if isinstance(s, FieldStep) else s.fixed for s in self.steps))

    @property
    def is_start(self) -> bool:
        """Whether it is the first element of what the root is an array of, once all that is before has run."""
        match self.steps:
            case (IndexStep() as step,):
                return replace(step, before=()).fixed == 0
            case _:
                return False


@dataclass(frozen=True, slots=True)
class Template:
    """A target with None for each index that varies."""

    root: Root
    steps: tuple[FieldStep | int | None, ...]

    @property
    def cursor(self) -> int | None:
        """The position of the one index that varies, if there is one."""
        return self.steps.index(None) if None in self.steps else None

    def join(self, other: Template) -> Template | None:
        """What both are instances of; None where they are apart, or more than one index would vary. Rows are as one array where
        they are so in one of both."""
        joined = self._joined(other)
        return joined if joined is not None and joined.steps.count(None) <= 1 else None

    def join_in_rows(self, other: Template) -> Template | None:
        """What both are instances of; positions in rows as one array where the row and the index in it would vary."""
        joined = self._joined(other)
        while joined is not None and joined.steps.count(None) > 1:
            joined = joined.flattened(joined.steps.index(None))
        return joined

    def _joined(self, other: Template) -> Template | None:
        if self.root != other.root or len(self.steps) != len(other.steps):
            return None
        one, two = self, other
        for at in range(len(self.steps)):
            if one.steps[at] == FLAT_STEP and not isinstance(two.steps[at], FieldStep):
                two = two.flattened(at) or two
            if two.steps[at] == FLAT_STEP and not isinstance(one.steps[at], FieldStep):
                one = one.flattened(at) or one
        steps: list[FieldStep | int | None] = []
        for a, b in zip(one.steps, two.steps, strict=True):
            if isinstance(a, FieldStep) != isinstance(b, FieldStep) or (isinstance(a, FieldStep) and a != b):
                return None
            steps.append(a if a == b else None)
        return Template(self.root, tuple(steps))

    def flattened(self, at: int) -> Template | None:
        """The index at a place, and the one behind it in the rows that it is of, as one index into all rows as one array."""
        behind = index_behind(self.steps, at)
        if behind is None:
            return None
        both_zero = self.steps[at] == 0 and self.steps[behind] == 0
        between, rest = self.steps[at + 1 : behind], self.steps[behind + 1 :]
        return Template(self.root, (*self.steps[:at], FLAT_STEP, *between, 0 if both_zero else None, *rest))

    def at(self, position: IndexStep) -> Target:
        """The target while the index that varies is `position`."""
        steps = (
            s if isinstance(s, FieldStep) else position if s is None else IndexStep(constant=s) for s in self.steps
        )
        return Target(self.root, tuple(steps))

    def varying(self) -> Template | None:
        """The template with a last index that varies, so that a position that may be missing can stand for it."""
        if not self.steps or isinstance(self.steps[-1], FieldStep):
            return None
        last = len(self.steps) - 1
        return replace(self, steps=(*self.steps[:-1], None)) if self.cursor in (None, last) else None


def index_behind(steps: Sequence[object], at: int) -> int | None:
    """Where the index stands into the row that the index at `at` leads to, which may be flat itself; None where there is none."""
    behind = at + 1
    while behind < len(steps) and steps[behind] == FLAT_STEP:
        behind += 1
    there = behind < len(steps) and not isinstance(steps[at], FieldStep) and not isinstance(steps[behind], FieldStep)
    return behind if there else None


@dataclass(frozen=True, slots=True)
class Result:
    """What the pointer that a function returns points to, seen from inside of it; nullable: or nowhere. in_array: the position is
    that in the whole array which a group of parameters points into (`infer.bounds`), not one behind the parameter."""

    template: Template
    nullable: bool
    in_array: bool = False

    @property
    def owned(self) -> bool:
        """Whether the caller is given an allocation, all of it."""
        return isinstance(self.template.root, HandedRoot)

    def join(self, other: Result) -> Result | None:
        """What both are instances of."""
        nullable = self.nullable or other.nullable
        for one in (self, other):
            if isinstance(one.template.root, ResultRoot):
                return replace(one, nullable=nullable)
        template = self.template.join(other.template)
        if template is None or self.in_array != other.in_array:
            return None
        if self.owned:
            return Result(template, nullable)
        fixed = template.varying() if nullable else template
        return None if fixed is None else Result(fixed, nullable, self.in_array)
