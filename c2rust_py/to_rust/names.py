"""Rust names for C names: casing, keywords, and collisions, all decided once per program.

The result is a set of facts (`Names`) keyed by the IR's ids; the map back to C is `Names.c_names`. Everything here is
pure: the same program gets the same names on every run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from pathlib import PurePath

from c2rust_py.ir.nodes import (
    AllocateVla,
    CatchJump,
    Declare,
    DeclarePair,
    FunctionRef,
    GlobalPlace,
    If,
    LocalPlace,
    Split,
)
from c2rust_py.ir.program import Function, LocalKind, Program, SourceUnit
from c2rust_py.ir.walk import Node, children, walk_all
from c2rust_py.rust_keywords import KEYWORDS

_PRELUDE_TEXT = (
    "Box Clone Copy Default Drop Eq Err Fn FnMut FnOnce From Into Iterator None Ok Option Ord PartialEq PartialOrd Result Send "
    "Sized Some String Sync ToOwned ToString Vec bool char drop f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 "
    "usize std core alloc c2rs_rt"
)
PRELUDE = frozenset(_PRELUDE_TEXT.split())
"""Names that generated code uses without importing them: a C name that becomes one of them gets an underscore."""

CONTEXT = frozenset(
    ["Context", "Globals", "Memory", "Ptr", "FnPtr", "Void", "Pod", "Field", "BitField", "LongDouble", "VaArg", "VaList", "Complex", "Id", "Pool", "mem", "globals", "cx", "init_statics"]
)
"""Names of the translation itself (DESIGN 4)."""

RESERVED_MODULES = ("lib", "main", "context", "strings", "dispatch", "places", "std", "core", "alloc", "c2rs_rt")
"""Modules of every crate, and names that a module must not shadow."""

_WORD_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Case(Enum):
    """The three casings of Rust's naming conventions (RFC 430)."""

    SNAKE = "snake"
    CAMEL = "camel"
    UPPER = "upper"


def split_words(name: str) -> list[str]:
    """`parseHTTPHeader_2` as `parse`, `HTTP`, `Header`, `2`; an identifier of underscores alone has no words."""
    return [word for part in name.split("_") for word in _WORD_BREAK.split(part) if word]


def to_case(name: str, case: Case) -> str:
    """`name` in `case`; leading underscores are kept in snake and upper case (they silence "unused" in Rust, too)."""
    ascii_name = name.replace("$", "_")
    words = split_words(ascii_name)
    if not words:
        return ascii_name + "u" if case is not Case.CAMEL else "Underscores"
    leading = ascii_name[: len(ascii_name) - len(ascii_name.lstrip("_"))]
    match case:
        case Case.SNAKE:
            return leading + "_".join(word.lower() for word in words)
        case Case.UPPER:
            return leading + "_".join(word.upper() for word in words)
        case Case.CAMEL:
            return _camel(words)


def _camel(words: list[str]) -> str:
    """`["list", "2", "3"]` as `List2_3`: two digits that meet stay apart, and no type starts with a digit."""
    text = ""
    for word in words:
        capital = word[0].upper() + (word[1:].lower() if word.isupper() else word[1:])
        text += f"_{capital}" if text and text[-1].isdigit() and capital[0].isdigit() else capital
    return f"_{text}" if text[0].isdigit() else text


def avoid_keyword(name: str) -> str:
    """`name`, with an underscore where Rust reserves it."""
    return f"{name}_" if name in KEYWORDS else name


@dataclass(slots=True)
class Scope:
    """The names taken in one namespace; `claim` gives each request a free one.

    A name that is taken gets the first free number from 2 on, so the outcome depends on the order of the requests alone.
    """

    keep: bool
    taken: set[str] = field(default_factory=set)

    def claim(self, name: str, case: Case) -> str:
        """A free Rust name for the C `name`, which is taken from now on."""
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)
        wanted = avoid_keyword(plain if self.keep else to_case(plain, case))
        if wanted == "_":
            wanted = "_u"
        stem = wanted.rstrip("_")
        separator = "" if case is Case.CAMEL and not stem[-1:].isdigit() else "_"
        choice, number = wanted, 2
        while choice in self.taken or choice in PRELUDE or choice in CONTEXT:
            choice, number = f"{stem}{separator}{number}", number + 1
        self.taken.add(choice)
        return choice


