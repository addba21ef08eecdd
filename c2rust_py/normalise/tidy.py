"""Clean-ups that keep the meaning, for what the rewrites before leave behind and for readers.

    block 'a { loop 'b { x(); if (y) { break 'a; } else { continue 'b; } } }   ->   loop 'b { x(); if (y) { break 'b; } }

Gone are: statements that nothing reaches, jumps to where control goes anyway, labels of blocks that nothing breaks out of,
blocks that declare nothing. A break out of a block at the end of a loop's body is a `continue`. Endless `while` and `for`
are `Loop`, `do ... while (0)` is a block, and a loop that begins with a conditional break is a `While`.

Each rewrite removes a node or a jump or turns one kind of loop into another one for good, so the second round, which sees
what the first one uncovered, is the last. Relies on `remove_goto`: no label can be jumped to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from c2rust_py.ir.nodes import (
    AllocateVla,
    Arm,
    Block,
    Break,
    Builtin,
    Call,
    CatchJump,
    Continue,
    Declare,
    DoWhile,
    Evaluate,
    For,
    FunctionRef,
    If,
    IntConst,
    Labelled,
    Loop,
    Match,
    Return,
    Statement,
    While,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import Node, is_stable
from c2rust_py.normalise.flow_graph import Key, jump_key
from c2rust_py.normalise.negate import negate
from c2rust_py.normalise.statement_lists import Statements, has_block, is_true, map_nearest_lists

N = TypeVar("N", bound=Node)
ROUNDS = 2


def tidy(function: Function, noreturn: frozenset[str]) -> Function:
    """`function` with less in it; `noreturn` has the functions that do not return."""
    body = function.body
    for _ in range(ROUNDS):
        body = _Tidy(noreturn).list(body, _NOWHERE).body
    return replace(function, body=body)


@dataclass(frozen=True, slots=True)
class _Place:
    """What running off the end of a list means."""

    same: frozenset[Key]
    """The jumps that lead to where running off leads."""
    jump: Break | Continue | None
    """One of them, to write where a jump must be."""


_NOWHERE = _Place(frozenset(), None)


@dataclass(slots=True)
class _Result:
    """A list of statements, whether control runs off its end, and the jumps in it."""

    body: list[Statement] = field(default_factory=list)
    runs_off: bool = True
    jumps: set[Key] = field(default_factory=set)


def _inside(place: _Place, jump: Break | Continue) -> _Place:
    """The end of a statement's list that `jump` leads to, where the statement itself stands at `place`."""
    key = jump_key(jump)
    assert key is not None
    return _Place(place.same | {key}, place.jump or jump)


def _only(jump: Break | Continue) -> _Place:
    return _inside(_NOWHERE, jump)


