"""Statements: a function from its entry to its exits, and the fixpoint of each loop.

    for (i = 0; i < n; i++) a[i] = 0;      // head: i in [0, INT_MAX]; body: i - n <= -1, i <= INT_MAX - 1

A loop is run from its head until what comes back to the head is covered by it. The first round joins, the second widens
to the constants of the function, from then on bounds that still grow go to their type's limit; facts can only get fewer.
So a loop with k locals ends after at most 2k + 3 rounds and as many as it has facts, mostly after three. Since the
last round came back smaller, its result is a better head (one more round narrows again), and still one that covers
every run: it is what one round makes of a head that does. The very last pass over the body records.

Loops in loops: the head of an inner loop is kept with the state in which the loop was entered, and is used again as long
as that is the same, which it mostly is when the outer loop is about to be stable.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import assert_never

from c2rust_py.infer.ranges.branches import Brancher
from c2rust_py.infer.ranges.conditions import assume_within
from c2rust_py.infer.ranges.evaluate import Branches, Unreachable
from c2rust_py.infer.ranges.forms import Number, Root
from c2rust_py.infer.ranges.frame import Frame, written_locals
from c2rust_py.infer.ranges.record import Record
from c2rust_py.infer.ranges.state import State, covers, join, widen
from c2rust_py.infer.ranges.transfer import Bounds, hull
from c2rust_py.infer.ranges.world import World
from c2rust_py.ir import nodes as ir

_ROUNDS_WITH_THRESHOLDS = 1
_NARROWINGS = 1
"""Rounds beyond the one that finds the head stable."""

LoopStatement = ir.While | ir.DoWhile | ir.For | ir.Loop


def analyse_function(
    frame: Frame, world: World, params: Mapping[int, Bounds], record: Record | None
) -> Bounds | None:
    """Runs a function whose parameters are in `params`, and gives the range of its results; None where it returns no
    integer, or never. The last pass over each statement fills `record`."""
    analyser = Analyser(frame, world, frame.entry(params))
    analyser.record = record
    with suppress(Unreachable):
        analyser.statements(frame.function.body)
    return analyser.result


class Analyser(Brancher):
    """`result`: the hull of what has been returned."""

    def __init__(self, frame: Frame, world: World, state: State) -> None:
        super().__init__(frame, world, state)
        self.result: Bounds | None = None
        self._exits: dict[str, State] = {}
        self._continues: dict[str, State] = {}
        self._heads: dict[LoopStatement, tuple[State, State]] = {}

    def statements(self, body: tuple[ir.Statement, ...]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, statement: ir.Statement) -> None:
        match statement:
            case ir.Declare(local, init):
                self.write(local, None if init is None else self.value(init))
            case ir.Assign(place, value):
                self.store(place, self.value(value))
            case ir.Evaluate(value):
                self.value(value)
            case ir.Block(body):
                self.statements(body)
            case ir.If():
                self._if(statement)
            case ir.While() | ir.DoWhile() | ir.For() | ir.Loop():
                self._loop(statement)
            case ir.Labelled(label, body):
                self._resume(self._after(body, self.state), label)
            case ir.Break(label):
                self._leave(self._exits, label)
            case ir.Continue(label):
                self._leave(self._continues, label)
            case ir.Match():
                self._match(statement)
            case ir.Return(value):
                self._return(value)
            case ir.CatchJump():
                self._catch(statement)
            case ir.AllocateVla(local, size):
                self.value(size)
                self.write(local, None)
            case ir.VaStart(place) | ir.VaEnd(place):
                self.place(place)
            case ir.UnsupportedStatement():
                for local in self.frame.limits:
                    if local >= 0:
                        self.write(local, None)
            case ir.Switch() | ir.Case() | ir.Default() | ir.Goto() | ir.ComputedGoto() | ir.Label():
                raise AssertionError(f"{statement.span}: not normalised")
            case ir.Split() | ir.DeclarePair():
                raise AssertionError(f"{statement.span}: ranges are of programs before `lift`")
            case _:
                assert_never(statement)

    # ---- paths ----

    def _after(self, body: tuple[ir.Statement, ...], state: State | None) -> State | None:
        """The state behind statements; None where nothing gets there."""
        if state is None:
            return None
        self.state = state
        try:
            self.statements(body)
        except Unreachable:
            return None
        return self.state

    def _leave(self, doors: dict[str, State], label: str) -> None:
        joined = join(doors.get(label), self.state)
        assert joined is not None
        doors[label] = joined
        raise Unreachable

    def _resume(self, end: State | None, label: str | None = None) -> None:
        """Goes on where these paths meet: one that ended in `end`, and all that left by `label`."""
        state = join(end, self._exits.pop(label, None)) if label is not None else end
        if state is None:
            raise Unreachable
        self.state = state

    def _if(self, statement: ir.If) -> None:
        true, false = self.branch(statement.condition)
        end = self._after(statement.then, true)
        self._resume(join(end, self._after(statement.otherwise, false)))

    def _match(self, statement: ir.Match) -> None:
        number = self.integer(statement.value)
        rest: State | None = self.state
        rest_number = number
        end: State | None = None
        for arm in statement.arms:
            if not arm.patterns:
                if rest is not None and not assume_within(rest, number, rest_number.lo, rest_number.hi):
                    rest = None
                end = join(end, self._after(arm.body, rest))
                rest = None
                continue
            low, high = min(p.low for p in arm.patterns), max(p.high for p in arm.patterns)
            inside = None if rest is None else rest.copy()
            if inside is not None and assume_within(inside, number, low, high):
                end = join(end, self._after(arm.body, inside))
            for pattern in sorted(arm.patterns, key=lambda p: p.low):
                rest_number = _without(rest_number, pattern.low, pattern.high)
            if rest_number.lo > rest_number.hi:
                rest = None
        if rest is not None:
            end = join(end, rest)
        self._resume(end, statement.label)

    def _return(self, value: ir.Value | None) -> None:
        number = None if value is None else self.value(value)
        self.escape(number)
        if number is not None and number.root is None:
            self.result = number.bounds if self.result is None else hull(self.result, number.bounds)
        raise Unreachable

    def _catch(self, statement: ir.CatchJump) -> None:
        """A jump back into the body may come from anywhere in it, with any value."""
        self.escape(self.value(statement.env))
        for local in sorted(written_locals((statement,))):
            if self.record is not None:
                roots = self.state.roots.get(local, frozenset[Root | None]())
                self.record.escaped.update(root.local for root in roots if root is not None)
            self.write(local, None)
        self._resume(self._after(statement.body, self.state), statement.label)

    # ---- loops ----

    def _loop(self, loop: LoopStatement) -> None:
        if isinstance(loop, ir.For):
            self.statements(loop.init)
        entry = self.state
        known = self._heads.get(loop)
        if known is not None and known[0] == entry:
            head = known[1].copy()
        else:
            head = self._stable_head(loop, entry.copy())
            self._heads[loop] = (entry.copy(), head.copy())
        _, end = self._round(loop, head)
        self._resume(end, loop.label)

    def _stable_head(self, loop: LoopStatement, entry: State) -> State:
        """A state that covers the loop's entry and whatever comes back to its head."""
        head, rounds = entry, 0
        while True:
            back = self._silently(loop, head)
            around = join(entry, back)
            assert around is not None
            if covers(head, around):
                break
            if rounds == 0:
                head = around
            else:
                thresholds = self.frame.thresholds if rounds <= _ROUNDS_WITH_THRESHOLDS else ()
                head = widen(head, around, thresholds)
            rounds += 1
        for _ in range(_NARROWINGS if rounds else 0):
            if covers(around, head):
                break
            head = around
            narrower = join(entry, self._silently(loop, head))
            assert narrower is not None
            around = narrower
        return around

    def _silently(self, loop: LoopStatement, head: State) -> State | None:
        """What comes back to the head in a pass that leaves nothing else behind."""
        record, result, exits, continues = self.record, self.result, self._exits, self._continues
        self.record, self._exits, self._continues = None, {}, {}
        back, _ = self._round(loop, head.copy())
        self.record, self.result, self._exits, self._continues = record, result, exits, continues
        return back

    def _round(self, loop: LoopStatement, head: State) -> Branches:
        """One round: the state that comes back to the head, and the one that leaves by the condition."""
        match loop:
            case ir.While(label, condition, body):
                true, false = self._test(condition, head)
                return join(self._after(body, true), self._continues.pop(label, None)), false
            case ir.DoWhile(label, body, condition):
                end = join(self._after(body, head), self._continues.pop(label, None))
                return (None, None) if end is None else self._test(condition, end)
            case ir.For(label, _, condition, step, body):
                true, false = (head, None) if condition is None else self._test(condition, head)
                end = join(self._after(body, true), self._continues.pop(label, None))
                return self._after(step, end), false
            case ir.Loop(label, body):
                return join(self._after(body, head), self._continues.pop(label, None)), None

    def _test(self, condition: ir.Value, state: State) -> Branches:
        self.state = state
        try:
            return self.branch(condition)
        except Unreachable:
            return None, None


def _without(number: Number, low: int, high: int) -> Number:
    """The number where it is not in an interval that may be at one of its ends."""
    if low <= number.lo <= high:
        return number._replace(lo=high + 1)
    if low <= number.hi <= high:
        return number._replace(hi=low - 1)
    return number
