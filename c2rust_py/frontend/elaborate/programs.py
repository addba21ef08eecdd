"""Several programs in one linked group: each unit with a `main` is a program, the other units are their library.

    a.c: main, usage     b.c: main     lib.c: parse     ->     a.c:main, usage, b.c:main, parse
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from c2rust_py.frontend.elaborate.unit import ElaboratedUnit
from c2rust_py.ir.nodes import FunctionRef, Statement
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import Node, map_children

MAIN = "main"


def share_library(units: Sequence[ElaboratedUnit]) -> list[ElaboratedUnit] | None:
    """The units with each `main` under a symbol of its own, so that they link as one; None where two programs define
    one external name, and so cannot be in one link."""
    seen: set[str] = set()
    for unit in units:
        if MAIN not in unit.functions:
            continue
        functions = {s for s, f in unit.functions.items() if not f.static and s != MAIN and s not in unit.inline_only}
        variables = {s for s, v in unit.variables.items() if not v.static}
        if seen & (functions | variables):
            return None
        seen |= functions | variables
    return [_with_own_main(unit) if MAIN in unit.functions else unit for unit in units]


def main_symbol(unit: ElaboratedUnit) -> str:
    """The symbol of the unit's `main` once it has one of its own."""
    return f"{unit.path}:{MAIN}"


def _with_own_main(unit: ElaboratedUnit) -> ElaboratedUnit:
    symbol = main_symbol(unit)
    functions: dict[str, Function] = {}
    for name, function in unit.functions.items():
        body = tuple(cast(Statement, _renamed(statement, symbol)) for statement in function.body)
        new = replace(function, body=body)
        functions[symbol if name == MAIN else name] = replace(new, symbol=symbol) if name == MAIN else new
    uses = {symbol if name == MAIN else name: use for name, use in unit.uses.items()}
    return replace(unit, functions=functions, uses=uses)


def _renamed(node: Node, symbol: str) -> Node:
    if isinstance(node, FunctionRef) and node.symbol == MAIN:
        return replace(node, symbol=symbol)
    return map_children(node, lambda child: _renamed(child, symbol))
