"""A translation from C files to a checked workspace: every stage in order.

    preprocess + parse -> elaborate -> link -> normalise -> lift -> sequence -> to_rust -> refine -> emit -> check
                                                             ^                                             |
                                                             `--------------- step down -------------------'

The first two go unit by unit; a linked group of units goes through the next ones and becomes one crate; emission and the
check are of the whole workspace. Where rustc refuses borrows, pointers step down and the crates concerned are lifted again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, Diagnostic, Severity, Sink, error
from c2rust_py.emit.accepted import Accepted, read_accepted
from c2rust_py.emit.manifest import Manifest, digest
from c2rust_py.emit.workspace import Workspace, render_workspace
from c2rust_py.emit.writer import Written, write_files
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.frontend.elaborate import ElaboratedUnit, elaborate_unit, link_units, main_symbol, share_library
from c2rust_py.frontend.parse import parse_units
from c2rust_py.frontend.units import Unit, find_units
from c2rust_py.infer.demotions import Demotions
from c2rust_py.infer.library_calls import whole_library
from c2rust_py.infer.slots import SlotRungs, infer_slots, lowest
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.stubs import stub_of
from c2rust_py.lift import FindConflicts, Lifted, find_conflicts, leave_in_memory, lift_program
from c2rust_py.lift.lending import Signature, lend
from c2rust_py.normalise import normalise
from c2rust_py.normalise.wrap_signed import wrap_signed
from c2rust_py.options import Options, Rung, SignedOverflow
from c2rust_py.project import crate_name, project_name
from c2rust_py.referee.cargo import CargoVerdict, cargo_build
from c2rust_py.referee.step_down import Step, step_down
from c2rust_py.refine import refine
from c2rust_py.report.build import LinkedGroup, build_report, rustc_diagnostics, with_accepted
from c2rust_py.report.functions import Report
from c2rust_py.rust_ir.nodes import Crate
from c2rust_py.stages import Stages, Stopped
from c2rust_py.to_rust.names import assign_names
from c2rust_py.to_rust.translate import Translation as Lowered
from c2rust_py.to_rust.translate import sequence_program, translate

Signatures = Mapping[tuple[str, str], Signature]
"""Signatures that functions have because their bodies ask for them, by crate and symbol."""

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Crates:
    """The crates of a project, with what the report wants to know of each, and the diagnostics so far."""

    groups: tuple[LinkedGroup, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def crates(self) -> tuple[Crate, ...]:
        return tuple(group.crate for group in self.groups)


@dataclass(frozen=True, slots=True)
class Project:
    """A project as its last round left it. `directory` is where the user stood: names of files are as seen from there.
    `diagnostics` are those of the stages; what is to be said of the groups' stubs is in the groups. `normalised` is what the
    groups were lowered from."""

    options: Options
    directory: Path
    units: tuple[Unit, ...]
    groups: tuple[LinkedGroup, ...]
    diagnostics: tuple[Diagnostic, ...]
    steps: tuple[Step, ...]
    normalised: tuple[_Normalised, ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    """What a run gave. `report` is None where `--stop-after` ended it; `builds` is None where cargo was not asked;
    `programs` are the names of the binaries; `project` is what the report is of."""

    out: Path
    report: Report | None
    builds: bool | None
    diagnostics: tuple[Diagnostic, ...]
    timings: str
    programs: tuple[str, ...] = ()
    project: Project | None = None

    @property
    def complete(self) -> bool:
        """Whether all is translated, and builds as far as that was asked."""
        errors = any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)
        return self.report is not None and not self.report.stubs and self.builds is not False and not errors


def translate_project(options: Options, find_conflicts: FindConflicts = find_conflicts) -> Translation:
    """The whole run: writes OUT. Raises CompileError for what ends it early. `find_conflicts` is for tests of the referee:
    without it, the solver is too optimistic."""
    run = _Run(options, Stages(options.stop_after, options.dump_after), Sink(), find_conflicts)
    try:
        units = find_units(options.inputs, options.flags)
        normalised = call_deeply(run.normalise, units)
        groups = call_deeply(run.lower, normalised)
        return run.finish(units, normalised, groups)
    except Stopped:
        return Translation(options.out, None, None, run.sink.sorted(), run.stages.table())


def translate_crates(options: Options) -> Crates:
    """The crates alone: nothing is written and cargo is not asked. Raises CompileError."""
    run = _Run(options, Stages(), Sink(), find_conflicts)
    normalised = call_deeply(run.normalise, find_units(options.inputs, options.flags))
    groups = call_deeply(run.lower, normalised)
    return Crates(tuple(groups), _with_stubs(run.sink, groups).sorted())


def lower_groups(options: Options) -> list[LoweredGroup]:
    """Every linked group with all that was inferred of it: nothing is written. Raises CompileError."""
    run = _Run(options, Stages(), Sink(), find_conflicts)
    normalised = call_deeply(run.normalise, find_units(options.inputs, options.flags))
    groups = call_deeply(run.lower, normalised)
    return [LoweredGroup(one.program, group) for one, group in zip(normalised, groups, strict=True)]


def lower_with_signatures(project: Project, signatures: Signatures) -> tuple[LinkedGroup, ...]:
    """The project's groups with functions behind other signatures, which are stubs until their bodies come. All is solved
    again; what rustc took down stays so."""
    run = _Run(project.options, Stages(), Sink(), find_conflicts)
    again = [replace(one, demotions=one.demotions.restarted()) for one in project.normalised]
    return tuple(call_deeply(run.lower, again, signatures))


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


@dataclass(frozen=True, slots=True)
class LoweredGroup:
    """A linked group behind `refine`, and its normalised program with C's pointers."""

    program: Program
    linked: LinkedGroup


