"""Initialisers (C11 6.7.9): brace elision, designators and strings flattened into one value per object."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import expressions, static_data
from c2rust_py.frontend.elaborate.assignments import fit_bit_field
from c2rust_py.frontend.elaborate.c_types import (
    VariableArray,
    erase,
    is_char_kind,
    is_integer,
    spell,
    unqualified,
)
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import convert_for_assignment, to_rvalue
from c2rust_py.frontend.elaborate.operands import Literal, Lvalue, Operand
from c2rust_py.frontend.elaborate.records import find_member
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.frontend.gnu_c import nodes as gnu
from c2rust_py.ir.nodes import (
    ArrayValue,
    ElementRun,
    FloatConst,
    IntConst,
    RecordValue,
    StringPlace,
    StringValue,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import RecordField
from c2rust_py.ir.types import ArrayType, RecordType, Type


@dataclass(slots=True)
class Tree:
    """An aggregate while its initialiser is read: children by index (of a field or element), or a run of elements."""

    type: Type
    children: dict[int, Tree | Value] = field(default_factory=dict)
    runs: list[tuple[int, int, Tree | Value]] = field(default_factory=list)
    highest: int = -1


@dataclass(slots=True)
class _Items:
    """The items of one brace list, and how far they are consumed."""

    nodes: list[Any]
    position: int = 0

    @property
    def done(self) -> bool:
        return self.position >= len(self.nodes)

    def peek(self) -> Any:
        return self.nodes[self.position]


def initial_value(cx: Context, type: Type, node: Any) -> tuple[Value, Type]:
    """The value that an initialiser gives an object of the type, and the type, completed where its length was open."""
    span = span_of(cx, node)
    inner = unqualified(type)
    if isinstance(inner, VariableArray):
        if isinstance(node, c_ast.InitList) and not node.exprs:
            return ZeroValue(erase(type), span), type
        cx.fail(Code.INVALID_INITIALISER, "an array of variable length has an initialiser", span)
    if isinstance(inner, ArrayType):
        text = _string_of(cx, inner, node)
        if text is not None:
            completed = _complete_array(inner, len(text.data) // cx.layout.size_of(unqualified(inner.element)))
            return string_value(cx, completed, text, span), completed
    if isinstance(node, c_ast.InitList):
        return _braced(cx, type, node)
    if isinstance(inner, ArrayType):
        return _array_from_expression(cx, type, node)
    stored = convert_for_assignment(cx, expressions.value(cx, node), inner, span)
    return stored.value, type


def _array_from_expression(cx: Context, type: Type, node: Any) -> tuple[Value, Type]:
    """GNU C: an array initialised by a compound literal of its type."""
    operand = expressions.expression(cx, node)
    inner = unqualified(operand.type)
    if isinstance(operand, Literal) and isinstance(inner, ArrayType):
        return operand.value, inner
    if isinstance(operand, Lvalue) and isinstance(inner, ArrayType):
        held = static_data.literal_value(cx, operand)
        if held is not None:
            return held, inner
    cx.fail(Code.INVALID_INITIALISER, f"'{spell(type)}' is not initialised by a list", span_of(cx, node))


def _braced(cx: Context, type: Type, node: Any) -> tuple[Value, Type]:
    inner, span = unqualified(type), span_of(cx, node)
    if not isinstance(inner, ArrayType | RecordType):
        if not node.exprs:
            return ZeroValue(erase(inner), span), type
        if len(node.exprs) > 1:
            cx.warn(Code.INVALID_INITIALISER, "there are more initialisers than objects", span)
        return initial_value(cx, type, node.exprs[0])
    if not cx.is_complete(inner) and not isinstance(inner, ArrayType):
        cx.fail(Code.INCOMPLETE_TYPE, f"'{spell(inner)}' is incomplete", span)
    tree = Tree(inner)
    _read_list(cx, tree, _Items(list(node.exprs or [])), True)
    completed = _complete_array(inner, tree.highest + 1) if isinstance(inner, ArrayType) else inner
    tree.type = completed
    return finished(cx, tree, span), completed if isinstance(inner, ArrayType) and inner.length is None else type


def _complete_array(type: ArrayType, length: int) -> ArrayType:
    return type if type.length is not None else ArrayType(type.element, length)


# ---- reading ----


def _read_list(cx: Context, tree: Tree, items: _Items, braced: bool) -> None:
    """Fills an aggregate from items; without braces of its own it takes only as many as it has room for."""
    position = 0
    while not items.done:
        position = _read_from(cx, tree, items, position)
        if items.done or not braced:
            return
        item = items.peek()
        if isinstance(item, c_ast.NamedInitializer):
            items.nodes[items.position] = item.expr
            position = _designated(cx, tree, item.name, items)
        else:
            cx.warn(Code.INVALID_INITIALISER, "there are more initialisers than objects", span_of(cx, item))
            items.position += 1


def _read_from(cx: Context, tree: Tree, items: _Items, position: int) -> int:
    """Gives plain items to the children from `position` on while there is room; also for those that follow a designator
    (C11 6.7.9 paragraph 17)."""
    limit = _child_count(cx, tree.type)
    while not items.done and (limit is None or position < limit):
        if isinstance(items.peek(), c_ast.NamedInitializer):
            break
        _fill_child(cx, tree, position, items)
        position += 1
    return position


def _child_count(cx: Context, type: Type) -> int | None:
    inner = unqualified(type)
    if isinstance(inner, ArrayType):
        return inner.length
    assert isinstance(inner, RecordType)
    record = cx.records[inner.id]
    count = len(record.fields or ())
    return min(count, 1) if record.is_union else count


def _child_type(cx: Context, type: Type, index: int) -> tuple[Type, RecordField | None]:
    inner = unqualified(type)
    if isinstance(inner, ArrayType):
        return inner.element, None
    assert isinstance(inner, RecordType)
    fields = cx.records[inner.id].fields
    assert fields is not None
    return fields[index].type, fields[index]


def _fill_child(cx: Context, tree: Tree, index: int, items: _Items) -> None:
    """Gives child `index` the next item, or, if it is an aggregate without braces, the items that it needs."""
    item = items.peek()
    type, member = _child_type(cx, tree.type, index)
    inner = unqualified(type)
    if isinstance(inner, ArrayType | RecordType) and not isinstance(item, c_ast.InitList):
        whole = _whole_value(cx, type, items)
        if whole is None:
            child = _subtree(cx, tree, index, type)
            before = items.position
            _read_list(cx, child, items, False)
            if items.position == before:
                items.position += 1  # an empty aggregate takes no value; do not look at the item for ever
            return
        items.position += 1
        _set(cx, tree, index, whole)
        return
    items.position += 1
    _set(cx, tree, index, _item_value(cx, type, member, item))


def _whole_value(cx: Context, type: Type, items: _Items) -> Value | None:
    """The value of the next item if it initialises a whole aggregate: a string, or an expression of the record's type."""
    inner, item = unqualified(type), items.peek()
    if isinstance(inner, ArrayType):
        text = _string_of(cx, inner, item)
        return string_value(cx, _flexible(cx, inner, text), text, text.span) if text is not None else None
    if isinstance(item, c_ast.Constant):
        return None
    operand = _operand(cx, item)
    items.nodes[items.position] = _Ready(operand, operand.span)
    if unqualified(operand.type) != inner:
        return None
    held = static_data.literal_value(cx, operand) if isinstance(operand, Lvalue) else None
    return held if held is not None else to_rvalue(cx, operand).value


