"""Random programs by csmith: each translated, built and run; its checksum has to be that of gcc's build.

    python bench/fuzz.py [--count N] [--first SEED] [--keep DIR]

Without --first the seeds are fresh. A program that fails is kept in DIR with what happened; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import atexit
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from c2rust_py.diagnostics import CompileError, Severity
from c2rust_py.options import Options
from c2rust_py.oracle.batch import build_batch
from c2rust_py.oracle.build import CSource, build_c
from c2rust_py.oracle.compare import differences
from c2rust_py.oracle.run import run_case
from c2rust_py.pipeline import translate_crates
from c2rust_py.rust_ir.nodes import Crate
from c2rust_py.settings import Case

BATCH = 20
GENERATE_SECONDS = 30
C_SECONDS = 5.0
RUST_SECONDS = 60.0
INCLUDES = ("/usr/include/csmith", "/usr/local/include/csmith")


@dataclass(frozen=True, slots=True)
class Failure:
    """A program that went wrong, and how."""

    source: Path
    what: str


def install_csmith() -> bool:
    """Whether csmith and its headers are here, if need be after installing the Debian packages."""
    if not has_csmith() and shutil.which("apt-get") is not None:
        subprocess.run(["apt-get", "install", "-y", "-q", "csmith", "libcsmith-dev"], capture_output=True, check=False)
    return has_csmith()


def has_csmith() -> bool:
    return shutil.which("csmith") is not None and bool(flags())


def generate(seed: int, folder: Path) -> Path | None:
    """A random program that ends soon; None where the seed gives none."""
    source = folder / f"seed_{seed}.c"
    command = ["csmith", "--seed", str(seed), "--output", str(source), "--max-funcs", "6", "--no-packed-struct"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=GENERATE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    return source if done.returncode == 0 and source.exists() else None


def flags() -> tuple[str, ...]:
    return tuple(f"-I{folder}" for folder in INCLUDES if Path(folder).is_dir())


def translate(source: Path) -> tuple[Crate | None, str]:
    """The crate of a program, or None and why there is none."""
    try:
        translation = translate_crates(Options((source,), source.parent / "out", flags=flags(), jobs=1))
    except CompileError as problem:
        return None, str(problem)
    errors = [str(d) for d in translation.diagnostics if d.severity is Severity.ERROR]
    return (None, errors[0]) if errors else (translation.crates[0], "")


def check_batch(sources: Sequence[Path], folder: Path, workspace: Path) -> Iterator[Failure | None]:
    """The verdict on each program of a batch; None where both sides agree. Batches share a workspace, so that the
    runtime is built once."""
    with ProcessPoolExecutor() as pool:
        translated = list(pool.map(translate, sources))
    crates = [crate for crate, _ in translated if crate is not None]
    batch = build_batch(crates, workspace, opt_level=1)
    for source, (crate, problem) in zip(sources, translated, strict=True):
        if crate is None:
            yield Failure(source, f"not translated: {problem}")
        elif crate.name not in batch.programs:
            said = [str(message) for message in batch.messages.get(crate.name, ()) if message.level == "error"]
            yield Failure(source, f"does not build: {said[0] if said else 'no message'}")
        else:
            yield compare(source, batch.programs[crate.name], folder)


def compare(source: Path, rust: Path, folder: Path) -> Failure | None:
    """Runs both sides; a C program that takes too long says nothing."""
    c = folder / source.stem
    build_c([CSource(str(source), flags(), folder)], (), c)
    expected = run_case(c, "program", Case("checksum"), C_SECONDS)
    if expected.timed_out:
        return None
    actual = run_case(rust, "program", Case("checksum"), RUST_SECONDS)
    found = differences(expected, actual)
    return Failure(source, "; ".join(found)) if found else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, help="the first seed (a random one)")
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"), help="where failing programs go")
    arguments = parser.parse_args()
    if not install_csmith():
        print(
            "fuzz: skipped: csmith is not installed and apt-get cannot install it (apt-get install csmith libcsmith-dev)"
        )
        return 0
    first = arguments.first if arguments.first is not None else random.SystemRandom().randrange(1 << 31)
    print(f"fuzz: seeds {first} to {first + arguments.count - 1}", flush=True)
    failures = 0
    workspace = Path(tempfile.mkdtemp(prefix="c2rs-fuzz-workspace-"))
    atexit.register(shutil.rmtree, workspace, ignore_errors=True)
    for start in range(first, first + arguments.count, BATCH):
        with tempfile.TemporaryDirectory(prefix="c2rs-fuzz-") as scratch:
            folder = Path(scratch)
            seeds = range(start, min(start + BATCH, first + arguments.count))
            sources = [source for seed in seeds if (source := generate(seed, folder)) is not None]
            for failure in filter(None, check_batch(sources, folder, workspace)):
                failures += 1
                arguments.keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(failure.source, arguments.keep)
                print(f"{arguments.keep / failure.source.name}: {failure.what}", flush=True)
        print(f"fuzz: {min(start + BATCH, first + arguments.count) - first} done, {failures} failures", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
