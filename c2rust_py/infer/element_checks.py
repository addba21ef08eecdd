"""Whether what pointers to pointers lead to is one: what does not fit goes down (see `infer.elements`)."""

from __future__ import annotations

from c2rust_py.infer.demotions import MemoryCall, Reason
from c2rust_py.infer.elements import compared_arrays, element_flows
from c2rust_py.infer.pointer_uses import Argument, Lent, LibraryCall, Use
from c2rust_py.infer.solver_state import SolverState
from c2rust_py.infer.targets import without_casts
from c2rust_py.infer.views import pointed_slots


def check_elements(state: SolverState, symbol: str, use: Use) -> None:
    """What a pointer to pointers leads to is held in one way wherever that goes; the library takes it in memory, unless it sorts it."""
    if isinstance(use, LibraryCall):
        _check_library(state, symbol, use)
    if isinstance(use, Argument | Lent) and MemoryCall(symbol, id(use.call)) in state.demotions:
        return
    for flow in element_flows(use, symbol, state.program):
        for slot, cause in flow.in_memory(state.views):
            state.demote(slot, Reason("others that lead to it have it in memory", use.span, cause))
        for slot in flow.missing(state.views):
            state.add_nullable(slot)


def _check_library(state: SolverState, symbol: str, use: LibraryCall) -> None:
    compared = compared_arrays(use, state.program)
    for position, arg in enumerate(use.call.args):
        if compared is None or position not in compared[1]:
            for slot in pointed_slots(without_casts(arg), symbol, state.program):
                state.demote(slot, Reason(f"it is passed to `{use.name}` of the library", use.span))
