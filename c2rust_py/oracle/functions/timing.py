"""Two versions of a Rust function against the clock: the same inputs, in turns, the best of each.

Only the calls are timed. The minimum of many rounds is what a busy machine disturbs least.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from c2rust_py.oracle.confine import Confinement
from c2rust_py.oracle.functions.run import confined
from c2rust_py.oracle.run import ENVIRONMENT

_TURNS = 5
_ROUNDS = 40
_INPUTS = 4000
"""Inputs that are tried for some on which both sides agree."""
_SECONDS = 60.0
LEAST = 5
"""Nanoseconds of a call below which the clock says nothing: two functions that take less are equally fast."""


@dataclass(frozen=True, slots=True)
class Clocked:
    """A harness with one version of a function, `entry`."""

    program: Path
    entry: str

    def write_inputs(self, file: Path, confinement: Confinement | None) -> None:
        """Writes inputs on which this version agrees with the C."""
        self._run(["inputs", self.entry, "1", str(_INPUTS), str(file)], file.parent, confinement)

    def sift_inputs(self, file: Path, confinement: Confinement | None) -> None:
        """Leaves those in the file that this version takes, too."""
        self._run(["sift", self.entry, str(file)], file.parent, confinement)

    def nanoseconds(self, file: Path, confinement: Confinement | None) -> int | None:
        """The best round over the inputs of a file; None where there are none, or the function does not take one or panics."""
        said = self._run(["time", self.entry, str(file), str(_ROUNDS)], file.parent, confinement)
        word = said.rpartition("nanoseconds ")[2].strip()
        return int(word) if word.isdigit() else None

    def _run(self, words: list[str], folder: Path, confinement: Confinement | None) -> str:
        command = [str(self.program), *words]
        if confinement is not None:
            command = confined(confinement, self.program, command, folder, _SECONDS, (), (folder,))
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder,
                env=ENVIRONMENT, check=False, timeout=_SECONDS, text=True, errors="replace", start_new_session=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return ""
        return done.stderr


def slowdown(before: Clocked, after: Clocked, confinement: Confinement | None) -> float | None:
    """How many times as long the second version takes; None where it cannot be told."""
    with TemporaryDirectory(prefix="c2rs-timing-") as scratch:
        file = Path(scratch) / "inputs"
        after.write_inputs(file, confinement)
        if not file.is_file():
            return None
        before.sift_inputs(file, confinement)
        times: list[tuple[int, int]] = []
        for _ in range(_TURNS):
            pair = before.nanoseconds(file, confinement), after.nanoseconds(file, confinement)
            if pair[0] is None or pair[1] is None:
                return None
            times.append((pair[0], pair[1]))
        calls = len(file.read_text().splitlines())
    return ratio([old for old, _ in times], [new for _, new in times], calls)


def ratio(before: list[int], after: list[int], calls: int) -> float:
    """Of the minima of two lists of nanoseconds for so many calls."""
    least = LEAST * calls
    return max(min(after), least) / max(min(before), least)
