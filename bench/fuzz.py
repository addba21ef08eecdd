"""Random programs: each translated, built and run; what it prints and its status have to be those of gcc's build.

    python bench/fuzz.py [--pointers] [--count N] [--first SEED] [--keep DIR]

The programs are csmith's, or with --pointers our own about pointers (bench/pointer_programs). Without --first the seeds
are fresh. A seed alone says what its program is, csmith's options included, so that `--count 1 --first SEED` runs a
failure again. Programs that run for long say little: the next seed takes their place. A program that fails, or has a
stub, is kept in DIR; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from pathlib import Path

from pointer_programs import write_program
from refereed import is_refused, with_referee

from c2rust_py.diagnostics import CompileError, Severity
from c2rust_py.options import Options
from c2rust_py.oracle.batch import build_batch
from c2rust_py.oracle.build import PLAIN, SANITIZE, CSource, build_c
from c2rust_py.oracle.compare import differences, undefined_verdict
from c2rust_py.oracle.run import Outcome, run_case
from c2rust_py.pipeline import translate_crates
from c2rust_py.rust_ir.nodes import Crate
from c2rust_py.settings import Case

BATCH = 20
GENERATE_SECONDS = 30
C_SECONDS = 2.0
RUST_SECONDS = 300.0
"""An unoptimised build on block memory may take a hundred times as long as gcc's."""

TRANSLATE_SECONDS = 30.0
"""A translator that needs more CPU time for one program has a part that grows faster than its input."""

INCLUDES = ("/usr/include/csmith", "/usr/local/include/csmith")
C_MODE = (*PLAIN, "-fwrapv", "-fno-strict-aliasing")
"""csmith avoids what is undefined, save that it takes the C to wrap and to pun in a few places."""

CHECKED = (*SANITIZE, "-fwrapv", "-fno-sanitize=alignment")
"""What shows undefined behaviour, packed members apart, whose addresses csmith takes."""

SWITCHES = (
    "bitfields", "builtins", "comma-operators", "compound-assignment", "consts", "const-pointers", "divs",
    "embedded-assigns", "float", "inline-function", "jumps", "math64", "packed-struct", "paranoid", "unions",
    "volatiles", "volatile-pointers",
)  # fmt: skip
"""Options of csmith that are on or off by the seed."""

LIMITS = {
    "max-funcs": (1, 12),
    "max-array-dim": (1, 4),
    "max-block-depth": (2, 6),
    "max-block-size": (2, 6),
    "max-expr-complexity": (4, 14),
    "max-pointer-depth": (1, 4),
    "max-struct-fields": (2, 12),
    "max-union-fields": (2, 6),
}
"""Options of csmith with the range that the seed picks from."""

FOREIGN = "__builtin_ia32_"
"""Builtins that are instructions of one family of processors have no translation."""


@dataclass(frozen=True, slots=True)
class Generator:
    """Where random programs come from. `write` writes the program of a seed to a file and says whether it has one;
    `flags` are what the C needs; gcc builds it by `mode`, and by `checked` to see whether it is defined.

    What is `defined` by construction is checked before anything else, and it is a defect of ours if it is not. Otherwise
    sanitizers are asked where there is a difference: csmith's builtins may count the zeros of 0.
    """

    write: Callable[[int, Path], bool]
    flags: tuple[str, ...]
    mode: tuple[str, ...]
    checked: tuple[str, ...]
    defined: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """A random program, and what gcc's build of it does."""

    source: Path
    expected: Outcome
    generator: Generator


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


def flags() -> tuple[str, ...]:
    return tuple(f"-I{folder}" for folder in INCLUDES if Path(folder).is_dir())


def csmith_options(seed: int) -> list[str]:
    """The options that belong to a seed: every part of the language is on in some programs, off in others."""
    choice = random.Random(seed)
    switches = [f"--{name}" if choice.random() < 0.5 else f"--no-{name}" for name in SWITCHES]
    limits = [word for name, ends in LIMITS.items() for word in (f"--{name}", str(choice.randint(*ends)))]
    return ["--seed", str(seed), *switches, *limits]


