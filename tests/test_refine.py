"""Beautifiers where they must hold back, and what they cost. That the output looks as it should is shown by the goldens."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent
from types import FrameType

import pytest

from c2rust_py.diagnostics import Sink
from c2rust_py.emit.workspace import render_workspace
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.options import Options
from c2rust_py.pipeline import translate_crates
from c2rust_py.refine import refine


def rust_of(tmp_path: Path, text: str) -> str:
    """The module that a C text becomes."""
    source = tmp_path / "case.c"
    source.write_text(dedent(text))
    (crate,) = translate_crates(Options((source,), Path("unused"), jobs=1, check=False)).crates
    files = render_workspace([crate], Sink()).files
    return files[f"crates/{crate.name}/src/{crate.modules[0].name}.rs"]


NUMBERS_THAT_STAY = {
    "another_value": "int f(int x) { if (x) return 1; return 2; }",
    "counted": "int f(int x) { int n = 0; if (x) n = 1; n += 1; return n; }",
    "printed": '#include <stdio.h>\nvoid f(int x) { int b = x > 1; printf("%d", b); printf("%d", b); }',
    "a_status": "int f(void) { return 0; }",
    "lent": "void g(int *p) { *p = 7; } int f(void) { int n = 0; g(&n); return n; }",
    "as_a_number": "static int f(int x) { return x > 0; } int g(int a, int b) { return f(a) + f(b); }",
    "the_program": "int main(int argc, char **argv) { return argc > 1; }",
}


@pytest.mark.parametrize("text", NUMBERS_THAT_STAY.values(), ids=NUMBERS_THAT_STAY.keys())
def test_numbers_stay_numbers(text: str, tmp_path: Path) -> None:
    assert "bool" not in rust_of(tmp_path, text)


def test_truth_is_a_number_where_c_counts_it(tmp_path: Path) -> None:
    text = """
        static int is_even(int n) { return n % 2 == 0; }
        int f(int n) { int c = 0; if (is_even(n)) c++; while (!is_even(n)) n++; return c + is_even(n); }
    """
    rust = rust_of(tmp_path, text)
    assert "fn is_even(n: i32) -> bool" in rust
    assert "while !is_even(n)" in rust
    assert "c + i32::from(is_even(n))" in rust


LOOPS_BY_INDEX = {
    "only_sometimes": "int f(const int *a, unsigned n) { int s = 0; for (unsigned i = 0; i < n; i++) if (i % 2) s += a[i]; return s; }",
    "after_an_exit": "int f(const int *a, unsigned n) { for (unsigned i = 0; i < n; i++) { if (i > 9) return 1; if (a[i]) return 2; } return 0; }",
    "after_a_call": "static int n_; void g(void) { n_++; } int f(const int *a, unsigned n) { int s = 0; for (unsigned i = 0; i < n; i++) { g(); s += a[i]; } return s; }",
    "maybe_negative": "int f(const int *a, int n) { int s = 0; for (int i = 0; i < n; i++) s += a[i]; return s; }",
    "other_elements_change": "void f(int *a, unsigned n) { for (unsigned i = 0; i < n; i++) { a[i] = 1; a[i + 1] = 2; } }",
}


@pytest.mark.parametrize("text", LOOPS_BY_INDEX.values(), ids=LOOPS_BY_INDEX.keys())
def test_loops_stay_over_indices(text: str, tmp_path: Path) -> None:
    rust = rust_of(tmp_path, text)
    assert "for i in 0..n" in rust


def test_loops_with_exits_take_what_is_there(tmp_path: Path) -> None:
    """C may pass any `n` where the loop always ends before."""
    text = "unsigned f(const int *a, unsigned n) { for (unsigned i = 0; i < n; i++) if (a[i] == 7) return 1; return 0; }"
    assert "in a.iter().take(n as usize)" in rust_of(tmp_path, text)


def test_bounds_that_change_are_read_each_time(tmp_path: Path) -> None:
    text = """
        struct list { int length, other; union { int n; float f; } u; };
        int a(struct list *l) { int s = 0; for (int i = 0; i < l->length; i++) { l->length--; s++; } return s; }
        int b(struct list *l, struct list m) { int s = 0; for (int i = 0; i < l->length; i++) { *l = m; s++; } return s; }
        int c(struct list *l) { int s = 0; for (int i = 0; i < l->length; i++) { l->other--; s++; } return s; }
    """
    rust = rust_of(tmp_path, text)
    assert rust.count("while i < l.length") == 2
    assert rust.count("for _ in 0..l.length") == 1


def test_narrow_counters_keep_their_wrap(tmp_path: Path) -> None:
    """A limit that the counter never gets to, and one that starts below zero: C compares it as a large number."""
    text = """
        int f(void) { int s = 0; for (unsigned i = 0; i < 5000000000UL; i++) if (s++ > 9) return s; return 0; }
        int g(void) { int s = 0; for (int i = -1; i < 10u; i++) s++; return s; }
    """
    rust = rust_of(tmp_path, text)
    assert "for " not in rust


STRUCTS_ONE_BY_ONE = {
    "reads_itself": "struct p { int x, y; }; struct p f(int a) { struct p v; v.x = a; v.y = v.x + 1; return v; }",
    "effects_in_another_order": "static int n; int g(void) { return n++; } int h(void) { return n--; } struct p { int x, y; }; struct p f(void) { struct p v; v.y = g(); v.x = h(); return v; }",
}


@pytest.mark.parametrize("text", STRUCTS_ONE_BY_ONE.values(), ids=STRUCTS_ONE_BY_ONE.keys())
def test_structs_are_made_step_by_step(text: str, tmp_path: Path) -> None:
    assert "let mut v = P {" in rust_of(tmp_path, text)


def test_structs_in_memory_have_a_layout(tmp_path: Path) -> None:
    text = """
        struct inner { int a; }; struct outer { struct inner i; struct outer *next; }; struct plain { int b; };
        long f(struct outer *o, struct plain p) { return o->next->i.a + p.b + (long)o; }
    """
    rust = rust_of(tmp_path, text)
    assert "layout! { Inner: 4, 4;" in rust
    assert "layout! { Outer: 16, 8;" in rust
    assert "layout! { Plain" not in rust


def test_fields_are_stepped_before_a_call_that_sees_them(tmp_path: Path) -> None:
    text = """
        struct s { int n; int a[9]; };
        int g(struct s *s, int i) { return s->n - i; }
        int f(struct s *s) { return g(s, s->n++); }
        void h(struct s *s, int c) { s->a[s->n++] = c; }
    """
    rust = rust_of(tmp_path, text)
    assert "s.a[s.n as usize] = c;\n    s.n += 1;" in rust


CHAINS = {
    "+": lambda n: "int f(int x) { return " + "+".join(["x"] * n) + "; }",
    "|": lambda n: "int f(int x) { return " + "|".join(["x"] * n) + "; }",
    "&&": lambda n: "int f(int x) { return " + "&&".join(["x"] * n) + "; }",
    "||": lambda n: "int f(int x) { return " + "||".join(["x > 3"] * n) + "; }",
    "<<": lambda n: "unsigned f(unsigned x) { return x" + "<<1" * n + "; }",
    "-": lambda n: "unsigned f(unsigned x) { return " + "-".join(["x"] * n) + "; }",
}


def _calls(tmp_path: Path, text: str) -> int:
    """How many functions run when the translation of a text is refined."""
    source = tmp_path / "chain.c"
    source.write_text(text)
    count = 0

    def counting(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    def measured() -> None:
        (crate,) = translate_crates(Options((source,), Path("unused"), jobs=1, check=False)).crates
        sys.setprofile(counting)
        try:
            refine(crate)
        finally:
            sys.setprofile(None)

    call_deeply(measured)
    return count


@pytest.mark.parametrize("operator", CHAINS)
def test_refine_is_linear_in_depth(operator: str, tmp_path: Path) -> None:
    short, long = (_calls(tmp_path, CHAINS[operator](n)) for n in (200, 800))
    assert long < 5 * short


def test_jumps_into_a_match_stay(tmp_path: Path) -> None:
    """A jump that does not end a branch, one too deep, and one whose way out is no return."""
    text = """
        int f(int a, int b, int c, int d) {
            int r = 0;
            if (a) goto out; r++; if (b) goto out; r++; if (c) goto out; r++; if (d) goto out; r++;
        out:
            return r * 2;
        }
        int g(int a, int b) {
            for (int i = a; i < b; i++) for (int j = i; j < b; j++) if (i * j > 50) goto found;
            return -1;
        found:
            a++;
            return a + b;
        }
    """
    rust = rust_of(tmp_path, text)
    assert rust.count("break 'done") == 5


def test_unequal_bounds_are_met_from_zero_alone(tmp_path: Path) -> None:
    text = """
        int f(int n) { int s = 0; for (int i = 0; i != n; i++) s++; return s; }
        int g(unsigned n) { int s = 0; for (unsigned i = 1; i != n; i++) s++; return s; }
        int h(unsigned n) { int s = 0; for (unsigned i = 0, e = n + 1; i != e; i++) s++; return s; }
        int k(unsigned n) { int s = 0; for (unsigned i = 0, e = i + n; i != e; i++) s++; return s; }
    """
    rust = rust_of(tmp_path, text)
    assert rust.count("while i != ") == 3
    assert rust.count("for _ in 0..e") == 1


def test_what_an_index_lends_out_is_lent_before(tmp_path: Path) -> None:
    text = """
        #include <stdio.h>
        char *last(char *to, int n) { to[n] = 0; return to + n - 1; }
        void f(int n) { char digits[40]; digits[0] = 'x'; printf("%s", last(digits, n)); }
    """
    rust = rust_of(tmp_path, text)
    assert "= last(&mut digits, n);\n" in rust
    assert "&digits[at..]" in rust


def test_a_declaration_in_two_branches_binds_in_each(tmp_path: Path) -> None:
    text = "unsigned f(int c, unsigned x) { unsigned n = 1; if (c) { n &= x; x = n * n; } else { x -= n; } return x; }"
    rust = rust_of(tmp_path, text)
    assert "let mut n: u32 = 1" in rust and "let n: u32 = 1" in rust
