"""One unit: elaborates the tree, and keeps of it what the program can reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from c2rust_py.diagnostics import Diagnostic
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.frontend.elaborate import file_declarations, records
from c2rust_py.frontend.elaborate.c_types import erase
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.refusals import confirm_refusals
from c2rust_py.frontend.elaborate.uses import Uses, enums_of_names, type_ids, uses_of_function, uses_of_variable
from c2rust_py.frontend.parse import ParsedUnit
from c2rust_py.frontend.preprocess import INCLUDE_DIR
from c2rust_py.ir.program import Constant, Enumeration, External, Function, Record, Variable


@dataclass(frozen=True, slots=True, eq=False)
class ElaboratedUnit:
    """A unit before linking. Symbols and type ids are those of the program, unless another unit's clash with them.

    `inline_only` are definitions that C gives no external symbol (C11 6.7.4 paragraph 7); `uses` says what each
    definition uses; `aliases` are symbols that stand for another one.
    """

    path: str
    functions: dict[str, Function]
    variables: dict[str, Variable]
    externals: dict[str, External]
    records: dict[str, Record]
    enums: dict[str, Enumeration]
    constants: tuple[Constant, ...]
    inline_only: frozenset[str]
    uses: dict[str, Uses]
    aliases: dict[str, str]
    doc: str | None
    diagnostics: tuple[Diagnostic, ...]


def elaborate_unit(parsed: ParsedUnit) -> ElaboratedUnit:
    """The typed IR of a unit. Raises CompileError where the C is invalid, which gcc has the last word on; valid C that is
    not translated becomes an unsupported node in its function."""
    return call_deeply(_elaborate, parsed)


def _elaborate(parsed: ParsedUnit) -> ElaboratedUnit:
    ours = (str(INCLUDE_DIR), parsed.unit.display(str(INCLUDE_DIR)), "<")
    cx = Context(parsed.path, parsed.macros, ours, comments=parsed.comments)
    for item in parsed.ast.ext:
        file_declarations.file_item(cx, item)
    file_declarations.complete_tentative(cx)
    confirm_refusals(parsed.unit, cx.refusals)
    records.name_records(cx)
    for id, record in cx.records.items():
        if record.fields is not None:
            fields = tuple(replace(member, type=erase(member.type)) for member in record.fields)
            cx.records[id] = replace(record, fields=fields)
    return _keep_reachable(cx, (*parsed.diagnostics, *cx.found()))


def _keep_reachable(cx: Context, diagnostics: tuple[Diagnostic, ...]) -> ElaboratedUnit:
    aliases = _aliases(cx)
    uses = _reach(cx, aliases)
    functions = {symbol: f for symbol, f in cx.functions.items() if symbol in uses}
    variables = {symbol: v for symbol, v in cx.variables.items() if symbol in uses}
    externals = _externals(cx, uses)
    names = {name for used in uses.values() for name in used.names}
    types = {type for used in uses.values() for type in used.types}
    types.update(external.type for external in externals.values())
    kept = type_ids(types, cx.records) | enums_of_names(names, cx.enums)
    kept |= {id for id, record in cx.records.items() if record.span.file == cx.path and record.fields is not None}
    kept |= {id for id, enum in cx.enums.items() if enum.span.file == cx.path}
    kept = kept | type_ids((m.type for id in kept if id in cx.records for m in cx.records[id].fields or ()), cx.records)
    return ElaboratedUnit(
        cx.path,
        functions,
        variables,
        externals,
        {id: record for id, record in cx.records.items() if id in kept},
        {id: enum for id, enum in cx.enums.items() if id in kept},
        tuple(constant for constant in cx.constants.values() if constant.name in names),
        frozenset(symbol for symbol in functions if symbol in cx.globals and cx.globals[symbol].inline_only),
        uses,
        aliases,
        cx.comments.head_of(cx.path),
        diagnostics,
    )


def _aliases(cx: Context) -> dict[str, str]:
    """The unit's aliases, by symbol; they are no objects of their own."""
    symbols: dict[str, str] = {}
    for name, target in cx.aliases.items():
        symbol = cx.externs[name].symbol
        cx.variables.pop(symbol, None)
        symbols[symbol] = cx.externs[target].symbol if target in cx.externs else target
    return symbols


def _reach(cx: Context, aliases: Mapping[str, str]) -> dict[str, Uses]:
    """What each definition uses that an external definition, or a static one of the C file itself, can reach."""
    roots = [
        symbol
        for table in (cx.functions, cx.variables)
        for symbol, definition in table.items()
        if _is_root(cx, symbol, definition)
    ]
    roots += aliases.values()
    uses: dict[str, Uses] = {}
    while roots:
        symbol = roots.pop()
        if symbol in uses:
            continue
        if symbol in cx.functions:
            uses[symbol] = uses_of_function(cx.functions[symbol])
        elif symbol in cx.variables:
            uses[symbol] = uses_of_variable(cx.variables[symbol])
        else:
            continue
        roots.extend(uses[symbol].symbols)
    return uses


def _is_root(cx: Context, symbol: str, definition: Function | Variable) -> bool:
    if symbol in cx.globals and cx.globals[symbol].inline_only:
        return False
    if isinstance(definition, Variable) and (definition.function is not None or definition.name.startswith("literal.")):
        return False
    return not definition.static or definition.span.file == cx.path


def _externals(cx: Context, uses: dict[str, Uses]) -> dict[str, External]:
    externals: dict[str, External] = {}
    for used in uses.values():
        for symbol in used.symbols:
            if symbol in cx.functions or symbol in cx.variables or symbol in externals:
                continue
            entity = cx.globals[symbol]
            externals[symbol] = External(symbol, erase(entity.type), entity.library, entity.span, entity.name in cx.weak)
    return dict(sorted(externals.items()))
