"""The names that `ir.nodes.Builtin` can have, with the types of their operands and results.

A name is GNU C's without `__builtin_`. All are pure but the ones in EFFECTFUL_BUILTINS. A builtin that stands for a
function of the C library (`__builtin_memcpy`) is a plain call of it in the IR.
"""

from __future__ import annotations

from dataclasses import dataclass

from c2rust_py.ir.types import (
    DOUBLE,
    FLOAT,
    INT,
    LLONG,
    LONG,
    LONG_DOUBLE,
    UINT,
    ULLONG,
    ULONG,
    USHORT,
    VOID,
    VOID_POINTER,
    Type,
)


@dataclass(frozen=True, slots=True)
class BuiltinType:
    """The types of a builtin's operands, which are converted to them, and of its result."""

    params: tuple[Type, ...]
    result: Type


def _table() -> dict[str, BuiltinType]:
    table = {
        "bswap16": BuiltinType((USHORT,), USHORT),
        "bswap32": BuiltinType((UINT,), UINT),
        "bswap64": BuiltinType((ULONG,), ULONG),
        "alloca": BuiltinType((ULONG,), VOID_POINTER),
        "trap": BuiltinType((), VOID),
        "unreachable": BuiltinType((), VOID),
    }
    for name in ("clz", "ctz", "popcount", "parity"):
        for suffix, type in (("", UINT), ("l", ULONG), ("ll", ULLONG)):
            table[name + suffix] = BuiltinType((type,), INT)
    for name in ("ffs", "clrsb"):
        for suffix, type in (("", INT), ("l", LONG), ("ll", LLONG)):
            table[name + suffix] = BuiltinType((type,), INT)
    for name in ("isnan", "isinf", "isinf_sign", "isfinite", "isnormal", "signbit"):
        for suffix, float_type in (("", DOUBLE), ("f", FLOAT), ("l", LONG_DOUBLE)):
            table[name + suffix] = BuiltinType((float_type,), INT)
    table["isunordered"] = BuiltinType((DOUBLE, DOUBLE), INT)
    return table


BUILTINS = _table()
"""`clz` and `ctz` of 0 are undefined; `ffs` of 0 is 0; `signbit` is 0 or 1; `isinf_sign` is -1, 0 or 1."""

COMPLEX_BUILTINS = frozenset({"complex", "real", "imag", "conj"})
"""A complex number of two parts, its parts, and its conjugate: of any kind, so they are not in BUILTINS."""

EFFECTFUL_BUILTINS = frozenset({"alloca", "trap", "unreachable", "bad_call"})
"""Builtins that do more than compute a value. `bad_call` is ours: it stops where there is no function to call at its operand. The
pointer that `alloca` gives is good until its function returns."""
