"""Objects of static storage duration: hidden ones, and whether an initialiser is constant (C11 6.6)."""

from __future__ import annotations

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate.c_types import erase, quals_of
from c2rust_py.frontend.elaborate.complex_numbers import complex_constant
from c2rust_py.frontend.elaborate.context import Context, GlobalName
from c2rust_py.frontend.elaborate.operands import Lvalue
from c2rust_py.ir.nodes import (
    AddressOf,
    ArrayValue,
    Binary,
    Conditional,
    Convert,
    Decay,
    DerefPlace,
    ElementRun,
    FieldPlace,
    FloatConst,
    FunctionRef,
    GlobalPlace,
    IndexPlace,
    IntConst,
    LabelAddress,
    Load,
    Place,
    PointerAdd,
    PointerDiff,
    RecordValue,
    StringPlace,
    StringValue,
    UnsupportedValue,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Variable
from c2rust_py.ir.types import IntKind, IntType, Quals, Type


def hidden_literal(cx: Context, value: Value, type: Type, span: Span) -> Lvalue:
    """The object of a compound literal of file scope: a hidden static variable."""
    number = 1
    while (symbol := f"{cx.path}:literal.{number}") in cx.globals:
        number += 1
    name = f"literal.{number}"
    cx.globals[symbol] = GlobalName(name, symbol, type, span, True, False, defined=True)
    init = constant_tree(cx, value)
    const = Quals.CONST in quals_of(type)
    cx.variables[symbol] = Variable(symbol, name, erase(type), init, True, const, cx.path, span)
    return Lvalue(GlobalPlace(symbol, erase(type), span), type, span)


def literal_value(cx: Context, operand: Lvalue) -> Value | None:
    """What a constant of this unit holds: gcc takes compound literals and const objects as constant initialisers."""
    place = operand.place
    if not isinstance(place, GlobalPlace):
        return None
    variable = cx.variables.get(place.symbol)
    if variable is None or (cx.function is not None and cx.function.symbol):
        return None
    if not variable.const and not variable.name.startswith("literal."):
        return None
    return variable.init if variable.init is not None else ZeroValue(variable.type, operand.span)


def constant_tree(cx: Context, value: Value) -> Value:
    """The initialiser as a constant tree; fails where something in it is not constant."""
    match value:
        case IntConst() | FloatConst() | ZeroValue() | StringValue() | FunctionRef() | LabelAddress():
            return value
        case UnsupportedValue():
            return value
        case RecordValue(fields, type, span):
            parts = tuple(None if part is None else constant_tree(cx, part) for part in fields)
            return RecordValue(parts, type, span)
        case ArrayValue(runs, type, span):
            parts_of = tuple(ElementRun(run.first, run.last, constant_tree(cx, run.value)) for run in runs)
            return ArrayValue(parts_of, type, span)
        case AddressOf(place, _, _) | Decay(place, _, _):
            if is_constant_place(cx, place):
                return value
        case PointerAdd(pointer, offset, negative, type, span):
            number = constant_number(cx, offset)
            if isinstance(number, int):
                plain = IntConst(number, offset.type, offset.span)
                return PointerAdd(constant_tree(cx, pointer), plain, negative, type, span)
        case Load(place, type, span):
            held = literal_value(cx, Lvalue(place, type, span))
            if held is not None:
                return held
        case PointerDiff() if _has_labels(value):
            return UnsupportedValue(str(Code.COMPUTED_GOTO), "a difference of labels is not translated", value.type, value.span)
    return _computed(cx, value)


def _computed(cx: Context, value: Value) -> Value:
    """Arithmetic: a number where it folds, a conversion of an address otherwise."""
    number = constant_number(cx, value)
    if isinstance(number, int):
        return IntConst(number, value.type, value.span)
    if isinstance(number, float):
        return FloatConst(number, value.type, value.span)
    complex_number = complex_constant(cx, value)
    if complex_number is not None:
        return complex_number
    match value:
        case Convert(operand, type, span):
            if not isinstance(type, IntType) or type.kind is not IntKind.BOOL:
                return Convert(constant_tree(cx, operand), type, span)
            constant_tree(cx, operand)
            return IntConst(1, type, span)  # an address is not null
        case Conditional(condition, then, otherwise, _, _):
            test = constant_number(cx, condition)
            if test is not None:
                return constant_tree(cx, then if test else otherwise)
        case Binary(op, left, right, type, span):
            return Binary(op, constant_tree(cx, left), constant_tree(cx, right), type, span)
        case _:
            pass
    cx.fail(Code.NOT_CONSTANT, "an initialiser of static data is not constant", value.span)


def constant_number(cx: Context, value: Value) -> int | float | None:
    """The number that a tree of constants is, with the names that it shows folded in."""
    from c2rust_py.frontend.elaborate import refold

    return refold.number(cx, value)


def _has_labels(value: Value) -> bool:
    return isinstance(value, PointerDiff) and isinstance(value.left, LabelAddress)


def is_constant_place(cx: Context, place: Place) -> bool:
    """Whether the address of the place is an address constant (C11 6.6 paragraph 9)."""
    match place:
        case GlobalPlace() | StringPlace():
            return True
        case FieldPlace(base, _, _, _):
            return is_constant_place(cx, base)
        case IndexPlace(base, index, _, _):
            return isinstance(constant_number(cx, index), int) and is_constant_place(cx, base)
        case DerefPlace(pointer, _, _):
            constant_tree(cx, pointer)
            return True
        case _:
            return False
