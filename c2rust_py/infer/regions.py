"""Where the references in a lifted function come from, and where they go: the flows that lifetimes follow from.

A *region* is what a lifetime stands for: that of the reference in a local, that of what is behind it (structs with references, and the
references that a slice has), those of a function's result, those of one call's result, or that of a struct's value. What is read from a field has the lifetime of the
structs in the variable that it lies in; whether it is `'static` the whole program decides, for each field (`slot`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from c2rust_py.infer.storage import Storage
from c2rust_py.ir.nodes import (
    ArrayValue,
    Assign,
    BlockValue,
    Borrow,
    Builtin,
    Call,
    Conditional,
    Declare,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    IndexPlace,
    Load,
    LocalPlace,
    Optional,
    Place,
    RecordValue,
    ReferentPlace,
    Return,
    StringPlace,
    Value,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import ArrayType, OptionalType, OwnedType, RecordType, ReferenceType, Type
from c2rust_py.ir.walk import Node, walk, walk_all


class RegionKind(Enum):
    """REFERENCE, WITHIN: of a local, by number. RESULT, RESULT_WITHIN: of a function. CALL, CALL_WITHIN, VALUE: by a node's identity.
    SLOT: of a record's field, or a global. ENDS: what a function cannot name."""

    STATIC = "static"
    ENDS = "ends"
    REFERENCE = "reference"
    WITHIN = "within"
    RESULT = "result"
    RESULT_WITHIN = "result within"
    CALL = "call"
    CALL_WITHIN = "call within"
    VALUE = "value"
    SLOT = "slot"


@dataclass(frozen=True, slots=True)
class Region:
    """owner: the function, record or global; number: the local, field or node."""

    kind: RegionKind
    owner: str = ""
    number: int = 0


STATIC = Region(RegionKind.STATIC)


@dataclass(frozen=True, slots=True)
class Source:
    """A part of where a value's references come from. slot: where the program decides whether they are static. reference, within: the
    regions in the function; None for what the value has none of."""

    slot: Region
    reference: Region | None
    within: Region | None


@dataclass(frozen=True, slots=True)
class RegionFlow:
    """What is given from a source to a target: whole values, so both have the same parts."""

    source: Source
    target: Source


