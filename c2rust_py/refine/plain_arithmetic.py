"""Steps by one as plain operators where the conditions on the way show that they cannot wrap.

    while i < n { f(i); i = i.wrapping_add(1); }           ->      while i < n { f(i); i = i + 1; }
    while n != 0 { n = n.wrapping_sub(1); }                ->      while n != 0 { n = n - 1; }      // n is unsigned
    for i in 0..n { f(i.wrapping_add(1)); }                ->      for i in 0..n { f(i + 1); }

A fact is that a variable is below the largest, or above the smallest value of its type. Facts come from conditions and from
ranges, and end where something assigns the variable; a loop starts without those of what it assigns. Runs before types
are dropped and before assignments are made short; one walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from c2rust_py.refine.declared_types import Types, declared_types, is_unsigned
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, children, map_children, with_fields
from c2rust_py.to_rust.flow import diverges

_BELOW, _ABOVE = "below", "above"
_SMALL = 100
"""A literal up to this is below the largest value of every integer type."""
_OPERATORS = {"wrapping_add": ("+", _BELOW), "wrapping_sub": ("-", _ABOVE)}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}

Facts = frozenset[tuple[str, str]]


def plain_arithmetic(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with plain steps."""
    return replace(item, body=_Rewriting(declared_types(item)).block(item.body, frozenset()))


