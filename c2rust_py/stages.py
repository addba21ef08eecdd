"""Runs the stages of a translation: the one place that verifies, dumps, times and stops.

`pipeline.py` calls each stage as `stages.run("normalise", normalise, program)`: a plain typed call with everything that
holds for every stage around it.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, error

P = ParamSpec("P")
T = TypeVar("T")

STAGES = ("parse", "elaborate", "link", "normalise", "infer", "to_rust", "refine", "emit", "check")
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
    """One run's stages.

    `verify` and `dump` map a class of output to the function that checks it (raising CompileError) or prints it, so that
    a stage is verified for what it gives, not for its name.
    """

    stop_after: str | None = None
    dump_after: str | None = None
    verify: Mapping[type, Callable[[Any], None]] = field(default_factory=dict)
    dump: Mapping[type, Callable[[Any], str]] = field(default_factory=dict)
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
        check = self.verify.get(type(output))
        if check is not None:
            check(output)
        if name == self.dump_after:
            sys.stdout.write(self._dumped(output))
        if name == self.stop_after:
            raise Stopped(name)
        return output

    def _dumped(self, output: object) -> str:
        if isinstance(output, list | tuple):
            return "".join(self._dumped(item) for item in output)
        printer = self.dump.get(type(output))
        return (repr(output) if printer is None else printer(output)).rstrip("\n") + "\n"

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


def _cpu_seconds() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak_megabytes() -> float:
    """The largest resident set so far, of this process or one child (Linux counts in kilobytes)."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return max(own.ru_maxrss, children.ru_maxrss) / 1024
