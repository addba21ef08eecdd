"""The values that computing a place takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from c2rust_py.ir.nodes import (
    Call,
    Conditional,
    DerefPlace,
    FieldPlace,
    IndexPlace,
    Place,
    ReferentPlace,
    Value,
)


def operands_of(place: Place) -> list[Value]:
    """The values that computing the place takes, in order of evaluation."""
    found: list[Value] = []
    while True:
        match place:
            case FieldPlace(base):
                place = base
            case IndexPlace(base, index):
                found.append(index)
                place = base
            case DerefPlace(pointer):
                found.append(pointer)
                return found[::-1]
            case ReferentPlace(Call() | Conditional() as reference):
                found.append(reference)
                return found[::-1]
            case ReferentPlace(base) if not isinstance(base, Call | Conditional):
                place = base
            case _:
                return found[::-1]


def with_operands(place: Place, operands: Sequence[Value]) -> Place:
    """The place with other operands, as `operands_of` lists them."""
    match place:
        case FieldPlace(base):
            return replace(place, base=with_operands(base, operands))
        case IndexPlace(base):
            return replace(place, base=with_operands(base, operands[:-1]), index=operands[-1])
        case DerefPlace():
            return replace(place, pointer=operands[0])
        case ReferentPlace(Call() | Conditional()):
            return replace(place, base=cast(Any, operands[0]))
        case ReferentPlace(base) if not isinstance(base, Call | Conditional):
            return replace(place, base=with_operands(base, operands))
        case _:
            return place
