"""The function oracle: what it finds in translations that were made wrong, and that right ones are equal."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from c2rust_py.cli import run
from c2rust_py.function_comparison import compare_functions
from c2rust_py.options import Options
from c2rust_py.oracle.confine import Confinement
from c2rust_py.oracle.functions.signatures import Passing, global_fields, read_functions
from c2rust_py.oracle.functions.verdicts import FunctionOptions, FunctionVerdict, Outcome
from c2rust_py.pipeline import translate_project

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "functions"
OPTIONS = FunctionOptions(count=10_000, timeout=0.5, limit=300.0, jobs=2)
"""The limit is by the clock: none that a busy machine comes to."""


@pytest.fixture(scope="module", autouse=True)
def target_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One build of the runtime and the harness for all tests here."""
    if "CARGO_TARGET_DIR" not in os.environ:
        patch = pytest.MonkeyPatch()
        patch.setenv("CARGO_TARGET_DIR", str(tmp_path_factory.getbasetemp().parent / "functions-target"))


def _translate(name: str, out: Path) -> Path:
    source = FIXTURES / f"{name}.c"
    translate_project(Options((source,), out, check=False))
    return source


def _change(out: Path, name: str, *changes: tuple[str, str]) -> None:
    module = out / "crates" / name / "src" / f"{name}.rs"
    text = module.read_text()
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} in\n{text}"
        text = text.replace(old, new)
    module.write_text(text)


def _by_name(verdicts: tuple[FunctionVerdict, ...]) -> dict[str, FunctionVerdict]:
    return {verdict.name: verdict for verdict in verdicts}


@pytest.mark.slow
@pytest.mark.parametrize("confinement", [None, Confinement()], ids=["open", "confined"])
def test_objects_are_equal(confinement: Confinement | None, tmp_path: Path) -> None:
    source = _translate("objects", tmp_path / "out")
    options = replace(OPTIONS, confinement=confinement)
    verdicts = _by_name(compare_functions(source, tmp_path / "out", options=options))
    assert {name: v.reason for name, v in verdicts.items() if v.outcome is not Outcome.EQUAL} == {
        "main": "it is the program"
    }
    for name, verdict in verdicts.items():
        if name != "main":
            assert verdict.comparisons + verdict.undefined + verdict.dropped == OPTIONS.count, name
            assert verdict.coverage is not None, name
            unreached = verdict.coverage.lines - verdict.coverage.lines_reached
            assert unreached == (name == "push"), name  # what it does when malloc fails


@pytest.mark.slow
def test_objects_of_arenas_are_equal(tmp_path: Path) -> None:
    """Lists, trees, queues and graphs in pools, as the C has them in memory: all lines are reached but those for a malloc that
    fails, and few inputs are undefined."""
    source = _translate("graphs", tmp_path / "out")
    verdicts = _by_name(compare_functions(source, tmp_path / "out", options=OPTIONS))
    assert {name: v.reason for name, v in verdicts.items() if v.outcome is not Outcome.EQUAL} == {"main": "it is the program"}
    for name, verdict in verdicts.items():
        if name != "main":
            assert "@memory" not in verdict.symbol, verdict
            assert verdict.undefined < OPTIONS.count // 2, verdict
            assert verdict.coverage is not None, verdict
            unreached = verdict.coverage.lines - verdict.coverage.lines_reached
            assert unreached == (name in ("insert_sorted", "copy_list", "replace_next", "put", "hire")), verdict


@pytest.mark.slow
def test_results_that_own_may_be_null(tmp_path: Path) -> None:
    """No elements are null; where C has allocated no bytes, there may be an element that nobody looks at."""
    out = tmp_path / "out"
    for verdict in compare_functions(_translate("owners", out), out, options=OPTIONS):
        if verdict.name != "main":
            assert verdict.outcome is Outcome.EQUAL, (verdict.name, verdict.reason)
            assert verdict.coverage is not None and verdict.coverage.percent == 100, verdict


