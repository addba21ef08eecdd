"""What is done and what is left in an output folder (`c2rs status`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, error
from c2rust_py.emit.manifest import Manifest, digest, read_manifest
from c2rust_py.options import Rung
from c2rust_py.report.functions import read_report


@dataclass(frozen=True, slots=True)
class Status:
    """The report of the last run, and what has changed since: files edited by hand, C files of other contents."""

    report: dict[str, Any]
    edited: tuple[str, ...]
    changed_sources: tuple[str, ...]

    @property
    def stubs(self) -> list[dict[str, Any]]:
        return [function for function in self.report["functions"] if function["grade"] == Rung.STUB.value]

    @property
    def finished(self) -> bool:
        return not self.stubs and not self.changed_sources

    def as_json(self) -> dict[str, Any]:
        return {
            "totals": self.report["totals"],
            "stubs": self.stubs,
            "edited": list(self.edited),
            "changed_sources": list(self.changed_sources),
            "finished": self.finished,
        }


def read_status(out: Path) -> Status:
    """The state of the workspace in `out`; raises CompileError where there is none."""
    manifest, report = require_manifest(out), read_report(out)
    if report is None:
        raise CompileError(error(Code.INPUT_MISSING, f"{out} has no report of this version"), EXIT_USAGE)
    edited = tuple(path for path, hash in sorted(manifest.files.items()) if _hash(out / path) != hash)
    changed = tuple(path for path, hash in sorted(manifest.sources.items()) if _hash(Path(path)) != hash)
    return Status(report, edited, changed)


def require_manifest(out: Path) -> Manifest:
    """The manifest of `out`; raises CompileError where `out` is no output of ours."""
    manifest = read_manifest(out)
    if manifest is None:
        hint = f"c2rs translate INPUT -o {out}"
        raise CompileError(error(Code.INPUT_MISSING, f"{out} is not a workspace of c2rs", hint=hint), EXIT_USAGE)
    return manifest


def _hash(path: Path) -> str | None:
    try:
        return digest(path.read_bytes())
    except OSError:
        return None
