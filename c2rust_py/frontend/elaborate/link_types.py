"""One name space of records and enums for all units: the same definition is one type, different ones with one id are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from c2rust_py.frontend.elaborate.unit import ElaboratedUnit
from c2rust_py.frontend.elaborate.uses import Uses
from c2rust_py.ir.program import Enumeration, Record
from c2rust_py.ir.types import ArrayType, EnumType, FunctionType, PointerType, RecordType, Type
from c2rust_py.ir.walk import Node, map_children

N = TypeVar("N", bound=Node)
Tables = tuple[Sequence[ElaboratedUnit], dict[str, Record], dict[str, Enumeration]]


def unify_types(units: Sequence[ElaboratedUnit]) -> Tables:
    """The units with ids that are unique in the program, and the program's records and enums.

    Before: a.c and b.c both define a `struct node`, differently. After: b.c's has the id `struct node#2`. A record that
    a unit leaves incomplete is the one that another unit completes.
    """
    records: dict[str, Record] = {}
    enums: dict[str, Enumeration] = {}
    result: list[ElaboratedUnit] = []
    for unit in units:
        names = _new_names(unit, records, enums)
        renamed = _rename_unit(unit, names) if names else unit
        for id, record in renamed.records.items():
            known = records.get(id)
            if known is None or known.fields is None:
                records[id] = record
        for id, enum in renamed.enums.items():
            if id not in enums or not enums[id].enumerators:
                enums[id] = enum
        result.append(renamed)
    return result, records, enums


def _new_names(unit: ElaboratedUnit, records: dict[str, Record], enums: dict[str, Enumeration]) -> dict[str, str]:
    """New ids for the unit's types that clash with the program's. A record whose member's type gets another id is another
    record, too, so this goes on until nothing changes."""
    names: dict[str, str] = {}
    changed = True
    while changed:
        changed = False
        for id, record in unit.records.items():
            wanted = _free_id(id, _rename_record(record, names), records)
            if wanted != names.get(id, id):
                names[id], changed = wanted, True
        for id, enum in unit.enums.items():
            number, wanted = 1, id
            while wanted in enums and not _same_enum(enums[wanted], enum):
                number += 1
                wanted = f"{id}#{number}"
            if wanted != names.get(id, id):
                names[id], changed = wanted, True
    return names


def _free_id(id: str, record: Record, records: dict[str, Record]) -> str:
    number, wanted = 1, id
    while wanted in records and not _same_record(records[wanted], record, id):
        number += 1
        wanted = f"{id}#{number}"
    return wanted


def _same_record(known: Record, record: Record, id: str) -> bool:
    if known.is_union != record.is_union:
        return False
    if known.fields is None or record.fields is None:
        return True
    if known.span != record.span and not id.startswith(("library:", "vector:", "opaque:")):
        return False
    same_members = [_shape(member) for member in known.fields] == [_shape(member) for member in record.fields]
    return same_members and (known.size, known.align) == (record.size, record.align)


def _shape(member: Any) -> tuple[object, ...]:
    return member.name, member.type, member.offset, member.shift, member.width


def _same_enum(known: Enumeration, enum: Enumeration) -> bool:
    if not known.enumerators or not enum.enumerators:
        return True
    values = [(e.name, e.value) for e in known.enumerators] == [(e.name, e.value) for e in enum.enumerators]
    return values and known.kind == enum.kind and known.span == enum.span


# ---- renaming ----


def _rename_type(type: Type, names: dict[str, str]) -> Type:
    match type:
        case RecordType(id):
            return RecordType(names.get(id, id))
        case EnumType(id):
            return EnumType(names.get(id, id))
        case PointerType(target):
            return PointerType(_rename_type(target, names))
        case ArrayType(element, length):
            return ArrayType(_rename_type(element, names), length)
        case FunctionType(result, params, variadic, prototyped):
            renamed = tuple(_rename_type(param, names) for param in params)
            return FunctionType(_rename_type(result, names), renamed, variadic, prototyped)
        case _:
            return type


def _rename_record(record: Record, names: dict[str, str]) -> Record:
    if record.fields is None:
        return replace(record, id=names.get(record.id, record.id))
    members = tuple(replace(member, type=_rename_type(member.type, names)) for member in record.fields)
    return replace(record, id=names.get(record.id, record.id), fields=members)


def _rename_node(node: N, names: dict[str, str]) -> N:
    renamed = map_children(node, lambda child: _rename_node(child, names))
    type = getattr(renamed, "type", None)
    if type is None:
        return renamed
    return cast(N, replace(cast(Any, renamed), type=_rename_type(type, names)))


def _rename_definition(definition: Any, names: dict[str, str]) -> Any:
    """A function, variable or external with its types renamed."""
    assert is_dataclass(definition)
    updates: dict[str, Any] = {"type": _rename_type(cast(Any, definition).type, names)}
    present = {f.name for f in fields(definition)}
    if "body" in present:
        function = cast(Any, definition)
        updates["body"] = tuple(_rename_node(statement, names) for statement in function.body)
        updates["locals"] = tuple(replace(local, type=_rename_type(local.type, names)) for local in function.locals)
    if "init" in present and cast(Any, definition).init is not None:
        updates["init"] = _rename_node(cast(Any, definition).init, names)
    return replace(cast(Any, definition), **updates)


def _rename_uses(uses: Uses, names: dict[str, str]) -> Uses:
    symbols = {symbol: {_rename_type(type, names) for type in types} for symbol, types in uses.symbols.items()}
    return Uses(symbols, {_rename_type(type, names) for type in uses.types}, uses.names)


def _rename_unit(unit: ElaboratedUnit, names: dict[str, str]) -> ElaboratedUnit:
    records = {names.get(id, id): _rename_record(record, names) for id, record in unit.records.items()}
    enums = {names.get(id, id): replace(enum, id=names.get(id, id)) for id, enum in unit.enums.items()}
    constants = tuple(
        replace(constant, value=replace(constant.value, type=_rename_type(constant.value.type, names)))
        for constant in unit.constants
    )
    return replace(
        unit,
        functions={symbol: _rename_definition(f, names) for symbol, f in unit.functions.items()},
        variables={symbol: _rename_definition(v, names) for symbol, v in unit.variables.items()},
        externals={symbol: _rename_definition(e, names) for symbol, e in unit.externals.items()},
        records=records,
        enums=enums,
        constants=constants,
        uses={symbol: _rename_uses(uses, names) for symbol, uses in unit.uses.items()},
    )
