"""`c2rs diff --functions`: the functions of a translation, each compared with its C in one process."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shutil import copy2

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, error
from c2rust_py.emit.manifest import Manifest
from c2rust_py.frontend.units import Unit, find_units
from c2rust_py.infer.extents import infer_extents
from c2rust_py.infer.library import library_functions
from c2rust_py.infer.ranges import infer_ranges
from c2rust_py.infer.solution import MEMORY_SUFFIX
from c2rust_py.options import Options, Rung, SignedOverflow
from c2rust_py.oracle.build import CSource
from c2rust_py.oracle.functions.c_objects import JUDGED, PLAIN, CObjects, build_objects
from c2rust_py.oracle.functions.glue import c_glue, rust_glue
from c2rust_py.oracle.functions.harness import GlueText, Harness, build_harness
from c2rust_py.oracle.functions.plan import (
    Candidate,
    FunctionPlan,
    GroupFacts,
    Planner,
    Refusal,
    candidates,
    make_table,
    missing_layouts,
    plan_group,
)
from c2rust_py.oracle.functions.run import Runner
from c2rust_py.oracle.functions.signatures import (
    RustFunction,
    global_fields,
    read_functions,
    struct_fields,
    without_layout,
)
from c2rust_py.oracle.functions.timing import Clocked
from c2rust_py.oracle.functions.verdicts import FunctionOptions, FunctionVerdict, Outcome
from c2rust_py.pipeline import LoweredGroup, lower_groups
from c2rust_py.project import link_flags
from c2rust_py.status import require_manifest

_DEFAULTS = FunctionOptions()


def compare_functions(
    input_path: Path,
    out: Path,
    flags: Sequence[str] = (),
    names: Sequence[str] = (),
    options: FunctionOptions = _DEFAULTS,
    more: Sequence[Candidate] = (),
) -> tuple[FunctionVerdict, ...]:
    """A verdict for each function called one of `names` (none: for all), in the order of the C. Raises CompileError where
    either side does not build. The Rust is what stands in OUT now; which C it stands for the translation infers again.

    `more` are Rust functions in OUT that are to be compared with a C function, too. Failing inputs are kept under
    OUT/.c2rs/inputs and replayed first.
    """
    manifest = require_manifest(out)
    settings = _settings(input_path, out, tuple(flags) or manifest.flags, manifest)
    units = {unit.name: unit for unit in find_units(settings.inputs, settings.flags)}
    verdicts: list[FunctionVerdict] = []
    for group in lower_groups(settings):
        verdicts += _compare_group(group, out, units, settings, names, options, more)
    if names and (missing := sorted(set(names) - {verdict.name for verdict in verdicts})):
        raise CompileError(error(Code.USAGE, f"{input_path} has no function `{missing[0]}`"), EXIT_USAGE)
    return tuple(verdicts)


def _settings(input_path: Path, out: Path, flags: tuple[str, ...], manifest: Manifest) -> Options:
    """The options of the translation that is in OUT."""
    known = manifest.settings
    return Options(
        inputs=(input_path,),
        out=out,
        flags=flags,
        ladder=Rung(known.get("ladder", Rung.OWNED.value)),
        keep_names=bool(known.get("keep_names")),
        signed_overflow=SignedOverflow(known.get("signed_overflow", SignedOverflow.PLAIN.value)),
    )


def _compare_group(
    group: LoweredGroup,
    out: Path,
    units: Mapping[str, Unit],
    settings: Options,
    names: Sequence[str],
    options: FunctionOptions,
    more: Sequence[Candidate],
) -> list[FunctionVerdict]:
    facts = _facts(group)
    wanted = [c for c in candidates(facts) if not names or facts.program.functions[c.symbol].name in names]
    wanted += [candidate for candidate in more if candidate.symbol in facts.program.functions]
    if not wanted:
        return []
    sources = [CSource(units[u.path].path, units[u.path].flags, units[u.path].directory) for u in facts.program.units]
    prepared = _prepare(facts, sources, out, settings, wanted)
    verdicts = {refusal.entry: _refused(refusal) for refusal in prepared.refusals}
    if prepared.plans:
        judged = build_objects(sources, prepared.folder / "judged", JUDGED)
        harness = prepared.build(out, judged, settings, options.jobs)
        runner = Runner(harness, judged, settings.state_dir.resolve() / "inputs", options)
        with ThreadPoolExecutor(options.jobs or len(os.sched_getaffinity(0))) as pool:
            verdicts |= {verdict.symbol: verdict for verdict in pool.map(runner.run, prepared.plans)}
    return [verdicts[candidate.entry] for candidate in wanted]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What of a group is compared, the C that it is compared with, and where the harness is made."""

    crate: str
    folder: Path
    plain: CObjects
    plans: Sequence[FunctionPlan]
    refusals: Sequence[Refusal]
    text: GlueText

    def build(self, out: Path, judged: CObjects, settings: Options, jobs: int) -> Harness:
        """The harness. Raises CompileError."""
        return build_harness(out, self.crate, self.folder, self.text, self.plain, judged, link_flags(settings.flags), jobs)


