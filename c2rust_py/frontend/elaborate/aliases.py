"""GNU C's `alias` and `weakref`: a second name for a symbol, in all units.

    int level = 3;
    extern int height __attribute__((alias("level")));      // every use of `height` becomes one of `level`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from c2rust_py.frontend.elaborate.unit import ElaboratedUnit
from c2rust_py.frontend.elaborate.uses import Uses
from c2rust_py.ir.nodes import FunctionRef, GlobalPlace
from c2rust_py.ir.program import External, Function, Variable
from c2rust_py.ir.types import Type
from c2rust_py.ir.walk import Node, map_children

N = TypeVar("N", bound=Node)


def resolve_aliases(units: Sequence[ElaboratedUnit]) -> Sequence[ElaboratedUnit]:
    """The units without aliases. Relies on gcc, which takes no alias of what the unit does not define, and no cycles."""
    named = {alias: target for unit in units for alias, target in unit.aliases.items()}
    if not named:
        return units
    names = {alias: _end(named, alias) for alias in named}
    return [_renamed_unit(unit, names) for unit in units]


def _end(names: Mapping[str, str], symbol: str) -> str:
    seen: set[str] = set()
    while symbol in names and symbol not in seen:
        seen.add(symbol)
        symbol = names[symbol]
    return symbol


def _renamed_unit(unit: ElaboratedUnit, names: Mapping[str, str]) -> ElaboratedUnit:
    externals: dict[str, External] = {}
    for symbol, external in unit.externals.items():
        target = names.get(symbol, symbol)
        externals.setdefault(target, replace(external, symbol=target))
    return replace(
        unit,
        functions={symbol: _renamed_function(f, names) for symbol, f in unit.functions.items()},
        variables={symbol: _renamed_variable(v, names) for symbol, v in unit.variables.items()},
        externals=externals,
        uses={symbol: _renamed_uses(uses, names) for symbol, uses in unit.uses.items()},
    )


def _renamed_function(function: Function, names: Mapping[str, str]) -> Function:
    return replace(function, body=tuple(_renamed(statement, names) for statement in function.body))


def _renamed_variable(variable: Variable, names: Mapping[str, str]) -> Variable:
    if variable.init is None:
        return variable
    return replace(variable, init=_renamed(variable.init, names))


def _renamed(node: N, names: Mapping[str, str]) -> N:
    if isinstance(node, FunctionRef | GlobalPlace) and node.symbol in names:
        return cast(N, replace(cast(Any, node), symbol=names[node.symbol]))
    return map_children(node, lambda child: _renamed(child, names))


def _renamed_uses(uses: Uses, names: Mapping[str, str]) -> Uses:
    symbols: dict[str, set[Type]] = {}
    for symbol, types in uses.symbols.items():
        symbols.setdefault(names.get(symbol, symbol), set()).update(types)
    return Uses(symbols, uses.types, uses.names)
