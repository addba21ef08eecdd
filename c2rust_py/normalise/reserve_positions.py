"""Makes room for the parameter that a function may need where two of its pointers point into one array.

    long sum(const int *from, const int *to) { while (from < to) … }         locals: from, to, (reserved), …

Above memory, pointers into one array become the array and a position each (`infer.bounds`): one parameter more than C has.
Parameters are the first locals of a function, so that one is reserved behind them here, before anything is keyed by the
numbers of locals. Where it is not needed, nothing mentions it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import cast

from c2rust_py.ir.nodes import AllocateVla, Call, CatchJump, Compare, Declare, LocalPlace, PointerDiff, Statement
from c2rust_py.ir.program import Function, Local, LocalKind, Program
from c2rust_py.ir.types import USIZE, FunctionType, PointerType
from c2rust_py.ir.walk import Node, map_children, walk_all


def reserve_positions(program: Program) -> Program:
    """The program with a local behind the parameters of each function that has two pointers of one type, and compares pointers or
    has others do so."""
    functions = {symbol: _reserve(f) if _may_compare(f) else f for symbol, f in program.functions.items()}
    return replace(program, functions=functions)


def _may_compare(function: Function) -> bool:
    targets = Counter(
        type.target for type in function.type.params if isinstance(type, PointerType) and not isinstance(type.target, FunctionType)
    )
    if max(targets.values(), default=0) < 2 or function.type.variadic:
        return False
    return any(
        isinstance(node, Call | PointerDiff) or (isinstance(node, Compare) and isinstance(node.left.type, PointerType))
        for node in walk_all(function.body)
    )


def _reserve(function: Function) -> Function:
    params = len(function.type.params)
    reserved = Local(params, "", USIZE, LocalKind.RESERVED, function.span)
    others = (replace(local, id=local.id + 1) for local in function.locals[params:])

    def change(node: Node) -> Node:
        moved = map_children(node, change)
        if isinstance(moved, LocalPlace | Declare | AllocateVla) and moved.local >= params:
            return replace(moved, local=moved.local + 1)
        if isinstance(moved, CatchJump) and moved.result >= params:
            return replace(moved, result=moved.result + 1)
        return moved

    body = tuple(cast(Statement, change(statement)) for statement in function.body)
    return replace(function, locals=(*function.locals[:params], reserved, *others), body=body)