@dataclass(frozen=True, slots=True)
class _Normalised:
    """A linked group as a normalised program, and what is in memory of it so far; `originals` are the functions that are behind
    other signatures in the program, as C has them."""

    group: _Group
    program: Program
    demotions: Demotions
    originals: Mapping[str, Function] = field(default_factory=dict)

    def with_signatures(self, signatures: Signatures) -> _Normalised:
        """The same, with functions of its crate behind other signatures; what is in memory is known to both."""
        own = {symbol: one for (crate, symbol), one in signatures.items() if crate == self.group.crate}
        originals = {symbol: self.program.functions[symbol] for symbol in own if symbol in self.program.functions}
        return replace(self, program=lend(self.program, own), originals=originals) if own else self


@dataclass(frozen=True, slots=True)
class _Run:
    """One translation: what it is told, and where its stages leave their traces."""

    options: Options
    stages: Stages
    sink: Sink
    find_conflicts: FindConflicts

    def normalise(self, units: Sequence[Unit]) -> list[_Normalised]:
        """Every stage from the C text to the programs that can be lifted."""
        elaborated = _elaborate(units, self.options, self.stages, self.sink)
        groups = _groups(elaborated, self.options)
        linked = self.stages.run("link", each(lambda group: link_units(group.units, self.sink)), groups)
        _raise_errors(self.sink)
        selected = [leave_out(program, self.options) for program in linked]
        programs = self.stages.run("normalise", each(self._normalise), selected)
        return [_Normalised(group, program, Demotions()) for group, program in zip(groups, programs, strict=True)]

    def _normalise(self, program: Program) -> Program:
        return wrap_signed(normalise(program), self.options.overflows)

    def lower(self, normalised: Sequence[_Normalised], asked: Signatures = MappingProxyType({})) -> list[LinkedGroup]:
        """Every stage from there to the Rust AST. `asked` are signatures for functions whose bodies are to come.

        Accepted bodies can have brought signatures of their own. Where such a body holds no more, its function is translated
        as any other, so all of it is lowered again without it.
        """
        kept = read_accepted(self.options.state_dir)
        brought = {one.id: one.signature for one in kept if one.signature}
        while True:
            said = Sink()
            groups = self._lower({**brought, **asked}, normalised, kept, said)
            accepted = {(group.lowered.crate.name, symbol) for group in groups for symbol in group.accepted}
            crates = {group.lowered.crate.name for group in groups}
            stale = {id for id in brought.keys() - asked.keys() - accepted if id[0] in crates}
            if not stale:
                self.sink.extend(said.diagnostics)
                return groups
            brought = {id: signature for id, signature in brought.items() if id not in stale}
            for one in normalised:
                one.demotions.restart()

    def _lower(
        self, signatures: Signatures, normalised: Sequence[_Normalised], kept: Sequence[Accepted], sink: Sink
    ) -> list[LinkedGroup]:
        """The groups with these signatures and those of the accepted bodies that hold then."""
        given = [one.with_signatures(signatures) for one in normalised]
        lifted = self.stages.run("lift", each(self._lift), given)
        sequenced = self.stages.run("sequence", each(_sequence), lifted)
        bodies = [only_signatures(program) for program in sequenced] if self.options.skeleton else sequenced
        parts = list(zip(given, lifted, bodies, strict=True))
        lowered = self.stages.run("to_rust", each(lambda part: _to_rust(*part, self.options)), parts)
        refined = self.stages.run("refine", each(lambda one: replace(one, crate=refine(one.crate))), lowered)
        made = (
            LinkedGroup(lifted, lowered, self._slots(lifted), dict(one.group.programs))
            for one, lifted, lowered in zip(given, lifted, refined, strict=True)
        )
        return [with_accepted(group, kept, sink) for group in made]

    def finish(self, units: Sequence[Unit], normalised: list[_Normalised], groups: list[LinkedGroup]) -> Translation:
        """Writes OUT and asks cargo, and steps down as long as it refuses borrows: nothing runs twice where it does not."""
        steps: tuple[Step, ...] = ()
        while True:
            sink = _with_stubs(self.sink, groups)
            workspace: Workspace = call_deeply(self._emit, groups, sink)
            project = Project(
                self.options, Path.cwd(), tuple(units), tuple(groups), self.sink.sorted(), steps, tuple(normalised)
            )
            report, written = write_project(project, workspace, sink)
            verdict = self._check()
            if verdict is not None and not verdict.builds:
                taken = self._step_down(groups, workspace, written, verdict, steps)
                if taken:
                    steps += tuple(step for of_crate in taken.values() for step in of_crate)
                    groups = call_deeply(self._lower_again, normalised, groups, taken.keys())
                    continue
            if verdict is not None:
                sink.extend(rustc_diagnostics(verdict, workspace))
            programs = tuple(binary.name for group in groups for binary in group.crate.binaries)
            builds = None if verdict is None else verdict.builds
            timings = self.stages.table()
            return Translation(self.options.out, report, builds, sink.sorted(), timings, programs, project)

    def _step_down(
        self,
        groups: Sequence[LinkedGroup],
        workspace: Workspace,
        written: Written,
        verdict: CargoVerdict,
        steps: Sequence[Step],
    ) -> dict[str, tuple[Step, ...]]:
        crates = {group.crate.name: group.source for group in groups}
        round = max((step.round for step in steps), default=0) + 1
        return step_down(crates, workspace, frozenset(written.kept), verdict.errors, round)

    def _lower_again(
        self, normalised: Sequence[_Normalised], groups: Sequence[LinkedGroup], crates: AbstractSet[str]
    ) -> list[LinkedGroup]:
        """The groups, those of `crates` under their demotions now."""
        again = iter(self.lower([one for one in normalised if one.group.crate in crates]))
        return [next(again) if group.crate.name in crates else group for group in groups]

    def _emit(self, groups: Sequence[LinkedGroup], sink: Sink) -> Workspace:
        return self.stages.run("emit", render_workspace, [group.crate for group in groups], sink)

    def _check(self) -> CargoVerdict | None:
        """What cargo says, where it is asked."""
        if not self.options.check:
            return None
        return self.stages.run("check", cargo_build, self.options.out, self.options.jobs)

    def _lift(self, one: _Normalised) -> Lifted:
        library = whole_library()
        if lowest((self.options.ladder, Rung.BORROWED)) is not Rung.BORROWED:
            return leave_in_memory(one.program, library)
        return lift_program(one.program, library, one.demotions, self.find_conflicts, one.originals)

    def _slots(self, lifted: Lifted) -> SlotRungs:
        return infer_slots(lifted.program, lifted.storage, self.options.ladder, lifted.solution)


