"""Members of structs that cannot own after all, and the types of those that can.

    int *p = v->data;  push(v, 3);  *p         `p` is an index into `v.data`, which `push` gives other elements

A pointer to what a member owns is a path through its struct, so nothing may change the member while one is left, `free` apart:
what is freed is empty. And an object that lies in memory has its pointers there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.demotions import FieldSlot, Reason
from c2rust_py.infer.field_slots import field_flows
from c2rust_py.infer.flat_rows import flat_type
from c2rust_py.infer.memory_records import infer_memory_records
from c2rust_py.infer.owned_fields import holders
from c2rust_py.infer.paths import FLAT_STEP
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.storage import Storage
from c2rust_py.infer.targets import FieldStep, GlobalRoot, LocalRoot, OwnedRoot, ParamRoot, Template
from c2rust_py.ir.nodes import Assign, Call, FunctionRef
from c2rust_py.ir.program import Program, Record
from c2rust_py.ir.types import ArrayType, OwnedType, PointerType, RecordType, Type
from c2rust_py.ir.walk import Node, walk
from c2rust_py.lift.liveness import Liveness, Locals, mentions


def find_stale_members(solution: Solution) -> bool:
    """Demotes members that may change while a local pointer into what they own is left; whether there was any."""
    if not solution.fields:
        return False
    before = len(solution.demotions.reasons)
    changed = _changed_members(solution)
    for symbol, function in solution.program.functions.items():
        pointers: dict[FieldSlot, set[int]] = {}
        for local, template in solution.templates[symbol].items():
            for slot in _members_on(solution, symbol, template):
                pointers.setdefault(slot, set()).add(local)
        if changed[symbol].isdisjoint(pointers):
            continue

        def visit(
            node: Node, later: Locals, pointers: dict[FieldSlot, set[int]] = pointers, span: Span = function.span
        ) -> None:
            for slot in _changes(node, solution, changed):
                if not pointers.get(slot, set()).isdisjoint(later | mentions(node)):
                    reason = "it may change while pointers to its elements are left"
                    solution.demotions.add(slot, Reason(reason, span))

        Liveness(visit).list(function.body, frozenset())
    return len(solution.demotions.reasons) > before


def find_members_in_memory(solution: Solution, lifted: Program, storage: Storage) -> bool:
    """Demotes the members of structs whose objects can lie in memory; whether there was any."""
    if not solution.fields:
        return False
    in_memory = infer_memory_records(lifted, storage)
    found = False
    for slot in list(solution.fields):
        if not in_memory.isdisjoint(holders(solution.program, slot.record)):
            span = solution.program.records[slot.record].span
            found |= solution.demotions.add(slot, Reason("objects of its struct lie in memory", span))
    return found


def with_owned_members(solution: Solution, program: Program) -> Program:
    """The lifted program with the types of the members that own."""
    records = dict(program.records)
    for slot in solution.fields:
        records[slot.record] = _with_owned(records[slot.record], slot.index)
    return replace(program, records=records)


def _with_owned(record: Record, index: int) -> Record:
    assert record.fields is not None
    members = list(record.fields)
    members[index] = replace(members[index], type=owned_member(members[index].type))
    return replace(record, fields=tuple(members))


def owned_member(pointer: Type) -> OwnedType:
    """The type of a member that owns."""
    assert isinstance(pointer, PointerType)
    return OwnedType(ArrayType(pointer.target, None))


def _changed_members(solution: Solution) -> dict[str, set[FieldSlot]]:
    """The members that each function, or one that it may call, gives other elements."""
    program = solution.program
    changed: dict[str, set[FieldSlot]] = {symbol: set() for symbol in program.functions}
    callers: dict[str, set[str]] = {}
    for symbol, function in program.functions.items():
        for statement in function.body:
            changed[symbol].update(_changes(statement, solution, {}))
            for node in walk(statement):
                if isinstance(node, FunctionRef):
                    callers.setdefault(node.symbol, set()).add(symbol)
    waiting = list(program.functions)
    while waiting:
        callee = waiting.pop()
        for caller in callers.get(callee, ()):
            if not changed[callee] <= changed[caller]:
                changed[caller] |= changed[callee]
                waiting.append(caller)
    return changed


def _changes(node: Node, solution: Solution, changed: Mapping[str, AbstractSet[FieldSlot]]) -> Iterator[FieldSlot]:
    """The members that a node gives other elements, or a function that it calls; a pointer may call any."""
    program = solution.program
    for part in walk(node):
        yield from (flow.slot for flow in field_flows(part, program))
        match part:
            case Assign(place) if isinstance(place.type, RecordType):
                yield from (slot for slot in solution.fields if place.type.id in holders(program, slot.record))
            case FunctionRef(symbol):
                yield from changed.get(symbol, ())
            case Call(function) if not isinstance(function, FunctionRef):
                yield from solution.fields
            case _:
                pass


def _members_on(solution: Solution, symbol: str, template: Template) -> Iterator[FieldSlot]:
    """The members that own on the path of a local pointer."""
    match template.root:
        case LocalRoot(local) | ParamRoot(local) | OwnedRoot(local):
            type: Type = solution.program.functions[symbol].locals[local].type
        case GlobalRoot(name):
            type = solution.program.variables[name].type
        case _:
            return
    for step in template.steps:
        if step == FLAT_STEP:
            rows = flat_type(type)
            assert rows is not None
            type = rows
        elif isinstance(step, FieldStep):
            assert isinstance(type, RecordType)
            fields = solution.program.records[type.id].fields
            assert fields is not None
            if FieldSlot(type.id, step.index) in solution.fields:
                yield FieldSlot(type.id, step.index)
            type = fields[step.index].type
        else:
            assert isinstance(type, PointerType | ArrayType)
            type = type.target if isinstance(type, PointerType) else type.element
