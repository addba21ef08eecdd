"""Names, place map, vendored runtime, and the writing of a workspace."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from c2rust_py.diagnostics import Code, CompileError, Sink, Span
from c2rust_py.emit.function_lines import function_lines
from c2rust_py.emit.manifest import Manifest, read_manifest, write_manifest
from c2rust_py.emit.place_map import AlignmentError, Place, place_map
from c2rust_py.emit.runtime import RUNTIME, read_runtime, vendor_runtime, without_tests
from c2rust_py.emit.set_aside_deep import put_back, set_aside_deep
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.emit.writer import write_files
from c2rust_py.ir.nodes import Block, Declare, If, IntConst
from c2rust_py.ir.program import Function, Local, LocalKind
from c2rust_py.ir.types import INT, FunctionType
from c2rust_py.project import crate_name
from c2rust_py.rust_ir import nodes as rust
from c2rust_py.rust_ir.printer import print_expr, print_items
from c2rust_py.to_rust.names import Case, Scope, name_locals, to_case

INT_TYPE = rust.PathType("i32")
HERE = Span("src/list.c", 1)


@pytest.mark.parametrize(
    ("name", "snake", "camel", "upper"),
    [
        ("fooBar", "foo_bar", "FooBar", "FOO_BAR"),
        ("parseHTTPHeader_2", "parse_http_header_2", "ParseHttpHeader2", "PARSE_HTTP_HEADER_2"),
        ("_hidden", "_hidden", "Hidden", "_HIDDEN"),
        ("x1_2", "x1_2", "X1_2", "X1_2"),
        ("LIMIT", "limit", "Limit", "LIMIT"),
        ("a$b", "a_b", "AB", "A_B"),
        ("___", "___u", "Underscores", "___u"),
    ],
)
def test_casing(name: str, snake: str, camel: str, upper: str) -> None:
    assert (to_case(name, Case.SNAKE), to_case(name, Case.CAMEL), to_case(name, Case.UPPER)) == (snake, camel, upper)


def test_collisions_and_keywords_are_told_apart() -> None:
    scope = Scope(keep=False)
    wanted = ["fooBar", "foo_bar", "FOO_bar", "type", "Type", "mem", "self", "_"]
    names = [scope.claim(name, Case.SNAKE) for name in wanted]
    assert names == ["foo_bar", "foo_bar_2", "foo_bar_3", "type_", "type_2", "mem_2", "self_", "_u"]


def test_kept_names() -> None:
    assert Scope(keep=True).claim("fooBar", Case.SNAKE) == "fooBar"


def test_locals_share_a_name_only_apart() -> None:
    def variable(id: int, name: str) -> Local:
        return Local(id, name, INT, LocalKind.VARIABLE, HERE)

    def declare(id: int) -> Declare:
        return Declare(id, None, HERE)

    branches = If(IntConst(1, INT, HERE), (declare(2),), (declare(3),), HERE)
    body = (declare(1), Block((declare(4),), HERE), branches)
    locals = (
        replace(variable(0, "n"), kind=LocalKind.PARAM),
        *(variable(i, name) for i, name in enumerate(["i", "j", "j", "i"], 1)),
    )
    function = Function("f", "f", FunctionType(INT, (INT,)), locals, body, False, False, "a.c", HERE, 9)
    assert name_locals(function, {"n"}) == ("n_2", "i", "j", "j", "i_2")


def test_functions_end_where_their_bodies_do() -> None:
    text = "fn a() {}\n\npub fn b<'a>(\n    x: &'a u8,\n) -> u8 {\n    for _ in 0..4 {}\n    *x\n}\n\nfn c(\n    x: u8,\n) {}\n"
    assert function_lines(text) == {"a": range(1, 2), "b": range(3, 9), "c": range(10, 13)}


def test_place_map_follows_the_words() -> None:
    text = "use b::c;\nuse a::b;\nfn f(x: i32) -> i32 { let y = x; g(y, y) }"
    formatted = (
        "use a::b;\nuse b::c;\n\nfn f(x: i32) -> i32 {\n    let y = x;\n    g(\n        y,\n        y,\n    )\n}\n"
    )
    marks = [(text.index("fn"), HERE), (text.index("let"), Span("src/list.c", 2)), (text.index("g("), Span("h.h", 3))]
    assert place_map(text, marks, formatted) == (
        Place(4, "src/list.c", 1),
        Place(5, "src/list.c", 2),
        Place(6, "h.h", 3),
    )


def test_place_map_refuses_other_words() -> None:
    with pytest.raises(AlignmentError, match="word 1 was `f` and is `g`"):
        place_map("fn f() {}", [(0, HERE)], "fn g() {}")


def test_runtime_modules_follow_the_names() -> None:
    assert vendor_runtime(["fn main() {}"]) == {}
    files = vendor_runtime(["use c2rs_rt::{memory::Ptr, Memory};"])
    assert "src/memory/mod.rs" in files and not any(path.startswith("src/stdio") for path in files)
    assert "pub mod memory;" in files["src/lib.rs"] and "stdio;" not in files["src/lib.rs"]
    assert "src/memory/tests.rs" not in files and "cfg(test)" not in "".join(files.values())
    assert "#![forbid(unsafe_code)]" in files["src/lib.rs"]


def test_runtime_modules_are_closed_over_their_needs() -> None:
    runtime = read_runtime(RUNTIME)
    for name, module in runtime.modules.items():
        assert module.files, name
        assert module.needs <= set(runtime.modules), name


def test_tests_are_left_out() -> None:
    text = "pub fn f() {}\n\n#[cfg(test)]\nmod tests {\n    fn t() {\n    }\n}\n"
    assert without_tests(text) == "pub fn f() {}\n"


def write(out: Path, files: dict[str, str]) -> tuple[Sink, tuple[str, ...]]:
    sink = Sink()
    return sink, write_files(out, files, Manifest(), sink).changed


def test_only_changes_are_written(tmp_path: Path) -> None:
    assert write(tmp_path, {"Cargo.toml": "a", "src/x.rs": "b"})[1] == ("Cargo.toml", "src/x.rs")
    stamp = (tmp_path / "src/x.rs").stat().st_mtime_ns
    assert write(tmp_path, {"Cargo.toml": "c", "src/x.rs": "b"})[1] == ("Cargo.toml",)
    assert (tmp_path / "src/x.rs").stat().st_mtime_ns == stamp
    write(tmp_path, {"Cargo.toml": "c"})
    assert not (tmp_path / "src").exists()


def test_hand_edited_file_is_kept_and_named(tmp_path: Path) -> None:
    write(tmp_path, {"Cargo.toml": "a", "x.rs": "b"})
    (tmp_path / "x.rs").write_text("mine")
    for _ in range(2):
        sink, changed = write(tmp_path, {"Cargo.toml": "a", "x.rs": "new"})
        assert (tmp_path / "x.rs").read_text() == "mine"
        assert changed == ()
        assert [d.code for d in sink.diagnostics] == [Code.HAND_EDITED]
    write(tmp_path, {"Cargo.toml": "a"})
    assert (tmp_path / "x.rs").read_text() == "mine"


def test_folders_of_stale_files_go(tmp_path: Path) -> None:
    write(tmp_path, {"a/b/c.rs": "1", "a/b/d.rs": "2", "a/e.rs": "3", "f.rs": "4"})
    write(tmp_path, {"f.rs": "4"})
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "f.rs").read_text() == "4"


def test_what_is_too_deep_is_set_aside_and_put_back() -> None:
    def deep(levels: int) -> rust.Expr:
        expr: rust.Expr = rust.Name("start")
        for _ in range(levels):
            expr = rust.Call(rust.Name("identity"), (rust.Binary("<", expr, rust.Cast(rust.Name("limit"), INT_TYPE)),))
        return expr

    shallow = rust.Let("a", None, deep(4))
    value = rust.Let("b", None, deep(40))
    head = rust.ExprStatement(rust.If(deep(30), rust.Block((rust.ExprStatement(deep(50)),))))
    function = rust.FunctionItem("f", False, (), None, rust.Block((shallow, value, head)), None, HERE)
    items, aside = set_aside_deep((function,))
    assert len(aside) == 3
    text = print_items(items).text
    assert text.count("identity") == 4
    assert put_back(text, aside).split() == print_items((function,)).text.split()


def test_foreign_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text("somebody's")
    with pytest.raises(CompileError) as caught:
        write(tmp_path, {"Cargo.toml": "a"})
    assert caught.value.diagnostic.code is Code.OUTPUT_UNWRITABLE
    assert (tmp_path / "Cargo.toml").read_text() == "somebody's"


def test_a_commit_that_died_is_completed(tmp_path: Path) -> None:
    """Between two renames: one file is new, one is old, and the manifest has the new hashes as pending."""
    write(tmp_path, {"Cargo.toml": "a", "x.rs": "old"})
    before = read_manifest(tmp_path)
    write(tmp_path, {"Cargo.toml": "b", "x.rs": "new"})
    after = read_manifest(tmp_path)
    assert before is not None and after is not None
    (tmp_path / "x.rs").write_text("old")
    write_manifest(tmp_path, replace(before, pending=after.files))
    sink, changed = write(tmp_path, {"Cargo.toml": "b", "x.rs": "new"})
    assert (changed, sink.diagnostics) == (("x.rs",), [])


def test_casts_before_less_and_shift_have_parentheses() -> None:
    cast = rust.Cast(rust.Name("a"), INT_TYPE)
    total = rust.Binary("+", rust.Name("b"), cast)
    assert print_expr(rust.Binary("<", cast, rust.Name("c"))) == "(a as i32) < c"
    assert print_expr(rust.Binary("<", total, rust.Name("c"))) == "(b + a as i32) < c"
    assert print_expr(rust.Binary("<=", total, rust.Name("c"))) == "b + a as i32 <= c"
    shifts = rust.Binary(">>", rust.Binary("<<", cast, rust.Literal("24")), rust.Literal("16"))
    assert print_expr(shifts) == "(a as i32) << 24 >> 16"
    assert print_expr(rust.Binary("<<", rust.Binary(">>", rust.Name("b"), cast), rust.Name("c"))) == "b >> (a as i32) << c"


def small_crate() -> rust.Crate:
    call = rust.ExprStatement(rust.Call(rust.Name("std::process::exit"), (rust.Literal("3"),)), Span("src/list.c", 7))
    body = rust.Block((call,))
    function = rust.FunctionItem("c_main", True, (), None, body, "The\n\nentry.", Span("src/list.c", 5))
    main = rust.FunctionItem("main", False, (), None, rust.Block((), rust.Call(rust.Name("c_main"), ())), None, HERE)
    module = rust.Module("list", "Lists.", (), (function,))
    return rust.Crate("words", (module,), (rust.Program("words", ("words::list::c_main",), (main,)),))


def test_parts_of_the_runtime_are_told_apart_where_they_share_a_target_folder() -> None:
    def runtime_manifest(callee: str) -> str:
        body = rust.Block((rust.ExprStatement(rust.Call(rust.Name(callee), ())),))
        module = rust.Module("list", None, (), (rust.FunctionItem("f", True, (), None, body, None, HERE),))
        return render_workspace([rust.Crate("words", (module,), ())], Sink()).files["crates/c2rs-rt/Cargo.toml"]

    assert runtime_manifest("c2rs_rt::stdlib::abort") == runtime_manifest("c2rs_rt::stdlib::rand")
    assert runtime_manifest("c2rs_rt::stdlib::abort") != runtime_manifest("c2rs_rt::math::sqrt")


def test_workspace_builds_and_is_formatted(tmp_path: Path) -> None:
    workspace = render_workspace([small_crate()], Sink())
    assert workspace == render_workspace([small_crate()], Sink())
    write_files(tmp_path, workspace.files, Manifest(), Sink())
    module = workspace.files["crates/words/src/list.rs"]
    line = {place.line: place.rust_line for place in workspace.places["crates/words/src/list.rs"]}
    assert "exit(3)" in module.splitlines()[line[7] - 1]
    assert "pub fn c_main" in module.splitlines()[line[5] - 1]
    roots = [str(p) for p in tmp_path.glob("crates/words/src/**/*.rs")]
    assert all(
        "#![forbid(unsafe_code)]" in Path(p).read_text() for p in roots if p.endswith(("lib.rs", "bin/words.rs"))
    )
    subprocess.run(["rustfmt", "--check", "--edition", "2021", *(p for p in roots if "places" not in p)], check=True)


@pytest.mark.parametrize("name", ["mod", "build", "deps", "test", "self", "9lives", "ünï", "c2rs-rt", "My prog.2"])
def test_cargo_takes_the_name_of_every_file(name: str, tmp_path: Path) -> None:
    """Keywords are no package names, and programs cannot be called as cargo's own folders are."""
    program = tmp_path / "src" / "bin" / f"{crate_name(name)}.rs"
    program.parent.mkdir(parents=True)
    program.write_text("fn main() {}\n")
    (tmp_path / "Cargo.toml").write_text(f'[package]\nname = "{crate_name(name)}"\nedition = "2021"\n[workspace]\n')
    command = ["cargo", "metadata", "--offline", "--no-deps", "--format-version", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
