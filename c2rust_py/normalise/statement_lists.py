"""What every rewrite of statements needs: visiting each list of statements, and knowing which ones run off their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from c2rust_py.ir.nodes import (
    Arm,
    Block,
    BlockValue,
    Break,
    Builtin,
    Call,
    Case,
    CatchJump,
    ComputedGoto,
    Continue,
    Default,
    DoWhile,
    Evaluate,
    For,
    FunctionRef,
    Goto,
    If,
    IntConst,
    Label,
    Labelled,
    Loop,
    Match,
    Return,
    Statement,
    Switch,
    Value,
    While,
)
from c2rust_py.ir.walk import Node, map_children, walk, walk_all

N = TypeVar("N", bound=Node)
Statements = tuple[Statement, ...]

LIST_FIELDS: Mapping[type, tuple[str, ...]] = {
    Block: ("body",),
    If: ("then", "otherwise"),
    While: ("body",),
    DoWhile: ("body",),
    For: ("init", "step", "body"),
    Loop: ("body",),
    Labelled: ("body",),
    Switch: ("body",),
    Arm: ("body",),
    CatchJump: ("body",),
    BlockValue: ("body",),
}
"""The fields of each node class that hold a list of statements."""


def map_lists(body: Statements, change: Callable[[Statements], Statements]) -> Statements:
    """Every list of statements in `body`, innermost first and `body` itself last, replaced by what `change` makes of it;
    lists inside of values are among them."""
    return change(tuple([map_lists_inside(statement, change) for statement in body]))


def map_lists_inside(node: N, change: Callable[[Statements], Statements]) -> N:
    """`map_lists` on the lists below one node."""
    return map_nearest_lists(node, lambda body: map_lists(body, change))


def map_nearest_lists(node: N, change: Callable[[Statements], Statements]) -> N:
    """The lists below one node that are in no other list below it, replaced by what `change` makes of them."""
    updates: dict[str, Statements] = {}
    for name in LIST_FIELDS.get(type(node), ()):
        old = cast(Statements, getattr(node, name))
        new = change(old)
        if not _same(old, new):
            updates[name] = new
    changed: N = node
    if updates:
        changed = cast(N, replace(cast(Any, node), **updates))

    def child(inner: Node) -> Node:
        if isinstance(inner, Statement):
            return inner
        return map_nearest_lists(inner, change) if isinstance(inner, Arm) or has_block(inner) else inner

    return map_children(changed, child)


def _same(old: Statements, new: Statements) -> bool:
    return len(old) == len(new) and all(a is b for a, b in zip(old, new, strict=True))


def has_block(node: Node) -> bool:
    """Whether statements hide in a value or place."""
    return any(isinstance(inner, BlockValue) for inner in walk(node))


def rewrite_jumps(node: N, change: Callable[[Statement], Statements | None]) -> N:
    """Each statement below `node` for which `change` gives statements, replaced by them."""

    def rewrite(body: Statements) -> Statements:
        result: list[Statement] = []
        for statement in body:
            new = change(statement)
            result.extend((statement,) if new is None else new)
        return tuple(result)

    return map_lists_inside(node, rewrite)


def has_jump_to(body: Statements, label: str, kind: type[Break | Continue] = Break) -> bool:
    """Whether a `Break` (or `Continue`) of `label` stands anywhere in `body`."""
    return any(isinstance(node, kind) and node.label == label for node in walk_all(body))


def is_true(value: Value | None) -> bool:
    """Whether a condition always holds, as far as one sees at once (none at all does)."""
    return value is None or (isinstance(value, IntConst) and value.value != 0)


def runs_off(body: Statements, noreturn: frozenset[str] = frozenset()) -> bool:
    """Whether control may reach the end of `body`. False is certain; `noreturn` has functions that do not return."""
    reachable = True
    for statement in body:
        if isinstance(statement, (Label, Case, Default)):
            reachable = True
        elif reachable:
            reachable = _passes(statement, noreturn)
        elif has_entry(statement):
            reachable = True
    return reachable


def has_entry(statement: Statement) -> bool:
    """Whether a jump may lead into the statement."""
    return any(isinstance(node, (Label, Case, Default)) for node in walk(statement))


def _passes(statement: Statement, noreturn: frozenset[str]) -> bool:
    """Whether control may go on behind the statement."""
    match statement:
        case Break() | Continue() | Return() | Goto() | ComputedGoto():
            return False
        case Evaluate(Call(FunctionRef(symbol))):
            return symbol not in noreturn
        case Evaluate(Builtin(name)):
            return name not in ("trap", "unreachable")
        case Block(body):
            return runs_off(body, noreturn)
        case If(_, then, otherwise):
            # An else-if chain is followed without recursion.
            while len(otherwise) == 1 and isinstance(otherwise[0], If):
                if runs_off(then, noreturn):
                    return True
                then, otherwise = otherwise[0].then, otherwise[0].otherwise
            return runs_off(then, noreturn) or runs_off(otherwise, noreturn)
        case While(label, condition, body):
            return not is_true(condition) or has_jump_to(body, label)
        case For(label, _, condition, step, body):
            return not is_true(condition) or has_jump_to((*step, *body), label)
        case DoWhile(label, body, condition):
            ends = not is_true(condition) and (runs_off(body, noreturn) or has_jump_to(body, label, Continue))
            return ends or has_jump_to(body, label)
        case Loop(label, body) | CatchJump(label, _, _, body):
            return has_jump_to(body, label)
        case Labelled(label, body):
            return runs_off(body, noreturn) or has_jump_to(body, label)
        case Match(label, _, arms):
            covers_all = bool(arms) and not arms[-1].patterns
            return (
                not covers_all
                or any(runs_off(arm.body, noreturn) for arm in arms)
                or any(has_jump_to(arm.body, label) for arm in arms)
            )
        case _:
            return True
