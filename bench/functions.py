"""How fast the function oracle compares: functions on numbers, on buffers and on linked objects, each on its own.

    python bench/functions.py [--count N] [--seed N] [--out DIR] [NAME...]

Prints for each function the inputs on which both sides ran and were compared, those that were judged to be undefined in C,
and comparisons a second: of processor time (of the harness, the children that it starts and the sanitized judge), and by
the clock.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from c2rust_py.function_comparison import compare_functions
from c2rust_py.options import Options
from c2rust_py.oracle.functions.verdicts import FunctionOptions, FunctionVerdict
from c2rust_py.pipeline import translate_project

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "functions"
MEASURED = {
    "scalars": ("gcd", "days_in_month", "rotate", "isqrt", "celsius"),
    "buffers": ("sum", "largest", "reverse", "crc32", "count_words", "parse", "sort", "search", "upper"),
    "text": ("matches", "decode_utf8", "compress"),
    "algorithms": ("adler32", "xtea", "merge", "partition", "power", "read_varint"),
    "lengths": ("hex", "merge_down", "decimal", "append", "copy_text", "base64", "interleave", "dot", "count_bytes", "transpose", "multiply"),
    "matrices": ("product", "transpose_square", "determinant", "rotate_right", "best_way", "closure", "life"),
    "positions": ("swap_bytes", "rises", "last", "turn"),
    "graphs": ("length", "reverse_list", "insert_sorted", "destroy", "tree_depth", "tree_insert", "destroy_tree", "put", "unlink_job", "reach"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """Comparisons a second, by processor time and by the clock."""

    verdict: FunctionVerdict

    @property
    def computed(self) -> float:
        return self.verdict.comparisons / max(self.verdict.computed, 1e-3)

    @property
    def clock(self) -> float:
        return self.verdict.comparisons / max(self.verdict.seconds, 1e-3)


def measure(folder: Path, options: FunctionOptions, names: list[str]) -> Iterator[Rate]:
    """A rate for each function called one of `names` (none: for all)."""
    for stem, functions in MEASURED.items():
        wanted = [name for name in functions if not names or name in names]
        if not wanted:
            continue
        source, out = FIXTURES / f"{stem}.c", folder / stem
        translate_project(Options((source,), out, check=False))
        for verdict in compare_functions(source, out, names=wanted, options=options):
            assert verdict.agrees and verdict.comparisons, (verdict.name, verdict.reason)
            yield Rate(verdict)


def main() -> int:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--count", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    options = FunctionOptions(seed=args.seed, count=args.count, limit=60.0, jobs=1, coverage=False)
    print(f"{'function':<16}{'compared':>10}{'undefined':>10}{'million/s':>11}{'by the clock':>14}")
    with TemporaryDirectory(prefix="c2rs-functions-") as scratch:
        for rate in measure(args.out or Path(scratch), options, args.names):
            verdict = rate.verdict
            counts = f"{verdict.comparisons:>10}{verdict.undefined + verdict.dropped:>10}"
            print(f"{verdict.name:<16}{counts}{rate.computed / 1e6:>11.2f}{rate.clock / 1e6:>14.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
