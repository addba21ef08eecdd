"""`c2rs repair` against a scripted server, from the command line to the crate."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from scripted_server import Act, Script, scripted_server

from c2rust_py.cli import run
from c2rust_py.emit.accepted import read_accepted

KEY = "sk-never-to-be-seen"
C = """unsigned swap(unsigned x) { __asm__("bswap %0" : "+r"(x)); return x; }
unsigned half(unsigned x) { __asm__("shrl %0" : "+r"(x)); return x; }
int main(int argc, char **argv) { return argc > 1 ? half(argc * 21) : swap(7u << 24); }
"""
SETTINGS = '[[case]]\nname = "swap"\n[[case]]\nname = "half"\nargs = ["x"]\n'
SWAP = Act("```rust\npub fn swap(x: u32) -> u32 {\n    x.swap_bytes()\n}\n```")
HALF = Act("```rust\npub fn half(x: u32) -> u32 {\n    x >> 1\n}\n```")
WRONG = Act("```rust\npub fn swap(x: u32) -> u32 {\n    x.reverse_bits()\n}\n```")
BROKEN = Act("```rust\npub fn swap(x: u32) -> u32 {\n    x.swap_the_bytes()\n}\n```")
UNSAFE = Act("```rust\npub fn swap(x: u32) -> u32 {\n    unsafe { x.swap_bytes() }\n}\n```")


@dataclass(frozen=True, slots=True)
class Bench:
    """A translation with two stubs. Its folder stays, so that cargo's work does."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def module(self) -> str:
        return (self.out / "crates/p/src/p.rs").read_text()

    def reset(self) -> None:
        for path in self.out.rglob("*") if self.out.exists() else ():
            if path.is_file() and "work" not in path.parts:
                path.unlink()
        assert run(["translate", str(self.folder / "p.c"), "-o", str(self.out), "--no-check"]) == 1

    def repair(self, script: Script, *arguments: str) -> int:
        models = () if "--model" in arguments else ("--model", "small")
        return run(["repair", str(self.out), "--base-url", script.url, *models, "--no-functions", *arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("repair")


@pytest.fixture
def bench(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Bench]:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(folder / "target"))
    monkeypatch.setenv("C2RS_API_KEY", KEY)
    (folder / "p.c").write_text(C)
    (folder / "c2rs.toml").write_text(SETTINGS)
    bench = Bench(folder)
    bench.reset()
    capfd.readouterr()
    yield bench


def test_answers_fill_the_stubs_and_a_second_run_costs_nothing(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    with scripted_server([SWAP, HALF]) as script:
        assert bench.repair(script) == 0
        assert len(script.asked) == 2
    said = capfd.readouterr()
    assert said.err == ""
    assert said.out == (
        "p.c:1: swap: accepted (1 case)\np.c:2: half: accepted (1 case)\n"
        "2 of 2 functions have a body; 2 answers were asked for\n"
    )
    assert "x.swap_bytes()" in bench.module and "unimplemented!" not in bench.module
    # The exchanges are kept: with the accepted bodies gone, as after a kill, nothing is asked again.
    for path in (bench.out / ".c2rs/repair/accepted").iterdir():
        path.unlink()
    before = bench.module
    with scripted_server([]) as script:
        assert bench.repair(script) == 0
        assert script.asked == []
    assert bench.module == before


def test_refusals_go_back_to_the_model(bench: Bench) -> None:
    acts = [Act("I would rather not."), Act(""), Act(SWAP.content, finish="length"), UNSAFE, BROKEN, WRONG, SWAP, HALF]
    with scripted_server(acts) as script:
        assert bench.repair(script, "--budget", "function-attempts=7") == 0
        told = [script.said(number) for number in range(1, 7)]
    for text, words in zip(told, ("prose", "empty", "truncated", "unsafe", "swap_the_bytes", "case `swap`"), strict=True):
        assert words in text
    assert "error[E0599]" in told[4]
    assert "exit status: C 7, Rust 224" in told[5]
    assert "values go apart first at C line 1: the result is 7; in your Rust it is 224" in told[5]
    assert "line 1: x = 117440512 (0x7000000), x = 7" in told[5]


def test_no_progress_goes_to_the_next_model_in_order_of_price(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    again = Act(f"So much better:\n{WRONG.content.replace('{', '{ // swapped', 1)}\nI hope that this helps.")
    with scripted_server([WRONG, again, SWAP, HALF]) as script:
        models = ("--model", "large@2/8", "--model", "small@0.1/0.4")
        assert bench.repair(script, *models, "--budget", "money=1") == 0
        assert script.models == ["small", "small", "large", "small"]


def test_a_budget_that_is_spent_leaves_no_trace(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    before = bench.module
    with scripted_server([WRONG, SWAP]) as script:
        assert bench.repair(script, "--budget", "attempts=1") == 5
        assert len(script.asked) == 1
    assert "error[C2RS-801]: the attempts of the run are spent" in capfd.readouterr().err
    assert bench.module == before and not read_accepted(bench.out / ".c2rs")
    with scripted_server([SWAP, HALF]) as script:
        assert bench.repair(script, "--budget", "tokens=100") == 5
        assert script.asked == []


@pytest.mark.parametrize(("limit", "kind"), [("money=0.001", "money"), ("time=0", "time")])
def test_money_and_time_of_the_run(bench: Bench, capfd: pytest.CaptureFixture[str], limit: str, kind: str) -> None:
    with scripted_server([SWAP, HALF]) as script:
        assert bench.repair(script, "--model", "small@1/1", "--budget", limit) == 5
        assert script.asked == []
    assert f"error[C2RS-801]: the {kind} of the run is spent" in capfd.readouterr().err


@pytest.mark.parametrize(("usage", "status"), [((100, 50), 0), ((1000, 2000), 1)])
def test_what_answers_cost_is_what_is_spent(bench: Bench, usage: tuple[int, int], status: int) -> None:
    """A question reserves all that its answer can cost; what the server counted takes its place."""
    second = [SWAP] if status == 0 else []
    with scripted_server([Act(WRONG.content, usage=usage), *second, HALF]) as script:
        assert bench.repair(script, "--model", "small@1/1", "--budget", "function-money=0.0068") == status
        assert len(script.asked) == 2 + len(second)
    assert "x >> 1" in bench.module and ("x.swap_bytes()" in bench.module) == (status == 0)


@pytest.mark.parametrize("limit", ["function-attempts=1", "function-tokens=100", "function-money=0.00001", "function-time=0"])
def test_a_function_s_budget_is_its_own(bench: Bench, limit: str) -> None:
    with scripted_server([WRONG, HALF]) as script:
        assert bench.repair(script, "--model", "small@1/1", "--budget", limit) == 1
    assert ("x >> 1" in bench.module) == (limit == "function-attempts=1")


def test_an_endpoint_that_stays_broken_makes_place_for_the_next_model(bench: Bench) -> None:
    """Per function: six times no answer of the first model, each of another kind, then the other's."""
    broken = [
        Act(status=429, headers={"Retry-After": "0"}, raw="{}"), Act(status=503, headers={"Retry-After": "0"}, raw="down"),
        Act(raw="{"), Act(SWAP.content, cut=True), Act(status=500, headers={"Retry-After": "0"}, raw=""),
    ]  # fmt: skip
    with scripted_server([*broken, SWAP, *broken, HALF]) as script:
        assert bench.repair(script, "--model", "a@1/1", "--model", "b@2/2") == 0
        assert script.models == [*["a"] * 5, "b"] * 2


def test_an_endpoint_that_refuses(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    with scripted_server([Act(status=404, raw='{"error": {"message": "no such model"}}')] * 2) as script:
        assert bench.repair(script) == 1
    assert "error[C2RS-802]: `swap` has no body: the endpoint answers 404" in capfd.readouterr().err


def test_the_key_is_never_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_LOG", "debug")
    caplog.set_level("DEBUG")
    acts = [Act(status=400, raw=f'{{"error": {{"message": "bad {KEY}"}}}}'), Act(f"// {KEY}\n{HALF.content}"), HALF]
    with scripted_server(acts) as script:
        bench.repair(script, "--record", str(bench.folder / "recorded"))
        assert KEY in str(script.asked[0][0])
    said = capfd.readouterr()
    assert KEY not in said.out + said.err + caplog.text
    written = [path for path in bench.folder.rglob("*") if path.is_file()]
    assert not [path for path in written if KEY.encode() in path.read_bytes()]


def test_what_is_recorded_can_be_replayed(bench: Bench, tmp_path: Path) -> None:
    with scripted_server([BROKEN, SWAP, HALF]) as script:
        assert bench.repair(script, "--record", str(tmp_path)) == 0
    filled = bench.module
    bench.reset()
    assert run(["repair", str(bench.out), "--replay", str(tmp_path), "--no-functions"]) == 0
    assert bench.module == filled


def test_a_dry_run_asks_nothing(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    with scripted_server([]) as script:
        assert bench.repair(script, "--model", "small@1000/2000", "--dry-run") == 0
        assert script.asked == []
    lines = capfd.readouterr().out.splitlines()
    parts = [re.fullmatch(r".*; (\d+) tokens in, (\d+) out, ([\d.]+)", line) for line in lines[:2]]
    assert lines[0].startswith("p.c:1: swap: inline assembly is not translated; ")
    known = [(int(part[1]), int(part[2]), float(part[3])) for part in parts if part is not None]
    assert [cost for _, _, cost in known] == [pytest.approx((i + 2 * o) / 1000, abs=1e-4) for i, o, _ in known]
    tokens, money = sum(i + o for i, o, _ in known), sum(cost for _, _, cost in known)
    total = re.fullmatch(r"2 functions; one answer each: (\d+) tokens, ([\d.]+) with small", lines[-1])
    assert total is not None and (int(total[1]), float(total[2])) == (tokens, pytest.approx(money, abs=2e-4))


def test_a_dry_run_s_estimate_is_what_is_asked_then(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    with scripted_server([SWAP, HALF]) as script:
        assert bench.repair(script, "--dry-run", "--format", "json") == 0
        planned = json.loads(capfd.readouterr().out)["functions"]
        assert bench.repair(script) == 0
        sent = [sum(len(message["content"]) // 4 + 4 for message in data["messages"]) for _, data in script.asked]
    assert [one["tokens_in"] for one in planned] == sent
    assert [one["name"] for one in planned] == ["swap", "half"] and not any(one["stored"] for one in planned)


def test_functions_are_asked_for_at_once(bench: Bench) -> None:
    """Two functions that do not call each other: the first answer comes when both were asked for."""
    both = threading.Barrier(2, timeout=60)

    class Together(Act):
        def body(self, model: str) -> str:
            both.wait()
            return super().body(model)

    with scripted_server([Together(SWAP.content), Together(HALF.content)]) as script:
        status = bench.repair(script, "--jobs", "2", "--budget", "function-attempts=1")
    assert status in (0, 1) and len(script.asked) == 2


@pytest.mark.parametrize(("how", "status", "words"), [(signal.SIGINT, 130, "interrupted\n"), (signal.SIGKILL, -9, "")])
def test_a_run_that_is_ended_goes_on_with_the_next(bench: Bench, how: signal.Signals, status: int, words: str) -> None:
    with scripted_server([SWAP, Act("", hang=120.0)]) as script:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        arguments = ["repair", str(bench.out), "--base-url", script.url, "--model", "small", "--no-functions"]
        child = subprocess.Popen(
            [sys.executable, "-m", "c2rust_py.cli", *arguments], env=environment, stderr=subprocess.PIPE, text=True
        )
        while len(script.asked) < 2 and child.poll() is None:
            threading.Event().wait(0.05)
        child.send_signal(how)
        _, said = child.communicate()
    assert (child.returncode, said) == (status, words)
    assert "x.swap_bytes()" in bench.module
    with scripted_server([HALF]) as script:
        assert bench.repair(script) == 0
        assert len(script.asked) == 1


def test_two_runs_at_once_do_not_share_a_folder(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    inner: list[int] = []

    class Meanwhile(Act):
        def body(self, model: str) -> str:
            inner.append(bench.repair(script))
            return Act.body(self, model)

    with scripted_server([Meanwhile(SWAP.content), HALF]) as script:
        assert bench.repair(script) == 0
        assert inner == [2] and len(script.asked) == 2
    assert capfd.readouterr().err == f"error[C2RS-106]: cannot write {bench.out}: another `c2rs repair` is at work there\n"
    assert "unimplemented!" not in bench.module
