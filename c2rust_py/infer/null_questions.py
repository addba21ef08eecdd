"""Who may find out that a pointer is null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from c2rust_py.infer.demotions import HeldSlot, PointerSlot, Subject
from c2rust_py.infer.elements import element_flows
from c2rust_py.infer.pointer_uses import Argument, Escape, Flow, Held, LibraryCall, Pair, Returned, Stored, Test, Use
from c2rust_py.infer.subjects import Subjects
from c2rust_py.infer.targets import without_casts
from c2rust_py.ir.nodes import Call, Value

Asked = tuple[str, Subject]
"""A function, and what may be null in it."""


def asks_null(
    uses: Mapping[str, Sequence[Use]], subjects: Subjects, symbol: str, param: int, comes_back: bool = False
) -> bool:
    """Whether a function, or one that it passes its parameter to, may find out that the parameter is null: by a test, a
    comparison with something else, or by where it keeps it. comes_back: what it returns goes to where the argument came from."""
    return _asks(uses, subjects, (symbol, PointerSlot(symbol, param)), frozenset(), True, comes_back)


def asks_null_of_held(
    uses: Mapping[str, Sequence[Use]],
    subjects: Subjects,
    holders: Mapping[HeldSlot, Iterable[str]],
    slot: HeldSlot,
    seen: frozenset[HeldSlot] = frozenset(),
) -> bool:
    """Whether anybody may find out that an object holds null: the library is given text, not null."""
    seen = seen | {slot}
    for symbol in holders.get(slot, ()):
        if symbol not in uses:
            continue
        if _asks(uses, subjects, (symbol, slot), frozenset(), False):
            return True
        same = _derived_subjects(uses[symbol], subjects, symbol, slot)
        for use in uses[symbol]:
            if isinstance(use, Held) and use.value is not None and use.slot not in seen:
                passes = not same.isdisjoint(subjects.of(symbol, use.value))
                if passes and asks_null_of_held(uses, subjects, holders, use.slot, seen):
                    return True
            flows = element_flows(use, symbol, subjects.views.program)
            others = (other for flow in flows if slot in flow.slots for other in flow.slots if other not in seen)
            if any(asks_null_of_held(uses, subjects, holders, other, seen) for other in others):
                return True
    return False


def _derived_subjects(uses: Sequence[Use], subjects: Subjects, symbol: str, start: Subject) -> set[Subject]:
    """What in a function may have the value of a subject."""
    same = {start}
    before = 0
    while len(same) > before:
        before = len(same)
        for use in uses:
            if isinstance(use, Flow) and same.intersection(subjects.of(symbol, use.value)):
                same.add(PointerSlot(symbol, use.local))
    return same


def _asks(
    uses: Mapping[str, Sequence[Use]],
    subjects: Subjects,
    asked: Asked,
    seen: frozenset[Asked],
    library: bool,
    comes_back: bool = False,
) -> bool:
    """library: whether the library counts, and what keeps it, too."""
    if asked in seen:
        return False
    seen = seen | {asked}
    symbol, start = asked
    same = _derived_subjects(uses[symbol], subjects, symbol, start)

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
            case Test(value) | Escape(value) if derived(value):
                return True
            case Stored(slot=slot, value=value) if slot in subjects.fields and derived(value):
                return True
            case Returned(value) if derived(value) and not comes_back:
                return True
            case Held(value=value) if value is not None and (library or len(seen) > 1) and derived(value):
                return True
            case Pair(left, right, ordered=ordered) if (library or not ordered) and derived(left) != derived(right):
                return True
            case LibraryCall(call=call) if library and any(derived(arg) for arg in call.args):
                return True
            case Argument(call=call, callee=callee, param=position, value=value) if derived(value):
                asked_there = callee, PointerSlot(callee, position)
                if _asks(uses, subjects, asked_there, seen, library, back(call)):
                    return True
            case _:
                pass
    return False
