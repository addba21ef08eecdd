"""Why pointers are in memory, in words, where C itself asks for it."""

from __future__ import annotations

from c2rust_py.infer.places import place_in_words
from c2rust_py.infer.targets import is_null
from c2rust_py.ir.nodes import (
    AddressOf,
    Binary,
    BlockValue,
    Builtin,
    Call,
    ComputedGoto,
    Conditional,
    Convert,
    Decay,
    DerefPlace,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    IndexPlace,
    Load,
    LocalPlace,
    Place,
    PointerAdd,
    StringPlace,
    Unary,
    UnsupportedStatement,
    UnsupportedValue,
    VaArgValue,
    VaEnd,
    Value,
    VaStart,
)
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import PointerType, RecordType, VoidType
from c2rust_py.ir.walk import Node


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
        case AddressOf(place) | Decay(place):
            return _pointed(place, program)
        case VaArgValue():
            return "it comes from `va_arg`"
        case Builtin(name):
            return f"it comes from `__builtin_{name}`"
        case UnsupportedValue():
            return "it comes from C that has no translation"
        case _:
            return "it is computed in a way that is not followed"


def _pointed(place: Place, program: Program) -> str:
    """In words, what a pointer to a place points to."""
    match place:
        case FieldPlace(base) if isinstance(base.type, RecordType) and program.records[base.type.id].is_union:
            return "it points into a union"
        case FieldPlace(base) | IndexPlace(base):
            return _pointed(base, program)
        case DerefPlace(pointer):
            return origin(pointer, program)
        case GlobalPlace(symbol) if symbol in program.variables:
            return f"it points to the variable `{program.variables[symbol].name}`"
        case StringPlace():
            return "it points to a string literal"
        case _:
            return "it points to a variable of the function"


def use_in_words(node: Node) -> str:
    """In words, what a node does to a pointer in it, where that is nothing that has a rule."""
    match node:
        case Builtin(name):
            return f"it is passed to `__builtin_{name}`"
        case ComputedGoto():
            return "it is jumped to"
        case UnsupportedStatement() | UnsupportedValue():
            return "it is used in C that has no translation"
        case VaArgValue() | VaStart() | VaEnd():
            return "it is used for variable arguments"
        case Binary() | Unary():
            return "it is computed with as a number"
        case _:
            return "it is used in a way that is not followed"
