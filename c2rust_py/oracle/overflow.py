"""Overflow that stops the Rust and not the C: the operator that the panic names, and the settings file that keeps it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from c2rust_py.emit.manifest import replace_file
from c2rust_py.oracle.run import Outcome
from c2rust_py.overflow import OPERATORS, Overflow
from c2rust_py.settings import read_settings, settings_error, settings_path

_PANICKED = 101
_PANIC = re.compile(rb"^(.+):(\d+): c2rs: attempt to (add|subtract|multiply|negate) with overflow$", re.MULTILINE)


def find_overflow(c: Outcome, rust: Outcome) -> Overflow | None:
    """The operator that ended the Rust run, where the C run went its own way; None where it was none."""
    if rust.status != _PANICKED or c.timed_out:
        return None
    found = _PANIC.findall(rust.stderr)
    if not found:
        return None
    file, line, word = found[-1]
    return Overflow(file.decode(errors="replace"), int(line), OPERATORS[word.decode()])


def record_overflows(input_path: Path, found: Iterable[Overflow]) -> tuple[Overflow, ...]:
    """Adds operators to the settings file of an input, behind what stands there; gives those that are new. Raises
    CompileError for a file that cannot take them."""
    known = read_settings(input_path).wrapping
    new = tuple(sorted(set(found) - set(known)))
    if new:
        path = settings_path(input_path)
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        text += "\n" if text and not text.endswith("\n") else ""
        text += "\n".join(["", *map(_table, new)])
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as problem:
            raise settings_error(path, f"`wrapping` is no list of tables to add to: {problem}") from None
        replace_file(path, text.lstrip("\n").encode())
    return new


def _table(overflow: Overflow) -> str:
    return f"[[wrapping]]\nplace = {json.dumps(overflow.place)}\noperator = {json.dumps(overflow.operator)}\n"