def write_csmith(seed: int, source: Path) -> bool:
    """csmith's program of a seed, if it gives one in time that is no processor's own."""
    command = ["csmith", "--output", str(source), *csmith_options(seed)]
    try:
        done = subprocess.run(command, capture_output=True, cwd=source.parent, timeout=GENERATE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and FOREIGN not in source.read_text()


def write_pointers(seed: int, source: Path) -> bool:
    """Our own program of a seed."""
    source.write_text(write_program(seed))
    return True


def generate(generator: Generator, seed: int, folder: Path) -> Subject | None:
    """The program of a seed; None where there is none, or one that gcc refuses or that does not end soon."""
    source = folder / f"seed_{seed}.c"
    if not generator.write(seed, source):
        return None
    program = folder / source.stem
    try:
        build_c([CSource(str(source), generator.flags, folder)], (), program, generator.mode)
    except CompileError:
        if generator.defined:
            raise
        return None
    expected = run_case(program, "program", Case("checksum"), C_SECONDS)
    subject = Subject(source, expected, generator)
    if generator.defined and (verdict := undefined_behaviour(subject)) is not None:
        raise RuntimeError(f"{source.name}: the generator wrote C that is undefined: {verdict}")
    return None if expected.timed_out else subject


def translate(subject: Subject) -> tuple[Crate | None, str]:
    """The crate of a program, or None and why there is none."""
    source, flags = subject.source, subject.generator.flags
    began = time.process_time()
    try:
        translation = translate_crates(Options((source,), source.parent / "out", flags=flags, jobs=1))
    except CompileError as problem:
        return None, str(problem)
    except Exception as problem:  # noqa: BLE001 - one program's defect is that program's failure
        frame = traceback.extract_tb(problem.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        return None, f"{type(problem).__name__}: {str(problem)[:300]} ({where})"
    wrong = [str(d) for d in translation.diagnostics if d.severity is Severity.ERROR]
    wrong += [f"stub: {why}" for group in translation.groups for why in group.lowered.stubs.values()]
    if time.process_time() - began > TRANSLATE_SECONDS:
        wrong.append(f"translation took {time.process_time() - began:.0f} s")
    return (None, wrong[0]) if wrong else (translation.crates[0], "")


def check_batch(subjects: Sequence[Subject], workspace: Path, pool: ProcessPoolExecutor) -> Iterator[Failure]:
    """What goes wrong with the programs of a batch. Batches share a workspace: the runtime is built once."""
    translated = list(pool.map(translate, subjects))
    crates = [crate for crate, _ in translated if crate is not None]
    batch = build_batch(crates, workspace, overflow_checks=False)
    refused = [subject for subject, (crate, _) in zip(subjects, translated, strict=True) if is_refused(batch, crate)]
    if refused:
        print(f"fuzz: {len(refused)} programs go to the referee", flush=True)
        projects = [Options((s.source,), s.source.with_suffix(".out"), flags=s.generator.flags) for s in refused]
        batch = with_referee(batch, projects, workspace / "refereed", overflow_checks=False)
    runs: list[tuple[Subject, Path]] = []
    for subject, (crate, problem) in zip(subjects, translated, strict=True):
        if crate is None:
            yield Failure(subject.source, f"not translated: {problem}")
            continue
        said = [str(message) for message in batch.messages.get(crate.name, ())]
        if crate.name in batch.programs:
            runs.append((subject, batch.programs[crate.name]))
        else:
            said = [line for line in said if ": error" in line] or ["does not build: no message"]
        yield from (Failure(subject.source, line) for line in said[:1])
    for (subject, _), found in zip(runs, pool.map(_compare, runs), strict=True):
        yield from (Failure(subject.source, line) for line in found[:1])


def _compare(run: tuple[Subject, Path]) -> tuple[str, ...]:
    """What differs; nothing where a sanitizer shows that the C is undefined."""
    subject, program = run
    found = differences(subject.expected, run_case(program, "program", Case("checksum"), RUST_SECONDS))
    verdict = undefined_behaviour(subject) if found else None
    if verdict is not None:
        print(f"fuzz: {subject.source.name} is left out: the C is undefined: {verdict}", flush=True)
    return () if verdict is not None else found


def undefined_behaviour(subject: Subject) -> str | None:
    """What sanitizers say of the C, None where they are silent."""
    checked = subject.source.with_suffix(".checked")
    generator = subject.generator
    build_c([CSource(str(subject.source), generator.flags, subject.source.parent)], (), checked, generator.checked)
    outcome = run_case(checked, "program", Case("checksum"), RUST_SECONDS)
    verdict = undefined_verdict(outcome.stderr)
    return None if verdict is None else verdict.message


def run_seeds(generator: Generator, first: int, total: int, keep: Path) -> int:
    """Runs `total` programs of the generator from seed `first` on; how many failed."""
    failures = 0
    seeds = count(first)
    with (
        tempfile.TemporaryDirectory(prefix="c2rs-fuzz-workspace-") as workspace,
        ProcessPoolExecutor() as pool,
    ):
        done = 0
        while done < total:
            with tempfile.TemporaryDirectory(prefix="c2rs-fuzz-") as scratch:
                wanted = min(BATCH, total - done)
                subjects: list[Subject] = []
                while len(subjects) < wanted:
                    some = list(islice(seeds, wanted - len(subjects)))
                    generated = pool.map(partial(generate, generator, folder=Path(scratch)), some)
                    subjects += filter(None, generated)
                for failure in check_batch(subjects, Path(workspace), pool):
                    failures += 1
                    keep.mkdir(parents=True, exist_ok=True)
                    shutil.copy(failure.source, keep)
                    print(f"{keep / failure.source.name}: {failure.what}", flush=True)
            done += wanted
            print(f"fuzz: {done} programs, {failures} failures", flush=True)
        print(f"fuzz: seeds {first} to {next(seeds) - 1}")
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pointers", action="store_true", help="our own programs about pointers (csmith's)")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, help="the first seed (a random one)")
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"), help="where failing programs go")
    arguments = parser.parse_args()
    if not arguments.pointers and not install_csmith():
        print("fuzz: skipped: no csmith, and apt-get cannot install it (apt-get install csmith libcsmith-dev)")
        return 0
    if arguments.pointers:
        generator = Generator(write_pointers, (), PLAIN, SANITIZE, defined=True)
    else:
        generator = Generator(write_csmith, flags(), C_MODE, CHECKED, defined=False)
    first = arguments.first if arguments.first is not None else random.SystemRandom().randrange(1 << 31)
    print(
        f"fuzz: {arguments.count} programs {'about pointers ' if arguments.pointers else ''}from seed {first}",
        flush=True,
    )
    return 1 if run_seeds(generator, first, arguments.count, arguments.keep) else 0


if __name__ == "__main__":
    sys.exit(main())
