"""Recorded answers fill every stub of fixtures/repair/machine: it then does what the C does, twice in the same way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from c2rust_py.cli import run
from c2rust_py.emit.accepted import read_accepted

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "repair"
MACHINE, REPLIES = FIXTURES / "machine", FIXTURES / "replies"


def files_of(out: Path) -> dict[str, bytes]:
    """What a run leaves, without caches, cargo's files and the work of other commands."""
    kept = (path for path in out.rglob("*") if path.is_file() and "target" not in path.parts)
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in kept if not {"cache", "comparison.json", "failures", "inputs", "work"} & {*p.parts}}


def fill(out: Path) -> dict[str, bytes]:
    assert run(["translate", str(MACHINE), "-o", str(out), "--no-check"]) == 1
    assert run(["repair", str(out), "--replay", str(REPLIES), "--no-functions"]) == 0
    return files_of(out)


def test_recorded_answers_fill_every_stub_twice_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    out = tmp_path / "out"
    first = fill(out)
    said = capfd.readouterr()
    assert "16 of 16 functions have a body; 19 answers were asked for" in said.out
    assert len(read_accepted(out / ".c2rs")) == 16
    log = {f["name"]: [a["verdict"] for a in f["attempts"]] for f in json.loads(first[".c2rs/repair/log.json"])["functions"]}
    assert log["rotate"] == ["contested", "accepted"]
    assert log["run"] == ["unsafe", "accepted"]
    assert log["trace"] == ["build", "accepted"]
    assert b"unimplemented!" not in b"".join(data for path, data in first.items() if path.endswith(".rs"))
    assert run(["status", str(out)]) == 0
    assert run(["diff", str(MACHINE), str(out), "--dev"]) == 0
    # A translation keeps the bodies, and a repair has nothing to do.
    assert run(["translate", str(MACHINE), "-o", str(out), "--no-check"]) == 0
    assert {path: data for path, data in files_of(out).items() if not path.startswith(".c2rs/")} == {
        path: data for path, data in first.items() if not path.startswith(".c2rs/")
    }
    for path in first:
        (out / path).unlink()
    assert fill(out) == first