@dataclass(frozen=True, slots=True)
class _Ready:
    """An item that was elaborated to see whether it fits an aggregate as a whole, and may go to its first scalar."""

    operand: Operand
    coord: Span


def _operand(cx: Context, item: Any) -> Operand:
    return item.operand if isinstance(item, _Ready) else expressions.expression(cx, item)


def _item_value(cx: Context, type: Type, member: RecordField | None, item: Any) -> Value:
    """The value of one item for a child that takes exactly one."""
    inner = unqualified(type)
    if isinstance(inner, ArrayType | RecordType):
        value, _ = initial_value(cx, type, item)
        return value
    while isinstance(item, c_ast.InitList):
        if not item.exprs:
            return ZeroValue(erase(inner), span_of(cx, item))
        if isinstance(item.exprs[0], c_ast.NamedInitializer):
            cx.fail(Code.INVALID_INITIALISER, "a designator in the initialiser of a scalar", span_of(cx, item))
        item = item.exprs[0]
    stored = convert_for_assignment(cx, to_rvalue(cx, _operand(cx, item)), inner, span_of(cx, item))
    return fit_bit_field(cx, stored, member.width if member is not None else None).value


def _set(cx: Context, tree: Tree, index: int, child: Tree | Value) -> None:
    """A later initialiser replaces an earlier one; in a union, whichever member that was for."""
    if _is_union(cx, tree.type):
        tree.children.clear()
    tree.children[index] = child
    tree.highest = max(tree.highest, index)


