"""rustfmt over the generated files of a workspace, in one invocation."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from c2rust_py.diagnostics import EXIT_TOOL_MISSING, Code, CompileError, Sink, error, warning

EDITION = "2021"

_WITH_BIG_STACK = ("sh", "-c", 'ulimit -S -s "$(ulimit -H -s)"; exec "$@"', "sh")
"""rustfmt recurses over expressions: deeply nested C needs more than the default stack."""


def format_rust(files: Mapping[str, str], roots: Sequence[str], sink: Sink) -> dict[str, str]:
    """The formatted text of each file, by the same relative paths; `roots` are the crate roots among them, from which
    rustfmt follows `mod` items to the others.

    What rustfmt cannot format is kept as it is, and the sink gets a warning: layout is no reason to lose a translation.
    Raises CompileError where there is no rustfmt.
    """
    if not files:
        return {}
    with TemporaryDirectory(prefix="c2rs-fmt-") as folder:
        root = Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        (root / "rustfmt.toml").write_text("")
        done = _run(roots, root)
        formatted = {path: (root / path).read_text(encoding="utf-8") for path in files}
    if done.returncode != 0:
        first = next((line for line in done.stderr.splitlines() if line.startswith("error")), "it crashed")
        sink.add(warning(Code.RUSTFMT_FAILED, f"rustfmt refuses a generated file: {first}"))
    return formatted


def _run(roots: Sequence[str], root: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("rustfmt") is None:
        hint = "rustup component add rustfmt"
        raise CompileError(error(Code.TOOL_MISSING, "rustfmt is not installed", hint=hint), EXIT_TOOL_MISSING)
    command = [*_WITH_BIG_STACK, "rustfmt", "--edition", EDITION, *roots]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
