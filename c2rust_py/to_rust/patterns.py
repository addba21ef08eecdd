"""The scrutinee and the patterns of a Rust `match` for a C switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from c2rust_py.ir.nodes import Match, Pattern, Statement
from c2rust_py.ir.types import IntKind
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_expr
from c2rust_py.to_rust.literals import byte_literal, int_literal

if TYPE_CHECKING:
    from c2rust_py.to_rust.values import ValueLowering

_RUN = 3
"""This many consecutive values without names are printed as a range."""


def match_patterns(
    lowering: ValueLowering, match: Match
) -> tuple[rs.Expr, list[tuple[tuple[str, ...], tuple[Statement, ...]]]]:
    """The value matched on, in its narrow type where all patterns fit it, and each arm's patterns as text."""
    value = match.value
    kind = lowering.promoted_from(value)
    patterns = [pattern for arm in match.arms for pattern in arm.patterns]
    if kind is not None and hasattr(value, "operand") and all(_fits(pattern, kind) for pattern in patterns):
        scrutinee = lowering.value(value.operand)
        rust = lowering.facts.types.value(value.operand.type)
    else:
        kind = None
        scrutinee = lowering.value(value)
        rust = lowering.facts.types.value(value.type)
    assert isinstance(rust, rs.PathType)
    arms = []
    for arm in match.arms:
        texts = [_pattern(lowering, p, rust, kind) for p in _merged(arm.patterns)] or ["_"]
        arms.append((tuple(texts), arm.body))
    return scrutinee, arms


def _fits(pattern: Pattern, kind: IntKind) -> bool:
    """Whether a pattern means the same in the narrow kind; plain char is stored unsigned, so its range must not cross 0."""
    if not kind.minimum <= pattern.low <= pattern.high <= kind.maximum:
        return False
    return kind is not IntKind.CHAR or pattern.low >= 0 or pattern.high < 0


def _merged(patterns: tuple[Pattern, ...]) -> list[Pattern]:
    """Runs of consecutive unnamed values as ranges; where there are names, in C's order."""
    if all(pattern.name is None for pattern in patterns):
        patterns = tuple(sorted(patterns, key=lambda pattern: pattern.low))
    merged: list[Pattern] = []
    run: list[Pattern] = []
    for pattern in (*patterns, None):
        if pattern is not None and pattern.name is None and run and pattern.low == run[-1].high + 1:
            run.append(pattern)
            continue
        merged += [Pattern(run[0].low, run[-1].high)] if len(run) >= _RUN else run
        run = []
        if pattern is not None:
            if pattern.name is None:
                run = [pattern]
            else:
                merged.append(pattern)
    return merged


def _pattern(lowering: ValueLowering, pattern: Pattern, rust: rs.PathType, kind: IntKind | None) -> str:
    if pattern.name is not None and kind is None and lowering.facts.constant_types.get(pattern.name) == rust:
        name = lowering.facts.names.constants.get(pattern.name)
        if name is not None:
            return lowering.frame.import_item(name)
    bounds = [pattern.low] if pattern.low == pattern.high else [pattern.low, pattern.high]
    return "..=".join(_bound(lowering, bound, rust, kind) for bound in bounds)


def _bound(lowering: ValueLowering, value: int, rust: rs.PathType, kind: IntKind | None) -> str:
    if kind in (IntKind.CHAR, IntKind.UCHAR):
        return print_expr(byte_literal(value & 0xFF))
    return print_expr(int_literal(value, rust.name, typed=True))
