"""Where the functions of a formatted module stand in it."""

from __future__ import annotations

import re

_FUNCTION = re.compile(r"^(?:pub )?fn (\w+)[(<](?:[^{]*\{\}$|.*?^\})", re.MULTILINE | re.DOTALL)
"""One with an empty body ends where that does: no signature has braces. Others end at the first brace that is not indented."""


def function_lines(text: str) -> dict[str, range]:
    """The lines (from 1) of each top-level function of a formatted module, by name."""
    found: dict[str, range] = {}
    line, position = 1, 0
    for match in _FUNCTION.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        found[match.group(1)] = range(line, line + match.group().count("\n") + 1)
    return found
