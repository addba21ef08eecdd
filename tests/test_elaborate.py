"""Elaboration and linking by form: the IR's text for C that is easy to get wrong, and what the linker makes of units."""

from __future__ import annotations

from pathlib import Path

import pytest
from elaborate_oracle import program_of

from c2rust_py.diagnostics import Code, CompileError
from c2rust_py.ir.nodes import UnsupportedStatement, UnsupportedValue
from c2rust_py.ir.printer import print_function, print_value
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import INT, LONG, ArrayType, FunctionType, RecordType
from c2rust_py.ir.walk import walk_all


def text_of(program: Program, symbol: str = "f") -> str:
    """The body of a function in one line."""
    lines = print_function(program.functions[symbol], program).splitlines()[1:-1]
    return " ".join(line.strip() for line in lines)


def elaborated(folder: Path, c: str, symbol: str = "f") -> str:
    program, _ = program_of(folder, c)
    return text_of(program, symbol)


@pytest.mark.parametrize(
    ("c", "expected"),
    [
        ("int f(int *p) { return *p++; }", "return *{ int* t = p; p = t + 1; t };"),
        ("void f(int *p) { *p++ = 3; }", "*{ int* t = p; p = t + 1; t } = 3;"),
        ("int g(void); void f(int *p) { *p++ += g(); }", 
         "int t.2 = g(); int* t.3 = { int* t.1 = p; p = t.1 + 1; t.1 }; *t.3 = *t.3 + t.2;"),
        ("int g(void); void f(int n) { n += g(); }", "n = n + g();"),
        ("int g(int *); void f(int n) { n += g(&n); }", "int t = g(&n); n = n + t;"),
        ("void f(char *c) { *c += 300; }", "*c = (char)((int)*c + 300);"),
        ("int f(unsigned char c) { return ~c >> 1; }", "return ~(int)c >> 1;"),
        ("int f(unsigned a, int b) { return a < b; }", "return a < (unsigned int)b;"),
        ("long f(int a, unsigned b) { return 1L * a - b; }", "return (1 * (long)a) - (long)b;"),
        ("enum e { A, B }; int f(enum e x) { return x == B; }", "return (unsigned int)x == B;"),
        ("int f(int a) { return a && 0 || 3; }", "return (a && 0) || 3;"),
        ("char *f(int a, char *p) { return a ? p : 0; }", "return a ? p : zero;"),
        ("void f(int a) { a ? f(1) : f(2); }", "if (a) { f(1); } else { f(2); }"),
        ("void f(int a) { a && (a = 0, 1); }", "if (a) { a = 0; }"),
        ("struct s { unsigned a : 3; } x; int f(void) { return (x.a = 9) - 2; }", "return { x.a = 1; 1 } - 2;"),
        ("#define N 4\nint f(int a) { return a * N + (unsigned char)N; }", "return (a * N) + N;"),
        ("#define N 300\nint f(int a) { return (unsigned char)N; }", "return (int)(unsigned char)N;"),
        ("int f(int n) { int a[n][3]; return sizeof a; }",
         "unsigned long length = (unsigned long)n; int[3]* a; a = allocate(length * 12); return (int)(length * 12);"),
    ],
)  # fmt: skip
def test_form(c: str, expected: str, tmp_path: Path) -> None:
    assert elaborated(tmp_path, c) == expected


def test_initialisers(tmp_path: Path) -> None:
    """Brace elision, designators that go on, ranges, strings, and the last initialiser that wins."""
    c = """
    struct p { int x, y; };
    struct p a[3] = { 1, 2, { 3 }, .5 }, b[] = { [1].y = 4, 5, 6 };
    struct { int n; char s[4]; struct p q; } c = { 1, "ab", 7, 8 }, d = { .q.y = 3, .s = { 'x' } };
    int r[10] = { [2 ... 6] = 1, [4] = 2, 3, [0] = 9 };
    char t[] = "ab" "\\x63", u[2] = "xyz";
    union { float f; int i; } v = { .i = 3 }, w = { 2 };
    """
    program, _ = program_of(tmp_path, c)

    def shown(name: str) -> str:
        init = program.variables[name].init
        assert init is not None
        return print_value(init, None, program)

    assert shown("a") == "{[0] = {.x = 1, .y = 2}, [1] = {.x = 3}}"
    assert shown("b") == "{[1] = {.y = 4}, [2] = {.x = 5, .y = 6}}"
    assert shown("c") == '{.n = 1, .s = "ab\\x00\\x00", .q = {.x = 7, .y = 8}}'
    assert shown("d") == "{.s = {[0] = 120}, .q = {.y = 3}}"
    assert shown("r") == "{[0] = 9, [2 ... 3] = 1, [4] = 2, [5] = 3, [6] = 1}"
    assert shown("t") == '"abc\\x00"'
    assert shown("u") == '"xy"'
    assert shown("v") == "{.i = 3}"
    assert shown("w") == "{.f = 2.0}"
    assert program.variables["b"].type == ArrayType(RecordType("struct p"), 3)


UNSUPPORTED = {
    'int f(void) { __asm__("nop"); return 1; }': Code.INLINE_ASM,
    "int f(int x) { int g(void) { return x; } int (*p)(void) = g; return p(); }": Code.NESTED_FUNCTION,
    "typedef int v4 __attribute__((vector_size(16))); v4 f(v4 a) { return a + a; }": Code.VECTOR_TYPE,
    "int f(void) { return __builtin_ia32_rdtsc(); }": Code.BUILTIN_MISSING,
}


