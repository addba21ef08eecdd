"""Signed operators that are known to overflow, as the unsigned ones that gcc's code has in their place.

    h = h * 31 + c;          ->          h = (int)((unsigned)(int)((unsigned)h * 31U) + (unsigned)c);

C has no word for what happens then (C11 6.5p5), gcc goes on with the low bits. An operator counts where it, or the statement that it
is in, stands on the line: a panic only tells the line of the statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast, get_args

from c2rust_py.diagnostics import Span
from c2rust_py.ir.nodes import Binary, BinaryOp, Convert, IntConst, Statement, Unary, UnaryOp, Value
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import IntKind, IntType, Type
from c2rust_py.ir.walk import Node, map_children
from c2rust_py.overflow import Overflow

_UNSIGNED = {
    IntKind.INT: IntKind.UINT,
    IntKind.LONG: IntKind.ULONG,
    IntKind.LLONG: IntKind.ULLONG,
    IntKind.INT128: IntKind.UINT128,
}
_OPERATORS = {BinaryOp.ADD: "+", BinaryOp.SUB: "-", BinaryOp.MUL: "*"}
_STATEMENTS = frozenset(get_args(Statement))


def wrap_signed(program: Program, overflows: Iterable[Overflow]) -> Program:
    """The program in which the operators of `overflows` wrap."""
    wanted = {(found.file, found.line, found.operator) for found in overflows}
    if not wanted:
        return program
    rewriting = _Rewriting(wanted)
    functions = {
        symbol: replace(function, body=tuple(cast(Statement, rewriting.node(s, s.span)) for s in function.body))
        for symbol, function in program.functions.items()
    }
    return replace(program, functions=functions)


class _Rewriting:
    """The walk, with the place of the statement around."""

    def __init__(self, wanted: set[tuple[str, int, str]]) -> None:
        self.wanted = wanted

    def node(self, node: Node, around: Span) -> Node:
        if type(node) in _STATEMENTS:
            around = cast(Statement, node).span
        made = map_children(node, lambda child: self.node(child, around))
        match made:
            case Binary(op, left, right, type_, span) if op in _OPERATORS:
                unsigned = self._unsigned(type_, _OPERATORS[op], span, around)
                if unsigned is not None:
                    sides = _converted(left, unsigned), _converted(right, unsigned)
                    return Convert(Binary(op, *sides, unsigned, span), type_, span)
            case Unary(UnaryOp.NEGATE, operand, type_, span):
                unsigned = self._unsigned(type_, "-", span, around)
                if unsigned is not None:
                    return Convert(Unary(UnaryOp.NEGATE, _converted(operand, unsigned), unsigned, span), type_, span)
            case _:
                pass
        return made

    def _unsigned(self, type: Type, operator: str, own: Span, around: Span) -> IntType | None:
        """The type in which the operator wraps; None where it is none that shall."""
        kind = _UNSIGNED.get(type.kind) if isinstance(type, IntType) else None
        if kind is None or not {(s.file, s.line, operator) for s in (own, around)} & self.wanted:
            return None
        return IntType(kind)


def _converted(value: Value, type: IntType) -> Value:
    if isinstance(value, IntConst) and value.name is None:
        return replace(value, value=type.kind.wrap(value.value), type=type)
    return Convert(value, type, value.span)
