"""Where a number ends that the library reads: the pointer that `strtol` and its kin store.

    n = strtol(s, &end, 10);       end = s + ...
    strtol(*text, text, 10);       *text = *text + ...

To the solver such a call gives the pointer a value, a place somewhere behind the start of the number; `lift.number_ends` has it
assigned what the slice form says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from c2rust_py.infer.library_slices import slice_forms
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    Call,
    Convert,
    DerefPlace,
    FunctionRef,
    IntConst,
    Load,
    LocalPlace,
    Place,
    PointerAdd,
    Value,
    ZeroValue,
)
from c2rust_py.ir.types import USIZE, FunctionType, PointerType, Type, same_representation
from c2rust_py.ir.walk import Node, is_stable, walk

_SOMEWHERE = -1
"""In place of the local that will have the number's length."""


def is_found(offset: Value) -> bool:
    """Whether an offset is such a length, which is not known before the call."""
    return isinstance(offset, Load) and isinstance(offset.place, LocalPlace) and offset.place.local == _SOMEWHERE


def end_argument(call: Call) -> int | None:
    """The argument by which a function of the library is told where to store an end."""
    form = slice_forms().get(call.function.symbol) if isinstance(call.function, FunctionRef) else None
    if form is None:
        return None
    position = _SAVED if form.name == TOKENS_FROM else form.end_argument
    return None if position is None or position >= len(call.args) else position


def finds_tokens(call: Call) -> bool:
    """Whether a call goes on where it is told, and says where the next one does: `strtok_r`."""
    return isinstance(call.function, FunctionRef) and call.function.symbol == TOKENS_FROM


TOKENS_FROM = "strtok_r"
_SAVED = 2


def end_address(call: Call) -> Value | None:
    """That argument without casts."""
    position = end_argument(call)
    if position is None:
        return None
    arg = call.args[position]
    while isinstance(arg, Convert) and _lead_alike(arg.type, arg.operand.type):
        arg = arg.operand
    return arg


def stored_end(call: Call, referents: Mapping[int, int], length: int = _SOMEWHERE) -> Assign | None:
    """What a call does to the pointer whose address it is given, as an assignment; None where it does nothing, or something that is
    no such assignment. referents: of the parameters of the function that calls. length: the local with the number's length."""
    place = _stored_at(end_address(call), referents) if _stores_an_end(call) else None
    form = slice_forms()[call.function.symbol] if place is not None and isinstance(call.function, FunctionRef) else None
    if place is None or form is None or form.result_argument is None:
        return None
    start = call.args[form.result_argument]
    if finds_tokens(call) and _is_null(start):
        start = Load(place, place.type, call.span)
    if not isinstance(start.type, PointerType) or not is_stable(start) or not is_stable(place):
        return None
    span = call.span
    end: Value = PointerAdd(start, Load(LocalPlace(length, USIZE, span), USIZE, span), False, start.type, span)
    return Assign(place, end if end.type == place.type else Convert(end, place.type, span), span)


def _stores_an_end(call: Call) -> bool:
    """Whether the base of an integer is one for certain: for another nothing is stored."""
    if len(call.args) < 3 or finds_tokens(call):
        return True
    base = call.args[2]
    while isinstance(base, Convert):
        base = base.operand
    return isinstance(base, IntConst) and base.value in (0, *range(2, 37))


def _stored_at(address: Value | None, referents: Mapping[int, int]) -> Place | None:
    match address:
        case AddressOf(place) if _is_data_pointer(place.type):
            return place
        case Load(LocalPlace(param), PointerType(target), span) if param in referents:
            return DerefPlace(address, target, span)
        case _:
            return None


def stored_ends(node: Node, referents: Mapping[int, int]) -> Iterator[Assign]:
    """All that calls in a value do so."""
    for part in walk(node):
        if isinstance(part, Call) and (end := stored_end(part, referents)) is not None:
            yield end


def _is_null(value: Value) -> bool:
    while isinstance(value, Convert):
        value = value.operand
    return isinstance(value, ZeroValue) or (isinstance(value, IntConst) and value.value == 0)


def _is_data_pointer(type: Type) -> bool:
    return isinstance(type, PointerType) and not isinstance(type.target, FunctionType)


def _lead_alike(type: Type, operand: Type) -> bool:
    """Whether two types are pointers to pointers to elements of one representation."""
    match type, operand:
        case PointerType(PointerType(one)), PointerType(PointerType(other)):
            return same_representation(one, other)
        case _:
            return False
