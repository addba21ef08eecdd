"""What the tool refuses: one clear line each and the right exit status, from every message number that there is.

C that is refused stands in `fixtures/rejects`. What depends on more than a C file is made here: arguments, tools that are
missing or fail, folders, and inputs that are too big to be committed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pytest

from c2rust_py import pipeline
from c2rust_py.cases import find_fixtures, run_fixture
from c2rust_py.cli import run
from c2rust_py.comparison import Comparison
from c2rust_py.diagnostics import Code, Span
from c2rust_py.emit import templates
from c2rust_py.emit.accepted import Accepted, Body, keep_accepted
from c2rust_py.oracle.compare import Undefined
from c2rust_py.oracle.diff import CaseResult
from c2rust_py.oracle.run import Case

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
REJECTS = [path for path in find_fixtures(FIXTURES) if path.parent.name == "rejects"]
_NUMBER = re.compile(r"C2RS-(\d+)")
_STATUS = re.compile(r"exit status (\d+)\n\Z")


@pytest.mark.parametrize("case", REJECTS, ids=lambda path: path.stem)
def test_reject(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(case.parent)
    difference = run_fixture(Path(case.name))
    assert difference is None, difference
    expected = case.with_suffix(".stderr").read_text()
    match = _STATUS.search(expected)
    assert match is not None, "the last line is the exit status"
    status = run(["translate", case.name, "-o", str(tmp_path / "out"), "--no-check"])
    assert capfd.readouterr().err == expected[: match.start()]
    assert status == int(match[1])


# ---- what takes more than a C file


@dataclass(frozen=True, slots=True)
class Scene:
    """A run in a folder of its own: what the folder holds, the arguments, and what has to come of it."""

    name: str
    code: Code
    files: dict[str, str | bytes]
    arguments: tuple[str, ...]
    status: int
    said: str
    prepare: Callable[[Path, pytest.MonkeyPatch], None] = lambda folder, monkeypatch: None


GOOD = {"good.c": "int f(int x) { return x; }\n"}
STUB = {"good.c": 'int f(int x) { __asm__("incl %0" : "+r"(x)); return x; }\n'}
REPAIR = ("repair", "out", "--replay", "replies")
TRANSLATE = ("translate", "good.c", "-o", "out", "--no-check")


def only_tools(*names: str) -> Callable[[Path, pytest.MonkeyPatch], None]:
    """A PATH with these tools alone."""

    def prepare(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tools = folder / "tools"
        tools.mkdir()
        for name in names:
            found = shutil.which(name)
            assert found is not None, name
            (tools / name).symlink_to(found)
        monkeypatch.setenv("PATH", str(tools))

    return prepare


def failing_tool(name: str, script: str) -> Callable[[Path, pytest.MonkeyPatch], None]:
    """A tool of that name before the real one."""

    def prepare(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tools = folder / "tools"
        tools.mkdir()
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")

    return prepare


def edited_output(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A translation that somebody has changed."""
    monkeypatch.chdir(folder)
    assert run([*TRANSLATE]) == 0
    module = folder / "out/crates/good/src/good.rs"
    module.write_text("// mine\n" + module.read_text())


