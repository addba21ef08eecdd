"""Views are only read: a call that may write to what one refers to goes to memory.

    p->text = buffer;  upper(p->text);          // `upper` takes `&mut [u8]`
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from c2rust_py.infer.demotions import MemoryCall, PointerSlot, Reason
from c2rust_py.infer.flat_views import views_in_rows
from c2rust_py.infer.held_positions import held_in
from c2rust_py.infer.places import is_borrowed, is_viewed, root_of
from c2rust_py.infer.pointer_uses import Argument
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import ViewRoot
from c2rust_py.ir.nodes import BlockValue, Borrow, Builtin, Call, FunctionRef, LocalPlace, Place, Value
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import Access, OwnedType, RecordType, ReferenceType
from c2rust_py.ir.walk import walk_all


def find_view_writes(program: Program, origins: Mapping[int, int], solution: Solution) -> bool:
    """Demotes these calls of the lifted program; whether there was any. What they may write to in arrays is noted."""
    found, demotions = False, solution.demotions
    tried = frozenset(demotions.flat)
    for symbol, function in program.functions.items():
        for node in walk_all(function.body):
            if not isinstance(node, Call) or not isinstance(node.function, FunctionRef):
                continue
            callee = program.functions.get(node.function.symbol)
            for arg, type in zip(node.args, () if callee is None else callee.type.params, strict=False):
                loan = _loan(arg)
                views = isinstance(arg, Builtin) and arg.name == "views_of"
                if (loan is None and not views) or not isinstance(type, ReferenceType) or type.access is Access.SHARED:
                    continue
                if loan is None or _is_view(function, loan.place) or loan is not arg:
                    assert callee is not None
                    if _note_rows(solution, symbol, origins[id(node)], tried):
                        found = True
                        continue
                    reason = Reason(f"`{callee.name}` may write to what is read in other places", node.span)
                    found |= demotions.add(MemoryCall(symbol, origins[id(node)]), reason)
                    for use in solution.uses[symbol]:
                        if isinstance(use, Argument) and id(use.call) == origins[id(node)]:
                            demotions.written.update(held_in(solution.views, symbol, use.value))
    return found


def _note_rows(solution: Solution, symbol: str, call: int, tried: AbstractSet[PointerSlot | int]) -> bool:
    """Notes what a call is given of views that are of rows of one array: positions in all of them do. Whether any is new."""
    resolver, uses, found = solution.resolver(symbol), solution.uses[symbol], False
    for use in uses:
        target = resolver.pointer(use.value) if isinstance(use, Argument) and id(use.call) == call else None
        if target is not None and isinstance(target.root, ViewRoot):
            for view in views_in_rows(resolver, target.root.local, uses, tried):
                solution.demotions.note_flat(PointerSlot(symbol, view))
                found = True
    return found


def _loan(arg: Value) -> Borrow | None:
    while isinstance(arg, BlockValue) and arg.value is not None:
        arg = arg.value
    return arg if isinstance(arg, Borrow) else None


def _is_view(function: Function, place: Place) -> bool:
    """Whether a place is reached through a reference that something holds: the parameters' own are no such."""
    if is_viewed(place):
        return True
    root = root_of(place)
    if not isinstance(root, LocalPlace) or root.local < len(function.type.params):
        return False
    return not isinstance(function.locals[root.local].type, OwnedType | RecordType) and is_borrowed(place)
