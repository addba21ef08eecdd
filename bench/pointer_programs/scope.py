"""What is in scope while a function is written, and where each pointer points."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from random import Random

from pointer_programs.expressions import TWINS, WORD, Element, Expr, combine, compare, constant, divide, read, shift


@dataclass(frozen=True, slots=True)
class Array:
    """An array, or what a parameter points at: `length` elements from `name` on. No pointer reaches an `own` one when the
    function starts; one that is `mixed` is a part of one of several others."""

    name: str
    element: Element
    length: int
    writable: bool = True
    own: bool = False
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Where a cursor is: at one of the elements `low` to `high` of an array (its length is one past the end)."""

    array: Array
    low: int
    high: int

    def moved(self, low: int, high: int) -> Span:
        return Span(self.array, self.low + low, self.high + high)

    def join(self, other: Span | None) -> Span | None:
        """Where a cursor is that is at either; None (nowhere known) for two arrays."""
        if other is None or other.array != self.array:
            return None
        return Span(self.array, min(self.low, other.low), max(self.high, other.high))

    @property
    def within(self) -> bool:
        """Whether every place is in the array or one past its end."""
        return self.low >= 0 and self.high <= self.array.length


@dataclass(frozen=True, slots=True)
class Reference:
    """Text of a pointer to `length` elements of an array, of which `before` more are before it."""

    text: str
    array: Array
    writable: bool
    span: Span

    @property
    def length(self) -> int:
        return self.array.length - self.span.high


class Kind(Enum):
    """What a parameter is."""

    ARRAY = auto()
    COUNT = auto()
    SCALAR = auto()
    CURSOR = auto()
    CALLBACK = auto()
    BOX = auto()
    OPTIONAL = auto()
    OUT = auto()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter and what a caller owes: `length` elements (beside as many as the COUNT says, where `counted`). An OPTIONAL one may be
    null; an OUT is the address of a pointer that the function sets."""

    kind: Kind
    element: Element | None = None
    length: int = 0
    counted: bool = False
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function that was written. `returns_into` says which parameter a returned pointer points into, and how far on;
    `sets` is the OUT with the same of what it gets; `moves` how far each CURSOR goes; `fresh` is the element of a returned block of COUNT elements. A `leaf` calls no
    other function."""

    name: str
    parameters: tuple[Parameter, ...]
    returns_value: bool = False
    returns_into: tuple[int, int, int] | None = None
    sets: tuple[int, int, int, int] | None = None
    moves: tuple[tuple[int, int, int], ...] = ()
    fresh: Element | None = None
    leaf: bool = True


