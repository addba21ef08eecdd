"""Pass cases: what stages and analyses make of C snippets. `C2RS_UPDATE=1` makes the fixtures hold, as `c2rs case` can."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from c2rust_py.cases import run_fixture

CASES = sorted((Path(__file__).parents[1] / "fixtures" / "passes").glob("*.test"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_pass(file: Path) -> None:
    difference = run_fixture(file, update="C2RS_UPDATE" in os.environ)
    if difference is not None:
        pytest.fail(difference, pytrace=False)


def test_there_are_cases() -> None:
    assert CASES
