"""What Rust holds of the globals while it computes the rest of an expression, and who takes all of them."""

from __future__ import annotations

from c2rust_py.infer.effects import Effects, Needs
from c2rust_py.infer.node_touches import NodeTouches
from c2rust_py.infer.places import root_of
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Borrow, Call, Decay, FunctionRef, GlobalPlace, Load, Value
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import FunctionType, PointerType
from c2rust_py.ir.walk import walk


def held_by_macro(call: Call, program: Program, nodes: NodeTouches) -> tuple[int, ...]:
    """The arguments of a formatted print that are places in globals, which the macro borrows until all arguments are there."""
    match call.function:
        case FunctionRef(symbol, PointerType(FunctionType(variadic=variadic))) if symbol not in program.functions:
            if not variadic and not symbol.endswith("!"):
                return ()
        case _:
            return ()
    places = ((at, arg.place) for at, arg in enumerate(call.args) if isinstance(arg, Load | Borrow | Decay))
    roots = ((at, root_of(place)) for at, place in places if not nodes.in_memory(place))
    return tuple(at for at, root in roots if isinstance(root, GlobalPlace) and root.symbol not in nodes.storage.constants)


def takes_globals(value: Value, effects: Effects, layout: Layout) -> bool:
    """Whether computing a value calls what is given all globals, to write."""
    calls = (node for node in walk(value) if isinstance(node, Call))
    return any(effects.takes_exclusively(call, layout) & Needs.GLOBALS for call in calls)
