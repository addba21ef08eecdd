"""Members of structs that own: buffers that are allocated for a member, grow in it and are freed by way of it.

    struct vec { int *data; int used, room; };            struct Vec_ { data: Vec<i32>, used: i32, room: i32 }
    v->data = realloc(v->data, room * sizeof *v->data);   v.data.resize(room, 0)

What such a member points to is reached through the struct alone, as if the elements were an array in it, so a pointer to them is a
path through the struct (`infer.targets`). Whoever copies a struct copies its pointers: a struct that owns is only returned and
assigned as what a call or a literal gives. A struct with objects in memory owns nothing (`lift.owned_fields`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from c2rust_py.infer.allocations import allocation_of
from c2rust_py.infer.demotions import FieldSlot
from c2rust_py.infer.field_slots import FieldFlow, field_flows, field_slot, pointer_fields
from c2rust_py.infer.flat_rows import flat_type
from c2rust_py.infer.library_calls import gives_new
from c2rust_py.infer.liftable import not_liftable
from c2rust_py.infer.owners import can_be_owned
from c2rust_py.infer.paths import FLAT_STEP
from c2rust_py.infer.targets import FieldStep, is_null, without_casts
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    Block,
    Call,
    Convert,
    DerefPlace,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    If,
    IndexPlace,
    IntConst,
    Labelled,
    Load,
    LocalPlace,
    Place,
    PointerAdd,
    Return,
    Statement,
    Value,
)
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import ArrayType, PointerType, RecordType, Type
from c2rust_py.ir.walk import Node, child_groups, walk, walk_all
from c2rust_py.options import Rung


def find_owned_fields(program: Program) -> dict[FieldSlot, Rung]:
    """The members that may own, by what the whole program gives them and does with their structs."""
    layout = Layout(program.records, program.enums)
    flows: dict[FieldSlot, list[FieldFlow]] = {}
    spoilt: set[FieldSlot] = set()
    for node in _nodes(program):
        for flow in field_flows(node, program):
            flows.setdefault(flow.slot, []).append(flow)
        if isinstance(node, AddressOf) and (slot := field_slot(node.place, program)) is not None:
            spoilt.add(slot)
    found: dict[FieldSlot, Rung] = {}
    for slot in pointer_fields(program):
        fields = program.records[slot.record].fields
        assert fields is not None
        type = fields[slot.index].type
        given = flows.get(slot, ())
        if slot in spoilt or not can_be_owned(type, layout) or not isinstance(type, PointerType) or not_liftable(type.target):
            continue
        if all(_may_be_owned(flow, program) for flow in given) and any(_is_new(flow, program, layout) for flow in given):
            found[slot] = Rung.OWNED
    copied = _copied_records(program)
    return {slot: rung for slot, rung in found.items() if copied.isdisjoint(holders(program, slot.record))}


def _nodes(program: Program) -> Iterator[Node]:
    for function in program.functions.values():
        yield from walk_all(function.body)
    for variable in program.variables.values():
        if variable.init is not None:
            yield from walk(variable.init)


def _may_be_owned(flow: FieldFlow, program: Program) -> bool:
    if flow.value is None or is_null(flow.value):
        return True
    value = without_casts(flow.value)
    if not isinstance(value, Call) or not isinstance(value.function, FunctionRef):
        return False
    return value.function.symbol in ("malloc", "calloc", "realloc") or _hands_over(value, program)


def _is_new(flow: FieldFlow, program: Program, layout: Layout) -> bool:
    if flow.value is None or is_null(flow.value):
        return False
    return _hands_over(without_casts(flow.value), program) or allocation_of(flow.value, layout) is not None


def _hands_over(value: Value, program: Program) -> bool:
    """Whether a value is a call that may give what it allocates to its caller."""
    if not isinstance(value, Call) or not isinstance(value.function, FunctionRef):
        return False
    symbol = value.function.symbol
    return symbol in program.functions or gives_new(symbol)


def _copied_records(program: Program) -> set[str]:
    """The structs that are copied, or of which there are arrays."""
    found: set[str] = set()
    for function in program.functions.values():
        moved = {
            id(node.value)
            for node in walk_all(function.body)
            if isinstance(node, Return) and isinstance(node.value, Load) and isinstance(node.value.place, LocalPlace)
        }
        for node in walk_all(function.body):
            if isinstance(node, Load) and isinstance(node.type, RecordType) and id(node) not in moved:
                found.add(node.type.id)
        for local in function.locals:
            found.update(_in_arrays(local.type))
    for variable in program.variables.values():
        found.update(_in_arrays(variable.type))
    for record in program.records.values():
        for member in record.fields or ():
            found.update(_in_arrays(member.type))
    return found


def _in_arrays(type: Type) -> Iterator[str]:
    while isinstance(type, ArrayType):
        type = type.element
        if isinstance(type, RecordType):
            yield type.id


def holders(program: Program, record: str) -> set[str]:
    """A struct and those that it is a part of."""
    found = {record}
    before = 0
    while len(found) > before:
        before = len(found)
        for id, other in program.records.items():
            types = (member.type for member in other.fields or ())
            if any(isinstance(type, RecordType) and type.id in found for type in types):
                found.add(id)
    return found


def same_place(a: Place, b: Place) -> bool:
    """Whether two places are the same as long as no variable changes."""
    match a, b:
        case LocalPlace(x), LocalPlace(y):
            return x == y
        case GlobalPlace(x), GlobalPlace(y):
            return x == y
        case FieldPlace(x, i), FieldPlace(y, j):
            return i == j and same_place(x, y)
        case IndexPlace(x, IntConst(i)), IndexPlace(y, IntConst(j)):
            return i == j and same_place(x, y)
        case IndexPlace(x, Load(i)), IndexPlace(y, Load(j)):
            return same_place(i, j) and same_place(x, y)
        case DerefPlace(Load(x)), DerefPlace(Load(y)):
            return same_place(x, y)
        case DerefPlace(PointerAdd(Load(x), i, back)), DerefPlace(PointerAdd(Load(y), j, forth)):
            return back == forth and same_place(x, y) and _same_index(i, j)
        case _:
            return False


def _same_index(a: Value, b: Value) -> bool:
    """Whether two indices are the same as long as no variable changes."""
    match a, b:
        case Convert(x, s), Convert(y, t):
            return s == t and _same_index(x, y)
        case IntConst(i), IntConst(j):
            return i == j
        case Load(x), Load(y):
            return same_place(x, y)
        case _:
            return False


def known_loads(body: tuple[Statement, ...], layout: Layout) -> Iterator[int]:
    """The reads of members that are tested directly behind an allocation, by identity: those are not null."""
    for before, statement in zip((None, *body), body, strict=False):
        match before, _first_of(statement):
            case Assign(FieldPlace() as place, value), If(condition) if _allocates(value, layout):
                for node in walk(condition):
                    if isinstance(node, Load) and same_place(node.place, place):
                        yield id(node)
            case _:
                pass
        for group in child_groups(statement):
            inner = tuple(child for child in group if isinstance(child, Statement))
            if inner:
                yield from known_loads(inner, layout)


def _allocates(value: Value, layout: Layout) -> bool:
    """Whether a value is an allocation, by the program or by the library: one that fails is a panic."""
    call = without_casts(value)
    by_library = isinstance(call, Call) and isinstance(call.function, FunctionRef) and gives_new(call.function.symbol)
    return by_library or allocation_of(value, layout) is not None


def _first_of(statement: Statement) -> Statement:
    """What runs first of a statement."""
    while isinstance(statement, Block | Labelled) and statement.body:
        statement = statement.body[0]
    return statement


def element_field(program: Program, start: Type, steps: Sequence[object]) -> FieldSlot | None:
    """The member whose elements a path leads to, from an object of type `start` on; None where it leads elsewhere."""
    type: Type = start
    slot: FieldSlot | None = None
    behind = False
    for step in steps:
        if step == FLAT_STEP:
            rows = flat_type(type)
            assert rows is not None
            type = rows
        elif isinstance(step, FieldStep):
            assert isinstance(type, RecordType)
            fields = program.records[type.id].fields
            assert fields is not None
            slot, type, behind = FieldSlot(type.id, step.index), fields[step.index].type, False
        elif isinstance(type, PointerType):
            type, behind = type.target, slot is not None
        else:
            assert isinstance(type, ArrayType)
            type, behind = type.element, False
    return slot if behind else None
