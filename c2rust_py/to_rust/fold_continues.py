"""Guards of a loop's body that jump to its step, as conditions of what follows them.

    for (…; i++) { if (a) continue; f(); }               ->      { if (!a) { f(); } }
    for (…; i++) { if (a) { g(); continue; } f(); }      ->      { if (a) { g(); } else { f(); } }

A Rust loop with a step of its own has no `continue` that runs it. Where guards stand deep or many, the body stays as it is and
becomes a labelled block.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.ir.nodes import Continue, If, Not, Statement
from c2rust_py.ir.types import INT
from c2rust_py.ir.walk import walk_all

_MOST_GUARDS = 3


def fold_continues(label: str, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The body without a `continue` of the loop `label`, or as it is."""
    folded = _fold(label, body, _MOST_GUARDS)
    return body if continues_to(label, folded) else folded


def continues_to(label: str, body: tuple[Statement, ...]) -> bool:
    return any(isinstance(node, Continue) and node.label == label for node in walk_all(body))


def _fold(label: str, body: tuple[Statement, ...], guards: int) -> tuple[Statement, ...]:
    if body and isinstance(body[-1], Continue) and body[-1].label == label:
        return _fold(label, body[:-1], guards)
    for index, statement in enumerate(body):
        if not isinstance(statement, If) or not continues_to(label, (statement,)):
            continue
        rest = body[index + 1 :]
        if not rest:
            both = (_fold(label, branch, guards) for branch in (statement.then, statement.otherwise))
            return (*body[:index], replace(statement, then=next(both), otherwise=next(both)))
        if guards == 0 or not statement.then or not _jumps(label, statement.then[-1]) or statement.otherwise:
            return body
        then = _fold(label, statement.then[:-1], guards - 1)
        following = _fold(label, rest, guards - 1)
        if then:
            return (*body[:index], replace(statement, then=then, otherwise=following))
        negated = Not(statement.condition, INT, statement.span)
        return (*body[:index], If(negated, following, (), statement.span))
    return body


def _jumps(label: str, statement: Statement) -> bool:
    return isinstance(statement, Continue) and statement.label == label
