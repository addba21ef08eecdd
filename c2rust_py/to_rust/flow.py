"""Which Rust expressions never come back, as rustc sees it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import children


def diverges(expr: rs.Expr, diverging: AbstractSet[str]) -> bool:
    """Whether control never comes behind `expr`; `diverging` has the paths of functions that return `!`."""
    match expr:
        case rs.Return() | rs.Break() | rs.Continue():
            return True
        case rs.Call(rs.Name(path), _):
            return path in diverging
        case rs.MethodCall(_, "bad_call", _):
            return True
        case rs.MacroCall(name, _, _):
            return name in ("panic", "unreachable", "unimplemented")
        case rs.BlockExpr(block, label):
            return block_diverges(block, diverging) and not (label is not None and breaks_to(block, label))
        case rs.If(_, then, otherwise):
            return otherwise is not None and block_diverges(then, diverging) and diverges(otherwise, diverging)
        case rs.Match(_, arms):
            return all(block_diverges(arm.body, diverging) for arm in arms)
        case rs.Loop(body, label):
            return not breaks_out(body, label)
        case _:
            return False


def block_diverges(block: rs.Block, diverging: AbstractSet[str]) -> bool:
    """Whether control never reaches the end of the block."""
    for statement in block.statements:
        match statement:
            case rs.ExprStatement(expr):
                if diverges(expr, diverging):
                    return True
            case rs.Let(init=init):
                if init is not None and diverges(init, diverging):
                    return True
    return block.tail is not None and diverges(block.tail, diverging)


def breaks_to(node: rs.Block | rs.Expr, label: str) -> bool:
    """Whether a break in `node` names the label."""
    stack: list[object] = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, rs.Break) and top.label == label:
            return True
        stack.extend(children(top))  # type: ignore[arg-type]
    return False


def breaks_out(body: rs.Block, label: str | None) -> bool:
    """Whether a break leaves the loop of this body: one without label outside inner loops, or one with its label."""
    if label is not None and breaks_to(body, label):
        return True
    stack: list[object] = [body]
    while stack:
        top = stack.pop()
        if isinstance(top, rs.Break) and top.label is None:
            return True
        if not isinstance(top, rs.Loop | rs.While | rs.For | rs.Closure):
            stack.extend(children(top))  # type: ignore[arg-type]
    return False
