"""Locals that hold views of rows, and are written through: positions in all rows of the array do as well.

    int *row = m[i];  *row++ = 1;           ->          m.as_flattened_mut()[row] = 1;
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from c2rust_py.infer.demotions import PointerSlot
from c2rust_py.infer.flat_rows import in_rows
from c2rust_py.infer.pointer_uses import Flow, Use
from c2rust_py.infer.targets import Resolver, Template, ViewRoot, is_null


def views_in_rows(resolver: Resolver, local: int, uses: Sequence[Use], tried: AbstractSet[PointerSlot | int]) -> set[int]:
    """A local that holds views and those that it is given, if all of that is elements in the rows of one array, and positions in
    all rows have not been tried yet; else none. tried: what was noted to go from row to row before the templates were found."""
    locals, waiting = {local}, [local]
    joined: Template | None = None
    while waiting:
        given_to = waiting.pop()
        if PointerSlot(resolver.function, given_to) in tried:
            return set()
        for value in (use.value for use in uses if isinstance(use, Flow) and use.local == given_to):
            target = None if is_null(value) else resolver.pointer(value)
            if target is not None and isinstance(target.root, ViewRoot):
                if target.root.local not in locals:
                    locals.add(target.root.local)
                    waiting.append(target.root.local)
                continue
            flat = None if target is None else in_rows(resolver.program, resolver.function, target)
            joined = None if flat is None else flat.template if joined is None else joined.join_in_rows(flat.template)
            if joined is None:
                return set()
    return locals if joined is not None else set()
