"""Which structs have a layout in bytes: those that memory, a union or the library can hold.

    struct point { int x, y; };      struct node { struct node *next; };
    int sum(struct point p) { .. }                                        // point: no, node: yes

A struct is in memory only where a pointer to it (or to what it is a part of) exists or where a variable of it lies there. All
others are plain Rust structs.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from c2rust_py.infer.library_calls import FORM_PREFIX
from c2rust_py.infer.library_slices import takes_elements
from c2rust_py.infer.regions import leads_to_references
from c2rust_py.infer.storage import Storage
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Borrow, Call, DerefPlace, FunctionRef, IntConst, VaArgValue, Value
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import (
    ArrayType,
    FunctionType,
    OptionalType,
    PointerType,
    RecordType,
    ReferenceType,
    Type,
)
from c2rust_py.ir.walk import Node, walk, walk_all


def infer_memory_records(program: Program, storage: Storage) -> frozenset[str]:
    """The ids of the structs and unions with a layout. One walk over each function and initialiser, then the least set
    that has the parts of its members."""
    found: set[str] = set()
    for type in set(_held(program, storage)):
        found |= set(_records(type))
    numbers = {f.type.params[0] for f in program.functions.values() if f.targets is not None}
    for type in set(_types(program)):
        found |= set(_pointed(type, numbers))
    waiting = list(found | {id for id, record in program.records.items() if record.is_union})
    found |= set(waiting)
    while waiting:
        record = program.records.get(waiting.pop())
        for field in (record.fields if record is not None else None) or ():
            for part in _records(field.type) if field.type not in numbers else ():
                if part not in found:
                    found.add(part)
                    waiting.append(part)
    return frozenset(found)


def _held(program: Program, storage: Storage) -> Iterator[Type]:
    """The types of what lies in memory, or goes through the library's hands."""
    for symbol in storage.memory_globals:
        yield program.variables[symbol].type
    for function in program.functions.values():
        for local in function.locals:
            if (function.symbol, local.id) in storage.memory_locals:
                yield local.type
        for node in walk_all(function.body):
            yield from _handed(node, program)


def _handed(node: Node, program: Program) -> Iterator[Type]:
    match node:
        case DerefPlace(_, type) | VaArgValue(_, type):
            yield type
        case Call(FunctionRef(symbol), args) if symbol in program.functions:
            params = len(program.functions[symbol].type.params)
            yield from (arg.type for arg in args[params:])
        case Call(FunctionRef(symbol), args) if symbol in _WHOLE_OBJECTS and _is_of_whole_objects(node, program):
            pass
        case Call(FunctionRef(symbol)) if symbol.startswith(FORM_PREFIX) and takes_elements(symbol.removeprefix(FORM_PREFIX)):
            pass
        case Call(FunctionRef(symbol), args) if symbol.startswith(FORM_PREFIX):
            yield from (arg.type.target for arg in args if isinstance(arg, Borrow) and not leads_to_references(arg.type))
        case Call(_, args):
            for arg in args:
                yield arg.type.target if isinstance(arg, Borrow) else arg.type
        case _:
            pass


_WHOLE_OBJECTS = frozenset({"slices:memset", "slices:bzero", "slices:memcpy", "slices:memmove"})
"""Calls that are assignments where they are about whole objects (`to_rust.slice_copies`)."""


def _is_of_whole_objects(call: Call, program: Program) -> bool:
    """Whether a call clears or copies a constant number of objects."""
    layout = Layout(program.records, program.enums)
    loans = [arg for arg in call.args if isinstance(arg, Borrow)]
    size, others = call.args[-1], [arg for arg in call.args[:-1] if not isinstance(arg, Borrow)]
    if not isinstance(size, IntConst) or any(not isinstance(arg, IntConst) or arg.value != 0 for arg in others):
        return False
    elements = {loan.type.target.element for loan in loans if isinstance(loan.type.target, ArrayType)}
    if len(elements) != 1:
        return False
    count, rest = divmod(size.value, layout.size_of(*elements))
    return rest == 0 and (count == 1 or all(isinstance(loan.place.type, ArrayType) for loan in loans))


def _types(program: Program) -> Iterator[Type]:
    """Every type that something in the program has."""
    for record in program.records.values():
        yield from (field.type for field in record.fields or ())
    for variable in program.variables.values():
        yield variable.type
        if variable.init is not None:
            yield from _of_values(walk(variable.init))
    for function in program.functions.values():
        yield from _of_function(function)


def _of_function(function: Function) -> Iterator[Type]:
    yield function.type
    yield from (local.type for local in function.locals)
    yield from _of_values(walk_all(function.body))


def _of_values(nodes: Iterator[Node]) -> Iterator[Type]:
    """Functions have types of their own: the name of a lifted one still has C's."""
    return (node.type for node in nodes if isinstance(node, Value) and not isinstance(node, FunctionRef))


def _parts(type: Type) -> tuple[Type, ...]:
    match type:
        case ArrayType(inner) | ReferenceType(inner) | OptionalType(inner) | PointerType(inner):
            return (inner,)
        case FunctionType(result, params):
            return (result, *params)
        case _:
            return ()


def _records(type: Type) -> Iterator[str]:
    """The records that a type is made of, pointed to or held."""
    if isinstance(type, RecordType):
        yield type.id
    for part in _parts(type):
        yield from _records(part)


def _pointed(type: Type, numbers: AbstractSet[Type]) -> Iterator[str]:
    """The records that are behind a pointer somewhere in a type. numbers: pointers to functions that dispatchers take, who know what
    these take."""
    if type in numbers:
        return
    if isinstance(type, PointerType):
        yield from _records(type.target)
    for part in _parts(type):
        yield from _pointed(part, numbers)
