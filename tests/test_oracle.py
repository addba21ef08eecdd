"""The oracle's own parts: runs, comparison, verdicts, cases; both sides are built with gcc here."""

from __future__ import annotations

from pathlib import Path

import pytest

from c2rust_py.diagnostics import CompileError
from c2rust_py.oracle.build import SANITIZE, CSource, build_c
from c2rust_py.oracle.compare import differences, first_difference, undefined_verdict
from c2rust_py.oracle.diff import read_case_folder
from c2rust_py.oracle.run import run_case
from c2rust_py.settings import Case

ECHO = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
int main(int argc, char **argv) {
    int c;
    printf("%s %d\n", argv[0], argc);
    if (argc > 1 && strcmp(argv[1], "loop") == 0) for (;;) ;
    if (argc > 1 && strcmp(argv[1], "abort") == 0) { fflush(stdout); abort(); }
    if (argc > 1 && strcmp(argv[1], "write") == 0) { FILE *f = fopen("out.txt", "w"); fputs("x", f); fclose(f); remove("gone"); }
    if (argc > 1 && strcmp(argv[1], "flood") == 0) while (printf("y\n") > 0) ;
    if (argc > 1 && strcmp(argv[1], "divide") == 0) raise(SIGFPE);
    while ((c = getchar()) != EOF) putchar(c);
    fprintf(stderr, "bye\n");
    return argc;
}
"""


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("echo")
    (folder / "echo.c").write_text(ECHO)
    build_c([CSource("echo.c", (), folder)], (), folder / "bin" / "echo")
    return folder / "bin" / "echo"


def test_a_run_has_its_arguments_input_and_name(echo: Path) -> None:
    outcome = run_case(echo, "prog", Case("c", ("a b", ""), b"in\0put"), 10)
    assert (outcome.stdout, outcome.status, outcome.stderr) == (b"prog 3\nin\0put", 3, b"bye\n")


def test_signals_are_reported_as_a_shell_does(echo: Path) -> None:
    assert run_case(echo, "p", Case("c", ("abort",)), 10).status == 134
    assert run_case(echo, "p", Case("c", ("divide",)), 10).status == 136
    assert run_case(echo, "p", Case("c", ("flood",), close_stdout_after=6), 10).status == 141


def test_time_limit(echo: Path) -> None:
    outcome = run_case(echo, "p", Case("c", ("loop",)), 0.3)
    assert outcome.timed_out and outcome.status == 124


def test_files_that_change_are_seen(echo: Path) -> None:
    case = Case("c", ("write",), files=(("gone", b"1"), ("kept", b"2")))
    assert run_case(echo, "p", case, 10).files == (("gone (deleted)", b""), ("out.txt", b"x"))


def test_differences_name_what_differs(echo: Path) -> None:
    plain, other = run_case(echo, "p", Case("c"), 10), run_case(echo, "q", Case("c", ("write",)), 10)
    assert differences(plain, plain) == ()
    assert differences(plain, other) == (
        "exit status: C 1, Rust 2",
        "stdout: line 1: C 'p 1', Rust 'q 2'",
        "file out.txt: only the Rust writes it",
    )


def test_first_difference_finds_the_line() -> None:
    assert first_difference(b"a\nbc\n", b"a\nbd\n") == "line 2: C 'bc', Rust 'bd'"
    assert first_difference(b"a\n", b"a\nb\n") == "line 2: C ends after 2 bytes, Rust 'b'"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("int x = 2147483647; x += argc; return x;", "signed integer overflow"),
        ("int a[2] = {0}; return a[argc + 1];", "out of bounds"),
        ("int *p = malloc(4); free(p); return *p;", "heap-use-after-free"),
    ],
)
def test_undefined_c_is_named_with_its_place(tmp_path: Path, statement: str, message: str) -> None:
    text = f"#include <stdlib.h>\nint main(int argc, char **argv) {{\n{statement}\n}}\n"
    (tmp_path / "u.c").write_text(text)
    build_c([CSource("u.c", (), tmp_path)], (), tmp_path / "checked", SANITIZE)
    verdict = undefined_verdict(run_case(tmp_path / "checked", "u", Case("c"), 20).stderr)
    assert verdict is not None and message in verdict.message
    assert verdict.place is not None and (Path(verdict.place.file).name, verdict.place.line) == ("u.c", 3)


def test_defined_c_has_no_verdict(echo: Path) -> None:
    assert undefined_verdict(run_case(echo, "p", Case("c"), 10).stderr) is None


def test_c_that_gcc_refuses_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "bad.c").write_text("int main( {")
    with pytest.raises(CompileError, match=r"bad\.c:1"):
        build_c([CSource("bad.c", (), tmp_path)], (), tmp_path / "x")


def test_case_folder(tmp_path: Path) -> None:
    (tmp_path / "a.args").write_text("-v\ntwo words\n")
    (tmp_path / "a.in").write_bytes(b"\xff")
    (tmp_path / "b.in").write_bytes(b"")
    assert read_case_folder(tmp_path) == (Case("a", ("-v", "two words"), b"\xff"), Case("b"))
