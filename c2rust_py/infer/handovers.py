"""Allocations that functions hand over: to their callers by what they return, to their callees by what those take.

    char *copy(const char *s) { char *made = malloc(strlen(s) + 1); if (!made) return NULL; strcpy(made, s); return made; }

`made` is what the function allocates, all of it, so its result owns. The other return never runs: an allocation that fails stops
the program, so a test of `made` is known. A function takes what it frees, resizes, or passes to one that does; what it
returns of that it hands over like what it allocated itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from c2rust_py.infer.allocations import allocation_of
from c2rust_py.infer.owners import can_be_owned
from c2rust_py.infer.pointer_uses import Argument, Flow, Released, Returned, Use
from c2rust_py.infer.targets import (
    HandedRoot,
    OwnedRoot,
    Resolver,
    Result,
    Template,
    is_data_pointer,
    is_null,
    without_casts,
)
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    Compare,
    CompareOp,
    If,
    IntConst,
    Load,
    LocalPlace,
    Logical,
    LogicalOp,
    Not,
    Return,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, LocalKind
from c2rust_py.ir.walk import child_groups

HANDED = Template(HandedRoot(), (0,))
"""The start of what the caller is given."""


def allocates_result(resolver: Resolver, value: Value, layout: Layout) -> bool:
    """Whether a returned value is an allocation that nobody has a name for: made here, or by another function."""
    if resolver.handed(value) is not None:
        return True
    return can_be_owned(value.type, layout) and (found := allocation_of(value, layout)) is not None and found.old is None


def handed_result(resolver: Resolver, value: Value, layout: Layout, arrays: AbstractSet[int]) -> Result | None:
    """The result as far as one returned value tells, where that is all of an allocation. arrays: those of variable length."""
    handed = resolver.handed(value)
    if handed is not None:
        return handed
    if allocates_result(resolver, value, layout):
        return Result(HANDED, nullable=False)
    target = resolver.pointer(value)
    if target is None or not isinstance(target.root, OwnedRoot) or not target.is_start:
        return None
    if target.root.local in arrays:
        return None
    return Result(HANDED, resolver.has_nothing(value))


def find_taken(functions: Mapping[str, Function], uses: Mapping[str, Sequence[Use]], layout: Layout) -> dict[str, set[int]]:
    """The parameters that functions take for their own: the least fixpoint over what they free, resize, and pass to others that
    take it."""
    taken: dict[str, set[int]] = {symbol: set() for symbol in functions}
    passed: dict[tuple[str, int], set[tuple[str, int]]] = {}
    waiting: list[tuple[str, int]] = []
    for symbol, function in functions.items():
        params = _params_behind(function, uses[symbol])
        for use in uses[symbol]:
            if not isinstance(use, Released | Argument):
                continue
            param = params.get(_local(use.value))
            if param is None or not can_be_owned(function.locals[param].type, layout):
                continue
            if isinstance(use, Released):
                waiting.append((symbol, param))
            else:
                passed.setdefault((use.callee, use.param), set()).add((symbol, param))
    while waiting:
        symbol, param = waiting.pop()
        if param not in taken[symbol]:
            taken[symbol].add(param)
            waiting.extend(passed.get((symbol, param), ()))
    return taken


def _params_behind(function: Function, uses: Sequence[Use]) -> dict[int | None, int]:
    """The parameters behind locals: themselves, and those that are only given one of them."""
    given: dict[int, list[int | None]] = {}
    for use in uses:
        if isinstance(use, Flow):
            given.setdefault(use.local, []).append(_local(use.value))
    found: dict[int | None, int] = {local.id: local.id for local in function.locals if local.kind is LocalKind.PARAM}
    for local, sources in given.items():
        if local not in found and len(sources) == 1 and sources[0] in found:
            found[local] = found[sources[0]]
    return found


def _local(value: Value) -> int | None:
    """The local that a pointer value is loaded from, casts aside."""
    match without_casts(value):
        case Load(LocalPlace(local)):
            return local
        case _:
            return None


def live_returns(function: Function, resolver: Resolver, up: Callable[[Value], bool], returns: Sequence[Returned]) -> list[Returned]:
    """The returns of pointers that can run. up: whether a pointer is above memory, known or not yet."""
    dead: set[int] = set()
    for statement in function.body:
        _find_dead(statement, _Tests(resolver, up).truth, dead)
    return [use for use in returns if id(use.value) not in dead]


def _find_dead(node: object, truth: Callable[[Value], bool | None], dead: set[int]) -> None:
    """Adds the values of returns in branches that are never taken."""
    if isinstance(node, If):
        known = truth(node.condition)
        if known is not None:
            dead.update(id(value) for value in _returned(node.otherwise if known else node.then))
            _find_all_dead(node.then if known else node.otherwise, truth, dead)
            return
    for group in child_groups(node):  # type: ignore[arg-type]
        _find_all_dead(group, truth, dead)


def _find_all_dead(nodes: Sequence[object], truth: Callable[[Value], bool | None], dead: set[int]) -> None:
    for node in nodes:
        _find_dead(node, truth, dead)


def _returned(body: Sequence[object]) -> Iterator[Value]:
    for node in body:
        if isinstance(node, Return):
            if node.value is not None:
                yield node.value
        elif isinstance(node, Statement):
            for group in child_groups(node):
                yield from _returned(group)


class _Tests:
    """What is known of conditions on pointers."""

    def __init__(self, resolver: Resolver, up: Callable[[Value], bool]) -> None:
        self.resolver = resolver
        self.up = up

    def truth(self, condition: Value) -> bool | None:
        """Whether a condition holds, where that is the same in every run."""
        match condition:
            case IntConst(value):
                return value != 0
            case Not(operand):
                known = self.truth(operand)
                return None if known is None else not known
            case Logical(op, left, right):
                sides, decisive = (self.truth(left), self.truth(right)), op is LogicalOp.OR
                if decisive in sides:
                    return decisive
                return None if None in sides else not decisive
            case Compare(op, left, right) if op in (CompareOp.EQ, CompareOp.NE) and is_data_pointer(left.type):
                if not is_null(left) and not is_null(right):
                    return None
                there = self.there(right if is_null(left) else left)
                return None if there is None else (op is CompareOp.NE)
            case _ if is_data_pointer(condition.type):
                return self.there(condition)
            case _:
                return None

    def there(self, pointer: Value) -> bool | None:
        """Whether a pointer is known not to be null: True, or None where that is not known."""
        pointer = without_casts(pointer)
        target = self.resolver.pointer(pointer)
        if target is None:
            return True if self.up(pointer) else None
        missing = self.resolver.may_be_null(pointer) or self.resolver.has_nothing(pointer)
        return True if not missing and isinstance(target.root, OwnedRoot) else None
