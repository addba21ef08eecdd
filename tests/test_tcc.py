"""tcc's test programs do what gcc's build of them does, but for the few whose reason is known.

Needs the network once: set C2RS_CORPUS_DIR to a folder that `bench/fetch_corpus` filled.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tcc import check_tcc_tests, read_tcc_tests

UNPACKED = os.environ.get("C2RS_CORPUS_DIR")
LEAST_SHARE = 0.9


@pytest.mark.slow
@pytest.mark.skipif(not UNPACKED, reason="C2RS_CORPUS_DIR names no folder that bench/fetch_corpus filled")
def test_tcc_tests_do_what_gcc_does(tmp_path: Path) -> None:
    folder = Path(str(UNPACKED)) / "tcc" / "tests" / "tests2"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: run `bench/fetch_corpus {UNPACKED} tcc`")
    tests = list(read_tcc_tests(folder))
    wrong = {test.name: problem for test, problem in check_tcc_tests(tests, tmp_path) if problem}
    assert set(wrong) == {test.name for test in tests if test.differs}, wrong
    assert len(tests) - len(wrong) >= LEAST_SHARE * len(tests)
