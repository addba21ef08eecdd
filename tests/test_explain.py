"""Why a pointer is where it is: grades, chains of C places, instances and totals, and `c2rs explain` on what a run stored."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from c2rust_py import infer, lift
from c2rust_py.cli import run
from c2rust_py.ir import nodes

LIST = """#include <stdio.h>
#include <stdlib.h>
struct node { struct node *next; int value; };
static struct node *push(struct node *list, int value) {
    struct node *n = malloc(sizeof *n);
    n->next = list;
    n->value = value;
    return n;
}
static int total(const struct node *list) {
    int sum = 0;
    for (const struct node *q, *p = list; p; p = q) { sum += p->value; q = p->next; }
    return sum;
}
static void bump(int *counter) { ++*counter; }
static int twice(int x) { return 2 * x; }
static int count(const int *values, int n) {
    int found = 0;
    for (const int *v = values; v < values + n; v++) if (*v) bump(&found);
    return found;
}
int main(void) {
    int fixed[3] = {1, 0, 2};
    struct node first = {0}, *list = push(push(&first, 1), 2);
    int *heap = calloc(1, 3 * sizeof *heap + 1);
    bump(heap);
    printf("%d %d %d %d\\n", total(list), count(fixed, 3), twice(*heap), count(heap, 3));
    return 0;
}
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain")
    source = folder / "list.c"
    source.write_text(LIST)
    assert run(["translate", str(source), "-o", str(folder / "out"), "--no-check"]) == 0
    source.unlink()
    return folder / "out"


