"""Every local is declared where it is used: earlier, in a list of statements around the use (C11 6.2.1).

A declaration reaches the end of its list; one in the `init` of a `For` the whole loop, one in a `BlockValue` its value.
A local's scope begins before its own initialiser, which may take its address. Works on an explicit stack, as `verify`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from c2rust_py.diagnostics import Span
from c2rust_py.ir.nodes import (
    AllocateVla,
    BlockValue,
    CatchJump,
    Declare,
    DeclarePair,
    For,
    LocalPlace,
    Split,
    Statement,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import Node, child_groups


@dataclass(slots=True)
class _Scope:
    """The locals declared in one list so far."""

    locals: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Open:
    """The start of a list, on the stack of work."""


@dataclass(frozen=True, slots=True)
class _Close:
    """The end of a list, on the stack of work."""


_Work = Node | _Open | _Close


def find_undeclared(function: Function) -> tuple[str, Span] | None:
    """What is wrong and where: the first local that is used where no declaration reaches, or declared in its own scope."""
    declared = set(range(len(function.type.params)))
    scopes = [_Scope()]
    stack: list[_Work] = list(reversed(function.body))
    while stack:
        work = stack.pop()
        if isinstance(work, _Open):
            scopes.append(_Scope())
        elif isinstance(work, _Close):
            declared.difference_update(scopes.pop().locals)
        else:
            problem = _check(work, function, declared, scopes[-1])
            if problem is not None:
                return problem
            stack.extend(reversed(_parts(work)))
    return None


def _check(node: Node, function: Function, declared: set[int], scope: _Scope) -> tuple[str, Span] | None:
    match node:
        case Declare(local, _, span) | AllocateVla(local, _, span):
            if local in declared and isinstance(node, Declare):
                return f"local {function.locals[local].name} is declared in its own scope", span
            if local not in declared:
                declared.add(local)
                scope.locals.append(local)
        case Split(low=low, high=high):
            declared.update((low, high))
            scope.locals.extend((low, high))
        case DeclarePair():
            declared.update(node.declared)
            scope.locals.extend(node.declared)
        case LocalPlace(local, _, span) | CatchJump(_, _, local, _, span):
            if local not in declared:
                return f"local {function.locals[local].name} is not declared where it is used", span
        case _:
            pass
    return None


def _parts(node: Node) -> Sequence[_Work]:
    """The children, with the scopes of the lists among them."""
    whole = isinstance(node, (For, BlockValue))
    parts: list[_Work] = [_Open()] if whole else []
    for position, group in enumerate(child_groups(node)):
        is_list = bool(group) and isinstance(group[0], Statement)
        own = is_list and not (whole and position == 0)
        parts += [_Open(), *group, _Close()] if own else group
    return [*parts, _Close()] if whole else parts
