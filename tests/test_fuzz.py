"""A few random programs of csmith and of our generator of pointer programs, fresh ones in every run; `make fuzz` runs many."""

from __future__ import annotations

import re
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


def test_scenes_have_no_name_in_common() -> None:
    """Two of them can stand in one program."""
    code = (
        "from random import Random; from pointer_programs.scenes import SCENES;"
        "print('\\0'.join(text for scene in SCENES for text in [' '.join(scene(Random(seed))[1] for seed in range(20))]))"
    )
    command = [sys.executable, "-c", code]
    texts = subprocess.run(command, capture_output=True, text=True, check=True, cwd=FUZZ.parent).stdout.split("\0")
    names = [
        set(re.findall(r"^static [\w ]+?\**(\w+)\(", text, re.M)) | set(re.findall(r"^(?:struct|union|enum) (\w+) \{", text, re.M))
        for text in texts
    ]
    taken: set[str] = set()
    for of_scene in names:
        assert of_scene and not taken & of_scene
        taken |= of_scene
