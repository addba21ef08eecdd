"""Makes the report of a run from what the stages gave."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from c2rust_py.diagnostics import Code, Diagnostic, Severity, Span
from c2rust_py.emit.workspace import Workspace
from c2rust_py.infer.slots import SlotRungs
from c2rust_py.ir.program import Function, Program
from c2rust_py.options import Rung
from c2rust_py.referee.cargo import CargoVerdict, RustcMessage
from c2rust_py.report.functions import FunctionReport, Report, function_lines
from c2rust_py.to_rust.translate import Translation


@dataclass(frozen=True, slots=True)
class LinkedGroup:
    """A linked group of units on its way: the normalised program, its crate, the rungs of its slots,
    and the symbol of each program's `main` by the program's name."""

    program: Program
    lowered: Translation
    slots: SlotRungs
    programs: Mapping[str, str]

    def linked_units(self, program: str) -> list[str]:
        """The paths of the units that a program is linked from: its own and those that no program is."""
        own = self.program.functions[self.programs[program]].unit
        mains = {self.program.functions[symbol].unit for symbol in self.programs.values()}
        return [unit.path for unit in self.program.units if unit.path == own or unit.path not in mains]


def build_report(groups: Sequence[LinkedGroup], workspace: Workspace, diagnostics: tuple[Diagnostic, ...]) -> Report:
    """Every function of every group, in the order of the C."""
    return Report(tuple(entry for group in groups for entry in _group_entries(group, workspace)), diagnostics)


def _group_entries(group: LinkedGroup, workspace: Workspace) -> Iterator[FunctionReport]:
    crate = group.lowered.crate.name
    lines: dict[str, dict[str, int]] = {}
    for symbol, function in group.program.functions.items():
        module, _, name = group.lowered.rust_paths[symbol].rpartition("::")
        if module not in lines:
            lines[module] = function_lines(workspace.files[f"crates/{crate}/src/{module}.rs"])
        grade, reasons = _grade(group, symbol)
        path = f"{crate.replace('-', '_')}::{module}::{name}"
        yield FunctionReport(
            function.name,
            path,
            function.span.file,
            function.span.line,
            grade.value,
            reasons,
            _c_lines(function),
            lines[module].get(name, 0),
        )


def _grade(group: LinkedGroup, symbol: str) -> tuple[Rung, tuple[str, ...]]:
    """The lowest rung of the function's slots, or a stub with its reason."""
    stub = group.lowered.stubs.get(symbol)
    if stub is not None:
        return Rung.STUB, (f"{stub.code}: {stub.message}",)
    grade = group.slots.grades[symbol]
    return grade, ("its pointers are on the memory rung",) if grade is Rung.MEMORY else ()


def _c_lines(function: Function) -> int:
    return max(function.end_line - function.span.line + 1, 1)


def rustc_diagnostics(verdict: CargoVerdict, workspace: Workspace) -> Iterator[Diagnostic]:
    """rustc's messages as ours, each at the C place that the line of Rust comes from."""
    severities = {"error": Severity.ERROR, "warning": Severity.WARNING}
    for message in verdict.messages:
        yield Diagnostic(
            severities[message.level], Code.CARGO_FAILED, _c_place(message, workspace), f"rustc: {message}"
        )


def _c_place(message: RustcMessage, workspace: Workspace) -> Span | None:
    places = workspace.places.get(message.file or "", ())
    index = bisect_right([place.rust_line for place in places], message.line) - 1
    return Span(places[index].file, places[index].line) if index >= 0 else None
