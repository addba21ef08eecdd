"""Loops that count through indices count in `usize`.

    for i in 0..SIZE { a[i as usize] += b[(i + 1) as usize]; }      ->      for i in 0..SIZE as usize { a[i] += b[i + 1]; }

Only where the bounds are certainly not negative, and whatever looks at the counter means the same in `usize`: indices, casts,
offsets of pointers, comparisons with such numbers, shifts, printing. Differences only where intervals show that they are not
negative. Starts from all loops and drops those with another use until none is left to drop, so it ends. Runs before
types are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from c2rust_py.refine.declared_types import Types, declared_types, is_unsigned
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk, with_fields

_USIZE = rs.PathType("usize")
_WIDER = frozenset({"i128", "u128"})
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_PRINTS = frozenset({"print", "println", "eprint", "eprintln"})
_POINTS = frozenset({"elem", "first", "at"})
_UNKNOWN = 1 << 62

Interval = tuple[int, int]
Scope = dict[str, int]


def index_ranges(item: rs.FunctionItem, constants: Mapping[str, int]) -> rs.FunctionItem:
    """The function with its counters of indices in `usize`; `constants` has the values of the crate's constants."""
    others: set[int] = set()
    types = declared_types(item)
    while True:
        rewriting = _Rewriting(types, constants, others)
        body = rewriting.node(item.body, {})
        others = others | rewriting.dropped | (rewriting.loops - rewriting.used())
        if others == rewriting.others:
            assert isinstance(body, rs.Block)
            return replace(item, body=body)


