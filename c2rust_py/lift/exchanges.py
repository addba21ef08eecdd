"""Calls that exchange two elements of one array, which Rust has a method for: it may be the same element.

    swap(&a[i], &a[j]);      ->      t = a[i]; a[i] = a[j]; a[j] = t;        // `a.swap(i, j)` behind `refine.swaps`

The callee exchanges what its two parameters point to, and does nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from c2rust_py.ir.nodes import (
    Assign,
    Block,
    Borrow,
    Call,
    Declare,
    Evaluate,
    FunctionRef,
    IndexPlace,
    Load,
    LocalPlace,
    Place,
    ReferentPlace,
    Return,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.walk import is_stable, walk, walk_all
from c2rust_py.lift.before_calls import CallRewriter
from c2rust_py.lift.loans import may_overlap


def inline_exchanges(program: Program, closed_world: bool) -> Program:
    """The program with these calls written out, without the callees that nobody calls then. closed_world: nobody outside calls
    the program's functions."""
    exchanges = {symbol for symbol, function in program.functions.items() if _is_exchange(function)}
    if not exchanges:
        return program
    functions = {
        symbol: _Inliner(program, function, exchanges).rewritten() if _calls_any(function, exchanges) else function
        for symbol, function in program.functions.items()
    }
    hidden = {symbol for symbol in exchanges if closed_world or functions[symbol].static}
    made = replace(program, functions=functions)
    unused = hidden & _named(program) - _named(made)
    units = tuple(
        replace(unit, functions=tuple(s for s in unit.functions if s not in unused)) for unit in program.units
    )
    kept = {symbol: function for symbol, function in functions.items() if symbol not in unused}
    return replace(made, functions=kept, units=units)


def _named(program: Program) -> set[str]:
    """The functions that anything names."""
    bodies = (node for function in program.functions.values() for node in walk_all(function.body))
    inits = (node for one in program.variables.values() if one.init is not None for node in walk(one.init))
    return {node.symbol for node in (*bodies, *inits) if isinstance(node, FunctionRef)}


def _calls_any(function: Function, symbols: set[str]) -> bool:
    nodes = (node for node in walk_all(function.body) if isinstance(node, Evaluate))
    return any(_exchanged(node, symbols) is not None for node in nodes)


def _is_exchange(function: Function) -> bool:
    """Whether a function is `{ t = *a; *a = *b; *b = t; }` for its two parameters, either way round."""
    body = function.body[:-1] if function.body and isinstance(function.body[-1], Return) else function.body
    if len(function.type.params) != 2 or len(body) != 3:
        return False
    match body:
        case (
            Declare(t, Load(ReferentPlace(LocalPlace(first)))),
            Assign(ReferentPlace(LocalPlace(to)), Load(ReferentPlace(LocalPlace(second)))),
            Assign(ReferentPlace(LocalPlace(last)), Load(LocalPlace(old))),
        ):
            return {first, second} == {0, 1} and to == first and last == second and old == t
        case _:
            return False


def _exchanged(node: Statement, symbols: set[str] | None = None) -> tuple[IndexPlace, IndexPlace, Call] | None:
    """The two elements of one array that a statement exchanges by such a call."""
    match node:
        case Evaluate(Call(FunctionRef(symbol), (Borrow(IndexPlace() as one) as a, Borrow(IndexPlace() as other) as b)) as call):
            known = symbols is None or symbol in symbols
            return (one, other, call) if known and may_overlap(a, b) and not a.type.is_slice else None
        case _:
            return None


class _Inliner(CallRewriter):
    def __init__(self, program: Program, function: Function, exchanges: set[str]) -> None:
        super().__init__(program, function, {})
        self.exchanges = exchanges

    def rewrite(self, before: Call, call: Call) -> tuple[Sequence[Statement], Call]:
        return (), call

    def statement(self, node: Statement) -> tuple[Statement, ...]:
        found = _exchanged(node, self.exchanges)
        if found is None:
            return super().statement(node)
        settled, call = self.settled(found[2])
        made = _exchanged(Evaluate(call, node.span))
        if made is None or not all(map(is_stable, call.args)):
            return super().statement(node)
        one, other, _ = made
        old = self.new_local(self.param_name(call, 0), one.type, call)
        kept = LocalPlace(old.id, one.type, call.span)
        exchange = (
            Declare(old.id, _load(one), node.span),
            Assign(one, _load(other), node.span),
            Assign(other, _load(kept), node.span),
        )
        return (Block((*settled, *exchange), node.span),)


def _load(place: Place) -> Value:
    return Load(place, place.type, place.span)
