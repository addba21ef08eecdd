"""What an expression is while it is elaborated: an lvalue, a value, or a function designator, each with its C type."""

from __future__ import annotations

from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.frontend.elaborate.c_types import erase
from c2rust_py.ir.nodes import FloatConst, IntConst, Place, Spelling, Value
from c2rust_py.ir.types import FunctionType, Type


@dataclass(frozen=True, slots=True)
class Lvalue:
    """An object. `type` is its C type with qualifiers; `width` is set where it is a bit-field."""

    place: Place
    type: Type
    span: Span
    width: int | None = None
    register: bool = False


@dataclass(frozen=True, slots=True)
class Rvalue:
    """A value of an unqualified C type.

    `constant` is its value where it is an arithmetic constant (so that nothing is evaluated twice on the way up a deep
    tree), `null` says that it is a null pointer constant, `width` is the precision of a bit-field wider than an int.
    """

    value: Value
    type: Type
    constant: int | float | None = None
    null: bool = False
    width: int | None = None

    @property
    def span(self) -> Span:
        return self.value.span


@dataclass(frozen=True, slots=True)
class FunctionDesignator:
    """A function: `value` is the pointer to it that everything but sizeof, & and typeof sees."""

    value: Value
    type: FunctionType
    span: Span


@dataclass(frozen=True, slots=True)
class Literal:
    """A compound literal of block scope: its value, as long as nobody asks for the object (C11 6.5.2.5)."""

    value: Value
    type: Type
    span: Span


Operand = Lvalue | Rvalue | FunctionDesignator | Literal


def integer(
    value: int, type: Type, span: Span, name: str | None = None, spelling: Spelling = Spelling.COMPUTED
) -> Rvalue:
    """An integer constant in range of its type."""
    return Rvalue(IntConst(value, erase(type), span, name, spelling), type, value)


def floating(value: float, type: Type, span: Span, name: str | None = None) -> Rvalue:
    """A floating constant that is rounded to its type already."""
    return Rvalue(FloatConst(value, erase(type), span, name), type, value)


def is_named(operand: Rvalue) -> bool:
    """Whether it is a constant with a C name somewhere in it, which the output should show rather than its value."""
    return not isinstance(operand.value, IntConst | FloatConst) or operand.value.name is not None
