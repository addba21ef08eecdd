"""The two instances that a function may have: which of them the program needs, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from c2rust_py.infer.solution import MEMORY_SUFFIX, Solution, memory_instance
from c2rust_py.ir.nodes import FunctionRef, Value
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.walk import Node, map_children, walk, walk_all


def point_to_instances(program: Program, solution: Solution) -> Program:
    """Function pointers in static initialisers are to the instances for pointers to memory."""

    def change(node: Node) -> Node:
        if isinstance(node, FunctionRef) and node.symbol in program.functions and solution.lifts_signature(node.symbol):
            return replace(node, symbol=memory_instance(node.symbol))
        return map_children(node, change)

    variables = {
        symbol: variable if variable.init is None else replace(variable, init=_value(change(variable.init)))
        for symbol, variable in program.variables.items()
    }
    return replace(program, variables=variables)


def _value(node: Node) -> Value:
    assert isinstance(node, Value)
    return node


def keep_reached(program: Program) -> Program:
    """Without second instances that nobody calls, and without first ones that only stood there to have a second: where
    one is left, it has the name that C gave it."""
    references = {symbol: _references(function) for symbol, function in program.functions.items()}
    static = {
        node.symbol
        for variable in program.variables.values()
        if variable.init is not None
        for node in walk(variable.init)
        if isinstance(node, FunctionRef)
    }
    closed_world = any(f.name == "main" and not f.static for f in program.functions.values())
    roots = [
        symbol
        for symbol, function in program.functions.items()
        if not symbol.endswith(MEMORY_SUFFIX)
        and (memory_instance(symbol) not in program.functions or not (function.static or closed_world))
    ]
    reached = _closure([*roots, *static], references)
    for symbol in program.functions:
        if symbol not in reached and memory_instance(symbol) not in reached and not symbol.endswith(MEMORY_SUFFIX):
            reached |= _closure([symbol], references)
    kept = {symbol: f for symbol, f in program.functions.items() if symbol in reached}
    ordered = {symbol: _named(f, kept) for symbol, f in program.functions.items() if symbol in kept}
    units = tuple(
        replace(unit, functions=tuple(s for name in unit.functions for s in (name, memory_instance(name)) if s in kept))
        for unit in program.units
    )
    by_unit = {symbol: ordered[symbol] for unit in units for symbol in unit.functions}
    return replace(program, functions=by_unit, units=units)


def _references(function: Function) -> set[str]:
    return {node.symbol for node in walk_all(function.body) if isinstance(node, FunctionRef)}


def _closure(roots: Iterable[str], references: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(roots)
    while waiting:
        symbol = waiting.pop()
        if symbol not in reached and symbol in references:
            reached.add(symbol)
            waiting.extend(references[symbol])
    return reached


def _named(function: Function, kept: dict[str, Function]) -> Function:
    """The second instance under the plain name where it is the only one."""
    first = function.symbol.removesuffix(MEMORY_SUFFIX)
    if first == function.symbol or first in kept:
        return function
    return replace(function, name=function.name.removesuffix("_in_memory"))
