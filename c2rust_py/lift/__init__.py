"""Takes pointers above the memory rung: what the slot solver lifts is no pointer any more.

    int sum(const int *a, int n)                     int sum(& int[] a, int n)
    {                                                {
        const int *p = a, *end = a + n;      ->          usize p = 0, end = n;
        while (p < end) total += *p++;                   while (p < end) total += a[p], p = p + 1;

Parameters become references, other pointer locals positions (or nothing, where they point to one fixed place), arguments
loans. See `infer.targets` and `infer.solver`.
"""

from __future__ import annotations

from c2rust_py.lift.conflicts import find_conflicts
from c2rust_py.lift.program import FindConflicts, Lifted, leave_in_memory, lift_program

__all__ = ["FindConflicts", "Lifted", "find_conflicts", "leave_in_memory", "lift_program"]
