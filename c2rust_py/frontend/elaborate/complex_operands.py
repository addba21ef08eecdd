"""GNU C's complex operands: imaginary constants, the parts of an object, `__builtin_complex`."""

from __future__ import annotations

from typing import Any

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import expressions, literals
from c2rust_py.frontend.elaborate.c_types import (
    erase,
    is_complex,
    is_integer,
    pointer_to,
    qualify,
    quals_of,
    unqualified,
)
from c2rust_py.frontend.elaborate.complex_numbers import made, part_of
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import constant_operand, convert, to_rvalue
from c2rust_py.frontend.elaborate.operands import Lvalue, Operand, Rvalue
from c2rust_py.ir.nodes import AddressOf, Convert, DerefPlace, FloatConst, IntConst, PointerAdd, Value
from c2rust_py.ir.types import DOUBLE, INT, ComplexType, FloatType, PointerType


def imaginary_constant(cx: Context, spelling: str, kind: str, span: Span) -> Rvalue:
    """`2.0i`; one of an integer type is taken as a double's, as this IR has no complex integers."""
    if "int" in kind:
        cx.fail(Code.COMPLEX_TYPE, "complex integers are not translated", span)
    number, type = literals.float_literal(spelling)
    real = unqualified(type)
    assert isinstance(real, FloatType)
    return made(FloatConst(0.0, real, span), FloatConst(number, real, span), ComplexType(real.kind), span)


def part(cx: Context, op: str, operand: Operand, span: Span) -> Operand:
    """`__real__ x` and `__imag__ x`: parts of a complex object are objects. Of a real x, they are x and 0."""
    inner = unqualified(operand.type)
    if not isinstance(inner, ComplexType):
        if op == "__real__":
            return operand
        value = to_rvalue(cx, operand)
        return constant_operand(0 if is_integer(inner) else 0.0, unqualified(value.type), span)
    if not isinstance(operand, Lvalue):
        return part_of(to_rvalue(cx, operand), "real" if op == "__real__" else "imag")
    type = qualify(FloatType(inner.kind), quals_of(operand.type))
    pointer = pointer_to(FloatType(inner.kind))
    start = Convert(AddressOf(operand.place, PointerType(erase(inner)), span), pointer, span)
    index = 0 if op == "__real__" else 1
    address: Value = start if index == 0 else PointerAdd(start, IntConst(index, INT, span), False, pointer, span)
    return Lvalue(DerefPlace(address, FloatType(inner.kind), span), type, span)


def part_value(cx: Context, node: Any, span: Span) -> Rvalue:
    """`__real__ x` where only its value counts: then x need not be in memory."""
    operand = expressions.value(cx, node.expr)
    if is_complex(operand.type):
        return part_of(operand, "real" if node.op == "__real__" else "imag")
    return to_rvalue(cx, part(cx, node.op, operand, span))


def complex_builtin(cx: Context, args: list[Any], span: Span) -> Rvalue:
    """`__builtin_complex(re, im)` of two numbers of one floating type."""
    if len(args) != 2:
        cx.fail(Code.CALL_MISMATCH, f"a builtin takes 2 arguments and gets {len(args)}", span)
    re, im = (expressions.value(cx, arg) for arg in args)
    type = unqualified(re.type)
    type = type if isinstance(type, FloatType) else DOUBLE
    return made(convert(cx, re, type).value, convert(cx, im, type).value, ComplexType(type.kind), span)