class _Rewriting:
    """One try: loops by the identity of their node. `others` are those that stay as they are."""

    def __init__(self, types: Types, constants: Mapping[str, int], others: set[int]) -> None:
        self.types = types
        self.constants = constants
        self.others = others
        self.dropped: set[int] = set()
        self.loops: set[int] = set()
        self.indexing: set[int] = set()
        self.intervals: dict[int, Interval] = {}
        self.bounded_by: dict[int, set[int]] = {}
        """By loop, those whose counters stand in its range."""
        self.pointers: dict[int, bool] = {}
        """Of sums, by identity, whether they are pointers: each is a part of the next one."""

    def used(self) -> set[int]:
        """The loops that count indices, or bounds of such loops."""
        found, waiting = set(self.indexing), list(self.indexing)
        while waiting:
            new = self.bounded_by.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    def node(self, node: Node, scope: Scope) -> Node:
        match node:
            case rs.Block():
                return self.block(node, scope)
            case rs.For():
                return self.loop(node, scope)
            case rs.Cast(operand, target) if target == _USIZE and self.counters(operand, scope):
                index = self.natural(operand, scope)
                if index is not None:
                    self.indexing |= self.counters(operand, scope)
                    return index
            case rs.Cast(rs.Name(name), rs.PathType(target)) if name in scope and target not in _WIDER:
                return node
            case rs.MethodCall(receiver, "elem", (index,)):
                offset = self.offset(index, scope)
                if offset is not None:
                    return replace(node, receiver=self.expr(receiver, scope), args=(offset,))
            case rs.Binary("+", left, right) if self.is_pointer(left):
                offset = self.offset(right, scope)
                if offset is not None:
                    return replace(node, left=self.expr(left, scope), right=offset)
            case rs.Binary("<<" | ">>", left, rs.Name(name)) if name in scope:
                return replace(node, left=self.expr(left, scope))
            case rs.Binary(op, left, right) if op in _COMPARISONS and self.counters(node, scope):
                sides = self.natural(left, scope), self.natural(right, scope)
                if sides[0] is not None and sides[1] is not None:
                    return rs.Binary(op, sides[0], sides[1])
            case rs.MacroCall(name, args) if name.split("::")[-1] in _PRINTS:
                shown = tuple(arg if isinstance(arg, rs.Name) else self.expr(arg, scope) for arg in args)
                return replace(node, args=shown)
            case rs.Name(name) if name in scope:
                self.dropped.add(scope[name])
                return node
            case _:
                pass
        return map_children(node, lambda child: self.node(child, scope))

    def expr(self, expr: rs.Expr, scope: Scope) -> rs.Expr:
        new = self.node(expr, scope)
        assert not isinstance(new, rs.Block | rs.MatchArm | rs.Let | rs.ExprStatement)
        return new

    def block(self, block: rs.Block, scope: Scope) -> rs.Block:
        scope = dict(scope)
        statements: list[rs.Statement] = []
        for statement in block.statements:
            if isinstance(statement, rs.Let):
                init = None if statement.init is None else self.expr(statement.init, scope)
                statements.append(with_fields(statement, init=init))
                scope.pop(statement.name, None)
            else:
                statements.append(with_fields(statement, expr=self.expr(statement.expr, scope)))
        tail = None if block.tail is None else self.expr(block.tail, scope)
        return with_fields(block, statements=tuple(statements), tail=tail)

    def loop(self, loop: rs.For, scope: Scope) -> rs.For:
        outer = {name: id for name, id in scope.items() if name != loop.variable}
        iterable = None if id(loop) in self.others else self.range(loop.iterable, scope, id(loop))
        if iterable is None:
            self.others.add(id(loop))
            return replace(loop, iterable=self.expr(loop.iterable, scope), body=self.block(loop.body, outer))
        self.loops.add(id(loop))
        return replace(loop, iterable=iterable, body=self.block(loop.body, outer | {loop.variable: id(loop)}))

    def range(self, iterable: rs.Expr, scope: Scope, loop: int) -> rs.Expr | None:
        """The range in `usize`; None where a bound may be negative."""
        match iterable:
            case rs.MethodCall(receiver, "rev" | "step_by" as method, args):
                inner = self.range(receiver, scope, loop)
                return None if inner is None else rs.MethodCall(inner, method, args)
            case rs.RangeExpr(low, high, inclusive):
                ends = self.natural(low, scope), self.natural(high, scope)
                if ends[0] is None or ends[1] is None:
                    return None
                last = self.interval(high, scope)[1] - (0 if inclusive else 1)
                self.bounded_by[loop] = self.counters(iterable, scope)
                self.intervals[loop] = self.interval(low, scope)[0], max(last, 0)
                return rs.RangeExpr(ends[0], ends[1], inclusive)
            case _:
                return None

    def counters(self, node: Node, scope: Scope) -> set[int]:
        return {scope[inner.text] for inner in walk(node) if isinstance(inner, rs.Name) and inner.text in scope}

    def offset(self, expr: rs.Expr, scope: Scope) -> rs.Expr | None:
        """An offset of counters alone, which may be of any type."""
        natural = self.natural(expr, scope) if self.counters(expr, scope) else None
        return None if natural is None or any(isinstance(n, rs.Cast) for n in walk(natural)) else natural

    def is_pointer(self, expr: rs.Expr) -> bool:
        match expr:
            case rs.Name(name):
                type = self.types.get(name)
                return isinstance(type, rs.PathType) and type.name == "Ptr"
            case rs.MethodCall(_, method):
                return method in _POINTS
            case rs.Binary("+", left, _):
                if id(expr) not in self.pointers:
                    self.pointers[id(expr)] = self.is_pointer(left)
                return self.pointers[id(expr)]
            case _:
                return False

    def natural(self, expr: rs.Expr, scope: Scope) -> rs.Expr | None:
        """The value of an integer expression in `usize`; None where it may be negative or means something else there."""
        match expr:
            case rs.Name(name) if name in scope:
                return expr
            case rs.Name(name) if self.constants.get(name.split("::")[-1], -1) >= 0:
                return rs.Cast(expr, _USIZE)
            case rs.Literal():
                number = literal_value(expr)
                return None if number is None else rs.Literal(str(number))
            case rs.Binary("+" | "*" as op, left, right):
                return self.both(op, left, right, scope)
            case rs.Binary("-", left, right) if self.interval(left, scope)[0] >= self.interval(right, scope)[1]:
                return self.both("-", left, right, scope)
            case rs.Binary("/" | "%" as op, left, rs.Literal() as right) if literal_value(right):
                return self.both(op, left, right, scope)
            case rs.Cast(_, target) if target == _USIZE and not self.counters(expr, scope):
                return expr
            case _ if is_unsigned(expr, self.types) and not self.counters(expr, scope):
                return rs.Cast(expr, _USIZE)
            case _:
                return None

    def both(self, op: str, left: rs.Expr, right: rs.Expr, scope: Scope) -> rs.Expr | None:
        sides = self.natural(left, scope), self.natural(right, scope)
        return None if sides[0] is None or sides[1] is None else rs.Binary(op, sides[0], sides[1])

    def interval(self, expr: rs.Expr, scope: Scope) -> Interval:
        """The least and the largest value of a natural expression, as far as known."""
        match expr:
            case rs.Name(name) if name in scope:
                return self.intervals[scope[name]]
            case rs.Name(name) if name.split("::")[-1] in self.constants:
                value = self.constants[name.split("::")[-1]]
                return value, value
            case rs.Literal():
                number = literal_value(expr)
                return (0, _UNKNOWN) if number is None else (number, number)
            case rs.Binary("+" | "-" | "*" as op, left, right):
                (a, b), (c, d) = self.interval(left, scope), self.interval(right, scope)
                if op == "-":
                    return max(a - d, 0), b - c
                return (a + c, b + d) if op == "+" else (a * c, b * d)
            case _:
                return 0, _UNKNOWN


def literal_value(literal: rs.Literal) -> int | None:
    """The value of a decimal literal, with or without suffix."""
    digits = literal.text.rstrip("iu").split("u")[0].split("i")[0].rstrip("_")
    return int(digits) if digits.isdigit() else None
