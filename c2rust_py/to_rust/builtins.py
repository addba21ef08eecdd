"""Lowering of GNU builtins on values to methods of Rust's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from c2rust_py.diagnostics import Code, Span
from c2rust_py.ir.nodes import Value
from c2rust_py.ir.types import FloatType, Type
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.frame import Unsupported
from c2rust_py.to_rust.literals import float_literal

if TYPE_CHECKING:
    from c2rust_py.to_rust.values import ValueLowering

_BIT_COUNTS = {"clz": "leading_zeros", "ctz": "trailing_zeros", "popcount": "count_ones"}
_FLOAT_TESTS = {"isnan": "is_nan", "isinf": "is_infinite", "isfinite": "is_finite", "isnormal": "is_normal"}
_SIZES = {"": "u32", "l": "u64", "ll": "u64"}


def builtin_call(
    lowering: ValueLowering, name: str, args: tuple[Value, ...], type: Type, span: Span
) -> rs.Expr:
    """The Rust expression of `__builtin_NAME(args)`."""
    constant = _float_constant(name, type, lowering)
    if constant is not None:
        return constant
    if name in ("unreachable", "trap"):
        return rs.MacroCall("unreachable" if name == "unreachable" else "panic", (rs.Literal(f'"C: {name}"'),))
    if name == "alloca":
        return lowering.frame.method("alloca", lowering.value(args[0], typed=True))
    values = tuple(lowering.receiver(arg) for arg in args)
    if name.startswith("bswap"):
        return rs.MethodCall(values[0], "swap_bytes")
    bits = _bit_builtin(name, values)
    if bits is not None:
        return bits
    floats = _float_builtin(name, values)
    if floats is not None:
        return floats
    raise Unsupported(Code.BUILTIN_MISSING, f"`__builtin_{name}` has no translation", span)


def _float_constant(name: str, type: Type, lowering: ValueLowering) -> rs.Expr | None:
    rust = lowering.facts.types.value(type)
    if not isinstance(type, FloatType) or not isinstance(rust, rs.PathType):
        return None
    if name in ("inf", "inff", "infl", "huge_val", "huge_valf", "huge_vall"):
        return float_literal(float("inf"), rust.name, typed=False)
    if name in ("nan", "nanf", "nanl"):
        return float_literal(float("nan"), rust.name, typed=False)
    return None


def _bit_builtin(name: str, values: tuple[rs.Expr, ...]) -> rs.Expr | None:
    for prefix, method in _BIT_COUNTS.items():
        if name.startswith(prefix) and name.removeprefix(prefix) in _SIZES:
            return rs.Cast(rs.MethodCall(values[0], method), rs.PathType("i32"))
    if name in ("parity", "parityl", "parityll"):
        return rs.Binary("&", rs.Cast(rs.MethodCall(values[0], "count_ones"), rs.PathType("i32")), rs.Literal("1"))
    if name in ("ffs", "ffsl", "ffsll"):
        return rs.Call(rs.Name(f"c2rs_rt::strings::{name}"), values)
    return None


def _float_builtin(name: str, values: tuple[rs.Expr, ...]) -> rs.Expr | None:
    if name in _FLOAT_TESTS:
        return rs.Call(rs.Name("i32::from"), (rs.MethodCall(values[0], _FLOAT_TESTS[name]),))
    if name in ("signbit", "signbitf", "signbitl"):
        return rs.Call(rs.Name("i32::from"), (rs.MethodCall(values[0], "is_sign_negative"),))
    if name in ("fabs", "fabsf", "fabsl"):
        return rs.MethodCall(values[0], "abs")
    if name in ("copysign", "copysignf", "copysignl"):
        return rs.MethodCall(values[0], "copysign", (values[1],))
    comparisons = {
        "isgreater": ">",
        "isgreaterequal": ">=",
        "isless": "<",
        "islessequal": "<=",
    }
    if name in comparisons:
        return rs.Call(rs.Name("i32::from"), (rs.Binary(comparisons[name], values[0], values[1]),))
    if name == "islessgreater":
        less, greater = rs.Binary("<", *values), rs.Binary(">", *values)
        return rs.Call(rs.Name("i32::from"), (rs.Binary("||", less, greater),))
    if name == "isunordered":
        either = rs.Binary("||", *(rs.MethodCall(v, "is_nan") for v in values))
        return rs.Call(rs.Name("i32::from"), (either,))
    if name in ("isinf_sign", "isinf_signf", "isinf_signl"):
        sign = rs.Cast(rs.MethodCall(values[0], "signum"), rs.PathType("i32"))
        infinite = rs.MethodCall(values[0], "is_infinite")
        return rs.If(infinite, rs.Block((), sign), rs.BlockExpr(rs.Block((), rs.Literal("0"))))
    return None
