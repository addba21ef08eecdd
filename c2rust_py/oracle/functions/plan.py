"""What is compared of a linked group: each function with its Rust and its globals, or the reason why it is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum

from c2rust_py.infer.bounds import Group
from c2rust_py.infer.effects import Effects
from c2rust_py.infer.extents import Extent, Extents
from c2rust_py.infer.solution import first_instance
from c2rust_py.infer.storage import Storage
from c2rust_py.infer.targets import Result
from c2rust_py.ir.program import Function, Program, Variable
from c2rust_py.ir.types import BOOL, ArrayType, FunctionType, PointerType, RecordType, Type, VoidType
from c2rust_py.oracle.functions.c_objects import CObjects, link_name, static_local
from c2rust_py.oracle.functions.closure import Closure, callable_targets, close_over
from c2rust_py.oracle.functions.pools import PoolPlan, find_pools, reached_records
from c2rust_py.oracle.functions.results import ResultPlan, plan_result
from c2rust_py.oracle.functions.signatures import Passing, RustFunction, has_function, has_unmade_names
from c2rust_py.oracle.functions.type_table import FunctionTarget, NotComparable, TypeTable, has_pointers
from c2rust_py.to_rust.names import Names

_MOST_OTHERS = 1 << 16
"""Bytes of variables that are looked at though the C does not name them."""


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A linked group as the translation sees it.

    program: normalised, with C's pointers. lifted: what became of it; it may have two instances of a function.
    storage, effects: of `lifted`. results: what the pointers point to that functions of it return. rust_paths: `module::name` by
    symbol of `lifted`.
    """

    crate: str
    program: Program
    lifted: Program
    storage: Storage
    effects: Effects
    extents: Extents
    results: Mapping[str, Result]
    groups: Mapping[str, Group]
    rust_paths: Mapping[str, str]
    names: Names


class Home(Enum):
    """Where the translation has a variable."""

    FIELD = "field"
    VECTOR = "vector"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class GlobalPlan:
    """A variable that is set and compared: `rust` is the field's name, or the number of the block; `of` is its type's position."""

    variable: Variable
    link_name: str
    home: Home
    rust: str
    of: int


