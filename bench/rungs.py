"""Measures the ladder: of each program, the functions and pointers above the memory rung, and why the rest is not.

    python bench/rungs.py [PROGRAM...] [--kinds] [--reasons N] [--details]

A PROGRAM is a C file or a folder; without any, all of `fixtures/programs`. `--kinds` is for the programs of `fixtures/kinds`, one kind
after the other, beside the aim. A function counts by its first instance. A reason counts once for each pointer, and once for each
function, that it keeps in memory, however many steps it takes to get there; names of the program's own stand as `_` in it.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from c2rust_py.diagnostics import CompileError
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.infer.demotions import Demotions, PointerSlot
from c2rust_py.infer.library_calls import whole_library
from c2rust_py.infer.slots import infer_slots
from c2rust_py.infer.targets import is_data_pointer
from c2rust_py.ir.program import Program
from c2rust_py.lift import lift_program
from c2rust_py.options import Options, Rung
from c2rust_py.pipeline import program_after
from c2rust_py.report.slots import Link, SlotReporter, root_reasons

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "fixtures" / "programs"
KINDS = ROOT / "fixtures" / "kinds"
AIM = 95
"""The percentage of the functions of each kind that is to be above memory."""
_OWN_NAME = re.compile(r"`[^`]*`(?! of the library)")


@dataclass(frozen=True, slots=True)
class Rungs:
    """What one program came to, or several. pointers: the pointer locals and parameters of its functions. reasons: what the
    pointers in memory follow from. function_reasons: what the functions in memory follow from, each once for a function."""

    functions: int = 0
    functions_above: int = 0
    pointers: int = 0
    pointers_above: int = 0
    reasons: tuple[Link, ...] = ()
    function_reasons: tuple[Link, ...] = ()

    def __add__(self, other: Rungs) -> Rungs:
        return Rungs(
            self.functions + other.functions,
            self.functions_above + other.functions_above,
            self.pointers + other.pointers,
            self.pointers_above + other.pointers_above,
            self.reasons + other.reasons,
            self.function_reasons + other.function_reasons,
        )

    def __str__(self) -> str:
        functions = f"functions {self.functions_above:3}/{self.functions:<3}"
        return f"{functions}  pointers {self.pointers_above:3}/{self.pointers:<3}"


def programs(folder: Path) -> Iterator[Path]:
    """The programs of the fixtures: C files, and folders with some."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".c" or (path.is_dir() and any(path.glob("*.c"))):
            yield path


def measure(path: Path) -> Rungs:
    """Lifts a program with the full ladder. Raises CompileError."""
    program = program_after("normalise", Options((path,), Path("unused"), jobs=1, check=False))
    return call_deeply(_measure_program, program)


def _measure_program(program: Program) -> Rungs:
    demotions = Demotions()
    lifted = lift_program(program, whole_library(), demotions)
    slots = infer_slots(lifted.program, lifted.storage, Rung.OWNED, lifted.solution)
    reporter = SlotReporter(lifted, slots)
    pointers = [
        PointerSlot(symbol, local.id)
        for symbol, function in program.functions.items() if function.targets is None
        for local in function.locals
        if is_data_pointer(local.type)
    ]
    down = [pointer for pointer in pointers if pointer in demotions]
    functions = [symbol for symbol in lifted.program.functions if reporter.is_of_c(symbol)]
    low = [symbol for symbol in functions if slots.grades[symbol] in (Rung.MEMORY, Rung.STUB)]
    return Rungs(
        len(functions),
        len(functions) - len(low),
        len(pointers),
        len(pointers) - len(down),
        tuple(reporter.chain(pointer)[-1] for pointer in down),
        tuple(link for symbol in low for link in set(root_reasons(reporter.function(symbol)))),
    )


def measure_all(paths: Iterable[Path], details: bool) -> Rungs:
    """All of several programs, one line for each."""
    total = Rungs()
    for path in paths:
        try:
            found = measure(path)
        except CompileError as failed:
            print(f"{path.stem:28} {failed}")
            continue
        print(f"{path.stem:28} {found}")
        for link in sorted(set(found.reasons + found.function_reasons), key=lambda link: link.line) if details else ():
            print(f"    {link.file}:{link.line}: {link.subject}: {link.text}")
        total += found
    return total


def print_total(total: Rungs, reasons: int) -> None:
    """The shares, and the most frequent reasons."""
    for what in ("functions", "pointers"):
        count, above = getattr(total, what), getattr(total, f"{what}_above")
        print(f"{what} above memory: {above} of {count}, {100 * above / max(count, 1):.1f} %")
    for what, links in (("functions", total.function_reasons), ("pointers", total.reasons)):
        counts = Counter(_OWN_NAME.sub("`_`", link.text) for link in links)
        for text, count in counts.most_common(reasons):
            print(f"{count:5} {what:9} {text}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="*", type=Path)
    parser.add_argument("--kinds", action="store_true", help="the programs of fixtures/kinds, by kind")
    parser.add_argument("--reasons", type=int, default=15, help="how many of the most frequent reasons to print")
    parser.add_argument("--details", action="store_true", help="every reason with its place")
    options = parser.parse_args()
    if not options.kinds:
        print_total(measure_all(options.programs or programs(PROGRAMS), options.details), options.reasons)
        return 0
    by_kind = {kind.name: measure_all(programs(kind), options.details) for kind in sorted(KINDS.iterdir()) if kind.is_dir()}
    print_total(sum(by_kind.values(), Rungs()), options.reasons)
    for kind, found in by_kind.items():
        print(f"{kind:9} {found}  {100 * found.functions_above / found.functions:5.1f} % of functions (aim {AIM} %)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
