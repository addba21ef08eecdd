"""Structs that need a layout in bytes hold no references: the library is handed their objects as memory.

    struct entry { const char *key; int n; };     fwrite(entries, sizeof *entries, 8, file)
"""

from __future__ import annotations

from c2rust_py.infer.demotions import FieldSlot, Reason
from c2rust_py.infer.memory_records import infer_memory_records
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.storage import Storage
from c2rust_py.ir.program import Program


def find_memory_holders(solution: Solution, lifted: Program, storage: Storage) -> bool:
    """Demotes the fields of such structs; whether there were any."""
    found = False
    held = [slot for slot in solution.views.pointees if isinstance(slot, FieldSlot) and solution.views.above(slot)]
    laid_out = infer_memory_records(lifted, storage) if held else frozenset()
    for slot in held:
        record = lifted.records[slot.record]
        if slot.record in laid_out:
            reason = Reason(f"objects of `struct {record.name}` are taken as bytes", record.span)
            found |= solution.demotions.add(slot, reason)
    return found
