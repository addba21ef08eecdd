"""Assignment, compound assignment, `++` and `--`: as statements, and as values where C uses the result (C11 6.5.16)."""

from __future__ import annotations

from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import expressions
from c2rust_py.frontend.elaborate.c_types import erase, is_arithmetic, is_pointer, spell, unqualified
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import (
    bit_field_value,
    constant_operand,
    convert_for_assignment,
    to_rvalue,
)
from c2rust_py.frontend.elaborate.effects import has_effect
from c2rust_py.frontend.elaborate.lvalues import bind, require_lvalue, stabilise
from c2rust_py.frontend.elaborate.operands import Lvalue, Operand, Rvalue
from c2rust_py.frontend.elaborate.operators import binary
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.ir.nodes import (
    Assign,
    BinaryOp,
    BlockValue,
    Call,
    Convert,
    Declare,
    FieldPlace,
    FloatConst,
    GlobalPlace,
    IntConst,
    LocalPlace,
    Place,
    Statement,
    Truncate,
    Value,
    ZeroValue,
)
from c2rust_py.ir.types import INT, ArrayType, IntKind
from c2rust_py.ir.walk import walk

_OPERATORS = {f"{op.value}=": op for op in BinaryOp}


def fit_bit_field(cx: Context, stored: Rvalue, width: int | None) -> Rvalue:
    """What a bit-field of that width keeps of a value of its type."""
    if width is None or cx.integer_type(stored.type).kind is IntKind.BOOL:
        return stored
    kind = cx.integer_type(stored.type).kind
    is_cut = isinstance(stored.value, Truncate) and stored.value.width == width and stored.value.type == erase(stored.type)
    if width == kind.bits or is_cut:
        return stored
    if isinstance(stored.constant, int):
        low = stored.constant & ((1 << width) - 1)
        kept = low - (1 << width) if kind.signed and low >> (width - 1) else low
        if kept == stored.constant:
            return stored
        return constant_operand(kept, stored.type, stored.span)
    return Rvalue(Truncate(stored.value, width, erase(stored.type), stored.span), stored.type)


def _target(cx: Context, node: Any) -> Lvalue:
    """The object on the left of an assignment."""
    span = span_of(cx, node)
    target = require_lvalue(cx, expressions.expression(cx, node), span)
    if isinstance(unqualified(target.type), ArrayType):
        cx.fail(Code.NOT_LVALUE, "an array cannot be assigned to", span)
    return target


def _plain(cx: Context, node: Any) -> tuple[Lvalue, Rvalue]:
    """Target and converted value of `a = b`."""
    span = span_of(cx, node)
    target = _target(cx, node.lvalue)
    stored = convert_for_assignment(cx, expressions.value(cx, node.rvalue), target.type, span)
    return target, fit_bit_field(cx, stored, target.width)


def _compound(cx: Context, node: Any, body: list[Statement]) -> tuple[Lvalue, Rvalue]:
    """Target and new value of `a op= b`; a value of b with side effects is computed first, as gcc does it."""
    op, span = _OPERATORS[node.op], span_of(cx, node)
    target = _target(cx, node.lvalue)
    operand = expressions.value(cx, node.rvalue)
    if has_effect(operand.value) and not _untouched(cx, node.lvalue, target, operand.value):
        operand = bind(cx, operand, body)
    target = stabilise(cx, target, body)
    return target, _updated(cx, target, op, operand, span)


def _updated(cx: Context, target: Lvalue, op: BinaryOp, operand: Rvalue, span: Span) -> Rvalue:
    """The value that `target op= operand` stores: computed in the common type, converted back."""
    result = binary(cx, op, to_rvalue(cx, target), operand, span)
    return fit_bit_field(cx, convert_for_assignment(cx, result, target.type, span), target.width)


def _untouched(cx: Context, node: Any, target: Lvalue, operand: Value) -> bool:
    """Whether the target is a local that the operand cannot change, so that the order does not matter."""
    if not isinstance(node, c_ast.ID) or not isinstance(target.place, LocalPlace) or node.name in cx.current.addressed:
        return False
    local = target.place.local
    return not any(
        isinstance(inner, Assign) and _local_of(inner.place) == local or isinstance(inner, Declare) and inner.local == local
        for inner in walk(operand)
    )


