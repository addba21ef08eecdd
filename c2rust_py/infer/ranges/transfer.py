"""The operators of C on intervals: for operands in two intervals, an interval that holds every result.

Results are mathematical integers where a function takes no type; `fit` then brings them into the type. Intervals are
pairs `(lo, hi)` with lo <= hi. All cost a constant number of operations on integers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from c2rust_py.ir.nodes import BinaryOp, CompareOp
from c2rust_py.ir.types import IntKind

Bounds = tuple[int, int]

TRUTH: Bounds = (0, 1)


def limits(kind: IntKind) -> Bounds:
    """All values of a type."""
    return _LIMITS[kind]


_LIMITS: Mapping[IntKind, Bounds] = {kind: (kind.minimum, kind.maximum) for kind in IntKind}


def hull(a: Bounds, b: Bounds) -> Bounds:
    """The least interval around two."""
    return min(a[0], b[0]), max(a[1], b[1])


def fits(bounds: Bounds, kind: IntKind) -> bool:
    low, high = _LIMITS[kind]
    return low <= bounds[0] and bounds[1] <= high


def wrap(bounds: Bounds, kind: IntKind) -> Bounds:
    """What the values become by reduction modulo 2^bits (C11 6.3.1.3; for `_Bool` 6.3.1.2)."""
    low, high = _LIMITS[kind]
    if low <= bounds[0] and bounds[1] <= high:
        return bounds
    if kind is IntKind.BOOL:
        return (1, 1) if bounds[0] > 0 or bounds[1] < 0 else TRUTH
    turns = (bounds[0] - low) >> kind.bits
    if turns != (bounds[1] - low) >> kind.bits:
        return low, high
    return bounds[0] - (turns << kind.bits), bounds[1] - (turns << kind.bits)


def clamp(bounds: Bounds, kind: IntKind) -> Bounds:
    """What is left of a mathematical result where overflow is undefined: the part inside the type. Nothing can be said
    where there is no such part."""
    low, high = _LIMITS[kind]
    inside = max(low, bounds[0]), min(high, bounds[1])
    return inside if inside[0] <= inside[1] else (low, high)


def add(a: Bounds, b: Bounds) -> Bounds:
    return a[0] + b[0], a[1] + b[1]


def subtract(a: Bounds, b: Bounds) -> Bounds:
    return a[0] - b[1], a[1] - b[0]


def multiply(a: Bounds, b: Bounds) -> Bounds:
    products = (a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
    return min(products), max(products)


def divide(a: Bounds, b: Bounds) -> Bounds:
    """Truncating (C11 6.5.5); a divisor of zero gives no result. The quotient is monotone in each operand as long as the
    divisor keeps its sign, so the corners of the two halves of the divisor bound it."""
    quotients = [
        _quotient(dividend, divisor)
        for half in _without_zero(b)
        for divisor in half
        for dividend in a
    ]
    if not quotients:
        return min(a[0], -a[1], 0), max(a[1], -a[0], 0)
    if a[0] <= 0 <= a[1]:
        quotients.append(0)
    return min(quotients), max(quotients)


def _without_zero(b: Bounds) -> list[Bounds]:
    """The divisors below zero and those above."""
    halves = []
    if b[0] < 0:
        halves.append((b[0], min(b[1], -1)))
    if b[1] > 0:
        halves.append((max(b[0], 1), b[1]))
    return halves


def _quotient(a: int, b: int) -> int:
    return abs(a) // abs(b) if (a < 0) == (b < 0) else -(abs(a) // abs(b))


def remainder(a: Bounds, b: Bounds) -> Bounds:
    """The remainder has the dividend's sign, is no larger than it and smaller than the divisor."""
    magnitudes = [abs(divisor) for half in _without_zero(b) for divisor in half]
    if not magnitudes:
        return min(a[0], 0), max(a[1], 0)
    largest, smallest = max(magnitudes) - 1, min(magnitudes)
    if -smallest < a[0] and a[1] < smallest:
        return a
    return max(min(a[0], 0), -largest), min(max(a[1], 0), largest)


