"""Who calls whom by name, and of which functions all calls are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from c2rust_py.ir.nodes import Call, FunctionRef, UnsupportedStatement, UnsupportedValue
from c2rust_py.ir.program import Program
from c2rust_py.ir.walk import walk, walk_all


@dataclass(frozen=True, slots=True)
class CallGraph:
    """callees_first: all functions, each behind those that it calls but for circles. calls: of each function whose
    calls are all known (none of them in a circle), these calls. opaque: functions that have no translation as a whole,
    so that what they return is not known."""

    callees_first: tuple[str, ...]
    calls: Mapping[str, tuple[Call, ...]]
    opaque: frozenset[str]


def build_call_graph(program: Program, closed_world: bool) -> CallGraph:
    """One walk over each function and initialiser, and one depth-first search.

    Calls are known where nothing takes the function's address and it is static, or the world is closed. A function with
    a part that has no translation may call anything, once somebody writes that part.
    """
    calls: dict[str, list[Call]] = {symbol: [] for symbol in program.functions}
    callees: dict[str, list[str]] = {symbol: [] for symbol in program.functions}
    exposed = {"main"}
    opaque: set[str] = set()
    for symbol, function in program.functions.items():
        named: set[FunctionRef] = set()
        for node in walk_all(function.body):
            match node:
                case Call(FunctionRef() as callee):
                    named.add(callee)
                    if callee.symbol in calls:
                        calls[callee.symbol].append(node)
                        callees[symbol].append(callee.symbol)
                case FunctionRef(target) if node not in named:
                    exposed.add(target)
                case UnsupportedStatement() | UnsupportedValue():
                    opaque.add(symbol)
                case _:
                    pass
    for variable in program.variables.values():
        if variable.init is not None:
            exposed.update(node.symbol for node in walk(variable.init) if isinstance(node, FunctionRef))
    groups = components(callees)
    circular = {symbol for group in groups if len(group) > 1 for symbol in group}
    circular |= {symbol for symbol, called in callees.items() if symbol in called}
    known = {
        symbol: tuple(found)
        for symbol, found in calls.items()
        if symbol not in exposed
        and symbol not in circular
        and not opaque
        and program.functions[symbol].name != "main"
        and (closed_world or program.functions[symbol].static)
    }
    order = tuple(symbol for group in groups for symbol in group)
    return CallGraph(order, known, frozenset(opaque))


def components(callees: Mapping[str, list[str]]) -> list[list[str]]:
    """The strongly connected components of the call graph, callees first (Tarjan 1972), without recursion."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    components: list[list[str]] = []
    for start in callees:
        if start in number:
            continue
        work = [(start, iter(callees[start]))]
        number[start] = low[start] = len(number)
        path.append(start)
        on_path.add(start)
        while work:
            symbol, rest = work[-1]
            callee = next(rest, None)
            if callee is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[symbol])
                if low[symbol] == number[symbol]:
                    at = path.index(symbol)
                    components.append(path[at:])
                    on_path.difference_update(path[at:])
                    del path[at:]
            elif callee not in number:
                number[callee] = low[callee] = len(number)
                path.append(callee)
                on_path.add(callee)
                work.append((callee, iter(callees[callee])))
            elif callee in on_path:
                low[symbol] = min(low[symbol], number[callee])
    return components
