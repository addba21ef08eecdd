"""Runs the stages of a translation: the one place that verifies, dumps, times and stops.

`pipeline.py` calls each stage as `stages.run("normalise", normalise, program)`: a plain typed call with everything that
holds for every stage around it.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pprint import pformat
from typing import ParamSpec, TypeVar

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, error
from c2rust_py.emit.workspace import Workspace
from c2rust_py.ir.printer import print_program
from c2rust_py.ir.program import Program
from c2rust_py.ir.verify import Stage, verify_program
from c2rust_py.lift import Lifted
from c2rust_py.rust_ir.printer import print_items
from c2rust_py.to_rust.translate import Translation

P = ParamSpec("P")
T = TypeVar("T")

STAGES = ("parse", "elaborate", "link", "normalise", "lift", "sequence", "to_rust", "refine", "emit", "check")
"""Every stage, in order: what `--stop-after` and `--dump-after` take."""


class Stopped(Exception):
    """The run ends here because `--stop-after` says so."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What one stage took: CPU seconds of this process and of children that ended, and the peak so far in megabytes."""

    stage: str
    cpu_seconds: float
    peak_megabytes: float


@dataclass(slots=True)
class Stages:
    """One run's stages."""

    stop_after: str | None = None
    dump_after: str | None = None
    timings: list[Timing] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in (self.stop_after, self.dump_after):
            if name is not None and name not in STAGES:
                message = f"there is no stage `{name}`"
                raise CompileError(error(Code.USAGE, message, hint=f"stages: {', '.join(STAGES)}"), EXIT_USAGE)

    def run(self, name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(*args, **kwargs)` as the stage `name`; raises Stopped behind the last one."""
        assert name in STAGES, name
        before = _cpu_seconds()
        output = function(*args, **kwargs)
        self.timings.append(Timing(name, _cpu_seconds() - before, _peak_megabytes()))
        _verify(name, output)
        if name == self.dump_after:
            sys.stdout.write(_dumped(output))
        if name == self.stop_after:
            raise Stopped(name)
        return output

    def table(self) -> str:
        """The timings as a table, each stage once and the total below."""
        sums: dict[str, float] = {}
        peaks: dict[str, float] = {}
        for timing in self.timings:
            sums[timing.stage] = sums.get(timing.stage, 0.0) + timing.cpu_seconds
            peaks[timing.stage] = timing.peak_megabytes
        rows = [f"{'stage':<12}{'CPU s':>9}{'peak MB':>10}"]
        rows += [f"{stage:<12}{seconds:>9.2f}{peaks[stage]:>10.0f}" for stage, seconds in sums.items()]
        rows.append(f"{'total':<12}{sum(sums.values()):>9.2f}{max(peaks.values(), default=0):>10.0f}")
        return "\n".join(rows)


def _verify(stage: str, output: object) -> None:
    """Checks what the kind of output promises at that stage; raises CompileError where the stage broke it."""
    if isinstance(output, list):
        for item in output:
            _verify(stage, item)
    elif isinstance(output, Program):
        verify_program(output, _PROMISES[stage])
    elif isinstance(output, Lifted):
        verify_program(output.program, Stage.LIFTED)


_PROMISES = {"link": Stage.ELABORATED, "normalise": Stage.NORMALISED, "sequence": Stage.LIFTED}
"""What holds of the program behind each stage that gives one."""


def _dumped(output: object) -> str:
    """A stage's output as text that a person can read."""
    match output:
        case Program():
            return print_program(output)
        case Lifted():
            return print_program(output.program)
        case Translation():
            modules = output.crate.modules
            return "".join(f"// {module.name}\n{print_items(module.items).text}" for module in modules)
        case Workspace():
            return "".join(f"// {path}\n{text}" for path, text in output.files.items() if "/c2rs-rt/" not in path)
        case list() | tuple():
            return "".join(_dumped(item) for item in output)
        case _:
            return pformat(output, width=120) + "\n"


def _cpu_seconds() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak_megabytes() -> float:
    """The largest resident set so far, of this process or one child (Linux counts in kilobytes)."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return max(own.ru_maxrss, children.ru_maxrss) / 1024
