"""Globals hold views of static data alone: nothing that a function has, or is given, is known to live as long.

    static const char *text;      void start(const char *s) { text = s; }
"""

from __future__ import annotations

from c2rust_py.diagnostics import Span
from c2rust_py.infer.demotions import FieldSlot, GlobalPointers, HeldSlot, Reason
from c2rust_py.infer.lifetimes import find_borrowed
from c2rust_py.infer.regions import Region, RegionFinder, RegionKind
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.storage import Storage
from c2rust_py.infer.views import fields_within
from c2rust_py.ir.program import Program


def find_outlived(solution: Solution, lifted: Program, storage: Storage) -> bool:
    """Demotes what globals hold, and the members of structs in globals, where something is given to them that is not static; whether
    there was any."""
    views = solution.views
    above = [slot for slot in views.pointees if views.above(slot)]
    if not above:
        return False
    finder = RegionFinder(lifted, storage)
    flows = [flow for function in lifted.functions.values() for flow in finder.flows(function)]
    borrowed = find_borrowed(lifted, (*flows, *finder.static_flows()))
    in_globals = {
        slot for variable in solution.program.variables.values() for slot in fields_within(variable.type, solution.program)
    }
    found = False
    for slot in above:
        if _region(slot) in borrowed and (slot in in_globals or isinstance(slot, GlobalPointers)):
            reason = Reason("a variable of static storage duration may outlive what it points to", _span(solution, slot))
            found |= solution.demotions.add(slot, reason)
    return found


def _region(slot: HeldSlot) -> Region | None:
    match slot:
        case GlobalPointers(symbol):
            return Region(RegionKind.SLOT, symbol)
        case FieldSlot(record, index):
            return Region(RegionKind.SLOT, record, index)
        case _:
            return None


def _span(solution: Solution, slot: HeldSlot) -> Span:
    if isinstance(slot, GlobalPointers):
        return solution.program.variables[slot.symbol].span
    assert isinstance(slot, FieldSlot)
    return solution.program.records[slot.record].span
