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
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import RecordType

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


def place_in_words(place: Place, program: Program) -> str:
    """What a person calls a place that holds a pointer."""
    match place:
        case FieldPlace(base, index) if isinstance(base.type, RecordType):
            fields = program.records[base.type.id].fields
            return f"the field `{fields[index].name if fields else index}`"
        case GlobalPlace(symbol):
            return f"the variable `{program.variables[symbol].name if symbol in program.variables else symbol}`"
        case IndexPlace():
            return "an array"
        case _:
            return "an object"
