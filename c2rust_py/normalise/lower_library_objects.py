"""Objects of the C library that lie in memory become what a pointer to them points to: the runtime makes them when they are
first asked for.

    while (*environ) environ++;         // the address of an object that no unit defines

    while (**`&environ`()) …            // a call of the runtime for its address
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from c2rust_py.ir.nodes import Call, DerefPlace, FunctionRef, GlobalPlace, Statement
from c2rust_py.ir.program import External, Program
from c2rust_py.ir.types import FunctionType, PointerType
from c2rust_py.ir.walk import Node, map_children

LIBRARY_OBJECTS = frozenset({"environ", "tzname", "program_invocation_name", "program_invocation_short_name"})
"""The objects; `&NAME` is the function that gives the address (see `infer.library`)."""


@dataclass(slots=True)
class _Rewrite:
    """The rewriting of one program, and which addresses it came to use."""

    program: Program
    used: dict[str, External] = field(default_factory=dict)

    def node(self, node: Node) -> Node:
        node = map_children(node, self.node)
        if not isinstance(node, GlobalPlace) or node.symbol not in LIBRARY_OBJECTS:
            return node
        if node.symbol not in self.program.externals:
            return node
        symbol, pointer = f"&{node.symbol}", PointerType(node.type)
        type = FunctionType(pointer, ())
        self.used[symbol] = External(symbol, type, True, node.span)
        call = Call(FunctionRef(symbol, PointerType(type), node.span), (), pointer, node.span)
        return DerefPlace(call, node.type, node.span)


def lower_library_objects(program: Program) -> Program:
    """The program without places that are objects of the library. Static initialisers keep theirs: these addresses are not
    known before the program runs."""
    rewrite = _Rewrite(program)
    functions = {
        symbol: replace(function, body=tuple(cast(Statement, rewrite.node(statement)) for statement in function.body))
        for symbol, function in program.functions.items()
    }
    return replace(program, functions=functions, externals={**program.externals, **rewrite.used})
