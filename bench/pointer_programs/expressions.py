"""C integer types, and expressions that say how wide their values are, so that no signed arithmetic overflows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from random import Random

_INDEX = re.compile(r"\[[^\[\]]*\]")


class Rank(IntEnum):
    """The type that arithmetic with an expression is done in, after promotion."""

    INT = 0
    UNSIGNED = 1
    WIDE = 2


@dataclass(frozen=True, slots=True)
class Element:
    """An integer type of variables and array elements."""

    name: str
    bits: int
    signed: bool

    @property
    def wraps(self) -> bool:
        """Whether `+=` on an object of the type cannot overflow: it is unsigned, or an int holds any sum with it."""
        return not self.signed or self.bits < 32


BYTE = Element("uint8_t", 8, False)
SHORT = Element("int16_t", 16, True)
INT = Element("int", 32, True)
WORD = Element("uint32_t", 32, False)
LONG = Element("uint64_t", 64, False)
CHAR = Element("char", 8, True)
ELEMENTS = (BYTE, SHORT, INT, WORD, LONG, CHAR)
TWINS = {BYTE: CHAR, CHAR: BYTE, INT: WORD, WORD: INT}
"""Types by which objects of another may be looked at (C11 6.5p7)."""

INT_BITS = 30
"""Values of so many bits have a sum and a difference that fit an `int`."""


@dataclass(frozen=True, slots=True)
class Expr:
    """C text of the given rank; an INT has values of at most `bits` bits and a sign."""

    text: str
    rank: Rank
    bits: int = 32

    @property
    def atom(self) -> str:
        """The text as an operand."""
        return f"({self.text})" if " " in _INDEX.sub("", self.text) else self.text

    def unsigned(self) -> Expr:
        """The value converted to `unsigned`, where it is an INT."""
        return Expr(f"(unsigned){self.atom}", Rank.UNSIGNED) if self.rank is Rank.INT else self


def constant(value: int) -> Expr:
    return Expr(str(value), Rank.INT, value.bit_length())


def read(text: str, element: Element) -> Expr:
    """The value of an object."""
    if element.bits == 64:
        return Expr(text, Rank.WIDE, 64)
    if element.bits == 32 and not element.signed:
        return Expr(text, Rank.UNSIGNED)
    return Expr(text, Rank.INT, element.bits)


def combine(operator: str, left: Expr, right: Expr) -> Expr:
    """`left operator right` for `+ - * ^ & |`, in `unsigned` where an `int` might overflow."""
    rank = max(left.rank, right.rank)
    if rank is not Rank.INT:
        return Expr(f"{left.atom} {operator} {right.atom}", rank)
    bits = left.bits + right.bits if operator == "*" else max(left.bits, right.bits) + (operator in "+-")
    if bits > INT_BITS and operator in "+-*":
        return combine(operator, left.unsigned(), right)
    return Expr(f"{left.atom} {operator} {right.atom}", rank, bits)


def divide(operator: str, left: Expr, divisor: int) -> Expr:
    """`left / divisor` or `left % divisor`."""
    return Expr(f"{left.atom} {operator} {divisor}", left.rank, left.bits)


def shift(operator: str, left: Expr, count: int) -> Expr:
    """A shift to the right, or one to the left in an unsigned type."""
    left = left.unsigned() if operator == "<<" else left
    return Expr(f"{left.atom} {operator} {count}", left.rank, left.bits)


def compare(random: Random, left: Expr, right: Expr) -> Expr:
    """A truth value."""
    return Expr(f"{left.atom} {random.choice(('<', '>', '==', '!=', '<=', '>='))} {right.atom}", Rank.INT, 1)


def test_of(random: Random, value: str) -> str:
    """A condition on an unsigned value that is named by C text."""
    divided, masked = f"{value} % {random.randint(2, 5)} == 0", f"{value} & {random.choice((1, 2, 4))}"
    return random.choice((divided, masked, f"{value} > {random.randint(3, 90)}"))
