"""Complex numbers (C11 6.2.5, 6.3.1.6 and 6.3.1.7, Annex G; GNU C's parts and constants)."""

from __future__ import annotations

from c2rust_py.diagnostics import Span
from c2rust_py.frontend.elaborate.c_types import (
    unqualified,
)
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.folding import convert_number
from c2rust_py.frontend.elaborate.operands import Rvalue
from c2rust_py.ir.nodes import Binary, BinaryOp, Builtin, Convert, FloatConst, Unary, Value, ZeroValue
from c2rust_py.ir.types import ComplexType, FloatType, IntType


def made(re: Value, im: Value, type: ComplexType, span: Span) -> Rvalue:
    """The complex number with these parts."""
    return Rvalue(Builtin("complex", (re, im), type, span), type)


def part_of(operand: Rvalue, name: str) -> Rvalue:
    """The part `real` or `imag` of a complex value."""
    inner = unqualified(operand.type)
    assert isinstance(inner, ComplexType)
    if isinstance(operand.value, Builtin) and operand.value.name == "complex":
        chosen = operand.value.args[0 if name == "real" else 1]
        other = operand.value.args[1 if name == "real" else 0]
        if isinstance(other, FloatConst):
            return Rvalue(chosen, FloatType(inner.kind), chosen.value if isinstance(chosen, FloatConst) else None)
    type = FloatType(inner.kind)
    return Rvalue(Builtin(name, (operand.value,), type, operand.span), type)


def complex_constant(cx: Context, value: Value) -> Value | None:
    """A complex constant expression as a number in its two parts; None where it is none."""
    found = _folded(cx, value)
    if found is None or not isinstance(value.type, ComplexType):
        return None
    real = FloatType(value.type.kind)
    parts = (FloatConst(found.real, real, value.span), FloatConst(found.imag, real, value.span))
    return Builtin("complex", parts, value.type, value.span)


def _folded(cx: Context, value: Value) -> complex | None:
    from c2rust_py.frontend.elaborate.static_data import constant_number

    match value:
        case ZeroValue():
            return 0j
        case Builtin("complex", (re, im), _, _):
            parts = constant_number(cx, re), constant_number(cx, im)
            return None if parts[0] is None or parts[1] is None else complex(parts[0], parts[1])
        case Convert(operand, ComplexType(kind), _):
            inner = _folded(cx, operand)
            if inner is None:
                return None
            return complex(convert_number(cx, inner.real, FloatType(kind)), convert_number(cx, inner.imag, FloatType(kind)))
        case Unary(_, operand, _, _):
            inner = _folded(cx, operand)
            return None if inner is None else -inner
        case Binary(op, left, right, ComplexType(kind), _):
            a, b = _folded(cx, left), _folded(cx, right)
            result = None if a is None or b is None else _arithmetic(op, a, b)
            if result is None:
                return None
            real = FloatType(kind)
            return complex(convert_number(cx, result.real, real), convert_number(cx, result.imag, real))
        case _ if isinstance(value.type, FloatType | IntType):
            number = constant_number(cx, value)
            return None if number is None else complex(number, 0.0)
        case _:
            return None


def _arithmetic(op: BinaryOp, a: complex, b: complex) -> complex | None:
    match op:
        case BinaryOp.ADD:
            return a + b
        case BinaryOp.SUB:
            return a - b
        case BinaryOp.MUL:
            return a * b
        case BinaryOp.DIV:
            return a / b if b else None
        case _:
            return None
