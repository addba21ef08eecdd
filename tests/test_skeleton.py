"""`translate --skeleton`: every function a stub behind the signature that its body gives it; all of it compiles, silently."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from c2rust_py.options import Options
from c2rust_py.oracle.batch import build_batch
from c2rust_py.pipeline import translate_crates, translate_project

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PROGRAMS = [
    "binary_tree",
    "bit_fields",
    "calculator",
    "const_tables",
    "constructors",
    "container_of",
    "function_pointers",
    "hash_table",
    "initialisers",
    "linked_list",
    "lisp",
    "macros",
    "sorting_algorithms",
    "state_names",
    "statement_expressions",
    "string_builder",
    "tokenizer",
    "unions",
    "varargs",
    "vla",
]


def _sources() -> list[Path]:
    functions = sorted((FIXTURES / "functions").glob("*.c"))
    programs = [FIXTURES / "programs" / f"{name}.c" for name in PROGRAMS]
    return [*functions, *(path for path in programs if path.exists())]


@pytest.mark.slow
def test_skeletons_compile_without_a_warning(tmp_path: Path) -> None:
    sources = _sources()
    assert len(sources) > 15
    crates = {}
    for source in sources:
        (crate,) = translate_crates(Options((source,), tmp_path / "unused", skeleton=True)).crates
        crates[crate.name] = crate
    batch = build_batch(list(crates.values()), tmp_path / "out")
    said = {crate: [str(message) for message in messages] for crate, messages in batch.messages.items() if messages}
    assert said == {}


def _signatures(text: str) -> list[str]:
    found = re.findall(r"^(?:pub )?fn [^{]*\{", text, re.MULTILINE)
    return [re.sub(r"\b(?:mut )?_?(?=\w+:)", "", " ".join(one.split())) for one in found]


@pytest.mark.parametrize("name", ["buffers", "objects", "scalars"])
def test_signatures_are_those_of_the_translation(name: str, tmp_path: Path) -> None:
    source = FIXTURES / "functions" / f"{name}.c"
    texts = []
    for folder, skeleton in (("whole", False), ("skeleton", True)):
        out = tmp_path / folder
        translate_project(Options((source,), out, skeleton=skeleton, check=False))
        texts.append((out / "crates" / name / "src" / f"{name}.rs").read_text())
    assert _signatures(texts[0]) == _signatures(texts[1])
    assert texts[1].count("unimplemented!") == len(_signatures(texts[1]))


def test_modules_are_in_the_order_of_their_use(tmp_path: Path) -> None:
    project = tmp_path / "in"
    project.mkdir()
    (project / "a.c").write_text("int b(void); int main(void) { return b(); }\n")
    (project / "b.c").write_text("extern int limit; int c(int); int b(void) { return c(limit); }\n")
    (project / "c.c").write_text("int limit = 3; int c(int x) { return x - limit; }\n")
    translate_project(Options((project,), tmp_path / "out", skeleton=True, check=False))
    report = json.loads((tmp_path / "out" / "c2rs-report.json").read_text())
    assert list(report["modules"].values()) == [["c", "b", "a"]]
