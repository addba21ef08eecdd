"""Function pointers that are Rust's: of a type whose calls all go to one dispatcher, and whose values are in no memory.

    typedef int (*step)(struct vm *, int);      fn(&mut Vm, i32) -> i32       (`Option` of it where some are null)

The dispatcher (`normalise.dispatch_calls`) is not emitted then: its signature is that of the pointers, and what it does for a target is
the target, or a closure where that has another signature. Pointers that are compared with each other stay numbers: Rust promises
nothing about the addresses of functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from c2rust_py.infer.effects import Needs
from c2rust_py.infer.storage import Storage
from c2rust_py.ir.nodes import (
    BlockValue,
    Builtin,
    Call,
    Compare,
    Convert,
    DerefPlace,
    Evaluate,
    FunctionAddress,
    FunctionRef,
    If,
    IntConst,
    Return,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import (
    Access,
    ArrayType,
    FunctionType,
    OptionalType,
    OwnedType,
    PointerType,
    RecordType,
    ReferenceType,
    Type,
)
from c2rust_py.ir.walk import walk, walk_all


@dataclass(frozen=True, slots=True)
class CodeValue:
    """What pointers of one type are in Rust. signature: of their targets; needs: the context that these take behind it. calls: what the
    dispatcher does for each target, by the symbol that C's addresses have."""

    dispatcher: str
    signature: FunctionType
    needs: Needs
    nullable: bool
    calls: Mapping[str, Call]


def find_code_values(
    program: Program,
    storage: Storage,
    needs: Mapping[str, Needs],
    memory_records: AbstractSet[str],
    named_lifetimes: AbstractSet[str],
    nullable: AbstractSet[FunctionType],
) -> dict[FunctionType, CodeValue]:
    """The types whose pointers are Rust's. named_lifetimes: the functions whose signature names some. nullable: the types that have null."""
    dispatchers: dict[FunctionType, list[Function]] = {}
    for function in program.functions.values():
        if function.targets is not None:
            dispatchers.setdefault(pointer_type(function), []).append(function)
    excluded = set(_in_memory(program, storage, memory_records))
    for function in program.functions.values():
        if function.targets is None:
            excluded |= set(_compared(function))
    found: dict[FunctionType, CodeValue] = {}
    for type, (dispatcher, *others) in dispatchers.items():
        calls = _calls(dispatcher)
        if type not in excluded and not others and dispatcher.symbol not in named_lifetimes and calls is not None:
            signature = FunctionType(dispatcher.type.result, dispatcher.type.params[1:])
            found[type] = CodeValue(dispatcher.symbol, signature, needs[dispatcher.symbol], type in nullable, calls)
    while True:
        erased = {part for type in _pointed_code(program) if type not in found for part in _codes_within(type)}
        if not erased & found.keys():
            return found
        found = {type: value for type, value in found.items() if type not in erased}


def pointer_type(dispatcher: Function) -> FunctionType:
    """The type of the functions that a dispatcher's pointer is to."""
    pointer = dispatcher.type.params[0]
    assert isinstance(pointer, PointerType) and isinstance(pointer.target, FunctionType)
    return pointer.target


def codes_held(type: Type, program: Program) -> Iterator[FunctionType]:
    """The types of the function pointers that a value of a type has in it."""
    match type:
        case PointerType(FunctionType() as code):
            yield code
        case ArrayType(element) | OptionalType(element):
            yield from codes_held(element, program)
        case RecordType(id):
            for member in program.records[id].fields or ():
                yield from codes_held(member.type, program)
        case _:
            pass


def _calls(dispatcher: Function) -> dict[str, Call] | None:
    """What a dispatcher does for each target; None where that is more than one call."""
    found: dict[str, Call] = {}
    for statement in dispatcher.body:
        match statement:
            case If(Compare(right=FunctionAddress(symbol)), (Return(Call() as call),) | (Evaluate(Call() as call), Return(None))):
                if any(isinstance(node, Call | BlockValue) for arg in call.args for node in walk(arg)):
                    return None
                found[symbol] = call
            case Evaluate(Builtin("bad_call")):
                pass
            case _:
                return None
    return found


def _compared(function: Function) -> Iterator[FunctionType]:
    """The types of function pointers that a function compares with others than null."""
    for node in walk_all(function.body):
        match node:
            case Compare(_, left, right) if isinstance(left.type, PointerType) and not _is_null(left) and not _is_null(right):
                if isinstance(left.type.target, FunctionType):
                    yield left.type.target
            case _:
                pass


def _is_null(value: Value) -> bool:
    while isinstance(value, Convert):
        value = value.operand
    return isinstance(value, ZeroValue) or (isinstance(value, IntConst) and value.value == 0)


def _in_memory(program: Program, storage: Storage, memory_records: AbstractSet[str]) -> Iterator[FunctionType]:
    """The types of function pointers that lie in memory, or are pointed to, or that the library is handed."""
    for symbol in storage.memory_globals:
        yield from codes_held(program.variables[symbol].type, program)
    for id in memory_records:
        if id in program.records:
            yield from codes_held(RecordType(id), program)
    for function in program.functions.values():
        for local in function.locals:
            if (function.symbol, local.id) in storage.memory_locals:
                yield from codes_held(local.type, program)
        for node in walk_all(function.body):
            if isinstance(node, DerefPlace):
                yield from codes_held(node.type, program)
            elif isinstance(node, Call) and isinstance(node.function, FunctionRef) and node.function.symbol in program.externals:
                for arg in node.args:
                    held = arg.type.target if isinstance(arg.type, ReferenceType) else arg.type
                    yield from codes_held(held, program)
    for type in _types(program):
        yield from _behind_pointers(type, program)


def _behind_pointers(type: Type, program: Program) -> Iterator[FunctionType]:
    """The types of the function pointers that pointers of a type, or cells, lead to."""
    match type:
        case PointerType(FunctionType()):
            pass  # What functions are given has values of its own.
        case PointerType(target):
            yield from codes_held(target, program)
            yield from _behind_pointers(target, program)
        case ReferenceType(target, Access.CELL):
            yield from codes_held(target, program)
        case ReferenceType(target) | OwnedType(target) | OptionalType(target) | ArrayType(target):
            yield from _behind_pointers(target, program)
        case _:
            pass


def _types(program: Program) -> set[Type]:
    """Every type that something in the program has, but for functions that are called by their names."""
    found: set[Type] = {member.type for record in program.records.values() for member in record.fields or ()}
    for variable in program.variables.values():
        found.add(variable.type)
        if variable.init is not None:
            found.update(node.type for node in walk(variable.init) if isinstance(node, Value))
    for function in program.functions.values():
        found.add(function.type.result)
        found.update(local.type for local in function.locals)
        named = {id(node.function) for node in walk_all(function.body) if isinstance(node, Call) and isinstance(node.function, FunctionRef)}
        found.update(node.type for node in walk_all(function.body) if isinstance(node, Value) and id(node) not in named)
    return found


def _pointed_code(program: Program) -> set[FunctionType]:
    """The types of functions that something in the program is a pointer to."""
    return {code for type in _types(program) for code in codes_held(type, program)}


def _codes_within(type: FunctionType) -> Iterator[FunctionType]:
    """The types of function pointers that functions of a type are given, or return."""
    for part in (type.result, *type.params):
        if isinstance(part, PointerType) and isinstance(part.target, FunctionType):
            yield part.target
