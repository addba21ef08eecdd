"""Parameters that callers may give null: references that may be missing (`Option<&T>`, `Option<&mut [T]>`).

    static int parse(const char *s, int *end) { ... if (end) *end = i; ... }        parse("12", NULL); parse("34", &n);

A parameter is one only where somebody may give it null, and the function does not read it before anything else, where null is undefined.
What may be null is looked at twice, whether it is there and where, so it must be no call.
"""

from __future__ import annotations

from c2rust_py.infer.cursors import referents
from c2rust_py.infer.demotions import PointerSlot
from c2rust_py.infer.solver_state import SolverState
from c2rust_py.infer.targets import Resolver, is_null, without_casts
from c2rust_py.infer.views import leads_to_pointers
from c2rust_py.ir.nodes import (
    Conditional,
    UnsupportedStatement,
    Value,
)
from c2rust_py.ir.walk import is_stable, walk_all


def can_be_optional(state: SolverState, slot: PointerSlot) -> bool:
    """Whether a parameter above memory can be a reference that may be missing: one of its own, that the function does not own."""
    function, param = state.functions[slot.function], slot.local
    group = state.group(slot.function)
    if group is not None and param in group.params or param in state.taken.get(slot.function, ()):
        return False
    if param in referents(function) or leads_to_pointers(function.type.params[param]):
        return False
    stubs = (node for node in walk_all(function.body) if isinstance(node, UnsupportedStatement))
    asked_otherwise = any(stub.lent and param not in stub.missing for stub in stubs)
    return not asked_otherwise and slot not in state.demotions


def can_be_given(resolver: Resolver, value: Value) -> bool:
    """Whether an optional parameter can be given a value: what is there, or nothing."""
    if is_null(value):
        return True
    given = unless_null(value)
    if given is not None:
        condition, _, pointer = given
        return is_stable(condition) and can_be_given(resolver, pointer)
    if resolver.pointer(value) is None:
        return False
    return not resolver.may_be_null(value) or is_stable(value)


def unless_null(value: Value) -> tuple[Value, bool, Value] | None:
    """What `c ? p : NULL` and `c ? NULL : p` are: the condition, whether it has to hold, and the pointer; None for other values."""
    match without_casts(value):
        case Conditional(condition, then, otherwise) if is_null(then) != is_null(otherwise):
            return (condition, True, then) if is_null(otherwise) else (condition, False, otherwise)
        case _:
            return None


def without_null(value: Value) -> Value:
    """The pointer that an optional parameter is given, if it is given any."""
    given = unless_null(value)
    return value if given is None else without_null(given[2])