@dataclass(frozen=True, slots=True)
class RegionFinder:
    """Finds the flows of a lifted program."""

    program: Program
    storage: Storage

    def flows(self, function: Function) -> Iterator[RegionFlow]:
        """Those in a function, but for the arguments of calls."""
        for node in walk_all(function.body):
            yield from self._of_node(function.symbol, node)

    def static_flows(self) -> Iterator[RegionFlow]:
        """Those in the initialisers of variables."""
        for symbol, variable in self.program.variables.items():
            if variable.init is not None:
                target = Source(Region(RegionKind.SLOT, symbol), STATIC, STATIC)
                yield from (RegionFlow(source, target) for source in self.sources("", variable.init))
                for node in walk(variable.init):
                    yield from self._of_node("", node)

    def _of_node(self, symbol: str, node: Node) -> Iterator[RegionFlow]:
        match node:
            case Assign(place, value) if has_reference(value.type) or any(records_in(value.type)):
                for target in self.held(symbol, place):
                    yield from (RegionFlow(source, target) for source in self.sources(symbol, value))
            case Declare(local, init) if init is not None:
                target = _local(symbol, LocalPlace(local, init.type, node.span))
                yield from (RegionFlow(source, target) for source in self.sources(symbol, init))
            case Return(value) if value is not None:
                result = Region(RegionKind.RESULT, symbol)
                target = Source(result, result, Region(RegionKind.RESULT_WITHIN, symbol))
                yield from (RegionFlow(source, target) for source in self.sources(symbol, value))
            case RecordValue(fields, RecordType(id)):
                whole = Region(RegionKind.VALUE, symbol, _identity(node))
                for index, value in enumerate(fields):
                    target = Source(Region(RegionKind.SLOT, id, index), whole, whole)
                    for source in () if value is None else self.sources(symbol, value):
                        yield RegionFlow(source, target)
            case _:
                pass

    def sources(self, symbol: str, value: Value) -> Iterator[Source]:
        """Where the references in a value come from."""
        match value:
            case Borrow(place):
                yield from self._lent(symbol, place)
            case Load(place):
                yield from self.held(symbol, place)
            case Builtin("views_of", (_, Borrow(base), *_)):
                ends = Region(RegionKind.ENDS, symbol)
                for source in self._lent(symbol, base):
                    yield Source(ends, ends, source.reference)
            case Optional(inner) | BlockValue(_, inner) if inner is not None:
                yield from self.sources(symbol, inner)
            case Conditional(_, then, otherwise):
                yield from self.sources(symbol, then)
                yield from self.sources(symbol, otherwise)
            case ArrayValue(runs):
                for run in runs:
                    yield from self.sources(symbol, run.value)
            case RecordValue():
                whole = Region(RegionKind.VALUE, symbol, _identity(value))
                yield Source(STATIC, None, whole)
            case Call(FunctionRef(callee)):
                number = _identity(value)
                called = Region(RegionKind.CALL, symbol, number), Region(RegionKind.CALL_WITHIN, symbol, number)
                yield Source(Region(RegionKind.RESULT, callee), *called)
            case _:
                pass

    def _lent(self, symbol: str, place: Place) -> Iterator[Source]:
        """What a reference to a place comes from."""
        inner = place
        while isinstance(inner, FieldPlace | IndexPlace) or is_owned(inner):
            assert isinstance(inner, FieldPlace | IndexPlace | ReferentPlace) and not isinstance(inner.base, Call | Conditional)
            inner = inner.base
        match inner:
            case ReferentPlace(base):
                yield from self.sources(symbol, base) if isinstance(base, Call | Conditional) else self.held(symbol, base)
            case StringPlace():
                yield Source(STATIC, STATIC, None)
            case GlobalPlace(name) if name in self.storage.constants:
                yield Source(STATIC, STATIC, STATIC)
            case _:
                ends = Region(RegionKind.ENDS, symbol)
                within = _local(symbol, inner).within if isinstance(inner, LocalPlace) else STATIC
                yield Source(ends, ends, within)

    def held(self, symbol: str, place: Place) -> Iterator[Source]:
        """What an object holds at a place: a reference, an array of such, or structs with references."""
        for source in self._around(symbol, place):
            yield source if has_reference(place.type) else Source(STATIC, None, source.within)

    def _around(self, symbol: str, place: Place) -> Iterator[Source]:
        match place:
            case LocalPlace():
                yield _local(symbol, place)
            case GlobalPlace(name):
                yield Source(Region(RegionKind.SLOT, name), STATIC, STATIC)
            case IndexPlace(base):
                yield from self._around(symbol, base)
            case FieldPlace(base, index) if isinstance(base.type, RecordType):
                slot = Region(RegionKind.SLOT, base.type.id, index)
                for source in self._around(symbol, base):
                    yield Source(slot, source.within, source.within)
            case ReferentPlace(base):
                found = self.sources(symbol, base) if isinstance(base, Call | Conditional) else self._around(symbol, base)
                yield from map(_behind, found) if leads_to_references(base.type) else found
            case _:
                pass


def is_owned(place: Place) -> bool:
    """Whether a place is what a local owns."""
    return isinstance(place, ReferentPlace) and isinstance(place.base.type, OwnedType)


def has_reference(type: Type) -> bool:
    """Whether a variable of a type holds a reference, or an array of such."""
    match type:
        case ArrayType(inner) | OptionalType(inner):
            return has_reference(inner)
        case ReferenceType():
            return True
        case _:
            return False


def records_in(type: Type) -> Iterator[str]:
    """The structs in a variable of a type, or behind a reference there."""
    match type:
        case ArrayType(inner) | OptionalType(inner) | ReferenceType(inner):
            yield from records_in(inner)
        case RecordType(id):
            yield id
        case _:
            pass


def leads_to_references(type: Type) -> bool:
    """Whether it is a reference to references, or to arrays of such."""
    match type:
        case OptionalType(inner):
            return leads_to_references(inner)
        case ReferenceType(inner):
            return has_reference(inner)
        case _:
            return False


def _behind(source: Source) -> Source:
    """The references in what a reference leads to."""
    return source if source.within is None else Source(source.within, source.within, source.within)


def _local(symbol: str, place: LocalPlace) -> Source:
    """A local of the function. The references in an array are what is behind a reference to it."""
    within = Region(RegionKind.WITHIN, symbol, place.local)
    if isinstance(place.type, ArrayType):
        return Source(within, within, within)
    reference = Region(RegionKind.REFERENCE, symbol, place.local)
    return Source(reference, reference, within)


def _identity(node: Node) -> int:
    return id(node)
