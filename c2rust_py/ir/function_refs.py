"""Which functions are named otherwise than to call them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from c2rust_py.ir.nodes import Call, Convert, FunctionRef, Value
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import PointerType
from c2rust_py.ir.walk import walk, walk_all


def functions_with_address(program: Program, ignored: AbstractSet[int] = frozenset()) -> tuple[str, ...]:
    """The functions of the program whose address is taken, by symbol, in the order in which that is found. A call with another
    number of arguments than the function has counts: it goes through a converted pointer in all but name. ignored: names that
    do not count, by identity."""
    taken: dict[str, None] = {}
    for function in program.functions.values():
        called: set[int] = set()
        for node in walk_all(function.body):
            if isinstance(node, Call) and isinstance(node.function, FunctionRef):
                if not _has_another_shape(node, program):
                    called.add(id(node.function))
            elif isinstance(node, FunctionRef) and id(node) not in called and id(node) not in ignored:
                taken[node.symbol] = None
    for variable in program.variables.values():
        if variable.init is not None:
            taken.update((node.symbol, None) for node in walk(variable.init) if isinstance(node, FunctionRef))
    return tuple(symbol for symbol in taken if symbol in program.functions)


def named_function(value: Value) -> FunctionRef | None:
    """The function that a function pointer names, cast or not; None where it is computed."""
    while isinstance(value, Convert) and isinstance(value.type, PointerType):
        value = value.operand
    return value if isinstance(value, FunctionRef) else None


def functions_called_oddly(program: Program) -> frozenset[str]:
    """The functions of the program that some direct call gives another number of arguments than they have."""
    return frozenset(
        node.function.symbol
        for function in program.functions.values()
        for node in walk_all(function.body)
        if isinstance(node, Call) and isinstance(node.function, FunctionRef) and _has_another_shape(node, program)
    )


def _has_another_shape(call: Call, program: Program) -> bool:
    callee = program.functions.get(call.function.symbol) if isinstance(call.function, FunctionRef) else None
    return callee is not None and len(call.args) != len(callee.type.params) and not callee.type.variadic
