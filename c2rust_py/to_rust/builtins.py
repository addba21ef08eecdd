"""Lowering of GNU builtins on values (`ir.builtins` lists them) to methods of Rust's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from c2rust_py.diagnostics import Code, Span
from c2rust_py.ir.nodes import Borrow, Value
from c2rust_py.ir.types import ArrayType, OptionalType, ReferenceType, Type
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.frame import Unsupported

if TYPE_CHECKING:
    from c2rust_py.to_rust.values import ValueLowering

_BIT_COUNTS = {"clz": "leading_zeros", "ctz": "trailing_zeros", "popcount": "count_ones"}
_FLOAT_TESTS = {
    "isnan": "is_nan",
    "isinf": "is_infinite",
    "isfinite": "is_finite",
    "isnormal": "is_normal",
    "signbit": "is_sign_negative",
}
_PARTS = {"real": "re", "imag": "im"}
_I32 = rs.PathType("i32")


def builtin_call(
    lowering: ValueLowering, name: str, args: tuple[Value, ...], type: Type, span: Span
) -> rs.Expr:
    """The Rust expression of `__builtin_NAME(args)`."""
    if name in ("unreachable", "trap"):
        return rs.MacroCall("unreachable" if name == "unreachable" else "panic", (rs.Literal(f'"C: {name}"'),))
    if name == "bad_call":
        return rs.MethodCall(lowering.value(args[0]), "bad_call")
    if name == "alloca":
        return lowering.frame.method("alloca", lowering.value(args[0], typed=True))
    if name == "complex":
        rust = lowering.frame.rust_type(type)
        assert isinstance(rust, rs.PathType)
        return rs.Call(rs.Name(f"{rust.name}::new"), tuple(lowering.receiver(arg) for arg in args))
    if name == "same_slice":
        return _same_slice(tuple(lowering.value(arg) for arg in args), isinstance(args[0].type, OptionalType))
    if name == "views_of":
        return _views_of(lowering, args, type)
    values = tuple(lowering.receiver(arg) for arg in args)
    if name == "len":
        whole = values[0].operand if isinstance(values[0], rs.Borrow) else values[0]
        return rs.MethodCall(whole, "len")
    if name in _PARTS:
        return rs.FieldAccess(values[0], _PARTS[name])
    if name == "conj":
        return rs.MethodCall(values[0], "conj")
    if name.startswith("bswap"):
        return rs.MethodCall(values[0], "swap_bytes")
    found = _bit_builtin(name, values) or _float_builtin(name, values)
    if found is None:
        raise Unsupported(Code.BUILTIN_MISSING, f"`__builtin_{name}` has no translation", span)
    return found


def _same_slice(slices: tuple[rs.Expr, ...], optional: bool) -> rs.Expr:
    """Whether two slices start at the same place, or are both missing."""
    if not optional:
        return rs.Call(rs.Name("std::ptr::eq"), slices)
    return rs.Binary("==", *map(_start, slices))


def _views_of(lowering: ValueLowering, args: tuple[Value, ...], type: Type) -> rs.Expr:
    """Positions in an array as views of it: `&words.map(|at| &line[at..])`."""
    positions, base, *start = args
    assert isinstance(positions, Borrow) and isinstance(base, Borrow) and isinstance(type, ReferenceType)
    held, wanted = positions.place.type, type.target.element if isinstance(type.target, ArrayType) and type.is_slice else type.target
    assert isinstance(held, ArrayType)
    view = wanted.inner if isinstance(wanted, OptionalType) else wanted
    assert isinstance(view, ReferenceType)
    name = lowering.frame.own("at")
    at = rs.Name(name)
    made: rs.Expr = rs.Borrow(rs.Index(lowering.base_path(base.place), rs.RangeFrom(at) if view.is_slice else at))
    if isinstance(held.element, OptionalType):
        made = rs.MethodCall(at, "map", (rs.Closure(((name, None),), made),))
    elif isinstance(wanted, OptionalType):
        made = rs.Call(rs.Name("Some"), (made,))
    array = lowering.base_path(positions.place)
    if held.length is not None:
        views = rs.MethodCall(array, "map", (rs.Closure(((name, None),), made),))
    else:
        each = rs.MethodCall(rs.MethodCall(array, "iter"), "map", (rs.Closure(((f"&{name}", None),), made),))
        views = rs.MethodCall(each, "collect::<Vec<_>>")
    if not start:
        return rs.Borrow(views)
    first = lowering.index(start[0])
    return rs.Borrow(rs.Index(views, rs.RangeFrom(first) if type.is_slice else first))


def _start(slice: rs.Expr) -> rs.Expr:
    """Where a slice that may be missing starts."""
    match slice:
        case rs.Call(rs.Name("Some"), (there,)):
            return rs.Call(rs.Name("Some"), (rs.MethodCall(there, "as_ptr"),))
        case _:
            return rs.MethodCall(slice, "map", (rs.Name("<[_]>::as_ptr"),))


def _bit_builtin(name: str, values: tuple[rs.Expr, ...]) -> rs.Expr | None:
    stem = name.rstrip("l")
    stem = "ctz" if name.startswith("ctz") else "clz" if name.startswith("clz") else stem
    if stem in _BIT_COUNTS:
        return rs.Cast(rs.MethodCall(values[0], _BIT_COUNTS[stem]), _I32)
    if stem == "parity":
        return rs.Binary("&", rs.Cast(rs.MethodCall(values[0], "count_ones"), _I32), rs.Literal("1"))
    if stem == "ffs":
        return rs.Call(rs.Name(f"c2rs_rt::strings::{name}"), values)
    if stem == "clrsb":
        return rs.Call(rs.Name(f"c2rs_rt::builtin::{name}"), values)
    return None


def _float_builtin(name: str, values: tuple[rs.Expr, ...]) -> rs.Expr | None:
    if name == "isunordered":
        either = rs.Binary("||", *(rs.MethodCall(v, "is_nan") for v in values))
        return rs.Call(rs.Name("i32::from"), (either,))
    stem = name if name in _FLOAT_TESTS or name == "isinf_sign" else name[:-1]
    if stem == "isinf_sign":
        sign = rs.Cast(rs.MethodCall(values[0], "signum"), _I32)
        infinite = rs.MethodCall(values[0], "is_infinite")
        return rs.If(infinite, rs.Block((), sign), rs.BlockExpr(rs.Block((), rs.Literal("0"))))
    if stem in _FLOAT_TESTS:
        return rs.Call(rs.Name("i32::from"), (rs.MethodCall(values[0], _FLOAT_TESTS[stem]),))
    return None
