"""Calls with one of two formats as one of two calls, each with a format that is known.

    printf(hex ? "%x\\n" : "%d\\n", v);      ->      if (hex) printf("%x\\n", v); else printf("%d\\n", v);

Only where no argument has effects: all of them may be evaluated behind the condition then. Ends because each
of the two has fewer formats; there is one copy of the arguments for each.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from c2rust_py.ir.nodes import Call, Conditional, Evaluate, FunctionRef, If, Statement, Value
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.walk import Node, is_stable, map_children
from c2rust_py.normalise.lower_output import literal, literal_choice
from c2rust_py.normalise.print_formats import argument_conversions

_FORMATS = {"printf": 0, "fprintf": 1, "sprintf": 1, "snprintf": 2}
"""The argument that is the format."""


def choose_formats(program: Program) -> Program:
    """The program with a call for each format."""
    own = program.functions.keys()
    return replace(program, functions={s: _in_function(f) if own.isdisjoint(_FORMATS) else f for s, f in program.functions.items()})


def _in_function(function: Function) -> Function:
    return replace(function, body=tuple(_statement(statement) for statement in function.body))


def _statement(statement: Statement) -> Statement:
    changed = _node(statement)
    assert isinstance(changed, Statement)
    return changed


def _node(node: Node) -> Node:
    match node:
        case Evaluate(Call() as call, span) if (choice := _choice(call)) is not None:
            condition, first, second = choice
            return If(condition, (_statement(Evaluate(first, span)),), (_statement(Evaluate(second, span)),), span)
        case Call() if (choice := _choice(node)) is not None:
            condition, first, second = choice
            return Conditional(condition, _value(first), _value(second), node.type, node.span)
        case _:
            return map_children(node, _node)


def _value(value: Value) -> Value:
    changed = _node(value)
    assert isinstance(changed, Value)
    return changed


def _choice(call: Call) -> tuple[Value, Call, Call] | None:
    """The condition of a call that chooses between two formats, and the calls with either."""
    if not isinstance(call.function, FunctionRef) or call.function.symbol not in _FORMATS or not all(map(is_stable, call.args)):
        return None
    position = _FORMATS[call.function.symbol]
    match call.args[position : position + 1]:
        case (Conditional(condition, then, otherwise) as format,) if literal_choice(format):
            return condition, _with_format(call, position, then), _with_format(deepcopy(call), position, otherwise)
        case _:
            return None


def _with_format(call: Call, position: int, format: Value) -> Call:
    """The call with one of the formats, without arguments that this one has no use for (C11 7.21.6.1p2)."""
    given = call.args[position + 1 :]
    data = literal(format)
    wanted = None if data is None else argument_conversions(data)
    return replace(call, args=(*call.args[:position], format, *(given if wanted is None else given[: len(wanted)])))
