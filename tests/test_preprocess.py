"""Units, preprocessing, kept macros, comments, and the whole frontend on files."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pycparser import c_ast

from c2rust_py.diagnostics import Code, CompileError
from c2rust_py.frontend.comments import read_comments
from c2rust_py.frontend.gnu_c.lexer import keywords_for, tokenise
from c2rust_py.frontend.parse import ParsedUnit, parse_units
from c2rust_py.frontend.preprocess import Headers
from c2rust_py.frontend.units import find_units, relevant_flags


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def parse(folder: Path, files: dict[str, str | bytes], *flags: str) -> ParsedUnit:
    """The folder's first unit."""
    return parse_units(find_units([write(folder, files)], flags))[0]


def names_in(node: Any) -> set[str]:
    """The names of all ID nodes."""
    found = set()
    pending = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, c_ast.ID):
            found.add(here.name)
        pending.extend(child for _, child in here.children())
    return found


# Inputs ------------------------------------------------------------------------------------------------------------


def test_a_folder_gives_its_c_files_in_order(tmp_path: Path) -> None:
    write(tmp_path, {"b.c": "", "a.c": "", "sub/c.c": "", "h.h": "", ".hidden/d.c": ""})
    assert [unit.name for unit in find_units([tmp_path])] == ["a.c", "b.c", "sub/c.c"]


def test_a_compilation_database_gives_files_flags_and_outputs(tmp_path: Path) -> None:
    entries = [
        {"directory": "build", "file": "../a.c", "command": "cc -O2 -Wall -I ../inc -DX='a b' -c ../a.c -o a.o"},
        {
            "directory": str(tmp_path),
            "file": "b.c",
            "arguments": ["gcc", "-std=c99", "-MF", "x.d", "-march=native", "b.c"],
        },
        {"directory": ".", "file": "c.cpp", "arguments": ["g++", "c.cpp"]},
    ]
    write(tmp_path, {"compile_commands.json": json.dumps(entries), "a.c": "", "b.c": "", "inc/x.h": "", "build/k": ""})
    a, b = find_units([tmp_path], ["-DY", "-lm"])
    assert (a.name, a.flags, a.output) == ("a.c", ("-I", "../inc", "-DX=a b", "-DY"), "a.o")
    assert (b.name, b.flags, b.output) == ("b.c", ("-std=c99", "-DY"), None)


def test_flags_that_do_not_change_the_meaning_are_left_out() -> None:
    given = [
        "-c",
        "-o",
        "x.o",
        "-O3",
        "-g",
        "-fPIC",
        "-msse4",
        "-lm",
        "-L.",
        "-isystem",
        "d",
        "-include",
        "p.h",
        "-funsigned-char",
        "-U",
        "Q",
        "-std=gnu11",
        "f.c",
    ]
    assert relevant_flags(given) == ["-isystem", "d", "-include", "p.h", "-funsigned-char", "-U", "Q", "-std=gnu11"]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, Code.INPUT_EMPTY),
        ({"compile_commands.json": "{"}, Code.COMPILE_COMMANDS),
        ({"compile_commands.json": "{}"}, Code.COMPILE_COMMANDS),
        ({"compile_commands.json": '[{"file": "a.c"}]'}, Code.COMPILE_COMMANDS),
        ({"compile_commands.json": "[]"}, Code.INPUT_EMPTY),
    ],
)
def test_unusable_inputs_are_usage_errors(tmp_path: Path, files: dict[str, str | bytes], code: Code) -> None:
    with pytest.raises(CompileError) as failure:
        find_units([write(tmp_path, files)])
    assert (failure.value.diagnostic.code, failure.value.status) == (code, 2)


def test_a_missing_input_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(CompileError) as failure:
        find_units([tmp_path / "none.c"])
    assert (failure.value.diagnostic.code, failure.value.status) == (Code.INPUT_MISSING, 2)


# Kept macros -------------------------------------------------------------------------------------------------------

