"""C's printf formats whose output Rust's own formatting gives, byte for byte (C11 7.21.6.1; Rust: std::fmt).

    "%3d: %c\\n"    ->    Placeholder("d", 4, "3"), ": ", Placeholder("c", 4, ""), "\\n"

What the two languages format differently has no placeholder: precisions of integers, `%#x` (0 has no prefix in C), a space for
the sign, floats (a NaN has a sign in C), pointers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIRECTIVE = re.compile(r"%(?P<flags>[-+ #0']*)(?P<width>[1-9]\d*)?(?P<precision>\.\d*)?(?P<length>hh|h|ll|l|j|z|t)?(?P<conversion>[diuxXocs%])")
_SIZES = {"hh": 1, "h": 2, None: 4, "l": 8, "ll": 8, "j": 8, "z": 8, "t": 8}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A conversion (`d`, `u`, `x`, `X`, `o`, `c` or `s`), the size in bytes that an integer is cut to, and what stands
    behind the colon in Rust's format."""

    conversion: str
    size: int
    spec: str


Piece = str | Placeholder


def parse_format(data: bytes) -> tuple[Piece, ...] | None:
    """The pieces of a format (a literal's bytes, NUL included), or None where Rust's formatting cannot stand for it."""
    text = plain_text(data)
    if text is None:
        return None
    pieces: list[Piece] = []
    position = 0
    while (percent := text.find("%", position)) >= 0:
        pieces.append(text[position:percent])
        match = _DIRECTIVE.match(text, percent)
        piece = None if match is None else _piece(match)
        if match is None or piece is None:
            return None
        pieces.append(piece)
        position = match.end()
    pieces.append(text[position:])
    return tuple(piece for piece in pieces if piece != "")


_ANY_DIRECTIVE = re.compile(
    r"%[-+ #0'I]*(?P<width>\*|\d+)?(?P<precision>\.(?:\*|\d*))?(?P<length>hh|h|ll|l|L|q|j|z|Z|t)?(?P<conversion>[a-zA-Z%])"
)
_ADDRESSES = frozenset("pnS")
"""Conversions that need to know where something lies, or that take wide strings."""


def argument_conversions(data: bytes) -> tuple[str, ...] | None:
    """The conversion letter of each argument of a format, `*` for widths and precisions:

        "%-*s %.2f %%"    ->    "*", "s", "f"

    None for a format that is not ASCII, numbers its arguments, or has conversions that borrowed values cannot stand for.
    """
    text = plain_text(data)
    if text is None:
        return None
    letters: list[str] = []
    position = 0
    while (percent := text.find("%", position)) >= 0:
        match = _ANY_DIRECTIVE.match(text, percent)
        if match is None:
            return None
        conversion = match["conversion"]
        if conversion in _ADDRESSES or (conversion == "s" and match["length"] is not None):
            return None
        letters += [part[-1] for part in (match["width"], match["precision"]) if part is not None and part.endswith("*")]
        letters += [] if conversion in "%m" else [conversion]
        position = match.end()
    return tuple(letters)


def plain_text(data: bytes) -> str | None:
    """A literal's text up to its NUL, if it is ASCII."""
    text = data.partition(b"\0")[0]
    return text.decode("ascii") if text.isascii() else None


def _piece(match: re.Match[str]) -> Piece | None:
    flags, width, conversion = set(match["flags"]), match["width"] or "", match["conversion"]
    if conversion == "%":
        return "%" if match.group() == "%%" else None
    spec: str | None
    match conversion:
        case "c" | "s":
            spec = _text_spec(match, flags, width)
        case _:
            spec = _integer_spec(match, flags, width)
    if spec is None:
        return None
    return Placeholder("d" if conversion == "i" else conversion, _SIZES[match["length"]], spec)


def _text_spec(match: re.Match[str], flags: set[str], width: str) -> str | None:
    precision = match["precision"] or ""
    if flags - {"-"} or match["length"] is not None or (precision and match["conversion"] == "c"):
        return None
    if precision:
        precision = f".{int(precision[1:] or '0')}"
    return (("<" if "-" in flags else ">") + width if width else "") + precision


def _integer_spec(match: re.Match[str], flags: set[str], width: str) -> str | None:
    signed = match["conversion"] in "di"
    if flags - ({"-", "0", "+"} if signed else {"-", "0"}) or match["precision"] is not None:
        return None
    left = "<" if "-" in flags and width else ""
    zero = "0" if "0" in flags and "-" not in flags and width else ""
    return left + ("+" if "+" in flags else "") + zero + width + (match["conversion"] if match["conversion"] in "xXo" else "")
