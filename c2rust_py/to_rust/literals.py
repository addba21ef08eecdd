"""Rust literals of C constants, and which Rust expressions fix their own type."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

from c2rust_py.ir.nodes import IntConst, Spelling
from c2rust_py.ir.types import IntKind
from c2rust_py.rust_ir import nodes as rs

_LIMITS = {"i32": IntKind.INT, "u32": IntKind.UINT, "i64": IntKind.LONG, "u64": IntKind.ULONG}


def is_text(byte: int) -> bool:
    """Whether a byte is a character that a literal can show."""
    return 0x20 <= byte < 0x7F or byte in (0x09, 0x0A, 0x0D)


def byte_literal(byte: int) -> rs.Expr:
    """A byte in the most readable form: `b'a'`, or a number."""
    if not is_text(byte):
        return rs.Literal(str(byte))
    escapes = {0x27: "\\'", 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
    return rs.Literal(f"b'{escapes.get(byte, chr(byte))}'", suffixed=True)


def int_constant(constant: IntConst, rust: str, typed: bool) -> rs.Expr:
    """`int_literal` of a constant, in the way that C wrote it: a character is `b'x'`, cast where the type is another."""
    value = constant.value
    if constant.spelling is Spelling.CHARACTER and is_text(value):
        literal = byte_literal(value)
        return literal if rust == "u8" else rs.Cast(literal, rs.PathType(rust))
    unsigned_mask = constant.spelling is Spelling.COMPUTED and value >= 0x1_0000 and rust.startswith("u")
    return int_literal(value, rust, typed, unsigned_mask or constant.spelling is Spelling.HEXADECIMAL)


def int_literal(value: int, rust: str, typed: bool, hexadecimal: bool = False) -> rs.Expr:
    """`value` as an expression of the integer type `rust` (or bool); where not `typed`, with a suffix unless i32."""
    if rust.startswith("u") and value < 0:
        value %= 1 << int(rust[1:])
    if rust == "bool":
        return rs.Literal("true" if value else "false", suffixed=True)
    kind = _LIMITS.get(rust)
    if kind is not None:
        if value == kind.maximum:
            return rs.Name(f"{rust}::MAX")
        if value == kind.minimum and kind.signed:
            return rs.Name(f"{rust}::MIN")
    suffix = "" if typed or rust == "i32" else rust
    digits = f"{abs(value):#x}" if hexadecimal else str(abs(value))
    if suffix and digits.startswith("0x"):
        suffix = f"_{suffix}"
    literal = rs.Literal(digits + suffix, suffixed=bool(suffix))
    return rs.Unary("-", literal) if value < 0 else literal


def float_literal(value: float, rust: str, typed: bool) -> rs.Expr:
    """`value` as an expression of type f32 or f64: the shortest digits that give it back."""
    if math.isnan(value):
        return _not_a_number(value, rust)
    if math.isinf(value):
        name = rs.Name(f"{rust}::INFINITY")
        return rs.Unary("-", name) if value < 0 else name
    digits = _shortest_f32(abs(value)) if rust == "f32" else repr(abs(value))
    if digits.endswith("e+16") or "e" in digits:
        digits = digits.replace("e+", "e")
    elif "." not in digits:
        digits += ".0"
    suffix = "" if typed or rust == "f64" else rust
    literal = rs.Literal(digits + suffix, suffixed=bool(suffix))
    return rs.Unary("-", literal) if math.copysign(1.0, value) < 0 else literal


def _not_a_number(value: float, rust: str) -> rs.Expr:
    """A NaN with its sign, and the payload where it has one."""
    (bits,) = struct.unpack("<Q", struct.pack("<d", value))
    if bits & ((1 << 51) - 1):
        packed = bits if rust == "f64" else (bits >> 32 & 0x80000000) | 0x7F800000 | (bits >> 29 & 0x7FFFFF)
        return rs.Call(rs.Name(f"{rust}::from_bits"), (rs.Literal(f"{packed:#x}", suffixed=False),))
    name = rs.Name(f"{rust}::NAN")
    return rs.Unary("-", name) if math.copysign(1.0, value) < 0 else name


def _shortest_f32(value: float) -> str:
    for precision in range(1, 10):
        digits = f"{value:.{precision}g}"
        try:
            if struct.unpack("f", struct.pack("f", float(digits)))[0] == value:
                return repr(float(digits))
        except OverflowError:
            continue
    return repr(value)


def is_anchored(expr: rs.Expr) -> bool:
    """Whether an expression's type is fixed without its surroundings: false for literals without suffix and what is
    made of them alone."""
    match expr:
        case rs.Literal(_, suffixed):
            return suffixed
        case rs.Unary(_, operand):
            return is_anchored(operand)
        case rs.Binary("<<" | ">>", left, _):
            return is_anchored(left)
        case rs.Binary(_, left, right):
            return is_anchored(left) or is_anchored(right)
        case rs.BlockExpr(block, _):
            return block.tail is not None and is_anchored(block.tail)
        case rs.If(_, then, otherwise):
            return (then.tail is not None and is_anchored(then.tail)) or (
                otherwise is not None and is_anchored(otherwise)
            )
        case _:
            return True


def with_suffix(expr: rs.Expr, rust: str) -> rs.Expr:
    """An expression of the type `rust` that fixes this type itself."""
    if is_anchored(expr):
        return expr
    match expr:
        case rs.Literal(text, _):
            return rs.Literal(f"{text}{'_' if text.startswith('0x') else ''}{rust}", suffixed=True)
        case rs.Unary(op, operand):
            return rs.Unary(op, with_suffix(operand, rust))
        case rs.Binary(op, left, right):
            return rs.Binary(op, with_suffix(left, rust), right)
        case rs.BlockExpr(rs.Block(tail=tail) as block, label) if tail is not None:
            return rs.BlockExpr(replace(block, tail=with_suffix(tail, rust)), label)
        case rs.If(condition, rs.Block(tail=tail) as then, otherwise) if tail is not None:
            return rs.If(condition, replace(then, tail=with_suffix(tail, rust)), otherwise)
        case _:
            return expr
