"""Objects: member access, subscripts, `*` and `&`, and places that are used twice (C11 6.5.2, 6.5.3.2)."""

from __future__ import annotations

from typing import Any

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import expressions
from c2rust_py.frontend.elaborate.c_types import (
    VariableArray,
    erase,
    is_integer,
    is_pointer,
    pointer_to,
    qualify,
    quals_of,
    spell,
    unqualified,
)
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import materialise, to_rvalue
from c2rust_py.frontend.elaborate.effects import has_effect
from c2rust_py.frontend.elaborate.operands import FunctionDesignator, Literal, Lvalue, Operand, Rvalue
from c2rust_py.frontend.elaborate.operators import as_index, pointer_add
from c2rust_py.frontend.elaborate.records import find_member
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.ir.nodes import (
    AddressOf,
    BlockValue,
    Declare,
    DerefPlace,
    FieldPlace,
    FloatConst,
    IndexPlace,
    IntConst,
    Load,
    LocalPlace,
    Place,
    Statement,
    ZeroValue,
)
from c2rust_py.ir.types import ArrayType, FunctionType, PointerType, RecordType


def dereference(cx: Context, pointer: Rvalue, span: Span) -> Operand:
    """`*pointer`; of a function pointer, the function again."""
    inner = unqualified(pointer.type)
    if not isinstance(inner, PointerType):
        cx.fail(Code.TYPE_MISMATCH, f"'*' does not fit '{spell(pointer.type)}'", span)
    target = unqualified(inner.target)
    if isinstance(target, FunctionType):
        return FunctionDesignator(pointer.value, target, span)
    if isinstance(pointer.value, AddressOf) and pointer.value.place.type == erase(target):
        return Lvalue(pointer.value.place, inner.target, span)
    cx.note_opaque(target, span)
    return Lvalue(DerefPlace(pointer.value, erase(target), span), inner.target, span)


def address_of(cx: Context, node: Any) -> Operand:
    """`&operand` (C11 6.5.3.2)."""
    span = span_of(cx, node)
    operand = expressions.expression(cx, node.expr)
    if isinstance(operand, Literal):
        operand = materialise(cx, operand)
    match operand:
        case FunctionDesignator(value, type, _):
            return Rvalue(value, PointerType(type))
        case Lvalue(_, _, _, width) if width is not None:
            cx.fail(Code.TYPE_MISMATCH, "the address of a bit-field is taken", span)
        case Lvalue():
            return Rvalue(address(operand, span), PointerType(operand.type))
        case _:
            cx.fail(Code.NOT_LVALUE, "'&' needs an object", span)


def address(operand: Lvalue, span: Span) -> Any:
    """The pointer to an object; `&*p` is p."""
    if isinstance(operand.place, DerefPlace) and operand.place.pointer.type == pointer_to(operand.type):
        return operand.place.pointer
    return AddressOf(operand.place, pointer_to(operand.type), span)


def subscript(cx: Context, node: Any) -> Operand:
    """`base[index]`, either of them the pointer (C11 6.5.2.1)."""
    span = span_of(cx, node)
    base, index = expressions.expression(cx, node.name), expressions.expression(cx, node.subscript)
    if is_integer(base.type) and not is_integer(index.type):
        base, index = index, base
    offset = to_rvalue(cx, index)
    if not is_integer(offset.type):
        cx.fail(Code.TYPE_MISMATCH, f"a subscript has type '{spell(offset.type)}'", span)
    if isinstance(base, Literal):
        base = materialise(cx, base)
    inner = unqualified(base.type)
    if isinstance(base, Lvalue) and isinstance(inner, ArrayType) and not isinstance(inner, VariableArray):
        place = IndexPlace(base.place, as_index(cx, offset), erase(inner.element), span)
        return Lvalue(place, inner.element, span, register=base.register)
    pointer = to_rvalue(cx, base)
    if not is_pointer(pointer.type):
        cx.fail(Code.TYPE_MISMATCH, f"a subscript of a '{spell(pointer.type)}'", span)
    return dereference(cx, pointer_add(cx, pointer, offset, False, span), span)


