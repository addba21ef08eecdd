"""Builds many translated programs at once: one workspace, one runtime, one cargo run.

A crate of its own costs a cargo start and a build of the runtime; in a batch, 150 small programs take about a minute on
two processors. Programs that do not build are told apart from those that do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from c2rust_py.diagnostics import Sink
from c2rust_py.emit.manifest import Manifest
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.emit.writer import write_files
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.oracle.build import Profile
from c2rust_py.referee.cargo import RustcMessage, cargo_build
from c2rust_py.rust_ir.nodes import Crate


@dataclass(frozen=True, slots=True)
class Batch:
    """A built batch: the program of each crate that builds, and rustc's messages by crate."""

    programs: dict[str, Path]
    messages: dict[str, tuple[RustcMessage, ...]]


def build_batch(
    crates: Sequence[Crate],
    folder: Path,
    profile: Profile = Profile.DEV,
    opt_level: int = 0,
    overflow_checks: bool | None = None,
) -> Batch:
    """Writes the crates, whose names differ, as one workspace to `folder` and builds all that builds.

    The profile decides on overflow checks, at any `opt_level`, unless `overflow_checks` does; the runtime is always
    optimised a little.
    """
    sink = Sink()
    write_files(folder, call_deeply(render_workspace, crates, sink).files, Manifest(), sink)
    settings = {"debug": "0", "opt-level": str(opt_level), 'package."c2rs-rt".opt-level': str(max(1, opt_level)), "incremental": "false"}
    if overflow_checks is not None:
        settings["overflow-checks"] = str(overflow_checks).lower()
    name = "dev" if profile is Profile.DEV else "release"
    arguments = [f"--config=profile.{name}.{key}={value}" for key, value in settings.items()]
    arguments += ["--release"] if profile is Profile.RELEASE else []
    verdict = cargo_build(folder, arguments=arguments)
    messages: dict[str, list[RustcMessage]] = {}
    for message in verdict.messages:
        messages.setdefault(_crate_of(message), []).append(message)
    programs = {crate.name: crate.binaries[0].name for crate in crates if crate.binaries}
    built = {crate: verdict.programs[binary] for crate, binary in programs.items() if binary in verdict.programs}
    return Batch(built, {crate: tuple(said) for crate, said in messages.items()})


def _crate_of(message: RustcMessage) -> str:
    """The crate of a message, from the path of its file; empty where it is about the workspace."""
    parts = Path(message.file or "").parts
    return parts[1] if len(parts) > 2 and parts[0] == "crates" else ""
