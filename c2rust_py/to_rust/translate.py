"""A linked program as a Rust crate: a module for each C file, and the modules of the context, strings and dispatchers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from c2rust_py.diagnostics import Code, Diagnostic, Severity
from c2rust_py.infer.effects import Effects, Needs
from c2rust_py.infer.library import LibraryFunction, library_of
from c2rust_py.infer.lifetimes import infer_lifetimes
from c2rust_py.infer.memory_records import infer_memory_records
from c2rust_py.infer.storage import Storage
from c2rust_py.ir.nodes import Call, FunctionAddress, FunctionRef
from c2rust_py.ir.program import Function, Program, SourceUnit
from c2rust_py.ir.types import INT, ArrayType, EnumType, FunctionType, IntType, PointerType, Type
from c2rust_py.ir.walk import walk, walk_all
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.bad_statics import bad_static_diagnostics, mark_bad_statics
from c2rust_py.to_rust.code_values import find_code_values
from c2rust_py.to_rust.context import context_module, program_items
from c2rust_py.to_rust.dispatch import dispatch_module
from c2rust_py.to_rust.frame import Facts, Frame
from c2rust_py.to_rust.functions import LoweredFunction, lower_function
from c2rust_py.to_rust.library_records import library_records
from c2rust_py.to_rust.loops import loop_counters
from c2rust_py.to_rust.names import Names
from c2rust_py.to_rust.records import constant_items, enum_items, record_items
from c2rust_py.to_rust.sequence_operands import sequence_operands
from c2rust_py.to_rust.static_data import constant_data, static_addresses
from c2rust_py.to_rust.strings import StringTable
from c2rust_py.to_rust.targets import DISPATCH_MODULE
from c2rust_py.to_rust.types import TypeLowering

CONTEXT_MODULE, STRINGS_MODULE = "context", "strings"


@dataclass(frozen=True, slots=True)
class Translation:
    """The crate with the names in it, for each function that is a stub its symbol and why it is one, and what is to be said
    of other items."""

    crate: rs.Crate
    names: Names
    rust_paths: Mapping[str, str]
    stubs: Mapping[str, Diagnostic]
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(slots=True)
class _Modules:
    """What the units' modules are made of, as it is collected."""

    modules: list[rs.Module] = field(default_factory=list)
    with_statics: list[str] = field(default_factory=list)
    stubs: dict[str, Diagnostic] = field(default_factory=dict)


def translate(
    program: Program,
    name: str,
    names: Names,
    storage: Storage,
    effects: Effects,
    library: Mapping[str, LibraryFunction],
    programs: Sequence[tuple[str, str]],
    signed_wraps: bool,
) -> Translation:
    """The crate called `name` of a program whose operands are sequenced, with the names that were given to that program.
    `programs` has the name and the symbol of each main."""
    nullable: frozenset[FunctionType] = frozenset()
    while True:
        collected = collect_facts(program, names, storage, effects, library, signed_wraps, nullable)
        made = _translate(collected, name, programs)
        if collected.null_code <= nullable:
            return made
        nullable |= collected.null_code


def _translate(collected: Facts, name: str, programs: Sequence[tuple[str, str]]) -> Translation:
    """The crate, under what was collected of its program."""
    facts = mark_bad_statics(collected)
    program, names, storage = facts.program, facts.names, facts.storage
    statics = {s: i + 1 for i, s in enumerate(s for s in program.variables if s in storage.memory_globals)}
    made = _Modules()
    for unit in program.units:
        _unit_module(facts, unit, statics, made)
    dispatch = dispatch_module(facts, DISPATCH_MODULE)
    if dispatch is not None:
        made.modules.append(dispatch)
    made.modules.append(context_module(facts, tuple(made.with_statics), len(statics)))
    if facts.strings.numbers:
        uses = ("c2rs_rt::Ptr",)
        doc = "The string literals of the program."
        made.modules.append(rs.Module(STRINGS_MODULE, doc, uses, facts.strings.items(len(statics))))
    crate_path = name.replace("-", "_")
    binaries = tuple(
        rs.Program(binary, *program_items(facts, crate_path, symbol)) for binary, symbol in programs
    )
    paths = {s: f"{names.modules[f.unit]}::{names.functions[s]}" for s, f in program.functions.items()}
    crate = rs.Crate(name, tuple(made.modules), binaries)
    return Translation(crate, names, paths, made.stubs, bad_static_diagnostics(facts))


