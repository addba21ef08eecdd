"""The rung of every pointer slot, and the grade of every function (DESIGN 1: the ladder).

    struct node { struct node *next; };          // slot: field 0 of node, level 0
    int len(struct node **list);                 // slots: list at level 0 (the outer pointer) and level 1

A slot is one pointer level of one declaration; arrays add no level, their elements share the slots of the array. Levels
count from the outermost pointer inwards and end at a struct, whose fields are declarations of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from c2rust_py.diagnostics import Span
from c2rust_py.infer.demotions import RESULT, ElementPointers, FieldSlot, GlobalPointers, HeldSlot, PointedPointers
from c2rust_py.infer.solution import Solution, first_instance
from c2rust_py.infer.storage import Storage
from c2rust_py.infer.targets import OwnedRoot
from c2rust_py.ir.nodes import (
    Call,
    Conditional,
    Decay,
    FunctionRef,
    Place,
    StringPlace,
    UnsupportedStatement,
    UnsupportedValue,
    Value,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import (
    Access,
    ArrayType,
    FunctionType,
    IdType,
    OwnedType,
    PointerType,
    RecordType,
    ReferenceType,
    Type,
)
from c2rust_py.ir.walk import walk_all
from c2rust_py.options import Rung

LADDER: tuple[Rung, ...] = tuple(Rung)
"""The rungs from the best to the last resort."""


def lowest(rungs: Iterable[Rung]) -> Rung:
    """The lowest of some rungs; the highest of all where there are none."""
    return max(rungs, key=LADDER.index, default=LADDER[0])


@dataclass(frozen=True, slots=True)
class GlobalId:
    """A variable of static storage duration."""

    symbol: str


@dataclass(frozen=True, slots=True)
class LocalId:
    """A parameter, local variable or temporary."""

    function: str
    local: int


@dataclass(frozen=True, slots=True)
class ResultId:
    """What a function returns."""

    function: str


@dataclass(frozen=True, slots=True)
class FieldId:
    """A member of a struct or union."""

    record: str
    index: int


DeclarationId = GlobalId | LocalId | ResultId | FieldId


@dataclass(frozen=True, slots=True)
class Slot:
    """Pointer level `level` of a declaration, 0 being the outermost."""

    declaration: DeclarationId
    level: int


@dataclass(frozen=True, slots=True)
class SlotRungs:
    """rungs: of every pointer slot of the program; grades: of every function, by symbol: the lowest rung in it. The second
    instances of functions add no slots. in_memory: the places where a function first uses a pointer in memory."""

    rungs: Mapping[Slot, Rung]
    grades: Mapping[str, Rung]
    in_memory: Mapping[str, Span] = field(default_factory=dict)


def infer_slots(program: Program, storage: Storage, ladder: Rung, solution: Solution | None = None) -> SlotRungs:
    """The rungs of a program that was lifted by `solution`, or that is as C has it where there is none: then every pointer
    is on the memory rung, which is total. `ladder` is an upper bound."""
    rungs: dict[Slot, Rung] = {}
    for declaration, type in _declarations(program, program if solution is None else solution.program):
        levels = pointer_levels(type, program)
        for level in range(levels):
            rung = Rung.MEMORY if level or solution is None else _rung(solution, program, declaration)
            if solution is not None and (_is_view(solution, declaration, level) or (level == 1 and _leads(solution, declaration))):
                rung = Rung.BORROWED
            rungs[Slot(declaration, level)] = lowest((rung, ladder))
        if _names_object(type):
            rungs[Slot(declaration, levels)] = lowest((Rung.ARENA, ladder))
    grades: dict[str, Rung] = {}
    in_memory: dict[str, Span] = {}
    for symbol, function in program.functions.items():
        place = _first_in_memory(function, program, storage)
        if place is not None:
            in_memory[symbol] = place
        lifts = solution is not None and bool(solution.templates[symbol])
        above = lowest((Rung.BORROWED if lifts else Rung.OWNED, *_rungs_of_locals(function)))
        rung = above if place is None else Rung.MEMORY
        grades[symbol] = Rung.STUB if _has_stub(function) else lowest((rung, ladder))
    return SlotRungs(MappingProxyType(rungs), MappingProxyType(grades), MappingProxyType(in_memory))


def _rungs_of_locals(function: Function) -> Iterator[Rung]:
    """The rungs below references that a function's locals, and its result, are on: cells, and names for objects of arenas."""
    if any(_is_cell(one.type) for one in function.locals):
        yield Rung.CELL
    if any(map(_names_object, (function.type.result, *(one.type for one in function.locals)))):
        yield Rung.ARENA


def _names_object(type: Type) -> bool:
    """Whether what a declaration's pointers lead to, or its elements are, names an object of an arena."""
    while isinstance(type, PointerType | ArrayType | ReferenceType | OwnedType):
        type = type.element if isinstance(type, ArrayType) else type.target
    return isinstance(type, IdType)


