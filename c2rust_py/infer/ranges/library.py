"""The ranges of what functions of the C library and GNU C's builtins return, where that is less than their type."""

from __future__ import annotations

from collections.abc import Mapping

from c2rust_py.infer.ranges.transfer import Bounds
from c2rust_py.ir.types import IntKind

_INT_MAX = IntKind.INT.maximum
_LONG_MAX = IntKind.LONG.maximum
_BYTE_OR_EOF: Bounds = (-1, 255)
_STATUS: Bounds = (-1, 0)
_COUNT_OR_ERROR: Bounds = (-1, _INT_MAX)
_LENGTH: Bounds = (0, _LONG_MAX)
"""No object is larger than PTRDIFF_MAX, so a length in elements is not, either."""


def _table() -> dict[str, Bounds]:
    table: dict[str, Bounds] = {"abs": (0, _INT_MAX), "labs": (0, _LONG_MAX), "llabs": (0, _LONG_MAX)}
    table |= dict.fromkeys(("strlen", "strnlen", "strspn", "strcspn", "wcslen", "wcsspn", "wcscspn"), _LENGTH)
    table |= dict.fromkeys(("fgetc", "getc", "getchar", "getc_unlocked", "getchar_unlocked"), _BYTE_OR_EOF)
    table |= dict.fromkeys(("fputc", "putc", "putchar", "ungetc"), _BYTE_OR_EOF)
    table |= dict.fromkeys(("fclose", "fseek", "remove", "rename", "mkdir", "rmdir", "unlink", "close"), _STATUS)
    table |= dict.fromkeys(("rand", "random", "lrand48"), (0, _INT_MAX))
    table |= dict.fromkeys(("read", "write", "ftell"), (-1, _LONG_MAX))
    table |= dict.fromkeys(("open", "fileno"), _COUNT_OR_ERROR)
    return table


RESULTS: Mapping[str, Bounds] = _table()
"""By symbol: what the C standard and glibc promise."""


def builtin_bounds(name: str, operand_bits: int) -> Bounds | None:
    """The range of a builtin (`ir.builtins`) whose operand has so many bits; None: any value of its type. `clz` and `ctz`
    of zero are undefined in C and the width in Rust."""
    base = name.rstrip("l") if name not in ("signbitl", "isnormall") else name[:-1]
    match base:
        case "clz" | "ctz" | "popcount" | "ffs":
            return 0, operand_bits
        case "clrsb":
            return 0, operand_bits - 1
        case "parity" | "isunordered":
            return 0, 1
        case "isinf_sign" | "isinf_signf":
            return -1, 1
        case _:
            return None
