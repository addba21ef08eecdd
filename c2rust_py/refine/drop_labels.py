"""Drops labels that say nothing.

    'l1: while a { if b { break 'l1; } }      ->      while a { if b { break; } }

A jump needs its label only where it crosses another loop or a labelled block (rustc E0695). Two walks: the first finds which
jumps can do without, the second drops the labels that no jump is left to name.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk, with_fields


def drop_labels(block: rs.Block) -> rs.Block:
    """The block with no label that could be left out."""
    labelled_blocks: set[str | None] = {node.label for node in walk(block) if isinstance(node, rs.BlockExpr)}
    shortened = _shorten(block, None, labelled_blocks)
    assert isinstance(shortened, rs.Block)
    named = {node.label for node in walk(shortened) if isinstance(node, rs.Break | rs.Continue)}
    dropped = _drop(shortened, named)
    assert isinstance(dropped, rs.Block)
    return _renumber(dropped)


def _shorten(node: Node, innermost: str | None, blocks: set[str | None]) -> Node:
    """`innermost` is the label of the loop that an unlabelled jump would mean here; a labelled block allows none."""
    match node:
        case rs.Break(label) if label is not None and label == innermost and label not in blocks:
            return rs.Break()
        case rs.Continue(label) if label is not None and label == innermost and label not in blocks:
            return rs.Continue()
        case rs.Loop(_, label) | rs.While(_, _, label) | rs.For(_, _, _, label):
            inner = label or "(none)"
            return map_children(node, lambda child: _shorten(child, inner, blocks))
        case rs.BlockExpr(_, label) if label is not None:
            return map_children(node, lambda child: _shorten(child, None, blocks))
        case rs.Closure():
            return map_children(node, lambda child: _shorten(child, None, blocks))
        case _:
            return map_children(node, lambda child: _shorten(child, innermost, blocks))


def _drop(node: Node, named: set[str | None]) -> Node:
    match node:
        case rs.Loop() | rs.While() | rs.For() | rs.BlockExpr():
            label = node.label if node.label in named else None
            return map_children(with_fields(node, label=label), lambda child: _drop(child, named))
        case _:
            return map_children(node, lambda child: _drop(child, named))


_WORDS = {rs.Loop: "outer", rs.While: "outer", rs.For: "outer", rs.BlockExpr: "done"}


def _renumber(block: rs.Block) -> rs.Block:
    """Labels by what they are, numbered from the second on: `'outer`, `'done`, `'next` for the body of a loop's step."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for node in walk(block):
        if isinstance(node, rs.Loop | rs.While | rs.For | rs.BlockExpr) and node.label is not None:
            word = "next" if node.label.endswith("_step") else _WORDS[type(node)]
            counts[word] = counts.get(word, 0) + 1
            names[node.label] = word if counts[word] == 1 else f"{word}_{counts[word]}"

    def rename(node: Node) -> Node:
        match node:
            case rs.Loop() | rs.While() | rs.For() | rs.BlockExpr() | rs.Break() | rs.Continue() if node.label is not None:
                return map_children(replace(node, label=names[node.label]), rename)
            case _:
                return map_children(node, rename)

    renamed = rename(block)
    assert isinstance(renamed, rs.Block)
    return renamed