def _is_cell(type: Type) -> bool:
    return isinstance(type, ReferenceType) and type.access is Access.CELL


def _rung(solution: Solution, program: Program, declaration: DeclarationId) -> Rung:
    """The rung of a declaration's outermost level."""
    match declaration:
        case LocalId(symbol, local) if any(map(_is_cell, program.functions[symbol].type.params[local : local + 1])):
            return Rung.CELL
        case LocalId(symbol, local) if local in solution.templates[symbol]:
            return Rung.OWNED if solution.templates[symbol][local].root == OwnedRoot(local) else Rung.BORROWED
        case LocalId(symbol, local) if solution.is_lifted(symbol, local):
            return Rung.BORROWED
        case ResultId(symbol) if symbol in solution.results:
            return Rung.OWNED if solution.results[symbol].owned else Rung.BORROWED
        case FieldId(record, index):
            return solution.fields.get(FieldSlot(record, index), Rung.MEMORY)
        case _:
            return Rung.MEMORY


def _leads(solution: Solution, declaration: DeclarationId) -> bool:
    """Whether a declaration is of a parameter that became an array and a position in it."""
    return isinstance(declaration, LocalId) and solution.referent(declaration.function, declaration.local) is not None


def _is_view(solution: Solution, declaration: DeclarationId, level: int) -> bool:
    """Whether a level of a declaration is a view: what an object holds, or what a pointer leads to."""
    match declaration, level:
        case LocalId(symbol, local), 0:
            return _is_held(solution, ElementPointers(symbol, local))
        case LocalId(symbol, local), 1:
            return _is_held(solution, PointedPointers(symbol, local))
        case ResultId(symbol), 1:
            return solution.views.above(PointedPointers(symbol, RESULT))
        case FieldId(record, index), 0:
            return solution.views.above(FieldSlot(record, index))
        case GlobalId(symbol), 0:
            return solution.views.above(GlobalPointers(symbol))
        case _:
            return False


def _is_held(solution: Solution, slot: HeldSlot) -> bool:
    """Whether a slot is a view, or a position."""
    return solution.views.above(slot) or solution.views.holds_positions(slot)


def _declarations(program: Program, before: Program) -> Iterator[tuple[DeclarationId, Type]]:
    """What is declared, with the types from before the program was lifted."""
    for symbol, variable in program.variables.items():
        yield GlobalId(symbol), before.variables.get(symbol, variable).type
    for symbol in program.functions:
        if symbol != first_instance(symbol) and first_instance(symbol) in program.functions:
            continue
        function = before.functions[symbol]
        for local in function.locals:
            yield LocalId(symbol, local.id), local.type
        yield ResultId(symbol), function.type.result
    for id, record in program.records.items():
        for index, record_field in enumerate(before.records.get(id, record).fields or ()):
            yield FieldId(id, index), record_field.type


def pointer_levels(type: Type, program: Program) -> int:
    """How many data pointers lie in a row in a declaration of that type."""
    levels = 0
    while isinstance(type, PointerType | ArrayType):
        if isinstance(type, ArrayType):
            type = type.element
            continue
        if isinstance(type.target, FunctionType) or is_handle(type, program):
            break
        levels += 1
        type = type.target
    return levels


def is_handle(type: PointerType, program: Program) -> bool:
    """Whether a pointer is a name for something that only the library looks into: `FILE *`. No memory is behind it."""
    return isinstance(type.target, RecordType) and program.records[type.target.id].fields is None


def _has_stub(function: Function) -> bool:
    return any(isinstance(node, UnsupportedValue | UnsupportedStatement) for node in walk_all(function.body))


def _literals(value: Value) -> list[Value]:
    """The values of which one is a string literal, or selects one; none where it may be something else."""
    match value:
        case Conditional(_, then, otherwise):
            parts = _literals(then), _literals(otherwise)
            return [value, *parts[0], *parts[1]] if all(parts) else []
        case Decay(StringPlace()):
            return [value]
        case _:
            return []


def _first_in_memory(function: Function, program: Program, storage: Storage) -> Span | None:
    """Where the function has its first pointer in memory: what is lifted is no pointer any more. Literals that are named in
    calls are none."""
    for local in function.locals:
        if pointer_levels(local.type, program) or (function.symbol, local.id) in storage.memory_locals:
            return local.span
    if pointer_levels(function.type.result, program):
        return function.span
    named: set[int] = set()
    for node in walk_all(function.body):
        match node:
            case Call(FunctionRef(), args, _, _):
                named.update(id(part) for arg in args for part in _literals(arg))
            case FunctionRef():
                pass
            case _ if isinstance(node, Value | Place) and pointer_levels(node.type, program) and id(node) not in named:
                if isinstance(node.type, PointerType):
                    return node.span
            case _:
                pass
    return None
