"""Parts of a pair that are only named anew get that name at once.

    let (number, length) = strtol(&s[at..], 10); end = at + length; let v = number;
    let (v, length) = strtol(&s[at..], 10); end = at + length;

Relies on `settle_bindings`, which tells what changes: a part of a pair does not. Ends: each step takes a declaration away.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Mentions, Node, map_children


def named_pairs(block: rs.Block) -> rs.Block:
    """The block with the names of its pairs settled."""
    changed = _change(block, Mentions())
    assert isinstance(changed, rs.Block)
    return changed


def _change(node: Node, names: Mentions) -> Node:
    node = map_children(node, lambda child: _change(child, names))
    return _in_block(node, names) if isinstance(node, rs.Block) else node


def _in_block(block: rs.Block, names: Mentions) -> rs.Block:
    statements = list(block.statements)
    index = 0
    while index < len(statements):
        match statements[index]:
            case rs.ExprStatement(rs.LetPair(low, high, value), span):
                rest = rs.Block(tuple(statements[index + 1 :]), block.tail)
                low, rest = _named(low, rest, names)
                high, rest = _named(high, rest, names)
                statements[index:] = [rs.ExprStatement(rs.LetPair(low, high, value), span), *rest.statements]
            case _:
                pass
        index += 1
    return replace(block, statements=tuple(statements)) if len(statements) < len(block.statements) else block


def _named(part: str, rest: rs.Block, names: Mentions) -> tuple[str, rs.Block]:
    """What a part of a pair is called, and what follows then."""
    users = [i for i, statement in enumerate(rest.statements) if names.has(statement, part)]
    if len(users) != 1 or (rest.tail is not None and names.has(rest.tail, part)):
        return part, rest
    first, *_ = users
    match rest.statements[first]:
        case rs.Let(name, _, rs.Name(init), mutable=False, otherwise=None) if init == part:
            if any(names.has(statement, name) for statement in rest.statements[:first]):
                return part, rest
            return name, replace(rest, statements=(*rest.statements[:first], *rest.statements[first + 1 :]))
        case _:
            return part, rest