def member(cx: Context, node: Any) -> Operand:
    """`base.name` and `base->name` (C11 6.5.2.3)."""
    span, name = span_of(cx, node), node.field.name
    base = expressions.expression(cx, node.name)
    if node.type == "->":
        base = dereference(cx, to_rvalue(cx, base), span)
    inner = unqualified(base.type)
    if not isinstance(inner, RecordType):
        cx.fail(Code.TYPE_MISMATCH, f"'{spell(base.type)}' has no members, so no '{name}'", span)
    path = find_member(cx, inner, name)
    if path is None:
        cx.note_opaque(inner, span)
        code = Code.MEMBER_MISSING if cx.is_complete(inner) else Code.INCOMPLETE_TYPE
        cx.fail(code, f"'{spell(inner)}' has no member '{name}'", span)
    if isinstance(base, Literal):
        base = materialise(cx, base)
    if isinstance(base, Lvalue):
        return select(cx, base, path, span)
    return _member_of_value(cx, to_rvalue(cx, base), path, span)


def select(cx: Context, base: Lvalue, path: list[int], span: Span) -> Lvalue:
    """The member at the end of a path of field numbers; qualifiers of the record hold for it, too."""
    place, type, width = base.place, base.type, None
    for index in path:
        record = unqualified(type)
        assert isinstance(record, RecordType)
        fields = cx.records[record.id].fields
        assert fields is not None
        field = fields[index]
        place = FieldPlace(place, index, erase(field.type), span)
        cx.note_opaque(record, span)
        cx.note_opaque(field.type, span)
        type, width = qualify(field.type, quals_of(type)), field.width
    return Lvalue(place, type, span, width, base.register)


def _member_of_value(cx: Context, base: Rvalue, path: list[int], span: Span) -> Operand:
    """A member of a record that is no object, such as a function's result: it is bound to a temporary first."""
    value = base.value
    if isinstance(value, BlockValue) and isinstance(value.value, Load) and _is_in_temporary(cx, value.value.place):
        body, place = list(value.body), value.value.place
    else:
        body, place = [], cx.temporary(base.type, span)
        body.append(Declare(place.local, value, span))
    chosen = select(cx, Lvalue(place, base.type, span), path, span)
    if isinstance(unqualified(chosen.type), ArrayType):
        return _array_of_value(cx, base, path, span)
    result = to_rvalue(cx, chosen)
    return Rvalue(BlockValue(tuple(body), result.value, result.value.type, span), result.type, width=result.width)


def _is_in_temporary(cx: Context, place: Place) -> bool:
    while isinstance(place, FieldPlace):
        place = place.base
    return isinstance(place, LocalPlace) and cx.current.locals[place.local].kind.value == "temporary"


def _array_of_value(cx: Context, base: Rvalue, path: list[int], span: Span) -> Lvalue:
    """An array member of a value has temporary lifetime (C11 6.2.4 paragraph 8): a hidden object of the block."""
    literal = materialise(cx, Literal(base.value, base.type, span))
    return select(cx, literal, path, span)


def require_lvalue(cx: Context, operand: Operand, span: Span) -> Lvalue:
    """The operand as an object."""
    if isinstance(operand, Literal):
        return materialise(cx, operand)
    if not isinstance(operand, Lvalue):
        cx.fail(Code.NOT_LVALUE, "an lvalue is required here", span)
    return operand



def bind(cx: Context, operand: Rvalue, body: list[Statement]) -> Rvalue:
    """The operand in a form that can be used twice: a temporary declared in `body`, unless it is a constant."""
    if operand.constant is not None or isinstance(operand.value, IntConst | FloatConst | ZeroValue):
        return operand
    place = cx.temporary(operand.type, operand.span)
    body.append(Declare(place.local, operand.value, operand.span))
    return Rvalue(Load(place, place.type, operand.span), operand.type, width=operand.width)


def stabilise(cx: Context, target: Lvalue, body: list[Statement]) -> Lvalue:
    """The same object by a place without side effects; what has some goes to temporaries that `body` declares."""
    return Lvalue(_stable(cx, target.place, body), target.type, target.span, target.width, target.register)


def _stable(cx: Context, place: Place, body: list[Statement]) -> Place:
    if not has_effect(place):
        return place
    match place:
        case FieldPlace(base, index, type, span):
            return FieldPlace(_stable(cx, base, body), index, type, span)
        case IndexPlace(base, index, type, span):
            stable = _stable(cx, base, body)
            return IndexPlace(stable, bind(cx, Rvalue(index, index.type), body).value, type, span)
        case DerefPlace(pointer, type, span):
            return DerefPlace(bind(cx, Rvalue(pointer, pointer.type), body).value, type, span)
        case _:
            return place
