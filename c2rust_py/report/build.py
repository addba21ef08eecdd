"""Makes the report of a run from what the stages gave."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from c2rust_py.diagnostics import Code, Diagnostic, Severity, Sink, warning
from c2rust_py.emit.accepted import Accepted, Body, body_key, body_rung, splice_bodies
from c2rust_py.emit.function_lines import function_lines
from c2rust_py.emit.workspace import Workspace
from c2rust_py.infer.slots import SlotRungs
from c2rust_py.ir.program import Function, Program
from c2rust_py.lift import Lifted
from c2rust_py.options import Rung
from c2rust_py.referee.cargo import CargoVerdict
from c2rust_py.referee.step_down import Step
from c2rust_py.referee.suspects import LiftedCrate
from c2rust_py.report.functions import FunctionReport, Report
from c2rust_py.report.modules import module_order
from c2rust_py.report.slots import LADDER_ENDS, SlotReport, SlotReporter, root_reasons
from c2rust_py.rust_ir.nodes import Crate
from c2rust_py.to_rust.translate import Translation

_NAME = re.compile(r"`([^`]*)`")


@dataclass(frozen=True, slots=True)
class LinkedGroup:
    """A linked group of units on its way: its lifted program, its crate, the rungs of its slots, the symbol of each program's
    `main` by the program's name, and the accepted bodies that are in the crate, by symbol."""

    lifted: Lifted
    lowered: Translation
    slots: SlotRungs
    programs: Mapping[str, str]
    accepted: Mapping[str, Accepted] = field(default_factory=dict)

    @property
    def crate(self) -> Crate:
        return self.lowered.crate

    @property
    def program(self) -> Program:
        return self.lifted.program

    @property
    def source(self) -> LiftedCrate:
        """What the referee wants to know of it."""
        return LiftedCrate(self.lifted, self.lowered, frozenset(self.accepted))

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


def build_report(
    groups: Sequence[LinkedGroup], workspace: Workspace, diagnostics: tuple[Diagnostic, ...], steps: tuple[Step, ...] = ()
) -> Report:
    """Every function of every group, in the order of the C; `steps` are what the referee took down."""
    rungs = Counter(rung for group in groups for rung in group.slots.rungs.values())
    reasons: Counter[str] = Counter()
    functions: list[FunctionReport] = []
    for group in groups:
        entries = tuple(_group_entries(group, workspace))
        functions += entries
        reasons.update(_reasons_in_general(group.program, entries))
    modules = {group.crate.name: module_order(group.program, group.lowered.rust_paths) for group in groups}
    return Report(tuple(functions), diagnostics, rungs, reasons, steps, modules)


def _reasons_in_general(program: Program, entries: Iterable[FunctionReport]) -> Iterator[str]:
    """What each pointer in memory follows from, with `_` for the program's own names."""

    def general(match: re.Match[str]) -> str:
        return match.group() if match.group(1) in program.externals else "`_`"

    for entry in entries:
        pointers = tuple(slot for slot in entry.slots if slot.kind in ("parameter", "local", "result"))
        for link in root_reasons(pointers):
            yield _NAME.sub(general, link.text)


def _group_entries(group: LinkedGroup, workspace: Workspace) -> Iterator[FunctionReport]:
    """The functions that C has: a second instance belongs to its first."""
    reporter = SlotReporter(group.lifted, group.slots)
    lines = _RustLines(group, workspace)
    for symbol, function in group.program.functions.items():
        if not reporter.is_of_c(symbol):
            continue
        second, cells = reporter.memory_instance(symbol), reporter.cell_instance(symbol)
        slots = reporter.function(symbol)
        grade, reasons = _grade(group, symbol, slots)
        yield FunctionReport(
            reporter.name(symbol),
            lines.path(symbol),
            function.span.file,
            function.span.line,
            grade.value,
            reasons,
            _c_lines(function),
            lines.count(symbol) + sum(lines.count(instance) for instance in (second, cells) if instance),
            lines.path(second) if second else None,
            slots,
            reporter.callers_of_instance(symbol) if second else (),
            reporter.assumptions(symbol),
            lines.path(cells) if cells else None,
        )


@dataclass(slots=True)
class _RustLines:
    """Where the functions of a group are in Rust, and how many lines they have there."""

    group: LinkedGroup
    workspace: Workspace
    modules: dict[str, dict[str, range]] = field(default_factory=dict)

    def path(self, symbol: str) -> str:
        return f"{self.group.crate.name.replace('-', '_')}::{self.group.lowered.rust_paths[symbol]}"

    def count(self, symbol: str) -> int:
        module, _, name = self.group.lowered.rust_paths[symbol].rpartition("::")
        if module not in self.modules:
            text = self.workspace.files[f"crates/{self.group.crate.name}/src/{module}.rs"]
            self.modules[module] = function_lines(text)
        return len(self.modules[module].get(name, ()))


def _grade(group: LinkedGroup, symbol: str, slots: tuple[SlotReport, ...]) -> tuple[Rung, tuple[str, ...]]:
    """The lowest rung of the function's slots, and why; or a stub with its reason."""
    accepted = group.accepted.get(symbol)
    if accepted is not None:
        rung = body_rung(group.crate, group.lowered.rust_paths[symbol], accepted.body)
        return rung, (f"its body is an answer of {accepted.origin}, compared by {accepted.evidence}",)
    stub = group.lowered.stubs.get(symbol)
    if stub is not None:
        return Rung.STUB, (f"{stub.code}: {stub.message}",)
    grade = group.slots.grades[symbol]
    if grade is not Rung.MEMORY:
        return grade, ()
    reasons = [f"{link.subject}: {link.text} ({link.file}:{link.line})" for link in root_reasons(slots)]
    return grade, tuple(dict.fromkeys(reasons)) or (LADDER_ENDS,)


def _c_lines(function: Function) -> int:
    return max(function.end_line - function.span.line + 1, 1)


def rustc_diagnostics(verdict: CargoVerdict, workspace: Workspace) -> Iterator[Diagnostic]:
    """rustc's messages as ours, each at the C place that the line of Rust comes from."""
    severities = {"error": Severity.ERROR, "warning": Severity.WARNING}
    for message in verdict.messages:
        yield Diagnostic(
            severities[message.level],
            Code.CARGO_FAILED,
            workspace.c_place(message.file or "", message.line),
            f"rustc: {message}",
        )