@pytest.mark.slow
def test_graphs_are_made_smaller_and_kept(tmp_path: Path) -> None:
    """What fails is a graph with no object too many, and is tried first the next time."""
    out = tmp_path / "out"
    source = _translate("graphs", out)
    _change(
        out,
        "graphs",
        ("    globals.trees[t].right = globals.trees[top].left;\n", "    globals.trees[t].right = Id::NULL;\n"),
        ("        globals.jobs[tmp].prev = globals.jobs[j].prev;\n", "        globals.jobs[tmp].prev = j;\n"),
    )
    names = ["rotate_tree", "unlink_job"]
    verdicts = _by_name(compare_functions(source, out, names=names, options=OPTIONS))
    rotated, unlinked = (verdicts[name] for name in names)
    assert rotated.reason == "t->right: C #3, Rust null", rotated
    assert (rotated.input or "").splitlines() == [
        "t = &#1",
        "#1 = {key: 0, count: 0, left: null, right: &#2}",
        "#2 = {key: 0, count: 0, left: &#3, right: null}",
        "#3 = {key: 0, count: 0, left: null, right: null}",
    ]
    assert unlinked.reason == "#4.prev: C null, Rust #3" and len((unlinked.input or "").splitlines()) == 5, unlinked
    again = _by_name(compare_functions(source, out, names=names, options=FunctionOptions(seed=2, count=0)))
    assert {(v.outcome, v.replayed, v.reason) for v in again.values()} == {
        (Outcome.DIFFERS, 1, rotated.reason),
        (Outcome.DIFFERS, 1, unlinked.reason),
    }


@pytest.mark.slow
def test_lengths_are_learned(tmp_path: Path) -> None:
    """Where no fact says how long a buffer is, few inputs are undefined, all lines are reached, and what reads or writes one
    element more than the C is found: buffers fit exactly."""
    out = tmp_path / "out"
    source = _translate("lengths", out)
    for verdict in compare_functions(source, out, options=OPTIONS):
        assert verdict.outcome is Outcome.EQUAL, (verdict.name, verdict.reason)
        assert verdict.undefined < OPTIONS.count // 50, verdict
        assert verdict.coverage is not None and verdict.coverage.percent == 100, verdict
    _change(
        out,
        "lengths",
        ("pub fn transpose(m: &[i32], rows: i32, cols: i32, out: &mut [i32]) {\n", "pub fn transpose(m: &[i32], rows: i32, cols: i32, out: &mut [i32]) {\n    if rows == 3 && cols == 2 { let _ = out[6]; }\n"),
        ("pub fn dot(a: &[f64], b: &[f64], mut n: u64) -> f64 {\n", "pub fn dot(a: &[f64], b: &[f64], mut n: u64) -> f64 {\n    if n == 4 { let _ = b[4]; }\n"),
    )
    verdicts = _by_name(compare_functions(source, out, names=["transpose", "dot"], options=OPTIONS))
    assert {name: v.outcome for name, v in verdicts.items()} == {"transpose": Outcome.PANICS, "dot": Outcome.PANICS}


OWNERS = """#include <stdlib.h>

struct list { int *items; int used, room; };
struct pair { struct list first, second; };
struct range { int low, high; double mean; };

static void list_add(struct list *l, int item)
{
    if (l->used == l->room) {
        l->room = l->room ? 2 * l->room : 4;
        l->items = realloc(l->items, l->room * sizeof *l->items);
    }
    l->items[l->used++] = item;
}

static int pair_size(const struct pair *p) { return p->first.used + p->second.used; }

/* The numbers below `n` that three divides. */
int thirds(unsigned n)
{
    struct list l = {NULL, 0, 0};
    struct pair p = {{NULL, 0, 0}, {NULL, 0, 0}};
    for (unsigned i = 0; i < n % 100; i++)
        if (i % 3 == 0)
            list_add(&l, (int)i);
    int last = l.used ? l.items[l.used - 1] : 0;
    free(l.items);
    return last + pair_size(&p);
}

struct range range_of(const int *a, unsigned n)
{
    struct range r = {0};
    for (unsigned i = 0; i < n; i++) {
        if (i == 0 || a[i] < r.low)
            r.low = a[i];
        if (i == 0 || a[i] > r.high)
            r.high = a[i];
        r.mean += (double)a[i] / n;
    }
    return r;
}
"""


