"""What an analysis of one function knows of the rest of the program."""

from __future__ import annotations

from collections.abc import Mapping

from c2rust_py.infer.library import LibraryFunction
from c2rust_py.infer.ranges.frame import Types
from c2rust_py.infer.ranges.library import RESULTS
from c2rust_py.infer.ranges.transfer import Bounds, fits, limits
from c2rust_py.ir.nodes import (
    ArrayValue,
    FieldPlace,
    GlobalPlace,
    IndexPlace,
    IntConst,
    Place,
    RecordValue,
    StringValue,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import ArrayType, IntKind, RecordType, Type

_ELEMENT = -1
"""In the path to a part of an object: some element of an array. Other numbers are fields."""


class World:
    """results: the ranges of what functions return, by symbol; they may grow while functions are analysed.
    signed_wraps: signed overflow wraps, it is not undefined."""

    def __init__(
        self,
        program: Program,
        library: Mapping[str, LibraryFunction],
        types: Types,
        results: Mapping[str, Bounds],
        signed_wraps: bool,
    ) -> None:
        self._program = program
        self._library = library
        self._results = results
        self._tables: dict[tuple[str, tuple[int, ...]], Bounds | None] = {}
        self.types = types
        self.signed_wraps = signed_wraps

    def result_of(self, symbol: str, type: Type) -> Bounds | None:
        """What a call of `symbol` gives; None where that is no integer."""
        kind = self.types.kind(type)
        if kind is None:
            return None
        known = self._results.get(symbol)
        if known is None and self._from_library(symbol):
            known = RESULTS.get(symbol)
        return known if known is not None and fits(known, kind) else limits(kind)

    def returns(self, symbol: str) -> bool:
        """Whether a call of `symbol` can come back."""
        function = self._program.functions.get(symbol)
        if function is not None:
            return not function.noreturn
        known = self._library.get(symbol)
        return known is None or not self._from_library(symbol) or not known.diverges

    def _from_library(self, symbol: str) -> bool:
        external = self._program.externals.get(symbol)
        return external is not None and external.from_library

    def loaded(self, place: Place, type: Type) -> Bounds | None:
        """The values that an object that is not followed can have; None where it is no integer."""
        kind = self.types.kind(type)
        if kind is None:
            return None
        bounds = self._table_bounds(place)
        if bounds is not None:
            return bounds
        return (self._field_bounds(place, kind) if isinstance(place, FieldPlace) else None) or limits(kind)

    def _field_bounds(self, place: FieldPlace, kind: IntKind) -> Bounds | None:
        if not isinstance(place.base.type, RecordType):
            return None
        fields = self._program.records[place.base.type.id].fields
        width = fields[place.index].width if fields else None
        return None if width is None else bit_field_bounds(width, kind.signed)

    def _table_bounds(self, place: Place) -> Bounds | None:
        """The elements of a table that nothing may write: an object that C declares const."""
        path: list[int] = []
        while isinstance(place, FieldPlace | IndexPlace):
            path.append(place.index if isinstance(place, FieldPlace) else _ELEMENT)
            place = place.base
        if not isinstance(place, GlobalPlace):
            return None
        variable = self._program.variables.get(place.symbol)
        if variable is None or not variable.const:
            return None
        key = (place.symbol, tuple(reversed(path)))
        if key not in self._tables:
            init = ZeroValue(variable.type, variable.span) if variable.init is None else variable.init
            self._tables[key] = self._initial(init, key[1])
        return self._tables[key]

    def _initial(self, init: Value | None, path: tuple[int, ...]) -> Bounds | None:
        """All integers that an initialiser has at a path; None where one is not known."""
        match init:
            case None | ZeroValue():
                return 0, 0
            case IntConst(value):
                return value, value
            case StringValue(data, ArrayType(element)):
                kind = self.types.kind(element)
                if kind is None or kind.size != 1:
                    return None
                values = [kind.wrap(byte) for byte in data]
                return min(values, default=0), max(values, default=0)
            case ArrayValue(runs, type) if path:
                parts = [self._initial(run.value, path[1:]) for run in runs]
                if sum(run.last - run.first + 1 for run in runs) < (type.length or 0):
                    parts.append((0, 0))
                return _hull_of(parts)
            case RecordValue(fields, RecordType(id)) if path and not self._program.records[id].is_union:
                return self._initial(fields[path[0]], path[1:])
            case _:
                return None


def bit_field_bounds(width: int, signed: bool) -> Bounds:
    """The values of a bit-field."""
    return (-(1 << (width - 1)), (1 << (width - 1)) - 1) if signed else (0, (1 << width) - 1)


def _hull_of(parts: list[Bounds | None]) -> Bounds | None:
    """The interval around all parts; None where one is not known, or there are none."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not known:
        return None
    return min(low for low, _ in known), max(high for _, high in known)
