"""One repair of an output folder at a time: two would build and compare their candidates in one workspace."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, error


@contextmanager
def sole_run(out: Path) -> Iterator[None]:
    """Holds the folder for the block; the system lets go of it when a run is killed. Raises CompileError where another has it."""
    file = out / ".c2rs" / "repair" / "lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"cannot write {out}: another `c2rs repair` is at work there"
            raise CompileError(error(Code.OUTPUT_UNWRITABLE, message), EXIT_USAGE) from None
        yield