def _prepare(
    facts: GroupFacts, sources: Sequence[CSource], out: Path, settings: Options, wanted: Sequence[Candidate]
) -> _Prepared:
    """Compiles the C and plans the functions that are wanted."""
    folder = settings.state_dir / "functions" / facts.crate
    plain = build_objects(sources, folder / "plain", PLAIN)
    rust = _read_rust(out / "crates" / facts.crate / "src")
    table = make_table(facts, rust.structs, rust.fields)
    plans, refusals = plan_group(Planner(facts, plain, table, rust.functions, rust.fields), wanted)
    text = GlueText(rust_glue(plans, table), c_glue(plans, table), missing_layouts(facts, rust.structs, rust.plain))
    return _Prepared(facts.crate, folder, plain, plans, refusals, text)


def replay_function(
    input_path: Path, out: Path, flags: Sequence[str], symbol: str, c_texts: Mapping[str, Path], options: FunctionOptions
) -> bytes:
    """What both sides of one function write to their standard error on the input that was kept last. `c_texts` are preprocessed
    files in the place of units, by the names of these. Raises CompileError where either side does not build."""
    built = _build_one(input_path, out, flags, symbol, c_texts, options)
    if built is None:
        return b""
    harness, prepared = built
    return Runner(harness, prepared.plain, (out / ".c2rs" / "inputs").resolve(), options).replay(prepared.plans[0].entry)


def clock_function(
    input_path: Path, out: Path, flags: Sequence[str], symbol: str, program: Path, options: FunctionOptions
) -> Clocked | None:
    """One function as it is in OUT now, to be timed: the harness is left as `program`. None where it is not compared. Raises
    CompileError where either side does not build."""
    built = _build_one(input_path, out, flags, symbol, {}, options)
    if built is None:
        return None
    harness, prepared = built
    copy2(harness.compare, program)
    return Clocked(program.resolve(), prepared.plans[0].entry)


def _build_one(
    input_path: Path, out: Path, flags: Sequence[str], symbol: str, c_texts: Mapping[str, Path], options: FunctionOptions
) -> tuple[Harness, _Prepared] | None:
    """A harness for one function alone, its instance on memory where it has no other; nothing is judged with it."""
    manifest = require_manifest(out)
    settings = _settings(input_path, out, tuple(flags) or manifest.flags, manifest)
    units = {unit.name: unit for unit in find_units(settings.inputs, settings.flags)}
    for group in lower_groups(settings):
        facts = _facts(group)
        found = [candidate for candidate in candidates(facts) if candidate.symbol == symbol.removesuffix(MEMORY_SUFFIX)]
        wanted = [candidate for candidate in found if candidate.entry == symbol] or found
        if wanted:
            files = [(units[u.path], c_texts.get(u.path)) for u in facts.program.units]
            sources = [CSource(str(text or unit.path), unit.flags, unit.directory) for unit, text in files]
            prepared = _prepare(facts, sources, out, settings, wanted)
            if prepared.plans:
                return prepared.build(out, prepared.plain, settings, options.jobs), prepared
    return None


def _facts(group: LoweredGroup) -> GroupFacts:
    """What the comparison wants to know of a group."""
    ranges = infer_ranges(group.program, library_functions(), signed_wraps=False, closed_world=False)
    lifted = group.linked.lifted
    return GroupFacts(
        group.linked.crate.name,
        group.program,
        lifted.program,
        lifted.storage,
        lifted.effects,
        infer_extents(group.program, ranges),
        {} if lifted.solution is None else lifted.solution.results,
        {} if lifted.solution is None else lifted.solution.groups,
        group.linked.lowered.rust_paths,
        group.linked.lowered.names,
    )


@dataclass(frozen=True, slots=True)
class _RustText:
    """What is read in the text of a crate: the functions of each module, the fields of its globals, the types of the fields
    of each struct, and the structs without a layout."""

    functions: Mapping[str, Mapping[str, RustFunction | str]]
    fields: Mapping[str, str]
    structs: Mapping[str, tuple[str, ...]]
    plain: frozenset[str]


def _read_rust(source: Path) -> _RustText:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(source.glob("*.rs"))}
    structs = {name: types for text in texts.values() for name, types in struct_fields(text).items()}
    plain = frozenset(name for text in texts.values() for name in without_layout(text))
    functions = {module: read_functions(text) for module, text in texts.items()}
    return _RustText(functions, global_fields(texts.get("context", "")), structs, plain)


def _refused(refusal: Refusal) -> FunctionVerdict:
    name = refusal.function.name
    return FunctionVerdict(name, refusal.entry, refusal.rust_path, Outcome.NOT_COMPARED, refusal.reason)
