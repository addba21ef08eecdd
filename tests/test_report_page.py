"""`c2rs report`: one page that holds everything, escapes everything, and loads nothing."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from c2rust_py.cli import run

SOURCE = """#include <stdio.h>
#include <stdlib.h>
/* Prints <b>markup</b> & more. */
static int twice(const int *x) {
    if (*x < 0) {
        return 0;
    }
    return 2 * *x;
}
int main(void) {
    int one = 1, *two = malloc(sizeof *two + 1);
    *two = 2;
    printf("<script>alert(%d)</script>\\n", twice(&one) + twice(two));
    return 0;
}
"""
VOID = {"meta"}


class Page(HTMLParser):
    """Checks that tags nest, and collects them with the text inside."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.pre: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "pre":
            self.pre.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "pre" in self.open:
            self.pre[-1] += data


@pytest.fixture
def project(tmp_path: Path) -> tuple[Path, Path]:
    source, out = tmp_path / "page.c", tmp_path / "out"
    source.write_text(SOURCE)
    assert run(["translate", str(source), "-o", str(out), "--no-check"]) == 0
    return source, out


def page_of(out: Path, *arguments: str) -> Page:
    assert run(["report", str(out), *arguments]) == 0
    return Page((out / "c2rs-report.html").read_text())


def test_c_stands_beside_rust_with_its_reasons(project: tuple[Path, Path]) -> None:
    page = page_of(project[1])
    twice_c, twice_rust, twice_why, main_c, main_rust, main_why = page.pre
    assert twice_c.splitlines() == SOURCE.splitlines()[3:9], "with the closing brace"
    assert twice_rust.startswith("/// Prints") and "fn twice(x: &i32) -> i32 {" in twice_rust
    assert "fn twice_in_memory(" in twice_rust, "both instances"
    assert "twice (page.c:4) is borrowed" in twice_why
    assert main_c.startswith("int main") and main_c.endswith("}") and "pub fn main(" in main_rust
    assert "page.c:11: it comes from `malloc`" in main_why


def test_everything_is_escaped_and_nothing_is_loaded(project: tuple[Path, Path]) -> None:
    page = page_of(project[1])
    assert "<script>" in page.pre[3], "as text"
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "b", "link", "img", "iframe", "a", "object"}
    assert not [attrs for _, attrs in page.tags if {"src", "href", "onclick"} & set(attrs)]
    policy = [attrs["content"] for tag, attrs in page.tags if tag == "meta" and "http-equiv" in attrs]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_it_works_without_the_c_and_is_repeatable(project: tuple[Path, Path]) -> None:
    source, out = project
    first = page_of(out)
    text = (out / "c2rs-report.html").read_text()
    assert page_of(out).pre == first.pre and (out / "c2rs-report.html").read_text() == text
    source.unlink()
    assert page_of(out).pre[0] == "page.c is not where it was"


def test_the_last_comparison_is_on_it(
    project: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    source, out = project
    (tmp_path / "c2rs.toml").write_text('[[case]]\nname = "a <i>case</i>"\n')
    assert run(["diff", str(source), str(out), "--dev"]) == 0
    page_of(out)
    text = (out / "c2rs-report.html").read_text()
    assert "<td>a &lt;i&gt;case&lt;/i&gt;</td><td>equal</td>" in text


def test_a_place_for_the_page(project: tuple[Path, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = project[1]
    assert run(["report", str(out), "-o", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").is_file() and not (out / "c2rs-report.html").exists()
    assert run(["report", str(out), "-o", str(tmp_path / "no" / "page.html")]) == 2
    assert "error[C2RS-106]: cannot write" in capfd.readouterr().err
    assert run(["report", str(tmp_path)]) == 2
    assert "is not a workspace of c2rs" in capfd.readouterr().err
