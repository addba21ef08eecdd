"""Who may find out that a pointer is null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from c2rust_py.infer.demotions import PointerSlot, Subject
from c2rust_py.infer.pointer_uses import Argument, Escape, Flow, LibraryCall, Pair, Returned, Test, Use
from c2rust_py.infer.subjects import Subjects
from c2rust_py.ir.nodes import Value


def asks_null(
    uses: Mapping[str, Sequence[Use]],
    subjects: Subjects,
    symbol: str,
    param: int,
    seen: frozenset[tuple[str, int]] = frozenset(),
) -> bool:
    """Whether a function, or one that it passes its parameter to, may find out that the parameter is null: by a test, a
    comparison with something else, or by where it keeps it."""
    if (symbol, param) in seen:
        return False
    seen = seen | {(symbol, param)}
    same: set[Subject] = {PointerSlot(symbol, param)}
    before = 0
    while len(same) > before:
        before = len(same)
        for use in uses[symbol]:
            if isinstance(use, Flow) and same.intersection(subjects.of(symbol, use.value)):
                same.add(PointerSlot(symbol, use.local))

    def derived(value: Value) -> bool:
        return not same.isdisjoint(subjects.of(symbol, value))

    for use in uses[symbol]:
        match use:
            case Test(value) | Returned(value) | Escape(value) if derived(value):
                return True
            case Pair(left, right) if derived(left) != derived(right):
                return True
            case LibraryCall(call=call) if any(derived(arg) for arg in call.args):
                return True
            case Argument(callee=callee, param=position, value=value) if derived(value):
                if asks_null(uses, subjects, callee, position, seen):
                    return True
            case _:
                pass
    return False
