"""Structs and unions: members, identities and layout (C11 6.7.2.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, CompileError, Span
from c2rust_py.frontend.elaborate import declarators, expressions
from c2rust_py.frontend.elaborate.attributes import has_attribute, pragma_pack, requested_alignment
from c2rust_py.frontend.elaborate.c_types import is_integer, is_variably_modified, spell, unqualified
from c2rust_py.frontend.elaborate.context import Context, TagName
from c2rust_py.frontend.elaborate.layout import Member, Placement, place_members
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.frontend.library_names import library_names
from c2rust_py.ir.program import Record, RecordField
from c2rust_py.ir.types import ArrayType, FunctionType, IntKind, RecordType, Type


def type_identity(cx: Context, kind: str, tag: str | None, span: Span) -> str:
    """The id of a new record or enum. The same definition has the same one in every unit: a tag at file scope, else the
    place; types of the C library say so."""
    hint, cx.tag_hint = cx.tag_hint, None
    name = tag or hint
    if cx.declares_library(name, library_names().types, span):
        stem = f"library:{name}" if name is not None else f"library:{kind}@{span.line}:{span.column}"
    elif tag is not None and cx.at_file_scope:
        stem = f"{kind} {tag}"
    else:
        stem = f"{kind}{' ' + tag if tag else ''}@{span.file}:{span.line}:{span.column}"
    identity, number = stem, 1
    while identity in cx.records or identity in cx.enums:
        number += 1
        identity = f"{stem}#{number}"
    return identity


def record_type(cx: Context, node: Any) -> Type:
    """The type of a struct or union specifier; a definition completes it."""
    kind = "union" if isinstance(node, c_ast.Union) else "struct"
    span = span_of(cx, node)
    if node.decls is None:
        known = cx.lookup_tag(node.name)
        if known is None:
            return _declare(cx, kind, node.name, span)
        if known.kind != kind:
            cx.fail(Code.REDECLARED, f"'{node.name}' is a {known.kind} tag", span)
        return known.type
    type = _declare(cx, kind, node.name, span, define=True)
    try:
        _define(cx, type, node, span)
    except CompileError as problem:
        found = problem.diagnostic
        cx.opaque[type.id] = (found.code, found.message)  # it stays incomplete, and this is why
        raise
    return type


def forward_declare(cx: Context, node: Any) -> None:
    """`struct tag;` declares a new type in this scope even where an outer one has the tag (C11 6.7.2.3 paragraph 7)."""
    kind = "union" if isinstance(node, c_ast.Union) else "struct"
    if node.name is not None and node.name not in cx.scopes[-1].tags:
        _declare(cx, kind, node.name, span_of(cx, node))


def _declare(cx: Context, kind: str, tag: str | None, span: Span, define: bool = False) -> RecordType:
    """The type of the tag in the innermost scope, a new incomplete one if there is none."""
    known = cx.scopes[-1].tags.get(tag) if tag is not None else None
    if known is not None:
        complete = isinstance(known.type, RecordType) and cx.records[known.type.id].fields is not None
        if known.kind != kind or (define and complete):
            cx.fail(Code.REDECLARED, f"the tag '{tag}' is defined twice", span)
        assert isinstance(known.type, RecordType)
        return known.type
    type = RecordType(type_identity(cx, kind, tag, span))
    cx.records[type.id] = Record(type.id, tag or "", kind == "union", None, 0, 1, span)
    if tag is not None:
        cx.scopes[-1].tags[tag] = TagName(kind, type)
    return type


def _define(cx: Context, type: RecordType, node: Any, span: Span) -> None:
    packed = has_attribute(node, "packed")
    fields: list[RecordField] = []
    members: list[Member] = []
    for decl in node.decls:
        match decl:
            case c_ast.StaticAssert():
                expressions.static_assert(cx, decl)
            case c_ast.Decl():
                _add_member(cx, type, decl, packed, fields, members)
    placement = place_members(
        members, isinstance(node, c_ast.Union), pragma_pack(cx, node), requested_alignment(cx, node)
    )
    if has_attribute(node, "scalar_storage_order") or has_attribute(node, "ms_struct"):
        reason = "an attribute that changes how the record is stored is not translated"
        cx.opaque[type.id] = (Code.ATTRIBUTE_UNSUPPORTED, reason)
    cx.require_addressable(placement.size, span)
    record = cx.records[type.id]
    cx.records[type.id] = replace(
        record,
        fields=_placed(fields, members, placement),
        size=placement.size,
        align=placement.align,
        span=span,
        doc=cx.doc_at(span),
    )


def _placed(fields: list[RecordField], members: list[Member], placement: Placement) -> tuple[RecordField, ...]:
    """The fields with their offsets; unnamed bit-fields are only padding."""
    placed: list[RecordField] = []
    for field, member, bit in zip(fields, members, placement.bits, strict=True):
        if member.named:
            shift = bit % 8 if member.width is not None else 0
            placed.append(replace(field, offset=bit // 8, shift=shift))
    return tuple(placed)


def _add_member(
    cx: Context, owner: RecordType, decl: Any, packed: bool, fields: list[RecordField], members: list[Member]
) -> None:
    span = span_of(cx, decl)
    type = declarators.declared_type(cx, decl)
    if decl.bitsize is not None:
        field, member = _bit_field(cx, decl, type, packed)
        fields.append(field)
        members.append(member)
        return
    anonymous = decl.name is None
    if anonymous and not isinstance(unqualified(type), RecordType):
        return
    if anonymous and isinstance(decl.type, c_ast.Struct | c_ast.Union) and decl.type.name is not None:
        return  # `struct tag { ... };` among members declares only the tag
    _check_member(cx, type, decl.name, span)
    name = decl.name if not anonymous else f"anonymous{sum(field.anonymous for field in fields)}"
    size = 0 if _is_flexible(type) else cx.size_of(type, span)
    own_packed = packed or has_attribute(decl, "packed")
    align = cx.align_of(type)
    fields.append(RecordField(name, type, 0, anonymous=anonymous, doc=cx.doc_at(span)))
    members.append(Member(size, align, requested_alignment(cx, decl), None, own_packed and align > 1))
    suggest_name(cx, type, name, owner.id)


def _check_member(cx: Context, type: Type, name: str | None, span: Span) -> None:
    if is_variably_modified(type):
        cx.fail(Code.VARIABLE_LENGTH, "a member of variable length is not translated", span)
    if isinstance(unqualified(type), FunctionType):
        cx.fail(Code.INVALID_DECLARATION, f"the member '{name}' is a function", span)
    if not cx.is_complete(type) and not _is_flexible(type):
        cx.fail(Code.INCOMPLETE_TYPE, f"the member '{name}' has the incomplete type '{spell(type)}'", span)


def _is_flexible(type: Type) -> bool:
    inner = unqualified(type)
    return isinstance(inner, ArrayType) and inner.length is None


def _bit_field(cx: Context, decl: Any, type: Type, packed: bool) -> tuple[RecordField, Member]:
    span = span_of(cx, decl)
    if not is_integer(type):
        cx.fail(Code.INVALID_DECLARATION, f"the bit-field '{decl.name}' is not an integer", span)
    kind = cx.integer_type(type).kind
    width = expressions.constant_integer(cx, decl.bitsize)
    if width < 0 or width > (1 if kind is IntKind.BOOL else kind.bits) or (width == 0 and decl.name is not None):
        cx.fail(Code.INVALID_DECLARATION, f"the width of the bit-field '{decl.name}' is out of range", span)
    own_packed = packed or has_attribute(decl, "packed")
    member = Member(
        kind.size, cx.align_of(type), requested_alignment(cx, decl), width, own_packed, decl.name is not None
    )
    return RecordField(decl.name or "", type, 0, width=width, doc=cx.doc_at(span)), member


def suggest_name(cx: Context, type: Type, name: str, owner: str | None = None) -> None:
    """Remembers what an unnamed record or enum inside the type could be called: after its first typedef, member or
    variable; a member's also after the record that owns it."""
    inner = unqualified(type)
    while not isinstance(inner, RecordType):
        target = getattr(inner, "element", None) or getattr(inner, "target", None)
        if target is None:
            return
        inner = unqualified(target)
    if not cx.records[inner.id].name:
        cx.record_names.setdefault(inner.id, (owner, name))


def name_records(cx: Context) -> None:
    """Gives the unnamed records the names that were suggested."""
    for identity, record in cx.records.items():
        if not record.name:
            cx.records[identity] = replace(record, name=_suggested(cx, identity))


def _suggested(cx: Context, identity: str) -> str:
    owner, name = cx.record_names.get(identity, (None, "anonymous"))
    if owner is None:
        return name
    return f"{cx.records[owner].name or _suggested(cx, owner)}_{name}"


def find_member(cx: Context, type: RecordType, name: str) -> list[int] | None:
    """The path of field numbers to a member, through anonymous members."""
    for index, field in enumerate(cx.records[type.id].fields or ()):
        if field.name == name and not field.anonymous:
            return [index]
        inner = unqualified(field.type)
        if field.anonymous and isinstance(inner, RecordType):
            path = find_member(cx, inner, name)
            if path is not None:
                return [index, *path]
    return None