@pytest.mark.slow
def test_structs_that_own_are_named(tmp_path: Path) -> None:
    """What works on them is not compared by itself, what makes its own is."""
    source = tmp_path / "owners.c"
    source.write_text(OWNERS)
    translate_project(Options((source,), tmp_path / "out", check=False))
    verdicts = _by_name(compare_functions(source, tmp_path / "out", options=OPTIONS))
    owns = "owns what it points to in the Rust"
    assert {name: v.reason for name, v in verdicts.items() if v.outcome is not Outcome.EQUAL} == {
        "list_add": f"`list` {owns}",
        "pair_size": f"`pair` {owns}",
    }
    assert {"thirds", "range_of"} < verdicts.keys()


@pytest.mark.slow
def test_positions_in_one_array(tmp_path: Path) -> None:
    out = tmp_path / "out"
    source = _translate("positions", out)
    for verdict in compare_functions(source, out, options=OPTIONS):
        assert verdict.outcome is Outcome.EQUAL, (verdict.name, verdict.reason)
        assert verdict.coverage is not None and verdict.coverage.percent == 100, verdict
    wrong = ("from[from_at] < from[from_at + 1]", "from[from_at] <= from[from_at + 1]")
    _change(out, "positions", wrong, ("Some(to as usize)", "Some(to as usize + 1)"))
    verdicts = _by_name(compare_functions(source, out, names=["rises", "last"], options=OPTIONS))
    assert {name: v.outcome for name, v in verdicts.items()} == {"rises": Outcome.DIFFERS, "last": Outcome.DIFFERS}


@pytest.mark.slow
def test_ends_in_front_of_an_array_are_undefined(tmp_path: Path) -> None:
    """The C never looks at what `a + n` with a negative `n` leads to: that it is there is undefined."""
    out = tmp_path / "out"
    source = _translate("ends", out)
    for verdict in compare_functions(source, out, options=OPTIONS):
        assert verdict.outcome is Outcome.EQUAL, (verdict.name, verdict.reason)
        assert verdict.undefined < OPTIONS.count // 20, verdict
        assert verdict.coverage is not None and verdict.coverage.percent == 100, verdict
    wrong = ("a[..n as usize]", "a[..n as usize + usize::from(n == 3)]")
    _change(out, "ends", wrong, ("    n as usize\n", "    n as usize + usize::from(n == 0)\n"))
    verdicts = _by_name(compare_functions(source, out, names=["sum_below", "behind"], options=OPTIONS))
    assert {name: v.outcome for name, v in verdicts.items()} == {"sum_below": Outcome.PANICS, "behind": Outcome.DIFFERS}


