"""A translation from C files to a checked workspace: every stage in order.

    preprocess + parse -> elaborate -> link -> normalise -> infer -> sequence -> to_rust -> refine -> emit
    -> check

The first two go unit by unit; a linked group of units goes through the next ones and becomes one crate; emission and the
check are of the whole workspace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, Diagnostic, Severity, Sink, error
from c2rust_py.emit.accepted import read_accepted
from c2rust_py.emit.manifest import Manifest, digest
from c2rust_py.emit.workspace import Workspace, render_workspace
from c2rust_py.emit.writer import write_files
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.frontend.elaborate import ElaboratedUnit, elaborate_unit, link_units, main_symbol, share_library
from c2rust_py.frontend.parse import parse_units
from c2rust_py.frontend.units import Unit, find_units
from c2rust_py.infer.demotions import Demotions
from c2rust_py.infer.effects import Effects, infer_effects
from c2rust_py.infer.library import library_functions
from c2rust_py.infer.slots import SlotRungs, infer_slots, lowest
from c2rust_py.infer.storage import Storage, infer_storage
from c2rust_py.ir.program import Program
from c2rust_py.ir.stubs import stub_of
from c2rust_py.lift import lift_program
from c2rust_py.normalise import normalise
from c2rust_py.options import Options, Rung, SignedOverflow
from c2rust_py.project import crate_name, project_name
from c2rust_py.referee.cargo import CargoVerdict, cargo_build
from c2rust_py.refine import refine
from c2rust_py.report.build import LinkedGroup, build_report, rustc_diagnostics, with_accepted
from c2rust_py.report.functions import FILE as REPORT
from c2rust_py.report.functions import Report
from c2rust_py.rust_ir.nodes import Crate
from c2rust_py.stages import Stages, Stopped
from c2rust_py.to_rust.names import assign_names
from c2rust_py.to_rust.translate import Translation as Lowered
from c2rust_py.to_rust.translate import sequence_program, translate

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Crates:
    """The crates of a project, with what the report wants to know of each, and the diagnostics so far."""

    groups: tuple[LinkedGroup, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def crates(self) -> tuple[Crate, ...]:
        return tuple(group.lowered.crate for group in self.groups)


@dataclass(frozen=True, slots=True)
class Translation:
    """What a run gave. `report` is None where `--stop-after` ended it; `builds` is None where cargo was not asked;
    `programs` are the names of the binaries."""

    out: Path
    report: Report | None
    builds: bool | None
    diagnostics: tuple[Diagnostic, ...]
    timings: str
    programs: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all is translated, and builds as far as that was asked."""
        errors = any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)
        return self.report is not None and not self.report.stubs and self.builds is not False and not errors


def translate_project(options: Options) -> Translation:
    """The whole run: writes OUT. Raises CompileError for what ends it early."""
    stages = Stages(options.stop_after, options.dump_after)
    sink = Sink()
    try:
        units = find_units(options.inputs, options.flags)
        groups = call_deeply(_lower_units, units, options, stages, sink)
        workspace = call_deeply(_emit, groups, stages, sink)
    except Stopped:
        return Translation(options.out, None, None, sink.sorted(), stages.table())
    report = build_report(groups, workspace, sink.sorted())
    files = {**workspace.files, REPORT: report.text()}
    write_files(options.out, files, _manifest(options, units, groups), sink)
    builds = None
    if options.check:
        try:
            verdict: CargoVerdict = stages.run("check", cargo_build, options.out, options.jobs)
        except Stopped:
            return Translation(options.out, None, None, sink.sorted(), stages.table())
        builds = verdict.builds
        sink.extend(rustc_diagnostics(verdict, workspace))
    programs = tuple(binary.name for group in groups for binary in group.lowered.crate.binaries)
    return Translation(options.out, report, builds, sink.sorted(), stages.table(), programs)


def _emit(groups: Sequence[LinkedGroup], stages: Stages, sink: Sink) -> Workspace:
    return stages.run("emit", render_workspace, [group.lowered.crate for group in groups], sink)


def translate_crates(options: Options) -> Crates:
    """The crates alone: nothing is written and cargo is not asked. Raises CompileError."""
    stages, sink = Stages(), Sink()
    groups = call_deeply(_lower_units, find_units(options.inputs, options.flags), options, stages, sink)
    return Crates(tuple(groups), sink.sorted())


def program_after(stage: str, options: Options) -> Program:
    """The program of one linked group behind `link` or `normalise`. Raises CompileError."""
    stages, sink = Stages(), Sink()
    if stage not in ("link", "normalise"):
        raise CompileError(error(Code.USAGE, f"no program is printed behind `{stage}`"), EXIT_USAGE)

    def lower() -> Program:
        elaborated = _elaborate(find_units(options.inputs, options.flags), options, stages, sink)
        linked = stages.run("link", link_units, elaborated, sink)
        _raise_errors(sink)
        return linked if stage == "link" else stages.run("normalise", normalise, linked)

    return call_deeply(lower)


def _elaborate(units: Sequence[Unit], options: Options, stages: Stages, sink: Sink) -> Sequence[ElaboratedUnit]:
    """The stages that go unit by unit."""
    parsed = stages.run("parse", parse_units, units, options.worker_count, _cache_folder(options))
    sink.extend(diagnostic for unit in parsed for diagnostic in unit.diagnostics)
    elaborated = stages.run("elaborate", each(elaborate_unit), parsed)
    sink.extend(diagnostic for unit in elaborated for diagnostic in unit.diagnostics)
    _raise_errors(sink)
    return elaborated


