"""Measures the ladder: of each program, the functions and pointers above the memory rung, and why the rest is not.

    python bench/rungs.py [PROGRAM...] [--reasons N] [--details]

A PROGRAM is a C file or a folder; without any, all of `fixtures/programs`. A reason counts once for each pointer that it keeps in
memory, however many steps it takes to get there; names of the program's own stand as `_` in it.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from c2rust_py.diagnostics import CompileError
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.infer.demotions import Demotions, PointerSlot, Reason
from c2rust_py.infer.library_calls import whole_library
from c2rust_py.infer.slots import infer_slots
from c2rust_py.infer.targets import is_data_pointer
from c2rust_py.ir.program import Program
from c2rust_py.lift import lift_program
from c2rust_py.options import Options, Rung
from c2rust_py.pipeline import program_after

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "fixtures" / "programs"
_OWN_NAME = re.compile(r"`[^`]*`(?! of the library)")


@dataclass(frozen=True, slots=True)
class Rungs:
    """What one program came to. pointers: the pointer locals and parameters of its functions. reasons: what the pointers in
    memory follow from."""

    name: str
    functions: int
    functions_above: int
    pointers: int
    pointers_above: int
    reasons: tuple[Reason, ...]


def programs(folder: Path) -> Iterator[Path]:
    """The programs of the fixtures: C files, and folders with some."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".c" or (path.is_dir() and any(path.glob("*.c"))):
            yield path


def measure(path: Path) -> Rungs:
    """Lifts a program with the full ladder. Raises CompileError."""
    program = program_after("normalise", Options((path,), Path("unused"), jobs=1, check=False))
    return call_deeply(_measure_program, path.stem, program)


def _measure_program(name: str, program: Program) -> Rungs:
    demotions = Demotions()
    lifted = lift_program(program, whole_library(), demotions)
    grades = infer_slots(lifted.program, lifted.storage, Rung.OWNED, lifted.solution).grades
    slots = [
        PointerSlot(symbol, local.id)
        for symbol, function in program.functions.items()
        for local in function.locals
        if is_data_pointer(local.type)
    ]
    down = [slot for slot in slots if slot in demotions]
    reasons = tuple(list(demotions.chain(slot))[-1][1] for slot in down)
    above = sum(grade not in (Rung.MEMORY, Rung.STUB) for grade in grades.values())
    return Rungs(name, len(grades), above, len(slots), len(slots) - len(down), reasons)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="*", type=Path)
    parser.add_argument("--reasons", type=int, default=15, help="how many of the most frequent reasons to print")
    parser.add_argument("--details", action="store_true", help="every reason with its place")
    options = parser.parse_args()
    total = Counter[str]()
    reasons = Counter[str]()
    for path in options.programs or programs(PROGRAMS):
        try:
            found = measure(path)
        except CompileError as failed:
            print(f"{path.stem:28} {failed}")
            continue
        print(
            f"{found.name:28} functions {found.functions_above:3}/{found.functions:<3}"
            f"  pointers {found.pointers_above:3}/{found.pointers:<3}"
        )
        if options.details:
            for reason in found.reasons:
                print(f"    {reason.span}: {reason.text}")
        for key in ("functions", "functions_above", "pointers", "pointers_above"):
            total[key] += getattr(found, key)
        reasons.update(_OWN_NAME.sub("`_`", reason.text) for reason in found.reasons)
    for what in ("functions", "pointers"):
        count, above = total[what], total[f"{what}_above"]
        print(f"{what} above memory: {above} of {count}, {100 * above / max(count, 1):.1f} %")
    for text, count in reasons.most_common(options.reasons):
        print(f"{count:5}  {text}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
