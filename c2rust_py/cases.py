"""The fixtures that hold an input and what has to come out of it, as `c2rs case` and the tests run them.

`golden/TOPIC/NAME.c`: the module that it becomes is `NAME.rs`. `rejects/NAME.c`, or a folder of units `rejects/NAME`:
what the run says on stderr is `NAME.stderr`, whose last line is the exit status. `passes/NAME.test`: C text, a line `[out STAGE]`, and the program as it is printed behind that stage
(`link`, `normalise`, `lift`, `sequence`), the facts about it (`storage`, `effects`, `slots`, `ranges`), or the module that it becomes
(`rust`).
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, Severity, Sink, error
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.infer.demotions import Demotions
from c2rust_py.infer.effects import infer_effects
from c2rust_py.infer.extents import infer_extents
from c2rust_py.infer.library import library_functions
from c2rust_py.infer.library_calls import whole_library
from c2rust_py.infer.printer import print_effects, print_slots, print_storage
from c2rust_py.infer.ranges import infer_ranges
from c2rust_py.infer.ranges.printer import print_ranges
from c2rust_py.infer.slots import infer_slots
from c2rust_py.infer.storage import infer_storage
from c2rust_py.ir.printer import print_program
from c2rust_py.ir.program import Program
from c2rust_py.lift import lift_program
from c2rust_py.options import Options, Rung
from c2rust_py.pipeline import program_after, translate_crates
from c2rust_py.to_rust.sequence_operands import sequence_operands

_OUT = re.compile(r"^\[out (\w+)\]\n", re.MULTILINE)


def run_fixture(file: Path, *, update: bool = False) -> str | None:
    """None if the fixture holds; otherwise the difference, expected against actual. With `update`, the fixture is made
    to hold. Raises CompileError for a file that is no fixture, or C that should be valid and is not."""
    if not file.exists():
        raise CompileError(error(Code.INPUT_MISSING, f"{file} does not exist"), EXIT_USAGE)
    expectation, actual = _kind(file)(file)
    expected = expectation.read_text(encoding="utf-8") if expectation.exists() else ""
    if expectation == file:
        head, stage, expected = _split(file)
        actual_file = f"{head}[out {stage}]\n{actual}"
    else:
        actual_file = actual
    if actual == expected:
        return None
    if update:
        expectation.write_text(actual_file, encoding="utf-8")
        return None
    lines = (expected.splitlines(keepends=True), actual.splitlines(keepends=True))
    return "".join(difflib.unified_diff(*lines, fromfile=f"{expectation} (expected)", tofile="actual"))


def find_fixtures(root: Path) -> Iterator[Path]:
    """Every fixture under `root`, in order."""
    yield from sorted(root.glob("golden/**/*.c"))
    yield from sorted(path for path in root.glob("rejects/*") if path.suffix == ".c" or path.is_dir())
    yield from sorted(root.glob("passes/*.test"))


def _kind(file: Path) -> Callable[[Path], tuple[Path, str]]:
    """How the fixture is run: gives the file with the expectation, and what came out."""
    if file.suffix == ".test":
        return _run_pass
    if (file.suffix == ".c" or file.is_dir()) and "rejects" in file.resolve().parts:
        return _run_reject
    if file.suffix == ".c":
        return _run_golden
    hint = "a golden .c, a .c under rejects/, or a .test"
    raise CompileError(error(Code.USAGE, f"{file} is no case", hint=hint), EXIT_USAGE)


def _options(path: Path) -> Options:
    return Options((path,), Path("unused"), jobs=1, check=False)


def _run_golden(file: Path) -> tuple[Path, str]:
    """The unit's module, formatted."""
    return file.with_suffix(".rs"), _module_text(file)


def _module_text(file: Path) -> str:
    (crate,) = translate_crates(_options(file)).crates
    workspace = render_workspace([crate], Sink())
    return workspace.files[f"crates/{crate.name}/src/{crate.modules[0].name}.rs"]


def _run_reject(file: Path) -> tuple[Path, str]:
    """What stderr gets, and the exit status; the file is named as seen from its own folder."""
    with chdir(file.parent or Path(os.curdir)):
        try:
            said = translate_crates(_options(Path(file.name))).diagnostics
            status = int(any(diagnostic.severity is Severity.ERROR for diagnostic in said))
        except CompileError as problem:
            said, status = (problem.diagnostic,), problem.status
    lines = [*map(str, said), f"exit status {status}"]
    return file.with_suffix(".stderr"), "".join(f"{line}\n" for line in lines)


def _run_pass(file: Path) -> tuple[Path, str]:
    """The program as the stage leaves it."""
    text, stage, _ = _split(file)
    with TemporaryDirectory(prefix="c2rs-case-") as folder:
        source = Path(folder) / "case.c"
        source.write_text(text, encoding="utf-8")
        if stage == "rust":
            return file, _module_text(source)
        if stage in _FACTS:
            return file, _FACTS[stage](program_after("normalise", _options(source)))
        return file, print_program(program_after(stage, _options(source)))


def _storage_text(program: Program) -> str:
    return print_storage(program, infer_storage(program))


def _effects_text(program: Program) -> str:
    return print_effects(program, infer_effects(program, infer_storage(program), library_functions()))


def _slots_text(program: Program) -> str:
    lifted = lift_program(program, whole_library(), Demotions())
    return print_slots(program, infer_slots(lifted.program, lifted.storage, Rung.OWNED, lifted.solution))


def _lift_text(program: Program) -> str:
    return print_program(lift_program(program, whole_library(), Demotions()).program)


def _ranges_text(program: Program) -> str:
    closed = any(function.name == "main" for function in program.functions.values())
    ranges = infer_ranges(program, library_functions(), signed_wraps=False, closed_world=closed)
    return print_ranges(program, ranges, infer_extents(program, ranges))


def _sequence_text(program: Program) -> str:
    storage = infer_storage(program)
    effects = infer_effects(program, storage, library_functions())
    functions = {s: sequence_operands(f, program, storage, effects) for s, f in program.functions.items()}
    return print_program(replace(program, functions=functions))


_FACTS: Mapping[str, Callable[[Program], str]] = {
    "storage": _storage_text,
    "effects": _effects_text,
    "slots": _slots_text,
    "lift": _lift_text,
    "ranges": _ranges_text,
    "sequence": _sequence_text,
}
"""What else a pass case can show: facts about the normalised program, or the program with its operands in order."""


def _split(file: Path) -> tuple[str, str, str]:
    """The C text, the stage, and what is expected."""
    text = file.read_text(encoding="utf-8")
    match = _OUT.search(text)
    if match is None:
        hint = "[out normalise] stands between the C and what comes out"
        raise CompileError(error(Code.USAGE, f"{file} has no [out STAGE] line", hint=hint), EXIT_USAGE)
    return text[: match.start()], match.group(1), text[match.end() :]
