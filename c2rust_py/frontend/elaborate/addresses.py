"""Addresses that are known up to an object: `&a[2]`, `&((struct s *)0)->m` (C11 6.6 paragraph 9, and offsetof by hand)."""

from __future__ import annotations

from dataclasses import dataclass

from c2rust_py.frontend.elaborate import refold
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.ir.nodes import (
    AddressOf,
    Convert,
    Decay,
    DerefPlace,
    FieldPlace,
    GlobalPlace,
    IndexPlace,
    Place,
    PointerAdd,
    Value,
    ZeroValue,
)
from c2rust_py.ir.types import EnumType, IntType, PointerType, RecordType


@dataclass(frozen=True, slots=True)
class Address:
    """`offset` bytes from the start of a global; from null where `symbol` is None."""

    symbol: str | None
    offset: int


def known_address(cx: Context, value: Value) -> Address | None:
    """Where a pointer points, None where that is only known at run time."""
    match value:
        case ZeroValue():
            return Address(None, 0)
        case Convert(operand, PointerType(), _):
            if isinstance(operand.type, PointerType):
                return known_address(cx, operand)
            number = refold.number(cx, operand) if isinstance(operand.type, IntType | EnumType) else None
            return Address(None, number) if isinstance(number, int) else None
        case AddressOf(place, _, _) | Decay(place, _, _):
            return _place_address(cx, place)
        case PointerAdd(pointer, offset, negative, type, _):
            base, number = known_address(cx, pointer), refold.number(cx, offset)
            if base is None or not isinstance(number, int):
                return None
            step = number * cx.layout.size_of(type.target)
            return Address(base.symbol, base.offset + (-step if negative else step))
        case _:
            return None


def _place_address(cx: Context, place: Place) -> Address | None:
    match place:
        case GlobalPlace(symbol, _, _):
            return Address(symbol, 0)
        case FieldPlace(base, index, _, _):
            start, record = _place_address(cx, base), base.type
            if start is None or not isinstance(record, RecordType):
                return None
            return Address(start.symbol, start.offset + (cx.records[record.id].fields or ())[index].offset)
        case IndexPlace(base, index, type, _):
            start, number = _place_address(cx, base), refold.number(cx, index)
            if start is None or not isinstance(number, int):
                return None
            return Address(start.symbol, start.offset + number * cx.layout.size_of(type))
        case DerefPlace(pointer, _, _):
            return known_address(cx, pointer)
        case _:
            return None
