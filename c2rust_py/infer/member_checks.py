"""Whether what a function does with a member that owns leaves it one."""

from __future__ import annotations

from collections.abc import Sequence

from c2rust_py.infer.allocations import allocation_of
from c2rust_py.infer.demotions import FieldSlot
from c2rust_py.infer.owned_fields import element_field, same_place
from c2rust_py.infer.pointer_uses import Stored, Use
from c2rust_py.infer.targets import (
    GlobalRoot,
    IndexStep,
    LocalRoot,
    ObjectRoot,
    OwnedRoot,
    ParamRoot,
    Resolver,
    is_null,
    without_casts,
)
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Call, Load, Place, Value
from c2rust_py.ir.program import Function


def can_store(resolver: Resolver, use: Stored, layout: Layout) -> bool:
    """Whether a member that owns is given what it can own: something new, null, or what it has in another size."""
    if use.place is not None and resolver.place(use.place) is None:
        return False
    found = allocation_of(use.value, layout)
    if is_null(use.value) or resolver.handed(use.value) is not None:
        return True
    if found is None or found.old is None:
        return found is not None
    return use.place is not None and isinstance(found.old, Load) and same_place(found.old.place, use.place)


def comes_back_to(place: Place, call: Call, uses: Sequence[Use]) -> bool:
    """Whether what `realloc` makes of a member's elements is that member's again."""
    return any(
        isinstance(use, Stored) and use.place is not None and without_casts(use.value) is call and same_place(use.place, place)
        for use in uses
    )


def asked_member(function: Function, resolver: Resolver, value: Value) -> FieldSlot | None:
    """The member whose first element a pointer may lead to: that is null in C where the member has none."""
    target = resolver.pointer(value)
    if target is None or not target.steps:
        return None
    match target.root:
        case LocalRoot(local) | ParamRoot(local) | OwnedRoot(local):
            start = function.locals[local].type
        case GlobalRoot(name):
            start = resolver.program.variables[name].type
        case ObjectRoot(_, record):
            start = record
        case _:
            return None
    last = target.steps[-1]
    at_start = isinstance(last, IndexStep) and last.fixed in (None, 0) and not last.terms
    return element_field(resolver.program, start, target.steps) if at_start else None
