"""Jumps out of labelled blocks as what a person writes: branches and returns.

    'l: { a(); if c { break 'l; } b(); }                    ->      a(); if !c { b(); }
    'l: { if c { x(); break 'l; } b(); }                    ->      if c { x(); } else { b(); }
    'l: { while p { if c { break 'l; } } return -1; } x     ->      while p { if c { return x; } } return -1;

The first two need all jumps to the label to stand at the ends of such branches, one inside of the other two levels deep at most;
the third that the block never comes to its end, and that the function does nothing behind it but return. The statements of
the block are then those of the one around it: names of inner scopes are names of no outer ones. One bottom-up walk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from c2rust_py.refine.declared_types import Types, declared_types
from c2rust_py.refine.negate import negate
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk, with_fields
from c2rust_py.to_rust.flow import block_diverges, breaks_to

_DEEPEST = 2


def early_exits(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with branches and returns for jumps."""
    types = declared_types(item)
    labels = _of_branches(item.body)

    def change(node: Node) -> Node:
        node = map_children(node, change)
        return _with_branches(node, labels, types) if isinstance(node, rs.Block) else node

    body = change(item.body)
    assert isinstance(body, rs.Block)
    return replace(item, body=_with_returns(body))


def _of_branches(body: rs.Block) -> frozenset[str | None]:
    """The labels that all jumps at the ends of `if`s go to."""
    all_jumps: Counter[str | None] = Counter()
    ends: Counter[str | None] = Counter()
    for node in walk(body):
        match node:
            case rs.Break(label):
                all_jumps[label] += 1
            case rs.If(_, rs.Block((*_, rs.ExprStatement(rs.Break(label))), None)):
                ends[label] += 1
            case _:
                pass
    return frozenset(label for label, count in all_jumps.items() if ends[label] == count)


def _with_branches(block: rs.Block, labels: AbstractSet[str | None], types: Types) -> rs.Block:
    statements: list[rs.Statement] = []
    for statement in block.statements:
        match statement:
            case rs.ExprStatement(rs.BlockExpr(rs.Block(inner, None), str(label))) if label in labels:
                new = _Structuring(label, types).statements(inner, _DEEPEST)
                statements += [statement] if new is None else new
            case _:
                statements.append(statement)
    return with_fields(block, statements=tuple(statements))


@dataclass(frozen=True, slots=True)
class _Structuring:
    """Rewrites what stands in the block of one label."""

    label: str
    types: Types

    def statements(self, statements: tuple[rs.Statement, ...], depth: int) -> list[rs.Statement] | None:
        """The statements without jumps to the label; None where some other jump goes there, or they would be nested deeper."""
        for index, statement in enumerate(statements):
            if not _jumps(statement, self.label):
                continue
            rest = self.statements(statements[index + 1 :], depth - 1) if depth else None
            branch = None if rest is None else self.branch(statement, rest)
            return None if branch is None else [*statements[:index], branch]
        return list(statements)

    def branch(self, statement: rs.Statement, rest: list[rs.Statement]) -> rs.Statement | None:
        """An `if` that ends in a jump to the label, with what the jump passes over."""
        match statement:
            case rs.ExprStatement(
                rs.If(condition, rs.Block((*before, rs.ExprStatement(rs.Break(label))), None), None), span
            ) if label == self.label and not any(_jumps(node, self.label) for node in (condition, *before)):
                otherwise = rs.Block(tuple(rest))
                if before:
                    then = rs.Block(tuple(before))
                    return rs.ExprStatement(rs.If(condition, then, rs.BlockExpr(otherwise) if rest else None), span)
                opposite = negate(condition, self.types)
                return None if opposite is None else rs.ExprStatement(rs.If(opposite, otherwise), span)
            case _:
                return None


def _jumps(node: Node, label: str) -> bool:
    return any(isinstance(inner, rs.Break) and inner.label == label for inner in walk(node))


def _with_returns(body: rs.Block) -> rs.Block:
    """The body of a function without a labelled block at its end that others jump out of, to return."""
    before, result = _result(body)
    match before:
        case (*first, rs.ExprStatement(rs.BlockExpr(inner, str(label)))) if block_diverges(inner, frozenset()):
            if inner.tail is None and _count(inner, label) == 1 and not _hides(inner, label):
                jumping = map_children(inner, lambda node: _returning(node, label, result))
                return _with_returns(rs.Block((*first, *jumping.statements)))
        case _:
            pass
    return body


def _result(body: rs.Block) -> tuple[tuple[rs.Statement, ...], rs.Return]:
    """What a body does before it returns, and the return at its end."""
    if body.tail is not None:
        return body.statements, rs.Return(body.tail)
    match body.statements:
        case (*before, rs.ExprStatement(rs.Return() as result)):
            return tuple(before), result
        case _:
            return body.statements, rs.Return()


def _count(node: Node, label: str) -> int:
    return sum(isinstance(inner, rs.Break) and inner.label == label for inner in walk(node))


def _hides(inner: rs.Block, label: str) -> bool:
    """Whether the jump stands where a return would leave something else."""
    return any(isinstance(node, rs.Closure) and breaks_to(node, label) for node in walk(inner))


def _returning(node: Node, label: str, result: rs.Return) -> Node:
    if isinstance(node, rs.Break) and node.label == label:
        return result
    return map_children(node, lambda child: _returning(child, label, result))
