"""Builds the C with gcc and the Rust with cargo."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from c2rust_py.diagnostics import EXIT_C_INVALID, EXIT_TOOL_MISSING, Code, CompileError, error

PLAIN = ("-O1", "-ffp-contract=off", "-w")
"""How the C is built: enough optimisation to be fast, floating point operation by operation."""

SANITIZE = ("-O1", "-g", "-w", "-ffp-contract=off", "-fno-omit-frame-pointer", "-fsanitize=address,undefined,float-cast-overflow")
"""How the C is built to ask whether it is defined at all."""


class Profile(Enum):
    """Cargo's profiles; the value is the folder in the target directory."""

    DEV = "debug"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class CSource:
    """One C file as its compiler is told of it: `path` and `flags` are relative to `directory`."""

    path: str
    flags: tuple[str, ...]
    directory: Path


def build_c(
    sources: Sequence[CSource],
    link_flags: Sequence[str],
    executable: Path,
    mode: Sequence[str] = PLAIN,
    compiler: str = "gcc",
) -> None:
    """Compiles and links `sources`; each unit is compiled on its own, since flags may differ. Raises CompileError."""
    executable.parent.mkdir(parents=True, exist_ok=True)
    objects: list[str] = []
    for number, source in enumerate(sources):
        compiled = executable.with_name(f"{executable.name}.{number}.o")
        run_compiler(compiler, [*source.flags, *mode, "-c", source.path, "-o", str(compiled)], source.directory)
        objects.append(str(compiled))
    run_compiler(compiler, [*mode, *objects, "-o", str(executable), *link_flags, "-lm"], executable.parent)
    for name in objects:
        Path(name).unlink()


def run_compiler(compiler: str, arguments: list[str], directory: Path) -> None:
    """Runs gcc or another compiler of its command line; raises CompileError with its first error."""
    try:
        done = subprocess.run([compiler, *arguments], cwd=directory, capture_output=True, check=False)
    except FileNotFoundError:
        hint = f"apt-get install {compiler}"
        raise CompileError(error(Code.TOOL_MISSING, f"{compiler} is not installed", hint=hint), EXIT_TOOL_MISSING) from None
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").splitlines()
        first = next((line for line in words if "error" in line or "undefined reference" in line), f"{compiler} failed")
        raise CompileError(error(Code.SYNTAX, f"{compiler} refuses the C: {first}"), EXIT_C_INVALID)


def build_rust(out: Path, profile: Profile, jobs: int = 0) -> Path:
    """Builds the workspace in `out`; the folder with its programs. Raises CompileError with rustc's first error."""
    command = ["cargo", "build", "--offline", "--quiet"]
    command += ["--release"] if profile is Profile.RELEASE else []
    command += [f"--jobs={jobs}"] if jobs > 0 else []
    try:
        done = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        hint = "install Rust (stable) so that cargo is on the PATH"
        raise CompileError(error(Code.TOOL_MISSING, "cargo is not installed", hint=hint), EXIT_TOOL_MISSING) from None
    if done.returncode != 0:
        first = next((line for line in done.stderr.splitlines() if line.startswith("error")), done.stderr.strip()[:200])
        raise CompileError(error(Code.CARGO_FAILED, f"cargo refuses {out}: {first}"), 1)
    return target_folder(out) / profile.value


def target_folder(out: Path) -> Path:
    """Where cargo puts what it builds for the workspace in `out`, as an absolute path."""
    override = os.environ.get("CARGO_TARGET_DIR")
    return out.resolve() / (override or "target")
