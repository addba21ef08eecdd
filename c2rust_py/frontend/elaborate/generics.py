"""sizeof, _Alignof, offsetof, _Generic, and GNU C's choices by type: what asks about types at translation time."""

from __future__ import annotations

from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code
from c2rust_py.frontend.elaborate import declarators, expressions
from c2rust_py.frontend.elaborate.c_types import erase, is_variably_modified, spell, unqualified
from c2rust_py.frontend.elaborate.compatible import compatible
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import constant_operand, convert, to_rvalue
from c2rust_py.frontend.elaborate.effects import evaluated
from c2rust_py.frontend.elaborate.operands import FunctionDesignator, Lvalue, Operand, Rvalue
from c2rust_py.frontend.elaborate.operators import binary, run_time_size
from c2rust_py.frontend.elaborate.records import find_member
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.ir.nodes import BinaryOp, FunctionRef, GlobalPlace, LocalPlace
from c2rust_py.ir.types import INT, ULONG, ArrayType, RecordType, Type


def size_or_alignment(cx: Context, node: Any) -> Operand:
    """`sizeof` and `_Alignof` of a type or an expression, an unsigned long."""
    span = span_of(cx, node)
    if isinstance(node.expr, c_ast.Typename):
        with cx.collecting() as lengths:
            type = declarators.type_name(cx, node.expr)
        if node.op == "sizeof":
            return evaluated(lengths, run_time_size(cx, type, span))
        return constant_operand(cx.align_of(type), ULONG, span)
    with cx.unevaluated():
        operand = expressions.expression(cx, node.expr)
    if node.op == "_Alignof":
        return constant_operand(_alignment_of(cx, operand), ULONG, span)
    if isinstance(operand, Lvalue) and operand.width is not None:
        cx.fail(Code.TYPE_MISMATCH, "'sizeof' of a bit-field", span)
    return run_time_size(cx, operand.type, span)


def _alignment_of(cx: Context, operand: Operand) -> int:
    """Of an object, the alignment that its declaration asks for, too."""
    asked = 0
    match operand:
        case Lvalue(GlobalPlace(symbol)):
            asked = cx.alignments.get(symbol, 0)
        case FunctionDesignator(FunctionRef(symbol)):
            asked = cx.alignments.get(symbol, 0)
        case Lvalue(LocalPlace(local)):
            asked = cx.alignments.get((cx.current.symbol, local), 0)
        case _:
            pass
    return max(asked, cx.align_of(operand.type))


def offset_of(cx: Context, node: Any) -> Operand:
    """`__builtin_offsetof(T, a.b[2].c)`: a constant but for variable subscripts."""
    span = span_of(cx, node)
    type, offset = _member_offset(cx, declarators.type_name(cx, node.type), node.designator)
    del type
    return convert(cx, offset, ULONG) if offset.constant is None else constant_operand(offset.constant, ULONG, span)


def _member_offset(cx: Context, owner: Type, designator: Any) -> tuple[Type, Rvalue]:
    """The type of what the designator names, and its offset in `owner`."""
    span = span_of(cx, designator)
    if isinstance(designator, c_ast.ArrayRef):
        type, offset = _member_offset(cx, owner, designator.name)
        inner = unqualified(type)
        if not isinstance(inner, ArrayType):
            cx.fail(Code.TYPE_MISMATCH, f"'{spell(type)}' has no elements", span)
        index = convert(cx, expressions.value(cx, designator.subscript), ULONG)
        size = constant_operand(cx.size_of(inner.element, span), ULONG, span)
        return inner.element, binary(cx, BinaryOp.ADD, offset, binary(cx, BinaryOp.MUL, index, size, span), span)
    offset = constant_operand(0, ULONG, span)
    name = designator.name
    if isinstance(designator, c_ast.StructRef):
        owner, offset = _member_offset(cx, owner, designator.name)
        name = designator.field.name
    inner = unqualified(owner)
    path = find_member(cx, inner, name) if isinstance(inner, RecordType) else None
    if path is None:
        cx.fail(Code.MEMBER_MISSING, f"'{spell(owner)}' has no member '{name}'", span)
    bytes_in = 0
    for index_in_record in path:
        assert isinstance(inner, RecordType)
        field = (cx.records[inner.id].fields or ())[index_in_record]
        bytes_in += field.offset
        owner, inner = field.type, unqualified(field.type)
    return owner, binary(cx, BinaryOp.ADD, offset, constant_operand(bytes_in, ULONG, span), span)


def generic_selection(cx: Context, node: Any) -> Operand:
    """`_Generic`: by the type of the controlling expression after lvalue conversion (C11 6.5.1.1, as DR 481 has it)."""
    span = span_of(cx, node)
    with cx.unevaluated():
        operand = expressions.expression(cx, node.expr)
        type = _controlling_type(cx, operand)
    default = None
    for association in node.associations:
        if association.type is None:
            default = association
        elif type is not None and compatible(cx, declarators.type_name(cx, association.type), type):
            return expressions.expression(cx, association.expr)
    if default is None:
        cx.fail(Code.TYPE_MISMATCH, f"no association of '_Generic' fits '{spell(type) if type else 'a bit-field'}'", span)
    return expressions.expression(cx, default.expr)


def _controlling_type(cx: Context, operand: Operand) -> Type | None:
    """The type; None for a bit-field, which in gcc has a type of its own that no association names."""
    if isinstance(operand, Lvalue) and operand.width is not None:
        is_whole = operand.width == cx.integer_type(operand.type).kind.bits
        return unqualified(operand.type) if is_whole else None
    if isinstance(operand, Lvalue) and not cx.is_complete(operand.type):
        return unqualified(operand.type)
    return unqualified(to_rvalue(cx, operand).type)


def types_compatible(cx: Context, node: Any) -> Operand:
    """`__builtin_types_compatible_p(T, U)`; unlike in C, an enum is compatible with no integer."""
    left, right = (unqualified(declarators.type_name(cx, side)) for side in (node.left, node.right))
    same_class = type(erase(left)) is type(erase(right)) or is_variably_modified(left) or is_variably_modified(right)
    result = same_class and compatible(cx, left, right, ignore_quals=True)
    return constant_operand(int(result), INT, span_of(cx, node))


def choose_expression(cx: Context, node: Any) -> Operand:
    """`__builtin_choose_expr`: the chosen operand itself; the other is not looked at."""
    chosen = node.iftrue if expressions.constant_integer(cx, node.cond) else node.iffalse
    return expressions.expression(cx, chosen)