def _local_of(place: Place) -> int | None:
    return place.local if isinstance(place, LocalPlace) else None


def assign_statements(cx: Context, node: Any) -> list[Statement]:
    """An assignment whose value is not used."""
    body: list[Statement] = []
    target, stored = _plain(cx, node) if node.op == "=" else _compound(cx, node, body)
    body.append(Assign(target.place, stored.value, span_of(cx, node)))
    return body


def assign(cx: Context, node: Any) -> Operand:
    """An assignment whose value is used: it is what was stored."""
    span = span_of(cx, node)
    body: list[Statement] = []
    if node.op == "=":
        target, stored = _plain(cx, node)
    else:
        target, stored = _compound(cx, node, body)
    return _store_and_keep(cx, target, stored, body, span)


def _store_and_keep(cx: Context, target: Lvalue, stored: Rvalue, body: list[Statement], span: Span) -> Rvalue:
    """Stores, and gives the stored value: read again from a variable, kept in a temporary for all else."""
    if isinstance(stored.value, IntConst | FloatConst | ZeroValue):
        body.append(Assign(target.place, stored.value, span))
        kept = bit_field_value(cx, stored, target.width)
    elif _is_variable(target.place):
        body.append(Assign(target.place, stored.value, span))
        kept = to_rvalue(cx, target)
    else:
        if _is_call(stored.value):
            target = stabilise(cx, target, body)
            kept = bind(cx, stored, body)
        else:  # gcc takes a value that is no call before the place
            kept = bind(cx, stored, body)
            target = stabilise(cx, target, body)
        body.append(Assign(target.place, kept.value, span))
        kept = bit_field_value(cx, kept, target.width)
    return Rvalue(BlockValue(tuple(body), kept.value, kept.value.type, span), kept.type, width=kept.width)


def _is_call(value: Value) -> bool:
    while isinstance(value, Convert) and value.type == value.operand.type:
        value = value.operand
    return isinstance(value, Call)



def _is_variable(place: Place) -> bool:
    """Whether reading the place right after a store gives what was stored, without computing anything twice."""
    while isinstance(place, FieldPlace):
        place = place.base
    return isinstance(place, LocalPlace | GlobalPlace)


def _check_increment(cx: Context, target: Lvalue, span: Span) -> None:
    if not is_pointer(target.type) and not is_arithmetic(target.type):
        cx.fail(Code.TYPE_MISMATCH, f"'++' and '--' do not fit '{spell(target.type)}'", span)


def _increment(cx: Context, node: Any, body: list[Statement]) -> tuple[Lvalue, BinaryOp, Rvalue]:
    span = span_of(cx, node)
    target = _target(cx, node.expr)
    _check_increment(cx, target, span)
    one = constant_operand(1, INT, span)
    op = BinaryOp.ADD if node.op.endswith("++") else BinaryOp.SUB
    return stabilise(cx, target, body), op, one


def increment_statements(cx: Context, node: Any) -> list[Statement]:
    """`++` and `--` whose value is not used."""
    body: list[Statement] = []
    target, op, one = _increment(cx, node, body)
    span = span_of(cx, node)
    body.append(Assign(target.place, _updated(cx, target, op, one, span).value, span))
    return body


def increment(cx: Context, node: Any) -> Operand:
    """`++x` is the new value, `x++` the old one."""
    span = span_of(cx, node)
    body: list[Statement] = []
    target, op, one = _increment(cx, node, body)
    if not node.op.startswith("p"):
        return _store_and_keep(cx, target, _updated(cx, target, op, one, span), body, span)
    old = to_rvalue(cx, target)
    kept = bind(cx, old, body)
    result = binary(cx, op, kept, one, span)
    stored = fit_bit_field(cx, convert_for_assignment(cx, result, target.type, span), target.width)
    body.append(Assign(target.place, stored.value, span))
    return Rvalue(BlockValue(tuple(body), kept.value, kept.value.type, span), kept.type, width=kept.width)


