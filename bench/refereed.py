"""What rustc's borrow checker refuses goes to the referee in batches, too, as a user's program does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from c2rust_py.options import Options
from c2rust_py.oracle.batch import Batch, build_batch
from c2rust_py.oracle.build import Profile
from c2rust_py.pipeline import translate_project
from c2rust_py.referee.step_down import is_about_borrowing
from c2rust_py.rust_ir.nodes import Crate


def is_refused(batch: Batch, crate: Crate | None) -> bool:
    """Whether a crate does not build for the referee's sake."""
    if crate is None or crate.name in batch.programs:
        return False
    errors = [message for message in batch.messages.get(crate.name, ()) if message.level == "error" and message.file is not None]
    return bool(errors) and all(map(is_about_borrowing, errors))


def with_referee(
    batch: Batch,
    refused: Sequence[Options],
    folder: Path,
    profile: Profile = Profile.DEV,
    opt_level: int = 0,
    overflow_checks: bool | None = None,
) -> Batch:
    """The batch with the programs of projects that the referee settles; the others keep rustc's messages."""
    settled = [crate for crate in map(_settled, refused) if crate is not None]
    again = build_batch(settled, folder, profile, opt_level, overflow_checks)
    messages = {**batch.messages, **{name: again.messages.get(name, ()) for name in again.programs}}
    return replace(batch, programs={**batch.programs, **again.programs}, messages=messages)


def _settled(options: Options) -> Crate | None:
    """The crate of a project once the referee has taken down what is in its way; None where that does not end well."""
    project = translate_project(options)
    return project.project.groups[0].crate if project.builds and project.project is not None else None
