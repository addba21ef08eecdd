"""What Rust would refuse of a lifted program: loans to one call that overlap, and loans of globals beside the globals.

    swap(&a[i], &a[j]);          // both may be written, and may be the same element
    fill(table, 4);              // `fill` uses globals itself, and would be given all of them beside one of them
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from c2rust_py.infer.demotions import Demotions, GlobalObject, MemoryCall, Reason
from c2rust_py.infer.effects import Effects, Needs
from c2rust_py.infer.places import root_of
from c2rust_py.infer.storage import Storage
from c2rust_py.ir.nodes import Borrow, Call, FunctionRef, GlobalPlace, StringPlace
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import Access, ReferenceType
from c2rust_py.ir.walk import walk_all
from c2rust_py.lift.loans import may_overlap


def find_conflicts(
    program: Program, storage: Storage, effects: Effects, origins: Mapping[int, int], demotions: Demotions
) -> bool:
    """Demotes what is in the way; whether there was anything."""
    found = False
    for symbol, function in program.functions.items():
        for node in walk_all(function.body):
            if not isinstance(node, Call) or not isinstance(node.function, FunctionRef):
                continue
            if node.function.symbol not in program.functions:
                if id(node) in origins:
                    call = MemoryCall(symbol, origins[id(node)])
                    found |= _comparator_conflicts(program, storage, effects, node, call, demotions)
                continue  # `infer.library_calls` has looked at the rest.
            loans = [arg for arg in node.args if isinstance(arg, Borrow)]
            if not loans:
                continue
            name = program.functions[node.function.symbol].name
            call = MemoryCall(symbol, origins[id(node)])
            if any(may_overlap(a, b) for a, b in combinations(loans, 2)):
                found |= demotions.add(call, Reason(f"two arguments of `{name}` may be the same object", node.span))
            for loan in loans:
                root = root_of(loan.place)
                if isinstance(root, StringPlace) and loan.type.access is Access.MUTABLE:
                    found |= demotions.add(call, Reason(f"`{name}` may write to a string literal", node.span))
                elif not isinstance(root, GlobalPlace) or root.symbol in storage.constants:
                    continue
                elif effects.needs[node.function.symbol] & Needs.GLOBALS:
                    text = f"it is passed to `{name}`, which uses globals itself"
                    found |= demotions.add(GlobalObject(root.symbol), Reason(text, node.span))
    return found


def _comparator_conflicts(
    program: Program, storage: Storage, effects: Effects, node: Call, call: MemoryCall, demotions: Demotions
) -> bool:
    """Demotes what a library call with a comparator cannot be given; whether there was anything."""
    found = False
    for comparator in (arg for arg in node.args if isinstance(arg, FunctionRef)):
        function = program.functions[comparator.symbol]
        if any(isinstance(type, ReferenceType) and type.access is Access.MUTABLE for type in function.type.params):
            found |= demotions.add(call, Reason(f"`{function.name}` may write to what it compares", node.span))
        if not effects.needs[comparator.symbol] & Needs.GLOBALS:
            continue
        for root in (root_of(arg.place) for arg in node.args if isinstance(arg, Borrow)):
            if isinstance(root, GlobalPlace) and root.symbol not in storage.constants:
                reason = Reason(f"it is compared by `{function.name}`, which uses globals itself", node.span)
                found |= demotions.add(GlobalObject(root.symbol), reason)
    return found
