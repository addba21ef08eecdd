"""Compares two runs of one case, and says in words how they differ."""

from __future__ import annotations

import re
from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.oracle.run import Outcome

_SANITIZER = re.compile(rb"(?:runtime error: |ERROR: AddressSanitizer: )([^\n]*)")
_C_PLACE = re.compile(rb"(?:\s|\A)((?:[\w./+-]+/)?[\w+-]+\.[ch]):(\d+)(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Undefined:
    """The C trapped under a sanitizer: what it says, and where."""

    message: str
    place: Span | None


def differences(c: Outcome, rust: Outcome, *, stderr: bool = False) -> tuple[str, ...]:
    """How the Rust run differs from the C run: one line each, none where they agree."""
    found: list[str] = []
    if c.timed_out or rust.timed_out:
        if c.timed_out != rust.timed_out:
            found.append(f"{'the C' if c.timed_out else 'the Rust'} ran out of time, the other did not")
        return tuple(found)
    if c.status != rust.status:
        reason = _last_line(rust.stderr) if rust.status == 101 else ""
        found.append(f"exit status: C {c.status}, Rust {rust.status}{f' ({reason})' if reason else ''}")
    if c.stdout != rust.stdout:
        found.append(f"stdout: {first_difference(c.stdout, rust.stdout)}")
    if stderr and c.stderr != rust.stderr:
        found.append(f"stderr: {first_difference(c.stderr, rust.stderr)}")
    c_files, rust_files = dict(c.files), dict(rust.files)
    for name in sorted({*c_files, *rust_files}):
        if name not in rust_files:
            found.append(f"file {name}: only the C writes it")
        elif name not in c_files:
            found.append(f"file {name}: only the Rust writes it")
        elif c_files[name] != rust_files[name]:
            found.append(f"file {name}: {first_difference(c_files[name], rust_files[name])}")
    return tuple(found)


def first_difference(c: bytes, rust: bytes) -> str:
    """Where two outputs part, with the line of each."""
    offset = next((i for i, (a, b) in enumerate(zip(c, rust, strict=False)) if a != b), min(len(c), len(rust)))
    line = c.count(b"\n", 0, offset) + 1
    return f"line {line}: C {_line_at(c, offset)}, Rust {_line_at(rust, offset)}"


def _line_at(text: bytes, offset: int) -> str:
    if offset >= len(text):
        return f"ends after {len(text)} bytes"
    start = text.rfind(b"\n", 0, offset) + 1
    end = text.find(b"\n", offset)
    line = text[start : end if end >= 0 else len(text)]
    return repr(line[:120].decode(errors="backslashreplace"))


def undefined_verdict(stderr: bytes) -> Undefined | None:
    """What a sanitizer build printed of undefined behaviour, and its place; None where it ran clean."""
    report = _SANITIZER.search(stderr)
    if report is None:
        return None
    line_start = stderr.rfind(b"\n", 0, report.start()) + 1
    place = _C_PLACE.search(stderr, line_start)
    span = None if place is None else Span(place.group(1).decode(errors="replace"), int(place.group(2)))
    return Undefined(report.group(1).decode(errors="replace").strip(), span)


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
