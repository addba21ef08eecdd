"""`c2rs-report.json`: every function with its rung, where it came from and why it is where it is (CLI.md).

{"version": 1, "functions": [{"name", "rust_path", "file", "line", "grade", "reasons", "lines_c", "lines_rust"}],
 "totals": {...}, "diagnostics": [...]}
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from c2rust_py.diagnostics import Diagnostic
from c2rust_py.options import Rung

VERSION = 1
FILE = "c2rs-report.json"

_FUNCTION = re.compile(r"^(?:pub )?fn (\w+)[(<].*?(?:^\}|\{\}$)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class FunctionReport:
    """One C function. `reasons` say why its grade is not a better one; `lines_c` runs to the last statement."""

    name: str
    rust_path: str
    file: str
    line: int
    grade: str
    reasons: tuple[str, ...]
    lines_c: int
    lines_rust: int


@dataclass(frozen=True, slots=True)
class Report:
    """The whole of it."""

    functions: tuple[FunctionReport, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def stubs(self) -> tuple[FunctionReport, ...]:
        return tuple(function for function in self.functions if function.grade == Rung.STUB.value)

    def totals(self) -> dict[str, Any]:
        """Counts over the functions: of each grade, and of lines on both sides."""
        grades = Counter(function.grade for function in self.functions)
        return {
            "functions": len(self.functions),
            "grades": {rung.value: grades[rung.value] for rung in Rung},
            "lines_c": sum(function.lines_c for function in self.functions),
            "lines_rust": sum(function.lines_rust for function in self.functions),
        }

    def as_json(self) -> dict[str, Any]:
        """The contents of the file."""
        return {
            "version": VERSION,
            "functions": [asdict(function) for function in self.functions],
            "totals": self.totals(),
            "diagnostics": [diagnostic_json(diagnostic) for diagnostic in self.diagnostics],
        }

    def text(self) -> str:
        """The file as it is written."""
        return json.dumps(self.as_json(), indent=1) + "\n"


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """One message as a JSON value."""
    span = diagnostic.span
    return {
        "severity": diagnostic.severity.value,
        "code": str(diagnostic.code),
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column if span and span.column else None,
        "function": diagnostic.function,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }


def read_report(out: Path) -> dict[str, Any] | None:
    """The report in an output folder; None where there is none of this version."""
    try:
        data = json.loads((out / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) and data.get("version") == VERSION else None


def function_lines(text: str) -> dict[str, int]:
    """How many lines each top-level function of a formatted module has, by name."""
    return {match.group(1): match.group().count("\n") + 1 for match in _FUNCTION.finditer(text)}


def summary(totals: Mapping[str, Any], diagnostics: Iterable[Mapping[str, Any]]) -> str:
    """What a run or `c2rs status` prints: counts of functions by rung, lines, and messages."""
    grades = ", ".join(f"{count} {grade}" for grade, count in totals["grades"].items() if count)
    severities = Counter(diagnostic["severity"] for diagnostic in diagnostics)
    said = ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for word, count in sorted(severities.items()))
    lines = [
        f"{totals['functions']} functions: {grades or 'none'}",
        f"{totals['lines_c']} lines of C in functions, {totals['lines_rust']} of Rust",
    ]
    return "\n".join([*lines, said] if said else lines)