class _Rewriting:
    """The walk, with the facts that hold where each node runs."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self._shown: dict[tuple[int, bool], Facts] = {}
        self._changed: dict[int, frozenset[str]] = {}
        """Both by identity: each part of a long condition is asked for by all that it is a part of."""

    def block(self, block: rs.Block, facts: Facts) -> rs.Block:
        statements: list[rs.Statement] = []
        for statement in block.statements:
            if isinstance(statement, rs.Let):
                init = None if statement.init is None else self.expr(statement.init, facts)
                statements.append(with_fields(statement, init=init))
                facts = self.without(facts, statement)
                same = {(kind, statement.name) for kind, name in facts if rs.Name(name) == statement.init}
                facts = frozenset(fact for fact in facts if fact[1] != statement.name) | same
                continue
            statements.append(with_fields(statement, expr=self.expr(statement.expr, facts)))
            facts = self.without(facts, statement)
            match statement.expr:
                case rs.If(condition, then, None) if diverges(rs.BlockExpr(then), frozenset()):
                    facts |= self.without(self.shown(condition, False), condition)
                case _:
                    pass
        tail = None if block.tail is None else self.expr(block.tail, facts)
        return with_fields(block, statements=tuple(statements), tail=tail)

    def expr(self, expr: rs.Expr, facts: Facts) -> rs.Expr:
        match expr:
            case rs.If():
                return self.chain(expr, facts)
            case rs.Match(value, arms):
                after = self.without(facts, value)
                new = tuple(replace(arm, body=self.block(arm.body, after)) for arm in arms)
                return rs.Match(self.expr(value, facts), new)
            case rs.BlockExpr(block, label):
                return rs.BlockExpr(self.block(block, facts), label)
            case rs.Loop(body, label):
                return rs.Loop(self.block(body, self.without(facts, expr)), label)
            case rs.While(condition, body, label):
                inside = self.without(facts, expr)
                shown = self.without(self.shown(condition, True), condition)
                return rs.While(self.expr(condition, inside), self.block(body, inside | shown), label)
            case rs.For(variable, iterable, body, label):
                inside = frozenset(fact for fact in self.without(facts, expr) if fact[1] != variable)
                inside |= self.without(_of_range(variable, iterable), body)
                return rs.For(variable, self.expr(iterable, facts), self.block(body, inside), label)
            case rs.Closure(params, body):
                return rs.Closure(params, self.expr(body, frozenset()))
            case rs.Assign(target, value, op):
                before = self.without(facts, target)
                return rs.Assign(self.expr(target, self.without(before, value)), self.expr(value, before), op)
            case rs.Binary("&&" | "||" as op, left, right):
                shown = self.without(facts | self.shown(left, op == "&&"), left)
                return rs.Binary(op, self.expr(left, facts), self.expr(right, shown))
            case _:
                return self.plain(self.parts(expr, self.without(facts, expr)), facts)

    def parts(self, expr: rs.Expr, facts: Facts) -> rs.Expr:
        def change(node: Node) -> Node:
            if isinstance(node, rs.Block):
                return self.block(node, facts)
            assert not isinstance(node, rs.MatchArm | rs.Let | rs.ExprStatement)
            return self.expr(node, facts)

        return map_children(expr, change)

    def plain(self, expr: rs.Expr, facts: Facts) -> rs.Expr:
        match expr:
            case rs.MethodCall(rs.Name(name) as variable, method, (rs.Literal("1", False) as one,)) if method in _OPERATORS:
                operator, needed = _OPERATORS[method]
                return rs.Binary(operator, variable, one) if (needed, name) in facts else expr
            case _:
                return expr

    def chain(self, expr: rs.If, facts: Facts) -> rs.If:
        """An else-if chain in a loop, as it can be thousands long."""
        links: list[tuple[rs.Expr, rs.Block]] = []
        link: rs.BlockExpr | rs.If | None = expr
        while isinstance(link, rs.If):
            condition = self.expr(link.condition, facts)
            facts = self.without(facts, link.condition)
            then = self.block(link.then, facts | self.without(self.shown(link.condition, True), link.condition))
            facts |= self.without(self.shown(link.condition, False), link.condition)
            links.append((condition, then))
            link = link.otherwise
        new: rs.BlockExpr | rs.If | None = None if link is None else replace(link, block=self.block(link.block, facts))
        for condition, then in reversed(links):
            new = rs.If(condition, then, new)
        assert isinstance(new, rs.If)
        return new

    def without(self, facts: Facts, node: Node) -> Facts:
        """The facts about what the node does not change."""
        if not facts:
            return facts
        changed = self.changed(node)
        return frozenset(fact for fact in facts if fact[1] not in changed)

    def changed(self, node: Node) -> frozenset[str]:
        """The names that a node assigns or lends out."""
        known = self._changed.get(id(node))
        if known is None:
            match node:
                case rs.Assign(rs.Name(name)) | rs.Borrow(rs.Name(name), True):
                    own = frozenset((name,))
                case _:
                    own = frozenset()
            known = own.union(*map(self.changed, children(node)))
            self._changed[id(node)] = known
        return known

    def shown(self, condition: rs.Expr, holds: bool) -> Facts:
        """What is known where a condition holds, or does not."""
        key = id(condition), holds
        if key not in self._shown:
            self._shown[key] = self._of_condition(condition, holds)
        return self._shown[key]

    def _of_condition(self, condition: rs.Expr, holds: bool) -> Facts:
        match condition:
            case rs.Binary("&&", left, right) if holds:
                return self.shown(left, True) | self.shown(right, True)
            case rs.Binary("||", left, right) if not holds:
                return self.shown(left, False) | self.shown(right, False)
            case rs.Unary("!", operand):
                return self.shown(operand, not holds)
            case rs.MethodCall(rs.RangeExpr(_, _, inclusive), "contains", (rs.Borrow(rs.Name(name)),)) if holds:
                return frozenset() if inclusive else frozenset({(_BELOW, name)})
            case rs.Binary(op, left, right) if op in _OPPOSITE:
                holding = op if holds else _OPPOSITE[op]
                return frozenset((*self.bounds(left, holding, right), *self.bounds(right, _MIRRORED[holding], left)))
            case _:
                return frozenset()

    def bounds(self, left: rs.Expr, op: str, right: rs.Expr) -> Iterator[tuple[str, str]]:
        """What `left op right` says of a variable on its left."""
        if not isinstance(left, rs.Name):
            return
        number = int(right.text) if isinstance(right, rs.Literal) and right.text.isdigit() else None
        if op == "<" or (op in ("<=", "==") and number is not None and number <= _SMALL):
            yield _BELOW, left.text
        positive = number is not None and number > 0 and op in (">=", "==")
        if op == ">" or positive or (op == "!=" and number == 0 and is_unsigned(left, self.types)):
            yield _ABOVE, left.text


def _of_range(variable: str, iterable: rs.Expr) -> Facts:
    """What each value of a range is known to be."""
    match iterable:
        case rs.MethodCall(receiver, "rev" | "step_by"):
            return _of_range(variable, receiver)
        case rs.RangeExpr(low, _, inclusive):
            facts = set() if inclusive else {(_BELOW, variable)}
            if isinstance(low, rs.Literal) and low.text.isdigit() and int(low.text) > 0:
                facts.add((_ABOVE, variable))
            return frozenset(facts)
        case _:
            return frozenset()
