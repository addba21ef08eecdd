"""Signed operators that overflow while the C goes on: seen by `c2rs diff`, kept in `c2rs.toml`, read by the next translation."""

from __future__ import annotations

from dataclasses import dataclass

OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "negate": "-"}
"""C's operator by the word that Rust's panic has for it."""


@dataclass(frozen=True, slots=True, order=True)
class Overflow:
    """The operator `+`, `-` or `*` of a statement that stands (or starts) on a line of the C."""

    file: str
    line: int
    operator: str

    def __str__(self) -> str:
        return f"`{self.operator}` at {self.file}:{self.line}"

    @property
    def place(self) -> str:
        """As the settings file has it."""
        return f"{self.file}:{self.line}"
