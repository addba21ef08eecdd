"""What a function's variables held in the C and in a candidate's Rust, side by side: the first place where they go apart.

    C line 14: `crc` is 1996959894 (0x77073096), its 2nd value; in your Rust it is 3994130988 (0xee0e612c) (line 5: `crc = …`)

Both sides note the values as they are given (`trace_c`, `trace_rust`). A variable's history in a call are its values without
repetitions; histories are compared for the variables that both sides have, under C's name or its form in Rust. One side may note
fewer values than the other and still be right, so only values that differ at the same place count, and the text says what was
seen and no more.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby

_NOTE = re.compile(rb"^c2rs-note (\d+) (\d+) (\S+) ([iubf]) (\d+) (-?\d+)$", re.MULTILINE)
_MOST_ROWS = 24
"""Values in the table of the C's."""
_MOST_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Note:
    """A value that a variable got, on a line, in the call of a number. kind: `i`, `u` (integers), `b` (truth), `f` (a double's
    bits)."""

    call: int
    line: int
    name: str
    kind: str
    size: int
    value: int

    @property
    def as_float(self) -> float:
        """The value of a note of kind `f`."""
        value: float = struct.unpack("<d", struct.pack("<Q", self.value & (1 << 64) - 1))[0]
        return value

    @property
    def shown(self) -> str:
        """The value for a reader."""
        if self.kind == "f":
            return repr(self.as_float)
        bits = self.value & (1 << 8 * self.size) - 1
        return str(self.value) if -10 < self.value < 256 else f"{self.value} (0x{bits:x})"


@dataclass(frozen=True, slots=True)
class Traces:
    """The notes of one run of each side. unsteady: C's names of what can change without a note, and Rust's."""

    c: tuple[Note, ...]
    rust: tuple[Note, ...]
    unsteady_c: AbstractSet[str]
    unsteady_rust: AbstractSet[str]
    rust_lines: Sequence[str]
    c_lines: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Apart:
    """The first values of a variable that differ: number `ordinal` of its history."""

    c: Note
    rust: Note
    ordinal: int


def read_notes(said: bytes) -> tuple[Note, ...]:
    """The notes in what a program wrote to its standard error."""
    return tuple(
        Note(int(call), int(line), name.decode(errors="replace"), kind.decode(), int(size), int(value))
        for call, line, name, kind, size, value in _NOTE.findall(said)
    )


def describe(traces: Traces) -> str:
    """What is to be said of two runs; nothing where the C never came to the function."""
    for call in sorted({note.call for note in traces.c}):
        c = [note for note in traces.c if note.call == call and note.name != "."]
        apart = _first_apart(c, [note for note in traces.rust if note.call == call], traces)
        if apart is not None:
            return _describe_apart(c, apart, call, traces)
    first = [note for note in traces.c if note.call == min(other.call for other in traces.c) and note.name != "."]
    if not first:
        return ""
    return "\n".join(["The values in the C, in order:", *_table(first, traces.c_lines)])


def _first_apart(c: Sequence[Note], rust: Sequence[Note], traces: Traces) -> _Apart | None:
    """The first of the C's notes in one call that the Rust has another value for."""
    order = {id(note): position for position, note in enumerate(c)}
    names = {_plain(name): name for name in dict.fromkeys(note.name for note in rust)}
    found: list[_Apart] = []
    for name in dict.fromkeys(note.name for note in c):
        other = names.get(_plain(name))
        if other is None or name in traces.unsteady_c or other in traces.unsteady_rust:
            continue
        apart = _compare([n for n in c if n.name == name], [n for n in rust if n.name == other])
        if apart is not None:
            found.append(apart)
    return min(found, key=lambda apart: order[id(apart.c)], default=None)


def _plain(name: str) -> str:
    """A name as it is both in C and in Rust."""
    return name.removeprefix("r#").replace("_", "").lower()


def _compare(c: Sequence[Note], rust: Sequence[Note]) -> _Apart | None:
    """The first difference of two histories."""
    key = _common_key((*c, *rust))
    left = [next(group) for _, group in groupby(c, key)]
    right = [next(group) for _, group in groupby(rust, key)]
    for position, (one, other) in enumerate(zip(left, right, strict=False)):
        if key(one) != key(other):
            return _Apart(one, other, position + 1)
    return None


def _common_key(notes: Sequence[Note]) -> Callable[[Note], int | str]:
    """What a value is compared by: truth, floating point, or the bits that the narrower side has."""
    kinds = {note.kind for note in notes}
    size = min(note.size for note in notes)
    if "b" in kinds:
        return lambda note: int(note.value != 0)
    if kinds == {"f"}:
        return lambda note: repr(_narrowed(note.as_float) if size == 4 else note.as_float)
    return lambda note: note.value & (1 << 8 * size) - 1


def _narrowed(value: float) -> float:
    """The nearest value of C's `float`; one that is too large is infinite."""
    try:
        narrow: float = struct.unpack("<f", struct.pack("<f", value))[0]
        return narrow
    except OverflowError:
        return math.copysign(math.inf, value)


def _describe_apart(c: Sequence[Note], apart: _Apart, call: int, traces: Traces) -> str:
    line = traces.rust_lines[apart.rust.line - 1].strip() if 0 < apart.rust.line <= len(traces.rust_lines) else ""
    where = f" (line {apart.rust.line}: `{_cut(line)}`)" if line else ""
    which = "In the first call" if call == 1 else f"In call {call}"
    what = _words(apart.c.name)
    number = "" if apart.c.name == "return" else f" (value {apart.ordinal} of it)"
    head = (
        f"{which} of the function, values go apart first at C line {apart.c.line}: {what} is {apart.c.shown}{number}; "
        f"in your Rust it is {apart.rust.shown}{where}."
    )
    before = c[: next(i for i, note in enumerate(c) if note is apart.c) + 1]
    left_out = [f"  … {len(before) - _MOST_ROWS} more, then"] if len(before) > _MOST_ROWS else []
    rows = _table(before[-_MOST_ROWS:], traces.c_lines)
    return "\n".join([head, "The values in the C up to there:", *left_out, *rows])


def _words(name: str) -> str:
    return "the result" if name == "return" else f"what `{name[:-2]}` points to" if name.endswith("[]") else f"`{name}`"


def _table(notes: Sequence[Note], c_lines: Mapping[int, str]) -> Iterator[str]:
    """A line for each C line that was come through, with the values that it gave."""
    shown = list(notes[:_MOST_ROWS])
    for line, group in groupby(shown, lambda note: note.line):
        values = ", ".join(f"{_short(note.name)} = {note.shown}" for note in group)
        text = c_lines.get(line, "").strip()
        yield f"  line {line}: {values}" + (f"    // {_cut(text)}" if text else "")
    if len(notes) > len(shown):
        yield f"  … and {len(notes) - len(shown)} more"


def _short(name: str) -> str:
    return "result" if name == "return" else name


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_WIDTH else f"{text[:_MOST_WIDTH]}…"
