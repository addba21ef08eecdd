"""Which objects live in memory blocks, which globals are constants.

    int counter;                    // written, address not taken: a field of Globals
    int limit = 10;                 // never written: a constant
    int table[4];                   // decays to a pointer in `sum(table, 4)`: in memory
    void f(int n) { scan(&n); }     // n: in memory
    const char *name = "x";         // a string literal is no object of the program; name: a constant

An object lives in memory where a pointer to it can come to exist: its address is taken, or it is an array that decays
(C11 6.3.2.1). No other object is ever changed through a pointer, which is what makes plain Rust variables right for it.
Objects whose union members are accessed one by one live in memory, too, since only there do
members share bytes, and so do objects above 64 KiB that are copied whole, since a copy of that size belongs into no
Rust expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from c2rust_py.infer.places import root_of
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AddressOf,
    ArrayValue,
    Assign,
    Borrow,
    Decay,
    Declare,
    DerefPlace,
    FieldPlace,
    GlobalPlace,
    Insert,
    Load,
    LocalPlace,
    Overflowing,
    Place,
    RecordValue,
    Remove,
    Split,
    StringValue,
    UnsupportedStatement,
    VaArgValue,
    VaEnd,
    Value,
    VaStart,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import Access, ArrayType, RecordType
from c2rust_py.ir.walk import Node, walk, walk_all

_LARGEST_COPY = 64 * 1024
"""Objects up to this size are copied as Rust values."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Where objects live. A variable of the program that is in neither set of globals is a field of `Globals`; a local
    that is not in `memory_locals` is a Rust local."""

    memory_locals: frozenset[tuple[str, int]]
    memory_globals: frozenset[str]
    constants: frozenset[str]

    def in_memory(self, function: str, place: Place) -> bool:
        """Whether the place of that function lies in memory (a string literal's bytes do not: they are read-only)."""
        match root_of(place):
            case LocalPlace(local, _, _):
                return (function, local) in self.memory_locals
            case GlobalPlace(symbol, _, _):
                return symbol in self.memory_globals
            case DerefPlace():
                return True
            case _:
                return False


def infer_storage(program: Program) -> Storage:
    """The storage of every local and global of a normalised program. One walk over each function and initialiser."""
    layout = Layout(program.records, program.enums)
    locals: set[tuple[str, int]] = set()
    globals: set[str] = set()
    written: set[str] = set()
    for function in program.functions.values():
        for place in _memory_places(program, layout, walk_all(function.body), function):
            match root_of(place):
                case LocalPlace(local, _, _):
                    locals.add((function.symbol, local))
                case GlobalPlace(symbol, _, _):
                    globals.add(symbol)
        for place in _written_places(walk_all(function.body)):
            match root_of(place):
                case GlobalPlace(symbol, _, _):
                    written.add(symbol)
        written |= named_by_stub(program, function)
    for variable in program.variables.values():
        if flexible_tail(variable.init, program) is not None:
            globals.add(variable.symbol)
        if variable.init is not None:
            for place in _memory_places(program, layout, walk(variable.init), None):
                match root_of(place):
                    case GlobalPlace(symbol, _, _):
                        globals.add(symbol)
    memory_globals = frozenset(globals & program.variables.keys())
    with_unions = {v.symbol for v in program.variables.values() if v.init is not None and _sets_union(program, v.init)}
    constants = frozenset(program.variables.keys() - memory_globals - written - with_unions)
    return Storage(frozenset(locals), memory_globals, constants)


def named_by_stub(program: Program, function: Function) -> set[str]:
    """The objects that a stub's C may change: those it names that are not `const`."""
    named = {s for node in function.body if isinstance(node, UnsupportedStatement) for s in node.mentions}
    return {symbol for symbol in named & program.variables.keys() if not program.variables[symbol].const}


def flexible_tail(init: Value | None, program: Program) -> ArrayValue | StringValue | None:
    """The elements that a static initialiser gives a flexible array member: the object is larger than its type."""
    match init:
        case RecordValue((*_, ArrayValue() | StringValue() as last), RecordType(id)) if last.type.length:
            declared = (program.records[id].fields or ())[-1].type
            flexible = isinstance(declared, ArrayType) and not declared.length
            return last if flexible and not program.records[id].is_union else None
        case _:
            return None


def _memory_places(
    program: Program, layout: Layout, nodes: Iterable[Node], function: Function | None
) -> Iterator[Place]:
    """The places whose objects have to be in memory because of one of `nodes` (all nodes below some roots)."""
    for node in nodes:
        match node:
            case AddressOf(place, _, _) | Decay(place, _, _):
                yield place
            case FieldPlace(base, _, _, _) if _is_union(program, base):
                yield base
            case Load(place, type, _) if layout.size_of(type) > _LARGEST_COPY:
                yield place
            case Assign(place, _, _) if layout.size_of(place.type) > _LARGEST_COPY:
                yield place
            case Declare(local, Load() as init, span) if function is not None:
                if layout.size_of(init.type) > _LARGEST_COPY:
                    yield LocalPlace(local, init.type, span)
            case _:
                pass


def _sets_union(program: Program, init: Value) -> bool:
    """Whether an initialiser gives a union's member a value, which no Rust constant can: it stores bytes."""
    for node in walk(init):
        match node:
            case RecordValue(fields, RecordType(id)) if program.records[id].is_union:
                if any(value is not None for value in fields):
                    return True
            case _:
                pass
    return False


def _is_union(program: Program, place: Place) -> bool:
    return isinstance(place.type, RecordType) and program.records[place.type.id].is_union


def _written_places(nodes: Iterable[Node]) -> Iterator[Place]:
    """The places that a statement or value changes without a pointer."""
    for node in nodes:
        match node:
            case Assign(place, _, _) | Overflowing(_, _, _, place, _, _):
                yield place
            case VaArgValue(place, _, _) | VaStart(place, _) | VaEnd(place, _):
                yield place
            case Borrow(place, _, type) if type.access is not Access.SHARED:
                yield place
            case Split(place) | Insert(place) | Remove(place):
                yield place
            case _:
                pass
