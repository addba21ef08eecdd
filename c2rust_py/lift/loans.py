"""Loans of parts of one object: which of them may be of the same bytes."""

from __future__ import annotations

from c2rust_py.infer.places import root_of
from c2rust_py.ir.nodes import (
    Borrow,
    FieldPlace,
    GlobalPlace,
    IndexPlace,
    LocalPlace,
    Place,
    ReferentPlace,
    StringPlace,
)
from c2rust_py.ir.types import Access


def may_overlap(a: Borrow, b: Borrow) -> bool:
    """Whether two loans, one of them to write, may be of the same bytes."""
    if a.type.access is Access.SHARED and b.type.access is Access.SHARED:
        return False
    if not is_same_root(a, b):
        return False
    for one, other in zip(steps_of(a.place), steps_of(b.place), strict=False):
        if isinstance(one, FieldPlace) and isinstance(other, FieldPlace) and one.index != other.index:
            return False
    return True


def is_same_root(a: Borrow, b: Borrow) -> bool:
    """Whether two loans are of parts of one object."""
    return _root(a.place) == _root(b.place)


def steps_of(place: Place) -> tuple[FieldPlace | IndexPlace, ...]:
    """The fields and elements that a place goes through, from the root on."""
    steps: list[FieldPlace | IndexPlace] = []
    while isinstance(place, FieldPlace | IndexPlace | ReferentPlace):
        if isinstance(place, ReferentPlace):
            place = place.base
            continue
        steps.append(place)
        place = place.base
    return tuple(steps[::-1])


def _root(place: Place) -> object:
    match root_of(place):
        case LocalPlace(local):
            return local
        case GlobalPlace(symbol):
            return symbol
        case StringPlace(data):
            return data
        case other:
            raise AssertionError(f"a loan of {other}")
