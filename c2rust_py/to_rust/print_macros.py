"""The runtime's `print!` family: Rust's format and arguments for a C format that `normalise.lower_output` let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from c2rust_py.ir.nodes import Conditional, Convert, Decay, IntConst, StringPlace, Value
from c2rust_py.ir.types import CHAR, ArrayType, IntKind, IntType
from c2rust_py.normalise.print_formats import Placeholder, parse_format, plain_text
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_expr
from c2rust_py.to_rust.literals import byte_literal, is_text

if TYPE_CHECKING:
    from c2rust_py.to_rust.conversions import ConversionLowering

_KINDS = {
    ("d", 1): IntKind.SCHAR,
    ("d", 2): IntKind.SHORT,
    ("d", 4): IntKind.INT,
    ("d", 8): IntKind.LONG,
    ("u", 1): IntKind.UCHAR,
    ("u", 2): IntKind.USHORT,
    ("u", 4): IntKind.UINT,
    ("u", 8): IntKind.ULONG,
}
"""The type that a conversion of a size prints."""
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_BRACES = {"{": "{{", "}": "}}"}


def print_macro(lowering: ConversionLowering, symbol: str, args: tuple[Value, ...]) -> rs.Expr:
    """`println!("{}: {:>3}", i, c as char)` for `print!("%d: %3c\\n", i, c)`; constants become part of the text."""
    format, *values = args
    assert isinstance(format, Decay) and isinstance(format.place, StringPlace)
    pieces = parse_format(format.place.data)
    assert pieces is not None
    template, shown, is_line = "", [], False
    for piece in pieces:
        text = piece if isinstance(piece, str) else _constant_text(piece, values[0])
        if not isinstance(piece, str):
            value = values.pop(0)
            if text is None:
                template += "{" + (f":{piece.spec}" if piece.spec else "") + "}"
                shown.append(_shown(lowering, piece, value))
        template += _escaped(text or "")
        is_line = text is not None and text.endswith("\n")
    name = f"c2rs_rt::{symbol.removesuffix('!')}"
    if is_line:
        template, name = template.removesuffix("\\n"), f"{name}ln"
    if not template and is_line:
        return rs.MacroCall(name, ())
    return rs.MacroCall(name, (rs.Literal(f'"{template}"', suffixed=True), *shown))


def format_text(format: Value) -> rs.Literal | None:
    """The literal for `printf!` of a format that is an ASCII literal; C's conversions stay as they are."""
    if not isinstance(format, Decay) or not isinstance(format.place, StringPlace):
        return None
    text = plain_text(format.place.data) if format.place.type.element == CHAR else None
    return None if text is None else rs.Literal(f'"{_escaped(text, braces=False)}"', suffixed=True)


def byte_string(value: Value) -> rs.Literal | None:
    """`b"text\\0"` for a literal."""
    match value:
        case Decay(StringPlace(data, ArrayType(IntType(kind)))) if kind.size == 1:
            shown = "".join(map(_shown_byte, data))
            return rs.Literal(f'b"{shown}"', suffixed=True)
        case _:
            return None


def _shown_byte(byte: int) -> str:
    char = chr(byte)
    return "\\0" if byte == 0 else _ESCAPES.get(char) or (char if 0x20 <= byte < 0x7F else f"\\x{byte:02x}")


def _escaped(text: str, braces: bool = True) -> str:
    """Text within a literal; in a format, braces are doubled."""
    escapes = _ESCAPES | _BRACES if braces else _ESCAPES
    return "".join(escapes.get(c) or (c if 0x20 <= ord(c) < 0x7F else f"\\x{ord(c):02x}") for c in text)


def _constant_text(placeholder: Placeholder, value: Value) -> str | None:
    """What a constant without a name prints. Python's format specifications of integers and text are Rust's."""
    conversion, spec = placeholder.conversion, placeholder.spec
    match value:
        case IntConst(number, name=None) if conversion == "c":
            return format(chr(number), spec) if 0 < number < 0x80 else None
        case IntConst(number, name=None):
            kind = _KINDS["d" if conversion == "d" else "u", placeholder.size]
            return format(kind.wrap(number), spec)
        case Decay(StringPlace(data)):
            return format(plain_text(data) or "", spec)
        case _:
            return None


def _shown(lowering: ConversionLowering, placeholder: Placeholder, value: Value) -> rs.Expr:
    """The argument, in a type that Rust formats as C's conversion does."""
    match placeholder.conversion:
        case "s":
            return _choice(lowering, value)
        case "c":
            return _character(lowering, value)
        case _:
            return _integer(lowering, placeholder, value)


def _choice(lowering: ConversionLowering, value: Value) -> rs.Expr:
    """A literal as a `str`, or one of several by a condition."""
    match value:
        case Conditional(test, then, otherwise):
            blocks = (rs.Block((), _choice(lowering, branch)) for branch in (then, otherwise))
            return rs.If(lowering.condition(test), next(blocks), rs.BlockExpr(next(blocks)))
        case Decay(StringPlace(data)):
            return rs.Literal(f'"{_escaped(plain_text(data) or "", braces=False)}"', suffixed=True)
        case _:
            raise AssertionError("no choice of literals")


def _character(lowering: ConversionLowering, value: Value) -> rs.Expr:
    """A `char` of the byte's number, which the runtime writes as that byte."""
    match value:
        case Conditional(test, then, otherwise):
            blocks = (rs.Block((), _character(lowering, branch)) for branch in (then, otherwise))
            return rs.If(lowering.condition(test), next(blocks), rs.BlockExpr(next(blocks)))
        case IntConst(number, name=None) if is_text(number):
            return rs.Literal(print_expr(byte_literal(number)).removeprefix("b"), suffixed=True)
        case _:
            return _byte_character(lowering, value)


def _byte_character(lowering: ConversionLowering, value: Value) -> rs.Expr:
    kind = lowering.promoted_from(value)
    char = rs.PathType("char")
    if isinstance(value, IntConst) and value.name is None:
        return rs.Cast(rs.Literal(f"{value.value & 0xFF}u8", suffixed=True), char)
    if kind in (IntKind.CHAR, IntKind.UCHAR):
        assert isinstance(value, Convert)
        return rs.Cast(lowering.value(value.operand), char)
    return rs.Cast(rs.Cast(lowering.value(value), rs.PathType("u8")), char)


def _integer(lowering: ConversionLowering, placeholder: Placeholder, value: Value) -> rs.Expr:
    signed = placeholder.conversion == "d"
    shown = _KINDS["d" if signed else "u", placeholder.size]
    rust = rs.PathType(("i" if shown.signed else "u") + str(8 * shown.size))
    kind = lowering.facts.types.int_kind(value.type)
    assert kind is not None
    inner = lowering.promoted_from(value)
    if shown.size < kind.size:
        cast = rs.Cast(lowering.value(value), rust)
        if inner is None or inner.size != shown.size:
            return cast
        assert isinstance(value, Convert)
        narrow = lowering.value(value.operand)
        return narrow if lowering.facts.types.value(value.operand.type) == rust else rs.Cast(narrow, rust)
    if inner is not None and (signed or not inner.signed):
        assert isinstance(value, Convert)
        narrow = lowering.value(value.operand)
        return rs.Cast(narrow, rs.PathType("i8")) if inner is IntKind.CHAR else narrow
    expr = lowering.value(value)
    return expr if kind.signed == signed or placeholder.conversion in "xXo" else rs.Cast(expr, rust)
