"""What a function's variables held, on both sides: the notes as gcc and rustc take them, and where they go apart."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from c2rust_py.emit.accepted import Body
from c2rust_py.repair.trace import Traces, describe, read_notes
from c2rust_py.repair.trace_c import trace_text
from c2rust_py.repair.trace_rust import trace_rust

C = """#include <stdio.h>
#define STEP(c) c = (c >> 1) ^ (0xEDB88320u & -(c & 1))
static unsigned crc32(const unsigned char *p, int n, unsigned char *out) {
    unsigned crc = ~0u;
    double share = 0.5;
    static int calls = 0;
    calls++;
    for (int i = 0; i < n; i++, p++) {
        crc ^= *p;
        for (int j = 0; j < 8; j++)
            STEP(crc);
        *out++ = crc;
        if (crc == 1) share *= 2, share += crc; else if (crc) share = share;
    }
    __asm__("notl %0" : "+r"(crc));
    switch (n) { case 1: return crc + (int)sizeof(crc++); default: break; }
    return crc;
}
int main(void) {
    unsigned char o[2];
    printf("%u\\n", crc32((const unsigned char *)"ab", 2, o));
    printf("%u\\n", crc32((const unsigned char *)"a", 1, o));
    return 0;
}
"""
HEADER = "pub fn crc32(p: &[u8], n: i32, out: &mut [u8]) -> u32"
RIGHT = Body("""let mut crc = !0u32;
let mut places = Vec::new();
for (i, &byte) in p[..n as usize].iter().enumerate() {
    crc ^= byte as u32;
    for _ in 0..8 {
        if crc & 1 != 0 { crc = crc >> 1 ^ 0xEDB88320 } else { crc >>= 1 }
    }
    out[i] = crc as u8;
    places.push(i);
}
let crc = !crc;
if n == 1 {
    return crc.wrapping_add(4);
}
crc""")
WRONG = Body(RIGHT.text.replace("8320", "8321"))
MAIN = """fn main() {
    let mut o = [0; 2];
    println!("{}", crc32(b"ab", 2, &mut o));
    println!("{}", crc32(b"a", 1, &mut o));
}
"""


def outputs(command: list[str], program: Path) -> tuple[str, bytes]:
    subprocess.run([*command, "-o", str(program)], check=True, capture_output=True)
    done = subprocess.run([str(program)], check=True, capture_output=True)
    return done.stdout.decode(), done.stderr


def traces(folder: Path, body: Body) -> tuple[Traces, str, str]:
    """Both sides with notes, and what they print."""
    (folder / "p.c").write_text(C)
    plain, _ = outputs(["gcc", "-w", str(folder / "p.c")], folder / "plain")
    text = subprocess.run(["gcc", "-E", str(folder / "p.c")], check=True, capture_output=True, text=True).stdout
    c, rust = trace_text(text, "crc32"), trace_rust(body, HEADER)
    assert c is not None and rust is not None
    (folder / "p.i").write_text(c.text)
    (folder / "p.rs").write_text(f"{HEADER} {{\n{rust.body.text}\n}}\n{MAIN}")
    printed, notes = outputs(["gcc", "-w", str(folder / "p.i")], folder / "c")
    assert printed == plain
    rust_printed, rust_notes = outputs(["rustc", "--edition=2021", "-Awarnings", str(folder / "p.rs")], folder / "rust")
    lines = dict(enumerate(C.splitlines(), 1))
    found = Traces(read_notes(notes), read_notes(rust_notes), c.unsteady, rust.unsteady, rust.lines, lines)
    return found, printed, rust_printed


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
def test_the_first_place_where_values_go_apart(tmp_path: Path) -> None:
    found, printed, ours = traces(tmp_path, WRONG)
    assert printed != ours
    said = describe(found)
    assert said.splitlines()[0] == (
        "In the first call of the function, values go apart first at C line 11: `crc` is 3527900359 (0xd2477cc7) (value 4 of it); "
        "in your Rust it is 3527900358 (0xd2477cc6) (line 6: `if crc & 1 != 0 { crc = crc >> 1 ^ 0xEDB88321 } else { crc >>= 1 }`)."
    )
    assert said.splitlines()[-1] == "  line 11: crc = 3527900359 (0xd2477cc7)    // STEP(crc);"
    assert len(said) < 4000


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
def test_where_nothing_goes_apart_the_c_s_values_are_said(tmp_path: Path) -> None:
    found, printed, ours = traces(tmp_path, RIGHT)
    assert printed == ours
    said = describe(found)
    assert said.startswith("The values in the C, in order:\n  line 3: n = 2")
    assert len(said.splitlines()) <= 26


def notes(*values: tuple[str, int]) -> bytes:
    return "".join(f"c2rs-note 1 {line} {name} i 4 {value}\n" for line, (name, value) in enumerate(values, 1)).encode()


def apart(c: bytes, rust: bytes, unsteady: frozenset[str] = frozenset()) -> str:
    return describe(Traces(read_notes(c), read_notes(rust), unsteady, frozenset(), (), {})).splitlines()[0]


def test_histories_are_without_repetitions_and_by_name() -> None:
    c = notes(("nBits", 1), ("other", 9), ("nBits", 2), ("nBits", 2), ("nBits", 3))
    assert "`nBits` is 3 (value 3 of it); in your Rust it is 4" in apart(c, notes(("n_bits", 1), ("n_bits", 1), ("n_bits", 2), ("n_bits", 4)))
    assert "in order" in apart(c, notes(("n_bits", 1), ("n_bits", 2)))
    assert "in order" in apart(c, notes(("n_bits", 7)), frozenset({"nBits"}))
    assert describe(Traces((), read_notes(c), frozenset(), frozenset(), (), {})) == ""


def test_values_are_compared_by_the_bits_that_both_have() -> None:
    c = b"c2rs-note 1 1 a i 4 -1\nc2rs-note 1 2 b i 4 2\nc2rs-note 1 3 c f 8 4607182418800017408\n"
    assert "in order" in apart(c, b"c2rs-note 1 1 a u 1 255\nc2rs-note 1 1 b b 1 1\nc2rs-note 1 1 c f 4 4607182418800017408\n")
    assert "`c` is 1.0 (value 1 of it); in your Rust it is 2.0" in apart(c, b"c2rs-note 1 1 c f 8 4611686018427387904\n")


def test_what_cannot_be_noted_is_left_alone() -> None:
    assert trace_text("int f(int x) { int g(int y) { return x + y; } return g(1); }", "f") is None
    assert trace_text("int f(int x) { return x; }", "g") is None
    assert trace_rust(Body("x +"), "fn f(x: i32) -> i32") is None
    found = trace_text("int f(int x) { int y = 1; for (; x; x--) g(&y); return y; }", "f")
    assert found is not None and found.unsteady == {"x", "y", "y[]"}
