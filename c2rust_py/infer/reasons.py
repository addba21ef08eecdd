"""Why pointers are in memory, in words, where C itself asks for it."""

from __future__ import annotations

from c2rust_py.infer.places import place_in_words
from c2rust_py.infer.targets import is_null
from c2rust_py.ir.nodes import BlockValue, Call, Conditional, Convert, FunctionRef, Load, LocalPlace, PointerAdd, Value
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import PointerType, VoidType


def origin(value: Value, program: Program) -> str:
    """In words, what a value without a target is."""
    if is_null(value):
        return "it can be null"
    match value:
        case Call(FunctionRef(symbol)):
            return f"it comes from `{symbol}`"
        case Call():
            return "it comes from a call through a function pointer"
        case Load(LocalPlace()):
            return "no value of it is known"
        case Load(place):
            return f"it is kept in {place_in_words(place, program)}"
        case Conditional():
            return "it is chosen between two pointers"
        case Convert(operand) if isinstance(operand.type, PointerType):
            made = isinstance(operand.type.target, VoidType)
            return origin(operand, program) if made else "it is converted from a pointer to another type"
        case Convert():
            return "it is converted from an integer"
        case PointerAdd(pointer) | BlockValue(_, pointer) if pointer is not None:
            return origin(pointer, program)
        case _:
            return f"it is a {type(value).__name__}"
