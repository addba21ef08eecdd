"""`OUT/.c2rs/manifest.json`: what a run wrote, and what later commands on OUT need of the input.

`files` maps each path that we wrote to the hash of our text, so that a file the user edited is told from one of ours.
`pending` has the hashes of a commit in progress: after a crash, a file is ours if either hash fits.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of the file. `inputs` are absolute; `settings` is what else the run was told, as JSON values."""

    inputs: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    targets: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    version: int = VERSION

    def wrote(self, path: str, digest: str) -> bool:
        """Whether the text with that digest at `path` is one that we wrote."""
        return digest in (self.files.get(path), self.pending.get(path))


def digest(data: bytes) -> str:
    """The hash that the manifest keeps of a file."""
    return sha256(data).hexdigest()


def manifest_path(out: Path) -> Path:
    return out / ".c2rs" / "manifest.json"


def read_manifest(out: Path) -> Manifest | None:
    """The manifest of an output folder; None where there is none, or one that this version cannot read."""
    try:
        data = json.loads(manifest_path(out).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(data, dict) or data.get("version") != VERSION:
        return None
    known = {name: data[name] for name in Manifest.__dataclass_fields__ if name in data}
    known["inputs"], known["flags"] = tuple(known.get("inputs", ())), tuple(known.get("flags", ()))
    return Manifest(**known)


def write_manifest(out: Path, manifest: Manifest) -> None:
    """Replaces the manifest in one step."""
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n"
    replace_file(manifest_path(out), text.encode())


def replace_file(path: Path, data: bytes) -> None:
    """Writes a file so that a reader, or a run after a crash, sees the old text or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".c2rs-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