def stale_body(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that was accepted for a function that has changed since."""
    body = Body("x + 1")
    keep_accepted(folder / "out" / ".c2rs", Accepted("good", "f", "another", body, "a model", 1, "1 case"))


def with_a_stub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A translation with a stub, and a folder without answers."""
    monkeypatch.chdir(folder)
    assert run([*TRANSLATE]) == 1
    (folder / "replies").mkdir()


def broken_template(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without templates."""
    monkeypatch.setattr(templates, "_environment", lambda: jinja2.Environment(loader=jinja2.DictLoader({})))


def broken_stage(stage: Callable[[Any], Any]) -> Callable[[Path, pytest.MonkeyPatch], None]:
    """`normalise` with a defect."""
    return lambda folder, monkeypatch: monkeypatch.setattr(pipeline, "normalise", stage)


def unwritable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file where the output's parent folder should be."""
    (folder / "taken").write_text("")


SCENES = [
    Scene("unknown stage", Code.USAGE, GOOD, (*TRANSLATE, "--stop-after", "lunch"), 2,
          "error[C2RS-101]: there is no stage `lunch`\n"
          "    hint: stages: parse, elaborate, link, normalise, lift, sequence, to_rust, refine, emit, check\n"),
    Scene("no such input", Code.INPUT_MISSING, {}, TRANSLATE, 2, "error[C2RS-102]: good.c does not exist\n"),
    Scene("input that goes away", Code.INPUT_MISSING,
          {"compile_commands.json": '[{"directory": ".", "file": "gone.c", "arguments": ["gcc", "-c", "gone.c"]}]'},
          ("translate", "compile_commands.json", "-o", "out"), 3,
          "gone.c:1: error[C2RS-102]: the file does not exist or cannot be read\n"),
    Scene("empty folder", Code.INPUT_EMPTY, {"src/readme": ""}, ("translate", "src", "-o", "out"), 2,
          "error[C2RS-103]: src holds no .c file and no compile_commands.json\n"),
    Scene("commands that are no list", Code.COMPILE_COMMANDS, {"compile_commands.json": "{}"},
          ("translate", "compile_commands.json", "-o", "out"), 2,
          "error[C2RS-104]: compile_commands.json is not a list of commands\n"),
    Scene("no gcc", Code.TOOL_MISSING, GOOD, TRANSLATE, 4,
          "error[C2RS-105]: gcc is not installed\n    hint: apt install gcc\n", only_tools("sh")),
    Scene("no rustfmt", Code.TOOL_MISSING, GOOD, TRANSLATE, 4,
          "error[C2RS-105]: rustfmt is not installed\n    hint: rustup component add rustfmt\n",
          only_tools("sh", "gcc", "as", "ld")),
    Scene("no cargo", Code.TOOL_MISSING, GOOD, ("translate", "good.c", "-o", "out"), 4,
          "error[C2RS-105]: cargo is not installed\n"
          "    hint: install Rust (stable) so that cargo is on the PATH, or use --no-check\n",
          only_tools("sh", "gcc", "as", "ld", "rustfmt", "timeout", "rustc")),
    Scene("unwritable output", Code.OUTPUT_UNWRITABLE, GOOD, ("translate", "good.c", "-o", "taken/out", "--no-check"), 2,
          "error[C2RS-106]: cannot write taken/out: Not a directory\n", unwritable),
    Scene("left out", Code.LEFT_OUT, GOOD, (*TRANSLATE, "--filter", "^g$"), 1,
          "good.c:1: warning[C2RS-413]: the function is left out on request\n"
          "    hint: `f` is a stub: calling it stops the program\n"),
    Scene("cargo fails", Code.CARGO_FAILED, GOOD, ("translate", "good.c", "-o", "out"), 1,
          "error[C2RS-601]: rustc: the workspace:0: error: no space left on device\n",
          failing_tool("cargo", "echo 'error: no space left on device' >&2; exit 101")),
    Scene("edited by hand", Code.HAND_EDITED, GOOD, TRANSLATE, 0,
          "warning[C2RS-602]: out/crates/good/src/good.rs was edited by hand and is kept\n"
          "    hint: delete it to have it generated again\n", edited_output),
    Scene("rustfmt fails", Code.RUSTFMT_FAILED, GOOD, TRANSLATE, 0,
          "warning[C2RS-603]: the Rust is left unformatted: error: out of memory\n",
          failing_tool("rustfmt", "echo 'error: out of memory' >&2; exit 1")),
    Scene("broken template", Code.TEMPLATE, GOOD, TRANSLATE, 70,
          "error[C2RS-604]: crate/lib.rs.j2: crate/lib.rs.j2\n", broken_template),
    Scene("stale body", Code.STALE_BODY, GOOD, TRANSLATE, 0,
          "good.c:1: warning[C2RS-605]: the accepted body of `f` was for another version of it and is left out\n"
          "    hint: `c2rs repair OUT` tries it again before it asks a model\n", stale_body),
    Scene("nothing answers", Code.NOT_REPAIRED, STUB, REPAIR, 1,
          "error[C2RS-802]: `f` has no body: there is no recorded answer f.1\n", with_a_stub),
    Scene("spent budget", Code.BUDGET_SPENT, STUB, (*REPAIR, "--budget", "attempts=0"), 5,
          "error[C2RS-802]: `f` has no body: the attempts of the run are spent\n"
          "error[C2RS-801]: the attempts of the run are spent\n", with_a_stub),
    Scene("no model", Code.USAGE, STUB, ("repair", "out"), 2,
          "error[C2RS-101]: no model is given\n    hint: --model NAME, or --replay DIR for recorded answers\n", with_a_stub),
    Scene("defect", Code.INTERNAL, GOOD, TRANSLATE, 70,
          "error[C2RS-901]: KeyError: 'nothing'\n    hint: a defect of c2rs; C2RS_TRACEBACK=1 shows where\n",
          broken_stage(lambda program: {}["nothing"])),
    Scene("broken invariant", Code.VERIFIER, {"good.c": "int f(int x) {\nagain:\n    if (x--) goto again;\n    return x;\n}\n"},
          TRANSLATE, 70, "good.c:2: error[C2RS-902]: after normalise: Label is left\n",
          broken_stage(lambda program: program)),
    # ---- inputs that are odd or too much
    Scene("NUL byte", Code.SYNTAX, {"good.c": b"int a\0b = 1;\n"}, TRANSLATE, 3,
          "good.c:1: error[C2RS-203]: expected '=', ',', ';', 'asm' or '__attribute__' before 'b'\n"),
    Scene("not UTF-8", Code.SYNTAX, {"good.c": b'const char *name = "\xff\xfe";\nint \xff;\n'}, TRANSLATE, 3,
          "good.c:2: error[C2RS-203]: stray '\\377' in program\n"),
    Scene("200,000 parentheses", Code.TOO_DEEP,
          {"good.c": "int f(int x) {\n  return " + "(" * 200_000 + "x" + ")" * 200_000 + ";\n}\n"}, TRANSLATE, 3,
          "good.c:2: error[C2RS-206]: the code nests too deeply here\n"),
    Scene("a million lines before the mistake", Code.SYNTAX, {"good.c": "\n" * 1_000_000 + "int f(void) { return }\n"},
          TRANSLATE, 3, "good.c:1000001: error[C2RS-203]: expected expression before '}' token\n"),
    Scene("a line of a million characters", Code.UNDECLARED,
          {"good.c": "int f(int x) { return /*" + "x" * 1_000_000 + "*/ y; }\n"}, TRANSLATE, 3,
          "good.c:1: error[C2RS-301]: 'y' is not declared\n"),
    Scene("cut off in a comment", Code.PREPROCESS, {"good.c": "int x;\n/* and so"}, TRANSLATE, 3,
          "good.c:2: error[C2RS-201]: unterminated comment\n"),
]  # fmt: skip


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name.replace(" ", "-"))
def test_scene(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, content in scene.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    scene.prepare(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    capfd.readouterr()
    status = run(scene.arguments)
    said = capfd.readouterr().err
    assert said == scene.said
    assert status == scene.status
    assert str(scene.code) in said and "Traceback" not in said


def test_what_gcc_takes_is_no_reject(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Bytes that are not UTF-8 in strings and comments, and a NUL in a comment, are C."""
    source = tmp_path / "good.c"
    source.write_bytes(b'/* caf\xe9 \0 */\nconst char *name = "caf\xe9";\nint f(void) { return name[3]; }\n')
    assert run(["translate", str(source), "-o", str(tmp_path / "out"), "--no-check"]) == 0
    assert capfd.readouterr().err == ""


def test_a_difference_has_a_number() -> None:
    different = CaseResult("sum", Case("empty"), ("exit status: C 0, Rust 1",))
    undefined = CaseResult("sum", Case("big"), ("stdout",), Undefined("signed overflow", Span("sum.c", 4)))
    equal = CaseResult("sum", Case("one"), ())
    assert [str(diagnostic) for diagnostic in Comparison((different, equal, undefined)).diagnostics] == [
        "error[C2RS-701]: sum, case empty: exit status: C 0, Rust 1",
        "sum.c:4: error[C2RS-702]: the C is undefined here: signed overflow",
    ]


def test_every_number_has_a_case() -> None:
    covered = {int(number) for case in REJECTS for number in _NUMBER.findall(case.with_suffix(".stderr").read_text())}
    covered |= {scene.code.number for scene in SCENES}
    covered |= {Code.DIFFERENT.number, Code.UNDEFINED_C.number}  # by the test above
    assert {code.number for code in Code} == covered


def test_no_number_has_two_meanings() -> None:
    numbers = [code.number for code in Code]
    assert len(numbers) == len(set(numbers))