KEPT = {
    "literal": ("#define LIMIT 64\nint a[LIMIT];", {"LIMIT"}),
    "every kind of constant": (
        ("#define A 0x10u\n#define B -1\n#define C (A * 2 + sizeof(int))\n#define D 1.5f\n#define E 'x'\n#define F (-1)\n"
        "#define G ((unsigned char)200)\nint a[] = { A, B, C, E, F, G }; float d = D;"),
        set("ABCDEFG"),
    ),
    "unused": ("#define UNUSED 3\n", {"UNUSED"}),
    "in conditions of the preprocessor": ("#define N 3\n#if N > 2 && defined N\nint a[N];\n#endif\n", {"N"}),
    "as an argument": ("#define N 3\n#define TWICE(x) ((x) + (x))\nint a = TWICE(N);", {"N"}),
    "through another macro": ("#define N 3\n#define ALIAS N\nint a = ALIAS;", {"N"}),
    "twice the same": ("#define N 3\n#define N 3\nint a = N;", {"N"}),
    "strings": ('#define S "text"\nchar *s = S;', set()),
    "no parentheses": ("#define N 1 + 2\nint a = N * 3;", set()),
    "two parentheses": ("#define N (1) + (2)\nint a = N * 3;", set()),
    "redefined": ("#define N 3\nint a = N;\n#undef N\n#define N 4\nint b = N;", set()),
    "undefined later": ("#define N 3\nint a = N;\n#undef N\nint N = 5;", set()),
    "stringised": ("#define N 3\n#define STR(x) #x\n#define XSTR(x) STR(x)\nchar *s = XSTR(N);", set()),
    "pasted": ("#define N 3\n#define CAT(a, b) a##b\n#define XCAT(a, b) CAT(a, b)\nint XCAT(v, N);", set()),
    "only the broken one": (
        "#define N 3\n#define M 4\n#define CAT(a, b) a##b\n#define XCAT(a, b) CAT(a, b)\nint XCAT(v, N) = M;",
        {"M"},
    ),
    "what depends on the broken one": (
        "#define N 3\n#define M (N + 1)\n#define STR(x) #x\n#define XSTR(x) STR(x)\nchar *s = XSTR(N); int m = M;",
        set(),
    ),
    "used before its definition": ("enum {\nN = 3,\n#define N 3\nM = N };", set()),
    "subscript of a sign": ("#define N -1\nint a[2]; int f(void) { return N[a + 1]; }", set()),
    "call of a parenthesis": ("#define ARGS (1)\nint f(int); int g(void) { return f ARGS; }", set()),
    "argument list of an attribute": ("#define ARGS (16)\nchar a __attribute__((aligned ARGS));", set()),
    "condition with its parentheses": ("#define COND (1)\nint f(void) { if COND return 1; return 0; }", set()),
    "binary minus": ("#define N -1\nint f(int a) { return a N; }", set()),
    "pushed": ('#define N 3\n#pragma push_macro("N")\nint a = N;\n', {"N"}),
    "pushed and changed": (
        '#define N 3\n#pragma push_macro("N")\n#undef N\n#define N 4\nint a = N;\n#pragma pop_macro("N")\nint b = N;',
        set(),
    ),
    "function-like of the same name": ("#define N 3\nint a = N;\n#undef N\n#define N(x) x\nint b = N(2);", set()),
    "counter": ("#define N 3\nint a[] = { __COUNTER__, __COUNTER__, N, __LINE__ };", {"N"}),
    "recursive": ("enum { N = 1 };\n#define N N\n#define M (M)\nint a = N;", set()),
    "include guard": ("#ifndef G\n#define G\nint a;\n#endif", set()),
    "a member of the same name elsewhere": ("struct S { int N; } s; int f(void) { return s.N; }\n#define N 3\n", set()),
}


@pytest.mark.parametrize("name", KEPT)
def test_exactly_the_sound_macros_are_kept(tmp_path: Path, name: str) -> None:
    text, expected = KEPT[name]
    unit = parse(tmp_path, {"a.c": text})
    assert set(unit.macros) == expected
    assert tokens_expanded(unit, tmp_path, text) == plain_tokens(tmp_path)


def plain_tokens(folder: Path) -> list[str]:
    text = subprocess.run(["gcc", "-E", "a.c"], cwd=folder, capture_output=True, text=True, check=True).stdout
    return [token.value for token in tokenise(text, "a.c", keywords_for([])).tokens]


