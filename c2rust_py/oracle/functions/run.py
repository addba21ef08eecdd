"""Runs the comparison of one function, and asks gcov how much of the C its inputs reached."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from c2rust_py.oracle.confine import Confinement
from c2rust_py.oracle.functions.c_objects import CObjects
from c2rust_py.oracle.functions.harness import Harness
from c2rust_py.oracle.functions.plan import FunctionPlan
from c2rust_py.oracle.functions.verdicts import Coverage, FunctionOptions, FunctionVerdict, Outcome
from c2rust_py.oracle.run import ENVIRONMENT

SAMPLE = 4000
"""Inputs of a function that the sanitized C runs to measure what they reach."""
_STACK = 120 << 20
_ADDRESSES = 1 << 47
_PROCESSES = 256
_SANITIZER = (
    "detect_leaks=0:allocator_may_return_null=1:exitcode=77:verify_asan_link_order=0:"
    "detect_stack_use_after_return=0:symbolize=0:handle_abort=0:redzone=512:malloc_context_size=0:max_allocation_size_mb=4096:quarantine_size_mb=16"
)


@dataclass(frozen=True, slots=True)
class Runner:
    """What is needed to run the functions of one group. `inputs` is where inputs that failed are kept."""

    harness: Harness
    judged: CObjects
    inputs: Path
    options: FunctionOptions

    def run(self, plan: FunctionPlan) -> FunctionVerdict:
        """The verdict on one function."""
        start = time.monotonic()
        with TemporaryDirectory(prefix="c2rs-functions-") as scratch:
            folder = Path(scratch)
            verdict = self._compare(plan, folder)
            coverage = self._coverage(plan, folder) if self.options.coverage else None
        seconds = round(time.monotonic() - start, 3)
        return replace(verdict, coverage=coverage, seconds=seconds)

    def _compare(self, plan: FunctionPlan, folder: Path) -> FunctionVerdict:
        options = self.options
        self.inputs.mkdir(parents=True, exist_ok=True)
        kept = self.inputs / f"{_file_name(plan.entry)}.txt"
        words = [options.seed, options.count, _milliseconds(options.timeout), _milliseconds(options.limit)]
        command = ["compare", plan.entry, *map(str, words), str(self.harness.judge), str(kept)]
        lines, failure = self._call(self.harness.compare, command, folder, options.limit * 3 + 60)
        name, symbol, path = plan.function.name, plan.entry, plan.rust_path
        if failure is not None:
            return FunctionVerdict(name, symbol, path, Outcome.NOT_COMPARED, f"the harness fails: {failure}")
        return FunctionVerdict(
            name,
            symbol,
            path,
            Outcome(lines["outcome"]),
            lines["reason"] or None,
            lines["input"] or None,
            int(lines["compared"]),
            int(lines["undefined"]),
            int(lines["dropped"]),
            int(lines["replayed"]),
            round(float(lines["computed"]), 3),
            stubs=tuple(lines["stubs"].splitlines()),
        )

    def _coverage(self, plan: FunctionPlan, folder: Path) -> Coverage | None:
        """Of the function's own lines, by a sample of its inputs and those that were judged."""
        options = self.options
        count = min(SAMPLE, options.count)
        command = ["sample", plan.entry, str(options.seed), str(count), str(_milliseconds(options.timeout))]
        _, failure = self._call(self.harness.judge, command, folder, options.limit * 3 + 60)
        if failure is not None:
            return None
        return read_coverage(self.judged, folder, plan.function.name, plan.function.span.line)

    def replay(self, entry: str) -> bytes:
        """What both sides write to their standard error on the input that was kept last."""
        kept = self.inputs / f"{_file_name(entry)}.txt"
        limit = self.options.limit
        with TemporaryDirectory(prefix="c2rs-functions-") as scratch:
            folder = Path(scratch)
            (folder / "work").mkdir()
            command = self._command(self.harness.compare, ["replay", entry, str(kept)], folder, limit)
            try:
                done = subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                    cwd=folder / "work", env=ENVIRONMENT, check=False, timeout=limit, start_new_session=True,
                )  # fmt: skip
            except subprocess.TimeoutExpired as expired:
                return expired.stderr or b""
            return done.stderr

    def _call(
        self, program: Path, words: list[str], folder: Path, limit: float
    ) -> tuple[Mapping[str, str], str | None]:
        """What the program printed, by first words, or why there is nothing."""
        environment = {**ENVIRONMENT, "ASAN_OPTIONS": _SANITIZER, "GCOV_PREFIX": str(folder / "gcov")}
        work = folder / "work"
        work.mkdir(exist_ok=True)
        child = subprocess.Popen(
            self._command(program, words, folder, limit),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=work,
            env=environment,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        resource.prlimit(child.pid, resource.RLIMIT_CORE, (0, 0))
        resource.prlimit(child.pid, resource.RLIMIT_STACK, _stack_limit(child.pid))
        try:
            stdout, stderr = child.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            return {}, "out of time"
        finally:
            if child.poll() is None:
                os.killpg(child.pid, 9)
                child.wait()
        if child.returncode != 0:
            words_said = stderr.strip().splitlines()
            return {}, f"status {child.returncode}: {words_said[0][:300] if words_said else ''}"
        pairs = (line.partition(" ") for line in stdout.splitlines())
        return {key: _text(value) for key, _, value in pairs}, None


    def _command(self, program: Path, words: list[str], folder: Path, limit: float) -> list[str]:
        """The command that runs the program. Confined, it sees its scratch folder, the inputs and the judge, and has no limit of
        address space, since the sanitizer reserves more than there is."""
        confinement = self.options.confinement
        if confinement is None:
            return [str(program), *words]
        argv = [str(program), *words]
        work, others = folder / "work", (self.inputs, folder)
        return confined(confinement, program, argv, work, limit, (self.harness.judge,), others)


def confined(
    confinement: Confinement, program: Path, argv: Sequence[str], work: Path, limit: float,
    readable: Sequence[Path], writable: Sequence[Path],
) -> list[str]:  # fmt: skip
    """The command that runs a harness confined, without a limit of address space."""
    free = replace(confinement, memory=_ADDRESSES, processes=_PROCESSES)
    inner = free.command(program, argv, work, limit, readable, writable)
    return ["prlimit", f"--stack={_STACK}:", "--", *inner]


def _stack_limit(pid: int) -> tuple[int, int]:
    _, hard = resource.prlimit(pid, resource.RLIMIT_STACK)
    most = _STACK if hard == resource.RLIM_INFINITY else min(_STACK, hard)
    return most, hard


def _milliseconds(seconds: float) -> int:
    return max(int(seconds * 1000), 1)


def _text(line: str) -> str:
    """Undoes what the harness does to lines."""
    return "\\".join(part.replace("\\n", "\n") for part in line.split("\\\\"))


def _file_name(entry: str) -> str:
    return "".join(char if char.isalnum() or char in "._-" else "_" for char in entry)


def read_coverage(judged: CObjects, folder: Path, name: str, line: int) -> Coverage | None:
    """Reads the counters that the sanitized program left under `folder`/gcov."""
    for file in judged.files:
        counters = folder / "gcov" / file.relative_to("/").with_suffix(".gcda")
        if not counters.is_file():
            continue
        notes = counters.with_suffix(".gcno")
        if not notes.exists():
            notes.symlink_to(file.with_suffix(".gcno"))
        command = ["gcov", "--json-format", "--stdout", str(counters)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode == 0 and (found := _function_coverage(json.loads(done.stdout), name, line)) is not None:
            return found
    return None


def _function_coverage(data: dict[str, Any], name: str, line: int) -> Coverage | None:
    for file in data["files"]:
        for function in file["functions"]:
            if function["name"] == name and abs(function["start_line"] - line) <= 2:
                lines = [one for one in file["lines"] if one.get("function_name") == name]
                reached = sum(1 for one in lines if one["count"] > 0)
                return Coverage(len(lines), reached, function["blocks"], function["blocks_executed"])
    return None
