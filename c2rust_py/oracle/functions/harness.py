"""Writes and builds the generated crate of a linked group: under OUT/.c2rs/functions, never part of the workspace.

The crate of the translation is copied with its private functions public; the runtime and the harness itself are used
where they stand. The two programs differ in the C objects that they link: plain, and sanitized with counters of gcov.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from c2rust_py.diagnostics import EXIT_TOOL_MISSING, Code, CompileError, error
from c2rust_py.emit.runtime import RUNTIME
from c2rust_py.oracle.build import run_compiler
from c2rust_py.oracle.functions.c_objects import CObjects
from c2rust_py.oracle.functions.signatures import without_layout

DIFFERENTIAL = RUNTIME.parent / "differential"

_HOOKS = ("hooks", "checked")
_WORKSPACE = """[workspace]
resolver = "2"
members = ["glue", "subject"]

[profile.release]
panic = "unwind"
opt-level = 2
overflow-checks = false
debug = false
incremental = true

[profile.release.package.c2rs-differential]
opt-level = 3
codegen-units = 1
"""
_GLUE = """[package]
name = "{name}"
version = "0.1.0"
edition = "2021"
publish = false

[lib]
crate-type = ["staticlib"]

[dependencies]
c2rs-differential = {{ path = "{differential}" }}
{crate} = {{ path = "../subject", package = "{name}-subject" }}
"""
_SUBJECT = """[package]
name = "{name}-subject"
version = "0.1.0"
edition = "2021"
publish = false

[lib]
name = "{library}"
path = "src/lib.rs"

[dependencies]
c2rs-rt = {{ path = "{runtime}" }}
"""


@dataclass(frozen=True, slots=True)
class Harness:
    """The two programs."""

    compare: Path
    judge: Path


@dataclass(frozen=True, slots=True)
class GlueText:
    """The generated parts: Rust and C, and what is added to the copy of the translation by the name of a struct."""

    rust: str
    c: str
    layouts: Mapping[str, str]


def build_harness(
    out: Path,
    crate: str,
    folder: Path,
    glue: GlueText,
    plain: CObjects,
    judged: CObjects,
    link_flags: Sequence[str],
    jobs: int = 0,
) -> Harness:
    """The programs for the glue text. Raises CompileError with rustc's or gcc's first error."""
    folder = folder.resolve()
    name = f"c2rs_{sha256(str(folder).encode()).hexdigest()[:10]}"
    _write(folder / "Cargo.toml", _WORKSPACE)
    _write(folder / ".cargo" / "config.toml", '[env]\nRUST_MIN_STACK = "536870912"\n')
    _write(folder / "glue" / "Cargo.toml", _GLUE.format(name=name, differential=DIFFERENTIAL, crate=crate))
    _write(folder / "glue" / "src" / "lib.rs", glue.rust)
    _copy_subject(out / "crates" / crate, folder / "subject", name, glue.layouts)
    target = Path(os.environ.get("CARGO_TARGET_DIR") or folder / "target").resolve()
    _cargo(folder, target, jobs)
    library = folder / "glue.a"
    shutil.copy2(target / "release" / f"lib{name}.a", library)  # the target folder may be shared
    common = [*_common_objects(folder, glue.c), str(library), *link_flags, "-lm", "-lpthread", "-ldl"]
    run_compiler("gcc", ["-o", "compare", *map(str, plain.files), *common], folder)
    run_compiler("gcc", ["-o", "judge", "-fsanitize=address", "--coverage", *map(str, judged.files), *common], folder)
    return Harness(folder / "compare", folder / "judge")


def _common_objects(folder: Path, c_glue: str) -> list[str]:
    """The hooks and the shims; none is sanitized."""
    _write(folder / "glue.c", c_glue)
    hooks = ["-O2", "-g", "-fPIE", "-fno-tree-loop-distribute-patterns", "-fno-builtin", "-c"]
    for name in _HOOKS:
        source = DIFFERENTIAL / "c" / f"{name}.c"
        run_compiler("gcc", [*hooks, str(source), "-o", str(folder / f"{name}.o")], folder)
    run_compiler("gcc", ["-O1", "-w", "-fPIE", "-c", "glue.c", "-o", str(folder / "glue.o")], folder)
    return [str(folder / f"{name}.o") for name in (*_HOOKS, "glue")]


def _copy_subject(crate_folder: Path, place: Path, name: str, layouts: Mapping[str, str]) -> None:
    """The translation's library with every function public and every struct laid out; files that are gone from it go here,
    too. Its package has a name of its own: where target folders are shared, cargo knows packages by their names alone."""
    library = crate_folder.name.replace("-", "_")
    _write(place / "Cargo.toml", _SUBJECT.format(name=name, library=library, runtime=RUNTIME))
    source = crate_folder / "src"
    kept: set[Path] = set()
    for path in sorted(source.rglob("*.rs")):
        relative = path.relative_to(source)
        if relative.parts[0] == "bin":
            continue
        text = re.sub(r"^fn ", "pub fn ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for name in sorted(without_layout(text) & layouts.keys()):
            text = re.sub(rf"^impl {name} \{{\n    pub const ZERO: .*?^\}}\n", "", text, flags=re.MULTILINE | re.DOTALL)
            text += f"\n{layouts[name]}"  # It has a zero, too.
        kept.add(place / "src" / relative)
        _write(place / "src" / relative, text)
    for path in (place / "src").rglob("*.rs"):
        if path not in kept:
            path.unlink()


def _write(path: Path, text: str) -> None:
    """Writes what has changed, so that cargo builds no more than that."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _cargo(folder: Path, target: Path, jobs: int) -> None:
    command = ["cargo", "build", "--offline", "--quiet", "--release", "--target-dir", str(target)]
    command += [f"--jobs={jobs}"] if jobs > 0 else []
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        hint = "install Rust (stable) so that cargo is on the PATH"
        raise CompileError(error(Code.TOOL_MISSING, "cargo is not installed", hint=hint), EXIT_TOOL_MISSING) from None
    if done.returncode != 0:
        lines = done.stderr.splitlines()
        first = next((i for i, line in enumerate(lines) if line.startswith("error")), 0)
        words = " ".join(line.strip() for line in lines[first : first + 3])
        raise CompileError(error(Code.CARGO_FAILED, f"cargo refuses the comparison: {words}"), 1)