@dataclass(frozen=True, slots=True)
class FunctionPlan:
    """One function that is compared. `entry` is what the harness calls it: its symbol in the lifted program, or more. `params`
    are the positions of the parameters' types, `others` the variables that the C does not name and the Rust could change. `group`
    are parameters that are positions in what the first of them points into; with `whole`, the Rust has all of that, and the
    first is a position in it, too."""

    entry: str
    function: Function
    link_name: str
    rust: RustFunction
    rust_path: str
    params: tuple[int, ...]
    extents: tuple[Extent | None, ...]
    closure: Closure
    globals: tuple[GlobalPlan, ...]
    others: tuple[GlobalPlan, ...]
    pools: tuple[PoolPlan, ...]
    result: ResultPlan
    statics: bool
    group: tuple[int, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A function that is not compared, and why."""

    entry: str
    function: Function
    rust_path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Rust function to compare with the C function `symbol`."""

    entry: str
    symbol: str
    rust_path: str


def candidates(facts: GroupFacts) -> Iterator[Candidate]:
    """Every function of the translation, both instances of those that have two."""
    for symbol, function in facts.lifted.functions.items():
        if function.targets is not None:
            continue  # C has no such function.
        yield Candidate(symbol, first_instance(symbol), facts.rust_paths[symbol])


def make_table(facts: GroupFacts, structs: Mapping[str, tuple[str, ...]], fields: Mapping[str, str]) -> TypeTable:
    """An empty table of the group's types. `structs` has the types of the fields of each struct of the Rust, `fields` those of
    `Globals`."""
    units = {unit.path: number for number, unit in enumerate(facts.program.units)}
    targets: dict[FunctionType, tuple[FunctionTarget, ...]] = {}
    for type, found in callable_targets(facts.lifted, facts.effects).items():
        rows = []
        for symbol, number in found:
            function = facts.program.functions.get(first_instance(symbol))
            if function is not None:
                name = link_name(units[function.unit], function.name, function.static)
                rows.append(FunctionTarget(function.name, name, number))
        targets[type] = tuple(rows)
    truths = {
        (id, number)
        for id, record in facts.program.records.items()
        for number, (rust, one) in enumerate(
            zip(structs.get(facts.names.records.get(id, ""), ()), record.fields or (), strict=False)
        )
        if rust == "bool" and one.type != BOOL
    }
    pools = find_pools(facts.lifted, facts.names, fields)
    return TypeTable(facts.program, targets, truths, _kept(facts, structs), pools)


def _kept(facts: GroupFacts, structs: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The structs whose values are no bytes in the Rust, and why: what has such a member is of that kind, too."""
    found: dict[str, str] = {}
    for id in facts.program.records:
        types = structs.get(facts.names.records.get(id, ""), ())
        if any(map(has_function, types)):
            found[id] = "has functions in the Rust"
        elif any(re.search(r"\b(?:Vec|Box)<", type) for type in types):
            found[id] = "owns what it points to in the Rust"
        elif any(map(has_unmade_names, types)):
            found[id] = "names objects of arenas in the Rust"
        elif any("&" in type for type in types):
            found[id] = "has references in the Rust"
    before = -1
    while before < len(found):
        before = len(found)
        for id, record in facts.program.records.items():
            held = (found[inner] for one in record.fields or () for inner in _held(one.type) if inner in found)
            if (reason := next(held, None)) is not None:
                found.setdefault(id, reason)
    return found


def _held(type: Type) -> Iterator[str]:
    """The record that a value of the type is made of."""
    while isinstance(type, ArrayType):
        type = type.element
    if isinstance(type, RecordType):
        yield type.id


def missing_layouts(
    facts: GroupFacts, structs: Mapping[str, tuple[str, ...]], plain: AbstractSet[str]
) -> dict[str, str]:
    """What makes values of the structs in `plain` from bytes and back, by the name of the struct."""
    found: dict[str, str] = {}
    kept = _kept(facts, structs)
    for id, record in facts.program.records.items():
        if id in kept:
            continue
        name = facts.names.records.get(id)
        types = structs.get(name or "", ())
        if name is None or name not in plain or record.is_union or len(types) != len(record.fields or ()):
            continue
        lines = [f"c2rs_rt::layout! {{ {name}: {record.size}, {record.align};"]
        for number, (one, type) in enumerate(zip(record.fields or (), types, strict=True)):
            bits = f", bits {one.shift}, {one.width}" if one.width is not None else ""
            lines.append(f"    C2RS_{number} {facts.names.fields[id, number]}: {type} = {one.offset}{bits};")
        found[name] = "\n".join([*lines, "}", ""])
    return found


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans the functions of one group. `rust` has the functions of each module, `fields` those of `Globals`."""

    facts: GroupFacts
    objects: CObjects
    table: TypeTable
    rust: Mapping[str, Mapping[str, RustFunction | str]]
    fields: Mapping[str, str]

    def plan(self, candidate: Candidate) -> FunctionPlan | Refusal:
        """The plan of one candidate, whose types are in the table then."""
        function = self.facts.program.functions[candidate.symbol]
        rust_path = f"{self.facts.crate}::{candidate.rust_path}"
        try:
            return self._plan(candidate, function, rust_path)
        except NotComparable as reason:
            return Refusal(candidate.entry, function, rust_path, str(reason))

    def _plan(self, candidate: Candidate, function: Function, rust_path: str) -> FunctionPlan:
        if function.name == "main":
            raise NotComparable("it is the program")
        if function.type.variadic:
            raise NotComparable("it takes variable arguments")
        module, _, name = candidate.rust_path.rpartition("::")
        rust = self.rust.get(module, {}).get(name.removeprefix("r#"))
        if rust is None or isinstance(rust, str):
            raise NotComparable(rust or f"the workspace has no function `{candidate.rust_path}`")
        link = link_name(self._unit(function.unit), function.name, function.static)
        if link not in self.objects.symbols:
            raise NotComparable("gcc makes no function of it")
        closure = close_over(self.facts.program, self.facts.effects, candidate.symbol)
        if closure.reasons:
            raise NotComparable("; ".join(closure.reasons))
        group = self.facts.groups.get(candidate.symbol)
        members = () if group is None or not rust.params[group.array].is_array else group.params
        whole = bool(members) and len(rust.params) == len(function.type.params) + 1 and rust.params[members[0] + 1].position
        if whole:
            rust = replace(rust, params=(*rust.params[: members[0] + 1], *rust.params[members[0] + 2 :]))
        types = self._types(function, rust, members)
        globals = tuple(self._globals(closure.globals)) if rust.context is not None else ()
        others = tuple(self._others(closure, rust.context)) if rust.context is not None else ()
        summary = self.facts.results.get(candidate.symbol)
        symbols = [one.variable.symbol for one in globals]
        result = plan_result(self.facts.program, function, rust.result, summary, symbols)
        extents = tuple(
            Extent(0, 1) if rust.params[i].passing is Passing.OBJECT else self.facts.extents.of(candidate.symbol, i)
            for i in range(len(function.type.params))
        )
        statics = any(
            not self.facts.program.variables[s].const for s in closure.globals if s in self.facts.program.variables
        )
        return FunctionPlan(
            candidate.entry, function, link, rust, rust_path, types, extents, closure, globals, others,
            self._pools(function, globals), result, statics, members, whole,
        )  # fmt: skip

    def _types(self, function: Function, rust: RustFunction, group: Sequence[int]) -> tuple[int, ...]:
        """Puts the types into the table; the positions of the parameters'."""
        params: list[int] = []
        if len(rust.params) != len(function.type.params):
            raise NotComparable("the Rust takes other parameters")
        for local, type in enumerate(function.type.params):
            if isinstance(type, PointerType) and not isinstance(type.target, FunctionType):
                if rust.params[local].position and local not in group[1:]:
                    raise NotComparable(f"its parameter `{function.locals[local].name}` is a position in another's array")
                self._check_target(function.locals[local].name, type)
            elif rust.params[local].passing is not Passing.VALUE:
                raise NotComparable("the Rust takes other parameters")
            params.append(self.table.truth_of(type) if rust.params[local].truth else self.table.id_of(type))
            self.table.mirror(type)
        self.table.id_of(function.type.result)
        self.table.mirror(function.type.result)
        if self.table.layout.size_of(function.type.result) > 4096:
            raise NotComparable("its result is large")
        return tuple(params)

    def _pools(self, function: Function, globals: Sequence[GlobalPlan]) -> tuple[PoolPlan, ...]:
        """The arenas that inputs and results have objects in."""
        types = [*function.type.params, function.type.result, *(one.variable.type for one in globals)]
        records = [id for id in reached_records(self.facts.program, types) if id in self.table.pools]
        return tuple(PoolPlan(self.table.id_of(RecordType(id)), self.table.pools[id]) for id in records)

    def _check_target(self, name: str, type: PointerType) -> None:
        match type.target:
            case RecordType(id) if id.startswith("library:"):
                record = self.facts.program.records[id].name
                raise NotComparable(f"its parameter `{name}` is to the library's `{record}`")
            case VoidType():
                pass
            case target if self.table.layout.size_of(target) > 1 << 16:
                raise NotComparable(f"its parameter `{name}` is to a large object")
            case _:
                pass

    def _others(self, closure: Closure, context: str) -> Iterator[GlobalPlan]:
        """The variables that the C does not name, in what the Rust is given of the program's state; not too many."""
        named = set(closure.globals)
        homes = {"memory": {Home.MEMORY}, "globals": {Home.FIELD, Home.VECTOR}}.get(context, set(Home))
        room = _MOST_OTHERS
        for one in self._globals(symbol for symbol in self.facts.program.variables if symbol not in named):
            room -= self.table.layout.size_of(one.variable.type)
            if one.home in homes and room >= 0:
                yield one

    def _globals(self, symbols: Iterable[str]) -> Iterator[GlobalPlan]:
        """The variables that can be set on both sides: without pointers, and with a place that is known."""
        for symbol in symbols:
            variable = self.facts.program.variables.get(symbol)
            storage = self.facts.storage
            if variable is None or symbol in storage.constants:
                continue
            if has_pointers(self.facts.program, variable.type, besides=self.table.pools):
                continue
            plan = self._global(symbol, variable)
            if plan is not None:
                yield plan

    def _global(self, symbol: str, variable: Variable) -> GlobalPlan | None:
        unit = self._unit(variable.unit)
        link: str | None = link_name(unit, variable.name, variable.static)
        if variable.function is not None:
            link = static_local(self.objects, unit, variable.name)
        if link is None or link not in self.objects.symbols or self.table.layout.size_of(variable.type) > 1 << 14:
            return None
        try:
            of = self.table.id_of(variable.type)
        except NotComparable:
            return None
        if symbol in self.facts.storage.memory_globals:
            in_memory = [s for s in self.facts.lifted.variables if s in self.facts.storage.memory_globals]
            return GlobalPlan(variable, link, Home.MEMORY, str(in_memory.index(symbol) + 1), of)
        field = self.facts.names.variables.get(symbol, "")
        type = self.fields.get(field.removeprefix("r#"))
        if type is None or has_function(type) or type.startswith(("Option<", "&")):
            return None
        if has_unmade_names(type) and not type.startswith("Vec<Id<"):
            return None
        if type == "bool" and self.table.program.int_kind(variable.type) is not None:
            of = self.table.truth_of(variable.type)
        return GlobalPlan(variable, link, Home.VECTOR if type.startswith("Vec<") else Home.FIELD, field, of)

    def _unit(self, path: str) -> int:
        return [unit.path for unit in self.facts.program.units].index(path)


def plan_group(planner: Planner, wanted: Sequence[Candidate]) -> tuple[list[FunctionPlan], list[Refusal]]:
    """Plans for the candidates that can be compared, and refusals of the others."""
    plans: list[FunctionPlan] = []
    refusals: list[Refusal] = []
    for candidate in wanted:
        match planner.plan(candidate):
            case FunctionPlan() as plan:
                plans.append(plan)
            case Refusal() as refusal:
                refusals.append(refusal)
    return plans, refusals
