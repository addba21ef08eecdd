"""The corpus file hangs together, its fetcher derives, pins and unpacks right, and each project builds and runs with gcc.

The last needs the network once: set C2RS_CORPUS_DIR to a folder that `bench/fetch_corpus` filled.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import io
import os
import shutil
import sys
import tarfile
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from corpus import CORPUS, FIXTURES, Project, build, load_corpus, prepare, run_case

FETCHER = FIXTURES.parent / "bench" / "fetch_corpus"
UNPACKED = os.environ.get("C2RS_CORPUS_DIR")


@pytest.fixture(scope="module", name="fetcher")
def load_fetcher() -> ModuleType:
    """The script `bench/fetch_corpus` as a module."""
    loader = importlib.machinery.SourceFileLoader("fetch_corpus", str(FETCHER))
    spec = importlib.util.spec_from_loader("fetch_corpus", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fetch_corpus"] = module
    loader.exec_module(module)
    return module


def test_corpus_file_hangs_together(fetcher: ModuleType) -> None:
    assert [pin.name for pin in fetcher.read_pins(CORPUS)] == [project.name for project in load_corpus()]
    for project in load_corpus():
        libraries = {t.name for t in project.targets if t.kind == "library"}
        programs = {t.name for t in project.targets if t.kind == "program"}
        assert len(libraries) + len(programs) == len(project.targets)
        assert all(set(t.uses) <= libraries for t in project.targets)
        assert {case.program for case in project.cases} <= programs
        assert len({case.name for case in project.cases}) == len(project.cases)
        ours = [s for t in project.targets for s in t.sources]
        ours += [c.stdin_file or "" for c in project.cases] + [s for c in project.cases for _, s in c.files]
        for name in ours:
            assert not name.startswith("{fixture}") or project.path(Path(), name).is_file(), name


def test_tcc_tests_are_classed() -> None:
    tests = tomllib.loads((FIXTURES / "tcc_tests.toml").read_text())["test"]
    assert len({test["name"] for test in tests}) == len(tests)
    for test in tests:
        assert test["class"] in ("standard", "gnu", "excluded")
        assert ("reason" in test) == (test["class"] == "excluded"), test["name"]


def test_sources_are_derived_from_both_file_formats(fetcher: ModuleType, tmp_path: Path) -> None:
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (parts / "a.sources").write_text(
        "# a comment\nTypes: deb\nURIs: http://mirror.invalid/one\nSuites: s\nComponents: main\n\n"
        "Types: deb\nEnabled: no\nURIs: http://mirror.invalid/off\nSuites: s\nComponents: main\n"
    )
    (tmp_path / "sources.list").write_text("# deb x\ndeb [signed-by=/key.gpg] http://mirror.invalid/two s main extra\n")
    assert list(fetcher.source_stanzas(tmp_path)) == [
        "Types: deb-src\nURIs: http://mirror.invalid/one\nSuites: s\nComponents: main",
        "Types: deb-src\nURIs: http://mirror.invalid/two\nSuites: s\nComponents: main extra\nSigned-By: /key.gpg",
    ]


def make_tarball(path: Path, members: dict[str, bytes]) -> str:
    """Writes a tarball of `members` to `path`; its SHA-256."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_only_the_pinned_tarball_counts(fetcher: ModuleType, tmp_path: Path) -> None:
    sha256 = make_tarball(tmp_path / "p_1.orig.tar.gz", {"p-1/a.c": b"a", "p-1/sub/b.c": b"b", "p-1/subway.c": b"c"})
    assert fetcher.find_tarball(tmp_path, "0" * 64) is None
    tarball = fetcher.find_tarball(tmp_path, sha256)
    fetcher.unpack(tarball, fetcher.Pin("p", "p", "1", sha256, ("sub",)), tmp_path / "out")
    assert [str(f.relative_to(tmp_path / "out")) for f in sorted((tmp_path / "out").rglob("*.c"))] == ["sub/b.c"]
    assert (tmp_path / "out" / fetcher.MARK).read_text().strip() == sha256


def test_a_tarball_without_a_top_folder(fetcher: ModuleType, tmp_path: Path) -> None:
    sha256 = make_tarball(tmp_path / "p_1.orig.tar.gz", {"a.c": b"a", "sub/b.c": b"b"})
    fetcher.unpack(tmp_path / "p_1.orig.tar.gz", fetcher.Pin("p", "p", "1", sha256, ()), tmp_path / "out")
    assert (tmp_path / "out" / "sub" / "b.c").read_bytes() == b"b"


def test_what_cannot_be_fetched_is_one_line(
    fetcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "SYSTEM_APT", tmp_path)
    pin = fetcher.Pin("p", "p", "1", "0" * 64, ())
    assert fetcher.fetch(pin, tmp_path, fetcher.Apt(tmp_path / "apt")) in (
        "skipped p: this machine lists no package source",
        "skipped p: apt-get is not here",
    )


@pytest.mark.slow
@pytest.mark.skipif(not UNPACKED, reason="C2RS_CORPUS_DIR names no folder that bench/fetch_corpus filled")
@pytest.mark.parametrize("project", [p for p in load_corpus() if p.targets], ids=lambda p: p.name)
def test_project_builds_and_its_cases_repeat(project: Project, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(Path(str(UNPACKED)) / project.name, root)
    prepare(project, root)
    for program in project.targets:
        if program.kind == "program":
            build(project, program, root, tmp_path / program.name)
    for case in project.cases:
        first = run_case(project, case, tmp_path / case.program, root)
        assert first == run_case(project, case, tmp_path / case.program, root), case.name
