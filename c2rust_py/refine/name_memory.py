"""Functions that need the memory of their context alone name it once.

    f(x, &mut cx.mem); cx.mem.read(p)      ->      let mem = &mut cx.mem; f(x, mem); mem.read(p)

Only where nothing names the context otherwise and nothing binds `mem`; one mention stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk

_CONTEXT = rs.ReferenceType(rs.PathType("Context"), mutable=True)
_NAME = "mem"


def name_memory(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with a name for the memory."""
    contexts = [param.name for param in item.params if param.type == _CONTEXT]
    if len(contexts) != 1 or any(param.name == _NAME for param in item.params):
        return item
    memory = rs.FieldAccess(rs.Name(contexts[0]), _NAME)
    nodes = list(walk(item.body))
    named = sum(node == memory.base for node in nodes)
    if named < 2 or named != sum(node == memory for node in nodes) or any(_binds(node) for node in nodes):
        return item

    def shorten(node: Node) -> Node:
        match node:
            case rs.Borrow(operand) if operand == memory:
                return rs.Name(_NAME)
            case rs.FieldAccess() if node == memory:
                return rs.Name(_NAME)
            case _:
                return map_children(node, shorten)

    body = shorten(item.body)
    assert isinstance(body, rs.Block)
    let = rs.Let(_NAME, None, rs.Borrow(memory, mutable=True))
    return replace(item, body=replace(body, statements=(let, *body.statements)))


def _binds(node: Node) -> bool:
    match node:
        case rs.Let(name):
            return name == _NAME
        case rs.For(variable):
            return variable == _NAME
        case rs.Closure(params):
            return any(name == _NAME for name, _ in params)
        case _:
            return False
