"""One run of a built program on one case, in a scratch folder of its own."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Timer

from c2rust_py.oracle.confine import Confinement
from c2rust_py.settings import Case

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C", "HOME": "/nonexistent"}
"""What both sides see of the environment."""

OUTPUT_LIMIT = 256 << 20
"""Bytes of any file that a run may write: a program that loops must not fill the disk."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left. `status` is as a shell reports it: 128 + signal where one ended it; 124 is the time limit."""

    stdout: bytes
    status: int
    stderr: bytes
    files: tuple[tuple[str, bytes], ...]
    timed_out: bool = False


def run_case(
    executable: Path, argv0: str, case: Case, timeout: float, confinement: Confinement | None = None
) -> Outcome:
    """Runs `executable`, called `argv0`, on `case`; the files it leaves are those that are new or changed."""
    with TemporaryDirectory(prefix="c2rs-run-") as scratch:
        folder = Path(scratch) / "work"
        folder.mkdir()
        for name, data in case.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        streams = Path(scratch)
        argv = [argv0, *case.args]
        if confinement is not None:
            argv = confinement.command(executable, argv, folder, timeout)
            executable = Path(shutil.which(argv[0]) or argv[0])
        status, timed_out, taken = _run(executable, argv, case, folder, streams, timeout, limited=confinement is None)
        stdout = taken if taken is not None else (streams / "stdout").read_bytes()
        before = dict(case.files)
        left = {p.relative_to(folder).as_posix(): _content(p) for p in sorted(folder.rglob("*")) if p.is_file()}
        deleted = {name: b"" for name in before if name not in left}
        files = tuple((f"{name} (deleted)", data) for name, data in deleted.items())
        files += tuple((name, data) for name, data in left.items() if before.get(name) != data)
        return Outcome(stdout, status, (streams / "stderr").read_bytes(), files, timed_out)


def _content(path: Path) -> bytes:
    """What a file holds; of a symbolic link, where it leads: what is there is not the run's to show."""
    return b"a link to " + os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()


def _run(
    executable: Path, argv: Sequence[str], case: Case, folder: Path, streams: Path, timeout: float, *, limited: bool
) -> tuple[int, bool, bytes | None]:
    """Status, whether time ran out, and stdout where it went through a pipe that was closed early.

    `limited`: core and file sizes are limited here; a confined command does it itself. stdout and stderr are files, so output of any size blocks nothing and stdout is fully buffered on both sides.
    """
    (streams / "stdin").write_bytes(case.stdin)
    with (
        (streams / "stdin").open("rb") as stdin,
        (streams / "stdout").open("wb") as stdout,
        (streams / "stderr").open("wb") as stderr,
    ):
        piped = case.close_stdout_after is not None
        child = subprocess.Popen(
            argv,
            executable=executable,
            stdin=stdin,
            stdout=subprocess.PIPE if piped else stdout,
            stderr=stderr,
            cwd=folder,
            env=ENVIRONMENT,
            start_new_session=True,
        )
        if limited:
            resource.prlimit(child.pid, resource.RLIMIT_CORE, (0, 0))
            resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (OUTPUT_LIMIT, OUTPUT_LIMIT))
        expired = Event()
        timer = Timer(timeout, _expire, (child, expired))
        timer.start()
        try:
            taken = _take(child, case.close_stdout_after)
            status = _wait(child)
        except BaseException:
            _end(child)
            raise
        finally:
            timer.cancel()
    if expired.is_set():
        return 124, True, taken
    return (status if status >= 0 else 128 - status), False, taken


def _take(child: subprocess.Popen[bytes], limit: int | None) -> bytes | None:
    """Reads `limit` bytes of the child's stdout and closes it, where there is a limit."""
    if limit is None or child.stdout is None:
        return None
    taken = child.stdout.read(limit)
    child.stdout.close()
    return taken


def _wait(child: subprocess.Popen[bytes]) -> int:
    """The child's status. What it started and left running ends with it; its number is nobody else's before it is waited for."""
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    os.killpg(child.pid, signal.SIGKILL)
    return child.wait()


def _expire(child: subprocess.Popen[bytes], expired: Event) -> None:
    """The time is over."""
    if child.poll() is None:
        expired.set()
        os.killpg(child.pid, signal.SIGKILL)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends the child and what it started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
