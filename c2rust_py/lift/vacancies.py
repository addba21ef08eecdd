"""Owners that say whether they are null: one that has no elements is, so wherever C's is not null it has to have some.

    char *read(int n) { if (n < 0) return NULL; return malloc(n); }        if n < 0 { return Vec::new(); } vec![0; n.max(1)]
    char *s = read(n);  if (s == NULL) ...                                  if s.is_empty() ...

What `malloc(0)` gives is not null: an element more that nobody looks at makes the difference. Where nobody asks, there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from c2rust_py.infer.allocations import Count
from c2rust_py.infer.demotions import PointerSlot, Reason, ResultSlot, Subject
from c2rust_py.infer.solution import Solution
from c2rust_py.ir.nodes import Binary, BinaryOp, Call, Convert, FunctionRef, IntConst, Value
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import IntType
from c2rust_py.lift.shapes import Shapes, handovers


def infer_filled(solution: Solution) -> AbstractSet[Subject]:
    """The owners that must have an element wherever they are not null: those of which somebody asks, and what these may come from."""
    sources: dict[Subject, list[Subject]] = {}
    for owner, source in handovers(solution):
        sources.setdefault(owner, []).append(source)
    filled: set[Subject] = set()
    waiting = list(solution.asked)
    while waiting:
        owner = waiting.pop()
        if owner not in filled:
            filled.add(owner)
            waiting.extend(sources.get(owner, ()))
    return filled


def find_missing_objects(solution: Solution, shapes: Shapes) -> bool:
    """Demotes owners of one object that may be null: a `Box` always has one. Whether there was any."""
    owners: list[Subject] = [*solution.asked]
    owners += [ResultSlot(symbol) for symbol, result in solution.results.items() if result.owned and result.nullable]
    found = False
    for owner in owners:
        if shapes.get(owner) is False and isinstance(owner, PointerSlot | ResultSlot):
            function = solution.program.functions[owner.function]
            span = function.locals[owner.local].span if isinstance(owner, PointerSlot) else function.span
            found |= solution.demotions.add(owner, Reason("it may be null", span))
    return found


def has_elements(count: Count, program: Program) -> bool:
    """Whether a number of elements is certain to be more than none."""
    return count.factor > 0 and (count.value is None or _is_positive(count.value, program))


def _is_positive(value: Value, program: Program) -> bool:
    """Sums of lengths of strings and constants do not wrap: objects are in one address space."""
    terms = list(_terms(value))
    constants = [term.value for term in terms if isinstance(term, IntConst)]
    others = [term for term in terms if not isinstance(term, IntConst)]
    if not all(isinstance(term, Call) and _is_strlen(term, program) for term in others):
        return False
    return sum(constants) > 0 and all(0 <= number < 1 << 32 for number in constants)


def _is_strlen(call: Call, program: Program) -> bool:
    return isinstance(call.function, FunctionRef) and call.function.symbol == "strlen" and "strlen" in program.externals


def _terms(value: Value) -> Iterator[Value]:
    while isinstance(value, Convert) and _is_widened(value):
        value = value.operand
    if isinstance(value, Binary) and value.op is BinaryOp.ADD:
        yield from _terms(value.left)
        yield from _terms(value.right)
    else:
        yield value


def _is_widened(value: Convert) -> bool:
    before, after = value.operand.type, value.type
    return isinstance(before, IntType) and isinstance(after, IntType) and after.kind.size >= before.kind.size
