"""The golden files: each module is as expected, and all of them together compile without a warning (clippy's included), unsafe
code or chance.

`c2rs case FILE --update` writes a golden anew; a reviewer reads it, as this is where the looks of the output are defended.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from golden_pairs import PAGE, PAIRS, page

from c2rust_py.cases import run_fixture
from c2rust_py.diagnostics import Sink
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.options import Options
from c2rust_py.pipeline import translate_crates

ROOT = Path(__file__).resolve().parent.parent
GOLDENS = sorted((ROOT / "fixtures" / "golden").glob("*/*.c"))
RUNTIME = ROOT / "cargo_harness" / "runtime"


def name_of(file: Path) -> str:
    return f"{file.parent.name}_{file.stem}"


@pytest.mark.parametrize("file", GOLDENS, ids=name_of)
def test_golden(file: Path) -> None:
    difference = run_fixture(file)
    assert difference is None, difference


def test_enough_goldens() -> None:
    assert len(GOLDENS) >= 50
    assert all(file.with_suffix(".rs").exists() for file in GOLDENS)


def test_page_of_pairs_is_of_today() -> None:
    assert len(PAIRS) == 10
    assert PAGE.read_text(encoding="utf-8") == page(), "`make goldens` writes the page anew"


def write_crate(folder: Path) -> None:
    """All goldens as one crate: the modules of each in a module of its own, `crate` meaning that one."""
    source = folder / "src"
    source.mkdir(parents=True)
    root = ["#![forbid(unsafe_code)]", "#![deny(warnings)]"]
    for file in GOLDENS:
        (crate,) = translate_crates(Options((file,), Path("unused"), jobs=1, check=False)).crates
        files = call_deeply(render_workspace, [crate], Sink()).files
        name, prefix = name_of(file), f"crates/{crate.name}/src/"
        root.append(f"pub mod {name} {{")
        for path, text in sorted(files.items()):
            module = path.removeprefix(prefix).removesuffix(".rs")
            if path.startswith(prefix) and module not in ("lib", "places") and "/" not in module:
                (source / name).mkdir(exist_ok=True)
                renamed = re.sub(r"\bcrate::", f"crate::{name}::", text)
                (source / name / f"{module}.rs").write_text(renamed)
                root.append(f"    pub mod {module};")
        root.append("}")
    (source / "lib.rs").write_text("\n".join(root) + "\n")
    manifest = f'[package]\nname = "goldens"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nc2rs-rt = {{ path = "{RUNTIME}" }}\n'
    (folder / "Cargo.toml").write_text(manifest)


def test_goldens_compile(tmp_path: Path) -> None:
    write_crate(tmp_path / "goldens")
    environment = os.environ | {"CARGO_TARGET_DIR": str(tmp_path / "target")}
    command = ["clippy", "--no-deps"] if shutil.which("cargo-clippy") else ["check"]
    done = subprocess.run(
        ["cargo", *command, "--quiet", "--offline"],
        cwd=tmp_path / "goldens",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[:4000]


PRINT_ALL = """
import sys
from pathlib import Path
from c2rust_py.diagnostics import Sink
from c2rust_py.emit.lints import ALWAYS
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.options import Options
from c2rust_py.pipeline import translate_crates
for file in sys.argv[1:]:
    crates = translate_crates(Options((Path(file),), Path("unused"), jobs=1, check=False)).crates
    for path, text in sorted(call_deeply(render_workspace, crates, Sink()).files.items()):
        if not path.startswith("crates/c2rs-rt"):
            print(path, text)
"""


def test_same_bytes_on_every_run() -> None:
    """Python's hashes differ between the runs: no order of a set may reach the output."""
    names = ("globals_state", "functions_pointers", "enums_named", "structs_constants", "output_strings")
    files = [str(file) for file in GOLDENS if name_of(file) in names]
    assert len(files) == len(names)
    files.append(str(ROOT / "fixtures/kinds/parsers/commands.c"))

    def run(seed: str) -> str:
        command = [sys.executable, "-c", PRINT_ALL, *files]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    first = run("1")
    assert "pub fn" in first
    assert run("2") == first
    assert run("33") == first
