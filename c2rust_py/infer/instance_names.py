"""The symbols of the instances of functions."""

from __future__ import annotations

MEMORY_SUFFIX = "@memory"
"""What the symbol of a function's second instance ends in."""

CELL_SUFFIX = "@cells"
"""What that of an instance for calls in place ends in (`lift.cells`)."""


def first_instance(symbol: str) -> str:
    """The function that an instance is of; itself if it is none."""
    return symbol.removesuffix(MEMORY_SUFFIX).removesuffix(CELL_SUFFIX)


def memory_instance(symbol: str) -> str:
    """The symbol of a function's second instance."""
    return symbol if symbol.endswith(MEMORY_SUFFIX) else symbol + MEMORY_SUFFIX
