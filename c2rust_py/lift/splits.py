"""Calls that are lent several parts of one array, one of them to write: the array is split in front of the call.

    add(tmp, t, t + 5);          ->      let (t_low, tmp) = t.split_at_mut(20); add(tmp, t_low, &t_low[5..]);
    merge(out, a, n, a + n, m);          // all shared: no split

A cut is the start of one of the loans. It separates what ends in front of it from what begins at it or behind, and both must
be proved: by what the callee accesses behind a parameter (`infer.extents`), and by comparing the positions (`infer.linear`).
Loans that no cut separates are left to `lift.conflicts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations
from typing import cast

from c2rust_py.infer.effects import Effects, Needs
from c2rust_py.infer.extents import Extents
from c2rust_py.infer.linear import Form, Forms, definitions_of, is_stable
from c2rust_py.infer.places import root_of
from c2rust_py.infer.ranges import Ranges
from c2rust_py.infer.solver import Solution
from c2rust_py.infer.targets import OwnedRoot, ParamRoot, without_casts
from c2rust_py.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Block,
    BlockValue,
    Borrow,
    Call,
    Compare,
    Convert,
    Declare,
    Evaluate,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    If,
    IndexPlace,
    IntConst,
    Load,
    LocalPlace,
    Not,
    Place,
    ReferentPlace,
    Return,
    Split,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, Local, LocalKind, Program
from c2rust_py.ir.types import USIZE, Access, ArrayType, ReferenceType, Type
from c2rust_py.ir.walk import Node, map_children, walk, walk_all
from c2rust_py.lift.loans import is_same_root, may_overlap, steps_of
from c2rust_py.lift.positions import converted


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """What proofs rest on. extents: worked out when the first call needs them. origins: the identity of each call with a lifted
    callee before it was rewritten."""

    ranges: Ranges
    extents: Callable[[], Extents]
    effects: Effects
    solution: Solution
    origins: Mapping[int, int]


def split_loans(program: Program, facts: SplitFacts) -> tuple[Program, dict[int, int]]:
    """The program with splits in front of the calls that they help; and the identity of each of these calls now, by that of
    its node before."""
    moved: dict[int, int] = {}
    functions: dict[str, Function] = {}
    for symbol, function in program.functions.items():
        needed = any(isinstance(node, Call) and conflicts(program, node) for node in walk_all(function.body))
        functions[symbol] = _Splitter(program, facts, function, moved).run() if needed else function
    return (replace(program, functions=functions), moved) if moved else (program, {})


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


@dataclass(slots=True)
class _Splitter:
    program: Program
    facts: SplitFacts
    function: Function
    moved: dict[int, int]
    forms: Forms = field(init=False)
    before: Mapping[int, Call] = field(init=False)
    added: list[Local] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.forms = Forms(self.facts.ranges, definitions_of(self.function))
        body = self.facts.solution.program.functions[self.function.symbol].body
        self.before = {id(node): node for node in walk_all(body) if isinstance(node, Call)}

    def run(self) -> Function:
        body = self.statements(self.function.body)
        return replace(self.function, body=body, locals=(*self.function.locals, *self.added))

    # ---- where splits stand

    def statements(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(made for statement in body for made in self.statement(statement))

    def statement(self, node: Statement) -> tuple[Statement, ...]:
        """A statement that begins with a call has the splits in front of it, in a block unless it declares something."""
        call = _first_call(node)
        if call is None or not conflicts(self.program, call):
            return (cast(Statement, self._mapped(node)),)
        splits, made = self._split(call)
        if not splits:
            return (cast(Statement, self._mapped(node)),)
        changed = cast(Statement, self._mapped(_replaced(node, call, made)))
        if isinstance(changed, Declare):
            return (*splits, changed)
        return (Block((*splits, changed), changed.span),)

    def _mapped(self, node: Node) -> Node:
        return map_children(node, self._node, self.statements)

    def _node(self, node: Node) -> Node:
        made = self._mapped(node)
        if not isinstance(made, Call) or not conflicts(self.program, made):
            return self._kept(node, made)
        splits, call = self._split(made)
        self._kept(node, call)
        return BlockValue(splits, call, call.type, call.span) if splits else made

    def _kept(self, node: Node, made: Node) -> Node:
        if isinstance(node, Call) and made is not node:
            self.moved[id(node)] = id(made)
        return made

    # ---- one call

    def _split(self, call: Call) -> tuple[tuple[Statement, ...], Call]:
        """The splits in front of a call, none where they would not help, and the call behind them."""
        parts = self._parts(call, conflicts(self.program, call))
        cuts = None if parts is None else self._cuts(parts[1])
        if parts is None or not cuts:
            return (), call
        array, found = parts
        bound, args = self._without(call, root_of(array), found)
        splits, pieces = self._pieces(array, cuts, found, call)
        for part in found:
            index = sum(part.argument in cut.behind for cut in cuts)
            base = cuts[index - 1].at if index else None
            args[part.argument] = self._relative(part, pieces[index], base)
        made = replace(call, args=tuple(args))
        self.moved[id(call)] = id(made)
        return (*bound, *splits), made

    def _parts(self, call: Call, positions: Sequence[int]) -> tuple[Place, list[_Part]] | None:
        """The array that all these arguments are lent parts of, and all parts of it that the call is lent."""
        assert isinstance(call.function, FunctionRef)
        if len(call.args) != len(self._original(call).args):
            return None  # What is known of the callee's parameters is by their places in C.
        loans = [cast(Borrow, call.args[at]) for at in positions]
        root = root_of(loans[0].place)
        if not all(is_same_root(loans[0], loan) for loan in loans) or not all(map(is_stable, call.args)):
            return None
        if isinstance(root, GlobalPlace) and self.facts.effects.needs[call.function.symbol] & Needs.GLOBALS:
            return None
        if not isinstance(root, GlobalPlace | LocalPlace):
            return None
        array = self._common_array(loans)
        if array is None or not isinstance(array.type, ArrayType):
            return None
        path = steps_of(array)
        others = [at for at, arg in enumerate(call.args) if isinstance(arg, Borrow) and is_same_root(arg, loans[0])]
        inside = [at for at in others if not _is_elsewhere(steps_of(cast(Borrow, call.args[at]).place), path)]
        if inside != list(positions) and self._common_array([cast(Borrow, call.args[at]) for at in inside]) is not array:
            return None
        return array, [self._part(call, at, len(path)) for at in inside]

    def _common_array(self, loans: Sequence[Borrow]) -> Place | None:
        """The innermost array that all loans are of, as far as they go the same way; that of the first loan."""
        paths = [steps_of(loan.place) for loan in loans]
        depth = 0
        while all(len(path) > depth for path in paths) and all(self._is_same(paths[0][depth], p[depth]) for p in paths):
            depth += 1
        for path, loan in zip(paths, loans, strict=True):
            whole = len(path) == depth and loan.type.is_slice and isinstance(loan.place.type, ArrayType)
            if not whole and not (len(path) > depth and isinstance(path[depth], IndexPlace)):
                return None
        return loans[0].place if len(paths[0]) == depth else paths[0][depth].base

    def _is_same(self, one: Place, other: Place) -> bool:
        match one, other:
            case FieldPlace(index=first), FieldPlace(index=second):
                return first == second
            case IndexPlace(index=left), IndexPlace(index=right):
                difference = self.forms.of(left).plus(self.forms.of(right), -1)
                return not difference.factors and difference.constant == 0
            case _:
                return False

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

    def _without(self, call: Call, root: Place, parts: Sequence[_Part]) -> tuple[list[Statement], list[Value]]:
        """The arguments, those that look at the array bound in front of the splits."""
        bound: list[Statement] = []
        args = list(call.args)
        lent = {part.argument for part in parts}
        for at, arg in enumerate(args):
            if at in lent or isinstance(arg, Borrow) or not any(_is_root(node, root) for node in walk(arg)):
                continue
            local = self._new_local(self._name(call, at), arg.type, arg)
            bound.append(Declare(local.id, arg, arg.span))
            args[at] = Load(LocalPlace(local.id, arg.type, arg.span), arg.type, arg.span)
        return bound, args

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
            low = self._new_local(names[number], type, call)
            high = self._new_local(names[number + 1] if number == len(cuts) - 1 else "rest", type, call)
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
        assert isinstance(call.function, FunctionRef)
        locals = self.program.functions[call.function.symbol].locals
        return locals[at].name if at < len(locals) else ""

    def _original(self, call: Call) -> Call:
        return self.before[self.facts.origins[id(call)]]

    def _new_local(self, name: str, type: Type, near: Value) -> Local:
        id = len(self.function.locals) + len(self.added)
        local = Local(id, name, type, LocalKind.VARIABLE, near.span)
        self.added.append(local)
        return local


def _separates(cuts: Sequence[_Cut], pairs: Sequence[tuple[int, int]]) -> bool:
    return all(any((a in cut.behind) != (b in cut.behind) for cut in cuts) for a, b in pairs)


def _referent(local: Local) -> ReferentPlace:
    assert isinstance(local.type, ReferenceType)
    return ReferentPlace(LocalPlace(local.id, local.type, local.span), local.type.target, local.span)


def _is_root(node: Node, root: Place) -> bool:
    match node, root:
        case LocalPlace(one), LocalPlace(other):
            return one == other
        case GlobalPlace(one), GlobalPlace(other):
            return one == other
        case _:
            return False


def _is_zero(value: Value) -> bool:
    return isinstance(value, IntConst) and value.value == 0


def conflicts(program: Program, call: Call) -> list[int]:
    """The arguments that may overlap another one, one of both to write."""
    if not isinstance(call.function, FunctionRef) or call.function.symbol not in program.functions:
        return []
    loans = [(at, arg) for at, arg in enumerate(call.args) if isinstance(arg, Borrow)]
    pairs = [(a, b) for (a, one), (b, other) in combinations(loans, 2) if may_overlap(one, other)]
    return sorted({at for pair in pairs for at in pair})


def _is_elsewhere(path: tuple[Place, ...], array: tuple[Place, ...]) -> bool:
    """Whether a path leaves that of an array by another field, so that Rust knows it is apart."""
    for one, other in zip(path, array, strict=False):
        if isinstance(one, FieldPlace) and isinstance(other, FieldPlace) and one.index != other.index:
            return True
    return False


# ---- the call that a statement begins with

_OPERANDS: Mapping[type, str] = {
    Evaluate: "value",
    Assign: "value",
    Declare: "init",
    Return: "value",
    If: "condition",
    Convert: "operand",
    Not: "operand",
}
"""The field in which a node has what it computes first."""


def _first_operand(node: Node) -> Value | None:
    if isinstance(node, Binary | Compare):
        return node.left if isinstance(node.right, IntConst) else None
    if isinstance(node, Assign) and not is_stable(node.place):
        return None
    name = _OPERANDS.get(type(node))
    return None if name is None else cast("Value | None", getattr(node, name))


def _first_call(statement: Statement) -> Call | None:
    node: Node | None = statement
    while node is not None and not isinstance(node, Call):
        node = _first_operand(node)
    return node


def _replaced(node: Node, call: Call, made: Call) -> Node:
    """The node with another call for the one that it begins with."""
    if node is call:
        return made
    first = _first_operand(node)
    return map_children(node, lambda child: _replaced(child, call, made) if child is first else child)
