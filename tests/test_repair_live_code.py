"""A call that an answer has to keep counts where the body can come to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from c2rust_py.options import Options
from c2rust_py.pipeline import translate_project
from c2rust_py.repair.access import Access
from c2rust_py.repair.answers import Refused, read_answer
from c2rust_py.repair.policy import check_policy
from c2rust_py.repair.work_list import make_tasks

HEADER = "fn f(x: u32, p: Ptr<u8>, cx: &mut Context) -> u32"
PRINTS = Access(frozenset({"puts"}), "f", frozenset({"f"}), frozenset(), frozenset())
CALLS = Access(frozenset(), "f", frozenset({"f", "log"}), frozenset({"log"}), frozenset({"log"}))


def refusal(body: str, access: Access) -> Refused | None:
    try:
        check_policy(read_answer(f"```rust\n{HEADER} {{\n{body}\n}}\n```", HEADER), access)
    except Refused as found:
        return found
    return None


DEAD = [
    "if false { CALL; } x",
    "if true { x } else { CALL; x }",
    "if !(1 < 2) || false { CALL; } x",
    "if x > 1 { x } else if 1 == 2 { CALL; x } else { x }",
    "if { false } { CALL; } x",
    "if 0x1_u32 & 2 > 0 { CALL; } x",
    "if x > 1 && false { CALL; } x",
    "if let Some(_) = None::<u32> { CALL; } x",
    "if let 1 = 2 { CALL; } x",
    "const NO: bool = false; if NO { CALL; } x",
    "let no = 1 > 2; if no { CALL; } x",
    "while false { CALL; } x",
    "while let Some(_) = None::<u32> { CALL; } x",
    "for _ in 0..0 { CALL; } x",
    "for _ in (1..=0) { CALL; } x",
    "for _ in [] { CALL; } x",
    "match 0 { 1 => { CALL; x } _ => x }",
    "match 0 { 1 | 2..=9 => { CALL; x } _ => x }",
    "match x { _ if false => { CALL; x } _ => x }",
    "match x { _ => x, _ => { CALL; x } }",
    "match false { true => { CALL; x } false => x }",
    "let _ = false && { CALL; true }; x",
    "let _ = true || { CALL; true }; x",
    "false.then(|| { CALL; }); x",
    "return x; CALL; x",
    "if x > 1 { return x } else { panic!() } CALL; x",
    "{ return x; } CALL; x",
    "let y = match x { 0 => return 1, _ => return x }; CALL; y",
    "let y = return x; CALL; y",
    "if true { return x; } CALL; x",
    "loop {} CALL; x",
    "loop { if x > 1 { return x; } } CALL; x",
    "while true { return x; } CALL; x",
    "loop { return x; break; } CALL; x",
    "loop { loop { break; } } CALL; x",
    "for i in 0..x { continue; CALL; } x",
    "'a: { break 'a; CALL; } x",
    "unreachable!(); CALL; x",
    "drop((return x, { CALL; })); x",
    "let log_it = || { CALL; }; x",
    "let log_it = |_: u32| { CALL; }; let log_it = x; log_it",
    "let log_it = || { CALL; }; let _ = log_it; x",
    "let log_it = || { CALL; }; let other = &log_it; x",
    "let log_it = || { CALL; }; if false { log_it(); } x",
    "let log_it = || { CALL; }; drop(log_it); x",
    "|| { CALL; }; x",
    "let _ = || { CALL; }; x",
    "fn inner(p: Ptr<u8>, cx: &mut Context) { CALL; } x",
    "fn inner(p: Ptr<u8>, cx: &mut Context) { CALL; } inner; x",
    "fn inner(p: Ptr<u8>, cx: &mut Context) { CALL; } return x; inner(p, cx); x",
    "fn one(p: Ptr<u8>, cx: &mut Context) { two(p, cx); CALL; } fn two(p: Ptr<u8>, cx: &mut Context) { one(p, cx); } x",
    "const INNER: fn(Ptr<u8>, &mut Context) = |p, cx| { CALL; }; x",
    "struct S; impl S { fn go(p: Ptr<u8>, cx: &mut Context) { CALL; } } x",
    "struct S; impl Drop for S { fn drop(&mut self) { CALL; } } x",
    "assert!(true || { CALL; true }); x",
    "assert!(x > 1, \"{}\", vec![if false { CALL; 1 } else { 2 }].len()); x",
]
LIVE = [
    "CALL; x",
    "if x > 1 { CALL; } x",
    "if x > 1 { return x; } CALL; x",
    "if false { x } else { CALL; x }",
    "if true { CALL; } x",
    "let no = x > 1; if no { CALL; } x",
    "let mut no = false; no |= x > 1; if no { CALL; } x",
    "let no = false; { let no = x > 1; if no { CALL; } } x",
    "const LIMIT: u32 = 0; if LIMIT == 0 { CALL; } x",
    "while x > 1 { CALL; } x",
    "while let Some(_) = q { CALL; } x",
    "for _ in 0..3 { CALL; } x",
    "for _ in 0..x { CALL; } x",
    "match x { 1 => { CALL; x } _ => x }",
    "match 1 { 1 => { CALL; x } _ => x }",
    "match x { y if y > 1 => x, _ => { CALL; x } }",
    "match q { Some(y) => x, None => { CALL; x } }",
    "let _ = x > 1 && { CALL; true }; x",
    "loop { if x > 1 { break; } } CALL; x",
    "'a: loop { loop { break 'a; } } CALL; x",
    "'a: { if x > 1 { break 'a; } return x; } CALL; x",
    "while x > 1 { return x; } CALL; x",
    "for _ in 0..x { return x; } CALL; x",
    "let y = match x { 0 => return 1, n => n }; CALL; y",
    "let Some(y) = q else { CALL; return x; }; y",
    "let log_it = || { CALL; }; log_it(); x",
    "let mut log_it = |y: u32| { CALL; }; (0..x).for_each(log_it); x",
    "let log_it = || { CALL; }; let again = log_it; again(); x",
    "let log_it = || { CALL; }; assert!({ log_it(); true }); x",
    "(|| { CALL; })(); x",
    "(0..x).for_each(|_| { CALL; }); x",
    "inner(p, cx); fn inner(p: Ptr<u8>, cx: &mut Context) { CALL; } x",
    "fn inner(p: Ptr<u8>, cx: &mut Context) { CALL; } let g: fn(Ptr<u8>, &mut Context) = inner; g(p, cx); x",
    "fn one(n: u32, p: Ptr<u8>, cx: &mut Context) { if n > 0 { one(n - 1, p, cx); } CALL; } one(x, p, cx); x",
    "const INNER: fn(Ptr<u8>, &mut Context) = |p, cx| { CALL; }; INNER(p, cx); x",
    "struct S; impl S { fn go(self, p: Ptr<u8>, cx: &mut Context) { CALL; } } S.go(p, cx); x",
    "struct S; impl S { fn go(p: Ptr<u8>, cx: &mut Context) { CALL; } } S::go(p, cx); x",
    "struct S; impl Drop for S { fn drop(&mut self) { CALL; } } let _s = S; x",
    "assert!(x > 1 || { CALL; true }); x",
    "vec![{ CALL; 1 }; 3]; x",
    "vec![if x > 1 { CALL; 1 } else { 2 }, 3]; x",
    "assert!(matches!(x, y if { CALL; y > 1 }), \"{x:?} {}\", y = 2); x",
    "return { CALL; x };",
    "let y = if x > 1 { CALL; 1 } else { 2 }; y",
    "if x > 1 { panic!() } CALL; x",
    "let end = |y: u32| return y; end(x); CALL; x",
]


@pytest.mark.parametrize(("call", "access"), [("c2rs_rt::stdio::puts(p, &cx.mem)", PRINTS), ("crate::m::log(p, cx)", CALLS)])
@pytest.mark.parametrize("body", DEAD)
def test_a_call_that_nothing_comes_to_is_none(body: str, call: str, access: Access) -> None:
    found = refusal(body.replace("CALL", call), access)
    assert found is not None and found.name == "removed call", body
    assert found.reason.endswith("where nothing comes to")


@pytest.mark.parametrize(("call", "access"), [("c2rs_rt::stdio::puts(p, &cx.mem)", PRINTS), ("crate::m::log(p, cx)", CALLS)])
@pytest.mark.parametrize("body", LIVE)
def test_a_call_that_a_body_can_come_to_counts(body: str, call: str, access: Access) -> None:
    assert refusal(body.replace("CALL", call), access) is None


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("let g = log; x", "removed call"),
        ("let g: fn(Ptr<u8>, &mut Context) = log; let _h = g; x", "removed call"),
        ("(log,); x", "removed call"),
        ("&log; x", "removed call"),
        ("drop(log); x", "removed call"),
        ("const G: fn(Ptr<u8>, &mut Context) = log; x", "removed call"),
        ("if cfg!(any()) { log(p, cx); } x", "macro"),
        ("#[cfg(any())] { log(p, cx); } x", "cfg"),
        ("macro_rules! m { () => { log(p, cx) } } x", "macro_rules"),
        ("debug_assert!({ log(p, cx); true }); x", "macro"),
        ("let g = log; g(p, cx); x", ""),
        ("use crate::m::log as say; say(p, cx); x", ""),
        ("use crate::m::log as say; x", "removed call"),
        ("const G: [fn(Ptr<u8>, &mut Context); 1] = [log]; G[0](p, cx); x", ""),
        ("if x > 1 { log } else { other }(p, cx); x", ""),
    ],
)
def test_a_function_that_nothing_is_done_with_is_not_called(body: str, name: str) -> None:
    found = refusal(body, CALLS)
    assert ("" if found is None else found.name) == name


C = """#include <stdio.h>
#define DEBUG 0
#define TRACE(x) do { if (DEBUG) fprintf(stderr, "%d", x); } while (0)
enum { OFF };
static int calls;
static void log_it(int x) { calls += x; }
int g(int x) { __asm__("bswap %0" : "+r"(x)); if (0 != 0) puts("a"); else x++; TRACE(x); while (OFF && x) log_it(x); return x; }
int h(int x) { goto *(void *[]){&&out}[0]; if (0) { out: puts("a"); } if (!1) log_it(x); return __builtin_apply_args() != 0; }
int low(int x) { int *p = &x, **q = &p; if (DEBUG && x) puts("a"); TRACE(x); if (1) log_it(**q); return **q; }
int main(void) { int x = 3; return g(x) + h(x) + low(x) + calls; }
"""


def test_what_c_never_comes_to_need_not_stay(tmp_path: Path) -> None:
    (tmp_path / "p.c").write_text(C)
    project = translate_project(Options((tmp_path / "p.c",), tmp_path / "out", jobs=1, check=False)).project
    assert project is not None
    tasks = {task.name: task.access for task in make_tasks(project.groups, project.units, lift=True)}
    assert {name: (set(one.required), set(one.required_families)) for name, one in tasks.items()} == {
        "g": (set(), set()),
        "h": (set(), {"output"}),
        "low": ({"log_it"}, set()),
    }
    assert all("output" in tasks[name].families for name in ("g", "h", "low"))
