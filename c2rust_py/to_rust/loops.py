"""C's counted loops as Rust's `for`, where nothing but the step changes the counter and the bound stays what it is.

    for (i = 0; i < n; i++)           ->      for i in 0..n
    for (i = 1; i <= n; i += 2)       ->      for i in (1..=n).step_by(2)
    for (i = n - 1; i >= 0; i--)      ->      for i in (0..n).rev()
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from c2rust_py.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Compare,
    CompareOp,
    Convert,
    Declare,
    For,
    IntConst,
    Load,
    LocalPlace,
    Statement,
    Value,
)
from c2rust_py.ir.types import IntKind, IntType
from c2rust_py.ir.walk import Node, children, walk
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import walk as walk_rust
from c2rust_py.to_rust.invariants import running
from c2rust_py.to_rust.literals import is_anchored, with_suffix

if TYPE_CHECKING:
    from c2rust_py.to_rust.statements import StatementLowering


@dataclass(frozen=True, slots=True)
class _Header:
    """A counted loop's head: the statement that sets the local, the local, its start, its bound, what a round adds to it, and
    the comparison."""

    init: Declare | Assign
    local: int
    start: Value
    bound: Value
    step: int
    op: CompareOp


def counted_loop(lowering: StatementLowering, loop: For) -> list[rs.Statement] | None:
    """The Rust `for`, or None where the loop is not of the kind."""
    header = _header(loop)
    if header is None or not _is_counted(lowering, loop, header):
        return None
    target = lowering.enter(loop.label, loop=True)
    body = lowering.rust_block(loop.body)
    lowering.leave()
    iterable = _range(lowering, header, _receives_calls(lowering.local_name(header.local), body))
    statement = rs.For(lowering.local_name(header.local), iterable, body, lowering.name_of(target))
    before = lowering.statements(tuple(init for init in loop.init if init is not header.init))
    return [*before, rs.ExprStatement(statement, loop.span)]


def _receives_calls(counter: str, body: rs.Block) -> bool:
    """Whether a method is called on a number that the counter is part of: then its type must be plain before the call,
    as Rust does not infer it from what follows."""
    for node in walk_rust(body):
        if isinstance(node, rs.MethodCall):
            parts: list[rs.Expr] = [node.receiver]
            for part in parts:
                match part:
                    case rs.Unary(_, operand):
                        parts.append(operand)
                    case rs.Binary(_, left, right):
                        parts += (left, right)
                    case rs.Name(text) if text == counter:
                        return True
                    case _:
                        pass
    return False


def _range(lowering: StatementLowering, header: _Header, anchored: bool) -> rs.Expr:
    """What the counter runs over; where `anchored`, its type is in it."""
    start, bound = lowering.operands(header.start, header.bound, typed=False)
    rust = lowering.facts.types.value(header.start.type)
    if anchored and not is_anchored(start) and not is_anchored(bound) and isinstance(rust, rs.PathType):
        start = with_suffix(start, rust.name)
    iterable: rs.Expr
    if header.step > 0:
        iterable = rs.RangeExpr(start, bound, inclusive=header.op is CompareOp.LE)
    else:
        low = bound if header.op is CompareOp.GE else _plus_one(bound)
        above = _without_minus_one(start)
        closed = rs.RangeExpr(low, start, inclusive=True) if above is None else rs.RangeExpr(low, above)
        iterable = rs.MethodCall(closed, "rev")
    size = abs(header.step)
    return iterable if size == 1 else rs.MethodCall(iterable, "step_by", (rs.Literal(str(size)),))


def _header(loop: For) -> _Header | None:
    """The parts of the head, by shape alone."""
    init = _counter_init(loop)
    if init is None or len(loop.step) != 1:
        return None
    match init:
        case Declare(local, start) if start is not None:
            pass
        case Assign(LocalPlace(local), start):
            pass
        case _:
            return None
    match loop.condition:
        case Compare(op, Load(LocalPlace(tested)), bound) if tested == local:
            op = CompareOp.LT if op is CompareOp.NE and _counts_from_zero(start) else op
        case Compare(op, Convert(Load(LocalPlace(tested))) as counter, IntConst() as limit) if tested == local:
            narrow = _narrowed(counter, start, limit)
            if narrow is None:
                return None
            bound = narrow
        case _:
            return None
    match loop.step[0]:
        case Assign(LocalPlace(stepped), Binary(step, Load(LocalPlace(from_)), IntConst(size))):
            if not stepped == from_ == local or size < 1:
                return None
        case _:
            return None
    if step is BinaryOp.ADD and op in (CompareOp.LT, CompareOp.LE):
        return _Header(init, local, start, bound, size, op)
    if step is BinaryOp.SUB and op in (CompareOp.GT, CompareOp.GE) and not isinstance(loop.condition.left, Convert):
        return _Header(init, local, start, bound, -size, op)
    return None


def _counter_init(loop: For) -> Declare | Assign | None:
    """The statement that sets the counter: the last one, or one with a constant that those behind it do not look at."""
    tested = _loads(loop.condition.left) if isinstance(loop.condition, Compare) else set()
    for index, init in enumerate(loop.init):
        later = loop.init[index + 1 :]
        match init:
            case Assign(LocalPlace(local), _) if local in tested and not later:
                return init
            case Declare(local, start) if local in tested:
                named = any(isinstance(node, LocalPlace) and node.local == local for other in later for node in walk(other))
                return init if not later or (isinstance(start, IntConst) and not named) else None
            case _:
                pass
    return None


def _counts_from_zero(start: Value) -> bool:
    """Whether a counter that starts there meets every bound on its way up: `!=` is `<` then."""
    unsigned = isinstance(start.type, IntType) and not start.type.kind.signed
    return unsigned and isinstance(start, IntConst) and start.value == 0


def _narrowed(counter: Convert, start: Value, limit: IntConst) -> IntConst | None:
    """The limit of a counter that is widened for the comparison (`i < sizeof a`), in the counter's own type: where it fits,
    and the counter, which begins at `start`, is never negative."""
    type, wide = counter.operand.type, counter.type
    if not isinstance(type, IntType) or not isinstance(wide, IntType) or wide.kind.size < type.kind.size:
        return None
    if not 0 <= limit.value < type.kind.maximum:
        return None
    if type.kind.signed and not (isinstance(start, IntConst) and start.value >= 0):
        return None
    return replace(limit, type=type)


def _is_counted(lowering: StatementLowering, loop: For, header: _Header) -> bool:
    """Whether the loop runs over a range that is known when it starts, and nobody sees the counter afterwards."""
    function = lowering.frame.function
    assert function is not None
    kind = lowering.facts.types.int_kind(function.locals[header.local].type)
    if kind is None or kind.size < 4 or (function.symbol, header.local) in lowering.facts.storage.memory_locals:
        return False
    if not _ends_in_range(header, kind, lowering.facts.signed_wraps):
        return False
    body = running(lowering, loop.body)
    if header.local in body.touches.locals_written or header.local in _loads(header.bound):
        return False
    if not body.keeps(header.bound):
        return False
    if isinstance(header.init, Declare):
        return header.local not in lowering.hoisted
    return header.local in lowering.facts.loop_counters.get(function.symbol, frozenset())


def _ends_in_range(header: _Header, kind: IntKind, signed_wraps: bool) -> bool:
    """Whether the counter cannot wrap on its way past the bound. Overflow of a signed counter is undefined,
    unless the user wants it to wrap."""
    if (kind.signed and not signed_wraps) or (abs(header.step) == 1 and header.op in (CompareOp.LT, CompareOp.GT)):
        return True
    return isinstance(header.bound, IntConst) and kind.minimum <= header.bound.value + header.step <= kind.maximum


def _without_minus_one(start: rs.Expr) -> rs.Expr | None:
    """`n` for `n - 1`, folded for literals; None for others."""
    match start:
        case rs.Binary("-", left, rs.Literal("1")) if is_anchored(left):
            return left
        case rs.Literal(text, False) if text.isdigit():
            return rs.Literal(str(int(text) + 1))
        case _:
            return None


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
            assigned = header is not None and isinstance(header.init, Assign)
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