def sequence_program(program: Program, storage: Storage, effects: Effects) -> Program:
    """The program with operands in an order that gcc and Rust agree on."""
    functions: dict[str, Function] = {
        symbol: sequence_operands(function, program, storage, effects) for symbol, function in program.functions.items()
    }
    return Program(
        program.units, functions, program.variables, program.externals, program.records, program.enums
    )


def collect_facts(
    program: Program,
    names: Names,
    storage: Storage,
    effects: Effects,
    library: Mapping[str, LibraryFunction],
    signed_wraps: bool,
    nullable: AbstractSet[FunctionType] = frozenset(),
) -> Facts:
    """Everything that lowering looks up. nullable: the types of the functions that Rust's pointers may be null to."""
    of_library = library_records(program)
    memory_records = infer_memory_records(program, storage) | of_library.keys()
    lifetimes = infer_lifetimes(program, storage, {symbol for symbol, needs in effects.needs.items() if needs})
    code = find_code_values(program, storage, effects.needs, memory_records, lifetimes.signatures.keys(), nullable)
    types = TypeLowering(program, names, of_library, code)
    constant_types = _constant_types(program, types)
    library = library_of(library, program.externals)
    return Facts(
        program=program,
        names=names,
        types=types,
        storage=storage,
        effects=effects,
        library=library,
        strings=StringTable(),
        owners=_owners(program, names),
        constant_types=constant_types,
        function_constants={s: f"{_function_name(names, s).upper()}_FN" for s in effects.function_numbers},
        dispatcher_names={signature: f"call_{d.number}" for signature, d in effects.dispatch.items()},
        diverging=frozenset(f"{f.module}::{f.rust_name}" for f in library.values() if f.diverges),
        signed_wraps=signed_wraps,
        loop_counters={symbol: loop_counters(function.body) for symbol, function in program.functions.items()},
        function_names=frozenset(names.functions.values()),
        called_across=frozenset(_called_across(program)),
        memory_records=memory_records,
        lifetimes=lifetimes,
        lifetime_holders=frozenset(names.records[id] for id in lifetimes.records),
    )


def _called_across(program: Program) -> Iterator[str]:
    """The functions that dispatchers of other units call, or whose address other units take."""
    units: dict[str, set[str]] = {}
    for function in program.functions.values():
        for node in walk_all(function.body):
            if isinstance(node, FunctionAddress):
                units.setdefault(node.symbol, set()).add(function.unit)
    for variable in program.variables.values():
        for node in () if variable.init is None else walk(variable.init):
            if isinstance(node, FunctionAddress):
                units.setdefault(node.symbol, set()).add(variable.unit)
    for dispatcher in program.functions.values():
        for node in walk_all(dispatcher.body) if dispatcher.targets is not None else ():
            if isinstance(node, Call) and isinstance(node.function, FunctionRef):
                target = program.functions.get(node.function.symbol)
                if target is not None and units.get(target.symbol.partition("@")[0], set()) - {target.unit}:
                    yield target.symbol


def _function_name(names: Names, symbol: str) -> str:
    """The Rust name of a function, or of the one instance that is left of it."""
    instances = (s for s in names.functions if s.partition("@")[0] == symbol)
    return names.functions.get(symbol) or names.functions.get(next(instances, symbol), symbol)


