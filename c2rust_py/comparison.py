"""`c2rs diff`: the programs that a translation's manifest names, each compared with its C."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, Diagnostic, Span, error
from c2rust_py.emit.manifest import Manifest, replace_file
from c2rust_py.frontend.units import Unit, find_units
from c2rust_py.oracle.build import CSource, Profile
from c2rust_py.oracle.diff import CaseResult, DiffOptions, TargetProgram, diff_programs, read_case_folder
from c2rust_py.oracle.overflow import record_overflows
from c2rust_py.overflow import Overflow
from c2rust_py.project import SETTINGS, link_flags
from c2rust_py.report.functions import COMPARISON_FILE
from c2rust_py.settings import Case
from c2rust_py.status import require_manifest


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of all programs on all cases, and the signed operators that overflowed for the first time."""

    results: tuple[CaseResult, ...]
    recorded: tuple[Overflow, ...] = ()

    @property
    def agrees(self) -> bool:
        return all(result.agrees for result in self.results)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Each difference as a message; at the C's place where the C is undefined."""
        return tuple(_diagnostic(result) for result in self.results if not result.agrees)

    def as_json(self) -> dict[str, Any]:
        cases = [
            {
                "program": result.program,
                "case": result.case.name,
                "equal": result.agrees,
                "differences": list(result.differences),
                "undefined": str(result.undefined.place or result.undefined.message) if result.undefined else None,
            }
            for result in self.results
        ]
        return {"version": 1, "equal": self.agrees, "cases": cases, "recorded": list(map(str, self.recorded))}


def compare_project(
    input_path: Path,
    out: Path,
    flags: Sequence[str],
    cases: Sequence[Case],
    case_folder: Path | None = None,
    *,
    dev: bool = False,
    **settings: Any,
) -> Comparison:
    """Builds and runs both sides. `settings` are fields of DiffOptions. Raises CompileError. Operators whose overflow stopped
    the Rust alone are recorded beside INPUT, for the next translation.

    The units are found again in INPUT, with the flags given here or else those of the translation.
    """
    manifest = require_manifest(out)
    programs = target_programs(find_units([input_path], flags or manifest.flags), flags or manifest.flags, manifest)
    if not programs:
        hint = "a library has nothing to run; give it a main"
        raise CompileError(error(Code.INPUT_EMPTY, f"{out} has no program", hint=hint), EXIT_USAGE)
    if case_folder is not None:
        if not case_folder.is_dir():
            raise CompileError(error(Code.INPUT_MISSING, f"{case_folder} is not a folder"), EXIT_USAGE)
        cases = read_case_folder(case_folder)
        if not cases:
            raise CompileError(error(Code.INPUT_EMPTY, f"{case_folder} has no NAME.args or NAME.in"), EXIT_USAGE)
    options = DiffOptions(profile=Profile.DEV if dev else Profile.RELEASE, **settings)
    results = diff_programs(programs, cases or (Case("default"),), out, options)
    overflows = [result.overflow for result in results if result.overflow is not None]
    comparison = Comparison(results, record_overflows(input_path, overflows))
    replace_file(out / COMPARISON_FILE, (json.dumps(comparison.as_json(), indent=1) + "\n").encode())
    return comparison


def target_programs(found: Sequence[Unit], flags: Sequence[str], manifest: Manifest) -> list[TargetProgram]:
    """The programs of the manifest with their C; each unit is found by the name that the manifest has for it."""
    units = {unit.name: unit for unit in found}
    programs: list[TargetProgram] = []
    for binary, names in sorted(manifest.targets.items()):
        if missing := [name for name in names if name not in units]:
            message = f"the translation is of another input, which has no {missing[0]}"
            raise CompileError(error(Code.INPUT_MISSING, message), EXIT_USAGE)
        sources = tuple(CSource(units[name].path, units[name].flags, units[name].directory) for name in names)
        programs.append(TargetProgram(binary, binary, sources, link_flags(flags)))
    return programs


def _diagnostic(result: CaseResult) -> Diagnostic:
    what = result.differences[0]
    where = f"{result.program}, case {result.case.name}"
    if result.undefined is not None:
        return error(Code.UNDEFINED_C, f"the C is undefined here: {result.undefined.message}", result.undefined.place)
    if result.overflow is not None:
        hint = f"{SETTINGS} has it now: translate again, and it wraps as gcc's does"
        place = Span(result.overflow.file, result.overflow.line)
        return error(Code.DIFFERENT, f"{where}: {result.overflow} overflows, which the C survives", place, hint=hint)
    return error(Code.DIFFERENT, f"{where}: {what}")