def explained(out: Path, name: str, capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run(["explain", str(out), name, "--format", "json"]) == 0
    (entry,) = json.loads(capfd.readouterr().out)["functions"]
    assert isinstance(entry, dict)
    return entry


def slot(entry: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [slot for slot in entry["slots"] if slot["name"] == name]
    assert isinstance(found, dict)
    return found


def test_the_chain_names_the_cause(out: Path, capfd: pytest.CaptureFixture[str]) -> None:
    entry = explained(out, "total", capfd)
    chain = slot(entry, "p")["chain"]
    assert [(link["subject"], link["line"]) for link in chain] == [("`p` of `total`", 12), ("`q` of `total`", 12)]
    assert chain[-1]["text"] == "it is kept in the field `next`"
    assert slot(entry, "list")["chain"][-1] == chain[-1], "what points there follows from the same C"


def test_what_a_call_gives_is_named(out: Path, capfd: pytest.CaptureFixture[str]) -> None:
    entry = explained(out, "push", capfd)
    assert [link["text"] for link in slot(entry, "n")["chain"]][:2] == [
        "it is returned as a pointer to memory",
        "`push` takes it in memory",
    ]
    assert slot(entry, "list")["chain"][-1]["text"] == "it is stored in the field `next`"
    assert slot(entry, "result")["rung"] == "memory" and slot(entry, "result")["chain"]


def test_what_is_above_memory_has_no_chain(out: Path, capfd: pytest.CaptureFixture[str]) -> None:
    entry = explained(out, "count", capfd)
    assert entry["grade"] == "borrowed"
    assert [(s["kind"], s["name"], s["rung"], s["chain"]) for s in entry["slots"]] == [
        ("parameter", "values", "borrowed", []),
        ("local", "v", "borrowed", []),
    ]
    assert explained(out, "twice", capfd)["grade"] == "owned"


def test_a_second_instance_belongs_to_its_function(out: Path, capfd: pytest.CaptureFixture[str]) -> None:
    entry = explained(out, "bump", capfd)
    assert entry["grade"] == "borrowed" and entry["memory_instance"] == "list::list::bump_in_memory"
    assert all("in_memory" not in link["subject"] for caller in entry["callers"] for link in caller["chain"])
    texts = [link["text"] for caller in entry["callers"] for link in caller["chain"]]
    assert "it comes from `calloc`" in texts
    report = json.loads((out / "c2rs-report.json").read_text())
    names = [function["name"] for function in report["functions"]]
    assert names == ["push", "total", "bump", "twice", "count", "main"], "as many as C has"
    (bump,) = [function for function in report["functions"] if function["name"] == "bump"]
    assert bump["memory_instance"] == "list::list::bump_in_memory" and bump["lines_rust"] == 6


def test_totals(out: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report = json.loads((out / "c2rs-report.json").read_text())
    totals = report["totals"]
    assert {k: v for k, v in totals["grades"].items() if v} == {"owned": 1, "borrowed": 2, "memory": 3}
    assert sum(totals["slots"].values()) == 12 and totals["slots"]["borrowed"] == 3
    reasons = {entry["reason"]: entry["slots"] for entry in totals["memory_reasons"]}
    assert reasons["it is stored in the field `_`"] == 3
    assert reasons["it comes from `calloc`"] == 1, "names of the library stay, one's own do not matter"
    assert reasons["it is kept in the field `_`"] == 4
    memory = [f for f in report["functions"] if f["grade"] == "memory"]
    assert all(f["reasons"] for f in memory) and any("list.c:12" in reason for f in memory for reason in f["reasons"])
    assert run(["status", str(out)]) == 1, "the source has gone"
    assert "6 functions: 1 owned, 2 borrowed, 3 memory (50 % above memory)" in capfd.readouterr().out


def test_text(out: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(out), "list.c:total"]) == 0
    assert capfd.readouterr().out.splitlines() == [
        "total (list.c:10) is on the memory rung",
        "  parameter `list` (line 10): memory",
        "      list.c:12: it is assigned to a pointer in memory",
        "      list.c:12: `p` of `total`: it is derived from what is in memory",
        "      list.c:12: `q` of `total`: it is kept in the field `next`",
        "  local `q` (line 12): memory",
        "      list.c:12: it is kept in the field `next`",
        "  local `p` (line 12): memory",
        "      list.c:12: it is derived from what is in memory",
        "      list.c:12: `q` of `total`: it is kept in the field `next`",
    ]
    assert run(["explain", str(out), "twice"]) == 0
    assert capfd.readouterr().out.splitlines() == ["twice (list.c:16) is owned", "  it has no pointers"]
    assert run(["explain", str(out), "bump"]) == 0
    assert "  a second instance, list::list::bump_in_memory, takes pointers to memory" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["explain", "{out}", "totla"], ["has no function `totla`", "hint: did you mean `total`?"]),
        (["explain", "{out}", "zzzzzzzz"], ["has no function `zzzzzzzz`", "hint: c2rs status"]),
        (["explain", "nowhere", "total"], ["nowhere is not a workspace of c2rs"]),
    ],
)
def test_a_users_fault_is_one_line(
    out: Path, arguments: list[str], words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([argument.replace("{out}", str(out)) for argument in arguments]) == 2
    said = capfd.readouterr()
    assert all(word in said.err for word in words) and said.out == ""
    assert len(said.err.splitlines()) <= 2


@pytest.mark.parametrize(
    ("ladder", "grade"), [("owned", "borrowed"), ("borrowed", "borrowed"), ("cell", "memory"), ("memory", "memory")]
)
def test_the_ladder_is_capped(tmp_path: Path, ladder: str, grade: str, capfd: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "one.c"
    source.write_text("int first(const int *a) { return *a; }\n")
    assert run(["translate", str(source), "-o", str(tmp_path / "out"), "--no-check", "--ladder", ladder]) == 0
    capfd.readouterr()
    entry = explained(tmp_path / "out", "first", capfd)
    assert (entry["grade"], slot(entry, "a")["rung"]) == (grade, grade)
    if grade == "memory":
        assert "the ladder was asked to end" in slot(entry, "a")["chain"][0]["text"]


@pytest.mark.parametrize(
    ("function", "assumed"),
    [
        ("void add(int *to, const int *from) { *to += *from; }", ["callers outside pass `to`, `from` as objects apart"]),
        ("int sum(const int *a, const int *b) { return *a + *b; }", []),
        ("static void add(int *to, const int *from) { *to += *from; }", []),
        ("void add(int *to, const int *from) { *to += *from; }\nint main(void) { return 0; }", []),
    ],
)
def test_what_a_library_takes_for_granted_is_said(
    tmp_path: Path, function: str, assumed: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "one.c"
    source.write_text(function + "\n")
    assert run(["translate", str(source), "-o", str(tmp_path / "out"), "--no-check", "--format", "json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["functions"][0]["assumptions"] == assumed
    assert run(["explain", str(tmp_path / "out"), report["functions"][0]["name"]]) == 0
    assert ("taken for granted" in capfd.readouterr().out) == bool(assumed)


IN_WORDS = """
#include <stdarg.h>
union both { int i; char bytes[4]; };
struct pair { int a, b; };
static int first(const int *p) { return *p; }
static int sum(const struct pair *p) { return p->a + p->b; }
static int last(int n, ...) { va_list l; va_start(l, n); int *p = va_arg(l, int *); va_end(l); return *p + n; }
int main(void)
{
    union both u = {.i = 5};
    int x = 3, *q = &u.i;
    char *c = u.bytes;
    long n = (long)q;
    return first(q) + sum(&(struct pair){1, 2}) + last(1, &x) + *(int *)n + *c + __builtin_expect(*q, 1);
}
"""


def test_reasons_are_in_words_of_c(tmp_path: Path) -> None:
    source, out = tmp_path / "words.c", tmp_path / "out"
    source.write_text(IN_WORDS)
    assert run(["translate", str(source), "-o", str(out), "--no-check"]) == 0
    report = json.loads((out / ".c2rs" / "slots.json").read_text())
    texts = _texts(report)
    assert {"it comes from `va_arg`", "it points into a union", "it is a variable argument of `last`"} <= texts
    names = re.compile(rf"\b({'|'.join(nodes.__all__)})\b")
    assert [text for text in texts if names.search(text)] == []
    classes = [path for package in (infer, lift) for path in Path(package.__file__).parent.rglob("*.py")]
    assert [path for path in classes if "__name__" in path.read_text()] == [], "a reason would name a class of the translator"


def _texts(entry: Any) -> set[str]:
    """Each text in a part of a report."""
    if isinstance(entry, dict):
        own = {entry["text"]} if isinstance(entry.get("text"), str) else set()
        return own.union(*map(_texts, entry.values()))
    return set().union(*map(_texts, entry)) if isinstance(entry, list) else set()