@dataclass(slots=True)
class Scope:
    """The function being written: its text so far, and what its statements may use. A `tame` program keeps to what
    pointers to parts of one array at a time can do, with few exceptions."""

    random: Random
    functions: list[Function]
    tame: bool = False
    arrays: list[Array] = field(default_factory=list)
    cursors: dict[str, tuple[Element, bool]] = field(default_factory=dict)
    at: dict[str, Span | None] = field(default_factory=dict)
    movable: set[str] = field(default_factory=set)
    values: list[str] = field(default_factory=list)
    indices: list[tuple[str, int]] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    callbacks: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    blocks: int = 0
    calls: int = 0
    owned: list[str] = field(default_factory=list)
    in_main: bool = False
    names: dict[str, int] = field(default_factory=dict)

    def emit(self, *lines: str) -> None:
        self.lines += [f"{'    ' * self.depth}{line}" for line in lines]

    def fresh(self, stem: str) -> str:
        """A name that nothing has yet."""
        number = self.names.get(stem, 0)
        self.names[stem] = number + 1
        return f"{stem}{number}" if number else stem

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    @contextmanager
    def block(self, head: str, *, loop: bool = False) -> Iterator[None]:
        """A braced block: names that it declares end with it; in a loop, no cursor from outside moves."""
        self.emit(f"{head} {{".lstrip())
        kept = (set(self.movable), set(self.cursors), list(self.values), list(self.indices))
        if loop:
            self.movable.clear()
        self.depth += 1
        self.blocks += 1
        yield
        self.depth -= 1
        self.blocks -= 1
        self.movable, outer, self.values, self.indices = kept
        for name in set(self.cursors) - outer:
            del self.cursors[name], self.at[name]
        self.emit("}")

    def declare_cursor(self, name: str, element: Element, writable: bool, span: Span) -> None:
        self.cursors[name] = (element, writable)
        self.at[name] = span
        self.movable.add(name)

    def references(
        self, element: Element, need: int, *, writes: bool = False, values: bool = False, casts: bool = False
    ) -> list[Reference]:
        """Pointers to at least `need` elements: to arrays and by cursors, at the start or further on; to `values`, too;
        to elements of another type, if they may be looked at as this one and `casts` are wanted."""
        found = []
        if values and need == 1 and element == WORD:
            arrays = [Array(f"(&{name})", WORD, 1) for name in self.values]
            found += [Reference(array.name[1:-1], array, True, Span(array, 0, 0)) for array in arrays]
        for array in self.arrays:
            if array.element == element and (array.writable or not writes) and array.length >= need:
                offset = self.random.randint(0, array.length - need) if self.chance(0.6) else 0
                text = (
                    array.name
                    if offset == 0
                    else self.random.choice((f"{array.name} + {offset}", f"&{array.name}[{offset}]"))
                )
                found.append(Reference(text, array, array.writable, Span(array, offset, offset)))
        for name, (kind, writable) in self.cursors.items():
            span = self.at[name]
            if span is None or kind != element or (writes and not writable):
                continue
            if span.array.element != element and not casts:
                continue
            room = span.array.length - span.high - need
            if room >= 0:
                offset = self.random.randint(-span.low, room) if self.chance(0.4) else 0
                text = name if offset == 0 else f"{name} {'+' if offset > 0 else '-'} {abs(offset)}"
                found.append(Reference(text, span.array, writable, span.moved(offset, offset)))
        casts = casts and element in TWINS and not (self.tame and element.bits > 8)
        return found + (self._casts(element, need, writes=writes) if casts else [])

    def _casts(self, element: Element, need: int, *, writes: bool) -> list[Reference]:
        return [
            replace(found, text=f"({'' if found.writable else 'const '}{element.name} *)({found.text})")
            for found in self.references(TWINS[element], need, writes=writes)
            if self.chance(0.3)
        ]

    def places(self, *, writes: bool = False, without: str = "") -> list[tuple[str, Element]]:
        """Elements that can be named now, as C text."""
        found = [(text, a.element) for a in self.arrays if a.writable or not writes for text in self._elements(a)]
        for name, (element, writable) in self.cursors.items():
            span = self.at[name]
            if name == without or span is None or (writes and not writable) or span.low < 0:
                continue
            last = span.array.length - 1 - span.high
            if -span.low <= last:
                offset = self.random.randint(-span.low, last) if self.chance(0.7) else max(min(0, last), -span.low)
                found.append((f"*{name}" if offset == 0 else f"{name}[{offset}]", element))
                found += [(f"{name}[{i}]", element) for i, most in self.indices if most <= last]
        return found

    def _elements(self, array: Array) -> Iterator[str]:
        """A few elements of an array: at a constant, at a loop's index, at a value that is reduced."""
        yield f"{array.name}[{self.random.randrange(array.length)}]"
        for index, most in self.indices:
            if most < array.length:
                room = array.length - 1 - most
                offset = self.random.randint(0, room)
                yield f"{array.name}[{index}]" if offset == 0 else f"{array.name}[{index} + {offset}]"
                yield f"{array.name}[{most + offset} - {index}]"
        if self.values and array.length > 1 and self.chance(0.3):
            yield f"{array.name}[{self.random.choice(self.values)} % {array.length}]"

    def expression(self, depth: int = 2, without: str = "") -> Expr:
        """A value without effects that does not name the cursor `without`."""
        random = self.random
        if depth == 0 or self.chance(0.2):
            return self._leaf(without)
        if self.callbacks and self.chance(0.15):
            arguments = f"{self.expression(depth - 1, without).text}, {self.expression(0, without).text}"
            return read(f"{random.choice(self.callbacks)}({arguments})", WORD)
        left = self.expression(depth - 1, without)
        match random.randrange(8):
            case 0:
                return divide(random.choice("/%"), left, random.randint(2, 13))
            case 1:
                return shift(random.choice(("<<", ">>")), left, random.randint(1, 7))
            case 2:
                right = self.expression(0, without)
                chosen, other = self.expression(0, without).unsigned(), self.expression(0, without).unsigned()
                text = f"{compare(random, left, right).atom} ? {chosen.text} : {other.text}"
                return Expr(text, max(chosen.rank, other.rank))
            case _:
                return combine(random.choice("+-*^&|+-^"), left, self.expression(depth - 1, without))

    def _leaf(self, without: str) -> Expr:
        kind = self.random.random()
        if kind < 0.6 and (places := self.places(without=without)):
            return read(*self.random.choice(places))
        if kind < 0.8 and self.values:
            return read(self.random.choice(self.values), WORD)
        if kind < 0.9 and self.indices:
            name, most = self.random.choice(self.indices)
            return Expr(name, constant(most).rank, most.bit_length())
        return constant(self.random.randint(1, 99))

    def condition(self, without: str = "") -> str:
        return compare(self.random, self.expression(1, without), self.expression(0, without)).text