@pytest.mark.slow
def test_references_may_be_missing(tmp_path: Path) -> None:
    """Null is an input where the C may be given it, and failing inputs become null where they fail without what is there."""
    out = tmp_path / "out"
    source = _translate("options", out)
    for verdict in compare_functions(source, out, options=OPTIONS):
        if verdict.name != "main":
            assert verdict.outcome is Outcome.EQUAL, (verdict.name, verdict.reason)
            assert (verdict.undefined > OPTIONS.count // 50) == (verdict.name == "pick"), verdict
            assert verdict.coverage is not None and verdict.coverage.percent == 100, verdict
    _change(
        out,
        "options",
        ("            values[i as usize] as i64\n", "            values[i as usize] as i64 + i64::from(n == 5)\n"),
        ("    value as i32\n", "    value as i32 + i32::from(n == 2)\n"),
        ("            to[i as usize] = sum;\n", "            to[i as usize] = sum + u32::from(n == 4);\n"),
        ("        return -1;\n", "        return 0;\n"),
        ("    values.unwrap()[(at & 3)", "    values.unwrap()[(at & 7)"),
    )
    verdicts = _by_name(compare_functions(source, out, options=OPTIONS))
    inputs = {name: dict(line.split(" = ", 1) for line in (v.input or "").splitlines()) for name, v in verdicts.items()}
    assert inputs["weigh"]["weights"] == "null" and inputs["weigh"]["n"] == "5", inputs
    assert inputs["parse"]["end"] == "null", inputs
    assert inputs["sums"]["from"] == "null" and inputs["sums"]["to"] != "null" and inputs["sums"]["n"] == "4", inputs
    assert inputs["letters"] == {"s": "null", "c": "0"}, inputs
    assert inputs["pick"]["values"] != "null" and verdicts["pick"].outcome is Outcome.PANICS, inputs
    again = _by_name(compare_functions(source, out, names=["letters"], options=FunctionOptions(seed=2, count=0)))
    assert again["letters"].outcome is Outcome.DIFFERS and again["letters"].replayed == 1
    _change(
        out,
        "options",
        ("letters(s: Option<&[u8]>", "letters(s: &[u8]"),
        ("    let Some(s) = s else {\n        return 0;\n    };\n", ""),
        ('letters(Some(b"banana\\0")', 'letters(b"banana\\0"'),
        ("letters(None", 'letters(b"\\0"'),
    )
    again = _by_name(compare_functions(source, out, names=["letters"], options=OPTIONS))
    assert again["letters"].outcome is Outcome.EQUAL and again["letters"].replayed == 0  # null is no input any more


@pytest.mark.slow
def test_what_is_wrong_is_found_and_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    source = _translate("scalars", out)
    _change(
        out,
        "scalars",
        ("a = b;", "a = b + (b == 77) as u32;"),
        ("pub fn add(a: i32, b: i32) -> i32 {\n", "pub fn add(a: i32, b: i32) -> i32 {\n    if a == 12 { loop {} }\n"),
        (
            "pub fn celsius(",
            'pub fn celsius(_fahrenheit: f64) -> f64 {\n    unimplemented!("c2rs: asm")\n}\npub fn other(',
        ),
        ("fn hidden(x: i32) -> i32 {\n", 'fn hidden(x: i32) -> i32 {\n    assert!(x != 100, "a hundred");\n'),
        ("pub fn sign(x: i32) -> i32 {\n", "pub fn sign(x: i32) -> i32 {\n    if x == 3 { std::process::exit(9) }\n"),
        (
            "pub fn is_leap(year: i32) -> bool {\n",
            "pub fn is_leap(year: i32) -> bool {\n    if year == 4 { std::process::abort() }\n",
        ),
    )
    verdicts = _by_name(compare_functions(source, out, options=OPTIONS))
    assert {name: v.outcome for name, v in verdicts.items()} == {
        "sign": Outcome.DIFFERS,
        "gcd": Outcome.DIFFERS,
        "days_in_month": Outcome.EQUAL,
        "is_leap": Outcome.CRASHES,
        "rotate": Outcome.EQUAL,
        "clamp": Outcome.EQUAL,
        "digits": Outcome.EQUAL,
        "isqrt": Outcome.EQUAL,
        "celsius": Outcome.NOT_COMPARED,
        "hidden": Outcome.PANICS,
        "shown": Outcome.PANICS,
        "add": Outcome.HANGS,
    }
    assert verdicts["sign"].reason == "the Rust exits with 9, the C does not"
    assert verdicts["sign"].input == "x = 3\n"
    assert verdicts["hidden"].input == "x = 100\n"
    assert "a hundred" in (verdicts["hidden"].reason or "")
    assert "c2rs: asm" in (verdicts["celsius"].reason or "")
    again = _by_name(compare_functions(source, out, names=["gcd"], options=FunctionOptions(seed=2, count=1)))
    assert again["gcd"].outcome is Outcome.DIFFERS
    assert again["gcd"].replayed == 1


@pytest.mark.slow
def test_what_the_c_does_not_come_back_from_is_a_verdict(tmp_path: Path) -> None:
    source, out = tmp_path / "spin.c", tmp_path / "out"
    source.write_text(
        "int spin(int x) { while (x == 12) ; return x; }\nint trap(int x) { if (x == 12) __builtin_trap(); return x; }\n"
    )
    translate_project(Options((source,), out, check=False))
    options = replace(OPTIONS, count=30)  # each call that hangs takes its time
    assert {v.outcome for v in compare_functions(source, out, options=options)} == {Outcome.EQUAL}
    _change(out, "spin", ("    while x == 12 {}\n", ""))
    spin, trap = compare_functions(source, out, options=options)
    assert (spin.outcome, spin.input) == (Outcome.DIFFERS, "x = 12\n")
    assert spin.reason == "the C does not come back in time, the Rust does"
    assert trap.outcome is Outcome.EQUAL and trap.undefined > 0


@pytest.mark.slow
def test_what_fills_a_stub_is_heard_and_has_its_globals(tmp_path: Path) -> None:
    source, out = tmp_path / "show.c", tmp_path / "out"
    source.write_text(
        "#include <stdio.h>\nstatic unsigned shown;\n"
        'unsigned show(unsigned x) { __asm__("bswap %0" : "+r"(x)); shown += x & 1; printf("%u %u\\n", x, shown); return x; }\n'
    )
    translate_project(Options((source,), out, check=False))
    module = out / "crates/show/src/show.rs"
    text = module.read_text()
    body = """let x = _x.swap_bytes();
    _cx.globals.shown = _cx.globals.shown.wrapping_add(x & 1);
    c2rs_rt::println!("{x} {}", _cx.globals.shown);
    x
}"""
    module.write_text(re.sub(r"unimplemented!.*?\n}", lambda match: body, text, flags=re.DOTALL))
    (verdict,) = compare_functions(source, out, options=OPTIONS)
    assert verdict.outcome is Outcome.EQUAL and verdict.comparisons == OPTIONS.count, verdict
    _change(out, "show", ("wrapping_add(x & 1)", "wrapping_add(x & 1) & 0xff"))
    (verdict,) = compare_functions(source, out, options=OPTIONS)
    assert verdict.outcome is Outcome.DIFFERS


@pytest.mark.slow
def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    source = _translate("buffers", out)
    words = ["diff", "--functions", str(source), str(out), "--count", "500", "--format", "json"]
    only = ["--only", "sum", "--only", "upper"]
    capsys.readouterr()
    assert run([*words, *only]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["equal"]
    assert [f["name"] for f in data["functions"]] == ["sum", "upper"]
    _change(out, "buffers", ("words += 1", "words += 2"))
    assert run([*words, "--only", "count_words"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["functions"][0]["outcome"] == "differs"
    assert run([*words, "--only", "nothing"]) == 2


def test_signatures_are_read_from_text() -> None:
    text = """
pub fn fill(p: &mut [u8], n: u64) {
}

fn origin(p: &Point, m: &[[i32; 3]], t: &[i32; 4], mem: &mut Memory) -> Ptr<i32> {
}

pub fn put(args: &[VaArg]) {
}

pub fn find(p: Option<usize>) -> i32 {
}

pub fn weigh(a: Option<&[i32]>, st: Option<&mut Stats>, cells: &[Cell<u8>]) -> i32 {
}

pub fn lend(a: Option<&[Cell<i32>]>) {
}
"""
    found = read_functions(text)
    fill, origin = found["fill"], found["origin"]
    assert not isinstance(fill, str) and not isinstance(origin, str)
    assert [(param.passing, param.mutable) for param in fill.params] == [(Passing.SLICE, True), (Passing.VALUE, False)]
    assert [param.passing for param in origin.params] == [Passing.OBJECT, Passing.SLICE, Passing.OBJECT]
    assert origin.context == "memory"
    assert found["put"] == "it takes variable arguments"
    assert found["find"] == "inputs of the Rust type `Option<usize>` are not made"
    assert found["lend"] == "inputs of the Rust type `Option<&[Cell<i32>]>` are not made"
    weigh = found["weigh"]
    assert not isinstance(weigh, str)
    assert [(param.passing, param.mutable, param.optional) for param in weigh.params] == [
        (Passing.SLICE, False, True),
        (Passing.OBJECT, True, True),
        (Passing.SLICE, True, False),
    ]


def test_globals_are_read_from_text() -> None:
    text = "/// All.\npub struct Globals {\n    pub counter: i32,\n    pub r#type: [i32; 4],\n}\n"
    assert global_fields(text) == {"counter": "i32", "type": "[i32; 4]"}
