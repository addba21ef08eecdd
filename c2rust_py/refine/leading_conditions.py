"""Loops that first of all ask whether to go on, as `while`.

    loop { if c { break; } f(); }                                 ->      while !c { f(); }
    loop { let t = n; n = t - 1; if t == 0 { break; } f(); }      ->      while n != 0 { n -= 1; f(); }

The second leaves another value in `n`, so nobody may look at it behind the loop; in the loop nobody else may look at `t`. Runs
before types are dropped, and before increments are moved. Ends because it walks the tree once.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from c2rust_py.refine.compound_assignments import is_pure
from c2rust_py.refine.declared_types import Types, declared_types
from c2rust_py.refine.negate import negate
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Mentions, Node, map_children, walk, with_fields

Names = AbstractSet[str]


def leading_conditions(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with its tests in the heads of its loops."""
    return replace(item, body=_Rewriting(declared_types(item)).block(item.body, frozenset()))


class _Rewriting:
    """The walk; `live` has the names that somebody may look at behind what is rewritten."""

    def __init__(self, types: Types) -> None:
        self.types = types
        self.mentions = Mentions()

    def block(self, block: rs.Block, live: Names) -> rs.Block:
        later = set(live) | (set() if block.tail is None else self.mentions.names(block.tail))
        tail = None if block.tail is None else self.expr(block.tail, live)
        statements: list[rs.Statement] = []
        for statement in reversed(block.statements):
            if isinstance(statement, rs.Let):
                init = None if statement.init is None else self.expr(statement.init, later)
                statements.append(with_fields(statement, init=init))
            else:
                statements.append(with_fields(statement, expr=self.expr(statement.expr, later)))
            later |= self.mentions.names(statement)
        return with_fields(block, statements=tuple(reversed(statements)), tail=tail)

    def expr(self, expr: rs.Expr, live: Names) -> rs.Expr:
        match expr:
            case rs.BlockExpr(block):
                return with_fields(expr, block=self.block(block, live))
            case rs.If():
                return self.chain(expr, live)
            case rs.Match(value, arms):
                new = tuple(with_fields(arm, body=self.block(arm.body, live)) for arm in arms)
                return with_fields(expr, value=self.parts(value, live | self.mentions.names(expr)), arms=new)
            case rs.Loop(body, label):
                return self.loop(body, label, live)
            case rs.While() | rs.For():
                around = live | self.carried(expr)
                return with_fields(expr, body=self.block(expr.body, around))
            case _:
                return self.parts(expr, live)

    def parts(self, expr: rs.Expr, live: Names) -> rs.Expr:
        """An expression that is no control flow: any part may run before any other. So all of its parts see the same names,
        which are found once."""
        around = live | self.mentions.names(expr)

        def change(node: Node) -> Node:
            match node:
                case rs.Block():
                    return self.block(node, around)
                case rs.BlockExpr() | rs.If() | rs.Match() | rs.Loop() | rs.While() | rs.For():
                    return self.expr(node, around)
                case _:
                    return map_children(node, change)

        return map_children(expr, change)

    def chain(self, expr: rs.If, live: Names) -> rs.If:
        links = [expr]
        while isinstance(links[-1].otherwise, rs.If):
            links.append(links[-1].otherwise)
        last = links[-1].otherwise
        new: rs.BlockExpr | rs.If | None = None
        if isinstance(last, rs.BlockExpr):
            new = replace(last, block=self.block(last.block, live))
        around = live | self.mentions.names(expr)
        for link in reversed(links):
            condition, then = self.parts(link.condition, around), self.block(link.then, live)
            new = with_fields(link, condition=condition, then=then, otherwise=new)
        assert isinstance(new, rs.If)
        return new

    def carried(self, loop: rs.Expr) -> Names:
        """The names whose values go from round to round: a name that a round declares is a new variable in each."""
        declared = {node.name for node in walk(loop) if isinstance(node, rs.Let)}
        return self.mentions.names(loop) - declared

    def loop(self, body: rs.Block, label: str | None, live: Names) -> rs.Expr:
        body = self.block(body, live | self.carried(rs.Loop(body)))
        match body.statements:
            case (rs.ExprStatement() as test, *rest):
                condition = self.going_on(test, label)
                if condition is not None:
                    return rs.While(condition, replace(body, statements=tuple(rest)), label)
            case (rs.Let() as old, rs.ExprStatement() as update, rs.ExprStatement() as test, *rest):
                head = self.head(old, update, test, label, live)
                if head is not None and not any(self.mentions.has(s, old.name) for s in rest):
                    condition, step = head
                    return rs.While(condition, replace(body, statements=(step, *rest)), label)
            case _:
                pass
        return rs.Loop(body, label)

    def going_on(self, test: rs.ExprStatement, label: str | None) -> rs.Expr | None:
        """The condition under which `if c { break; }` lets the loop go on."""
        match test.expr:
            case rs.If(condition, rs.Block((rs.ExprStatement(rs.Break(target)),), None), None) if target in (None, label):
                has_statements = any(isinstance(node, rs.Block) for node in walk(condition))
                return None if has_statements else negate(condition, self.types)
            case _:
                return None

    def head(
        self, old: rs.Let, update: rs.ExprStatement, test: rs.ExprStatement, label: str | None, live: Names
    ) -> tuple[rs.Expr, rs.ExprStatement] | None:
        """The condition and the step of a loop that tests a variable's value from before its step."""
        match old.init, update.expr:
            case rs.Name(variable), rs.Assign(rs.Name(target), value, "") if target == variable and "::" not in variable:
                step = _step(value, {old.name, variable}, variable)
            case _:
                return None
        going_on = self.going_on(test, label)
        if step is None or going_on is None or variable in live:
            return None
        if self.mentions.has(going_on, variable) or not is_pure(going_on):
            return None
        assigned = rs.Assign(rs.Name(variable), step, "")
        return _renamed(going_on, old.name, variable), replace(update, expr=assigned)


def _step(value: rs.Expr, names: Names, variable: str) -> rs.Expr | None:
    match value:
        case rs.Binary("+" | "-" as op, rs.Name(left), rs.Literal() as size) if left in names:
            return rs.Binary(op, rs.Name(variable), size)
        case rs.MethodCall(rs.Name(left), "wrapping_add" | "wrapping_sub" as method, (rs.Literal() as size,)) if left in names:
            return rs.MethodCall(rs.Name(variable), method, (size,))
        case _:
            return None


def _renamed(expr: rs.Expr, old: str, new: str) -> rs.Expr:
    def rename(node: Node) -> Node:
        return rs.Name(new) if node == rs.Name(old) else map_children(node, rename)

    renamed = rename(expr)
    assert not isinstance(renamed, rs.Block | rs.MatchArm | rs.Let | rs.ExprStatement)
    return renamed
