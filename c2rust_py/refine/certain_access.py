"""Whether each round of a loop looks at an element, whatever else it does.

    for i in 0..n { s += a[i]; f(); }            // yes: if `n` is more than `a` has, round `a.len()` ends the program
    for i in 0..n { if c { s += a[i]; } }        // no
    for i in 0..n { f(); s += a[i]; }            // no: `f` may not come back

Such a loop means the same over the elements: where the range goes on behind the array, C is undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from c2rust_py.refine.expression_types import int_width
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, children, walk


class _Reach(Enum):
    """How far running a node gets: to the element in any case, to the node's end, or perhaps neither."""

    FOUND = auto()
    END = auto()
    UNSURE = auto()


def surely_looks_at(body: rs.Block, element: rs.Expr, value: Callable[[rs.Expr], int | None]) -> bool:
    """Whether `body` evaluates `element` each time it runs, before it can go anywhere else. `value` knows constants."""
    return _reach(body, element, value) is _Reach.FOUND


def runs_to_its_end(body: rs.Block) -> bool:
    """Whether nothing in a loop's body ends the loop or the program early."""
    return not any(isinstance(node, rs.Break | rs.Return | rs.Continue) or _may_stop(node) for node in walk(body))


def _may_stop(node: Node) -> bool:
    """Whether a node is a call that may not come back."""
    if not isinstance(node, rs.Call):
        return isinstance(node, rs.MacroCall) and node.name in ("panic", "unreachable", "unimplemented")
    match node.function:
        case rs.Name("std::mem::swap" | "std::mem::take"):
            return False
        case rs.Name(path):
            owner, _, function = path.rpartition("::")
            return function != "from" or int_width(owner) is None
        case _:
            return True


def _reach(node: Node, element: rs.Expr, value: Callable[[rs.Expr], int | None]) -> _Reach:
    match node:
        case rs.Binary("&&" | "||", left, right):
            return _then(_reach(left, element, value), [_reach(right, element, value), _Reach.END])
        case rs.If(condition, then, otherwise):
            last = _Reach.END if otherwise is None else _reach(otherwise, element, value)
            return _then(_reach(condition, element, value), [_reach(then, element, value), last])
        case rs.Match(matched, arms):
            return _then(_reach(matched, element, value), [_reach(arm.body, element, value) for arm in arms])
        case rs.While(condition, body):
            return _then(_reach(condition, element, value), [_reach(body, element, value), _Reach.END])
        case rs.For(_, iterable, body):
            ways = [_reach(body, element, value), *([] if _is_not_empty(iterable, value) else [_Reach.END])]
            return _then(_reach(iterable, element, value), ways)
        case rs.Break() | rs.Continue() | rs.Return():
            return _Reach.UNSURE
        case rs.Closure():
            return _Reach.END
        case _ if node == element:
            return _Reach.FOUND
        case _:
            for child in children(node):
                reach = _reach(child, element, value)
                if reach is not _Reach.END:
                    return reach
            return _Reach.UNSURE if _may_stop(node) else _Reach.END


def _then(first: _Reach, ways: list[_Reach]) -> _Reach:
    """`first`, and then one of several ways."""
    if first is not _Reach.END:
        return first
    if len(set(ways)) == 1:
        return ways[0]
    return _Reach.UNSURE if _Reach.UNSURE in ways else _Reach.END


def _is_not_empty(iterable: rs.Expr, value: Callable[[rs.Expr], int | None]) -> bool:
    if not isinstance(iterable, rs.RangeExpr):
        return False
    low, high = value(iterable.low), value(iterable.high)
    return low is not None and high is not None and low < high
