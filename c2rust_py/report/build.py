"""Makes the report of a run from what the stages gave."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from c2rust_py.diagnostics import Code, Diagnostic, Severity, Sink, Span, warning
from c2rust_py.emit.accepted import Accepted, Body, body_key, body_rung, splice_bodies
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
    the symbol of each program's `main` by the program's name, and the accepted bodies that are in the crate, by symbol."""

    program: Program
    lowered: Translation
    slots: SlotRungs
    programs: Mapping[str, str]
    accepted: Mapping[str, Accepted] = field(default_factory=dict)

    def linked_units(self, program: str) -> list[str]:
        """The paths of the units that a program is linked from: its own and those that no program is."""
        own = self.program.functions[self.programs[program]].unit
        mains = {self.program.functions[symbol].unit for symbol in self.programs.values()}
        return [unit.path for unit in self.program.units if unit.path == own or unit.path not in mains]


def with_bodies(group: LinkedGroup, bodies: Mapping[str, Body]) -> LinkedGroup:
    """The group with other bodies for some functions, by symbol; these are no stubs."""
    by_path = {group.lowered.rust_paths[symbol]: body for symbol, body in bodies.items()}
    stubs = {symbol: stub for symbol, stub in group.lowered.stubs.items() if symbol not in bodies}
    return replace(group, lowered=replace(group.lowered, crate=splice_bodies(group.lowered.crate, by_path), stubs=stubs))


def with_accepted(group: LinkedGroup, kept: Sequence[Accepted], sink: Sink) -> LinkedGroup:
    """The group with the accepted bodies that still hold; the others are named."""
    found: dict[str, Accepted] = {}
    for one in kept:
        function = group.program.functions.get(one.symbol)
        if one.crate != group.lowered.crate.name or function is None:
            continue
        if body_key(function, group.lowered.crate, group.lowered.rust_paths[one.symbol], one.body) == one.key:
            found[one.symbol] = one
        else:
            reason = f"the accepted body of `{function.name}` was for another version of it and is left out"
            hint = "`c2rs repair OUT` tries it again before it asks a model"
            sink.add(warning(Code.STALE_BODY, reason, function.span, hint=hint, function=function.name))
    spliced = with_bodies(group, {symbol: one.body for symbol, one in found.items()})
    return replace(spliced, accepted=found)


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
    accepted = group.accepted.get(symbol)
    if accepted is not None:
        rung = body_rung(group.lowered.crate, group.lowered.rust_paths[symbol], accepted.body)
        return rung, (f"its body is an answer of {accepted.origin}, compared by {accepted.evidence}",)
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
