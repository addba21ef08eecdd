"""Loans of parts of one object: which of them may be of the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from c2rust_py.infer.linear import Forms
from c2rust_py.infer.places import cell_of, root_of
from c2rust_py.ir.nodes import (
    FLAT,
    Borrow,
    Call,
    Conditional,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    IndexPlace,
    Load,
    LocalPlace,
    Place,
    ReferentPlace,
    StringPlace,
)
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import Access, ArrayType, OptionalType, PoolType, ReferenceType
from c2rust_py.ir.walk import walk


def conflicts(program: Program, call: Call) -> list[int]:
    """The arguments that may overlap another one, one of both to write."""
    if not isinstance(call.function, FunctionRef) or call.function.symbol not in program.functions:
        return []
    loans = [(at, arg) for at, arg in enumerate(call.args) if isinstance(arg, Borrow)]
    pairs = [(a, b) for (a, one), (b, other) in combinations(loans, 2) if may_overlap(one, other)]
    return sorted({at for pair in pairs for at in pair})


def may_overlap(a: Borrow, b: Borrow) -> bool:
    """Whether two loans, one of them to write, may be of the same bytes."""
    if a.type.access is Access.SHARED and b.type.access is Access.SHARED or is_of_cells(a) and is_of_cells(b):
        return False
    if not is_same_root(a, b):
        return False
    if _is_chosen(a.place) or _is_chosen(b.place) or _is_pool(root_of(a.place)):
        return True
    for one, other in zip(steps_of(a.place), steps_of(b.place), strict=False):
        if isinstance(one, FieldPlace) and isinstance(other, FieldPlace) and one.index != other.index:
            return False
    return True


def is_same_root(a: Borrow, b: Borrow) -> bool:
    """Whether two loans are, or may be, of parts of one object."""
    return not _roots(a.place).isdisjoint(_roots(b.place))


def steps_of(place: Place) -> tuple[FieldPlace | IndexPlace, ...]:
    """The fields and elements that a place goes through, from the root on."""
    steps: list[FieldPlace | IndexPlace] = []
    while isinstance(place, FieldPlace | IndexPlace | ReferentPlace):
        if isinstance(place, ReferentPlace):
            if isinstance(place.base, Call | Conditional):
                break
            place = place.base
            continue
        steps.append(place)
        place = place.base
    return tuple(steps[::-1])


def is_of_cells(loan: Borrow) -> bool:
    """Whether a loan is of something behind a reference to cells."""
    return cell_of(loan.place) is not None or _is_cells(loan.place)


def _is_cells(place: Place) -> bool:
    """Whether a place is all that a reference to cells points to."""
    if not isinstance(place, ReferentPlace) or not isinstance(place.base.type, ReferenceType):
        return False
    return place.base.type.access is Access.CELL


def common_array(forms: Forms, loans: Sequence[Borrow]) -> Place | None:
    """The innermost array that all loans are of, as far as they go the same way; that of the first loan."""
    paths = [steps_of(loan.place) for loan in loans]
    if any(isinstance(step, FieldPlace) and step.index == FLAT for path in paths for step in path):
        return None  # Rows as one array are lent as a whole.
    if any(_is_pool(root_of(loan.place)) for loan in loans):
        return None
    depth = 0
    while all(len(path) > depth for path in paths) and all(_is_same(forms, paths[0][depth], p[depth]) for p in paths):
        depth += 1
    for path, loan in zip(paths, loans, strict=True):
        whole = len(path) == depth and loan.type.is_slice and isinstance(loan.place.type, ArrayType)
        if not whole and not (len(path) > depth and isinstance(path[depth], IndexPlace)):
            return None
        if any(inner.base is not outer for outer, inner in zip(path[depth:], path[depth + 1 :], strict=False)):
            return None  # Something that owns its elements lies between.
    return loans[0].place if len(paths[0]) == depth else paths[0][depth].base


def is_same_place(forms: Forms, one: Place, other: Place) -> bool:
    """Whether two places of one object are known to be the same."""
    first, second = steps_of(one), steps_of(other)
    return len(first) == len(second) and all(_is_same(forms, a, b) for a, b in zip(first, second, strict=True))


def _is_same(forms: Forms, one: Place, other: Place) -> bool:
    """Whether two steps go the same way."""
    match one, other:
        case FieldPlace(index=first), FieldPlace(index=second):
            return first == second
        case IndexPlace(index=left), IndexPlace(index=right):
            difference = forms.of(left).plus(forms.of(right), -1)
            return not difference.factors and difference.constant == 0
        case _:
            return False


def _roots(place: Place) -> set[object]:
    """The objects that a place may be a part of: several where it is behind a reference that is chosen, or that a call returns."""
    match root_of(place):
        case LocalPlace(local):
            return {local}
        case GlobalPlace(symbol):
            return {symbol}
        case StringPlace(data):
            return {data}
        case ReferentPlace(Call() | Conditional() as base):
            loans = (node.place for node in walk(base) if isinstance(node, Borrow))
            held = (node.place for node in walk(base) if isinstance(node, Load) and isinstance(node.type, ReferenceType | OptionalType))
            return {root for inner in (*loans, *held) for root in _roots(inner)}
        case other:
            raise AssertionError(f"a loan of {other}")


def _is_pool(root: Place) -> bool:
    """Whether a place is all objects of an arena, of which Rust lends one at a time to be written."""
    return isinstance(root.type, PoolType)


def _is_chosen(place: Place) -> bool:
    """Whether a place is behind a reference that is chosen, or that a call returns."""
    return isinstance(root_of(place), ReferentPlace)
