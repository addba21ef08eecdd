"""Where each line of a formatted module comes from in the C.

The printer marks words of its text with C places; rustfmt then moves the words but neither adds, drops nor (apart from
`use` items, which are left out) reorders them. So the n-th word before is the n-th word after, and the marks carry over.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from c2rust_py.diagnostics import Span

_USE_ITEM = re.compile(r"^[ ]*(?:pub(?:\([^)]*\))? )?use [^;]*;", re.MULTILINE)
_WORD = re.compile(r"\w+")


class AlignmentError(Exception):
    """The formatted text does not have the words of the text: a defect of ours, or of the formatter."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """From this line of the Rust module on, until the next entry, code comes from that line of the C file."""

    rust_line: int
    file: str
    line: int


def place_map(text: str, marks: Sequence[tuple[int, Span]], formatted: str) -> tuple[Place, ...]:
    """The places of `formatted`, by line; `marks` are offsets into `text`, in any order, each at or before its word.

    A line with several places has its first one; a span without a file is none. A run of lines with one place has one entry. Raises AlignmentError.
    """
    before, after = list(_words(text)), list(_words(formatted))
    if len(before) != len(after) or any(a[1] != b[1] for a, b in zip(before, after, strict=True)):
        raise AlignmentError(_first_difference(before, after))
    starts = [offset for offset, _ in before]
    line_starts = [0, *(match.end() for match in re.finditer("\n", formatted))]
    places: dict[int, Span] = {}
    for offset, span in sorted(marks, key=lambda mark: mark[0]):
        index = bisect_right(starts, offset - 1) if offset > 0 else 0
        if index < len(after) and span.file:
            places.setdefault(bisect_right(line_starts, after[index][0]), span)
    return tuple(_runs(places))


def _runs(places: dict[int, Span]) -> Iterator[Place]:
    """One entry per change of place."""
    last: tuple[str, int] | None = None
    for rust_line in sorted(places):
        span = places[rust_line]
        if (span.file, span.line) != last:
            last = span.file, span.line
            yield Place(rust_line, span.file, span.line)


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Offset and spelling of each word outside `use` items."""
    position = 0
    for item in _USE_ITEM.finditer(text):
        for match in _WORD.finditer(text, position, item.start()):
            yield match.start(), match.group()
        position = item.end()
    for match in _WORD.finditer(text, position):
        yield match.start(), match.group()


def _first_difference(before: list[tuple[int, str]], after: list[tuple[int, str]]) -> str:
    for index, ((_, old), (_, new)) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return f"word {index} was `{old}` and is `{new}`"
    return f"{len(before)} words became {len(after)}"
