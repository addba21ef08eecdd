"""Constants as C spells them: integers with their types (C11 6.4.4.1), floats, characters and strings."""

from __future__ import annotations

import math
import re
import struct
from fractions import Fraction

from c2rust_py.ir.types import (
    CHAR,
    DOUBLE,
    FLOAT,
    INT,
    LONG_DOUBLE,
    UCHAR,
    UINT,
    USHORT,
    FloatKind,
    FloatType,
    IntKind,
    IntType,
)

_INT = re.compile(r"(0[xX][0-9a-fA-F']+|0[bB][01']+|[0-9][0-9']*)([uUlLzZ]*)$")
_SIMPLE_ESCAPES = {"n": 10, "t": 9, "r": 13, "0": 0, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27, "E": 27}
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]+|[0-7]{1,3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_PIECE = re.compile(r'(u8|[LuU])?"((?:[^"\\]|\\.)*)"', re.DOTALL)
_CHARACTER = re.compile(r"(u8|[LuU])?'((?:[^'\\]|\\.)*)'$", re.DOTALL)
_SIGNED_KINDS = (IntKind.INT, IntKind.LONG, IntKind.LLONG)
_UNSIGNED_KINDS = (IntKind.UINT, IntKind.ULONG, IntKind.ULLONG)
CHARACTER_TYPES = {"": CHAR, "u8": CHAR, "L": INT, "u": USHORT, "U": UINT}
"""The element type of a string literal by its prefix (wchar_t is int, char16_t and char32_t as in <uchar.h>)."""


def integer_literal(spelling: str) -> tuple[int, IntType] | None:
    """The value and type, None where no type can hold it or the spelling is wrong."""
    match = _INT.match(spelling)
    if match is None:
        return None
    digits, suffix = match[1].replace("'", ""), match[2].lower()
    decimal = not (len(digits) > 1 and digits[0] == "0")
    if decimal:
        value = int(digits)
    elif digits[1] in "xXbB":
        value = int(digits[2:], 16 if digits[1] in "xX" else 2)
    elif not set(digits) <= set("01234567"):
        return None
    else:
        value = int(digits, 8)
    long_count = suffix.count("l") or suffix.count("z")
    for rank in range(long_count, 3):
        if "u" not in suffix and value <= _SIGNED_KINDS[rank].maximum:
            return value, IntType(_SIGNED_KINDS[rank])
        if ("u" in suffix or not decimal) and value <= _UNSIGNED_KINDS[rank].maximum:
            return value, IntType(_UNSIGNED_KINDS[rank])
    if decimal and "u" not in suffix and value <= IntKind.INT128.maximum:
        return value, IntType(IntKind.INT128)  # gcc: "integer constant is so large that it is unsigned" becomes __int128
    return None


def opaque_suffix(spelling: str) -> str | None:
    """The suffix of a floating constant whose type is not translated (`_Float16`, decimal floats)."""
    found = re.search(r"(?i)(f16|bf16|df|dd|dl)$", spelling)
    decimal = spelling[:2].lower() != "0x"
    return found[1] if found and (decimal or found[1].lower() == "f16") else None


def float_literal(spelling: str) -> tuple[float, FloatType]:
    """The value rounded once to the constant's own type (`long double` to a double), and the type."""
    body = spelling.replace("'", "")
    hexadecimal = body[:2].lower() == "0x"
    suffix = re.search(r"(?i)(f32x|f32|f64x|f64|f128|q|w|[fl])?$", body)
    if hexadecimal:
        suffix = re.search(r"(?i)(?<=[0-9a-f.])(p[+-]?[0-9]+)(f32x|f32|f64x|f64|f128|q|w|[fl])?$", body)
        word = (suffix[2] or "").lower() if suffix else ""
    else:
        word = (suffix[1] or "").lower() if suffix else ""
    digits = body[: len(body) - len(word)]
    exact = _exact_hexadecimal(digits) if hexadecimal else Fraction(digits) if _short(digits) else None
    if word in ("f", "f32"):
        return (round_to_float(exact) if exact is not None else _single(float(digits))), FLOAT
    value = float.fromhex(digits) if hexadecimal else float(digits)
    return value, LONG_DOUBLE if word in ("l", "f64x", "f128", "q", "w") else DOUBLE


def _short(digits: str) -> bool:
    """Whether the exact value is small enough to compute with (`1e-99999` is a zero anyway)."""
    exponent = re.search(r"[eE]([+-]?[0-9]+)", digits)
    return exponent is None or abs(int(exponent[1])) < 400


def _exact_hexadecimal(digits: str) -> Fraction:
    mantissa, _, exponent = digits[2:].lower().partition("p")
    whole, _, fraction = mantissa.partition(".")
    return Fraction(int((whole + fraction) or "0", 16)) * Fraction(2) ** (int(exponent or "0") - 4 * len(fraction))


def round_to_float(exact: Fraction) -> float:
    """The nearest `float` to an exact value, ties to even, rounded once."""
    if exact == 0:
        return 0.0
    magnitude, sign = abs(exact), -1.0 if exact < 0 else 1.0
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    if Fraction(2) ** exponent > magnitude:
        exponent -= 1
    step = Fraction(2) ** (max(exponent, -126) - 23)
    rounded = round(magnitude / step) * step
    return sign * (math.inf if rounded >= Fraction(2) ** 128 else float(rounded))


def _single(value: float) -> float:
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def round_to_kind(value: float, kind: FloatKind) -> float:
    """A double as the nearest value of the kind."""
    return _single(value) if kind is FloatKind.FLOAT else value


def _units(text: str, prefix: str) -> list[int]:
    """The code units of a literal's text: bytes of UTF-8, or UTF-16 or UTF-32 units by the prefix."""
    units: list[int] = []
    size = CHARACTER_TYPES[prefix].kind.size
    position = 0
    while position < len(text):
        escape = _ESCAPE.match(text, position)
        if escape is None:
            units += _encode(text[position], size)
            position += 1
            continue
        word, position = escape[1], escape.end()
        if word[0] == "x":
            units.append(int(word[1:], 16) & ((1 << 8 * size) - 1))
        elif word[0] in "01234567":
            units.append(int(word, 8) & ((1 << 8 * size) - 1))
        elif word[0] in "uU" and len(word) > 1:
            units += _encode(chr(int(word[1:], 16)), size)
        else:
            units += [_SIMPLE_ESCAPES[word]] if word in _SIMPLE_ESCAPES else _encode(word, size)
    return units


def _encode(character: str, size: int) -> list[int]:
    if size == 1:
        return list(character.encode("utf-8", "surrogateescape"))
    if size == 2:
        data = character.encode("utf-16-le", "surrogatepass")
        return [int.from_bytes(data[i : i + 2], "little") for i in range(0, len(data), 2)]
    return [ord(character)]


def character_literal(spelling: str) -> tuple[int, IntType] | None:
    """The value and type of a character constant; several characters pack as gcc does it (shift by 8, sign of int)."""
    match = _CHARACTER.match(spelling)
    if match is None:
        return None
    prefix = match[1] or ""
    units = _units(match[2], prefix)
    if not units:
        return None
    if prefix in ("L", "u", "U"):
        type = CHARACTER_TYPES[prefix]
        return type.kind.wrap(units[-1]), type
    if prefix == "u8":
        return units[-1], UCHAR
    if len(units) == 1:
        return IntKind.CHAR.wrap(units[0]), INT
    value = 0
    for unit in units:
        value = value << 8 | unit
    return IntKind.INT.wrap(value), INT


def string_literal(spelling: str) -> tuple[bytes, IntType] | None:
    """The elements' bytes with the terminating NUL, and the element type; adjacent pieces are one literal."""
    pieces = _PIECE.findall(spelling)
    if not pieces:
        return None
    prefix = next((piece[0] for piece in pieces if piece[0] not in ("", "u8")), pieces[0][0])
    type = CHARACTER_TYPES[prefix]
    units = [unit for _, text in pieces for unit in _units(text, prefix)]
    return b"".join(unit.to_bytes(type.kind.size, "little") for unit in [*units, 0]), type
