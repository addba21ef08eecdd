"""Times the kernels: C by gcc -O2 and by clang -O3 against Rust in release with the full ladder, and on the memory rung alone.

    python bench/run.py [--rounds N] [--corpus DIR] [KERNEL ...]

All are built in one run and timed in turn. The time of a round is the CPU time of the process; a kernel's is the least over
the rounds; a * marks kernels with every function above the memory rung. A kernel whose output differs from the C's is an
error, not a time. Without clang its column is empty; the kernels
of HACL* (bench/hacl) need its sources, which `make corpus` fetches to DIR (build/corpus/sources).
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from c2rust_py.diagnostics import CompileError
from c2rust_py.options import Options, Rung
from c2rust_py.oracle.batch import Batch, build_batch
from c2rust_py.oracle.build import CSource, Profile, build_c
from c2rust_py.pipeline import translate_crates

BENCH = Path(__file__).resolve().parent
KERNELS = BENCH / "kernels"
HACL = BENCH / "hacl"
HACL_SOURCES = {"chacha20": "Hacl_Chacha20.c", "poly1305": "Hacl_Poly1305_32.c", "curve25519": "Hacl_Curve25519_51.c"}
HACL_INCLUDES = ("", "/kremlin/include", "/kremlin/kremlib/dist/minimal")
COMPILERS = {"gcc": ("-O2", "-ffp-contract=off", "-w"), "clang": ("-O3", "-ffp-contract=off", "-w")}
COLUMNS = ("gcc", "clang", "memory", "rust")


@dataclass(frozen=True, slots=True)
class Kernel:
    """A program of `sources`, the first of which has its `main`."""

    name: str
    sources: tuple[Path, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timed:
    """One kernel's least CPU seconds, by column. lifted: whether every function of it is above the memory rung."""

    name: str
    seconds: Mapping[str, float]
    lifted: bool

    def ratio(self, column: str) -> float | None:
        """Rust's time by that of a column."""
        return self.seconds["rust"] / self.seconds[column] if column in self.seconds else None

    def row(self) -> str:
        cells = [f"{self.seconds[c]:>9.3f}" if c in self.seconds else f"{'-':>9}" for c in COLUMNS]
        return f"{self.name + ' *' * self.lifted:<20}{''.join(cells)}{''.join(_ratio(self.ratio(c)) for c in COLUMNS[:-1])}"


def _ratio(ratio: float | None) -> str:
    return f"{'-':>9}" if ratio is None else f"{ratio:>9.2f}"


def _heads(columns: Sequence[str], form: str) -> str:
    return "".join(f"{form.format(column):>9}" for column in columns)


def find_kernels(corpus: Path) -> list[Kernel]:
    """Our own, and those of HACL* where its sources are."""
    kernels = [Kernel(path.stem, (path,)) for path in sorted(KERNELS.glob("*.c"))]
    verified = corpus / "hacl" / "nss" / "lib" / "freebl" / "verified"
    if not verified.is_dir():
        print(f"bench: the kernels of HACL* are left out: no sources in {verified} (make corpus)")
        return kernels
    flags = tuple(f"-I{verified}{folder}" for folder in HACL_INCLUDES)
    return kernels + [
        Kernel(f"hacl_{name}", (HACL / f"{name}.c", verified / source), flags) for name, source in HACL_SOURCES.items()
    ]


def build_rust(kernels: Iterable[Kernel], ladder: Rung, folder: Path) -> tuple[Batch, set[str]]:
    """All kernels under one cap of the ladder, in one workspace, and which of them are above the memory rung. The programs are copied: with CARGO_TARGET_DIR, those of the
    next cap go to the same place."""
    crates = []
    lifted = set()
    for kernel in kernels:
        home = folder / "sources" / kernel.name
        home.mkdir(parents=True)
        sources = (home / f"{kernel.name}.c", *kernel.sources[1:])
        shutil.copy(kernel.sources[0], sources[0])
        options = Options(sources, folder, flags=(*kernel.flags, "-lm"), ladder=ladder)
        translated = translate_crates(options)
        crates += translated.crates
        if all(rung not in (Rung.MEMORY, Rung.STUB) for group in translated.groups for rung in group.slots.grades.values()):
            lifted.add(kernel.name)
    batch = build_batch(crates, folder / "rust", Profile.RELEASE, opt_level=3)
    (folder / "programs").mkdir()
    copies = {name: Path(shutil.copy(path, folder / "programs" / name)) for name, path in batch.programs.items()}
    return replace(batch, programs=copies), lifted


