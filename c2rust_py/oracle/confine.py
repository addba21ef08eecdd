"""Runs a program that nobody has read within limits: memory, time, file size, processes, and no more of the system than it
needs.

The limits hold everywhere. Where bubblewrap is installed and may make namespaces, the program also sees no network, no
other processes, no home and temporary folders, and can write to its own scratch folder alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path

from c2rust_py.diagnostics import EXIT_TOOL_MISSING, Code, CompileError, error

_HIDDEN = ("/home", "/root", "/tmp", "/var/tmp", "/run", "/mnt", "/media", "/srv")
"""Folders in whose place a confined program sees empty ones."""

_UNDER_A_NAME = ("bash", "-c", 'exec -a "$0" "$@"')
"""Starts a program under another argv[0]."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """memory: bytes of address space; a translated main has a stack of 1 GiB. processes: that may start beside those of
    the user that run already. file_size: bytes of any file."""

    memory: int = 8 << 30
    processes: int = 32
    file_size: int = 256 << 20
    bubblewrap: bool = True

    def command(
        self,
        program: Path,
        argv: Sequence[str],
        work: Path,
        seconds: float,
        readable: Sequence[Path] = (),
        writable: Sequence[Path] = (),
    ) -> list[str]:
        """The command that runs `program` as `argv`, in the folder `work`, confined. readable, writable: what else it may see and
        change."""
        inner = [*_UNDER_A_NAME, argv[0], str(program), *argv[1:]]
        if self.bubblewrap and has_bubblewrap():
            inner = [*_namespaces((program, *readable), (*writable, work)), "--chdir", str(work), "--", *inner]
        return [*self.limits(seconds), *inner]

    def limits(self, seconds: float) -> list[str]:
        """The command's beginning that sets limits on all that follows. Raises CompileError where there is no prlimit."""
        if shutil.which("prlimit") is None:
            hint = "apt-get install util-linux"
            raise CompileError(error(Code.TOOL_MISSING, "prlimit is not installed", hint=hint), EXIT_TOOL_MISSING)
        return [
            "prlimit", f"--cpu={ceil(seconds) + 1}", f"--as={self.memory}", f"--fsize={self.file_size}",
            f"--nproc={_tasks_of_user() + self.processes}", "--core=0", "--",
        ]  # fmt: skip


@cache
def has_bubblewrap() -> bool:
    """Whether bubblewrap is here and may do its work."""
    if shutil.which("bwrap") is None:
        return False
    command = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _namespaces(readable: Sequence[Path], writable: Sequence[Path]) -> list[str]:
    hidden = [word for folder in _HIDDEN if Path(folder).is_dir() for word in ("--tmpfs", folder)]
    bound = [word for path in readable for word in ("--ro-bind", str(path), str(path))]
    bound += [word for path in writable for word in ("--bind", str(path), str(path))]
    return [
        "bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
        *hidden, *bound,
    ]  # fmt: skip


def _tasks_of_user() -> int:
    """The threads that the user has now: the limit counts them all."""
    return sum(_threads())


def _threads() -> Iterator[int]:
    user = os.getuid()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if folder.stat().st_uid == user:
                yield sum(1 for _ in (folder / "task").iterdir())
        except OSError:
            continue