def write_project(project: Project, workspace: Workspace, sink: Sink) -> tuple[Report, Written]:
    """Writes OUT: the files of `workspace`, which is that of the groups, with the report and the manifest."""
    report = build_report(project.groups, workspace, sink.sorted(), project.steps)
    return report, write_files(project.options.out, report.files(workspace), project_manifest(project), sink)


def with_stubs(project: Project) -> Sink:
    """What there is to say of a project."""
    said = Sink()
    said.extend(project.diagnostics)
    return _with_stubs(said, project.groups)


def _with_stubs(sink: Sink, groups: Sequence[LinkedGroup]) -> Sink:
    """A sink with what was said so far, and what is to be said of the groups."""
    found = Sink()
    found.extend(sink.diagnostics)
    for group in groups:
        found.extend((*group.lowered.stubs.values(), *group.lowered.diagnostics))
    return found


def each(function: Callable[[A], B]) -> Callable[[Sequence[A]], list[B]]:
    """`function` on each of several."""
    return lambda inputs: [function(one) for one in inputs]


def _sequence(lifted: Lifted) -> Program:
    return sequence_program(lifted.program, lifted.storage, lifted.effects)


def _to_rust(one: _Normalised, lifted: Lifted, program: Program, options: Options) -> Lowered:
    items = lifted.storage.memory_globals | lifted.storage.constants
    names = assign_names(program, items, keep=options.keep_names)
    wraps = options.signed_overflow is SignedOverflow.WRAPPING
    library, group = whole_library(), one.group
    return translate(program, group.crate, names, lifted.storage, lifted.effects, library, group.programs, wraps)


