"""Which object a place lies in."""

from __future__ import annotations

from c2rust_py.ir.nodes import (
    AddressOf,
    DerefPlace,
    FieldPlace,
    GlobalPlace,
    IndexPlace,
    LocalPlace,
    Place,
    StringPlace,
)

Root = LocalPlace | GlobalPlace | StringPlace | DerefPlace


def root_of(place: Place) -> Root:
    """The object that `place` is a part of: follows fields and array elements, and sees through `*&place`.

    A `DerefPlace` as the root is an object that only a pointer knows, so it lies in memory.
    """
    while True:
        match place:
            case FieldPlace(base, _, _, _) | IndexPlace(base, _, _, _):
                place = base
            case DerefPlace(AddressOf(inner, _, _), type, _) if inner.type == type:
                place = inner
            case LocalPlace() | GlobalPlace() | StringPlace() | DerefPlace():
                return place
