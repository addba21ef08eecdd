"""Positions that one function moves for another are of one type in both (`infer.cursors`)."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from c2rust_py.infer.pointer_uses import Flow, Lent
from c2rust_py.infer.solution import Solution
from c2rust_py.lift.groups import may_stand_in_front
from c2rust_py.lift.positions import backward_cursors

Position = tuple[str, int]
"""A pointer local of a function, or the referent of a parameter."""


def infer_backward(solution: Solution) -> dict[str, frozenset[int]]:
    """By function, the pointer locals whose positions may stand in front of their arrays: the least fixpoint over the calls."""
    functions = solution.program.functions
    flows = {symbol: [use for use in uses if isinstance(use, Flow)] for symbol, uses in solution.uses.items()}
    pairs = list(shared_positions(solution))
    shared: dict[str, AbstractSet[int]] = {}
    while True:
        fronts = may_stand_in_front(solution, shared)
        backward = {
            symbol: backward_cursors(
                solution.resolver(symbol), flows[symbol], frozenset((*fronts.get(symbol, ()), *shared.get(symbol, ())))
            )
            for symbol in functions
        }
        changed = False
        for pair in pairs:
            known = [local in backward[symbol] for symbol, local in pair]
            if any(known) and not all(known):
                changed = True
                for symbol, local in pair:
                    shared[symbol] = shared.get(symbol, frozenset()) | {local}
        if not changed:
            return backward


def shared_positions(solution: Solution) -> Iterator[tuple[Position, Position]]:
    """The variables that one function moves for another, each with what it is there."""
    for symbol, uses in solution.uses.items():
        for use in uses:
            if isinstance(use, Lent):
                callee = solution.callee(symbol, use.call, use.callee)
                referent = solution.referent(callee, use.param)
                if referent is not None:
                    yield (symbol, use.variable), (callee, referent)
