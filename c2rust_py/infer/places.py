"""Which object a place lies in."""

from __future__ import annotations

from c2rust_py.ir.nodes import (
    DerefPlace,
    FieldPlace,
    GlobalPlace,
    IndexPlace,
    LocalPlace,
    Place,
    ReferentPlace,
    StringPlace,
)

Root = LocalPlace | GlobalPlace | StringPlace | DerefPlace


def root_of(place: Place) -> Root:
    """The object that `place` is a part of, by way of fields and array elements.

    A `DerefPlace` as the root is an object that only a pointer knows, so it lies in memory. What a reference points to counts
    as a part of the local that holds the reference: nobody else can get at it while the function runs.
    """
    while isinstance(place, FieldPlace | IndexPlace | ReferentPlace):
        place = place.base
    return place


def is_borrowed(place: Place) -> bool:
    """Whether the place is reached through a reference."""
    while isinstance(place, FieldPlace | IndexPlace):
        place = place.base
    return isinstance(place, ReferentPlace)
