"""Enumerations: values, and the compatible type that gcc chooses (C11 6.7.2.2)."""

from __future__ import annotations

from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import declarators, expressions
from c2rust_py.frontend.elaborate.attributes import has_attribute
from c2rust_py.frontend.elaborate.context import Context, EnumeratorName, TagName
from c2rust_py.frontend.elaborate.records import type_identity
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.ir.program import Enumeration, Enumerator
from c2rust_py.ir.types import INT, EnumType, IntKind, IntType, Type

_PACKED_KINDS = (
    IntKind.UCHAR, IntKind.SCHAR, IntKind.USHORT, IntKind.SHORT, IntKind.UINT, IntKind.INT, IntKind.ULONG, IntKind.LONG,
)  # fmt: skip


def enum_type(cx: Context, node: Any) -> Type:
    """The type of an enum specifier; a definition declares its tag and enumerators in the innermost scope."""
    span = span_of(cx, node)
    if node.values is None:
        known = cx.lookup_tag(node.name)
        if known is not None:
            if known.kind != "enum":
                cx.fail(Code.REDECLARED, f"'{node.name}' is a {known.kind} tag", span)
            return known.type
        identity = type_identity(cx, "enum", node.name, span)
        cx.scopes[-1].tags[node.name] = TagName("enum", EnumType(identity))
        cx.enums.setdefault(identity, Enumeration(identity, node.name, IntKind.UINT, (), span))
        return EnumType(identity)
    type = _new_type(cx, node, span)
    values = _values(cx, node)
    kind = _kind(cx, node, [value for _, value, _ in values])
    for name, value, _ in values:
        own = INT if IntKind.INT.minimum <= value <= IntKind.INT.maximum else IntType(kind)
        cx.declare(name, EnumeratorName(value, own))
    enumerators = tuple(Enumerator(name, value, cx.doc_at(place)) for name, value, place in values)
    cx.enums[type.id] = Enumeration(type.id, node.name, kind, enumerators, span, cx.doc_at(span))
    return type


def _new_type(cx: Context, node: Any, span: Span) -> EnumType:
    if node.name is not None:
        known = cx.scopes[-1].tags.get(node.name)
        if known is not None and isinstance(known.type, EnumType) and not cx.enums[known.type.id].enumerators:
            return known.type
        if known is not None:
            cx.fail(Code.REDECLARED, f"the tag '{node.name}' is defined twice", span)
    type = EnumType(type_identity(cx, "enum", node.name, span))
    if node.name is not None:
        cx.scopes[-1].tags[node.name] = TagName("enum", type)
    return type


def _values(cx: Context, node: Any) -> list[tuple[str, int, Span]]:
    """Names with their values; each is visible to the ones after it."""
    values: list[tuple[str, int, Span]] = []
    following = 0
    for enumerator in node.values.enumerators:
        if not isinstance(enumerator, c_ast.Enumerator):
            continue
        if enumerator.value is not None:
            following = expressions.constant_integer(cx, enumerator.value)
        values.append((enumerator.name, following, span_of(cx, enumerator)))
        cx.declare(enumerator.name, EnumeratorName(following, _provisional_type(following)))
        following += 1
    return values


def _provisional_type(value: int) -> Type:
    """The type of an enumerator while its enum is being defined."""
    for kind in (IntKind.INT, IntKind.UINT, IntKind.LONG):
        if kind.minimum <= value <= kind.maximum:
            return IntType(kind)
    return IntType(IntKind.ULONG)


def _kind(cx: Context, node: Any, values: list[int]) -> IntKind:
    underlying = getattr(node, "underlying_type", None)
    if underlying is not None:
        return cx.integer_type(declarators.type_name(cx, underlying)).kind
    low, high = min(values, default=0), max(values, default=0)
    kinds = _PACKED_KINDS if has_attribute(node, "packed") else _PACKED_KINDS[4:]
    for kind in kinds:
        if kind.signed == (low < 0) and kind.minimum <= low and high <= kind.maximum:
            return kind
    cx.fail(Code.INVALID_DECLARATION, "the values of an enum fit no integer type", span_of(cx, node))