def _lower_units(units: Sequence[Unit], options: Options, stages: Stages, sink: Sink) -> list[LinkedGroup]:
    """Every stage from the C text to the Rust AST."""
    elaborated = _elaborate(units, options, stages, sink)
    groups = _groups(elaborated, options)
    linked = stages.run("link", each(lambda group: link_units(group.units, sink)), groups)
    _raise_errors(sink)
    selected = [leave_out(program, options) for program in linked]
    programs = stages.run("normalise", each(normalise), selected)
    facts = stages.run("infer", each(lambda program: _infer(program, options.ladder)), programs)
    sequenced = stages.run("sequence", each(_sequence), facts)
    inputs = list(zip(groups, sequenced, facts, strict=True))
    lowered = stages.run("to_rust", each(lambda named: _to_rust(*named, options)), inputs)
    refined = stages.run("refine", each(lambda group: replace(group, crate=refine(group.crate))), lowered)
    parts = zip(refined, facts, groups, strict=True)
    made = [LinkedGroup(facts.program, lowered, facts.slots, dict(group.programs)) for lowered, facts, group in parts]
    kept = read_accepted(options.state_dir)
    filled = [with_accepted(group, kept, sink) for group in made]
    for group in filled:
        sink.extend((*group.lowered.stubs.values(), *group.lowered.diagnostics))
    return filled


def each(function: Callable[[A], B]) -> Callable[[Sequence[A]], list[B]]:
    """`function` on each of several."""
    return lambda inputs: [function(one) for one in inputs]


@dataclass(frozen=True, slots=True)
class Inferred:
    """A whole program, with its pointers lifted as far as the ladder goes, and the facts about it."""

    program: Program
    storage: Storage
    effects: Effects
    slots: SlotRungs


def _infer(program: Program, ladder: Rung) -> Inferred:
    if lowest((ladder, Rung.BORROWED)) is Rung.BORROWED:
        lifted = lift_program(program, library_functions(), Demotions())
        slots = infer_slots(lifted.program, lifted.storage, ladder)
        return Inferred(lifted.program, lifted.storage, lifted.effects, slots)
    storage = infer_storage(program)
    effects = infer_effects(program, storage, library_functions())
    return Inferred(program, storage, effects, infer_slots(program, storage, ladder))


def _sequence(facts: Inferred) -> Program:
    return sequence_program(facts.program, facts.storage, facts.effects)


def _to_rust(group: _Group, program: Program, facts: Inferred, options: Options) -> Lowered:
    items = facts.storage.memory_globals | facts.storage.constants
    names = assign_names(program, items, keep=options.keep_names)
    wraps = options.signed_overflow is SignedOverflow.WRAPPING
    library = library_functions()
    return translate(program, group.crate, names, facts.storage, facts.effects, library, group.programs, wraps)


def leave_out(program: Program, options: Options) -> Program:
    """The program with a stub for each function that the user does not ask for (`--filter`, `--skeleton`)."""
    if options.filter is None and not options.skeleton:
        return program
    pattern = re.compile(options.filter or "")
    functions = {
        symbol: function
        if not options.skeleton and pattern.search(function.name)
        else stub_of(function, Code.LEFT_OUT, "the function is left out on request", function.span)
        for symbol, function in program.functions.items()
    }
    return replace(program, functions=functions)


@dataclass(frozen=True, slots=True)
class _Group:
    """Units that are linked, and the name and the symbol of each program among them."""

    crate: str
    units: list[ElaboratedUnit]
    programs: list[tuple[str, str]]


def _groups(units: Sequence[ElaboratedUnit], options: Options) -> list[_Group]:
    """The linked groups. Each unit with a `main` is a program, and the programs share the other units in one crate;
    where two of them define one name, each gets a crate of its own."""
    name = project_name(options.inputs)
    programs = [unit for unit in units if "main" in unit.functions]
    if len(programs) <= 1:
        return [_Group(name, list(units), [(name, "main")] if programs else [])]
    stems: dict[str, ElaboratedUnit] = {}
    for unit in programs:
        stem = crate_name(Path(unit.path).stem)
        stems[stem if stem not in stems else crate_name("_".join(Path(unit.path).with_suffix("").parts))] = unit
    shared = share_library(units)
    if shared is not None:
        return [_Group(name, shared, [(stem, main_symbol(unit)) for stem, unit in stems.items()])]
    library = [unit for unit in units if unit not in programs]
    return [_Group(stem, [*library, unit], [(stem, "main")]) for stem, unit in stems.items()]


def _raise_errors(sink: Sink) -> None:
    """Ends the run at the first error: C that is not valid has no translation."""
    errors = [diagnostic for diagnostic in sink.diagnostics if diagnostic.severity is Severity.ERROR]
    if errors:
        raise CompileError(errors[0])


def _cache_folder(options: Options) -> Path | None:
    """Trees are cached in OUT if it is ours already: a run that fails must not leave a folder behind."""
    return options.state_dir / "cache" if options.state_dir.is_dir() else None


def _manifest(options: Options, units: Sequence[Unit], groups: Sequence[LinkedGroup]) -> Manifest:
    """What later commands on OUT need of this run."""
    files = {str(unit.file.resolve()): digest(unit.file.read_bytes()) for unit in units}
    settings: Mapping[str, Any] = {
        "ladder": options.ladder.value,
        "filter": options.filter,
        "keep_names": options.keep_names,
        "skeleton": options.skeleton,
        "signed_overflow": options.signed_overflow.value,
    }
    targets = {
        binary.name: group.linked_units(binary.name)
        for group in groups
        for binary in group.lowered.crate.binaries
    }
    inputs = tuple(str(path.resolve()) for path in options.inputs)
    return Manifest(inputs, options.flags, dict(settings), dict(sorted(files.items())), targets)
