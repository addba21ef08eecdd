"""Every gate over HTTP: a server answers what is not taken, and is told so by name; the crate stays as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scripted_server import Act, scripted_server

from c2rust_py.cli import run
from c2rust_py.emit.accepted import read_accepted

C = """static unsigned count;
void note(unsigned x) { count += x; }
unsigned swap(unsigned x) { note(x); __asm__("bswap %0" : "+r"(x)); return x; }
int main(int argc, char **argv) { (void)argv; return argc == 1 ? (int)(swap(7u << 24) + count) & 127 : 0; }
"""
HEADER = "pub fn swap(x: u32, globals: &mut Globals) -> u32"
NOTE = "note(x, globals);"
GOOD = f"{HEADER} {{ {NOTE} x.swap_bytes() }}"

ANSWERS = {
    "unsafe": f"{HEADER} {{ {NOTE} unsafe {{ x.swap_bytes() }} }}",
    "extern": f'{HEADER} {{ {NOTE} extern "C" {{ fn abs(x: i32) -> i32; }} x }}',
    "macro": f'{HEADER} {{ {NOTE} include!("/etc/passwd"); x }}',
    "mod": f'{HEADER} {{ {NOTE} #[path = "/etc/passwd"] mod m; x }}',
    "std::process": f"{HEADER} {{ {NOTE} std::process::exit(1) }}",
    "std::fs": f'{HEADER} {{ {NOTE} std::fs::remove_file("x").is_ok() as u32 }}',
    "std::net": f'{HEADER} {{ {NOTE} std::net::TcpStream::connect("x").is_ok() as u32 }}',
    "std::env": f'{HEADER} {{ {NOTE} std::env::var("HOME").is_ok() as u32 }}',
    "environment": f"{HEADER} {{ {NOTE} c2rs_rt::stdlib::getenv(c2rs_rt::Ptr::NULL); x }}",
    "signature": "pub fn swap(x: u64, globals: &mut Globals) -> u32 { note(x as u32, globals); x as u32 }",
    "removed call": f"{HEADER} {{ x.swap_bytes() }}",
    "dependencies": f"```rust\n{GOOD}\n```\n```toml\n[dependencies]\nlibc = \"1\"\n```",
    "allow": f"{HEADER} {{ {NOTE} #[allow(unsafe_code)] let y = x; y }}",
    "attribute": f"#![allow(unsafe_code)]\n{GOOD}",
    "build script": f"```rust\n{GOOD}\n```\n```rust\n// build.rs\nfn main() {{}}\n```",
    "prose": "I am sorry, I cannot do that.",
    "empty": "  ",
    "truncated": f"```rust\n{HEADER} {{ {NOTE}",
    "syntax": f"{HEADER} {{ let; }}",
    "shape": f"{GOOD}\nfn more() {{}}",
    "stub": f"{HEADER} {{ {NOTE} todo!() }}",
}


def test_each_gate_says_its_name_and_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    (tmp_path / "p.c").write_text(C)
    out = tmp_path / "out"
    assert run(["translate", str(tmp_path / "p.c"), "-o", str(out), "--no-check"]) == 1
    module = out / "crates/p/src/p.rs"
    before = module.read_text()
    assert HEADER.replace("(x", "(_x").replace(" globals", " _globals") in before
    acts = [Act(answer) for answer in ANSWERS.values()]
    budget = f"function-attempts={len(acts) + 1}"
    arguments = ["repair", str(out), "--model", "small", "--no-functions", "--budget", budget]
    with scripted_server(acts) as script:
        assert run([*arguments, "--budget", f"attempts={len(acts)}", "--base-url", script.url]) == 5
        told = [script.said(number) for number in range(1, len(acts))]
    for name, text in zip(ANSWERS, told, strict=False):
        assert text.startswith("It is not taken:\n") and f"{name}: " in text
    (swap,) = json.loads((out / ".c2rs/repair/log.json").read_text())["functions"]
    assert [attempt["verdict"] for attempt in swap["attempts"]] == list(ANSWERS)
    assert module.read_text() == before and not read_accepted(out / ".c2rs")
    with scripted_server([Act(GOOD)]) as script:
        assert run([*arguments, "--base-url", script.url]) == 0
        assert len(script.asked) == 1  # all that was refused is stored
    assert "x.swap_bytes()" in module.read_text()
