"""Which functions are named otherwise than to call them."""

from __future__ import annotations

from c2rust_py.ir.nodes import Call, FunctionRef
from c2rust_py.ir.program import Program
from c2rust_py.ir.walk import walk, walk_all


def functions_with_address(program: Program) -> tuple[str, ...]:
    """The functions of the program whose address is taken, by symbol, in the order in which that is found. A call with another
    number of arguments than the function has counts: it goes through a converted pointer in all but name."""
    taken: dict[str, None] = {}
    for function in program.functions.values():
        called: set[int] = set()
        for node in walk_all(function.body):
            if isinstance(node, Call) and isinstance(node.function, FunctionRef):
                callee = program.functions.get(node.function.symbol)
                if callee is None or len(node.args) == len(callee.type.params) or callee.type.variadic:
                    called.add(id(node.function))
            elif isinstance(node, FunctionRef) and id(node) not in called:
                taken[node.symbol] = None
    for variable in program.variables.values():
        if variable.init is not None:
            taken.update((node.symbol, None) for node in walk(variable.init) if isinstance(node, FunctionRef))
    return tuple(symbol for symbol in taken if symbol in program.functions)
