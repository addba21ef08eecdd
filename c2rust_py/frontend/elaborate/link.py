"""Linking: the units' symbols and types become one program's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from c2rust_py.diagnostics import Code, Sink, error, warning
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.frontend.elaborate.aliases import resolve_aliases
from c2rust_py.frontend.elaborate.link_types import unify_types
from c2rust_py.frontend.elaborate.reconcile import reconcile_uses
from c2rust_py.frontend.elaborate.unit import ElaboratedUnit
from c2rust_py.frontend.library_names import library_names
from c2rust_py.ir.program import Enumeration, External, Function, Program, Record, SourceUnit, Variable
from c2rust_py.ir.types import ArrayType


def link_units(units: Sequence[ElaboratedUnit], sink: Sink) -> Program:
    """The program of the units. Symbols that are defined twice are errors in `sink`; undefined ones are externals."""
    return call_deeply(_link, units, sink)


def _link(units: Sequence[ElaboratedUnit], sink: Sink) -> Program:
    for unit in units:
        sink.extend(unit.diagnostics)
    units, records, enums = unify_types(resolve_aliases(units))
    functions = _functions(units, sink)
    variables = _variables(units, sink)
    externals = _externals(units, functions, variables, sink)
    if "main" not in functions:
        for function in functions.values():
            if function.startup is not None:
                message = "constructors and destructors run in a program with a main only"
                sink.add(warning(Code.ATTRIBUTE_UNSUPPORTED, message, function.span, function=function.name))
    source_units = _source_units(units, functions, variables)
    program = Program(source_units, functions, variables, externals, records, enums)
    return reconcile_uses(program, units, sink)


def _functions(units: Sequence[ElaboratedUnit], sink: Sink) -> dict[str, Function]:
    """Each function once. An inline definition counts only where no unit has an external one (C11 6.7.4)."""
    functions: dict[str, Function] = {}
    for inline in (False, True):
        for unit in units:
            for symbol, function in unit.functions.items():
                if (symbol in unit.inline_only) != inline:
                    continue
                known = functions.setdefault(symbol, function)
                if known is not function and not inline and known.span != function.span:
                    message = f"'{function.name}' is defined in {known.unit}, too"
                    sink.add(error(Code.MULTIPLE_DEFINITION, message, function.span, function=function.name))
    order = [symbol for unit in units for symbol in unit.functions]
    return {symbol: functions[symbol] for symbol in dict.fromkeys(order)}


def _variables(units: Sequence[ElaboratedUnit], sink: Sink) -> dict[str, Variable]:
    """Each variable once; tentative definitions of several units are one object, as -fcommon has it."""
    variables: dict[str, Variable] = {}
    for unit in units:
        for symbol, variable in unit.variables.items():
            known = variables.get(symbol)
            if known is None or known.init is None:
                variables[symbol] = variable
            elif variable.init is not None:
                message = f"'{variable.name}' is defined in {known.unit}, too"
                sink.add(error(Code.MULTIPLE_DEFINITION, message, variable.span))
    return variables


def _externals(
    units: Sequence[ElaboratedUnit], functions: dict[str, Function], variables: dict[str, Variable], sink: Sink
) -> dict[str, External]:
    externals: dict[str, External] = {}
    for unit in units:
        for symbol, external in unit.externals.items():
            if symbol in functions or symbol in variables:
                continue
            known = externals.get(symbol)
            weak = external.weak or (known is not None and known.weak)
            if known is None or (external.from_library and not known.from_library) or _is_open_array(known):
                known = external
            externals[symbol] = replace(known, weak=weak)
    for symbol, external in externals.items():
        if not external.from_library and symbol not in library_names().symbols:
            sink.add(warning(Code.UNDEFINED_SYMBOL, f"'{symbol}' is used and nowhere defined", external.span))
    return dict(sorted(externals.items()))


def _is_open_array(external: External) -> bool:
    return isinstance(external.type, ArrayType) and external.type.length is None


def _source_units(
    units: Sequence[ElaboratedUnit], functions: dict[str, Function], variables: dict[str, Variable]
) -> tuple[SourceUnit, ...]:
    """What each unit brings into the program first; records of our own headers, which the runtime has, belong to none."""
    seen: set[str] = set()
    result: list[SourceUnit] = []
    constants: set[str] = set()
    for unit in units:
        records = tuple(id for id in _new(unit.records, seen) if not id.startswith("library:"))
        enums = _new(unit.enums, seen)
        new_constants = tuple(c for c in unit.constants if f"{c.name}@{c.span}" not in constants)
        constants.update(f"{constant.name}@{constant.span}" for constant in new_constants)
        result.append(
            SourceUnit(
                unit.path,
                tuple(symbol for symbol, f in unit.functions.items() if functions[symbol] is f),
                tuple(symbol for symbol, v in unit.variables.items() if variables[symbol] is v),
                records,
                enums,
                new_constants,
                unit.doc,
            )
        )
    return tuple(result)


def _new(table: dict[str, Record] | dict[str, Enumeration], seen: set[str]) -> tuple[str, ...]:
    fresh = tuple(id for id in table if id not in seen)
    seen.update(fresh)
    return fresh
