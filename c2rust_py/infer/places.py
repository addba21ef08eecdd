"""Which object a place lies in."""

from __future__ import annotations

from c2rust_py.ir.nodes import (
    Borrow,
    Call,
    Conditional,
    DerefPlace,
    FieldPlace,
    GlobalPlace,
    IndexPlace,
    IsPresent,
    LocalPlace,
    Place,
    ReferentPlace,
    StringPlace,
    Value,
)
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import Access, IdType, OwnedType, RecordType, ReferenceType
from c2rust_py.ir.walk import walk

Root = LocalPlace | GlobalPlace | StringPlace | DerefPlace | ReferentPlace


def root_of(place: Place) -> Root:
    """The object that `place` is a part of, by way of fields and array elements.

    A `DerefPlace` as the root is an object that only a pointer knows, so it lies in memory. What a reference points to counts
    as a part of what holds the reference: nobody else can get at it while the function runs. A `ReferentPlace` as the root is what
    a call returned a reference to, or what was chosen.
    """
    while isinstance(place, FieldPlace | IndexPlace | ReferentPlace):
        if isinstance(place.base, Call | Conditional):
            break
        place = place.base
    assert not isinstance(place, FieldPlace | IndexPlace)
    return place


def passes_on(loan: Borrow) -> bool:
    """Whether a loan for an optional parameter is an option as it is."""
    if not isinstance(loan.place, ReferentPlace) or loan.start is not None or isinstance(loan.place.base.type, OwnedType):
        return False
    return not isinstance(loan.place.base, Call | Conditional) and isinstance(loan.present, IsPresent)


def is_viewed(place: Place) -> bool:
    """Whether the place is reached through a reference that is no parameter's own: it is only read. What an object
    owns is a part of it."""
    while isinstance(place, FieldPlace | IndexPlace | ReferentPlace):
        if isinstance(place, ReferentPlace) and not isinstance(place.base, LocalPlace) and not isinstance(place.base.type, OwnedType):
            return True
        assert not isinstance(place.base, Call | Conditional)
        place = place.base
    return False


def is_borrowed(place: Place) -> bool:
    """Whether the place is reached through a reference."""
    while isinstance(place, FieldPlace | IndexPlace):
        place = place.base
    return isinstance(place, ReferentPlace)


def is_owned(place: Place) -> bool:
    """Whether the place lies in what something owns."""
    while isinstance(place, FieldPlace | IndexPlace | ReferentPlace):
        if isinstance(place, ReferentPlace) and isinstance(place.base.type, OwnedType):
            return True
        if isinstance(place.base, Call | Conditional):
            return False
        place = place.base
    return False


def cell_of(place: Place) -> Place | None:
    """The cell that a place lies in: an element or the object behind a reference to cells; None where it lies in none."""
    inner: Place | None = None
    while isinstance(place, FieldPlace | IndexPlace):
        inner, place = place, place.base
    if not isinstance(place, ReferentPlace) or not isinstance(place.base.type, ReferenceType):
        return None
    if place.base.type.access is not Access.CELL:
        return None
    return inner if place.base.type.is_slice else place


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


def pool_of(place: Place) -> str | None:
    """The symbol of the pool that a place is in an object of."""
    found = pool_object(place)
    return None if found is None else found[0]


def pool_object(place: Place) -> tuple[str, Value] | None:
    """The symbol of the pool that a place is in an object of, and the id of that."""
    while isinstance(place, FieldPlace | IndexPlace):
        if isinstance(place, IndexPlace) and isinstance(place.base, GlobalPlace) and isinstance(place.index.type, IdType):
            return place.base.symbol, place.index
        place = place.base
    return None


def asks_own_pool(place: Place) -> bool:
    """Whether a place is of an object whose id is in an object of the same arena: `nodes[nodes[p].next].key`."""
    found = pool_object(place)
    return found is not None and any(isinstance(node, GlobalPlace) and node.symbol == found[0] for node in walk(found[1]))


def lends_owner(value: Value, place: Place) -> bool:
    """Whether a value lends out what holds the elements of a place, which Rust has lent to be written by then."""
    if not is_owned(place):
        return False
    root = root_of(place)
    return any(isinstance(node, Borrow) and _is_same_object(root_of(node.place), root) for node in walk(value))


def _is_same_object(one: Place, other: Place) -> bool:
    match one, other:
        case LocalPlace(a), LocalPlace(b):
            return a == b
        case GlobalPlace(a), GlobalPlace(b):
            return a == b
        case _:
            return False
