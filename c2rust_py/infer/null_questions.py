"""Who may find out that a pointer is null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from c2rust_py.infer.demotions import PointerSlot, Subject
from c2rust_py.infer.pointer_uses import Argument, Escape, Flow, LibraryCall, Pair, Returned, Stored, Test, Use
from c2rust_py.infer.subjects import Subjects
from c2rust_py.infer.targets import without_casts
from c2rust_py.ir.nodes import Call, Value


def asks_null(
    uses: Mapping[str, Sequence[Use]],
    subjects: Subjects,
    symbol: str,
    param: int,
    comes_back: bool = False,
    seen: frozenset[tuple[str, int]] = frozenset(),
) -> bool:
    """Whether a function, or one that it passes its parameter to, may find out that the parameter is null: by a test, a
    comparison with something else, or by where it keeps it. comes_back: what it returns goes to where the argument came from."""
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

    def back(call: Call) -> bool:
        """Whether what a call returns goes to where its argument came from."""
        for use in uses[symbol]:
            match use:
                case Flow(local, value) if without_casts(value) is call:
                    return PointerSlot(symbol, local) in same
                case Returned(value) if without_casts(value) is call:
                    return comes_back
                case _:
                    pass
        return False

    for use in uses[symbol]:
        match use:
            case Test(value) | Escape(value) | Stored(value=value) if derived(value):
                return True
            case Returned(value) if derived(value) and not comes_back:
                return True
            case Pair(left, right) if derived(left) != derived(right):
                return True
            case LibraryCall(call=call) if any(derived(arg) for arg in call.args):
                return True
            case Argument(call=call, callee=callee, param=position, value=value) if derived(value):
                if asks_null(uses, subjects, callee, position, back(call), seen):
                    return True
            case _:
                pass
    return False
