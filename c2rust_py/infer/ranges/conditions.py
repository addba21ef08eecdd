"""What a comparison that holds tells of the locals in it.

    if (i + 1 < n)      // i <= INT_MAX - 2, i - n <= -2, n >= i + 2
    if (c - '0' <= 9u)  // c in '0' ... '9': the subtraction may wrap, but only one value of each residue fits c's range

Each function refines a state and gives False where the condition cannot hold in it. A comparison looks at each pair of
terms of two short forms, so its cost is a constant number of operations on the state.
"""

from __future__ import annotations

from c2rust_py.infer.ranges.forms import Form, Number, add_forms, constant, negate
from c2rust_py.infer.ranges.state import State
from c2rust_py.ir.nodes import CompareOp

_OPPOSITE = {
    CompareOp.EQ: CompareOp.NE,
    CompareOp.NE: CompareOp.EQ,
    CompareOp.LT: CompareOp.GE,
    CompareOp.GE: CompareOp.LT,
    CompareOp.GT: CompareOp.LE,
    CompareOp.LE: CompareOp.GT,
}


def assume_comparison(state: State, op: CompareOp, left: Number, right: Number, holds: bool) -> bool:
    """`left op right` is true, or (where not `holds`) false."""
    match op if holds else _OPPOSITE[op]:
        case CompareOp.LT:
            return assume_at_most(state, left, right, -1)
        case CompareOp.LE:
            return assume_at_most(state, left, right, 0)
        case CompareOp.GT:
            return assume_at_most(state, right, left, -1)
        case CompareOp.GE:
            return assume_at_most(state, right, left, 0)
        case CompareOp.EQ:
            return assume_at_most(state, left, right, 0) and assume_at_most(state, right, left, 0)
        case CompareOp.NE:
            return _assume_different(state, left, right)


def assume_within(state: State, number: Number, low: int, high: int) -> bool:
    """low <= number <= high."""
    return assume_at_most(state, constant(low), number, 0) and assume_at_most(state, number, constant(high), 0)


def assume_at_most(state: State, left: Number, right: Number, slack: int) -> bool:
    """left <= right + slack."""
    if left.lo > right.hi + slack:
        return False
    if left.lower is not None and right.upper is not None:
        difference = add_forms(left.lower, negate(right.upper))
        if difference is not None and not _assume_form(state, difference, slack):
            return False
    if right.hi + slack < left.hi and not _assume_inside(state, left, left.lo, right.hi + slack):
        return False
    return left.lo - slack <= right.lo or _assume_inside(state, right, left.lo - slack, right.hi)


def _assume_inside(state: State, number: Number, low: int, high: int) -> bool:
    """The number is in an interval that is a part of its own."""
    if number.lower is not None and not _assume_form(state, number.lower, high):
        return False
    upper = negate(number.upper)
    if upper is not None and not _assume_form(state, upper, -low):
        return False
    form = number.modular
    if form is not None and number.exact is None and len(form.terms) == 1:
        ((local, sign),) = form.terms
        bounds = (low - form.constant, high - form.constant)
        return state.refine_modular(local, bounds if sign > 0 else (-bounds[1], -bounds[0]))
    return True


def _assume_form(state: State, form: Form, most: int) -> bool:
    """form <= most: bounds each local by the least that the others come to, and each pair by the rest."""
    if not form.terms:
        return form.constant <= most
    for x, sign_x in form.terms:
        room = most - state.lowest(form, x)
        low, high = state.range_of(x)
        if not (state.refine(x, low, room) if sign_x > 0 else state.refine(x, -room, high)):
            return False
        if sign_x < 0:
            continue
        for y, sign_y in form.terms:
            if sign_y < 0:
                others = Form(form.constant, tuple(term for term in form.terms if term[0] not in (x, y)))
                if not state.relate(x, y, most - state.lowest(others)):
                    return False
    return True


def _assume_different(state: State, left: Number, right: Number) -> bool:
    for number, other in ((left, right), (right, left)):
        if other.lo != other.hi:
            continue
        if number.lo == number.hi == other.lo:
            return False
        if number.lo == other.lo and not assume_at_most(state, constant(other.lo + 1), number, 0):
            return False
        if number.hi == other.lo and not assume_at_most(state, number, constant(other.lo - 1), 0):
            return False
    difference = add_forms(left.exact, negate(right.exact))
    if difference is None:
        return True
    if not difference.terms:
        return difference.constant != 0
    if state.highest(difference) <= 0:
        return _assume_form(state, difference, -1)
    if state.lowest(difference) >= 0:
        opposite = negate(difference)
        return opposite is None or _assume_form(state, opposite, -1)
    return True
