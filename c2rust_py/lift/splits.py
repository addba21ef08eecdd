"""Calls that are lent several parts of one array, one of them to write: the array is split in front of the call.

    add(tmp, t, t + 5);          ->      let (t_low, tmp) = t.split_at_mut(20); add(tmp, t_low, &t_low[5..]);
    merge(out, a, n, a + n, m);          // all shared: no split

A cut is the start of one of the loans. It separates what ends in front of it from what begins at it or behind, and both must
be proved: by what the callee accesses behind a parameter (`infer.extents`), and by comparing the positions (`infer.linear`).
Loans that no cut separates are left to `lift.conflicts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import cast

from c2rust_py.infer.effects import Effects, Needs
from c2rust_py.infer.extents import Extents
from c2rust_py.infer.linear import Form, Forms, definitions_of
from c2rust_py.infer.places import root_of
from c2rust_py.infer.ranges import Ranges
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import OwnedRoot, ParamRoot, without_casts
from c2rust_py.ir.nodes import (
    Binary,
    BinaryOp,
    Borrow,
    Call,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    IndexPlace,
    IntConst,
    Load,
    LocalPlace,
    Place,
    ReferentPlace,
    Split,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, Local, Program
from c2rust_py.ir.types import USIZE, Access, ArrayType, ReferenceType
from c2rust_py.ir.walk import is_stable, walk_all
from c2rust_py.lift.before_calls import CallRewriter
from c2rust_py.lift.loans import common_array, conflicts, is_same_root, may_overlap, steps_of
from c2rust_py.lift.positions import converted


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """What proofs rest on. extents: worked out when the first call needs them. origins: the identity of each call with a lifted
    callee before it was rewritten. renumbered: the functions whose parameters are not those of C one by one. measured: those whose slices have to
    reach to the end of their arrays (`infer.view_pairs`)."""

    ranges: Ranges
    extents: Callable[[], Extents]
    effects: Effects
    solution: Solution
    origins: Mapping[int, int]
    renumbered: AbstractSet[str]
    measured: AbstractSet[str] = frozenset()


def split_loans(program: Program, facts: SplitFacts) -> tuple[Program, dict[int, int]]:
    """The program with splits in front of the calls that they help; and the identity of each of these calls before, by that of
    its node now."""
    came_from: dict[int, int] = {}
    functions: dict[str, Function] = {}
    for symbol, function in program.functions.items():
        needed = any(isinstance(node, Call) and conflicts(program, node) for node in walk_all(function.body))
        functions[symbol] = _Splitter(program, function, came_from, facts).rewritten() if needed else function
    return (replace(program, functions=functions), came_from) if came_from else (program, {})


_ZERO = Form()


_ZERO = Form()


def argument_names(solution: Solution, origins: Mapping[int, int]) -> Callable[[str, Call, int], str | None]:
    """The `c_name` of a lifted program. origins: the identity of each call with a lifted callee before it was rewritten."""

    @cache
    def calls(symbol: str) -> dict[int, Call]:
        body = solution.program.functions[symbol].body
        return {id(node): node for node in walk_all(body) if isinstance(node, Call)}

    def name(symbol: str, call: Call, at: int) -> str | None:
        before = calls(symbol).get(origins.get(id(call), 0))
        match None if before is None or len(before.args) != len(call.args) else without_casts(before.args[at]):
            case Load(LocalPlace(local)):
                template = solution.templates[symbol].get(local)
                known = template is not None and template.cursor is None and template.root != ParamRoot(local)
                return solution.program.functions[symbol].locals[local].name if known else None
            case _:
                return None

    return name


@dataclass(frozen=True, slots=True)
class _Part:
    """A loan of a part of the array: the argument's position, and where its elements begin and end. ends: each is a bound, the
    greatest of some forms. rest: the steps from the element on, where the loan is of one element."""

    argument: int
    loan: Borrow
    first: Value
    start: Form
    ends: tuple[tuple[Form, ...], ...]
    rest: tuple[Place, ...] | None

    def ends_before(self, other: Form, forms: Forms) -> bool:
        """Whether no element lies behind a cut. Where an array is split lies no number below zero."""
        return any(all(end == _ZERO or forms.is_natural(other.plus(end, -1)) for end in ends) for ends in self.ends)

    def begins_behind(self, cut: Form, forms: Forms) -> bool:
        return forms.is_natural(self.start.plus(cut, -1))


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where the array is split: the part that starts there, and the arguments that lie behind."""

    at: _Part
    behind: frozenset[int]


