"""GNU C's `cleanup` attribute: a variable's cleanup is called wherever its scope is left.

    for (;;) {                                          for (;;) {
        char *p __attribute__((cleanup(drop))) = f();       char *p = f();
        if (!p) break;                                      if (!p) { drop(&p); break; }
        if (*p) return g(p);                                if (*p) { int result = g(p); drop(&p); return result; }
    }                                                       drop(&p);
                                                        }

Ways out are the block's end, `return`, `break`, `continue` and `goto`; several cleanups run in the reverse order of their
declarations. `longjmp` and `exit` run none. Relies on standing before the passes that remove gotos and switches.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from c2rust_py.diagnostics import Code
from c2rust_py.ir.nodes import (
    Block,
    BlockValue,
    Break,
    ComputedGoto,
    Continue,
    Declare,
    DoWhile,
    Evaluate,
    For,
    Goto,
    Label,
    Labelled,
    Load,
    LocalPlace,
    Loop,
    Return,
    Statement,
    Switch,
    Value,
    While,
)
from c2rust_py.ir.program import Function, Local, LocalKind
from c2rust_py.ir.stubs import stub_of
from c2rust_py.ir.walk import Node, map_children, walk_all
from c2rust_py.normalise.statement_lists import Statements, map_nearest_lists, runs_off

Cleanups = tuple[Value, ...]
"""The calls that leaving the scopes at hand takes, outermost first."""


def run_cleanups(function: Function, noreturn: frozenset[str]) -> Function:
    """The function with its cleanups as calls, and none in its declarations."""
    nodes = list(walk_all(function.body))
    if not any(isinstance(node, Declare) and node.cleanup is not None for node in nodes):
        return function
    for node in nodes:
        if isinstance(node, ComputedGoto):
            reason = "a computed goto in a function with the attribute 'cleanup' is not translated"
            return stub_of(function, Code.ATTRIBUTE_UNSUPPORTED, reason, node.span)
    rewrite = _Rewrite(list(function.locals), noreturn)
    body = tuple(cast(Statement, rewrite.bind_results(statement)) for statement in function.body)
    rewrite.scope(body, ())  # finds where the labels stand
    del rewrite.locals[rewrite.bound :]
    return replace(function, body=rewrite.scope(body, ()), locals=tuple(rewrite.locals))


@dataclass(slots=True)
class _Rewrite:
    """The rewriting of one function; `targets` has the cleanups that are due where a label leads to."""

    locals: list[Local]
    noreturn: frozenset[str]
    targets: dict[str, Cleanups] = field(default_factory=dict)
    bound: int = 0

    def bind_results(self, node: Node) -> Node:
        """Values of blocks are computed before the block's cleanups run."""
        node = map_children(node, self.bind_results)
        if isinstance(node, BlockValue) and node.value is not None and _declares_cleanup(node.body):
            declare, result = self.temporary(node.value)
            node = replace(node, body=(*node.body, declare), value=result)
        self.bound = len(self.locals)
        return node

    def temporary(self, value: Value) -> tuple[Statement, Value]:
        """The declaration of a new local that holds a value, and the value again."""
        local = Local(len(self.locals), "result", value.type, LocalKind.TEMPORARY, value.span)
        self.locals.append(local)
        place = LocalPlace(local.id, value.type, value.span)
        return Declare(local.id, value, value.span), Load(place, value.type, value.span)

    def scope(self, body: Statements, outer: Cleanups) -> Statements:
        """A list of statements that is a scope: its cleanups end with it."""
        active = outer
        result: list[Statement] = []
        for statement in body:
            match statement:
                case Declare(cleanup=call) if call is not None:
                    result.append(self.inside(replace(statement, cleanup=None), active))
                    active = (*active, call)
                case For(init=init) if _declares_cleanup(init):
                    loop = replace(statement, init=())
                    result.append(Block(self.scope((*init, loop), active), statement.span))
                case _:
                    result += self.statement(statement, active)
        if runs_off(tuple(result), self.noreturn):
            result += _leave(active, outer)
        return tuple(result)

    def statement(self, statement: Statement, active: Cleanups) -> list[Statement]:
        match statement:
            case Label(name):
                self.targets[name] = active
                return [statement]
            case Goto(label) | Break(label) | Continue(label):
                return [*_leave(active, self.targets.get(label, active)), statement]
            case Return(value) if active:
                return self.returned(statement, value, active)
            case While(label) | DoWhile(label) | For(label) | Loop(label) | Labelled(label) | Switch(label):
                self.targets[label] = active
                return [self.inside(statement, active)]
            case _:
                return [self.inside(statement, active)]

    def inside(self, statement: Statement, active: Cleanups) -> Statement:
        return map_nearest_lists(statement, lambda body: self.scope(body, active))

    def returned(self, statement: Return, value: Value | None, active: Cleanups) -> list[Statement]:
        if value is None:
            return [*_leave(active, ()), statement]
        declare, result = self.temporary(value)
        return [self.inside(declare, active), *_leave(active, ()), replace(statement, value=result)]


def _declares_cleanup(body: Statements) -> bool:
    return any(isinstance(statement, Declare) and statement.cleanup is not None for statement in body)


def _leave(active: Cleanups, target: Cleanups) -> list[Statement]:
    """The calls of the cleanups that are due here and not at the target, innermost first."""
    shared = 0
    while shared < min(len(active), len(target)) and active[shared] is target[shared]:
        shared += 1
    return [Evaluate(call, call.span) for call in reversed(active[shared:])]
