"""Which object a place lies in."""

from __future__ import annotations

from c2rust_py.ir.nodes import DerefPlace, FieldPlace, GlobalPlace, IndexPlace, LocalPlace, Place, StringPlace

Root = LocalPlace | GlobalPlace | StringPlace | DerefPlace


def root_of(place: Place) -> Root:
    """The object that `place` is a part of, by way of fields and array elements.

    A `DerefPlace` as the root is an object that only a pointer knows, so it lies in memory.
    """
    while isinstance(place, FieldPlace | IndexPlace):
        place = place.base
    return place