def leave_out(program: Program, options: Options) -> Program:
    """The program with a stub for each function that the user does not ask for (`--filter`)."""
    if options.filter is None:
        return program
    pattern = re.compile(options.filter)
    functions = {
        symbol: function if pattern.search(function.name) else _left_out(function)
        for symbol, function in program.functions.items()
    }
    return replace(program, functions=functions)


def only_signatures(program: Program) -> Program:
    """The program with a stub for each function, behind the signature that was inferred from its body (`--skeleton`)."""
    return replace(program, functions={symbol: _left_out(one) for symbol, one in program.functions.items()})


def _left_out(function: Function) -> Function:
    return stub_of(function, Code.LEFT_OUT, "the function is left out on request", function.span)


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


def project_manifest(project: Project) -> Manifest:
    """What later commands on OUT need of this run."""
    options, units, groups = project.options, project.units, project.groups
    files = {str(unit.file.resolve()): digest(unit.file.read_bytes()) for unit in units}
    settings: Mapping[str, Any] = {
        "ladder": options.ladder.value,
        "filter": options.filter,
        "keep_names": options.keep_names,
        "skeleton": options.skeleton,
        "signed_overflow": options.signed_overflow.value,
        "wrapping": [str(overflow) for overflow in options.overflows],
        "given": [str(path) for path in options.inputs],
        "directory": str(project.directory),
    }
    targets = {
        binary.name: group.linked_units(binary.name)
        for group in groups
        for binary in group.crate.binaries
    }
    inputs = tuple(str((project.directory / path).resolve()) for path in options.inputs)
    return Manifest(inputs, options.flags, dict(settings), dict(sorted(files.items())), targets)
