"""The modules of a crate, each behind those that it uses.

    a.c calls b.c, b.c reads a variable of c.c      ->      c, b, a

Modules that use each other in a circle stand next to each other, in the order of the C.
"""

from __future__ import annotations

from collections.abc import Mapping

from c2rust_py.infer.ranges.callgraph import components
from c2rust_py.ir.nodes import FunctionRef, GlobalPlace
from c2rust_py.ir.program import Program
from c2rust_py.ir.walk import walk, walk_all


def module_order(program: Program, rust_paths: Mapping[str, str]) -> tuple[str, ...]:
    """The modules that have functions, used ones first. `rust_paths` has `module::name` by symbol."""
    modules = {f.unit: rust_paths[symbol].rpartition("::")[0] for symbol, f in program.functions.items()}
    uses: dict[str, list[str]] = {unit.path: [] for unit in program.units if unit.path in modules}
    for function in program.functions.values():
        for node in walk_all(function.body):
            if isinstance(node, FunctionRef | GlobalPlace):
                _note(program, uses, function.unit, node.symbol)
    for variable in program.variables.values():
        if variable.init is not None and variable.unit in uses:
            for node in walk(variable.init):
                if isinstance(node, FunctionRef | GlobalPlace):
                    _note(program, uses, variable.unit, node.symbol)
    place = {unit: number for number, unit in enumerate(uses)}
    return tuple(modules[unit] for group in components(uses) for unit in sorted(group, key=place.__getitem__))


def _note(program: Program, uses: dict[str, list[str]], unit: str, symbol: str) -> None:
    """Notes that the unit uses a symbol of another."""
    owner = program.functions.get(symbol) or program.variables.get(symbol)
    if owner is not None and owner.unit != unit and owner.unit in uses and owner.unit not in uses[unit]:
        uses[unit].append(owner.unit)
