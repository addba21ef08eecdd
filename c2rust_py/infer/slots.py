"""The rung of every pointer slot, and the grade of every function (DESIGN 1: the ladder).

    struct node { struct node *next; };          // slot: field 0 of node, level 0
    int len(struct node **list);                 // slots: list at level 0 (the outer pointer) and level 1

A slot is one pointer level of one declaration; arrays add no level, their elements share the slots of the array. Levels
count from the outermost pointer inwards and end at a struct, whose fields are declarations of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from c2rust_py.infer.storage import Storage
from c2rust_py.ir.nodes import Call, Decay, FunctionRef, StringPlace, UnsupportedStatement, UnsupportedValue
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import ArrayType, FunctionType, PointerType, Type
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
    """rungs: of every pointer slot of the program; grades: of every function, by symbol: the lowest rung in it."""

    rungs: Mapping[Slot, Rung]
    grades: Mapping[str, Rung]


def infer_slots(program: Program, storage: Storage, ladder: Rung) -> SlotRungs:
    """Gives each slot the highest rung that its uses and `ladder` allow. Every pointer's uses fit memory."""
    pointer_rung = lowest((Rung.MEMORY, ladder))
    rungs = {
        Slot(declaration, level): pointer_rung
        for declaration, type in _declarations(program)
        for level in range(_pointer_levels(type))
    }
    grades = {symbol: _grade(function, storage, pointer_rung, ladder) for symbol, function in program.functions.items()}
    return SlotRungs(MappingProxyType(rungs), MappingProxyType(grades))


def _declarations(program: Program) -> Iterator[tuple[DeclarationId, Type]]:
    for symbol, variable in program.variables.items():
        yield GlobalId(symbol), variable.type
    for symbol, function in program.functions.items():
        for local in function.locals:
            yield LocalId(symbol, local.id), local.type
        yield ResultId(symbol), function.type.result
    for id, record in program.records.items():
        for index, record_field in enumerate(record.fields or ()):
            yield FieldId(id, index), record_field.type


def _pointer_levels(type: Type) -> int:
    """How many data pointers lie in a row in a declaration of that type."""
    levels = 0
    while isinstance(type, PointerType | ArrayType):
        if isinstance(type, ArrayType):
            type = type.element
            continue
        if isinstance(type.target, FunctionType):
            break
        levels += 1
        type = type.target
    return levels


def _grade(function: Function, storage: Storage, pointer_rung: Rung, ladder: Rung) -> Rung:
    """The lowest rung in a function: a stub where a part of it is, a pointer's where one is touched."""
    touched = any(_pointer_levels(local.type) for local in function.locals)
    touched = touched or bool(_pointer_levels(function.type.result))
    touched = touched or any((function.symbol, local.id) in storage.memory_locals for local in function.locals)
    named: set[int] = set()
    for node in walk_all(function.body):
        match node:
            case UnsupportedValue() | UnsupportedStatement():
                return Rung.STUB
            case Call(FunctionRef(), args, _, _):
                named.update(id(arg) for arg in args if isinstance(arg, Decay) and isinstance(arg.place, StringPlace))
            case FunctionRef():
                pass
            case _ if id(node) not in named and isinstance(getattr(node, "type", None), PointerType):
                touched = True
            case _:
                pass
    return lowest((pointer_rung, ladder)) if touched else lowest((LADDER[0], ladder))
