"""`c2rs-report.json`: every function with its rung, where it came from and why it is where it is (CLI.md).

{"version": 1, "functions": [{"name", "rust_path", "file", "line", "grade", "reasons", "lines_c", "lines_rust",
  "memory_instance", "assumptions"}], "totals": {...}, "referee": [...], "diagnostics": [...]}

Beside it `.c2rs/slots.json` has each pointer of each function with the chain of C places that its rung follows from.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from c2rust_py.diagnostics import Diagnostic
from c2rust_py.emit.workspace import Workspace
from c2rust_py.options import Rung
from c2rust_py.referee.step_down import Step
from c2rust_py.report.slots import SlotReport

VERSION = 1
FILE = "c2rs-report.json"
SLOTS_FILE = ".c2rs/slots.json"
COMPARISON_FILE = ".c2rs/comparison.json"
"""What the last `c2rs diff` saw."""
_TOP = 10
"""How many of the most frequent reasons the totals have."""

@dataclass(frozen=True, slots=True)
class FunctionReport:
    """One C function. `reasons` say why its grade is not a better one; `lines_c` runs to the last statement.

    `memory_instance` is the Rust path of its second instance, for pointers to memory, if it has one: the grade is that of the
    first, the lines are those of both. `slots` are its pointers, `callers` the calls that go to the second instance,
    `assumptions` what is taken for granted of callers outside of a library. `cell_instance` is the path of one for calls in place.
    """

    name: str
    rust_path: str
    file: str
    line: int
    grade: str
    reasons: tuple[str, ...]
    lines_c: int
    lines_rust: int
    memory_instance: str | None = None
    slots: tuple[SlotReport, ...] = ()
    callers: tuple[SlotReport, ...] = ()
    assumptions: tuple[str, ...] = ()
    cell_instance: str | None = None

    def as_json(self) -> dict[str, Any]:
        """What the report has of it: `slots.json` has the rest."""
        return {name: value for name, value in asdict(self).items() if name not in ("slots", "callers")}

    def slots_json(self) -> dict[str, Any]:
        """What `slots.json` has of it."""
        names = ("name", "file", "line", "grade", "reasons", "assumptions", "slots", "memory_instance", "callers", "cell_instance")
        return {name: _json(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True)
class Report:
    """The whole of it. `rungs` counts the pointer slots of the program by rung, `memory_reasons` the slots in memory by what
    that follows from; `steps` are what the referee took down."""

    functions: tuple[FunctionReport, ...]
    diagnostics: tuple[Diagnostic, ...]
    rungs: Mapping[Rung, int] = field(default_factory=dict)
    memory_reasons: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each crate its modules, used ones before those that use them."""

    @property
    def stubs(self) -> tuple[FunctionReport, ...]:
        return tuple(function for function in self.functions if function.grade == Rung.STUB.value)

    def totals(self) -> dict[str, Any]:
        """Counts over the functions: of each grade, and of lines on both sides."""
        grades = Counter(function.grade for function in self.functions)
        return {
            "functions": len(self.functions),
            "grades": {rung.value: grades[rung.value] for rung in Rung},
            "slots": {rung.value: self.rungs.get(rung, 0) for rung in Rung if rung is not Rung.STUB},
            "memory_reasons": [
                {"reason": reason, "slots": count}
                for reason, count in sorted(self.memory_reasons.items(), key=lambda entry: (-entry[1], entry[0]))[:_TOP]
            ],
            "lines_c": sum(function.lines_c for function in self.functions),
            "lines_rust": sum(function.lines_rust for function in self.functions),
        }

    def as_json(self) -> dict[str, Any]:
        """The contents of the file."""
        return {
            "version": VERSION,
            "functions": [function.as_json() for function in self.functions],
            "modules": {crate: list(modules) for crate, modules in self.modules.items()},
            "totals": self.totals(),
            "referee": [_step_json(step) for step in self.steps],
            "diagnostics": [diagnostic_json(diagnostic) for diagnostic in self.diagnostics],
        }

    def text(self) -> str:
        """The file as it is written."""
        return json.dumps(self.as_json(), indent=1) + "\n"

    def slots_text(self) -> str:
        """`slots.json` as it is written."""
        functions = [function.slots_json() for function in self.functions]
        return json.dumps({"version": VERSION, "functions": functions}, indent=1) + "\n"

    def files(self, workspace: Workspace) -> dict[str, str]:
        """Everything that a run writes, by path in OUT."""
        return {**workspace.files, FILE: self.text(), SLOTS_FILE: self.slots_text()}


def _step_json(step: Step) -> dict[str, Any]:
    return {**asdict(step), "place": str(step.place)}


def _json(value: object) -> Any:
    """Dataclasses, one or many, as JSON values."""
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    return asdict(value) if isinstance(value, SlotReport) else value


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
    return _read(out / FILE)


def read_slots(out: Path) -> dict[str, Any] | None:
    """`slots.json` of an output folder; None where there is none of this version."""
    return _read(out / SLOTS_FILE)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) and data.get("version") == VERSION else None


def summary(totals: Mapping[str, Any], diagnostics: Iterable[Mapping[str, Any]]) -> str:
    """What a run or `c2rs status` prints: counts of functions by rung, lines, and messages."""
    grades = ", ".join(f"{count} {grade}" for grade, count in totals["grades"].items() if count)
    severities = Counter(diagnostic["severity"] for diagnostic in diagnostics)
    said = ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for word, count in sorted(severities.items()))
    stubs = totals["grades"][Rung.STUB.value] + totals["grades"][Rung.MEMORY.value]
    share = f" ({100 * (totals['functions'] - stubs) // totals['functions']} % above memory)" if totals["functions"] else ""
    lines = [
        f"{totals['functions']} functions: {grades or 'none'}{share}",
        f"{totals['lines_c']} lines of C in functions, {totals['lines_rust']} of Rust",
    ]
    return "\n".join([*lines, said] if said else lines)
