"""Expressions: from syntax to operands (C11 6.5). Calls, assignments and builtins have files of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code
from c2rust_py.frontend.elaborate import (
    assignments,
    builtins,
    calls,
    complex_operands,
    declarators,
    generics,
    initialisers,
    lvalues,
    nested_functions,
    statements,
)
from c2rust_py.frontend.elaborate.c_types import (
    VariableArray,
    erase,
    is_arithmetic,
    is_void,
    pointer_to,
    spell,
    unqualified,
)
from c2rust_py.frontend.elaborate.context import (
    CapturedName,
    Context,
    EnumeratorName,
    GlobalName,
    LocalName,
    NestedName,
    RefusedName,
)
from c2rust_py.frontend.elaborate.conversions import cast, constant_operand, promote, to_rvalue
from c2rust_py.frontend.elaborate.effects import effect_statements, evaluated, has_effect
from c2rust_py.frontend.elaborate.kept_macros import macro_constant
from c2rust_py.frontend.elaborate.literals import (
    character_literal,
    float_literal,
    integer_literal,
    opaque_suffix,
    string_literal,
)
from c2rust_py.frontend.elaborate.operands import FunctionDesignator, Lvalue, Operand, Rvalue, floating
from c2rust_py.frontend.elaborate.operators import (
    binary,
    compare,
    complement,
    conditional,
    logical,
    logical_not,
    negate,
    truth,
)
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.frontend.gnu_c import nodes as gnu
from c2rust_py.ir.nodes import (
    BinaryOp,
    BlockValue,
    CompareOp,
    Convert,
    DerefPlace,
    FunctionRef,
    GlobalPlace,
    IntConst,
    LabelAddress,
    Load,
    LocalPlace,
    LogicalOp,
    Spelling,
    Statement,
    StringPlace,
    Value,
)
from c2rust_py.ir.types import (
    CHAR,
    INT,
    VOID,
    VOID_POINTER,
    ArrayType,
    FunctionType,
)

_BINARY = {op.value: op for op in BinaryOp}
_COMPARE = {op.value: op for op in CompareOp}
_LOGICAL = {op.value: op for op in LogicalOp}


def expression(cx: Context, node: Any) -> Operand:
    """Any expression."""
    elaborate = _ELABORATORS.get(type(node))
    if elaborate is None:
        cx.fail(Code.UNSUPPORTED_C, f"a {type(node).__name__} is not an expression", span_of(cx, node))
    return elaborate(cx, node)


def value(cx: Context, node: Any) -> Rvalue:
    """Any expression as a value."""
    if isinstance(node, c_ast.UnaryOp) and node.op in ("__real__", "__imag__"):
        return complex_operands.part_value(cx, node, span_of(cx, node))
    return to_rvalue(cx, expression(cx, node))


def condition(cx: Context, node: Any) -> Value:
    """An expression of which only the truth counts."""
    return truth(cx, value(cx, node))


def constant_integer(cx: Context, node: Any) -> int:
    """The value of an integer constant expression."""
    with cx.unevaluated():
        result = value(cx, node)
    if not isinstance(result.constant, int):
        cx.fail(Code.NOT_CONSTANT, "an integer constant is required here", span_of(cx, node))
    return result.constant


def static_assert(cx: Context, node: Any) -> None:
    """`_Static_assert(cond, message);`"""
    if constant_integer(cx, node.cond) == 0:
        message = f": {node.message.value}" if node.message is not None else ""
        cx.fail(Code.STATIC_ASSERT, f"the static assertion fails{message}", span_of(cx, node))


def _identifier(cx: Context, node: Any) -> Operand:
    name, span = node.name, span_of(cx, node)
    match cx.lookup(name):
        case LocalName(local, type, register):
            cx.note_opaque(type, span)
            inner = unqualified(type)
            if isinstance(inner, VariableArray):
                pointer = pointer_to(inner.element)
                loaded = Load(LocalPlace(local, pointer, span), pointer, span)
                return Lvalue(DerefPlace(loaded, erase(inner), span), type, span)
            return Lvalue(LocalPlace(local, erase(type), span), type, span, register=register)
        case GlobalName() as entity:
            if isinstance(entity.type, FunctionType):
                return FunctionDesignator(FunctionRef(entity.symbol, pointer_to(entity.type), span), entity.type, span)
            cx.note_opaque(entity.type, span)
            return Lvalue(GlobalPlace(entity.symbol, erase(entity.type), span), entity.type, span)
        case EnumeratorName(number, type):
            return constant_operand(number, type, span, name)
        case CapturedName() as captured:
            return nested_functions.captured_variable(cx, captured, span)
        case NestedName() as nested:
            return nested_functions.nested_designator(cx, nested, span)
        case RefusedName(code, reason):
            cx.fail(code, reason, span)
    kept = macro_constant(cx, name, span)
    if kept is not None:
        return kept
    if name in ("__func__", "__FUNCTION__", "__PRETTY_FUNCTION__"):
        data = (cx.function.name if cx.function else "").encode() + b"\0"
        type = ArrayType(CHAR, len(data))
        return Lvalue(StringPlace(data, type, span), type, span)
    known = builtins.library_function(cx, name, span)
    if known is not None:
        assert isinstance(known.type, FunctionType)
        return FunctionDesignator(FunctionRef(known.symbol, pointer_to(known.type), span), known.type, span)
    cx.fail(Code.UNDECLARED, f"'{name}' is not declared", span)


def _constant(cx: Context, node: Any) -> Operand:
    span, spelling = span_of(cx, node), node.value
    kind: str = node.type
    if kind == "string":
        found = string_literal(spelling)
        if found is None:
            cx.fail(Code.SYNTAX, "this string literal is malformed", span)
        data, element = found
        type = ArrayType(element, len(data) // element.kind.size)
        return Lvalue(StringPlace(data, type, span), type, span)
    if kind.startswith("_Complex "):
        return complex_operands.imaginary_constant(cx, spelling, kind, span)
    if "'" in spelling[:3]:
        character = character_literal(spelling)
        if character is None:
            cx.fail(Code.SYNTAX, f"the character constant {spelling} is malformed", span)
        return constant_operand(character[0], character[1], span, spelling=Spelling.CHARACTER)
    if "int" in kind:
        number = integer_literal(spelling)
        if number is None:
            cx.fail(Code.SYNTAX, f"the integer constant {spelling} fits no type", span)
        hexadecimal = spelling[:2] in ("0x", "0X")
        written = Spelling.HEXADECIMAL if hexadecimal else Spelling.DECIMAL
        return constant_operand(number[0], number[1], span, spelling=written)
    if (word := opaque_suffix(spelling)) is not None:
        cx.fail(Code.UNSUPPORTED_C, f"a constant with the suffix '{word}' is not translated", span)
    return floating(*float_literal(spelling), span)


def _unary(cx: Context, node: Any) -> Operand:
    op, span = node.op, span_of(cx, node)
    match op:
        case "sizeof" | "_Alignof":
            return generics.size_or_alignment(cx, node)
        case "++" | "--" | "p++" | "p--":
            return assignments.increment(cx, node)
        case "&":
            return lvalues.address_of(cx, node)
        case "*":
            return lvalues.dereference(cx, value(cx, node.expr), span)
        case "-":
            return negate(cx, value(cx, node.expr), span)
        case "~":
            return complement(cx, value(cx, node.expr), span)
        case "!":
            return logical_not(cx, value(cx, node.expr), span)
        case "+":
            operand = value(cx, node.expr)
            if not is_arithmetic(operand.type):
                cx.fail(Code.TYPE_MISMATCH, f"'+' does not fit '{spell(operand.type)}'", span)
            return promote(cx, operand)
        case "__real__" | "__imag__":
            return complex_operands.part(cx, op, expression(cx, node.expr), span)
    cx.fail(Code.UNSUPPORTED_C, f"the operator {op} is not known", span)


def _binary(cx: Context, node: Any) -> Operand:
    """Chains of one operator can be thousands long: the left spine is walked, not recursed into."""
    spine = [node]
    while isinstance(spine[-1].left, c_ast.BinaryOp):
        spine.append(spine[-1].left)
    result = value(cx, spine[-1].left)
    for link in reversed(spine):
        result = _apply(cx, link.op, result, value(cx, link.right), link)
    return result


def _apply(cx: Context, op: str, left: Rvalue, right: Rvalue, node: Any) -> Rvalue:
    span = span_of(cx, node)
    if op in _BINARY:
        return binary(cx, _BINARY[op], left, right, span)
    if op in _COMPARE:
        return compare(cx, _COMPARE[op], left, right, span)
    return logical(cx, _LOGICAL[op], left, right, span)


def _conditional(cx: Context, node: Any) -> Operand:
    span = span_of(cx, node)
    if node.iftrue is None:
        return _elvis(cx, node)
    test = value(cx, node.cond)
    then, otherwise = expression(cx, node.iftrue), expression(cx, node.iffalse)
    return conditional(cx, test, to_rvalue(cx, then), to_rvalue(cx, otherwise), span)


def _elvis(cx: Context, node: Any) -> Operand:
    """`a ?: b` evaluates a once."""
    span = span_of(cx, node)
    test, otherwise = value(cx, node.cond), value(cx, node.iffalse)
    if test.constant is not None:
        return conditional(cx, test, test, otherwise, span)
    body: list[Statement] = []
    bound = lvalues.bind(cx, test, body)
    result = conditional(cx, bound, bound, otherwise, span)
    return Rvalue(BlockValue(tuple(body), result.value, result.value.type, span), result.type)


def _cast(cx: Context, node: Any) -> Operand:
    span = span_of(cx, node)
    with cx.collecting() as lengths:
        type = declarators.type_name(cx, node.to_type)
    if is_void(type):
        operand = expression(cx, node.expr)
        if isinstance(operand, Lvalue):
            # The object is named but not read; gcc makes no access of it.
            return Rvalue(Convert(IntConst(0, INT, span), VOID, span), VOID) if not has_effect(
                operand.place
            ) else Rvalue(Convert(to_rvalue(cx, operand).value, VOID, span), VOID)
        return Rvalue(Convert(to_rvalue(cx, operand).value, VOID, span), VOID)
    cx.note_opaque(type, span)
    result = cast(cx, value(cx, node.expr), type, span)
    return evaluated(lengths, result)


def _comma(cx: Context, node: Any) -> Operand:
    body: list[Statement] = []
    for item in node.exprs[:-1]:
        body += effect(cx, item)
    last = value(cx, node.exprs[-1])
    if not body:
        return Rvalue(last.value, last.type)
    result = None if is_void(last.type) else last.value
    if result is None:
        body += effect_of(cx, last)
    return Rvalue(BlockValue(tuple(body), result, erase(last.type), span_of(cx, node)), last.type)


def _label_address(cx: Context, node: Any) -> Operand:
    span = span_of(cx, node)
    return Rvalue(LabelAddress(statements.label_name(cx, node.name, span), VOID_POINTER, span), VOID_POINTER)


def _statement_expression(cx: Context, node: Any) -> Operand:
    if cx.function is None:
        cx.fail(Code.NOT_CONSTANT, "a statement expression stands outside of a function", span_of(cx, node))
    return statements.statement_expression(cx, node)


def _compound_literal(cx: Context, node: Any) -> Operand:
    with cx.collecting() as lengths:
        type = declarators.type_name(cx, node.type)
    if lengths:
        cx.fail(Code.INVALID_INITIALISER, "a compound literal has variable length", span_of(cx, node))
    return initialisers.compound_literal(cx, type, node.init, span_of(cx, node))


def effect(cx: Context, node: Any) -> list[Statement]:
    """An expression of which only the side effects count."""
    match node:
        case c_ast.Assignment():
            return assignments.assign_statements(cx, node)
        case c_ast.UnaryOp(op="++" | "--" | "p++" | "p--"):
            return assignments.increment_statements(cx, node)
        case c_ast.ExprList():
            return [statement for item in node.exprs for statement in effect(cx, item)]
        case c_ast.Cast() if _casts_to_void(node):
            return effect(cx, node.expr)
        case c_ast.TernaryOp() if node.iftrue is not None:
            return statements.conditional_effect(cx, node)
        case c_ast.BinaryOp(op="&&" | "||"):
            return statements.logical_effect(cx, node)
        case gnu.StatementExpression():
            return statements.statement_expression_effect(cx, node)
        case _:
            operand = expression(cx, node)
            if isinstance(operand, Lvalue) and not cx.is_complete(operand.type):
                return []
            return effect_of(cx, to_rvalue(cx, operand))


def _casts_to_void(node: Any) -> bool:
    declarator = node.to_type.type
    return (
        isinstance(declarator, c_ast.TypeDecl)
        and isinstance(declarator.type, c_ast.IdentifierType)
        and declarator.type.names == ["void"]
    )


def effect_of(cx: Context, result: Rvalue) -> list[Statement]:
    """The side effects of a value, as statements."""
    return effect_statements(result.value)


_ELABORATORS: dict[type, Callable[[Context, Any], Operand]] = {
    c_ast.ID: _identifier,
    c_ast.Constant: _constant,
    c_ast.UnaryOp: _unary,
    c_ast.BinaryOp: _binary,
    c_ast.TernaryOp: _conditional,
    c_ast.Cast: _cast,
    c_ast.ExprList: _comma,
    c_ast.ArrayRef: lambda cx, node: lvalues.subscript(cx, node),
    c_ast.StructRef: lambda cx, node: lvalues.member(cx, node),
    c_ast.FuncCall: lambda cx, node: calls.call(cx, node),
    c_ast.Assignment: lambda cx, node: assignments.assign(cx, node),
    c_ast.CompoundLiteral: _compound_literal,
    c_ast.GenericSelection: lambda cx, node: generics.generic_selection(cx, node),
    gnu.StatementExpression: _statement_expression,
    gnu.OffsetOf: lambda cx, node: generics.offset_of(cx, node),
    gnu.VaArg: lambda cx, node: builtins.va_arg(cx, node),
    gnu.TypesCompatible: lambda cx, node: generics.types_compatible(cx, node),
    gnu.ChooseExpression: lambda cx, node: generics.choose_expression(cx, node),
    gnu.LabelAddress: _label_address,
}
