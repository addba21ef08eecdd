"""How the locals of a rewritten function are declared: their names, and what they are at first."""

from __future__ import annotations

from c2rust_py.ir.nodes import (
    Allocate,
    Assign,
    Call,
    Convert,
    Declare,
    IntConst,
    LocalPlace,
    Optional,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, Local, LocalKind
from c2rust_py.ir.types import CHAR, OptionalType, OwnedType, PointerType, Type, same_representation


def join_allocation(first: Statement, second: Statement) -> Statement | None:
    """The declaration of an owner and its allocation as one statement."""
    match first, second:
        case Declare(local, None), Assign(LocalPlace(given, OwnedType()), Allocate() | Call() as init) if local == given:
            return Declare(local, init, first.span)
        case _:
            return None


def cursor_names(function: Function, param: Local) -> tuple[str, str]:
    """What the array is called that a position moves in, which C has no name for, and the position."""
    assert isinstance(param.type, PointerType) and isinstance(param.type.target, PointerType)
    element = param.type.target.target
    name = "text" if element == CHAR else "bytes" if same_representation(element, CHAR) else "items"
    if param.name == name:
        return name, f"{name}_at"
    alone = sum(local.kind is LocalKind.REFERENT for local in function.locals) == 1
    free = alone and all(local.name != name for local in function.locals)
    return name if free else f"{param.name}_{name}", param.name


def is_zero(index: Value) -> bool:
    while isinstance(index, Convert):
        index = index.operand
    return isinstance(index, IntConst) and index.value == 0


def first_position(local: Local, type: Type | None = None) -> Value:
    """What the position of a local is before the first assignment: the parameter's own."""
    match type or local.type:
        case OptionalType(inner) as optional if type is None:
            return Optional(IntConst(0, inner, local.span), optional, local.span)
        case OptionalType() as optional:
            return Optional(None, optional, local.span)
        case known:
            return IntConst(0, known, local.span)
