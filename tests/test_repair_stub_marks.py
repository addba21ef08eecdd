"""An answer that panics with the words of a stub is not taken for one: neither by the cases nor by the function comparison."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from c2rust_py.cli import run

C = """static unsigned twice(unsigned x) { __asm__("addl %0, %0" : "+r"(x)); return x; }
unsigned swap(unsigned x) { __asm__("bswap %0" : "+r"(x)); return x; }
int odd(int x) { __asm__("andl $1, %0" : "+r"(x)); return x; }
int main(int argc, char **argv)
{
    (void)argv;
    return argc > 1 ? (int)twice(swap(argc)) : argc > 2 ? odd(argc) : (int)swap(7u << 24);
}
"""
SWAP = "fn swap(x: u32) -> u32 {{ {} x.swap_bytes() }}"
TWICE = "fn twice(x: u32) -> u32 { x.wrapping_mul(2) }"


def test_words_of_a_stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "target"))
    source, out, replies = tmp_path / "p.c", tmp_path / "out", tmp_path / "replies"
    source.write_text(C)
    (tmp_path / "c2rs.toml").write_text('[[case]]\nname = "swap"\n[[case]]\nname = "twice"\nargs = ["x"]\n')
    assert run(["translate", str(source), "-o", str(out), "--no-check"]) == 1
    own = 'panic!("not implemented: c2rs: p.c:2: inline assembly is not translated");'
    assert own.removeprefix('panic!("not implemented: ').split('"')[0] in (out / "crates/p/src/p.rs").read_text()
    replies.mkdir()
    (replies / "twice.1.md").write_text(TWICE)
    pretended = (own, f"if x == 12 {{ {own} }}", own.replace("p.c:2", "p.c:9"), f"if x == 1 << 24 {{ {own.replace('p.c:2', 'p.c:3')} }}")
    for number, first in enumerate((*pretended, ""), 1):
        (replies / f"swap.{number}.md").write_text(SWAP.format(first))
    assert run(["repair", str(out), "--replay", str(replies), "--budget", "function-attempts=5"]) == 1, capfd.readouterr()
    text = (out / ".c2rs/repair/log.json").read_text()
    log = {f["name"]: [a["verdict"] for a in f["attempts"]] for f in json.loads(text)["functions"]}
    assert log == {"twice": ["accepted"], "swap": ["stub", "stub", "stub", "stub", "accepted"], "odd": []}
    assert (out / ".c2rs/repair/work/stub-mark").read_text() not in text
    # Of `odd` there is a stub still, which is no pretence: whoever comes to it is not judged.
    assert "unimplemented!(\"c2rs: p.c:3:" in (out / "crates/p/src/p.rs").read_text()
