"""Calls of functions that only convert a pointer become the conversion.

    static void *without_const(const void *p) { return (void *)p; }
    item->child = (struct item *)without_const(child);      ->      item->child = (struct item *)(void *)child;
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from c2rust_py.ir.nodes import Call, Convert, FunctionRef, Load, LocalPlace, Return, Statement, Value
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import FunctionType, PointerType, Type
from c2rust_py.ir.walk import Node, map_children


def inline_casts(program: Program) -> Program:
    """The program with such calls rewritten; the functions stay."""
    casts = {symbol for symbol, function in program.functions.items() if _is_cast(function)}
    if not casts:
        return program

    def change(node: Node) -> Node:
        made = map_children(node, change)
        match made:
            case Call(FunctionRef(symbol), (arg,), type, span) if symbol in casts:
                return arg if arg.type == type else Convert(arg, type, span)
            case _:
                return made

    functions = {
        symbol: replace(function, body=tuple(cast(Statement, change(statement)) for statement in function.body))
        for symbol, function in program.functions.items()
    }
    return replace(program, functions=functions)


def _is_cast(function: Function) -> bool:
    """Whether a function does no more than to return its only argument, a pointer to data, as another one."""
    match function.type, function.body:
        case FunctionType(result, (param,), False, True), (Return(value),) if value is not None and _is_data(result) and _is_data(param):
            bare: Value = value
            while isinstance(bare, Convert) and _is_data(bare.type):
                bare = bare.operand
            return isinstance(bare, Load) and isinstance(bare.place, LocalPlace) and bare.place.local == 0
        case _:
            return False


def _is_data(type: Type) -> bool:
    return isinstance(type, PointerType) and not isinstance(type.target, FunctionType)
