"""Linear forms over locals, and what is known of a value: its interval and the forms that bound it.

    hi - lo + 3                     // Form(3, ((hi, 1), (lo, -1)))
    lo + (hi - lo) / 2              // lower: lo, upper: hi, where lo <= hi

Forms speak of the locals' values at the time at which the value was computed. They are mathematical: a form is only made
where the arithmetic that it stands for cannot wrap.
"""

from __future__ import annotations

from typing import NamedTuple

from c2rust_py.infer.ranges.transfer import Bounds

_LONGEST = 3
"""Terms of a form: enough for `lo + (hi - lo)`, few enough for every operation on forms to be constant time."""


class Form(NamedTuple):
    """`constant` plus the sum of locals, each times 1 or -1. Terms are sorted by local."""

    constant: int
    terms: tuple[tuple[int, int], ...]


def of_local(local: int) -> Form:
    return Form(0, ((local, 1),))


def add_forms(a: Form | None, b: Form | None) -> Form | None:
    """The sum; None where it is too long or a coefficient is beyond 1."""
    if a is None or b is None:
        return None
    if not b.terms:
        return Form(a.constant + b.constant, a.terms)
    if not a.terms:
        return Form(a.constant + b.constant, b.terms)
    sum = dict(a.terms)
    for local, sign in b.terms:
        old = sum.pop(local, 0)
        if old == sign:
            return None
        if not old:
            sum[local] = sign
    if len(sum) > _LONGEST:
        return None
    return Form(a.constant + b.constant, tuple(sorted(sum.items())))


def negate(form: Form | None) -> Form | None:
    if form is None:
        return None
    return Form(-form.constant, tuple((local, -sign) for local, sign in form.terms))


def shifted(form: Form | None, by: int) -> Form | None:
    return None if form is None else Form(form.constant + by, form.terms)


class Root(NamedTuple):
    """What a pointer is counted from: the value that the parameter `local` came with, in elements of `size` bytes."""

    local: int
    size: int


class Number(NamedTuple):
    """What is known of a value: lo <= value <= hi, and lower <= value <= upper for the forms.

    `modular` is a form that the value equals modulo 2^bits of its type. Where the value *is* a form, all three are that
    same form. A pointer with a root is a number, too: the elements between its root and it.
    """

    lo: int
    hi: int
    lower: Form | None = None
    upper: Form | None = None
    modular: Form | None = None
    root: Root | None = None

    @property
    def bounds(self) -> Bounds:
        return self.lo, self.hi

    @property
    def exact(self) -> Form | None:
        """The form that the value is, if it is one."""
        return self.lower if self.lower is not None and self.lower == self.upper else None


def constant(value: int) -> Number:
    form = Form(value, ())
    return Number(value, value, form, form, form)


def exactly(bounds: Bounds, form: Form | None, root: Root | None = None) -> Number:
    """A value that is a form."""
    return Number(bounds[0], bounds[1], form, form, form, root)


def either(a: Number, b: Number) -> Number:
    """One of two values, in one state of the locals."""
    lower = a.lower if a.lower == b.lower else None
    upper = a.upper if a.upper == b.upper else None
    modular = a.modular if a.modular == b.modular else None
    return Number(min(a.lo, b.lo), max(a.hi, b.hi), lower, upper, modular, a.root if a.root == b.root else None)


def forget(number: Number, written: frozenset[int]) -> Number:
    """The number behind writes to some locals: forms that speak of these say nothing of it."""

    def kept(form: Form | None) -> Form | None:
        return None if form is None or any(local in written for local, _ in form.terms) else form

    lower, upper, modular = kept(number.lower), kept(number.upper), kept(number.modular)
    return Number(number.lo, number.hi, lower, upper, modular, number.root)