def executables(
    kernel: Kernel, batches: Mapping[str, Batch], compilers: Iterable[str], folder: Path
) -> dict[str, Path]:
    """The programs of a kernel by column. Raises CompileError, and ValueError where the Rust does not build."""
    found: dict[str, Path] = {}
    for compiler in compilers:
        found[compiler] = folder / compiler / kernel.name
        sources = [CSource(str(path), kernel.flags, BENCH) for path in kernel.sources]
        build_c(sources, (), found[compiler], COMPILERS[compiler], compiler)
    for column, batch in batches.items():
        if kernel.name not in batch.programs:
            raise ValueError(f"{column} does not build: {batch.messages.get(kernel.name, ('no message',))[0]}")
        found[column] = batch.programs[kernel.name]
    return found


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


def time_kernel(name: str, programs: Mapping[str, Path], rounds: int, lifted: bool) -> Timed:
    """Rounds of all in turn, so that what else the machine does hits all."""
    best = dict.fromkeys(programs, math.inf)
    for _ in range(rounds):
        outputs = {}
        for column, program in programs.items():
            seconds, outputs[column] = cpu_seconds(program)
            best[column] = min(best[column], seconds)
        if len(set(outputs.values())) != 1:
            raise ValueError("the outputs differ")
    return Timed(name, best, lifted)


def geometric_mean(values: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def _means(title: str, timed: Iterable[Timed]) -> str:
    """The line of the geometric means of ratios; none where no kernel has the column."""
    rows = list(timed)
    ratios = {column: [ratio for row in rows if (ratio := row.ratio(column))] for column in COLUMNS[:-1]}
    return f"{title:<56}" + "".join(_ratio(geometric_mean(found) if found else None) for found in ratios.values())


def bench(kernels: Sequence[Kernel], rounds: int, folder: Path) -> bool:
    """Builds and times the kernels; whether all could be."""
    compilers = [name for name in COMPILERS if shutil.which(name) is not None]
    if "clang" not in compilers:
        print("bench: the column of clang is left out: no clang (apt-get install clang)")
    ladders = {"memory": Rung.MEMORY, "rust": Rung.OWNED}
    built = {column: build_rust(kernels, ladder, folder / column) for column, ladder in ladders.items()}
    batches, lifted = {column: batch for column, (batch, _) in built.items()}, built["rust"][1]
    timed: list[Timed] = []
    failed: list[str] = []
    print(f"{'kernel':<20}{_heads(COLUMNS, '{} s')}{_heads(COLUMNS[:-1], '/{}')}", flush=True)
    for kernel in kernels:
        try:
            timed.append(time_kernel(kernel.name, executables(kernel, batches, compilers, folder), rounds, kernel.name in lifted))
        except (ValueError, CompileError, subprocess.CalledProcessError) as problem:
            failed.append(kernel.name)
            print(f"{kernel.name:<20} failed: {problem}", flush=True)
            continue
        print(timed[-1].row(), flush=True)
    print(_means("geometric mean", timed))
    print(_means("of those with a * (nothing in memory)", [row for row in timed if row.lifted]))
    return not failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kernels", nargs="*", help="names in bench/kernels, or hacl_NAME (all)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--corpus", type=Path, default=Path("build/corpus/sources"))
    arguments = parser.parse_args()
    kernels = find_kernels(arguments.corpus.resolve())
    chosen = [kernel for kernel in kernels if not arguments.kernels or kernel.name in arguments.kernels]
    with tempfile.TemporaryDirectory(prefix="c2rs-bench-") as folder:
        return 0 if bench(chosen, arguments.rounds, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