def tokens_expanded(unit: ParsedUnit, folder: Path, text: str) -> list[str]:
    """An independent check of the verifier: gcc expands the kept names in the text without their definitions."""
    remaining = "\n".join(
        "" if line.startswith(tuple(f"#define {name} " for name in unit.macros)) else line for line in text.split("\n")
    )
    definitions = [f"-D{macro.name}={macro.body}" for macro in unit.macros.values()]
    out = subprocess.run(
        ["gcc", "-E", *definitions, "-"], input=remaining, cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    return [token.value for token in tokenise(out, "a.c", keywords_for([])).tokens]


def test_a_kept_macro_says_what_it_is(tmp_path: Path) -> None:
    files = {
        "a.c": '#include "h.h"\nint a[LIMIT]; int f(int x) { switch (x) { case LIMIT: return 1; } return 0; }\n',
        "h.h": "\n/* How many. */\n#define LIMIT (BASE * 2)\n#define BASE 4 /* the base */\n",
    }
    unit = parse(tmp_path, files)
    limit = unit.macros["LIMIT"]
    assert (limit.body, limit.span.file, limit.span.line, limit.doc) == ("(BASE * 2)", "h.h", 3, "How many.")
    assert unit.macros["BASE"].doc == "the base" and not limit.is_library
    assert isinstance(limit.expression, c_ast.BinaryOp) and names_in(limit.expression) == {"BASE"}
    assert names_in(unit.ast) == {"LIMIT", "x"}
    assert limit.expression.coord.file == "h.h" and limit.expression.coord.line == 3


def test_library_macros_are_delivered_where_they_are_used(tmp_path: Path) -> None:
    unit = parse(tmp_path, {"a.c": "#include <limits.h>\nint a = INT_MAX;\n"})
    assert set(unit.macros) == {"INT_MAX"} and unit.macros["INT_MAX"].is_library


# Headers and errors ------------------------------------------------------------------------------------------------


def test_our_headers_are_taken_unless_one_is_missing(tmp_path: Path) -> None:
    ours = parse(tmp_path / "a", {"a.c": '#include <stdio.h>\nint main(void) { return puts("x"); }'})
    assert ours.headers is Headers.OURS and not ours.diagnostics
    system = parse(
        tmp_path / "b", {"a.c": '#include <stdio.h>\n#include <ftw.h>\nint main(void) { return puts("x"); }'}
    )
    assert system.headers is Headers.SYSTEM
    assert [str(item.code) for item in system.diagnostics] == ["C2RS-204"]


def test_vector_code_takes_its_portable_path(tmp_path: Path) -> None:
    text = "#if defined __SSE2__ || defined __AVX2__ || defined __OPTIMIZE__\n#error vector\n#endif\nint a;"
    assert len(parse(tmp_path, {"a.c": text}, "-O2", "-march=haswell").ast.ext) == 1


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("int a;\n#include <no/such.h>\n", Code.HEADER_MISSING, 2),
        ("int a;\n\n#error stop\n", Code.PREPROCESS, 3),
        ("int a;\nint f(void) { return 1 +; }\n", Code.SYNTAX, 2),
        ("#if 1\n", Code.PREPROCESS, 1),
        ('\n#include "h.h"\nint b;\n', Code.SYNTAX, 1),
        ("int f(void) {\n", Code.SYNTAX, 1),
        ("int a = 1\0 @;", Code.SYNTAX, 1),
    ],
)
def test_errors_name_their_place(tmp_path: Path, text: str, code: Code, line: int) -> None:
    with pytest.raises(CompileError) as failure:
        parse(tmp_path, {"a.c": text, "h.h": "int a"})
    diagnostic = failure.value.diagnostic
    assert failure.value.status == 3
    assert diagnostic.code is code and diagnostic.span is not None and diagnostic.span.line == line
    assert str(diagnostic).startswith(f"{diagnostic.span.file}:{line}: error[C2RS-2")
    assert diagnostic.span.file in ("a.c", "h.h")


def test_a_missing_compiler_is_a_missing_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CompileError) as failure:
        parse(tmp_path, {"a.c": "int a;"})
    assert (failure.value.diagnostic.code, failure.value.status) == (Code.TOOL_MISSING, 4)


def test_bytes_survive(tmp_path: Path) -> None:
    unit = parse(
        tmp_path,
        {"a.c": b'/* caf\xe9 */ char *a = "\xe9\xff"; /* \xc3\xa9 */ char *\xc3\xa9t\xc3\xa9 = "\xc3\xa9";\0\n'},
    )
    latin, utf8 = unit.ast.ext
    assert latin.init.value.encode("utf-8", "surrogateescape") == b'"\xe9\xff"'
    assert (utf8.name, utf8.init.value) == ("\u00e9t\u00e9", '"\u00e9"')


def test_line_endings_and_continuations(tmp_path: Path) -> None:
    text = (
        b"#pragma pack(1)\r\nstruct S { char a; int b; };\r\n#define N \\\r\n  3\r\nint a = N + \\\r\n1;\r\nint b;\r\n"
    )
    unit = parse(tmp_path, {"a.c": text})
    assert [attribute.name for attribute in unit.ast.ext[0].type.attributes] == ["pack"]
    assert [item.coord.line for item in unit.ast.ext] == [2, 5, 7]
    assert set(unit.macros) == {"N"}


def test_pragmas_that_might_matter_are_named(tmp_path: Path) -> None:
    text = '#pragma once_upon\n#pragma GCC diagnostic ignored "-Wall"\n#pragma STDC FENV_ACCESS ON\n#pragma weak f\nint a;\n'
    messages = [(item.code, item.span.line) for item in parse(tmp_path, {"a.c": text}).diagnostics if item.span]
    assert messages == [(Code.PRAGMA_IGNORED, 1), (Code.PRAGMA_IGNORED, 3), (Code.PRAGMA_IGNORED, 4)]


# Several units -----------------------------------------------------------------------------------------------------


