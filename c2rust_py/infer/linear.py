"""Integer values as sums of what does not change between two looks at them: `2 * i + n - 3`.

Two values that are computed at one point of the program can be compared by their forms: `n + 5` is below `n + 7`
whatever `n` is, and `i` is below `j` where value ranges know that. A sum is taken apart only where it cannot wrap, so a form has
its value's mathematical value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from c2rust_py.infer.ranges import Ranges
from c2rust_py.ir.nodes import (
    Binary,
    BinaryOp,
    CatchJump,
    Convert,
    Declare,
    IntConst,
    Load,
    LocalPlace,
    Place,
    Value,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.types import ISIZE, USIZE, IntType, Type
from c2rust_py.ir.walk import Node, children, is_stable, walk, walk_all

_POSITIONS = (USIZE, ISIZE)
"""The types of what `lift` computes positions in: one that wraps is no index of anything, and is refused where it is used."""


@dataclass(frozen=True, slots=True)
class Form:
    """The sum of `constant` and each atom times its factor. An atom is a value by what it looks like, so two that look the same
    are one; `nodes` has the values themselves."""

    constant: int = 0
    factors: Mapping[object, int] = field(default_factory=dict)
    nodes: Mapping[object, tuple[Value, ...]] = field(default_factory=dict)

    def plus(self, other: Form, times: int = 1) -> Form:
        """The form plus `times` another one."""
        factors = dict(self.factors)
        for atom, factor in other.factors.items():
            factors[atom] = factors.get(atom, 0) + times * factor
        nodes = dict(self.nodes)
        for atom, values in other.nodes.items():
            nodes[atom] = (*nodes.get(atom, ()), *values)
        kept = {atom: factor for atom, factor in factors.items() if factor}
        return Form(self.constant + times * other.constant, kept, {atom: nodes[atom] for atom in kept})

    def moved(self, by: int) -> Form:
        """The form plus a constant."""
        return Form(self.constant + by, self.factors, self.nodes)


@dataclass(frozen=True, slots=True)
class Forms:
    """Forms of the values of one function. definitions: of the locals that have one value from their declaration on, that value.
    as_in_c: its locals have the numbers that they have in C, so that what is known of them by numbers holds."""

    ranges: Ranges
    definitions: Mapping[int, Value]
    as_in_c: bool

    def of(self, value: Value) -> Form:
        """The form of an integer value without effects."""
        match value:
            case IntConst(number):
                return Form(number)
            case Load(LocalPlace(local)) if local in self.definitions:
                return self.of(self.definitions[local])
            case Convert(operand, type) if self._keeps(operand, type):
                return self.of(operand)
            case Binary(BinaryOp.ADD, left, right) if self._is_exact(value):
                return self.of(left).plus(self.of(right))
            case Binary(BinaryOp.SUB, left, right) if self._is_exact(value):
                return self.of(left).plus(self.of(right), -1)
            case Binary(BinaryOp.MUL, left, right) if self._is_exact(value):
                first, second = self.of(left), self.of(right)
                if first.factors and second.factors:
                    return _atom(value)
                return Form().plus(first, second.constant) if first.factors else Form().plus(second, first.constant)
            case _:
                return _atom(value)

    def is_natural(self, form: Form) -> bool:
        """Whether a sum is known not to be negative."""
        if self._reaches_zero(form):
            return True
        for more, less in ((m, n) for m, f in form.factors.items() for n, g in form.factors.items() if f > 0 > g):
            distance = self._distance(form, more, less)
            if distance is None:
                continue
            times = min(form.factors[more], -form.factors[less])
            factors = dict(form.factors)
            factors[more] -= times
            factors[less] += times
            if self._reaches_zero(Form(form.constant + times * distance, factors, form.nodes)):
                return True
        return False

    def _reaches_zero(self, form: Form) -> bool:
        """Whether the least that intervals allow is not negative."""
        total = form.constant
        for atom, factor in form.factors.items():
            bounds = self._bounds(form.nodes[atom]) if factor else (0, 0)
            if bounds is None:
                return False
            total += factor * (bounds[0] if factor > 0 else bounds[1])
        return total >= 0

    def _distance(self, form: Form, more: object, less: object) -> int | None:
        """A number that `more - less` is known to reach."""
        found: list[int] = []
        if not self.as_in_c:
            return None
        for value in form.nodes[more]:
            found += [c for x in _locals(form.nodes[less]) if (c := self.ranges.surplus(value, x)) is not None]
        for value in form.nodes[less]:
            found += [-c for x in _locals(form.nodes[more]) if (c := self.ranges.excess(value, x)) is not None]
        return max(found, default=None)

    def _bounds(self, values: tuple[Value, ...]) -> tuple[int, int] | None:
        """What an atom can be, by all that looks like it."""
        kinds = [value.type.kind for value in values if isinstance(value.type, IntType)]
        if not kinds:
            return None
        known = [self.ranges.of(value) for value in values]
        lows = [kind.minimum for kind in kinds] + [interval.lo for interval in known if not interval.empty]
        highs = [kind.maximum for kind in kinds] + [interval.hi for interval in known if not interval.empty]
        return max(lows), min(highs)

    def _keeps(self, operand: Value, type: Type) -> bool:
        """Whether a conversion leaves every value as it is; to a position, what it would change is refused where it is used."""
        if not isinstance(type, IntType) or not isinstance(operand.type, IntType):
            return False
        bounds = self._bounds((operand,))
        within = bounds is not None and type.kind.minimum <= bounds[0] and bounds[1] <= type.kind.maximum
        return type in _POSITIONS or within

    def _is_exact(self, value: Binary) -> bool:
        """Whether arithmetic is known not to wrap: that of signed numbers may not (C11 6.5p5). Where it does all the same, what
        comes out is no position, or has the distance from others that their forms say."""
        if isinstance(value.type, IntType) and value.type.kind.signed:
            return True
        return value.type in _POSITIONS or (not self.ranges.of(value).empty and not self.ranges.may_overflow(value))


def definitions_of(function: Function) -> dict[int, Value]:
    """The locals that are given a value where they are declared, and no other one, by way of locals that do not change either."""
    declared: dict[int, Value] = {}
    changed: set[int] = set()
    for node in walk_all(function.body):
        match node:
            case Declare(local, init):
                if init is None or local in declared:
                    changed.add(local)
                else:
                    declared[local] = init
            case CatchJump(result=local):
                changed.add(local)
            case Load():
                pass
            case _:
                changed |= {place.local for place in _changed_by(node)}
    fixed: dict[int, Value] = {}
    params = set(range(len(function.type.params))) - changed
    for local, init in declared.items():
        places = [node for node in walk(init) if isinstance(node, Place)]
        known = all(isinstance(p, LocalPlace) and (p.local in params or p.local in fixed) for p in places)
        if local not in changed and known and is_stable(init):
            fixed[local] = init
    return fixed


def _changed_by(node: Node) -> Iterator[LocalPlace]:
    """The locals that a node names other than to read them."""
    yield from (child for child in children(node) if isinstance(child, LocalPlace))


def _atom(value: Value) -> Form:
    key = _key(value)
    return Form(0, {key: 1}, {key: (value,)})


def _locals(values: tuple[Value, ...]) -> set[int]:
    """The variables that an atom is."""
    return {v.place.local for v in values if isinstance(v, Load) and isinstance(v.place, LocalPlace)}


def _key(node: Value | Place) -> object:
    """What a value looks like: equal for values that compute the same thing."""
    parts: list[object] = [type(node)]
    for one in fields(node):
        if one.name == "span":
            continue
        part = getattr(node, one.name)
        parts.append(_key(part) if isinstance(part, Value | Place) else part)
    return tuple(parts)