def _is_union(cx: Context, type: Type) -> bool:
    inner = unqualified(type)
    return isinstance(inner, RecordType) and cx.records[inner.id].is_union


def _subtree(cx: Context, tree: Tree, index: int, type: Type) -> Tree:
    """The child as an aggregate under construction; a designator may come back to one that has parts already."""
    known = tree.children.get(index)
    if isinstance(known, Tree):
        return known
    if known is None:
        covering = [child for low, high, child in tree.runs if low <= index <= high]
        known = deepcopy(covering[-1]) if covering else None
    child = known if isinstance(known, Tree) else Tree(unqualified(type))
    if known is not None and not isinstance(known, Tree):
        _explode(cx, child, known)
    _set(cx, tree, index, child)
    return child


def _explode(cx: Context, child: Tree, value: Value) -> None:
    """A value that was given to an aggregate as a whole, in parts, so that a designator can replace some."""
    match value:
        case RecordValue(fields):
            child.children.update({i: part for i, part in enumerate(fields) if part is not None})
            child.highest = max(child.children, default=-1)
        case ArrayValue(runs):
            child.runs.extend((run.first, run.last, run.value) for run in runs)
            child.highest = max((run.last for run in runs), default=-1)
        case StringValue(data, ArrayType(element, _), span):
            size = cx.layout.size_of(element)
            kind = cx.integer_type(element).kind
            for i in range(len(data) // size):
                number = kind.wrap(int.from_bytes(data[i * size : (i + 1) * size], "little"))
                child.children[i] = IntConst(number, element, span)
            child.highest = len(data) // size - 1
        case ZeroValue():
            pass
        case _:
            cx.fail(Code.UNSUPPORTED_C, "part of a computed initialiser is replaced by a designator", value.span)


def _designated(cx: Context, tree: Tree, path: list[Any], items: _Items) -> int:
    """Gives what the designator `path` names the next item; returns the index that plain items go on at."""
    indices, last = _designator_range(cx, tree.type, path[0])
    first, rest = indices[0], [*map(_ByIndex, indices[1:]), *path[1:]]
    if rest:
        type, _ = _child_type(cx, tree.type, first)
        child = _subtree(cx, tree, first, type)
        position = _designated(cx, child, rest, items)
        _read_from(cx, child, items, position)
    else:
        _fill_child(cx, tree, first, items)
    if last > first:
        _repeat(tree, first, last)
    return last + 1


def _repeat(tree: Tree, low: int, high: int) -> None:
    """`[low ... high]`: what element `low` has becomes a run that replaces all that was there."""
    child = tree.children[low]
    for index in [i for i in tree.children if low <= i <= high]:
        del tree.children[index]
    tree.runs.append((low, high, child))
    tree.highest = max(tree.highest, high)


@dataclass(frozen=True, slots=True)
class _ByIndex:
    """A step of a designator that is found already: a field number on the way through anonymous members."""

    index: int


def _designator_range(cx: Context, type: Type, designator: Any) -> tuple[list[int], int]:
    """The path of indices of the first object that a designator names, and the last index of a range."""
    inner = unqualified(type)
    if isinstance(designator, _ByIndex):
        return [designator.index], designator.index
    span = span_of(cx, designator)
    if isinstance(designator, c_ast.ID):
        path = find_member(cx, inner, designator.name) if isinstance(inner, RecordType) else None
        if path is None:
            cx.fail(Code.MEMBER_MISSING, f"'{spell(inner)}' has no member '{designator.name}'", span)
        return path, path[0]
    if not isinstance(inner, ArrayType):
        cx.fail(Code.INVALID_INITIALISER, f"'{spell(inner)}' has no elements", span)
    expr = designator.expr if isinstance(designator, c_ast.ArrayDesignator) else designator
    if isinstance(expr, gnu.Range):
        low, high = expressions.constant_integer(cx, expr.first), expressions.constant_integer(cx, expr.last)
    else:
        low = high = expressions.constant_integer(cx, expr)
    if not 0 <= low <= high or (inner.length is not None and high >= inner.length):
        cx.fail(Code.INVALID_INITIALISER, "an array designator is out of range", span)
    return [low], high


# ---- strings ----


def _string_of(cx: Context, type: ArrayType, node: Any) -> StringPlace | None:
    """The string literal that initialises a character array, with or without braces."""
    element = unqualified(type.element)
    if not is_integer(element):
        return None
    if isinstance(node, c_ast.InitList) and len(node.exprs or []) == 1:
        node = node.exprs[0]
    if not isinstance(node, c_ast.Constant) or node.type != "string":
        return None
    operand: Operand = expressions.expression(cx, node)
    assert isinstance(operand, Lvalue) and isinstance(operand.place, StringPlace)
    unit = unqualified(operand.place.type.element)
    both_chars = is_char_kind(element) and is_char_kind(unit)
    if both_chars or cx.integer_type(element) == cx.integer_type(unit):
        return operand.place
    return None


def string_value(cx: Context, type: ArrayType, text: StringPlace, span: Span) -> Value:
    """The string cut or zero-filled to the array's length."""
    assert type.length is not None
    size = type.length * cx.layout.size_of(unqualified(type.element))
    data = text.data[:size].ljust(size, b"\0")
    erased = erase(type)
    assert isinstance(erased, ArrayType)
    return StringValue(data, erased, span) if any(data) else ZeroValue(erased, span)


def _flexible(cx: Context, type: ArrayType, text: StringPlace | None) -> ArrayType:
    if type.length is not None or text is None:
        return type
    return ArrayType(type.element, len(text.data) // cx.layout.size_of(unqualified(type.element)))


# ---- finishing ----


def finished(cx: Context, tree: Tree | Value, span: Span) -> Value:
    """The value of a tree; one that is zero throughout is a ZeroValue."""
    if not isinstance(tree, Tree):
        return tree
    inner = unqualified(tree.type)
    if isinstance(inner, RecordType):
        fields = cx.records[inner.id].fields or ()
        values = [
            _nonzero(finished(cx, tree.children[i], span)) if i in tree.children else None for i in range(len(fields))
        ]
        if cx.records[inner.id].is_union and tree.children:
            (index,) = tree.children
            values[index] = finished(cx, tree.children[index], span)
            if isinstance(values[index], ZeroValue) or is_zero(values[index]):
                return ZeroValue(inner, span)
        if not any(value is not None for value in values):
            return ZeroValue(inner, span)
        return RecordValue(tuple(values), inner, span)
    assert isinstance(inner, ArrayType)
    length = inner.length if inner.length is not None else tree.highest + 1
    runs = tuple(run for run in _runs(cx, tree, span) if not is_zero(run.value))
    erased = ArrayType(erase(inner.element), length)
    return ArrayValue(runs, erased, span) if runs else ZeroValue(erased, span)


def _nonzero(value: Value) -> Value | None:
    return None if is_zero(value) else value


def is_zero(value: Value | None) -> bool:
    """Whether the value is all zero bytes and shows no name."""
    match value:
        case ZeroValue():
            return True
        case IntConst(0, name=None):
            return True
        case FloatConst(number, name=None):
            return number == 0 and str(number) == "0.0"
        case _:
            return False


def _runs(cx: Context, tree: Tree, span: Span) -> list[ElementRun]:
    """Sorted disjoint runs; where they were given more than once, the last wins (C11 6.7.9 paragraph 19)."""
    if not tree.runs:
        return [
            ElementRun(i, i, finished(cx, child, span)) for i, child in sorted(tree.children.items(), key=lambda p: p[0])
        ]
    result: list[tuple[int, int, Tree | Value]] = []
    single = [(i, i, child) for i, child in tree.children.items()]
    for low, high, child in [*tree.runs, *single]:
        kept: list[tuple[int, int, Tree | Value]] = []
        for first, last, other in result:
            if last < low or first > high:
                kept.append((first, last, other))
                continue
            if first < low:
                kept.append((first, low - 1, other))
            if last > high:
                kept.append((high + 1, last, other))
        result = [*kept, (low, high, child)]
    return [ElementRun(low, high, finished(cx, child, span)) for low, high, child in sorted(result, key=lambda r: r[0])]


def compound_literal(cx: Context, type: Type, node: Any, span: Span) -> Operand:
    """`(type){...}`: of block scope a value until its object is needed, of file scope a hidden variable."""
    if cx.function is None or not cx.function.symbol:
        value, completed = initial_value(cx, type, node)
        return static_data.hidden_literal(cx, value, completed, span)
    value, completed = initial_value(cx, type, node)
    return Literal(value, completed, span)
