"""Which operands of one node have to be computed in front of it, so that they run in gcc's order and no two of them need
the program's memory at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from c2rust_py.infer.touches import NOTHING, Touches
from c2rust_py.ir.nodes import BlockValue, Statement, Value


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in the making.

    before: statements that must run first, and what they touch; touches: what computing `value` itself touches;
    borrows: whether `value` or `before` uses the program's memory exclusively.
    """

    value: Value
    touches: Touches = NOTHING
    borrows: bool = False
    before: tuple[Statement, ...] = ()
    before_touches: Touches = NOTHING
    before_borrows: bool = False

    def in_place(self) -> Operand:
        """The same as one value, a block if need be."""
        if not self.before:
            return self
        block = BlockValue(self.before, self.value, self.value.type, self.value.span)
        return Operand(block, self.touches | self.before_touches, self.borrows or self.before_borrows)


@dataclass(frozen=True, slots=True)
class Position:
    """Where an operand stands. `rank`: its turn in Rust's order of evaluation; `barred`: no exclusive use of memory may
    happen here, since the access around it holds the memory already; `early`: it is computed in front in any case."""

    rank: int
    barred: bool = False
    early: bool = False


@dataclass(frozen=True, slots=True)
class Arranged:
    """Operands that may be evaluated in Rust's order: `operands` have nothing in front of them any more."""

    operands: tuple[Operand, ...]
    before: tuple[Statement, ...]
    before_touches: Touches
    before_borrows: bool


def arrange(
    operands: Sequence[Operand], positions: Sequence[Position], bind: Callable[[Value], tuple[Statement, Value]]
) -> Arranged:
    """Orders operands given in gcc's order of evaluation.

    Statements in front of an operand move in front of the whole node where that disturbs no operand that gcc evaluates
    earlier; otherwise they stay where they are, in a block. An operand is bound to a temporary by `bind` only where
    something that gcc runs later would disturb it and would run earlier, or where it borrows memory in a barred position.
    """
    placed = _keep_blocks(operands, positions)
    bound = _choose_bound(placed, positions)
    before: list[Statement] = []
    touches = NOTHING
    borrows = False
    result = []
    for operand, temporary in zip(placed, bound, strict=True):
        before.extend(operand.before)
        touches |= operand.before_touches
        borrows = borrows or operand.before_borrows
        value = operand.value
        if temporary:
            while isinstance(value, BlockValue) and value.value is not None:
                before.extend(value.body)
                value = value.value
            declare, value = bind(value)
            before.append(declare)
            touches |= operand.touches
            borrows = borrows or operand.borrows
            result.append(Operand(value))
        else:
            result.append(Operand(value, operand.touches, operand.borrows))
    return Arranged(tuple(result), tuple(before), touches, borrows)


def _keep_blocks(operands: Sequence[Operand], positions: Sequence[Position]) -> list[Operand]:
    """Turns statements in front of operands into blocks where moving them would force temporaries for others."""
    placed = list(operands)
    for k, operand in enumerate(operands):
        if (
            not operand.before
            or positions[k].early
            or (positions[k].barred and (operand.borrows or operand.before_borrows))
        ):
            continue
        if any(
            positions[i].rank < positions[k].rank and placed[i].touches.conflicts(operand.before_touches)
            for i in range(k)
        ):
            placed[k] = operand.in_place()
    return placed


def _choose_bound(operands: Sequence[Operand], positions: Sequence[Position]) -> list[bool]:
    """Which operands become temporaries, decided from the last evaluated to the first."""
    bound = [False] * len(operands)
    moved = NOTHING
    reordered = any(first.rank > second.rank for first, second in pairwise(positions))
    for i in reversed(range(len(operands))):
        operand = operands[i]
        needed = positions[i].early or (positions[i].barred and operand.borrows) or operand.touches.conflicts(moved)
        if not needed and reordered:
            needed = any(
                not bound[k]
                and positions[k].rank < positions[i].rank
                and operand.touches.conflicts(operands[k].touches)
                for k in range(i + 1, len(operands))
            )
        if needed:
            bound[i] = True
            moved |= operand.touches
        moved |= operand.before_touches
    return bound
