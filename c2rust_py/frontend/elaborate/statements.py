"""Statements (C11 6.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from pycparser import c_ast

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import expressions, inline_asm, local_declarations, nested_functions
from c2rust_py.frontend.elaborate.c_types import erase, is_integer, is_void, unqualified
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import (
    constant_operand,
    convert,
    convert_for_assignment,
    promote,
    to_rvalue,
)
from c2rust_py.frontend.elaborate.effects import effect_statements
from c2rust_py.frontend.elaborate.operands import Lvalue, Rvalue
from c2rust_py.frontend.elaborate.operators import logical_not
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.frontend.gnu_c import nodes as gnu
from c2rust_py.ir.nodes import (
    Block,
    BlockValue,
    Break,
    Case,
    ComputedGoto,
    Continue,
    Default,
    DoWhile,
    For,
    Goto,
    If,
    IntConst,
    Label,
    Return,
    Statement,
    Switch,
    While,
)
from c2rust_py.ir.types import VOID, VOID_POINTER

_DECLARATIONS = (c_ast.Decl, c_ast.Typedef, c_ast.StaticAssert, c_ast.DeclList)


def statement(cx: Context, node: Any) -> list[Statement]:
    """One statement or declaration."""
    elaborate = _ELABORATORS.get(type(node))
    if elaborate is not None:
        return elaborate(cx, node)
    if isinstance(node, _DECLARATIONS):
        return local_declarations.declaration(cx, node)
    return expressions.effect(cx, node)


def block_item(cx: Context, node: Any) -> list[Statement]:
    """A statement of a block, after the hidden objects that it needs."""
    outer, cx.current.hoisted = cx.current.hoisted, []
    try:
        done = statement(cx, node)
        return [*cx.current.hoisted, *done]
    finally:
        cx.current.hoisted = outer


def items(cx: Context, nodes: list[Any] | None) -> list[Statement]:
    """The items of a block in its scope."""
    result: list[Statement] = []
    for node in nodes or []:
        result += block_item(cx, node)
    return result


def body(cx: Context, node: Any) -> tuple[Statement, ...]:
    """A statement as the body of another: a scope of its own."""
    if node is None:
        return ()
    with cx.scope():
        return tuple(_scoped_items(cx, node.block_items if isinstance(node, c_ast.Compound) else [node]))


def _scoped_items(cx: Context, nodes: list[Any] | None) -> list[Statement]:
    """The items of a block that may begin with `__label__`."""
    cx.current.labels.append({})
    try:
        return items(cx, nodes)
    finally:
        cx.current.labels.pop()


def _compound(cx: Context, node: Any) -> list[Statement]:
    return [Block(body(cx, node), span_of(cx, node))]


def _local_labels(cx: Context, node: Any) -> list[Statement]:
    for name in node.names:
        cx.current.labels[-1][name] = cx.current.fresh_label(name)
    return []


def _if(cx: Context, node: Any) -> list[Statement]:
    condition = expressions.condition(cx, node.cond)
    return [If(condition, body(cx, node.iftrue), body(cx, node.iffalse), span_of(cx, node))]


def conditional_effect(cx: Context, node: Any) -> list[Statement]:
    """`a ? b : c` of which nobody uses the value."""
    condition = expressions.condition(cx, node.cond)
    then, otherwise = expressions.effect(cx, node.iftrue), expressions.effect(cx, node.iffalse)
    if not then and not otherwise:
        return effect_statements(condition)
    return [If(condition, tuple(then), tuple(otherwise), span_of(cx, node))]


def logical_effect(cx: Context, node: Any) -> list[Statement]:
    """`a && b` and `a || b` of which nobody uses the value."""
    span = span_of(cx, node)
    left = expressions.value(cx, node.left)
    then = expressions.effect(cx, node.right)
    if not then:
        return effect_statements(left.value)
    test = left if node.op == "&&" else logical_not(cx, left, span)
    return [If(test.value, tuple(then), (), span)]


def _loop_body(cx: Context, label: str, node: Any) -> tuple[Statement, ...]:
    state = cx.current
    state.loops.append(label)
    state.breakables.append(label)
    try:
        return body(cx, node)
    finally:
        state.loops.pop()
        state.breakables.pop()


def _while(cx: Context, node: Any) -> list[Statement]:
    label = cx.current.fresh_label("while")
    condition = expressions.condition(cx, node.cond)
    return [While(label, condition, _loop_body(cx, label, node.stmt), span_of(cx, node))]


def _do_while(cx: Context, node: Any) -> list[Statement]:
    label = cx.current.fresh_label("do")
    inner = _loop_body(cx, label, node.stmt)
    return [DoWhile(label, inner, expressions.condition(cx, node.cond), span_of(cx, node))]


def _for(cx: Context, node: Any) -> list[Statement]:
    label, span = cx.current.fresh_label("for"), span_of(cx, node)
    with cx.scope():
        init: list[Statement] = []
        if isinstance(node.init, c_ast.DeclList):
            for decl in node.init.decls:
                init += statement(cx, decl)
        elif node.init is not None:
            init = expressions.effect(cx, node.init)
        condition = expressions.condition(cx, node.cond) if node.cond is not None else None
        step = expressions.effect(cx, node.next) if node.next is not None else []
        return [For(label, tuple(init), condition, tuple(step), _loop_body(cx, label, node.stmt), span)]


def _switch(cx: Context, node: Any) -> list[Statement]:
    label, span = cx.current.fresh_label("switch"), span_of(cx, node)
    value = promote(cx, expressions.value(cx, node.cond))
    if not is_integer(value.type):
        cx.fail(Code.TYPE_MISMATCH, "the value of a switch is not an integer", span)
    cx.current.switches.append((label, value.type))
    cx.current.breakables.append(label)
    try:
        inner = body(cx, node.stmt)
    finally:
        cx.current.switches.pop()
        cx.current.breakables.pop()
    return [Switch(label, value.value, inner, span)]


def _case(cx: Context, node: Any) -> list[Statement]:
    span = span_of(cx, node)
    if not cx.current.switches:
        cx.fail(Code.INVALID_STATEMENT, "a case stands outside of a switch", span)
    switch, type = cx.current.switches[-1]
    is_range = isinstance(node.expr, gnu.Range)
    low = convert(cx, expressions.value(cx, node.expr.first if is_range else node.expr), type)
    high = convert(cx, expressions.value(cx, node.expr.last), type) if is_range else low
    if not isinstance(low.constant, int) or not isinstance(high.constant, int):
        cx.fail(Code.NOT_CONSTANT, "a case label is not an integer constant", span)
    name = low.value.name if isinstance(low.value, IntConst) and not is_range else None
    following = _labelled(cx, node.stmts)
    if low.constant > high.constant:
        return following  # an empty range, as gcc takes it
    return [Case(switch, low.constant, high.constant, span, name), *following]


def _labelled(cx: Context, nodes: list[Any]) -> list[Statement]:
    """What stands behind a label is in the same block as the label."""
    result: list[Statement] = []
    for node in nodes:
        result += statement(cx, node)
    return result


def _default(cx: Context, node: Any) -> list[Statement]:
    span = span_of(cx, node)
    if not cx.current.switches:
        cx.fail(Code.INVALID_STATEMENT, "a default stands outside of a switch", span)
    return [Default(cx.current.switches[-1][0], span), *_labelled(cx, node.stmts)]


def _break(cx: Context, node: Any) -> list[Statement]:
    span = span_of(cx, node)
    if not cx.current.breakables:
        cx.fail(Code.INVALID_STATEMENT, "a break stands outside of loops and switches", span)
    return [Break(cx.current.breakables[-1], span)]


def _continue(cx: Context, node: Any) -> list[Statement]:
    span = span_of(cx, node)
    if not cx.current.loops:
        cx.fail(Code.INVALID_STATEMENT, "a continue stands outside of loops", span)
    return [Continue(cx.current.loops[-1], span)]


def label_name(cx: Context, name: str, span: Span) -> str:
    """The unique name of a C label that is visible here; it has to be defined somewhere in the function."""
    for labels in reversed(cx.current.labels):
        if name in labels:
            name = labels[name]
            break
    cx.current.label_spans.setdefault(name, span)
    return name


def _goto(cx: Context, node: Any) -> list[Statement]:
    span = span_of(cx, node)
    return [Goto(label_name(cx, node.name, span), span)]


def _computed_goto(cx: Context, node: Any) -> list[Statement]:
    target = convert(cx, expressions.value(cx, node.target), VOID_POINTER)
    return [ComputedGoto(target.value, span_of(cx, node))]


def _define_label(cx: Context, name: str, span: Span) -> Label:
    unique = label_name(cx, name, span)
    if unique in cx.current.defined_labels:
        cx.fail(Code.REDECLARED, f"the label '{name}' is defined twice", span)
    cx.current.defined_labels.add(unique)
    return Label(unique, span)


def _label(cx: Context, node: Any) -> list[Statement]:
    return [_define_label(cx, node.name, span_of(cx, node)), *statement(cx, node.stmt)]


def _return(cx: Context, node: Any) -> list[Statement]:
    span, result = span_of(cx, node), cx.current.type.result
    if node.expr is None:
        return [Return(None, span)]
    if is_void(result):
        return [*expressions.effect(cx, node.expr), Return(None, span)]
    value = convert_for_assignment(cx, expressions.value(cx, node.expr), unqualified(result), span)
    return [Return(value.value, span)]


# ---- statement expressions ----


def statement_expression(cx: Context, node: Any) -> Rvalue:
    """`({ ... })`: the value of the last item if that is an expression."""
    span = span_of(cx, node)
    nodes = list(node.body.block_items or [])
    with cx.scope():
        cx.current.labels.append({})
        try:
            done = items(cx, nodes[:-1])
            last, result = _last_value(cx, nodes[-1]) if nodes else ([], None)
            done += last
        finally:
            cx.current.labels.pop()
    if result is None:
        return Rvalue(BlockValue(tuple(done), None, VOID, span), VOID)
    return Rvalue(BlockValue(tuple(done), result.value, result.value.type, span), result.type)


def _last_value(cx: Context, node: Any) -> tuple[list[Statement], Rvalue | None]:
    """The last item of a statement expression: statements, and the value if it has one."""
    labels: list[Statement] = []
    while isinstance(node, c_ast.Label):
        labels.append(_define_label(cx, node.name, span_of(cx, node)))
        node = node.stmt
    if isinstance(node, _DECLARATIONS) or type(node) in _ELABORATORS:
        return [*labels, *block_item(cx, node)], None
    outer, cx.current.hoisted = cx.current.hoisted, []
    try:
        operand = expressions.expression(cx, node)
        if isinstance(operand, Lvalue) and is_void(operand.type):
            return labels, None
        result = to_rvalue(cx, operand)
        hoisted = cx.current.hoisted
    finally:
        cx.current.hoisted = outer
    if is_void(result.type):
        return [*labels, *hoisted, *effect_statements(result.value)], None
    if hoisted:
        # The hidden objects die with this block, so the value is taken while they live.
        erased = BlockValue(tuple(hoisted), result.value, erase(result.type), result.span)
        return labels, Rvalue(erased, result.type)
    return labels, result


def statement_expression_effect(cx: Context, node: Any) -> list[Statement]:
    """`({ ... });` as a statement."""
    return [Block(body(cx, node.body), span_of(cx, node))]


def zero_return(cx: Context, span: Span) -> Return:
    """The end of main (C11 5.1.2.2.3)."""
    return Return(convert(cx, constant_operand(0, cx.current.type.result, span), cx.current.type.result).value, span)


def _unsupported_syntax(cx: Context, node: Any) -> NoReturn:
    """A body that the parser could not read."""
    cx.fail(Code.SYNTAX, node.problem, span_of(cx, node))


_ELABORATORS: dict[type, Callable[[Context, Any], list[Statement]]] = {
    c_ast.Compound: _compound,
    gnu.UnsupportedSyntax: _unsupported_syntax,
    c_ast.If: _if,
    c_ast.While: _while,
    c_ast.DoWhile: _do_while,
    c_ast.For: _for,
    c_ast.Switch: _switch,
    c_ast.Case: _case,
    c_ast.Default: _default,
    c_ast.Break: _break,
    c_ast.Continue: _continue,
    c_ast.Goto: _goto,
    c_ast.Label: _label,
    c_ast.Return: _return,
    c_ast.EmptyStatement: lambda cx, node: [],
    c_ast.Pragma: lambda cx, node: [],
    c_ast.AttributedStatement: lambda cx, node: statement(cx, node.stmt),
    c_ast.AttributeDeclaration: lambda cx, node: [],
    c_ast.FuncDef: lambda cx, node: nested_functions.nested_function(cx, node),
    gnu.ComputedGoto: _computed_goto,
    gnu.LocalLabels: _local_labels,
    gnu.Asm: lambda cx, node: inline_asm.asm_statement(cx, node),
}
