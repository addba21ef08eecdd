"""Arithmetic of bytes that a condition has found in a range is plain, and needs no sign.

    if c.is_ascii_digit() { v = c as i8 as i32 - b'0' as i32; }             ->      v = (c - b'0') as i32;
    if c.is_ascii_lowercase() { c = c.wrapping_sub(b'a').wrapping_add(1); } ->      c = c - b'a' + 1;

What holds of a variable, element or field holds in the branch (or the round) up to the first statement that may change it or a
part of how it is found, and for the value that this one assigns. Runs before casts are made plain; one walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from c2rust_py.refine.compound_assignments import is_pure
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk, with_fields

_CLASSES = {"is_ascii_digit": ("0", "9"), "is_ascii_lowercase": ("a", "z"), "is_ascii_uppercase": ("A", "Z")}
_LOOKING = ("wrapping_", "rotate_", "is_ascii_", "contains", "len", "read", "is_null")
"""How the names of methods begin that change nothing."""
_I8 = rs.PathType("i8")
_LARGEST, _LARGEST_ASCII = 255, 127


@dataclass(frozen=True, slots=True)
class _Fact:
    """The byte `place` lies between `low` and `high`."""

    place: rs.Expr
    low: int
    high: int


def byte_ranges(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with plain arithmetic of bytes."""
    body = _in_ranges(item.body)
    assert isinstance(body, rs.Block)
    return replace(item, body=body)


def _in_ranges(node: Node) -> Node:
    node = map_children(node, _in_ranges)
    match node:
        case rs.If(condition, then):
            return with_fields(node, then=_with_facts(then, list(_facts(condition))))
        case rs.While(condition, body):
            return with_fields(node, body=_with_facts(body, list(_facts(condition))))
        case _:
            return node


def _facts(condition: rs.Expr) -> Iterator[_Fact]:
    match condition:
        case rs.Binary("&&", left, right):
            yield from _facts(left)
            yield from _facts(right)
        case rs.MethodCall(place, method, ()) if method in _CLASSES and is_pure(place):
            low, high = _CLASSES[method]
            yield _Fact(place, ord(low), ord(high))
        case rs.MethodCall(rs.RangeExpr(first, last, True), "contains", (rs.Borrow(place, False),)) if is_pure(place):
            bounds = _byte(first), _byte(last)
            if bounds[0] is not None and bounds[1] is not None:
                yield _Fact(place, bounds[0], bounds[1])
        case _:
            pass


def _byte(expr: rs.Expr) -> int | None:
    """The value of a byte literal without escape."""
    match expr:
        case rs.Literal(text) if text.startswith("b'") and len(text) == 4:
            return ord(text[2])
        case _:
            return None


def _with_facts(block: rs.Block, facts: list[_Fact]) -> rs.Block:
    if not facts:
        return block
    statements: list[rs.Statement] = []
    for statement in block.statements:
        kept = [fact for fact in facts if not _may_change(statement, fact.place)]
        match statement:
            case rs.ExprStatement(rs.Assign(target, value) as assign) if is_pure(target) and is_pure(value):
                new = with_fields(assign, value=_expr(_plain(value, facts)), target=_expr(_plain(target, facts)))
                statements.append(with_fields(statement, expr=new))
            case _:
                changed = _plain(statement, kept)
                assert isinstance(changed, rs.Let | rs.ExprStatement)
                statements.append(changed)
        facts = kept
    tail = None
    if block.tail is not None:
        tail = _expr(_plain(block.tail, [fact for fact in facts if not _may_change(block.tail, fact.place)]))
    return with_fields(block, statements=tuple(statements), tail=tail)


def _may_change(node: Node, place: rs.Expr) -> bool:
    """Whether a node may change what the place is: it assigns, lends out or passes on something that the place names."""
    names = {inner.text for inner in walk(place) if isinstance(inner, rs.Name)}
    for inner in walk(node):
        match inner:
            case rs.Assign(target):
                changed: tuple[rs.Expr, ...] = (target,)
            case rs.Borrow(operand, True):
                changed = (operand,)
            case rs.MethodCall(_, method) if method.startswith(_LOOKING):
                continue
            case rs.MethodCall(receiver, _, args):
                changed = (receiver, *args)
            case rs.Call(_, args) | rs.MacroCall(_, args):
                changed = args
            case rs.Let(name):
                changed = (rs.Name(name),)
            case rs.For(name):
                changed = (rs.Name(name),)
            case _:
                continue
        if any(_root(expr) in names for expr in changed):
            return True
    return False


def _root(expr: rs.Expr) -> str | None:
    """The variable that an expression is, is a part of or points to."""
    while not isinstance(expr, rs.Name):
        match expr:
            case rs.FieldAccess(base) | rs.Index(base) | rs.Unary(_, base) | rs.Borrow(base) | rs.MethodCall(base):
                expr = base
            case _:
                return None
    return expr.text


def _plain(node: Node, facts: list[_Fact]) -> Node:
    if not facts:
        return node
    node = map_children(node, lambda child: _plain(child, facts))
    match node:
        case rs.Cast(rs.Cast(operand, type), _) if type == _I8 and _at_most_ascii(operand, facts):
            return replace(node, operand=operand)
        case rs.MethodCall(operand, "wrapping_add" | "wrapping_sub" as method, (number,)):
            amount, known = _amount(number), _interval(operand, facts)
            if amount is not None and known is not None:
                step = amount if method == "wrapping_add" else -amount
                if known[0] + step >= 0 and known[1] + step <= _LARGEST:
                    return rs.Binary("+" if step >= 0 else "-", operand, number)
        case rs.Binary("-", rs.Cast(operand, type), rs.Cast(number, other)) if type == other:
            amount, known = _byte(number), _interval(operand, facts)
            if amount is not None and known is not None and known[0] >= amount:
                return rs.Cast(rs.Binary("-", operand, number), type)
        case _:
            pass
    return node


def _at_most_ascii(operand: rs.Expr, facts: list[_Fact]) -> bool:
    known = _interval(operand, facts)
    return known is not None and known[1] <= _LARGEST_ASCII


def _amount(number: rs.Expr) -> int | None:
    if isinstance(number, rs.Literal) and number.text.isdigit():
        return int(number.text)
    return _byte(number)


def _interval(expr: rs.Expr, facts: list[_Fact]) -> tuple[int, int] | None:
    """The least and the largest value of a byte."""
    for fact in facts:
        if expr == fact.place:
            return fact.low, fact.high
    match expr:
        case rs.Binary("+" | "-" as op, left, number):
            amount, known = _amount(number), _interval(left, facts)
            if amount is None or known is None:
                return None
            return (known[0] + amount, known[1] + amount) if op == "+" else (known[0] - amount, known[1] - amount)
        case _:
            return None


def _expr(node: Node) -> rs.Expr:
    assert not isinstance(node, rs.Block | rs.MatchArm | rs.Let | rs.ExprStatement)
    return node
