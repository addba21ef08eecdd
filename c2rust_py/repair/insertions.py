"""Text with insertions around parts of it, which may lie in each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class Insertions:
    """What is put before and behind byte positions of a text. Parts have to be added from the outside inwards."""

    data: bytes
    before: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    behind: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def around(self, start: int, end: int, opening: str, closing: str) -> None:
        """Encloses the part from `start` to `end`."""
        self.before[start].append(opening)
        self.behind[end].insert(0, closing)

    def at(self, position: int, text: str) -> None:
        """Puts a text where the part that ends there is over."""
        self.behind[position].append(text)

    def text(self) -> str:
        """The text with all insertions."""
        parts: list[bytes] = []
        last = 0
        for position in sorted({*self.before, *self.behind}):
            parts.append(self.data[last:position])
            parts += [text.encode() for text in (*self.behind.get(position, ()), *self.before.get(position, ()))]
            last = position
        return b"".join((*parts, self.data[last:])).decode(errors="surrogateescape")
