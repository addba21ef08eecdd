"""Arrays of arrays that C walks as one array.

    int m[3][4];  int *p = m[0];  for (int i = 0; i < n; i++) p[i] = i;      int *q = m[2];  q[-1]         sum(m[0], 12)

`infer.flat_rows` says what becomes of these. Here is found which pointers go from row to row: those to the very first element, unless
they are shown to stay in its row, and others where an index is known to leave the row, and to stay in the whole. What cannot be a
position in all rows together is in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from c2rust_py.diagnostics import Span
from c2rust_py.infer.demotions import GlobalObject, LocalObject, PointerSlot, Reason, ResultSlot, Subject
from c2rust_py.infer.extents import Extents
from c2rust_py.infer.flat_rows import in_rows, type_at
from c2rust_py.infer.paths import FLAT_STEP
from c2rust_py.infer.pointer_uses import Argument, Pair
from c2rust_py.infer.ranges import Ranges
from c2rust_py.infer.solution import Solution, first_instance
from c2rust_py.infer.targets import (
    GlobalRoot,
    HeldRoot,
    IndexStep,
    LocalRoot,
    ObjectRoot,
    OwnedRoot,
    ParamRoot,
    Resolver,
    Target,
    ViewRoot,
    without_casts,
)
from c2rust_py.infer.views import held_slot
from c2rust_py.ir.nodes import (
    AddressOf,
    BlockValue,
    Call,
    Decay,
    DerefPlace,
    FunctionRef,
    IndexPlace,
    Load,
    LocalPlace,
    PointerAdd,
    Value,
)
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import ArrayType, IntKind, IntType
from c2rust_py.ir.walk import walk_all


def find_flat_walks(solution: Solution, ranges: Ranges, extents: Callable[[], Extents]) -> bool:
    """Notes these pointers, or demotes what they point to; whether there was any."""
    found, noted = False, frozenset(solution.demotions.flat)
    for symbol, function in solution.program.functions.items():
        resolver = solution.resolver(symbol)
        for node in walk_all(function.body):
            if isinstance(node, DerefPlace):
                target = resolver.pointer(node.pointer)
                if target is not None and _leaves_its_row(solution, symbol, target, ranges):
                    found |= _walks(solution, noted, symbol, node.pointer, target)
            elif isinstance(node, AddressOf) and isinstance(node.place, IndexPlace) and isinstance(node.place.base, IndexPlace):
                target = resolver.pointer(node)
                if target is not None and _row_length(solution, symbol, target) and _is_first_of_all(target):
                    found |= _demote(solution, symbol, target, node.span)
        for use in solution.uses[symbol]:
            if isinstance(use, Pair):
                for value in _in_other_rows(resolver, use):
                    target = resolver.pointer(value)
                    assert target is not None
                    found |= _walks(solution, noted, symbol, value, target)
            if isinstance(use, Argument) and isinstance(without_casts(use.value), Decay):
                target = resolver.pointer(use.value)
                if target is not None and _is_passed_beyond(solution, symbol, use, target, ranges, extents):
                    found |= solution.demotions.note_flat(id(without_casts(use.value)))
    return found


def _walks(
    solution: Solution, noted: AbstractSet[PointerSlot | int], symbol: str, pointer: Value, target: Target
) -> bool:
    """Notes that a pointer leaves its row; demotes the object if that can be no position, or was noted in vain. Whether either is
    new."""
    base = _base(pointer)
    local = base.place.local if isinstance(base, Load) and isinstance(base.place, LocalPlace) else None
    template = None if local is None else solution.templates[symbol].get(local)
    walker: PointerSlot | int
    if local is not None and template is not None and not isinstance(template.root, ViewRoot):
        pointed, walker = template.at(IndexStep()), PointerSlot(symbol, local)
    else:
        pointed, walker = target, id(base)
    if walker not in noted and in_rows(solution.program, symbol, pointed) is not None:
        return solution.demotions.note_flat(walker)
    return _demote(solution, symbol, target, pointer.span)


def _demote(solution: Solution, symbol: str, target: Target, span: Span) -> bool:
    """Leaves what cannot be one array in memory; whether that is new."""
    subject = _object(solution.program, symbol, target)
    return subject is not None and solution.demotions.add(subject, Reason("its rows are walked as one array", span))


def _base(pointer: Value) -> Value:
    """What a pointer is counted from."""
    while True:
        match without_casts(pointer):
            case PointerAdd(inner) | BlockValue(_, inner) if inner is not None:
                pointer = inner
            case base:
                return base


def _in_other_rows(resolver: Resolver, use: Pair) -> list[Value]:
    """The pointers of a comparison that move in one row, and are compared with a pointer to another."""
    targets = resolver.pointer(use.left), resolver.pointer(use.right)
    if targets[0] is None or targets[1] is None:
        return []
    joined = targets[0].template.join_in_rows(targets[1].template)
    if joined is None or FLAT_STEP not in joined.steps:
        return []
    values = [(use.left, targets[0]), (use.right, targets[1])]
    return [value for value, target in values if FLAT_STEP not in target.steps and isinstance(_base(value), Load)]


def _is_passed_beyond(
    solution: Solution, symbol: str, use: Argument, target: Target, ranges: Ranges, extents: Callable[[], Extents]
) -> bool:
    """Whether a function is known to look behind the row that it is given, and not behind all rows, or may look behind the first."""
    length = _row_length(solution, symbol, target)
    callee = solution.callee(symbol, use.call, use.callee)
    grouped = callee in solution.groups and use.param in solution.groups[callee].params
    if grouped or length is None or in_rows(solution.program, symbol, target) is None:
        return False
    is_first = _is_first_of_all(target) and not _is_text(solution, symbol, target)
    extent = extents().of(first_instance(use.callee), use.param)
    if extent is None:
        return is_first
    highest = extent.hi
    for known in extent.lengths:
        if known.param < len(use.call.args):
            given = ranges.of(use.call.args[known.param])
            highest = min(highest, max(known.least, known.constant + given.hi)) if not given.empty else highest
    whole = _whole(solution, symbol, target, length)
    return length < highest and (is_first or (whole is not None and highest <= whole))


def _is_first_of_all(target: Target) -> bool:
    """Whether it is the first element of the first row."""
    return all(isinstance(step, IndexStep) and step.fixed == 0 for step in target.steps[-2:])


def _leaves_its_row(solution: Solution, symbol: str, target: Target, ranges: Ranges) -> bool:
    """Whether the last index is known to leave its row and to stay in all rows together, or may leave the first row."""
    length, last = _row_length(solution, symbol, target), target.steps[-1] if target.steps else None
    if length is None or not isinstance(last, IndexStep):
        return False
    row = target.steps[-2]
    assert isinstance(row, IndexStep)
    if last.cursor is not None:
        return row.fixed == 0
    low = high = last.constant
    for term in last.terms:
        values = ranges.of(term.value)
        if not values.empty:
            low, high = (low - values.hi, high - values.lo) if term.negative else (low + values.lo, high + values.hi)
    whole = _whole(solution, symbol, target, length)
    if row.fixed == 0:
        return length <= high and (whole is None or low < whole)
    beyond = length <= high and (whole is None or high < whole)
    return beyond or (low < 0 and (whole is None or -whole < low))


def _whole(solution: Solution, symbol: str, target: Target, length: int) -> int | None:
    """How many elements all rows have together that a target is an element of; None where that is not known."""
    rows = type_at(solution.program, symbol, target, len(target.steps) - 2)
    return rows.length * length if isinstance(rows, ArrayType) and rows.length else None


def _is_text(solution: Solution, symbol: str, target: Target) -> bool:
    """Whether a target is a character in a row: what a function is given as a text ends in it."""
    return type_at(solution.program, symbol, target, len(target.steps)) == IntType(IntKind.CHAR)


def _row_length(solution: Solution, symbol: str, target: Target) -> int | None:
    """The length of the row that a target is an element of; None for other targets."""
    if len(target.steps) < 2 or not all(isinstance(step, IndexStep) for step in target.steps[-2:]):
        return None
    row = type_at(solution.program, symbol, target, len(target.steps) - 1)
    return row.length if isinstance(row, ArrayType) and row.length else None


def _object(program: Program, symbol: str, target: Target) -> Subject | None:
    match target.root:
        case LocalRoot(local):
            return LocalObject(symbol, local)
        case GlobalRoot(name) | ObjectRoot(name):
            return GlobalObject(name)
        case ParamRoot(local) | OwnedRoot(local) | ViewRoot(local):
            return PointerSlot(symbol, local)
        case HeldRoot(Load(place)):
            return held_slot(place, symbol, program)
        case HeldRoot(Call(FunctionRef(callee))):
            return ResultSlot(callee)
        case _:
            return None