class _Splitter(CallRewriter):
    def __init__(self, program: Program, function: Function, came_from: dict[int, int], facts: SplitFacts) -> None:
        super().__init__(program, function, came_from)
        self.facts = facts
        self.forms = Forms(facts.ranges, definitions_of(function), function.symbol not in facts.renumbered)
        body = facts.solution.program.functions[function.symbol].body
        self.settled_from: dict[int, int] = {}
        self.calls = {id(node): node for node in walk_all(body) if isinstance(node, Call)}

    def _original(self, call: Call) -> Call:
        """The call of the program before `lift`."""
        return self.calls[self.facts.origins[self.settled_from.get(id(call), id(call))]]

    def rewrite(self, before: Call, call: Call) -> tuple[Sequence[Statement], Call]:
        """The splits in front of a call, none where they would not help, and the call behind them."""
        needed = conflicts(self.program, call)
        settled: list[Statement] = []
        unsettled = call
        if needed and before is call:
            settled, call = self.settled(call)
            self.settled_from[id(call)] = id(before)
        parts = self._parts(call, needed) if needed else None
        cuts = None if parts is None else self._cuts(parts[1])
        if parts is None or not cuts:
            return (), unsettled
        array, found = parts
        bound, args = self.bound(call, root_of(array), [part.argument for part in found])
        splits, pieces = self._pieces(array, cuts, found, call)
        for part in found:
            index = sum(part.argument in cut.behind for cut in cuts)
            base = cuts[index - 1].at if index else None
            args[part.argument] = self._relative(part, pieces[index], base)
        return (*settled, *bound, *splits), replace(call, args=tuple(args))

    def _parts(self, call: Call, positions: Sequence[int]) -> tuple[Place, list[_Part]] | None:
        """The array that all these arguments are lent parts of, and all parts of it that the call is lent."""
        assert isinstance(call.function, FunctionRef)
        if call.function.symbol in self.facts.renumbered or call.function.symbol in self.facts.measured:
            return None
        loans = [cast(Borrow, call.args[at]) for at in positions]
        root = root_of(loans[0].place)
        if not all(is_same_root(loans[0], loan) for loan in loans) or not all(map(is_stable, call.args)):
            return None
        if len(call.args) != len(self._original(call).args):
            return None  # What is known of the callee's parameters is by their places in C.
        if isinstance(root, GlobalPlace) and self.facts.effects.needs[call.function.symbol] & Needs.GLOBALS:
            return None
        if not isinstance(root, GlobalPlace | LocalPlace):
            return None
        array = common_array(self.forms, loans)
        if array is None or not isinstance(array.type, ArrayType):
            return None
        path = steps_of(array)
        others = [at for at, arg in enumerate(call.args) if isinstance(arg, Borrow) and is_same_root(arg, loans[0])]
        inside = [at for at in others if not _is_elsewhere(steps_of(cast(Borrow, call.args[at]).place), path)]
        if inside != list(positions) and common_array(self.forms, [cast(Borrow, call.args[at]) for at in inside]) is not array:
            return None
        return array, [self._part(call, at, len(path)) for at in inside]

    def _part(self, call: Call, at: int, depth: int) -> _Part:
        loan = call.args[at]
        assert isinstance(loan, Borrow)
        path = steps_of(loan.place)
        if len(path) > depth:
            step = path[depth]
            assert isinstance(step, IndexPlace)
            start = self.forms.of(step.index)
            return _Part(at, loan, step.index, start, ((start.moved(1),),), path[depth + 1 :])
        first = IntConst(0, USIZE, loan.span) if loan.start is None else loan.start
        start = self.forms.of(first)
        return _Part(at, loan, first, start, tuple(self._ends(call, at, start)), None)

    def _ends(self, call: Call, at: int, start: Form) -> Iterator[tuple[Form, ...]]:
        """What bounds the elements that the callee gets at behind a start: nothing known where it is given the array as a whole, and
        positions in it (`infer.bounds`)."""
        assert isinstance(call.function, FunctionRef)
        if call.function.symbol in self.facts.solution.groups:
            return
        extent = self.facts.extents().of(call.function.symbol, at)
        if extent is None:
            return
        if extent.empty:
            yield (start,)
            return
        yield (start.moved(extent.hi),)
        for length in extent.lengths:
            if length.param < len(call.args):
                known = self.facts.ranges.of(self._original(call).args[length.param])
                if not known.empty:
                    yield (start.moved(max(length.least, known.hi + length.constant)),)
                number = self.forms.of(call.args[length.param]).moved(length.constant)
                yield start.moved(max(length.least, 0)), start.plus(number)

    # ---- cuts

    def _cuts(self, parts: Sequence[_Part]) -> list[_Cut]:
        """The fewest cuts that separate all parts which must be apart, in order; none where that cannot be proved."""
        cuts = [cut for part in parts if (cut := self._cut(part, parts)) is not None]
        needed = [
            (a.argument, b.argument) for a, b in combinations(parts, 2) if may_overlap(a.loan, b.loan)
        ]
        if not _separates(cuts, needed):
            return []
        for cut in list(cuts):
            others = [other for other in cuts if other is not cut]
            if _separates(others, needed):
                cuts = others
        cuts.sort(key=lambda cut: -len(cut.behind))
        ordered = all(
            first.behind > second.behind and second.at.begins_behind(first.at.start, self.forms)
            for first, second in zip(cuts, cuts[1:], strict=False)
        )
        return cuts if ordered else []

    def _cut(self, at: _Part, parts: Sequence[_Part]) -> _Cut | None:
        """The cut at the start of a part, if every part lies on one side."""
        before = {part.argument for part in parts if part is not at and part.ends_before(at.start, self.forms)}
        behind = {part.argument for part in parts if part is at or part.begins_behind(at.start, self.forms)} - before
        return _Cut(at, frozenset(behind)) if before and len(before) + len(behind) == len(parts) else None

    # ---- the new nodes

    def _pieces(
        self, array: Place, cuts: Sequence[_Cut], parts: Sequence[_Part], call: Call
    ) -> tuple[list[Statement], list[Place]]:
        """The splits, and the places of the pieces that they leave."""
        assert isinstance(array.type, ArrayType)
        type = ReferenceType(ArrayType(array.type.element, None), Access.MUTABLE)
        splits: list[Statement] = []
        pieces: list[Place] = []
        rest, behind = array, None
        names = [self._first_name(call, parts), *(self._name(call, cut.at.argument) for cut in cuts)]
        for number, cut in enumerate(cuts):
            low = self.new_local(names[number], type, call)
            high = self.new_local(names[number + 1] if number == len(cuts) - 1 else "rest", type, call)
            splits.append(Split(rest, self._difference(cut.at, behind), low.id, high.id, call.span))
            pieces.append(_referent(low))
            rest, behind = _referent(high), cut.at
        return splits, [*pieces, rest]

    def _relative(self, part: _Part, piece: Place, base: _Part | None) -> Borrow:
        """A loan as one of the piece that it lies in, which begins where `base` does."""
        start = self._difference(part, base)
        if part.rest is None:
            return replace(part.loan, place=piece, start=None if _is_zero(start) else start)
        assert isinstance(piece.type, ArrayType)
        place: Place = IndexPlace(piece, start, piece.type.element, part.loan.span)
        for step in part.rest:
            assert isinstance(step, FieldPlace | IndexPlace)
            place = replace(step, base=place)
        return replace(part.loan, place=place)

    def _difference(self, part: _Part, base: _Part | None) -> Value:
        """Where a part begins, counted from where another one does."""
        if base is None:
            return part.first
        span = part.loan.span
        form = part.start.plus(base.start, -1)
        if not form.factors:
            return IntConst(form.constant, USIZE, span)
        if form.constant == 0 and list(form.factors.values()) == [1]:
            return converted(next(iter(form.nodes.values()))[0], USIZE)
        return Binary(BinaryOp.SUB, converted(part.first, USIZE), converted(base.first, USIZE), USIZE, span)

    def _first_name(self, call: Call, parts: Sequence[_Part]) -> str:
        """What the start of the array is called: as what is passed of it, if that starts there, too."""
        first = next((part for part in parts if part.start == _ZERO), None)
        return "low" if first is None else self._name(call, first.argument)

    def _name(self, call: Call, at: int) -> str:
        """What an argument is called in C, or by the callee."""
        match without_casts(self._original(call).args[at]):
            case Load(LocalPlace(local)):
                template = self.facts.solution.templates[self.function.symbol].get(local)
                own = (ParamRoot(local), OwnedRoot(local))
                if template is not None and template.cursor is None and template.root not in own:
                    return self.facts.solution.program.functions[self.function.symbol].locals[local].name
            case _:
                pass
        return self.param_name(call, at)



def _separates(cuts: Sequence[_Cut], pairs: Sequence[tuple[int, int]]) -> bool:
    return all(any((a in cut.behind) != (b in cut.behind) for cut in cuts) for a, b in pairs)


def _referent(local: Local) -> ReferentPlace:
    assert isinstance(local.type, ReferenceType)
    return ReferentPlace(LocalPlace(local.id, local.type, local.span), local.type.target, local.span)


def _is_zero(value: Value) -> bool:
    return isinstance(value, IntConst) and value.value == 0


def _is_elsewhere(path: tuple[Place, ...], array: tuple[Place, ...]) -> bool:
    """Whether a path leaves that of an array by another field, so that Rust knows it is apart."""
    for one, other in zip(path, array, strict=False):
        if isinstance(one, FieldPlace) and isinstance(other, FieldPlace) and one.index != other.index:
            return True
    return False
