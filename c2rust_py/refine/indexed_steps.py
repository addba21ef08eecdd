"""Steps that cannot wrap, since the number has just been an index.

    out[n as usize] = c; n = n.wrapping_add(1);        ->      out[n as usize] = c; n = n + 1;          // n: u64

No array is longer than `isize::MAX` bytes, so behind an access the index is far from its type's end. Only for types as wide as
`usize`. Runs before types are dropped; one bottom-up walk, and in each block one pass forwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from c2rust_py.refine.expression_types import ExpressionTypes
from c2rust_py.refine.index_ranges import literal_value
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk, with_fields

_WIDE = frozenset({"u64", "usize"})
_FAR = 1 << 32


def indexed_steps(block: rs.Block, types: ExpressionTypes) -> rs.Block:
    """The body of a function with plain sums for such steps."""

    def change(node: Node) -> Node:
        node = map_children(node, change)
        return _in_block(node, types) if isinstance(node, rs.Block) else node

    changed = change(block)
    assert isinstance(changed, rs.Block)
    return changed


def _in_block(block: rs.Block, types: ExpressionTypes) -> rs.Block:
    last = max((at for at, statement in enumerate(block.statements) if _step(statement) is not None), default=0)
    statements = list(block.statements)
    indices: set[str] = set()
    for at, statement in enumerate(statements[: last + 1] if last else ()):
        step = _step(statement)
        if step is not None and step[0].text in indices:
            target, size = step
            assert isinstance(statement, rs.ExprStatement)
            statements[at] = replace(statement, expr=rs.Assign(target, rs.Binary("+", target, size)))
        if at < last:
            indices |= {name for name in _indices(statement) if types.integer(rs.Name(name)) in _WIDE}
            indices -= _changed(statement)
    return with_fields(block, statements=tuple(statements))


def _step(statement: rs.Statement) -> tuple[rs.Name, rs.Literal] | None:
    """`n` and `1` of `n = n.wrapping_add(1);`."""
    match statement:
        case rs.ExprStatement(
            rs.Assign(rs.Name() as target, rs.MethodCall(rs.Name() as stepped, "wrapping_add", (rs.Literal() as size,)), "")
        ) if target == stepped and (literal_value(size) or _FAR) < _FAR:
            return target, size
        case _:
            return None


def _changed(statement: rs.Statement) -> set[str]:
    """The names that a statement may give other values, or another meaning."""
    found: set[str] = set()
    for node in walk(statement):
        match node:
            case rs.Assign(rs.Name(name)) | rs.Borrow(rs.Name(name)) | rs.Let(name) | rs.LetSome(name):
                found.add(name)
            case _:
                pass
    return found


def _indices(node: Node) -> Iterator[str]:
    """The names that are indices in what is certain to run."""
    match node:
        case rs.Let(_, _, init) if init is not None:
            yield from _indices(init)
        case rs.ExprStatement(expr):
            yield from _indices(expr)
        case rs.Assign(target, value):
            yield from _indices(target)
            yield from _indices(value)
        case rs.Index(base, index):
            match index:
                case rs.Name(name) | rs.Cast(rs.Name(name), rs.PathType("usize")):
                    yield name
                case _:
                    yield from _indices(index)
            yield from _indices(base)
        case rs.Binary(op, left, right):
            yield from _indices(left)
            if op not in ("&&", "||"):
                yield from _indices(right)
        case rs.Cast(operand) | rs.Unary(_, operand):
            yield from _indices(operand)
        case rs.Call(_, args):
            for arg in args:
                yield from _indices(arg)
        case rs.MethodCall(receiver, _, args):
            for part in (receiver, *args):
                yield from _indices(part)
        case _:
            pass
