"""Side effects of values: whether there are any, and how a value becomes statements."""

from __future__ import annotations

from collections.abc import Sequence

from c2rust_py.frontend.elaborate.c_types import is_void
from c2rust_py.frontend.elaborate.operands import Rvalue
from c2rust_py.ir.builtins import EFFECTFUL_BUILTINS
from c2rust_py.ir.nodes import (
    AddressOf,
    Binary,
    BlockValue,
    Builtin,
    Call,
    Compare,
    Conditional,
    Convert,
    Decay,
    DerefPlace,
    Evaluate,
    FieldPlace,
    If,
    IndexPlace,
    Load,
    Logical,
    LogicalOp,
    Not,
    Overflowing,
    Place,
    Statement,
    Truncate,
    Unary,
    UnsupportedValue,
    VaArgValue,
    Value,
)
from c2rust_py.ir.walk import walk


def has_effect(node: Value | Place) -> bool:
    """Whether evaluating the node does more than compute a value (a call does, whatever it calls)."""
    for inner in walk(node):
        match inner:
            case Call() | BlockValue() | VaArgValue() | Overflowing() | UnsupportedValue():
                return True
            case Builtin(name=name) if name in EFFECTFUL_BUILTINS:
                return True
    return False


def effect_statements(value: Value) -> list[Statement]:
    """The side effects of a value whose result nobody uses."""
    match value:
        case Convert(operand, _, _) | Truncate(operand, _, _, _) | Unary(_, operand, _, _) | Not(operand, _, _):
            return effect_statements(operand)
        case Load(place, _, _) if not has_effect(place):
            return []
        case AddressOf(place, _, _) | Decay(place, _, _):
            return _place_effects(place)
        case BlockValue(body, result, _, _):
            return [*body, *(effect_statements(result) if result is not None else [])]
        case Conditional(condition, then, otherwise, _, span):
            branches = effect_statements(then), effect_statements(otherwise)
            if not any(branches):
                return effect_statements(condition)
            return [If(condition, tuple(branches[0]), tuple(branches[1]), span)]
        case Logical(op, left, right, _, span):
            after = effect_statements(right)
            if not after:
                return effect_statements(left)
            condition = left if op is LogicalOp.AND else Not(left, value.type, span)
            return [If(condition, tuple(after), (), span)]
        case Binary(_, left, right, _, _) | Compare(_, left, right, _, _):
            return [*effect_statements(left), *effect_statements(right)]
        case _:
            return [Evaluate(value, value.span)] if has_effect(value) else []


def _place_effects(place: Place) -> list[Statement]:
    """The side effects of a place that is not accessed."""
    match place:
        case FieldPlace(base, _, _, _):
            return _place_effects(base)
        case IndexPlace(base, index, _, _):
            return [*_place_effects(base), *effect_statements(index)]
        case DerefPlace(pointer, _, _):
            return effect_statements(pointer)
        case _:
            return []


def evaluated(before: Sequence[Statement], result: Rvalue) -> Rvalue:
    """The value after the statements."""
    if not before:
        return result
    value = None if is_void(result.type) else result.value
    body = tuple(before) if value is not None else (*before, *effect_statements(result.value))
    return Rvalue(BlockValue(body, value, result.value.type, result.span), result.type)
