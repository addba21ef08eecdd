"""Times the kernels: C by gcc -O2 against Rust in release, interleaved, as ratios and their geometric mean.

    python bench/run.py [--rounds N] [KERNEL ...]

The time of a round is the CPU time of the process; a kernel's is the least over the rounds. A kernel whose output differs
from the C's is an error, not a time.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from c2rust_py.diagnostics import CompileError
from c2rust_py.options import Options
from c2rust_py.oracle.batch import build_batch
from c2rust_py.oracle.build import CSource, Profile, build_c
from c2rust_py.pipeline import translate_crates

KERNELS = Path(__file__).resolve().parent / "kernels"
OPTIMISED = ("-O2", "-ffp-contract=off", "-w")


@dataclass(frozen=True, slots=True)
class Timed:
    """One kernel's least CPU seconds on both sides."""

    name: str
    c: float
    rust: float

    @property
    def ratio(self) -> float:
        return self.rust / self.c


def cpu_seconds(executable: Path) -> tuple[float, bytes]:
    """One run: CPU seconds and stdout. Raises CalledProcessError where it fails."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen([executable], stdout=output, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise subprocess.CalledProcessError(child.returncode, str(executable))
        output.seek(0)
        return usage.ru_utime + usage.ru_stime, output.read()


def time_kernel(name: str, c: Path, rust: Path, rounds: int) -> Timed:
    """Rounds on both sides in turn, so that what else the machine does hits both."""
    best_c, best_rust = math.inf, math.inf
    for _ in range(rounds):
        c_seconds, c_output = cpu_seconds(c)
        rust_seconds, rust_output = cpu_seconds(rust)
        if c_output != rust_output:
            raise ValueError(f"{name}: the outputs differ")
        best_c, best_rust = min(best_c, c_seconds), min(best_rust, rust_seconds)
    return Timed(name, best_c, best_rust)


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def bench(names: list[str], rounds: int, folder: Path) -> bool:
    """Builds and times the kernels; whether all could be."""
    crates = [c for n in names for c in translate_crates(Options((KERNELS / f"{n}.c",), folder, flags=("-lm",))).crates]
    batch = build_batch(crates, folder / "rust", Profile.RELEASE, opt_level=3)
    timed: list[Timed] = []
    failed: list[str] = []
    print(f"{'kernel':<20}{'C s':>8}{'Rust s':>8}{'ratio':>8}", flush=True)
    for name in names:
        try:
            if name not in batch.programs:
                raise ValueError(f"{name}: does not build: {batch.messages.get(name, ('',))[0]}")
            build_c([CSource(str(KERNELS / f"{name}.c"), (), KERNELS)], (), folder / name, OPTIMISED)
            row = time_kernel(name, folder / name, batch.programs[name], rounds)
        except (ValueError, CompileError, subprocess.CalledProcessError) as problem:
            failed.append(name)
            print(f"{name:<20}failed: {problem}", flush=True)
            continue
        timed.append(row)
        print(f"{row.name:<20}{row.c:>8.3f}{row.rust:>8.3f}{row.ratio:>8.2f}", flush=True)
    if timed:
        print(f"{'geometric mean':<36}{geometric_mean([row.ratio for row in timed]):>8.2f}")
    return not failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kernels", nargs="*", help="names in bench/kernels (all)")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    names = arguments.kernels or sorted(path.stem for path in KERNELS.glob("*.c"))
    with tempfile.TemporaryDirectory(prefix="c2rs-bench-") as folder:
        return 0 if bench(names, arguments.rounds, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
