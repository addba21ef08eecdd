"""Objects of the C library that lie in memory become what a pointer to them points to: the runtime makes them when they are
first asked for.

    while (*environ) environ++;         // the address of an object that no unit defines

    while (**`&environ`()) …            // a call of the runtime for its address

A variable that the runtime has for itself, with a getter and a setter, becomes such an object where the program takes its
address anywhere: from then on it is used by that alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from c2rust_py.ir.nodes import Assign, Call, DerefPlace, FunctionRef, GlobalPlace, Load, Statement
from c2rust_py.ir.program import External, Program
from c2rust_py.ir.types import FunctionType, PointerType
from c2rust_py.ir.walk import Node, children, map_children, walk_all

LIBRARY_OBJECTS = frozenset({"environ", "tzname", "program_invocation_name", "program_invocation_short_name"})
"""The objects; `&NAME` is the function that gives the address (see `infer.library`)."""

_ADDRESSABLE = frozenset({"optarg", "optind", "opterr", "optopt"})
"""The variables that can become such objects."""


@dataclass(slots=True)
class _Rewrite:
    """The rewriting of one program, and which addresses it came to use."""

    program: Program
    objects: frozenset[str]
    used: dict[str, External] = field(default_factory=dict)

    def node(self, node: Node) -> Node:
        node = map_children(node, self.node)
        if not isinstance(node, GlobalPlace) or node.symbol not in self.objects:
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
    rewrite = _Rewrite(program, LIBRARY_OBJECTS | _addressed(program))
    functions = {
        symbol: replace(function, body=tuple(cast(Statement, rewrite.node(statement)) for statement in function.body))
        for symbol, function in program.functions.items()
    }
    return replace(program, functions=functions, externals={**program.externals, **rewrite.used})


def _addressed(program: Program) -> frozenset[str]:
    """The addressable variables that are used for more than being read and assigned."""
    if program.externals.keys().isdisjoint(_ADDRESSABLE):
        return frozenset()
    found: set[str] = set()
    for function in program.functions.values():
        for node in walk_all(function.body):
            if isinstance(node, Load | Assign):
                continue
            found.update(child.symbol for child in children(node) if isinstance(child, GlobalPlace))
    return _ADDRESSABLE & program.externals.keys() & found
