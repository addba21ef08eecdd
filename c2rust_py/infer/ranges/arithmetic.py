"""Unary and binary operators on numbers: intervals by `transfer`, and which forms bound the result.

    lo + (hi - lo) / 2     // between lo and hi where lo <= hi
    i % n                  // at most n - 1
    n - i                  // not negative where i <= n, so no wrapping even if unsigned
"""

from __future__ import annotations

from typing import NamedTuple

from c2rust_py.infer.ranges import transfer
from c2rust_py.infer.ranges.forms import Form, Number, add_forms, negate, of_local, shifted
from c2rust_py.infer.ranges.state import State
from c2rust_py.ir.nodes import BinaryOp
from c2rust_py.ir.types import IntKind

_OVERFLOWING = (BinaryOp.ADD, BinaryOp.SUB, BinaryOp.MUL, BinaryOp.DIV)
"""Where overflow of signed operands is undefined. `<<` on signed operands is what gcc makes it: it wraps."""


class Result(NamedTuple):
    """A result, and whether the mathematical one may be outside the type."""

    number: Number
    overflows: bool


def apply_binary(state: State, op: BinaryOp, left: Number, right: Number, kind: IntKind, wraps: bool) -> Result:
    """`left op right` in `kind`, the left operand's type; `wraps`: what leaves it is reduced modulo 2^bits."""
    bounds = transfer.binary(op, left.bounds, right.bounds, kind)
    lower, upper = _forms(state, op, left, right)
    if lower is not None or upper is not None:
        bounds = _tightened(state, bounds, lower, upper)
    if lower is not None and lower == upper:
        modular: Form | None = lower
    else:
        modular = _within_bits(state, _modular(op, left, right), kind)
    if transfer.fits(bounds, kind):
        return Result(Number(*bounds, lower, upper, modular), False)
    if op in _OVERFLOWING and not wraps:
        return Result(Number(*transfer.clamp(bounds, kind), lower, upper, modular), True)
    wrapped = transfer.wrap(bounds, kind)
    return Result(Number(*wrapped, modular=_within_bits(state, modular, kind)), True)


def negated(number: Number) -> Number:
    """The mathematical `-number`."""
    return Number(-number.hi, -number.lo, negate(number.upper), negate(number.lower), negate(number.modular))


def convert(state: State, number: Number, source: IntKind, target: IntKind) -> Number:
    """An integer conversion (C11 6.3.1.3). What fits stays what it is."""
    if transfer.fits(number.bounds, target):
        if number.exact is None and number.modular is not None and target.bits != source.bits:
            return number._replace(modular=None)
        return number
    bounds = transfer.wrap(number.bounds, target)
    if target is IntKind.BOOL or (number.exact is None and target.bits > source.bits):
        return Number(*bounds)
    return Number(*bounds, modular=_within_bits(state, number.modular, target))


def _within_bits(state: State, form: Form | None, kind: IntKind) -> Form | None:
    """A form modulo 2^bits says nothing of locals that are wider."""
    if form is None or any(state.bits[local] > kind.bits for local, _ in form.terms):
        return None
    return form


def _modular(op: BinaryOp, left: Number, right: Number) -> Form | None:
    if op is BinaryOp.ADD:
        return add_forms(left.modular, right.modular)
    if op is BinaryOp.SUB:
        return add_forms(left.modular, negate(right.modular))
    return None


def _tightened(state: State, bounds: transfer.Bounds, lower: Form | None, upper: Form | None) -> transfer.Bounds:
    """What facts add to the intervals, which know nothing of how two locals of a sum hang together."""
    low, high = bounds
    if lower is not None:
        low = max(low, state.lowest(lower))
    if upper is not None:
        high = min(high, state.highest(upper))
    return (low, high) if low <= high else bounds


def _forms(state: State, op: BinaryOp, left: Number, right: Number) -> tuple[Form | None, Form | None]:
    """Forms below and above the mathematical result."""
    match op:
        case BinaryOp.ADD:
            return add_forms(_lower(left), _lower(right)), add_forms(_upper(left), _upper(right))
        case BinaryOp.SUB:
            return add_forms(_lower(left), negate(_upper(right))), add_forms(_upper(left), negate(_lower(right)))
        case BinaryOp.DIV if right.lo == right.hi == 2:
            return _halved(state, left, left.lo >= 0)
        case BinaryOp.SHR if right.lo == right.hi == 1:
            return _halved(state, left, True)
        case BinaryOp.DIV if right.lo >= 1 and left.lo >= 0:
            return None, left.upper
        case BinaryOp.SHR if left.lo >= 0:
            return None, left.upper
        case BinaryOp.REM if right.lo >= 0:
            return None, shifted(right.upper, -1) if right.upper and right.upper.terms else _if_natural(left)
        case BinaryOp.AND:
            if right.lo >= 0 and right.upper is not None and right.upper.terms:
                return None, right.upper
            return None, _if_natural(left)
        case _:
            return None, None


def _lower(number: Number) -> Form:
    return Form(number.lo, ()) if number.lower is None else number.lower


def _upper(number: Number) -> Form:
    return Form(number.hi, ()) if number.upper is None else number.upper


def _if_natural(number: Number) -> Form | None:
    return number.upper if number.lo >= 0 else None


def _halved(state: State, number: Number, down: bool) -> tuple[Form | None, Form | None]:
    """The mean of two locals lies between them, rounded either way; where they differ and it is rounded down, below the
    greater. Half of a natural number is at most it, and less if it is not 0."""
    form = number.exact
    if form is not None and form.constant == 0 and len(form.terms) == 2:
        (x, sign_x), (y, sign_y) = form.terms
        if sign_x > 0 and sign_y > 0:
            for less, more in ((x, y), (y, x)):
                distance = state.difference(less, more)
                if distance <= 0:
                    return of_local(less), shifted(of_local(more), -1 if down and distance < 0 else 0)
    return None, shifted(number.upper, -1) if number.lo >= 1 else _if_natural(number)
