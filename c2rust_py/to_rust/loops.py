"""`for (i = a; i < b; i++)` as `for i in a..b`, where nothing but the step changes `i` and the bound stays what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from c2rust_py.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Compare,
    CompareOp,
    Convert,
    Declare,
    FloatConst,
    For,
    IntConst,
    Load,
    LocalPlace,
    Overflowing,
    Statement,
    VaArgValue,
    Value,
)
from c2rust_py.ir.walk import Node, children, walk
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.literals import is_anchored

if TYPE_CHECKING:
    from c2rust_py.to_rust.statements import StatementLowering


@dataclass(frozen=True, slots=True)
class _Header:
    """A counted loop's head: the local, its start, its bound, whether it counts down, and the comparison."""

    local: int
    start: Value
    bound: Value
    down: bool
    op: CompareOp


def counted_loop(lowering: StatementLowering, loop: For) -> list[rs.Statement] | None:
    """The Rust `for`, or None where the loop is not of the kind."""
    header = _header(loop)
    if header is None or not _is_counted(lowering, loop, header):
        return None
    start, bound = lowering.operands(header.start, header.bound, typed=False)
    if header.down:
        low = bound if header.op is CompareOp.GE else _plus_one(bound)
        iterable: rs.Expr = rs.MethodCall(rs.RangeExpr(low, start, inclusive=True), "rev")
    else:
        high = bound if header.op is CompareOp.LT else _plus_one(bound)
        iterable = rs.RangeExpr(start, high)
    target = lowering.enter(loop.label, loop=True)
    body = lowering.rust_block(loop.body)
    lowering.leave()
    statement = rs.For(lowering.local_name(header.local), iterable, body, lowering.name_of(target))
    before = lowering.statements(loop.init[:-1])
    return [*before, rs.ExprStatement(statement, loop.span)]


def _header(loop: For) -> _Header | None:
    """The parts of the head, by shape alone."""
    if not loop.init or len(loop.step) != 1:
        return None
    match loop.init[-1]:
        case Declare(local, Value_) if Value_ is not None:
            start = Value_
        case Assign(LocalPlace(local), start):
            pass
        case _:
            return None
    match loop.condition:
        case Compare(op, Load(LocalPlace(tested)), bound) if tested == local:
            pass
        case _:
            return None
    match loop.step[0]:
        case Assign(LocalPlace(stepped), Binary(step, Load(LocalPlace(from_)), IntConst(1))):
            if not stepped == from_ == local:
                return None
        case _:
            return None
    up = step is BinaryOp.ADD and op in (CompareOp.LT, CompareOp.LE)
    down = step is BinaryOp.SUB and op in (CompareOp.GT, CompareOp.GE)
    return _Header(local, start, bound, down, op) if up or down else None


def _is_counted(lowering: StatementLowering, loop: For, header: _Header) -> bool:
    """Whether the loop runs over a range that is known when it starts, and nobody sees the counter afterwards."""
    function = lowering.frame.function
    assert function is not None
    kind = lowering.facts.types.int_kind(function.locals[header.local].type)
    if kind is None or kind.size < 4 or (function.symbol, header.local) in lowering.facts.storage.memory_locals:
        return False
    bounded = header.op in (CompareOp.LT, CompareOp.GT) or kind.signed
    if not bounded and not (isinstance(header.bound, IntConst) and kind.minimum < header.bound.value < kind.maximum):
        return False
    written = {local for statement in loop.body for local in _written(statement)}
    if header.local in written or not _is_invariant(lowering, header.bound, written | {header.local}):
        return False
    if isinstance(loop.init[-1], Declare):
        return header.local not in lowering.hoisted
    return header.local in lowering.facts.loop_counters.get(function.symbol, frozenset())


def _is_invariant(lowering: StatementLowering, value: Value, written: set[int]) -> bool:
    """Whether a value is made of constants and of plain locals that are not written."""
    match value:
        case IntConst() | FloatConst():
            return True
        case Load(LocalPlace(local)):
            return local not in written and not lowering.in_memory(value.place)
        case Convert(operand):
            return lowering.facts.types.int_kind(operand.type) is not None and _is_invariant(lowering, operand, written)
        case Binary(op, left, right) if op not in (BinaryOp.DIV, BinaryOp.REM):
            return _is_invariant(lowering, left, written) and _is_invariant(lowering, right, written)
        case _:
            return False


def _written(statement: Statement) -> set[int]:
    """The locals that a statement writes, itself or below."""
    found: set[int] = set()
    for node in walk(statement):
        match node:
            case Assign(place) | Overflowing(result=place) | VaArgValue(list=place):
                root: Node = place
                while not isinstance(root, LocalPlace) and hasattr(root, "base"):
                    root = root.base
                if isinstance(root, LocalPlace):
                    found.add(root.local)
            case _:
                pass
    return found


def _plus_one(bound: rs.Expr) -> rs.Expr:
    """`bound + 1`, folded for literals."""
    match bound:
        case rs.Literal(text, False) if text.isdigit():
            return rs.Literal(str(int(text) + 1))
        case rs.Unary("-", rs.Literal("1")):
            return rs.Literal("0")
        case rs.Binary("-", left, rs.Literal("1")) if is_anchored(left):
            return left
        case _:
            return rs.Binary("+", bound, rs.Literal("1"))


def loop_counters(body: tuple[Statement, ...]) -> frozenset[int]:
    """The locals of a function that appear only in `for` loops which set them first: each loop may have its own."""
    inside: dict[int, int] = {}
    everywhere: dict[int, int] = {}
    stack: list[tuple[Node, frozenset[int]]] = [(statement, frozenset()) for statement in body]
    while stack:
        node, bound = stack.pop()
        if isinstance(node, For):
            header = _header(node)
            assigned = header is not None and isinstance(node.init[-1], Assign)
            if header is not None and assigned and header.local not in _loads(header.start):
                bound = bound | {header.local}
        match node:
            case LocalPlace(local):
                everywhere[local] = everywhere.get(local, 0) + 1
                inside[local] = inside.get(local, 0) + (local in bound)
            case Declare(local, init) if init is not None:
                everywhere[local] = everywhere.get(local, 0) + 1
            case _:
                pass
        stack.extend((child, bound) for child in children(node))
    return frozenset(local for local, count in everywhere.items() if inside.get(local, 0) == count)


def _loads(value: Value) -> set[int]:
    return {node.local for node in walk(value) if isinstance(node, LocalPlace)}
