"""The statements of the IR; see `nodes`."""

from __future__ import annotations

from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.ir.values import Place, Value


@dataclass(frozen=True, slots=True, eq=False)
class Declare:
    """A local comes to life here, with an initial value or none. In a loop, this runs each time round. `cleanup` is the
    call of GNU C's attribute, for when the scope is left; only before `normalise.run_cleanups`."""

    local: int
    init: Value | None
    span: Span
    cleanup: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class AllocateVla:
    """The pointer `local` is given a new stack block of `size` bytes (unsigned long), which ends with the scope."""

    local: int
    size: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """`let (low, high) = place.split_at_mut(at);`, behind `lift` only: the elements of an array as two slices, each of which
    can be written while the other is looked at. Both locals are references, declared here."""

    place: Place
    at: Value
    low: int
    high: int
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class DeclarePair:
    """`let (value, length) = call;`, behind `lift` only: what a library function says beside its value, which has the type of
    the call. Both locals are declared here and keep what they are given; value: None where nobody wants it."""

    value: int | None
    length: int
    call: Value
    span: Span

    @property
    def declared(self) -> tuple[int, ...]:
        """The locals that it declares."""
        return (self.length,) if self.value is None else (self.value, self.length)


@dataclass(frozen=True, slots=True, eq=False)
class Assign:
    """Stores a value of the place's type; a bit-field's value is already truncated."""

    place: Place
    value: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Evaluate:
    """A value for its side effects."""

    value: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A scope."""

    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class If:
    condition: Value
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class While:
    """`label` names the loop for `Break` and `Continue`; it is unique in the function."""

    label: str
    condition: Value
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class DoWhile:
    label: str
    body: tuple[Statement, ...]
    condition: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class For:
    """`Continue` goes to `step`. Declarations in `init` live for the whole loop."""

    label: str
    init: tuple[Statement, ...]
    condition: Value | None
    step: tuple[Statement, ...]
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """An endless loop, left by `Break`."""

    label: str
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A block that `Break(label)` leaves; falling off its end goes on behind it, too."""

    label: str
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Break:
    """Leaves the loop, switch, match, labelled block or catch of that label."""

    label: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Continue:
    """The next round of the loop of that label."""

    label: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Switch:
    """C's switch as written: `body` has `Case` and `Default` markers for this label, at any depth. Only before
    `normalise.lower_switch`."""

    label: str
    value: Value
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """`case low ... high:` of the switch named `switch`; the bounds are in the type of the switch's value."""

    switch: str
    low: int
    high: int
    span: Span
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Default:
    switch: str
    span: Span


@dataclass(frozen=True, slots=True)
class Pattern:
    """Values `low` to `high`, inclusive; `name` is the constant that C wrote."""

    low: int
    high: int
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """One arm of a `Match`; no pattern means every value that no other arm has, and stands last."""

    patterns: tuple[Pattern, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A switch without fallthrough: patterns are disjoint, at most one arm (the last) is the default. `Break(label)`
    leaves it from anywhere inside."""

    label: str
    value: Value
    arms: tuple[Arm, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Goto:
    label: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ComputedGoto:
    """GNU C's `goto *target;`."""

    target: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A C label stands here; names are unique in the function."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Return:
    value: Value | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class VaStart:
    list: Place
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class VaEnd:
    list: Place
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class CatchJump:
    """`setjmp(env)`: runs `body` with `result` 0, and again with the value of each `longjmp` to `env` that unwinds into
    it. The body ends on every path in a `Return`, which returns from its function, or in a `Break(label)`, which ends the
    catch and goes on behind it. No other jump leaves the body. Made by `normalise.lower_setjmp`."""

    label: str
    env: Value
    result: int
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class UnsupportedStatement:
    """See `UnsupportedValue`. Where it stands for a whole body, `mentions` are the symbols of the functions and objects that
    the C names there, since what fills the stub can need them; `fingerprint` tells one C text from another; `sketch` is the
    function as it was understood, printed, with the part that is not translated marked. lent: where what fills the stub has
    references and positions for pointers, the numbers of these parameters, and of those of them that may be missing (see `lift.lending`). idle: those of the mentions that stand
    only where C never comes to."""

    code: str
    reason: str
    span: Span
    mentions: tuple[str, ...] = ()
    fingerprint: str = ""
    sketch: str = ""
    lent: tuple[int, ...] | None = None
    missing: tuple[int, ...] = ()
    idle: tuple[str, ...] = ()


Statement = (
    Declare
    | AllocateVla
    | Split
    | DeclarePair
    | Assign
    | Evaluate
    | Block
    | If
    | While
    | DoWhile
    | For
    | Loop
    | Labelled
    | Break
    | Continue
    | Switch
    | Case
    | Default
    | Match
    | Goto
    | ComputedGoto
    | Label
    | Return
    | VaStart
    | VaEnd
    | CatchJump
    | UnsupportedStatement
)
