"""Writes the files of a run: only what changed, never over a user's work, and all of it or (when killed) nothing.

New texts are staged under `.c2rs/stage`, the manifest notes them as pending, and then renames put them in place with
signals held back. A run that dies before the renames leaves the last state; one that dies among them is recognised by
the pending hashes, and the next run completes it.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, Sink, error, warning
from c2rust_py.emit.manifest import Manifest, digest, read_manifest, replace_file, write_manifest

_HELD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of each path: written anew, already as it should be, kept because a user edited it, or removed."""

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]


def write_files(out: Path, files: Mapping[str, str], manifest: Manifest, sink: Sink) -> Written:
    """Makes OUT hold `files` (paths relative to it) and `manifest`, whose `files` and `pending` are filled in here.

    Files of the last run that are in it no more are removed. Raises CompileError where OUT cannot be written or is
    a folder of somebody else's.
    """
    try:
        return _write(out, files, manifest, sink)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise CompileError(error(Code.OUTPUT_UNWRITABLE, f"cannot write {out}: {reason}"), EXIT_USAGE) from problem


def _write(out: Path, files: Mapping[str, str], manifest: Manifest, sink: Sink) -> Written:
    last = read_manifest(out)
    if last is None and (out / "Cargo.toml").exists():
        message = f"{out} has a Cargo.toml that c2rs did not write"
        hint = "choose an empty folder for -o"
        raise CompileError(error(Code.OUTPUT_UNWRITABLE, message, hint=hint), EXIT_USAGE)
    last = last or Manifest()
    data = {path: text.encode() for path, text in sorted(files.items())}
    hashes = {path: digest(text) for path, text in data.items()}
    plan = {path: _fate(out / path, path, hashes[path], last) for path in data}
    gone = [path for path in sorted({*last.files, *last.pending} - set(data)) if (out / path).is_file()]
    plan_gone = {path: "remove" if last.wrote(path, digest((out / path).read_bytes())) else "keep" for path in gone}
    changed = tuple(path for path, fate in plan.items() if fate == "write")
    removed = tuple(path for path, fate in plan_gone.items() if fate == "remove")
    kept = tuple(path for path, fate in {**plan, **plan_gone}.items() if fate == "keep")
    for path in kept:
        hint = "delete it to have it generated again"
        sink.add(warning(Code.HAND_EDITED, f"{out / path} was edited by hand and is kept", hint=hint))
    final = replace(manifest, files=hashes, pending={})
    if changed or removed or final != last:
        _commit(out, {path: data[path] for path in changed}, removed, last, final)
    return Written(changed, tuple(path for path, fate in plan.items() if fate == "same"), kept, removed)


def _fate(file: Path, path: str, new: str, last: Manifest) -> str:
    """What to do about one file: `write`, `same` or `keep`."""
    if not file.exists():
        return "write"
    found = digest(file.read_bytes())
    if found == new:
        return "same"
    return "write" if last.wrote(path, found) else "keep"


def _commit(out: Path, data: Mapping[str, bytes], removed: tuple[str, ...], last: Manifest, final: Manifest) -> None:
    """Stages all, notes it as pending, then renames."""
    stage = out / ".c2rs" / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    for path, text in data.items():
        replace_file(stage / path, text)
        (out / path).parent.mkdir(parents=True, exist_ok=True)
    write_manifest(out, replace(last, pending=final.files))
    with _signals_held():
        for path in data:
            os.replace(stage / path, out / path)
        for path in removed:
            (out / path).unlink()
        write_manifest(out, final)
    shutil.rmtree(stage, ignore_errors=True)
    for folder in sorted({(out / path).parent for path in removed}):
        _remove_empty_folders(out, folder)


def _remove_empty_folders(out: Path, folder: Path) -> None:
    while folder != out and not (folder.is_dir() and any(folder.iterdir())):
        if folder.is_dir():
            folder.rmdir()
        folder = folder.parent


@contextmanager
def _signals_held() -> Iterator[None]:
    """Delivers the signals that end a run only behind the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
