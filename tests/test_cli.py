"""The command line as CLI.md promises it: exit statuses, one line for what a user does wrong, formats, settings."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from c2rust_py.cli import run

CALC = Path(__file__).resolve().parent.parent / "examples" / "calc"
HELLO = '#include <stdio.h>\nint main(int argc, char **argv) {\n    printf("hello %d\\n", argc);\n    return argc;\n}\n'


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.c"
    path.write_text(HELLO)
    return path


def translate(source: Path, out: Path, *more: str) -> int:
    return run(["translate", str(source), "-o", str(out), "--no-check", *more])


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["translate"], 2, "error[C2RS-101]"),
        (["translate", "nowhere.c", "-o", "out"], 2, "error[C2RS-102]: nowhere.c does not exist"),
        (["translate", "empty", "-o", "out"], 2, "error[C2RS-103]"),
        (["translate", "text.md", "-o", "out"], 2, "error[C2RS-101]"),
        (["translate", "broken.json", "-o", "out"], 2, "error[C2RS-104]"),
        (["translate", "bad.c", "-o", "out"], 3, "bad.c:2"),
        (["translate", "header.c", "-o", "out"], 3, "header.c:1"),
        (["translate", "nul.c", "-o", "out"], 3, "nul.c"),
        (["translate", "good.c", "-o", "good.c/out"], 2, "error[C2RS-106]"),
        (["translate", "good.c", "-o", "foreign"], 2, "error[C2RS-106]"),
        (["translate", "good.c", "-o", "out", "--stop-after", "lunch"], 2, "there is no stage `lunch`"),
        (["translate", "good.c", "-o", "out", "--ladder", "sky"], 2, "error[C2RS-101]"),
        (["translate", "good.c", "-o", "out", "--filter", "("], 2, "error[C2RS-101]"),
        (["diff", "good.c", "empty"], 2, "is not a workspace of c2rs"),
        (["status", "empty"], 2, "is not a workspace of c2rs"),
        (["case", "text.md"], 2, "error[C2RS-101]"),
        (["nonsense"], 2, "error[C2RS-101]"),
    ],
)
def test_a_users_fault_is_one_line(
    arguments: list[str], status: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "Cargo.toml").write_text("[package]\n")
    files = {
        "text.md": b"#",
        "broken.json": b"[{",
        "good.c": b"int main(void) { return 0; }\n",
        "bad.c": b"int main(void)\n{ return ; ; ) }\n",
        "header.c": b'#include "nowhere.h"\n',
        "nul.c": b"int x\0y = \xff;\nint main(void) { return z; }\n",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert run(arguments) == status
    said = capfd.readouterr()
    assert words in said.err
    assert said.out == ""
    lines = said.err.splitlines()
    assert len(lines) == 1 or (len(lines) == 2 and lines[1].startswith("    hint: ")), said.err
    assert not (tmp_path / "out").exists(), "a run that fails leaves nothing behind"


def test_settings_are_checked(hello: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for text, words in [
        ("[translate]\nladder = 3\n", "`translate.ladder` is text, not 3"),
        ("[transalte]\n", "unknown setting `transalte`"),
        ("x = [", "c2rs.toml:1"),
        ('[[case]]\nargs = ["a"]\n', "a [[case]] needs a `name`"),
    ]:
        (tmp_path / "c2rs.toml").write_text(text)
        assert translate(hello, tmp_path / "out") == 2
        assert words in capfd.readouterr().err


def test_flag_beats_environment_beats_file(
    hello: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    hello.write_text("int fooBar(void) { return 1; }\nint main(void) { return fooBar(); }\n")

    def has_c_name(*flags: str) -> bool:
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        assert translate(hello, out, *flags) == 0
        return "fn fooBar" in (out / "crates/hello/src/hello.rs").read_text()

    assert not has_c_name()
    (tmp_path / "c2rs.toml").write_text("[translate]\nkeep_names = true\n")
    assert has_c_name()
    monkeypatch.setenv("C2RS_KEEP_NAMES", "false")
    assert not has_c_name()
    assert has_c_name("--keep-names")


def test_report_is_the_contract(hello: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert translate(hello, out, "--format", "json") == 0
    report = json.loads((out / "c2rs-report.json").read_text())
    assert json.loads(capfd.readouterr().out) == report
    (function,) = report["functions"]
    assert report["version"] == 1 and {"totals", "diagnostics"} <= set(report)
    assert (function["name"], function["line"], function["lines_c"]) == ("main", 2, 3)
    assert function["rust_path"] == "hello::hello::main"
    assert function["grade"] == "borrowed" and function["lines_rust"] > 0


def test_left_out_functions_are_stubs_and_status_says_so(
    hello: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hello.write_text("int f(int x) { return x; }\nint main(void) { return f(0); }\n")
    out = tmp_path / "out"
    assert translate(hello, out, "--filter", "^main$") == 1
    assert "C2RS-413" in capfd.readouterr().err
    assert run(["status", str(out)]) == 1
    assert "f: C2RS-413" in capfd.readouterr().out
    assert translate(hello, out, "--format", "junit", "--filter", "^main$") == 1
    suite = ElementTree.fromstring(capfd.readouterr().out)
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert translate(hello, out, "--format", "sarif", "--filter", "^main$") == 1
    (result,) = json.loads(capfd.readouterr().out)["runs"][0]["results"]
    assert result["ruleId"] == "C2RS-413"
    assert translate(hello, out, "--format", "github", "--filter", "^main$") == 1
    assert capfd.readouterr().out.startswith("::warning title=C2RS-413,file=")
    assert translate(hello, out) == 0
    assert run(["status", str(out)]) == 0
    hello.write_text(HELLO)
    assert run(["status", str(out)]) == 1


def test_a_run_is_repeatable_and_keeps_edits(hello: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        files = [p for p in folder.rglob("*") if p.is_file() and "cache" not in p.parts]
        return {str(p.relative_to(folder)): p.read_bytes() for p in files}

    assert translate(hello, tmp_path / "a") == translate(hello, tmp_path / "b") == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    stamps = {p: p.stat().st_mtime_ns for p in (tmp_path / "a").rglob("*.rs")}
    assert translate(hello, tmp_path / "a") == 0
    assert stamps == {p: p.stat().st_mtime_ns for p in (tmp_path / "a").rglob("*.rs")}
    module = tmp_path / "a/crates/hello/src/hello.rs"
    module.write_text("// mine\n" + module.read_text())
    capfd.readouterr()
    assert translate(hello, tmp_path / "a") == 0
    assert "hello.rs was edited by hand and is kept" in capfd.readouterr().err
    assert module.read_text().startswith("// mine\n")
    assert run(["status", str(tmp_path / "a")]) == 0
    assert "edited by hand: crates/hello/src/hello.rs" in capfd.readouterr().out


def test_stages_stop_dump_and_are_timed(hello: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert translate(hello, out, "--stop-after", "normalise", "--dump-after", "normalise", "--time") == 0
    said = capfd.readouterr()
    assert "int main(int argc" in said.out
    assert said.err.splitlines()[0].split() == ["stage", "CPU", "s", "peak", "MB"]
    assert "lift" not in said.err and not out.exists()


def test_doctor(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run(["doctor"]) == 0
    assert "rustfmt" in capfd.readouterr().out
    gcc = shutil.which("gcc")
    assert gcc is not None
    (tmp_path / "gcc").symlink_to(gcc)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["doctor"]) == 4
    assert "cargo         missing: builds the Rust; https" in capfd.readouterr().out


def test_a_missing_tool_is_named(
    hello: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert translate(hello, tmp_path / "out") == 4
    assert capfd.readouterr().err.startswith("error[C2RS-105]: ")


def test_example_is_translated_built_and_equal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = Path("out")
    assert run(["translate", str(CALC), "-o", str(out)]) == 0, capfd.readouterr().err
    assert run(["diff", str(CALC), str(out)]) == 0, capfd.readouterr().out
    assert "4 of 4 cases are equal" in capfd.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "int f(int x) { return " + "(" * 10000 + "x" + ")" * 10000 + "; }",
        "int f(int x) { return " + "x + (" * 2000 + "x" + ")" * 2000 + "; }",
        "int f(int x) {" + "".join(f"if (x == {i}) return {i + 1}; else\n" for i in range(5000)) + " return -1; }",
    ],
    ids=["parentheses", "right operands", "else if"],
)
def test_deep_nesting_is_translated_and_builds(
    text: str, hello: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hello.write_text(text + "\nint main(void) { return f(0); }\n")
    assert run(["translate", str(hello), "-o", str(tmp_path / "out")]) == 0, capfd.readouterr().err
    assert capfd.readouterr().err == ""


def test_differences_have_status_1(hello: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out, cases = tmp_path / "out", tmp_path / "cases"
    cases.mkdir()
    (cases / "two.args").write_text("a\n")
    assert translate(hello, out) == 0
    hello.write_text(HELLO.replace("return argc", "return argc > 1 ? 9 : argc"))
    capfd.readouterr()
    assert run(["diff", str(hello), str(out), "--cases", str(cases), "--sanitize"]) == 1
    assert "exit status: C 9, Rust 2" in capfd.readouterr().out
    assert (out / ".c2rs/failures/two.args").read_text() == "a"
    assert run(["diff", str(hello), str(out), "--format", "json"]) == 0
    data = json.loads(capfd.readouterr().out)
    assert (data["equal"], [case["case"] for case in data["cases"]]) == (True, ["default"])


def test_interrupt_is_130_and_leaves_the_last_state(hello: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert translate(hello, out) == 0
    before = (out / "crates/hello/src/hello.rs").read_bytes()
    hello.write_text("\n".join(f"int f{i}(int x) {{ return x * {i}; }}" for i in range(5000)))
    command = [sys.executable, "-m", "c2rust_py.cli", "translate", str(hello), "-o", str(out), "--dump-after", "link"]
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "NO_COLOR": "1"}
    )
    assert child.stdout is not None
    child.stdout.read(1)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)
    assert (child.returncode, said) == (130, b"interrupted\n")
    assert (out / "crates/hello/src/hello.rs").read_bytes() == before
