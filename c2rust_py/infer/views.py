"""Views: the pointers that objects hold, as shared references to elements that outlive the object.

    struct op { const char *name; int code; };       static const struct op ops[] = { {"add", 1}, {"sub", 2} };
    struct parser { const char *text; size_t at; };  p->text = line;
    const char *names[] = { "red", "green" };
    int longest(const char **words, int n);

Structs that lead to objects of their own kind (lists, trees) hold none: they may lead to themselves.

A slot is what all objects hold in one place: a member of a struct, a global, the elements of a local array, what a pointer to
pointers leads to (`infer.elements` has the slots that this is one with). It is a view where all
that it is ever given has a target above memory (`infer.targets`), and nobody writes through it. An object of a struct that
lies in memory has all its pointers there, so one such object takes the members of its struct down.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.allocations import allocation_of
from c2rust_py.infer.cursors import leads_alike, referents
from c2rust_py.infer.demotions import (
    RESULT,
    Demotions,
    ElementPointers,
    FieldSlot,
    GlobalPointers,
    HeldSlot,
    PointedPointers,
    ResultSlot,
)
from c2rust_py.infer.field_slots import field_flows, pointer_fields
from c2rust_py.infer.liftable import not_liftable
from c2rust_py.infer.targets import is_data_pointer, without_casts
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AddressOf,
    ArrayValue,
    Assign,
    BlockValue,
    Call,
    Conditional,
    Convert,
    Decay,
    Declare,
    DerefPlace,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    IndexPlace,
    Load,
    LocalPlace,
    Place,
    PointerAdd,
    RecordValue,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import ArrayType, PointerType, RecordType, Type
from c2rust_py.ir.walk import Node, walk, walk_all

_LIBRARY_RECORD = "library:"


@dataclass(frozen=True, slots=True)
class HeldFlow:
    """A slot is given a pointer; value: None for zero."""

    slot: HeldSlot
    value: Value | None
    span: Span


@dataclass(slots=True)
class Views:
    """The slots that can be views, each with what it points to, and what is known of them so far: those in memory are among the
    demotions, `nullable` are those that may be null. Results are in `nullable` alone."""

    program: Program
    pointees: dict[HeldSlot, Type]
    demotions: Demotions
    nullable: set[HeldSlot | ResultSlot] = field(default_factory=set)

    def enter(self, function: Function) -> None:
        """The slots of a function come into play."""
        found: dict[HeldSlot, Type] = {}
        for local in function.locals:
            if isinstance(local.type, ArrayType):
                found[ElementPointers(function.symbol, local.id)] = local.type
            elif isinstance(local.type, PointerType) and local.behind is None and local.id not in referents(function):
                found[PointedPointers(function.symbol, local.id)] = local.type.target
        if isinstance(function.type.result, PointerType):
            found[PointedPointers(function.symbol, RESULT)] = function.type.result.target
        self.add(found)

    def add(self, declared: Mapping[HeldSlot, Type]) -> None:
        """Adds those of some slots that can be views, each with the type that it is declared with."""
        for slot, type in declared.items():
            pointee = _pointee(type, self.program)
            if pointee is not None and slot not in fields_within(pointee, self.program):
                self.pointees[slot] = pointee

    def above(self, slot: HeldSlot | None) -> bool:
        """Whether a slot is a view, as far as is known."""
        return slot is not None and slot in self.pointees and slot not in self.demotions and not self._is_positional(slot)

    def _is_positional(self, slot: HeldSlot) -> bool:
        match slot:
            case ElementPointers(function) | PointedPointers(function):
                return replace(slot, function=function.removesuffix("@memory")) in self.demotions.positional
            case _:
                return False

    def holds_positions(self, slot: HeldSlot | None) -> bool:
        """Whether a slot is a position, as far as is known (`infer.held_positions`)."""
        return slot is not None and slot in self.pointees and slot not in self.demotions and self._is_positional(slot)

    def position_at(self, place: Place, function: str) -> HeldSlot | None:
        """The position that a place of a function is, or that the elements of an array are."""
        slot = held_slot(place, function, self.program)
        return slot if self.holds_positions(slot) else None

    def at(self, place: Place, function: str) -> HeldSlot | None:
        """The view that a place of a function is, or that the elements of an array are."""
        slot = held_slot(place, function, self.program)
        return slot if self.above(slot) else None


def find_views(program: Program, demotions: Demotions, owned: Container[FieldSlot] = ()) -> Views:
    """All slots of a normalised program that could be views: those that are `owned` are none."""
    layout = Layout(program.records, program.enums)
    allocated = {
        flow.slot
        for function in program.functions.values()
        for node in walk_all(function.body)
        for flow in field_flows(node, program)
        if flow.value is not None and allocation_of(flow.value, layout) is not None
    }
    found: dict[HeldSlot, Type] = {}
    for slot in pointer_fields(program):
        fields = program.records[slot.record].fields
        if slot not in allocated and slot not in owned and not slot.record.startswith(_LIBRARY_RECORD) and fields is not None:
            found[slot] = fields[slot.index].type
    for id, record in program.records.items():
        for index, member in enumerate(record.fields or ()):
            if isinstance(member.type, ArrayType) and not record.is_union and not id.startswith(_LIBRARY_RECORD):
                found[FieldSlot(id, index)] = member.type
    for symbol, variable in program.variables.items():
        found[GlobalPointers(symbol)] = variable.type
    views = Views(program, {}, demotions)
    views.add(found)
    for function in program.functions.values():
        views.enter(function)
    return views


def _pointee(type: Type, program: Program) -> Type | None:
    """What the pointers of a declaration point to, where views of that can be."""
    while isinstance(type, ArrayType):
        type = type.element
    if not isinstance(type, PointerType) or not is_data_pointer(type) or not_liftable(type.target) is not None:
        return None
    inner = type.target
    while isinstance(inner, ArrayType):
        inner = inner.element
    if isinstance(inner, PointerType) or (isinstance(inner, RecordType) and program.records[inner.id].fields is None):
        return None
    return type.target


def held_slot(place: Place, symbol: str, program: Program) -> HeldSlot | None:
    """The slot of a place with a pointer, or of an array of pointers."""
    if not is_data_pointer(innermost(place.type)):
        return None
    while isinstance(place, IndexPlace):
        place = place.base
    match place:
        case FieldPlace(base, index) if isinstance(base.type, RecordType):
            record = base.type.id
            return None if program.records[record].is_union else FieldSlot(record, index)
        case GlobalPlace(name):
            return GlobalPointers(name)
        case LocalPlace(local, ArrayType()):
            return ElementPointers(symbol, local)
        case DerefPlace(pointer):
            slots = pointed_slots(pointer, symbol, program)
            return slots[0] if slots else None
        case _:
            return None


def pointed_slots(pointer: Value, symbol: str, program: Program) -> list[HeldSlot]:
    """The slots of what a pointer to pointers leads to: several where it is chosen, none where that is null or not known."""
    match pointer:
        case Load(LocalPlace(local)) if leads_to_pointers(pointer.type):
            return [PointedPointers(symbol, local)]
        case Call(FunctionRef(callee)) if callee in program.functions and leads_to_pointers(pointer.type):
            return [PointedPointers(callee, RESULT)]
        case Decay(place) | AddressOf(IndexPlace() | DerefPlace() as place):
            slot = held_slot(place, symbol, program)
            return [] if slot is None else [slot]
        case Convert(operand) if not leads_alike(pointer.type, operand.type):
            return []
        case PointerAdd(inner) | Convert(inner):
            return pointed_slots(inner, symbol, program)
        case BlockValue(_, tail) if tail is not None:
            return pointed_slots(tail, symbol, program)
        case Conditional(_, then, otherwise):
            found = (*pointed_slots(then, symbol, program), *pointed_slots(otherwise, symbol, program))
            return list(dict.fromkeys(found))
        case _:
            return []


def leads_to_pointers(type: Type) -> bool:
    """Whether it is a pointer to pointers to objects, or to arrays of such."""
    return isinstance(type, PointerType) and is_data_pointer(innermost(type.target))


def innermost(type: Type) -> Type:
    """The type of the elements of an array of any dimensions."""
    while isinstance(type, ArrayType):
        type = type.element
    return type


def held_flows(slot: HeldSlot | None, value: Value, program: Program) -> Iterator[HeldFlow]:
    """What a value gives the slots of the object that it is for, without the values of structs inside of it. slot: of the object, if
    it is a pointer, or an array of pointers."""
    match value:
        case RecordValue(fields, RecordType(id), span) if not program.records[id].is_union:
            for index, (member, given) in enumerate(zip(program.records[id].fields or (), fields, strict=True)):
                inner = FieldSlot(id, index) if is_data_pointer(innermost(member.type)) else None
                if given is None:
                    yield from _zeros(inner, member.type, span, program)
                elif inner is not None:
                    yield from held_flows(inner, given, program)
        case ArrayValue(runs, type, span):
            if slot is not None:
                for run in runs:
                    yield from held_flows(slot, run.value, program)
            if sum(run.last - run.first + 1 for run in runs) < (type.length or 0):
                yield from _zeros(slot, type.element, span, program)
        case ZeroValue(type, span) if isinstance(type, RecordType | ArrayType):
            yield from _zeros(slot, type, span, program)
        case _ if slot is not None and is_data_pointer(value.type):
            yield HeldFlow(slot, value, value.span)
        case _:
            pass


def _zeros(slot: HeldSlot | None, type: Type, span: Span, program: Program) -> Iterator[HeldFlow]:
    """The slots in an object of zero bytes."""
    match innermost(type):
        case PointerType() if slot is not None:
            yield HeldFlow(slot, None, span)
        case RecordType(id) if not program.records[id].is_union:
            for index, member in enumerate(program.records[id].fields or ()):
                inner = FieldSlot(id, index) if is_data_pointer(innermost(member.type)) else None
                yield from _zeros(inner, member.type, span, program)
        case _:
            pass


def flows_of(node: Node, symbol: str, program: Program) -> Iterator[HeldFlow]:
    """What a node gives slots, without the nodes below it: every value of a struct is a node."""
    match node:
        case Assign(place, value):
            yield from held_flows(held_slot(place, symbol, program), value, program)
        case Declare(local, ArrayValue() | ZeroValue() as value, span):
            yield from held_flows(held_slot(LocalPlace(local, value.type, span), symbol, program), value, program)
        case RecordValue():
            yield from held_flows(None, node, program)
        case Call(FunctionRef("memset" | "bzero" | "explicit_bzero"), (pointer, *_)):
            target = without_casts(pointer).type
            assert isinstance(target, PointerType)
            yield from _zeros(None, target.target, node.span, program)
        case _:
            pass


def static_flows(program: Program) -> Iterator[HeldFlow]:
    """What the initialisers of variables give slots."""
    for symbol, variable in program.variables.items():
        slot = GlobalPointers(symbol) if is_data_pointer(innermost(variable.type)) else None
        if variable.init is None:
            yield from _zeros(slot, variable.type, variable.span, program)
            continue
        yield from held_flows(slot, variable.init, program)
        for node in walk(variable.init):
            if node is not variable.init and isinstance(node, RecordValue):
                yield from held_flows(None, node, program)


def unset_objects(function: Function, program: Program) -> Iterator[HeldFlow]:
    """The slots in objects that a function declares, or allocates, without a value."""
    for node in walk_all(function.body):
        if isinstance(node, Convert) and isinstance(node.operand, Call) and isinstance(node.type, PointerType):
            yield from _zeros(None, node.type.target, node.span, program)
        if isinstance(node, Declare) and node.init is None:
            type = function.locals[node.local].type
            slot = held_slot(LocalPlace(node.local, type, node.span), function.symbol, program)
            yield from _zeros(slot, type, node.span, program)


def mentioned_slots(function: Function, program: Program) -> Iterator[HeldSlot]:
    """The slots that a function has to do with."""
    for node in walk_all(function.body):
        if isinstance(node, FieldPlace | GlobalPlace | LocalPlace | DerefPlace):
            slot = held_slot(node, function.symbol, program)
            if slot is not None:
                yield slot
        yield from (flow.slot for flow in flows_of(node, function.symbol, program))


def fields_within(type: Type, program: Program) -> list[FieldSlot]:
    """The pointers that are held in an object of a type, or in what is behind pointers there."""
    found: dict[FieldSlot, None] = {}
    seen: set[str] = set()
    waiting = [type]
    while waiting:
        match waiting.pop():
            case ArrayType(inner) | PointerType(inner):
                waiting.append(inner)
            case RecordType(id) if id not in seen:
                seen.add(id)
                for index, member in enumerate(program.records[id].fields or ()):
                    if is_data_pointer(innermost(member.type)):
                        found[FieldSlot(id, index)] = None
                    waiting.append(member.type)
            case _:
                pass
    return list(found)
