"""rustfmt over the generated files of a workspace, in one invocation."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from c2rust_py.diagnostics import EXIT_TOOL_MISSING, Code, CompileError, Sink, error, warning

EDITION = "2021"

SETTINGS = "struct_lit_width = 60\n"
"""The workspace's rustfmt.toml: an entry of a table of structs is one line, not one a field."""

_WITH_BIG_STACK = ("sh", "-c", 'ulimit -S -s "$(ulimit -H -s)"; exec "$@"', "sh")
"""rustfmt recurses over what it does not format, too."""

_TIMED_OUT = 124
"""What timeout(1) ends with."""

_SECONDS = 120
"""rustfmt takes exponential time on some deep nesting that `set_aside_deep` does not know of."""


def format_rust(files: Mapping[str, str], roots: Sequence[str], sink: Sink) -> dict[str, str]:
    """The formatted text of each file, by the same relative paths; `roots` are the crate roots among them, from which
    rustfmt follows `mod` items to the others.

    Where rustfmt fails, all is left as it is, and the sink gets a warning: layout is no reason to lose a translation.
    Raises CompileError where there is no rustfmt.
    """
    if not files:
        return {}
    with TemporaryDirectory(prefix="c2rs-fmt-") as folder:
        root = Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        (root / "rustfmt.toml").write_text(SETTINGS)
        problem = _run(roots, root)
        formatted = {path: (root / path).read_text(encoding="utf-8") for path in files}
    if problem is None:
        return formatted
    sink.add(warning(Code.RUSTFMT_FAILED, f"the Rust is left unformatted: {problem}"))
    return dict(files)


def _run(roots: Sequence[str], root: Path) -> str | None:
    """What rustfmt says against the files; None where it formats them."""
    if shutil.which("rustfmt") is None:
        hint = "rustup component add rustfmt"
        raise CompileError(error(Code.TOOL_MISSING, "rustfmt is not installed", hint=hint), EXIT_TOOL_MISSING)
    command = [*_WITH_BIG_STACK, "timeout", str(_SECONDS), "rustfmt", "--edition", EDITION, *roots]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    if done.returncode == _TIMED_OUT:
        return f"rustfmt does not end in {_SECONDS} s"
    return next((line for line in done.stderr.splitlines() if line.startswith("error")), "rustfmt crashed")
