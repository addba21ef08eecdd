"""What the comparison of one function came to, and how a run is told what to compare."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from c2rust_py.oracle.confine import Confinement


class Outcome(Enum):
    """How C and Rust went on the inputs of a function; the value is the word used in reports.

    EQUAL: the same results, writes and exits on every input on which the C is defined.
    DIFFERS: another result, write, exit or output.
    PANICS, HANGS, CRASHES: what the Rust does where the C, defined, does something else. (Safe Rust crashes by a
    stack that is used up.)
    NOT_COMPARED: there is a reason why nothing was compared.
    """

    EQUAL = "equal"
    DIFFERS = "differs"
    PANICS = "panics"
    HANGS = "hangs"
    CRASHES = "crashes"
    NOT_COMPARED = "cannot compare"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The lines and blocks of the C function that defined inputs reached, by gcov."""

    lines: int
    lines_reached: int
    blocks: int
    blocks_reached: int

    @property
    def percent(self) -> float:
        """Of the lines; a function without lines is reached whole."""
        return 100.0 * self.lines_reached / self.lines if self.lines else 100.0


@dataclass(frozen=True, slots=True)
class FunctionVerdict:
    """One function of a translation.

    name: the C name. symbol: its name in the linked program. rust_path: `list::push` from its crate on.
    reason: why it is not compared, or in one line what is different.
    input: the smallest input found for which the sides differ, rendered for a reader: one argument or block a line.
    comparisons: inputs on which both sides ran and were compared. undefined: inputs that were dropped because the C is
    undefined there. dropped: inputs that were not judged, since those like them that were judged are all undefined. replayed:
    how many kept inputs of former runs were among them. computed: seconds of processor time of the comparison. seconds: by the
    clock, coverage included. stubs: what the Rust said where inputs came to one.
    """

    name: str
    symbol: str
    rust_path: str
    outcome: Outcome
    reason: str | None = None
    input: str | None = None
    comparisons: int = 0
    undefined: int = 0
    dropped: int = 0
    replayed: int = 0
    computed: float = 0.0
    seconds: float = 0.0
    coverage: Coverage | None = None
    stubs: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether nothing speaks against the translation."""
        return self.outcome in (Outcome.EQUAL, Outcome.NOT_COMPARED)

    def as_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["outcome"] = self.outcome.value
        if self.coverage is not None:
            data["coverage"]["percent"] = round(self.coverage.percent, 1)
        return data


@dataclass(frozen=True, slots=True)
class FunctionOptions:
    """How to compare functions.

    seed: of the inputs. count: inputs of each function. timeout: seconds for one call of either side. limit: seconds for
    one function, after which it has been compared on fewer. jobs: functions that are compared at once; 0: one a processor.
    coverage: whether gcov is asked what the inputs reach. confinement: of the harness, where nobody has read the Rust.
    """

    seed: int = 1
    count: int = 100_000
    timeout: float = 1.0
    limit: float = 20.0
    jobs: int = 0
    coverage: bool = True
    confinement: Confinement | None = None


@dataclass(frozen=True, slots=True)
class FunctionComparison:
    """The verdicts on the functions of a translation, in the order of the C."""

    verdicts: tuple[FunctionVerdict, ...]

    @property
    def agrees(self) -> bool:
        return all(verdict.agrees for verdict in self.verdicts)

    def as_json(self) -> dict[str, Any]:
        return {"version": 1, "equal": self.agrees, "functions": [verdict.as_json() for verdict in self.verdicts]}

    def as_text(self) -> str:
        """A line for each function, with what differs below it."""
        width = max((len(verdict.symbol) for verdict in self.verdicts), default=0)
        lines = [line for verdict in self.verdicts for line in _lines(verdict, width)]
        compared = [verdict for verdict in self.verdicts if verdict.outcome is not Outcome.NOT_COMPARED]
        equal = sum(verdict.agrees for verdict in compared)
        lines.append(f"{equal} of {len(compared)} compared functions are equal, of {len(self.verdicts)} in all")
        return "\n".join(lines)


def _lines(verdict: FunctionVerdict, width: int) -> list[str]:
    head = f"{verdict.symbol:<{width}}  {verdict.outcome.value}"
    if verdict.outcome is Outcome.NOT_COMPARED:
        return [f"{head}: {verdict.reason}"]
    if verdict.outcome is not Outcome.EQUAL:
        shown = (verdict.input or "").splitlines()
        return [f"{head}: {verdict.reason}", *(f"    {line}" for line in shown)]
    reached = "" if verdict.coverage is None else f", {verdict.coverage.percent:.0f} % of its lines"
    undefined = f", {verdict.undefined} undefined" if verdict.undefined else ""
    return [f"{head} on {verdict.comparisons} inputs{undefined}{reached}"]
