"""rustc as the referee: its borrow errors become demotions, and the program is solved again (DESIGN 1).

    fn shift(a: &mut [i32]) { copy(&mut a[1..], &a[..]); }     E0502 -> the call of `copy` goes to the instance on memory

An error is traced to its function by the lines of the formatted module, and in it to calls and variables by the names that rustc
points at: names survive every template and formatter. What is not about borrowing, or has nothing above memory in its function, is
a defect of ours: then nothing steps down, and the errors stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.emit.function_lines import function_lines
from c2rust_py.emit.workspace import Workspace
from c2rust_py.infer.demotions import Demotions, Reason
from c2rust_py.referee.cargo import RustcMessage
from c2rust_py.referee.suspects import LiftedCrate, Suspect, accuse, find_suspects

ROUNDS = 4
"""Rounds that take down what an error points at; in the one behind them, every slot of a function that still fails goes."""

_BORROW_ERRORS = frozenset(
    {"E0382", "E0499", "E0502", "E0503", "E0505", "E0506", "E0507", "E0515", "E0521", "E0597", "E0621", "E0713", "E0716"}
)
_LIFETIME = "lifetime may not live long enough"
"""This error carries no code."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one borrow error took down, in which round, and where it stands in Rust and in C."""

    round: int
    function: str
    error: str
    rust_place: str
    place: Span
    demoted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Charge:
    """An error with those that it takes down."""

    crate: str
    symbol: str
    message: RustcMessage
    place: Span
    accused: tuple[Suspect, ...]


def step_down(
    crates: Mapping[str, LiftedCrate],
    workspace: Workspace,
    edited: AbstractSet[str],
    errors: Sequence[RustcMessage],
    round: int,
) -> dict[str, tuple[Step, ...]]:
    """Adds to the demotions of each crate what the errors of one build ask for, and gives the steps of each crate that has some.

    Nothing where an error is none of borrowing, where it stands in a file that the user edited, where nothing in its function
    is above memory, or where the rounds are over.
    """
    if round > ROUNDS + 1:
        return {}
    charges: list[_Charge] = []
    for message in sorted(errors, key=lambda error: (error.file or "", error.line, error.text)):
        charge = None if message.file in edited else _charge(crates, workspace, message, everything=round > ROUNDS)
        if charge is None:
            return {}
        charges.append(charge)
    steps: dict[str, tuple[Step, ...]] = {}
    for charge in charges:
        step = _carry_out(crates[charge.crate], charge, round)
        steps[charge.crate] = (*steps.get(charge.crate, ()), step)
    return steps


def _charge(
    crates: Mapping[str, LiftedCrate], workspace: Workspace, message: RustcMessage, *, everything: bool
) -> _Charge | None:
    found = _function_of(crates, workspace, message) if is_about_borrowing(message) else None
    if found is None:
        return None
    name, symbol = found
    crate = crates[name]
    suspects = find_suspects(crate, symbol, _demotions(crate))
    if not suspects:
        return None
    assert message.file is not None
    place = workspace.c_place(message.file, message.line) or crate.lifted.program.functions[symbol].span
    accused = suspects if everything else accuse(suspects, message, place.line)
    return _Charge(name, symbol, message, place, tuple(accused))


def _carry_out(crate: LiftedCrate, charge: _Charge, round: int) -> Step:
    message = charge.message
    error = f"{message.code}: {message.text}" if message.code else message.text
    rust_place = f"{message.file}:{message.line}"
    reason = Reason(f"rustc refuses {rust_place}: {error}", charge.place)
    for suspect in charge.accused:
        _demotions(crate).refuse(suspect.subject, reason)
    function = crate.lifted.program.functions[charge.symbol].name
    return Step(round, function, error, rust_place, charge.place, tuple(suspect.words for suspect in charge.accused))


def is_about_borrowing(message: RustcMessage) -> bool:
    """Whether an error is one that the referee settles."""
    return message.code in _BORROW_ERRORS or (message.code is None and message.text == _LIFETIME)


def _function_of(
    crates: Mapping[str, LiftedCrate], workspace: Workspace, message: RustcMessage
) -> tuple[str, str] | None:
    """The crate and the symbol of the function that an error stands in."""
    lines = function_lines(workspace.files.get(message.file or "", ""))
    around = next((name for name, range in lines.items() if message.line in range), None)
    for name, crate in crates.items():
        for symbol, path in crate.lowered.rust_paths.items():
            module, _, function = path.rpartition("::")
            if function == around and message.file == f"crates/{name}/src/{module}.rs":
                return name, symbol
    return None


def _demotions(crate: LiftedCrate) -> Demotions:
    """Those of the crate's solution: there is one where a function has suspects."""
    return Demotions() if crate.lifted.solution is None else crate.lifted.solution.demotions