@dataclass(frozen=True, slots=True)
class Names:
    """The Rust name of everything in a program.

    Functions and variables by symbol, records and enums by id, constants and enumerators by C name (those that mean one
    thing in the whole program), fields by (record id, index), locals by (function symbol, local id), modules by the unit's
    path.
    """

    modules: dict[str, str]
    functions: dict[str, str]
    variables: dict[str, str]
    records: dict[str, str]
    enums: dict[str, str]
    constants: dict[str, str]
    fields: dict[tuple[str, int], str]
    locals: dict[tuple[str, int], str]

    def c_names(self, program: Program) -> dict[str, str]:
        """The map back: `module::name` of each function to its C name."""
        back: dict[str, str] = {}
        for symbol, function in program.functions.items():
            back[f"{self.modules[function.unit]}::{self.functions[symbol]}"] = function.name
        return back


def assign_names(program: Program, items: AbstractSet[str] = frozenset(), *, keep: bool = False) -> Names:
    """Names for all of `program`; `keep` keeps C's own where Rust allows them.

    `items` has the variables that become `const` or `static` items; the others are fields of `Globals`.
    Items share two namespaces across the whole crate (values, types), so that any module may import any item. Symbols
    without internal linkage come first: where two collide, the public one has the plain name.
    """
    values, types = Scope(keep), Scope(keep)
    modules = name_modules(program.units)
    functions = {s: values.claim(f.name, Case.SNAKE) for s, f in program.functions.items() if not f.static}
    functions |= {s: values.claim(f.name, Case.SNAKE) for s, f in program.functions.items() if f.static}
    constants = _name_constants(program, values)
    variables = {
        s: values.claim(v.name, Case.UPPER if s in items else Case.SNAKE) for s, v in program.variables.items()
    }
    records = {i: types.claim(r.name, Case.CAMEL) for i, r in program.records.items()}
    enums = {i: types.claim(e.name, Case.CAMEL) for i, e in program.enums.items() if e.name is not None}
    locals: dict[tuple[str, int], str] = {}
    for symbol, function in program.functions.items():
        avoid = {table[s] for table, s in _referenced(function, functions, variables)}
        avoid |= set(constants.values())
        for index, name in enumerate(name_locals(function, avoid, keep=keep)):
            locals[symbol, index] = name
    return Names(modules, functions, variables, records, enums, constants, dict(_name_fields(program, keep)), locals)


def _name_constants(program: Program, values: Scope) -> dict[str, str]:
    """Macros and enumerators, each C name once: the units of a program share a header's constants.

    A name that two units give different values has no constant; it is its value wherever it stands.
    """
    meanings: dict[str, set[tuple[object, object]]] = {}
    for unit in program.units:
        for constant in unit.constants:
            meanings.setdefault(constant.name, set()).add((repr(constant.value.value), constant.value.type))
    for enum in program.enums.values():
        for enumerator in enum.enumerators:
            meanings.setdefault(enumerator.name, set()).add((repr(enumerator.value), None))
    return {name: values.claim(name, Case.UPPER) for name, found in meanings.items() if len(found) == 1}


def _name_fields(program: Program, keep: bool) -> Iterator[tuple[tuple[str, int], str]]:
    """Each record is a scope of its own."""
    for id, record in program.records.items():
        scope = Scope(keep)
        for index, member in enumerate(record.fields or ()):
            yield (id, index), scope.claim(member.name, Case.SNAKE)


def _referenced(
    function: Function, functions: dict[str, str], variables: dict[str, str]
) -> Iterator[tuple[dict[str, str], str]]:
    """The program's symbols that the body names, each with the table that it is in."""
    for node in walk_all(function.body):
        if isinstance(node, FunctionRef) and node.symbol in functions:
            yield functions, node.symbol
        elif isinstance(node, GlobalPlace) and node.symbol in variables:
            yield variables, node.symbol