def bit_and(a: Bounds, b: Bounds) -> Bounds:
    """In two's complement: `&` with a value that is not negative gives at most that value and no negative one."""
    if a[0] >= 0 and b[0] >= 0:
        return 0, min(a[1], b[1])
    if a[0] >= 0:
        return (0, a[1]) if b[1] != -1 or b[0] != -1 else a
    if b[0] >= 0:
        return (0, b[1]) if a[1] != -1 or a[0] != -1 else b
    return -(1 << _width(a, b)), max(a[1], b[1])


def bit_or(a: Bounds, b: Bounds) -> Bounds:
    """`|` only sets bits: no result is below both operands, and a sign bit stays."""
    if a[0] >= 0 and b[0] >= 0:
        return max(a[0], b[0]), (1 << max(a[1], b[1]).bit_length()) - 1
    low = min(a[0], b[0])
    if a[1] < 0 or b[1] < 0:
        return low, -1
    return low, (1 << max(a[1], b[1]).bit_length()) - 1


def bit_xor(a: Bounds, b: Bounds) -> Bounds:
    size = 1 << _width(a, b)
    negative = a[1] < 0, b[1] < 0
    positive = a[0] >= 0, b[0] >= 0
    if all(negative) or all(positive):
        return 0, size - 1
    if (negative[0] and positive[1]) or (positive[0] and negative[1]):
        return -size, -1
    return -size, size - 1


def _width(a: Bounds, b: Bounds) -> int:
    """Bits below the sign in which all values of both can be written."""
    return max((n if n >= 0 else ~n).bit_length() for n in (*a, *b))


def shift_left(a: Bounds, count: Bounds) -> Bounds:
    values = (a[0] << count[0], a[0] << count[1], a[1] << count[0], a[1] << count[1])
    return min(values), max(values)


def shift_right(a: Bounds, count: Bounds) -> Bounds:
    values = (a[0] >> count[0], a[0] >> count[1], a[1] >> count[0], a[1] >> count[1])
    return min(values), max(values)


def shift_count(count: Bounds, kind: IntKind) -> Bounds:
    """The counts with a defined result (C11 6.5.7); all of them where the count may be out of range, since the
    translation masks it there."""
    if count[0] >= 0 and count[1] < kind.bits:
        return count
    return 0, kind.bits - 1


_OPERATORS: Mapping[BinaryOp, Callable[[Bounds, Bounds], Bounds]] = {
    BinaryOp.ADD: add,
    BinaryOp.SUB: subtract,
    BinaryOp.MUL: multiply,
    BinaryOp.DIV: divide,
    BinaryOp.REM: remainder,
    BinaryOp.AND: bit_and,
    BinaryOp.OR: bit_or,
    BinaryOp.XOR: bit_xor,
    BinaryOp.SHL: shift_left,
    BinaryOp.SHR: shift_right,
}


def binary(op: BinaryOp, a: Bounds, b: Bounds, kind: IntKind) -> Bounds:
    """The mathematical results; `kind` is the left operand's type."""
    if op is BinaryOp.SHL or op is BinaryOp.SHR:
        b = shift_count(b, kind)
    return _OPERATORS[op](a, b)


def compare(op: CompareOp, a: Bounds, b: Bounds) -> Bounds:
    """0, 1, or either."""
    match op:
        case CompareOp.LT:
            return _decided(a[1] < b[0], a[0] >= b[1])
        case CompareOp.LE:
            return _decided(a[1] <= b[0], a[0] > b[1])
        case CompareOp.GT:
            return _decided(a[0] > b[1], a[1] <= b[0])
        case CompareOp.GE:
            return _decided(a[0] >= b[1], a[1] < b[0])
        case CompareOp.EQ:
            return _decided(a[0] == a[1] == b[0] == b[1], a[1] < b[0] or b[1] < a[0])
        case CompareOp.NE:
            return _decided(a[1] < b[0] or b[1] < a[0], a[0] == a[1] == b[0] == b[1])


def _decided(always: bool, never: bool) -> Bounds:
    return (1, 1) if always else (0, 0) if never else TRUTH
