"""A few random programs of csmith and of our generator of pointer programs, fresh ones in every run; `make fuzz` runs many."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parent.parent / "bench" / "fuzz.py"
PROGRAMS = 3


NEEDS_CSMITH = pytest.mark.skipif(
    shutil.which("csmith") is None, reason="csmith is not installed (apt-get install csmith libcsmith-dev)"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "option", [pytest.param((), marks=NEEDS_CSMITH, id="csmith"), pytest.param(("--pointers",), id="pointers")]
)
def test_random_programs_do_what_c_does(option: tuple[str, ...], tmp_path: Path) -> None:
    """The output names the seed of each program that fails: `python bench/fuzz.py --count 1 --first SEED` runs it again."""
    command = [sys.executable, str(FUZZ), *option, "--count", str(PROGRAMS), "--keep", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "fuzz: skipped" in done.stdout:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{PROGRAMS} programs, 0 failures" in done.stdout


def pointer_program(seed: int) -> str:
    command = [sys.executable, str(FUZZ.parent / "pointer_programs"), str(seed)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_seed_is_one_pointer_program() -> None:
    """In any process: nothing depends on the hashes of strings."""
    assert pointer_program(3) == pointer_program(3) != pointer_program(4)
