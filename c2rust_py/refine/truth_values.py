"""Results and variables that only ever hold truth are `bool`.

    fn is_even(n: i32) -> i32 { return i32::from(n % 2 == 0); }      ->      fn is_even(n: i32) -> bool { return n % 2 == 0; }
    if is_even(n) != 0 { .. }                                        ->      if is_even(n) { .. }
    let found: i32 = 0; while found == 0 { found = 1; }              ->      let found: bool = false; while !found { found = true; }
    sum + is_even(n)                                                 ->      sum + i32::from(is_even(n))

`truth_facts` says which. A bool goes where a number was by `from`, so nothing else sees a difference. Runs first: it needs
the types of `let`s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from c2rust_py.refine.index_ranges import literal_value
from c2rust_py.refine.negate import negate
from c2rust_py.refine.truth_facts import BITWISE, Slot, Truths, find_truths, is_truth_conversion
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children

_BOOL = rs.PathType("bool")
_TRUE, _FALSE = rs.Literal("true", suffixed=True), rs.Literal("false", suffixed=True)


def truth_values(crate: rs.Crate) -> rs.Crate:
    """The crate with its truth as `bool`."""
    slots = find_truths(crate)
    if not slots:
        return crate
    types = {i.name: i.result for m in crate.modules for i in m.items if isinstance(i, rs.FunctionItem)}
    modules = tuple(
        replace(m, items=tuple(_item(item, slots, types) if isinstance(item, rs.FunctionItem) else item for item in m.items))
        for m in crate.modules
    )
    return replace(crate, modules=modules)


def _item(item: rs.FunctionItem, slots: frozenset[Slot], results: dict[str, rs.Type | None]) -> rs.FunctionItem:
    rewriting = _Rewriting(Truths(slots, item.name), results, {})
    body = rewriting.body(item.body)
    return replace(item, body=body, result=_BOOL if rewriting.returns_truth else item.result)


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """The walk through one function. `locals` has the types that its slots had."""

    truths: Truths
    results: dict[str, rs.Type | None]
    locals: dict[str, rs.Type]

    @property
    def returns_truth(self) -> bool:
        return (self.truths.function, None) in self.truths.slots

    def body(self, block: rs.Block) -> rs.Block:
        if block.tail is None or not self.returns_truth:
            changed = self.node(block)
            assert isinstance(changed, rs.Block)
            return changed
        return self.as_truth_block(block)

    def node(self, node: Node) -> Node:
        match node:
            case rs.Name() | rs.Call():
                return self.number(node)
            case rs.Binary("==" | "!=" as op, left, right):
                return self.comparison(node, op, left, right)
            case rs.Return(value) if value is not None and self.returns_truth:
                return rs.Return(self.truth(value))
            case rs.Let(name, type, init) if self._is_slot(name):
                if type is not None:
                    self.locals[name] = type
                return replace(node, type=_BOOL, init=None if init is None else self.truth(init))
            case rs.Assign(rs.Name(name), value) if self._is_slot(name):
                return replace(node, value=self.truth(value))
            case rs.ExprStatement(rs.Call() as call):
                return replace(node, expr=map_children(call, self.node))
            case rs.Closure():
                return replace(self, truths=replace(self.truths, function="")).closure(node)
            case _:
                return map_children(node, self.node)

    def closure(self, closure: rs.Closure) -> rs.Closure:
        """Its returns are its own."""
        return map_children(closure, self.node)

    def _is_slot(self, name: str) -> bool:
        return (self.truths.function, name) in self.truths.slots

    def number(self, expr: rs.Name | rs.Call) -> rs.Expr:
        """What stands where a number is wanted."""
        new = map_children(expr, self.node) if isinstance(expr, rs.Call) else expr
        slot = self.truths.slot_of(expr)
        if slot is None:
            return new
        type = self.results[slot[0]] if slot[1] is None else self.locals[slot[1]]
        assert isinstance(type, rs.PathType)
        return rs.Call(rs.Name(f"{type.name}::from"), (new,))

    def comparison(self, node: rs.Binary, op: str, left: rs.Expr, right: rs.Expr) -> rs.Expr:
        reads = any(self._reads_slot(side) for side in (left, right))
        if not reads or not self.truths.holds(left) or not self.truths.holds(right):
            return map_children(node, self.node)
        for value, number in ((left, right), (right, left)):
            known = literal_value(number) if isinstance(number, rs.Literal) else None
            if known is not None:
                truth = self.truth(value)
                return truth if (known == 1) == (op == "==") else _not(truth)
        return rs.Binary(op, self.truth(left), self.truth(right))

    def _reads_slot(self, expr: rs.Expr) -> bool:
        match expr:
            case rs.Name() | rs.Call():
                return self.truths.slot_of(expr) is not None
            case rs.Cast(operand, _):
                return self._reads_slot(operand)
            case rs.Binary(op, left, right) if op in BITWISE:
                return self._reads_slot(left) or self._reads_slot(right)
            case rs.If(_, then, _):
                return then.tail is not None and self._reads_slot(then.tail)
            case _:
                return False

    def truth(self, expr: rs.Expr) -> rs.Expr:
        """The bool of an expression that holds truth."""
        match expr:
            case rs.Literal():
                return _TRUE if literal_value(expr) else _FALSE
            case rs.Call(rs.Name(path), (condition,)) if is_truth_conversion(path):
                return _expr(self.node(condition))
            case rs.Call():
                return map_children(expr, self.node)
            case rs.Cast(operand, _):
                return self.truth(operand)
            case rs.Binary(op, left, right):
                return rs.Binary(op, self.truth(left), self.truth(right))
            case rs.BlockExpr(block):
                return replace(expr, block=self.as_truth_block(block))
            case rs.Match(value, arms):
                new = tuple(replace(arm, body=self.as_truth_block(arm.body)) for arm in arms)
                return rs.Match(_expr(self.node(value)), new)
            case rs.If():
                return self.chain(expr)
            case _:
                return expr

    def chain(self, expr: rs.If) -> rs.Expr:
        links = [expr]
        while isinstance(links[-1].otherwise, rs.If):
            links.append(links[-1].otherwise)
        last = links[-1].otherwise
        assert isinstance(last, rs.BlockExpr)
        chain: rs.If | rs.BlockExpr = rs.BlockExpr(self.as_truth_block(last.block))
        for link in reversed(links):
            chain = rs.If(_expr(self.node(link.condition)), self.as_truth_block(link.then), chain)
        match chain:
            case rs.If(condition, rs.Block((), then), rs.BlockExpr(rs.Block((), otherwise))):
                if (then, otherwise) == (_TRUE, _FALSE):
                    return condition
                if (then, otherwise) == (_FALSE, _TRUE):
                    return _not(condition)
        return chain

    def as_truth_block(self, block: rs.Block) -> rs.Block:
        statements = tuple(_statement(self.node(statement)) for statement in block.statements)
        return rs.Block(statements, None if block.tail is None else self.truth(block.tail), block.tail_span)


def _not(condition: rs.Expr) -> rs.Expr:
    return negate(condition, {}) or rs.Unary("!", condition)


def _expr(node: Node) -> rs.Expr:
    assert not isinstance(node, rs.Block | rs.MatchArm | rs.Let | rs.ExprStatement)
    return node


def _statement(node: Node) -> rs.Statement:
    assert isinstance(node, rs.Let | rs.ExprStatement)
    return node
