"""Rust items for C's structs, unions, enums and macros."""

from __future__ import annotations

from collections.abc import Iterable

from c2rust_py.ir.copied import is_copied
from c2rust_py.ir.nodes import IntConst
from c2rust_py.ir.program import Constant, Enumeration, Record, RecordField
from c2rust_py.ir.types import IntKind
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.code_values import codes_held
from c2rust_py.to_rust.frame import Facts, Frame
from c2rust_py.to_rust.lifetimes import STATIC, with_lifetimes
from c2rust_py.to_rust.literals import float_literal, int_literal
from c2rust_py.to_rust.static_values import StaticLowering
from c2rust_py.to_rust.types import constant_name

_DERIVES = ("Clone", "Copy", "Debug")
_OWNED_DERIVES = ("Clone", "Debug")


LIFETIME = "'a"
"""The lifetime parameter of structs that hold references."""


def record_items(facts: Facts, frame: Frame, record: Record) -> tuple[rs.Item, ...]:
    """A plain struct, one with its layout, a union, or an opaque type."""
    name = facts.names.records[record.id]
    if record.fields is None:
        return (rs.StructItem(name, (), (), record.doc),)
    if record.id not in facts.memory_records:
        return _plain_struct(facts, frame, record, name)
    frame.uses.add("c2rs_rt::union_layout" if record.is_union else "c2rs_rt::layout")
    if record.is_union:
        return (_union(facts, frame, record, name),)
    fields = []
    lines = []
    for index, field in enumerate(record.fields):
        field_name = facts.names.fields[record.id, index]
        type, bits = _stored(facts, frame, field)
        fields.append(rs.StructField(field_name, type, field.doc))
        lines.append(rs.LayoutField(constant_name(field_name), field_name, type, field.offset, bits))
    struct = rs.StructItem(name, tuple(fields), _DERIVES, record.doc)
    return struct, rs.LayoutItem(name, record.size, record.align, tuple(lines))


def _plain_struct(facts: Facts, frame: Frame, record: Record, name: str) -> tuple[rs.Item, ...]:
    """The struct, and its zero (which `refine` drops where nobody asks for it)."""
    assert record.fields is not None
    fields = []
    values = StaticLowering(facts, frame)
    for index, field in enumerate(record.fields):
        field_name = facts.names.fields[record.id, index]
        type, _ = _stored(facts, frame, field)
        reference = LIFETIME if (record.id, index) in facts.lifetimes.borrowed else STATIC
        type = with_lifetimes(type, reference, LIFETIME, facts.lifetime_holders)
        fields.append(rs.StructField(field_name, type, field.doc))
    derives = _DERIVES if is_copied(facts.program, record.id) else _OWNED_DERIVES
    holds = record.id in facts.lifetimes.records
    struct = rs.StructItem(name, tuple(fields), derives, record.doc, (LIFETIME,) if holds else ())
    code = {code for field in record.fields for code in codes_held(field.type, facts.program)}
    if any(not facts.types.code[one].nullable for one in code & facts.types.code.keys()):
        return (struct,)
    path = rs.PathType(name, lifetime=STATIC if holds else None)
    zeros = ((facts.names.fields[record.id, index], values.stored_zero(field.type)) for index, field in enumerate(record.fields))
    zero = rs.ConstItem("ZERO", path, rs.StructLiteral(name, tuple(zeros)), None)
    return struct, rs.ImplItem(None, name, (), (zero,), ("'_",) if holds else ())


def _union(facts: Facts, frame: Frame, record: Record, name: str) -> rs.UnionItem:
    assert record.fields is not None
    members = []
    for index, field in enumerate(record.fields):
        getter = facts.names.fields[record.id, index]
        type, bits = _stored(facts, frame, field)
        members.append(rs.UnionField(constant_name(getter), getter, f"set_{getter.removeprefix('r#')}", type, bits))
    return rs.UnionItem(name, record.size, record.align, tuple(members), record.doc)


def _stored(facts: Facts, frame: Frame, field: RecordField) -> tuple[rs.Type, tuple[int, int] | None]:
    """The type of a member, and shift and width of a bit-field. One of plain char has a sign."""
    type = frame.stored_type(field.type)
    if field.width is None:
        return type, None
    if type == rs.PathType("u8") and facts.types.int_kind(field.type) is IntKind.CHAR:
        type = rs.PathType("i8")
    return type, (field.shift, field.width)


def constant_items(facts: Facts, constants: Iterable[Constant]) -> tuple[rs.Item, ...]:
    """Kept macros as `pub const`s."""
    items = []
    for constant in constants:
        rust = facts.constant_types[constant.name]
        value = constant.value
        if isinstance(value, IntConst):
            literal = int_literal(value.value, rust.name, typed=True)
        else:
            literal = float_literal(value.value, rust.name, typed=True)
        items.append(rs.ConstItem(facts.names.constants[constant.name], rust, literal, constant.doc))
    return tuple(items)


def enum_items(facts: Facts, enum: Enumeration) -> tuple[rs.Item, ...]:
    """The enumerators as `pub const`s, of the type that `constant_types` has for them."""
    items = []
    for index, enumerator in enumerate(enum.enumerators):
        if enumerator.name not in facts.names.constants:
            continue
        rust = facts.constant_types[enumerator.name]
        own = enumerator.doc if enumerator.doc != enum.doc else None
        doc = own or (enum.doc if index == 0 else None)
        value = int_literal(enumerator.value, rust.name, typed=True)
        items.append(rs.ConstItem(facts.names.constants[enumerator.name], rust, value, doc))
    return tuple(items)