@dataclass(slots=True)
class _Tidy:
    noreturn: frozenset[str]
    renamed: dict[Key, Break | Continue] = field(default_factory=dict)
    """The jumps to write in place of others."""

    def list(self, body: Sequence[Statement], place: _Place) -> _StatementsResult:
        result = _Result()
        last = next((i for i, s in enumerate(body) if isinstance(s, (Break, Continue, Return))), len(body) - 1)
        for position, statement in enumerate(body[: last + 1]):
            self.statement(statement, place if position == last else _NOWHERE, result)
            if not result.runs_off:
                break
        return _StatementsResult(tuple(result.body), result.runs_off, result.jumps)

    def statement(self, statement: Statement, place: _Place, out: _Result) -> None:
        """Appends what is left of `statement` to `out`."""
        match statement:
            case Break() | Continue():
                self.jump(statement, place, out)
            case Return():
                out.body.append(self.values(statement, out))
                out.runs_off = False
            case Block(body):
                self.block(body, place, out)
            case Labelled():
                self.labelled(statement, place, out)
            case If():
                self.condition(statement, place, out)
            case While(label, condition, body, span) if is_true(condition):
                self.statement(Loop(label, body, span), place, out)
            case For(label, init, condition, (), body, span) if is_true(condition):
                self.block((*init, Loop(label, body, span)), place, out)
            case DoWhile(label, body, condition, span) if is_true(condition):
                self.statement(Loop(label, body, span), place, out)
            case DoWhile(label, body, IntConst(0), span):
                self.renamed["continue", label] = Break(label, span)
                self.statement(Labelled(label, body, span), place, out)
            case Loop():
                self.loop(statement, out)
            case While() | For() | DoWhile():
                self.conditional_loop(statement, out)
            case Match():
                self.match(statement, place, out)
            case CatchJump():
                self.catch(statement, out)
            case _:
                out.body.append(self.values(statement, out))
                out.runs_off = not self.leaves(statement)

    def jump(self, statement: Break | Continue, place: _Place, out: _Result) -> None:
        key = jump_key(statement)
        while key is not None and key in self.renamed:
            statement = replace(self.renamed[key], span=statement.span)
            key = jump_key(statement)
        assert key is not None
        if key in place.same:
            return
        out.body.append(statement)
        out.jumps.add(key)
        out.runs_off = False

    def leaves(self, statement: Statement) -> bool:
        match statement:
            case Evaluate(Call(FunctionRef(symbol))):
                return symbol in self.noreturn
            case Evaluate(Builtin(name)):
                return name in ("trap", "unreachable")
            case _:
                return False

    def values(self, node: N, out: _Result) -> N:
        """The node with the lists inside of its values tidied, and their jumps noted."""
        if not has_block(node):
            return node

        def change(body: Statements) -> Statements:
            inner = self.list(body, _NOWHERE)
            out.jumps |= inner.jumps
            return inner.body

        return map_nearest_lists(node, change)

    # ---- blocks

    def block(self, body: Statements, place: _Place, out: _Result) -> None:
        """A scope that declares nothing dissolves."""
        inner = self.list(body, place)
        out.jumps |= inner.jumps
        out.runs_off = inner.runs_off
        out.body.extend(_scope(inner.body))

    def labelled(self, statement: Labelled, place: _Place, out: _Result) -> None:
        key = ("break", statement.label)
        match statement.body:
            case ((Loop(label) | While(label) | For(label) | DoWhile(label) | Match(label) | Labelled(label)) as only,):
                # Leaving the block is leaving the only statement in it.
                self.renamed[key] = Break(label, statement.span)
                self.statement(only, place, out)
                return
            case _:
                pass
        if place.jump is not None:
            self.renamed[key] = place.jump
            self.block(statement.body, place, out)
            return
        inner = self.list(statement.body, _only(Break(statement.label, statement.span)))
        out.runs_off = inner.runs_off or key in inner.jumps
        if key in inner.jumps:
            out.body.append(replace(statement, body=inner.body))
        else:
            out.body.extend(_scope(inner.body))
        out.jumps |= inner.jumps - {key}

    # ---- branches

    def condition(self, top: If, place: _Place, out: _Result) -> None:
        """An else-if chain, from its end."""
        chain = [top]
        while len(chain[-1].otherwise) == 1 and isinstance(chain[-1].otherwise[0], If):
            chain.append(chain[-1].otherwise[0])
        otherwise = self.list(chain[-1].otherwise, place)
        for node in reversed(chain):
            then = self.list(node.then, place)
            result = _Result()
            condition = self.values(node.condition, result)
            result.jumps |= then.jumps | otherwise.jumps
            result.runs_off = then.runs_off or otherwise.runs_off
            result.body = _branch(replace(node, condition=condition), then.body, otherwise.body)
            otherwise = _StatementsResult(tuple(result.body), result.runs_off, result.jumps)
        out.body.extend(otherwise.body)
        out.jumps |= otherwise.jumps
        out.runs_off = otherwise.runs_off

    def match(self, statement: Match, place: _Place, out: _Result) -> None:
        key = ("break", statement.label)
        leave = Break(statement.label, statement.span)
        inside = _inside(place, leave)
        if place.jump is not None:
            self.renamed[key] = place.jump
        value = self.values(statement.value, out)
        arms: list[Arm] = []
        runs_off = not (statement.arms and not statement.arms[-1].patterns)
        for arm in statement.arms:
            inner = self.list(arm.body, inside)
            out.jumps |= inner.jumps
            runs_off = runs_off or inner.runs_off or key in inner.jumps
            arms.append(Arm(arm.patterns, inner.body))
        if arms and not arms[-1].patterns and not arms[-1].body:
            arms.pop()
        out.jumps.discard(key)
        out.runs_off = runs_off
        if arms:
            out.body.append(replace(statement, value=value, arms=tuple(arms)))
        elif not is_stable(value):
            out.body.append(Evaluate(value, statement.span))

    # ---- loops

    def loop(self, statement: Loop, out: _Result) -> None:
        label = statement.label
        inner = self.list(statement.body, _only(Continue(label, statement.span)))
        out.runs_off = ("break", label) in inner.jumps
        again = inner.runs_off or ("continue", label) in inner.jumps
        match inner.body:
            case body if not again and out.runs_off:
                out.body.append(Labelled(label, body, statement.span))
            case body if not again:
                out.body.extend(_scope(body))
            case (*first, If(condition, (Continue(target),), (), span), (Break() | Return()) as last) if target == label:
                # The other way round, the way to the next round needs no words.
                out.body.append(replace(statement, body=(*first, If(negate(condition), (last,), (), span))))
            case (If(condition, (Break(target),), otherwise), *rest) if target == label and not has_block(condition):
                body = (*otherwise, *rest)
                out.body.append(While(label, negate(condition), body, statement.span))
            case _:
                out.body.append(replace(statement, body=inner.body))
        out.jumps |= inner.jumps - {("break", label), ("continue", label)}

    def conditional_loop(self, statement: While | For | DoWhile, out: _Result) -> None:
        label = statement.label
        inner = self.list(statement.body, _only(Continue(label, statement.span)))
        own = _Result()
        if isinstance(statement, For):
            own.body = list(self.list(statement.init, _NOWHERE).body)
            step = self.list(statement.step, _NOWHERE)
            own.jumps |= step.jumps
            condition = self.values(statement.condition, own) if statement.condition is not None else None
            new: Statement = replace(
                statement, init=tuple(own.body), condition=condition, step=step.body, body=inner.body
            )
        else:
            new = replace(statement, condition=self.values(statement.condition, own), body=inner.body)
        jumps = inner.jumps | own.jumps
        ends = isinstance(statement, For) and is_true(statement.condition)
        out.body.append(new)
        out.runs_off = not ends or ("break", label) in jumps
        if isinstance(statement, DoWhile) and not inner.runs_off and ("continue", label) not in jumps:
            out.runs_off = ("break", label) in jumps
        out.jumps |= jumps - {("break", label), ("continue", label)}

    def catch(self, statement: CatchJump, out: _Result) -> None:
        """Only returns and its own breaks leave a catch, so nothing outside is the same place as its end."""
        inner = self.list(statement.body, _NOWHERE)
        out.body.append(replace(statement, env=self.values(statement.env, out), body=inner.body))
        out.runs_off = ("break", statement.label) in inner.jumps
        out.jumps |= inner.jumps - {("break", statement.label)}


@dataclass(frozen=True, slots=True)
class _StatementsResult:
    body: Statements
    runs_off: bool
    jumps: set[Key]


def _scope(body: Statements) -> Statements:
    """The statements of a scope: in a block only where they declare something."""
    if any(isinstance(statement, (Declare, AllocateVla)) for statement in body):
        return (Block(body, body[0].span),)
    return body


def _branch(node: If, then: Statements, otherwise: Statements) -> list[Statement]:
    """An `If`, which is turned round where its first side is empty."""
    if then:
        return [replace(node, then=then, otherwise=otherwise)]
    if otherwise:
        return [replace(node, condition=negate(node.condition), then=otherwise, otherwise=())]
    return [] if is_stable(node.condition) else [Evaluate(node.condition, node.span)]
