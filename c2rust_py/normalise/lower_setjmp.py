"""`setjmp` becomes a catch around the rest of its function.

    open();                              open();
    if (setjmp(env) == 0) {              catch 'setjmp result = (env) {
        work();                              if (result == 0) { work(); } else { report(); }
    } else {                      ->         close();
        report();                            return;
    }                                    }
    close();

That is the form for a call in the function's own list of statements, unless a goto crosses it. Otherwise (`resume_setjmp`),
the catch holds a copy of the whole function that goes on where the `setjmp` stands. A call that is no part of the first
thing its statement does, or that stands in a place with no such form, makes its function a stub with C2RS-499.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.diagnostics import Code, Span
from c2rust_py.ir.nodes import (
    AllocateVla,
    Assign,
    Block,
    Break,
    Call,
    CatchJump,
    Compare,
    Continue,
    Declare,
    DoWhile,
    For,
    FunctionRef,
    Goto,
    If,
    IntConst,
    Label,
    Labelled,
    Load,
    LocalPlace,
    Logical,
    LogicalOp,
    Loop,
    Not,
    Return,
    Statement,
    Value,
    While,
    ZeroValue,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.stubs import stub_of
from c2rust_py.ir.types import INT, Type, VoidType
from c2rust_py.ir.verify import SETJMP_NAMES
from c2rust_py.ir.walk import walk_all
from c2rust_py.normalise.find_setjmp import calls_setjmp, first_setjmp, is_setjmp, own_values, replace_call
from c2rust_py.normalise.fresh import Fresh
from c2rust_py.normalise.resume_setjmp import UnsupportedSetjmp, resume_setjmp
from c2rust_py.normalise.statement_lists import Statements, map_lists, rewrite_jumps, runs_off


def lower_setjmp(function: Function, noreturn: frozenset[str]) -> Function:
    """`function` with `CatchJump` for each call of `setjmp`. Relies on `lower_switch`; leaves gotos."""
    if not any(isinstance(n, FunctionRef) and n.symbol in SETJMP_NAMES for n in walk_all(function.body)):
        return function
    fresh = Fresh.of(function)
    try:
        _check_uses(function)
        body = map_lists(function.body, lambda body: tuple([_open(statement, fresh) for statement in body]))
        body = _Lowering(fresh, function.type.result, noreturn).rest(body)
    except UnsupportedSetjmp as problem:
        return stub_of(function, Code.UNSUPPORTED_C, problem.reason, problem.span)
    return fresh.finish(function, body)


def _check_uses(function: Function) -> None:
    """A pointer to `setjmp` could be called anywhere."""
    calls = {id(n.function) for n in walk_all(function.body) if isinstance(n, Call) and is_setjmp(n)}
    for node in walk_all(function.body):
        if isinstance(node, FunctionRef) and node.symbol in SETJMP_NAMES and id(node) not in calls:
            raise UnsupportedSetjmp("the address of setjmp", node.span)


def _open(statement: Statement, fresh: Fresh) -> Statement:
    """Loops with a call in their condition or step become endless ones that test in their body; the second half of a
    logical condition with a call in it becomes a statement of its own."""
    match statement:
        case If(Logical(op, left, right) as condition, _, _, span) if not calls_setjmp(left) and calls_setjmp(right):
            truth = fresh.local("truth", INT, span)
            place = LocalPlace(truth, INT, span)
            is_truth = isinstance(right, (Not, Compare, Logical))
            value = right if is_truth else Not(Not(right, INT, span), INT, span)
            test: Statements = (Assign(place, value, span),)
            known: Statements = (Assign(place, IntConst(int(op is LogicalOp.OR), INT, span), span),)
            first = If(left, known, test, span) if op is LogicalOp.OR else If(left, test, known, span)
            second = replace(statement, condition=Load(place, condition.type, span))
            return Block((Declare(truth, None, span), first, second), span)
        case While(label, condition, body, span) if calls_setjmp(condition):
            return Loop(label, (_unless(condition, label, fresh, span), *body), span)
        case DoWhile(label, body, condition, span) if calls_setjmp(condition):
            return Loop(label, (_round(label, body, fresh, span), _unless(condition, label, fresh, span)), span)
        case For(label, init, condition, step, body, span):
            tested = condition is not None and calls_setjmp(condition)
            if not tested and not any(map(calls_setjmp, step)):
                return statement
            test = (_unless(condition, label, fresh, span),) if condition is not None else ()
            return Block((*init, Loop(label, (*test, _round(label, body, fresh, span), *step), span)), span)
        case _:
            return statement


def _unless(condition: Value, label: str, fresh: Fresh, span: Span) -> Statement:
    return _open(If(condition, (), (Break(label, span),), span), fresh)


def _round(label: str, body: Statements, fresh: Fresh, span: Span) -> Statement:
    """One round of a loop, which its `continue` leaves."""
    inner = fresh.label(f"{label}_round")

    def jump(statement: Statement) -> Statements | None:
        is_next = isinstance(statement, Continue) and statement.label == label
        return (Break(inner, statement.span),) if is_next else None

    return rewrite_jumps(Labelled(inner, body, span), jump)


class _Lowering:
    """Works on the list of statements that is the rest of a function."""

    def __init__(self, fresh: Fresh, result: Type, noreturn: frozenset[str]) -> None:
        self.fresh = fresh
        self.result = result
        self.noreturn = noreturn

    def rest(self, body: Statements) -> Statements:
        """The statements with a catch in place of each call."""
        body = _dissolve_blocks(body)
        position = next((i for i, statement in enumerate(body) if calls_setjmp(statement)), None)
        if position is None:
            return body
        head, statement, tail = body[:position], body[position], body[position + 1 :]
        call = first_setjmp(statement)
        if call is None or _crossed(head, body[position:]):
            if any(map(calls_setjmp, own_values(statement))) and call is None:
                raise UnsupportedSetjmp("setjmp in the middle of an expression", statement.span)
            return resume_setjmp(body, self.fresh, self.close)
        result = self.fresh.local("jumped", INT, call.span)
        load = Load(LocalPlace(result, INT, call.span), INT, call.span)
        inner = self.rest((replace_call(statement, call, load), *tail))
        catch = CatchJump(self.fresh.label("setjmp"), call.args[0], result, self.close(inner), call.span)
        return (*head, Declare(result, None, call.span), catch)

    def close(self, body: Statements) -> Statements:
        """The rest of a function with a return at its end. (Where a value is due, C leaves it undefined.)"""
        if not runs_off(body, self.noreturn):
            return body
        span = body[-1].span
        value = None if isinstance(self.result, VoidType) else ZeroValue(self.result, span)
        return (*body, Return(value, span))


def _dissolve_blocks(body: Statements) -> Statements:
    """Blocks that hold a call become part of the list, so that what follows them can be part of the catch."""
    result: list[Statement] = []
    for statement in body:
        arrays = isinstance(statement, Block) and any(isinstance(inner, AllocateVla) for inner in statement.body)
        if isinstance(statement, Block) and not arrays and calls_setjmp(statement):
            result.extend(_dissolve_blocks(statement.body))
        else:
            result.append(statement)
    return tuple(result)


def _crossed(head: Statements, tail: Statements) -> bool:
    """Whether a goto leads from one part of a list into the other."""

    def labels(body: Statements) -> set[str]:
        return {node.name for node in walk_all(body) if isinstance(node, Label)}

    def gotos(body: Statements) -> set[str]:
        return {node.label for node in walk_all(body) if isinstance(node, Goto)}

    return not labels(head).isdisjoint(gotos(tail)) or not labels(tail).isdisjoint(gotos(head))
