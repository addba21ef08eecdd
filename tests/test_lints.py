"""What rustc's and clippy's lints say of the translations of all fixture programs: nothing, beyond a short allow list."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import pytest
from c_programs import all_programs, ordinary_programs
from conftest import translate_program

from c2rust_py.diagnostics import Sink
from c2rust_py.emit.manifest import Manifest
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.emit.writer import write_files
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.options import Rung


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cargo-clippy") is None, reason="clippy is not installed")
def test_clippy_is_content(tmp_path: Path) -> None:
    programs = all_programs() + ordinary_programs()
    with ProcessPoolExecutor(max_workers=2) as pool:
        crates = [crate for crate, _ in pool.map(translate_program, programs, repeat(Rung.OWNED)) if crate is not None]
    assert len(crates) > 100
    sink = Sink()
    write_files(tmp_path / "all", call_deeply(render_workspace, crates, sink).files, Manifest(), sink)
    packages = [f"--package={crate.name}" for crate in crates]
    done = subprocess.run(
        ["cargo", "clippy", "--offline", "--quiet", "--keep-going", "--no-deps", *packages, "--", "-D", "warnings"],
        cwd=tmp_path / "all",
        env=os.environ | {"CARGO_TARGET_DIR": str(tmp_path / "target")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[:6000]
