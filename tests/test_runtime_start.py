"""How a translated program ends: exit status, pending output, and the one line of a panic."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parent.parent / "cargo_harness" / "runtime"


@pytest.fixture(scope="module")
def endings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = Path(os.environ.get("CARGO_TARGET_DIR") or tmp_path_factory.mktemp("target"))
    command = ["cargo", "build", "--quiet", "--offline", "--example", "endings", "--target-dir", str(target)]
    subprocess.run(command, cwd=RUNTIME, check=True)
    return target / "debug" / "examples" / "endings"


@pytest.mark.parametrize(
    ("ending", "status", "error"),
    [
        ("return", 2, ""),
        ("panic", 101, "src/list.c:42: c2rs: write of 4 bytes through a null pointer (offset 0)\n"),
        ("lines", 101, "src/list.c:42: c2rs: one two\n"),
        ("unwind", 101, "c2rs: longjmp to a function that has returned\n"),
    ],
)
def test_the_end_of_a_program(endings: Path, ending: str, status: int, error: str) -> None:
    run = subprocess.run([endings, ending], check=False, capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (status, "pending\n", error)


def test_a_closed_pipe_ends_the_program_as_sigpipe_does(endings: Path) -> None:
    with subprocess.Popen([endings, "endless"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None and run.stderr is not None
        run.stdout.close()
        assert run.wait(timeout=10) == 141
        assert run.stderr.read() == b""
