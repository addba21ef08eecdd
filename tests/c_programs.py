"""The C programs under `fixtures/programs` and `fixtures/kinds`: what they are, how they are built with gcc, and the cases
they are run on.

A program is a `NAME.c`, or a folder `NAME/` with its sources and an optional `c2rs.toml` (see `fixtures/programs/README.md`).
"""

from __future__ import annotations

import resource
import subprocess
import tempfile
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parent.parent / "fixtures" / "programs"
FAULTS = PROGRAMS / "faults"
KINDS = PROGRAMS.parent / "kinds"

STRICT = ["-std=gnu17", "-ffp-contract=off", "-w"]
SANITIZE = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]
RUN_SECONDS = 20
STACK_BYTES = 1 << 30  # deep recursion in C must not die earlier than in the translation, whose main has this stack


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a program. `files` are written to the scratch folder first; a number in `close_stdout_after` makes the
    reader of stdout go away after that many bytes."""

    name: str
    args: tuple[str, ...] = ()
    stdin: bytes = b""
    files: tuple[tuple[str, bytes], ...] = ()
    close_stdout_after: int | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """One C program of the fixtures: its name, sources in order, compiler flags and cases (at least one). One that `leaks` does
    not free all that it allocates. An `ordinary` one is of `fixtures/kinds`: it is there for the rungs above memory, and is not
    built on the memory rung alone."""

    name: str
    sources: tuple[Path, ...]
    flags: tuple[str, ...]
    cases: tuple[Case, ...]
    sanitize_stack: bool
    leaks: bool = False
    ordinary: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left: stdout, exit status (128 + signal as a shell shows it), stderr, and the files in its folder."""

    stdout: bytes
    status: int
    stderr: bytes
    files: tuple[tuple[str, bytes], ...]

    def visible(self) -> tuple[bytes, int, tuple[tuple[str, bytes], ...]]:
        """The part that two builds of one program have to agree on."""
        return self.stdout, self.status, self.files


def load_program(path: Path) -> Program:
    """The program at `path`, which is a `.c` file or a folder."""
    if path.suffix == ".c":
        return Program(path.stem, (path,), ("-lm",), (Case("default"),), True)
    settings_file = path / "c2rs.toml"
    settings = tomllib.loads(settings_file.read_text()) if settings_file.exists() else {}
    cases = tuple(load_case(table) for table in settings.get("case", [])) or (Case("default"),)
    flags = ("-I", str(path), *settings.get("flags", []), "-lm")
    sources = tuple(sorted(path.glob("*.c")))
    return Program(path.name, sources, flags, cases, settings.get("sanitize", True), settings.get("leaks", False))


def load_case(table: dict[str, object]) -> Case:
    """A `[[case]]` table as a `Case`; an unknown key is a mistake in the fixture and raises."""
    known = {"name", "args", "stdin", "files", "close_stdout_after"}
    if unknown := set(table) - known:
        raise ValueError(f"unknown keys in a case: {sorted(unknown)}")
    args, files, limit = table.get("args", []), table.get("files", {}), table.get("close_stdout_after")
    assert isinstance(args, list) and isinstance(files, dict) and (limit is None or isinstance(limit, int))
    return Case(
        str(table["name"]),
        tuple(args),
        str(table.get("stdin", "")).encode(),
        tuple((name, text.encode()) for name, text in files.items()),
        limit,
    )


def all_programs() -> list[Program]:
    """Every program but the faulty ones, by name."""
    paths = [p for p in PROGRAMS.iterdir() if p.suffix == ".c" or (p.is_dir() and p != FAULTS)]
    return [load_program(p) for p in sorted(paths)]


def ordinary_programs() -> list[Program]:
    """The programs of `fixtures/kinds`, kind by kind."""
    return [replace(load_program(path), ordinary=True) for path in sorted(KINDS.glob("*/*.c"))]


def build(program: Program, flags: list[str], out: Path) -> None:
    """Builds `program` with gcc into the file `out`; raises with gcc's words when it does not compile."""
    command = ["gcc", *STRICT, *flags, *map(str, program.sources), "-o", str(out), *program.flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"gcc failed on {program.name}:\n{done.stderr}")


def run(executable: Path, case: Case, leaks: bool = False) -> Outcome:
    """Runs `executable` on `case` in a scratch folder of its own, with argv[0] the word `program`. With `leaks`, ASan is not
    asked for what was never freed."""
    set_child_limits()
    with tempfile.TemporaryDirectory(prefix="c2rs-case-") as scratch:
        folder = Path(scratch)
        for name, data in case.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        stdout, status, stderr = run_in(executable, case, folder, leaks)
        left = tuple((str(p.relative_to(folder)), p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file())
    return Outcome(stdout, status if status >= 0 else 128 - status, stderr, left)


def set_child_limits() -> None:
    """Limits that every child inherits: the stack that a translated program has, and no core file beside the outputs."""
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_in(executable: Path, case: Case, folder: Path, leaks: bool) -> tuple[bytes, int, bytes]:
    """One run of `executable` with `folder` as its working folder: stdout, status, stderr."""
    argv = ["program", *case.args]
    asan = f"detect_stack_use_after_return=1:detect_leaks={int(not leaks)}"
    environment = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C", "ASAN_OPTIONS": asan}
    if case.close_stdout_after is None:
        done = subprocess.run(argv, executable=executable, input=case.stdin, capture_output=True, cwd=folder,
                              env=environment, timeout=RUN_SECONDS, check=False)  # fmt: skip
        return done.stdout, done.returncode, done.stderr
    child = subprocess.Popen(argv, executable=executable, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, cwd=folder, env=environment)  # fmt: skip
    assert child.stdout is not None and child.stderr is not None
    stdout = child.stdout.read(case.close_stdout_after)
    child.stdout.close()
    stderr = child.stderr.read()
    return stdout, child.wait(RUN_SECONDS), stderr