def _constant_types(program: Program, types: TypeLowering) -> dict[str, rs.PathType]:
    """The Rust type that each named constant is declared with."""
    found: dict[str, rs.PathType] = {}
    for unit in program.units:
        for constant in unit.constants:
            rust = types.value(constant.value.type)
            if isinstance(rust, rs.PathType):
                found[constant.name] = rust
    held = _enums_with_objects(program)
    for enum in program.enums.values():
        fits = all(INT.kind.minimum <= e.value <= INT.kind.maximum for e in enum.enumerators)
        rust = types.value(INT if fits and enum.id not in held else IntType(enum.kind))
        assert isinstance(rust, rs.PathType)
        for enumerator in enum.enumerators:
            found[enumerator.name] = rust
    return found


def _enums_with_objects(program: Program) -> set[str]:
    """The enums that something in the program has as its type: their enumerators are of that type, the others are ints."""
    types: list[Type] = [variable.type for variable in program.variables.values()]
    types += [field.type for record in program.records.values() for field in record.fields or ()]
    for function in program.functions.values():
        types += [function.type.result, *(local.type for local in function.locals)]
    found: set[str] = set()
    for type in types:
        while isinstance(type, PointerType | ArrayType):
            type = type.target if isinstance(type, PointerType) else type.element
        if isinstance(type, EnumType):
            found.add(type.id)
    return found


def _owners(program: Program, names: Names) -> dict[str, str]:
    """The module of each item, by the item's Rust name (names are unique in the crate)."""
    owners: dict[str, str] = {}
    for unit in program.units:
        module = names.modules[unit.path]
        owners |= {names.functions[symbol]: module for symbol in unit.functions}
        owners |= {names.variables[symbol]: module for symbol in unit.variables}
        owners |= {names.records[id]: module for id in unit.records if id in names.records}
        declared = [constant.name for constant in unit.constants]
        declared += [enumerator.name for id in unit.enums for enumerator in program.enums[id].enumerators]
        for name in declared:
            if name in names.constants:
                owners.setdefault(names.constants[name], module)
    return owners


def _unit_module(facts: Facts, unit: SourceUnit, statics: Mapping[str, int], made: _Modules) -> None:
    """One C file: constants, types, constant data, addresses of statics, functions."""
    module = facts.names.modules[unit.path]
    frame = Frame(facts, module, None, Needs.NONE)
    items = _named_constants(facts, unit, module)
    for id in unit.records:
        if id not in facts.types.library_records:
            items += record_items(facts, frame, facts.program.records[id])
    items += constant_data(facts, unit, frame)
    addresses = static_addresses(facts, unit, frame, statics)
    if addresses:
        items += addresses
        made.with_statics.append(module)
    uses = frame.uses
    for symbol in unit.functions:
        if facts.is_pointer_call(symbol):
            continue
        lowered = lower_function(facts, facts.program.functions[symbol], module)
        items.append(lowered.item)
        uses |= lowered.uses
        if lowered.stub is not None:
            made.stubs[symbol] = _stub_diagnostic(facts.program.functions[symbol], lowered)
    made.modules.append(rs.Module(module, unit.doc, tuple(sorted(uses)), tuple(items)))


def _named_constants(facts: Facts, unit: SourceUnit, module: str) -> list[rs.Item]:
    """The unit's macros and enumerators. A name may be declared again with the same value, in another scope or another
    unit: its first declaration is the program's."""
    named = [c for c in unit.constants if c.name in facts.names.constants]
    items = list(constant_items(facts, named))
    for id in unit.enums:
        items += enum_items(facts, facts.program.enums[id])
    first: dict[str, rs.Item] = {}
    for item in items:
        assert isinstance(item, rs.ConstItem)
        if facts.owners[item.name] == module:
            first.setdefault(item.name, item)
    return list(first.values())


def _stub_diagnostic(function: Function, lowered: LoweredFunction) -> Diagnostic:
    stub = lowered.stub
    assert stub is not None
    hint = f"`{function.name}` is a stub: calling it stops the program"
    severity = Severity.WARNING if stub.code is Code.LEFT_OUT else Severity.ERROR
    return Diagnostic(severity, stub.code, stub.span, stub.reason, hint, function.name)