def name_modules(units: Iterable[SourceUnit]) -> dict[str, str]:
    """`src/list.c` as `list`, `main.c` as `main_unit`; where two files share a stem, the later one takes its folder's name
    in front."""
    taken: set[str] = set()
    names: dict[str, str] = {}
    for unit in units:
        parts = PurePath(unit.path).with_suffix("").parts
        wanted = _module_word(parts[-1])
        for depth in range(2, len(parts) + 1):
            if wanted not in taken:
                break
            wanted = "_".join(_module_word(part) for part in parts[-depth:])
        choice, number = wanted, 2
        while choice in taken:
            choice, number = f"{wanted}_{number}", number + 1
        taken.add(choice)
        names[unit.path] = choice
    return names


def _module_word(text: str) -> str:
    """A file or folder name as an identifier."""
    word = to_case(re.sub(r"\W", "_", text, flags=re.ASCII).strip("_") or "unit", Case.SNAKE)
    if word in RESERVED_MODULES:
        return f"{word}_unit"
    return avoid_keyword(f"unit_{word}" if word[0].isdigit() else word)


def name_locals(function: Function, avoid: set[str], *, keep: bool = False) -> tuple[str, ...]:
    """The names of a function's locals, by id.

    Two locals share a name only where their scopes are apart, as the `i` of two loops: C may shadow an outer `i` and use
    it again behind the inner scope, and passes may move declarations outwards, so what nests is told apart. A local that nothing
    names (a pointer that is no variable behind `lift`) takes no name from others.
    """
    names: dict[int, str] = {}
    declared = {local for node in walk_all(function.body) for local in _declared(node)}
    outer = set(avoid)
    used = {local for node in walk_all(function.body) for local in _used(node)}
    for local in function.locals:
        if local.kind is LocalKind.PARAM or (local.id in used and local.id not in declared):
            names[local.id] = _claim_local(function, local.id, outer, keep)
    _name_scope(function, function.body, outer, names, keep)
    for local in function.locals:
        if local.id not in names:
            names[local.id] = _claim_local(function, local.id, set(outer), keep)
    return tuple(names[local.id] for local in function.locals)


def _claim_local(function: Function, id: int, taken: set[str], keep: bool) -> str:
    local = function.locals[id]
    scope = Scope(keep, taken)
    return scope.claim(local.name or ("tmp" if local.kind is LocalKind.TEMPORARY else f"arg_{id}"), Case.SNAKE)


def _name_scope(function: Function, nodes: Iterable[Node], outer: set[str], names: dict[int, str], keep: bool) -> None:
    """Names what the nodes of one scope declare, then what the scopes inside them declare.

    The work list holds sibling nodes with the names that are taken around them, which all siblings share; the branches of
    an `if` are apart.
    """
    work: list[tuple[tuple[Node, ...], set[str]]] = [(tuple(nodes), outer)]
    while work:
        siblings, taken = work.pop()
        unnamed = [local for node in siblings for local in _declared(node) if local not in names]
        if unnamed:
            taken = set(taken)
        for local in unnamed:
            names[local] = _claim_local(function, local, taken, keep)
        for node in siblings:
            work.extend((group, taken) for group in _inner_scopes(node) if group)


def _used(node: Node) -> tuple[int, ...]:
    """The locals that a node is about, declarations apart."""
    match node:
        case LocalPlace(local) | AllocateVla(local) | CatchJump(result=local):
            return (local,)
        case _:
            return ()


def _declared(node: Node) -> tuple[int, ...]:
    """The locals that a statement declares."""
    match node:
        case Declare(local):
            return (local,)
        case Split(low=low, high=high):
            return low, high
        case DeclarePair():
            return node.declared
        case _:
            return ()


def _inner_scopes(node: Node) -> tuple[tuple[Node, ...], ...]:
    """The node's children, grouped by what can see each other's declarations."""
    if isinstance(node, If):
        return (node.condition,), node.then, node.otherwise
    return (tuple(children(node)),)
