"""Lifetimes of the references in a lifted program: which are `'static`, which structs have a lifetime parameter, and where signatures
have to name one.

    struct op { const char *name; } ops[] = {{"add"}};      name: &'static [u8]      (all that it is ever given is)
    void start(struct parser *p, const char *s)             fn start<'a>(p: &mut Parser<'a>, s: &'a [u8])
    const char *rest(struct parser *p)                      fn rest<'a>(p: &Parser<'a>) -> &'a [u8]

Two steps. What is given to a field, a local or a result from anywhere but static data is not static: a reachability over the
whole program. Then the references and structs in one function that are given to each other have one lifetime; calls join
those of their arguments as the callee joins its parameters: a least fixpoint over the calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from c2rust_py.infer.regions import (
    STATIC,
    Region,
    RegionFinder,
    RegionFlow,
    RegionKind,
    Source,
    has_reference,
    leads_to_references,
    records_in,
)
from c2rust_py.infer.storage import Storage
from c2rust_py.ir.nodes import Call, FunctionRef
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import Type
from c2rust_py.ir.walk import walk_all

ELIDED = "'_"
"""Says that there is a lifetime, where the compiler finds which."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The lifetimes that a function names: of each parameter that of its reference and that of the structs in it, of the result
    the same. None is left out."""

    names: tuple[str, ...]
    params: tuple[tuple[str | None, str | None], ...]
    result: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """borrowed: the fields whose references are not `'static`. records: the structs that have a lifetime parameter. signatures: of
    the functions that name lifetimes."""

    borrowed: AbstractSet[tuple[str, int]]
    records: AbstractSet[str]
    signatures: Mapping[str, Signature]


def infer_lifetimes(program: Program, storage: Storage, has_context: AbstractSet[str]) -> Lifetimes:
    """The lifetimes of a lifted program. has_context: the functions that take a reference beside their parameters."""
    finder = RegionFinder(program, storage)
    flows = {symbol: list(finder.flows(function)) for symbol, function in program.functions.items()}
    every = [flow for group in flows.values() for flow in group]
    borrowed = find_borrowed(program, (*every, *finder.static_flows()))
    fields = {(region.owner, region.number) for region in borrowed if region.kind is RegionKind.SLOT and region.owner in program.records}
    records = _with_lifetimes(program, fields)
    joiner = _Joiner(program, finder, borrowed, flows)
    joiner.run()
    signatures = {}
    for symbol, function in program.functions.items():
        found = _Namer(function, records, borrowed, joiner, symbol in has_context).signature()
        if found is not None:
            signatures[symbol] = found
    return Lifetimes(frozenset(fields), frozenset(records), signatures)


def find_borrowed(program: Program, flows: Iterable[RegionFlow]) -> set[Region]:
    """The slots that something is given to which is not static, in the end."""
    given: dict[Region, list[Region]] = {}
    waiting: list[Region] = []
    for flow in flows:
        given.setdefault(flow.source.slot, []).append(flow.target.slot)
        if flow.source.slot.kind is RegionKind.ENDS:
            waiting.append(flow.source.slot)
    for symbol, function in program.functions.items():
        for param, type in enumerate(function.type.params):
            if has_reference(type):
                waiting.append(Region(RegionKind.REFERENCE, symbol, param))
            if leads_to_references(type):
                waiting.append(Region(RegionKind.WITHIN, symbol, param))
    found: set[Region] = set()
    while waiting:
        region = waiting.pop()
        if region not in found and region != STATIC:
            found.add(region)
            waiting.extend(given.get(region, ()))
    return found


def _with_lifetimes(program: Program, fields: AbstractSet[tuple[str, int]]) -> set[str]:
    """The structs with a reference that is not static, or with such a struct."""
    found = {record for record, _ in fields}
    holders: dict[str, set[str]] = {}
    for id, record in program.records.items():
        for member in record.fields or ():
            for inner in records_in(member.type):
                holders.setdefault(inner, set()).add(id)
    waiting = list(found)
    while waiting:
        for holder in holders.get(waiting.pop(), ()):
            if holder not in found:
                found.add(holder)
                waiting.append(holder)
    return found


@dataclass(slots=True)
class _Joiner:
    """Joins regions of one lifetime. parents: of the union-find."""

    program: Program
    finder: RegionFinder
    borrowed: AbstractSet[Region]
    flows: Mapping[str, list[RegionFlow]]
    parents: dict[Region, Region] = field(default_factory=dict)
    changed: bool = False

    def run(self) -> None:
        for flows in self.flows.values():
            for flow in flows:
                self.give(flow.source, flow.target)
        self.changed = True
        while self.changed:
            self.changed = False
            for symbol, function in self.program.functions.items():
                for node in walk_all(function.body):
                    if isinstance(node, Call) and isinstance(node.function, FunctionRef):
                        self._call(symbol, node, self.program.functions.get(node.function.symbol))

    def find(self, region: Region) -> Region:
        while (parent := self.parents.get(region)) is not None:
            region = parent
        return region

    def give(self, source: Source, target: Source) -> None:
        if source.slot in self.borrowed and source.reference is not None and target.reference is not None:
            self.join(source.reference, target.reference)
        if source.within is not None and target.within is not None:
            self.join(source.within, target.within)

    def join(self, one: Region, other: Region) -> None:
        one, other = self.find(one), self.find(other)
        if one != other and STATIC not in (one, other) and RegionKind.ENDS not in (one.kind, other.kind):
            self.parents[other] = one
            self.changed = True

    def _call(self, symbol: str, call: Call, callee: Function | None) -> None:
        """The regions of a call's arguments and result are joined as those of the callee's parameters and result."""
        if callee is None:
            return
        joined: dict[Region, Region] = {}

        def meet(theirs: Region, ours: Region | None) -> None:
            if ours is not None:
                self.join(joined.setdefault(self.find(theirs), ours), ours)

        for position, arg in enumerate(call.args[: len(callee.type.params)]):
            for source in self.finder.sources(symbol, arg):
                if source.slot != STATIC and source.reference is not None:
                    meet(Region(RegionKind.REFERENCE, callee.symbol, position), source.reference)
                if source.within is not None:
                    meet(Region(RegionKind.WITHIN, callee.symbol, position), source.within)
        meet(Region(RegionKind.RESULT, callee.symbol), Region(RegionKind.CALL, symbol, id(call)))
        meet(Region(RegionKind.RESULT_WITHIN, callee.symbol), Region(RegionKind.CALL_WITHIN, symbol, id(call)))


@dataclass(slots=True)
class _Namer:
    """Names the lifetimes of one function."""

    function: Function
    records: AbstractSet[str]
    borrowed: AbstractSet[Region]
    joiner: _Joiner
    has_context: bool

    def signature(self) -> Signature | None:
        """None where nothing has to be named."""
        positions = [self._of(type, RegionKind.REFERENCE, RegionKind.WITHIN, i) for i, type in enumerate(self.function.type.params)]
        result = self._of(self.function.type.result, RegionKind.RESULT, RegionKind.RESULT_WITHIN, 0)
        taken = [region for pair in positions for region in pair if region is not None]
        given = [region for region in result if region is not None]
        if not given and len(set(taken)) == len(taken):
            return None
        result_slot = Region(RegionKind.RESULT, self.function.symbol)
        static = has_reference(self.function.type.result) and result_slot not in self.borrowed
        if given and not static and len(taken) == 1 and not self.has_context and set(given) == set(taken):
            within = tuple((None, None if inner is None else ELIDED) for _, inner in positions)
            return None if result[1] is None else Signature((), within, (None, ELIDED))
        named: dict[Region, str] = {}
        for region in (*taken, *given):
            if region not in named and region in taken and (taken.count(region) > 1 or region in given):
                named[region] = f"'{'abcdefghijklmnopqrstuvwxyz'[len(named)]}"
        reference = "'static" if static else self._result_name(result[0], named)
        params = tuple((named.get(first) if first else None, named.get(second) if second else None) for first, second in positions)
        return Signature(tuple(named.values()), params, (reference, self._result_name(result[1], named)))

    def _result_name(self, region: Region | None, named: Mapping[Region, str]) -> str | None:
        return None if region is None else named.get(region, "'static")

    def _of(self, type: Type, reference: RegionKind, within: RegionKind, number: int) -> tuple[Region | None, Region | None]:
        """The regions in a type, each by the one that stands for all that are joined with it."""
        symbol, find = self.function.symbol, self.joiner.find
        held = find(Region(reference, symbol, number)) if has_reference(type) else None
        inner = leads_to_references(type) or any(record in self.records for record in records_in(type))
        return held, find(Region(within, symbol, number)) if inner else None