def test_parallel_and_cached_runs_give_the_same(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"u{n}.c": f"#define N {n}\n#include <stddef.h>\n/* doc {n} */\nsize_t f{n}(void) {{ return N; }}\n"
        for n in range(5)
    }
    units = find_units([write(tmp_path / "src", files)])
    first = parse_units(units)
    runs = [
        parse_units(units, 2, tmp_path / "cache"),
        parse_units(units, 2, tmp_path / "cache"),
        parse_units(units, 1, tmp_path / "cache"),
    ]
    for run in runs:
        assert [summary(unit) for unit in run] == [summary(unit) for unit in first]
    entries = {entry: entry.stat().st_mtime_ns for entry in (tmp_path / "cache").iterdir()}
    assert len(entries) == 5
    (tmp_path / "src/u0.c").write_text("int changed;\n")
    changed = parse_units(units, 1, tmp_path / "cache")
    assert [item.name for item in changed[0].ast.ext] == ["changed"]
    assert {entry for entry in (tmp_path / "cache").iterdir()} > entries.keys()


def summary(unit: ParsedUnit) -> Any:
    names = [item.decl.name if isinstance(item, c_ast.FuncDef) else item.name for item in unit.ast.ext]
    macros = [(macro.name, macro.body, macro.span, macro.doc, macro.expression.value) for macro in unit.macros.values()]
    last = unit.ast.ext[-1]
    return unit.path, names, macros, unit.comments.doc_for(unit.path, last.coord.line), unit.diagnostics


def test_the_first_unit_that_fails_is_reported(tmp_path: Path) -> None:
    write(tmp_path, {"a.c": "int a;", "b.c": "int b", "c.c": "int c"})
    for jobs in (1, 2):
        with pytest.raises(CompileError) as failure:
            parse_units(find_units([tmp_path]), jobs)
        assert failure.value.diagnostic.span is not None and failure.value.diagnostic.span.file == "b.c"


def test_a_deep_unit_comes_through_a_worker(tmp_path: Path) -> None:
    text = "int f(int a) { return " + " + ".join(["(a"] * 5000) + ")" * 5000 + "; }"
    units = find_units([write(tmp_path, {"a.c": text, "b.c": "int b;"})])
    assert len(parse_units(units, 2)[0].ast.ext) == 1


# Comments ----------------------------------------------------------------------------------------------------------

COMMENTED = """\
/*
 * A list.
 * Licence: none.
 */
#include <stdio.h>

/* ---- section ---- */

/** How many nodes.
 *
 *  There are never more.
 */
#define LIMIT 64
#define SMALL 1 /* just one */
#define SMALLER 0   // none

/* A node. */
struct node {
    int key;            /* what it is sorted by */
    /* The next one,
       or null. */
    struct node *next;
    int a, b;           // two
};

enum color {
    RED,    /* like blood */
    GREEN,  // like grass
    /** like the sky */
    BLUE
};

// Adds x
// to the list.
static int
add(struct node *list, int x)
{
    /* inside */
    return x;
}

int counter; /* counts */

/* stands alone */

int undocumented;

//! bang
typedef int number;
"""


def test_comments_belong_to_declarations(tmp_path: Path) -> None:
    (tmp_path / "c.c").write_text(COMMENTED)
    comments = read_comments(tmp_path / "c.c")
    lines = COMMENTED.split("\n")

    def doc(text: str) -> str | None:
        return comments.docs.get(next(number for number, line in enumerate(lines, 1) if text in line))

    assert comments.head == "A list.\nLicence: none."
    assert doc("#define LIMIT") == "How many nodes.\n\nThere are never more."
    assert doc("#define SMALL") == "just one"
    assert doc("#define SMALLER") == "none"
    assert doc("struct node {") == "A node."
    assert doc("int key") == "what it is sorted by"
    assert doc("struct node *next") == "The next one,\nor null."
    assert doc("int a, b") == "two"
    assert doc("RED,") == "like blood"
    assert doc("GREEN,") == "like grass"
    assert doc("BLUE") == "like the sky"
    assert doc("add(struct") == "Adds x\nto the list."
    assert doc("return x") is None
    assert doc("int counter") == "counts"
    assert doc("int undocumented") is None
    assert doc("typedef int number") == "bang"


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_comments_of_headers_are_found_by_the_place_of_the_name(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "src/a.c": '#include "../inc/h.h"\nint f(void) { return 1; }\n',
        "inc/h.h": "/* Head. */\n\n/* Gives one. */\nint f(void);\n",
    }
    unit = parse(tmp_path, files)
    prototype = unit.ast.ext[0]
    assert unit.comments.doc_for(prototype.coord.file, prototype.coord.line) == "Gives one."
    assert unit.comments.head_of("inc/h.h") == "Head."