@pytest.mark.parametrize("c", UNSUPPORTED)
def test_unsupported_c_is_one_function(c: str, tmp_path: Path) -> None:
    program, _ = program_of(tmp_path, c + " int good(void) { return 1; }")
    found = [n for n in walk_all(program.functions["f"].body) if isinstance(n, UnsupportedStatement | UnsupportedValue)]
    assert [node.code for node in found][:1] == [str(UNSUPPORTED[c])]
    assert text_of(program, "good") == "return 1;"


INVALID = {
    "int f(void) { return x; }": Code.UNDECLARED,
    "int f(void) { goto out; }": Code.UNDECLARED,
    "struct s; int f(struct s *p) { return p->x; }": Code.INCOMPLETE_TYPE,
    "struct s { int a; }; int f(struct s *p) { return p->x; }": Code.MEMBER_MISSING,
    "int f(void) { return 1 + (struct { int a; }){1}; }": Code.TYPE_MISMATCH,
    "int f(int); int f(long);": Code.REDECLARED,
    "int f(int a) { return f(a, a); }": Code.CALL_MISMATCH,
    "int f(int a) { 3 = a; return 1; }": Code.NOT_LVALUE,
    "int n; int a[n];": Code.NOT_CONSTANT,
    "_Static_assert(sizeof(int) == 8, \"no\");": Code.STATIC_ASSERT,
    "int f(void) { break; }": Code.INVALID_STATEMENT,
}


@pytest.mark.parametrize("c", INVALID)
def test_invalid_c(c: str, tmp_path: Path) -> None:
    with pytest.raises(CompileError) as caught:
        program_of(tmp_path, c)
    assert caught.value.diagnostic.code is INVALID[c]
    assert caught.value.diagnostic.span is not None


def test_units_share_what_is_one(tmp_path: Path) -> None:
    """Opaque and private tags, statics of one name, tentative definitions, calls without a prototype."""
    (tmp_path / "list.h").write_text("struct list; struct item { int x; }; static int twice(int n) { return 2 * n; }\n")
    one = """#include "list.h"
        struct node { int a; }; static struct node n; struct list *head; int shared;
        static int help(void) { return n.a; }
        int f(struct item *i) { return help() + g(i->x) + (head != 0) + shared; }"""
    two = """#include "list.h"
        struct node { long b; }; static struct node n; struct list { int y; }; int shared = 4;
        static int help(void) { return n.b; }
        long g(long n) { struct item i = { help() }; return i.x + twice(n); }"""
    program, sink = program_of(tmp_path, one, two)
    assert {"unit0.c:help", "unit1.c:help", "unit1.c:twice", "f", "g"} == set(program.functions)
    assert program.variables["unit0.c:n"].type == RecordType("struct node")
    assert program.variables["unit1.c:n"].type == RecordType("struct node#2")
    assert program.records["struct list"].fields is not None
    assert [r for r in program.records if r.startswith("struct item")] == ["struct item"]
    assert program.variables["shared"].init is not None
    assert program.functions["g"].type == FunctionType(LONG, (LONG,))
    assert "(int)g((long)(*i).x)" in text_of(program, "f")
    assert not sink.has_errors


def test_definitions_of_one_name_clash(tmp_path: Path) -> None:
    _, sink = program_of(tmp_path, "int f(void) { return 1; } int x = 1;", "int f(void) { return 2; } int x = 2;")
    assert [d.code for d in sink.diagnostics] == [Code.MULTIPLE_DEFINITION] * 2


def test_inline_definitions_are_kept_where_nothing_else_is(tmp_path: Path) -> None:
    inline = "inline int f(int x) { return x; } "
    program, sink = program_of(tmp_path, inline + "int a(void) { return f(1); }", inline + "int b(void) { return f(2); }")
    assert set(program.functions) == {"a", "b", "f"} and not sink.has_errors


def test_old_style_definition(tmp_path: Path) -> None:
    """Parameters arrive promoted and are narrowed."""
    c = "int f(a, c) char c; { return a + c; } int g(void) { return f(1, 2); }"
    program, _ = program_of(tmp_path, c)
    assert program.functions["f"].type == FunctionType(INT, (INT, INT))
    assert "(char)" in text_of(program)


def test_library_types_say_so(tmp_path: Path) -> None:
    program, _ = program_of(tmp_path, "#include <stdio.h>\nint f(FILE *p) { return fputs(\"x\", p) + printf(\"%d\", 1); }")
    assert all(record.startswith("library:") for record in program.records)
    assert {symbol: e.from_library for symbol, e in program.externals.items()} == {"fputs": True, "printf": True}


def test_deep_nesting(tmp_path: Path) -> None:
    chain = "if (a == 0) return 1;" + "".join(f" else if (a == {i}) return {i};" for i in range(1, 5000))
    c = f"int f(int a) {{ {chain} return {'(' * 10000}a{')' * 10000}; }} int g(int a) {{ return a{'+a' * 9000}; }}"
    program, _ = program_of(tmp_path, c)
    assert set(program.functions) == {"f", "g"}


def test_addresses_fold(tmp_path: Path) -> None:
    """offsetof by hand is an integer constant expression, and so is a difference inside one object."""
    c = """struct s { int a; struct { char b, c[4]; } d; } x[3];
        int o[(unsigned long)&((struct s *)0)->d.c[2]]; long n = &x[2] - x, m = (char *)&x[1].d - (char *)x;"""
    program, _ = program_of(tmp_path, c)
    assert program.variables["o"].type == ArrayType(INT, 7)
    assert [print_value(program.variables[name].init or pytest.fail(name)) for name in ("n", "m")] == ["2", "16"]
