"""Parameters that point into one array: what a function compares, it is given of one object (C11 6.5.8p5, 6.5.6p9).

    static int *find(int *from, int *to)        from: the array and a position, to: a position in the same array
    { while (from < to) … }

Each pointer of such a group is a position in what the first was given, which is the array as a whole, so that the function may
look at all that C lets it. So does a function that only passes them on to such a group. A call has to pass pointers into one array; what it does not know of them sends it to the instance
on memory. `==` and `!=` may compare pointers into several arrays: there, too, calls decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from c2rust_py.infer.library_calls import forms_of
from c2rust_py.infer.places import root_of
from c2rust_py.infer.pointer_uses import Argument, Flow, Pair, Use
from c2rust_py.infer.targets import IndexStep, Resolver, Target, Template
from c2rust_py.ir.nodes import (
    AddressOf,
    BlockValue,
    Call,
    Conditional,
    Convert,
    Decay,
    DerefPlace,
    FunctionRef,
    Load,
    LocalPlace,
    PointerAdd,
    Value,
)
from c2rust_py.ir.program import Function, LocalKind
from c2rust_py.ir.types import PointerType, Type, same_representation


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters of one function that point into one array, in order; the first has the array."""

    params: tuple[int, ...]

    @property
    def array(self) -> int:
        return self.params[0]


def find_groups(functions: Mapping[str, Function], uses: Mapping[str, Sequence[Use]]) -> dict[str, Group]:
    """The group of each function that has one, by its symbol."""
    groups: dict[str, Group] = {}
    waiting, rounds = list(functions), 0
    while waiting and rounds < _MOST_ROUNDS:
        rounds += 1
        found = {symbol: group for symbol in waiting if (group := find_group(functions[symbol], uses[symbol], groups))}
        changed = {symbol for symbol, group in found.items() if groups.get(symbol) != group}
        groups |= found
        waiting = [
            symbol
            for symbol in functions
            if any(isinstance(use, Argument) and use.callee in changed for use in uses[symbol])
        ]
    return groups


_MOST_ROUNDS = 20
"""So many calls a pair of pointers is followed through; groups are a choice, and any is right."""


def find_group(function: Function, uses: Sequence[Use], groups: Mapping[str, Group]) -> Group | None:
    """The first group of parameters that are compared with each other, or with pointers that are derived from one another."""
    reserved = len(function.type.params)
    if function.name == "main" or len(function.locals) <= reserved or function.locals[reserved].kind is not LocalKind.RESERVED:
        return None
    met = _Classes({})
    compared: set[int] = set()
    together: dict[int, list[int]] = {}
    for use in uses:
        if isinstance(use, Argument) and use.callee in groups and use.param in groups[use.callee].params:
            together.setdefault(id(use.call), []).extend(_bases(use.value))
        if isinstance(use, Flow):
            met.join([use.local, *_bases(use.value)])
        elif isinstance(use, Pair):
            both = [*_bases(use.left), *_bases(use.right)]
            met.join(both)
            compared.update(both)
    for both in together.values():
        met.join(both)
        compared.update(both)
    known = {met.of(local) for local in compared}
    pointers = [p for p, type in enumerate(function.type.params) if isinstance(type, PointerType) and met.of(p) in known]
    for first in pointers:
        params = tuple(param for param in pointers if met.of(param) == met.of(first))
        if len(params) > 1 and all(_alike(function.type.params[first], function.type.params[param]) for param in params):
            return Group(params)
    return None


@dataclass(frozen=True, slots=True)
class _Classes:
    """Locals that have to do with each other, by a representative."""

    parents: dict[int, int]

    def of(self, local: int) -> int:
        while (parent := self.parents.get(local, local)) != local:
            local = parent
        return local

    def join(self, locals: Sequence[int]) -> None:
        for local in locals[1:]:
            self.parents[self.of(local)] = self.of(locals[0])


def _bases(value: Value) -> list[int]:
    """The pointer locals that a pointer is derived from."""
    match value:
        case Load(LocalPlace(local)):
            return [local]
        case PointerAdd(pointer) | Convert(pointer) if isinstance(pointer.type, PointerType):
            return _bases(pointer)
        case Conditional(_, then, otherwise):
            return [*_bases(then), *_bases(otherwise)]
        case BlockValue(_, tail) if tail is not None:
            return _bases(tail)
        case AddressOf(place) | Decay(place):
            root = root_of(place)
            return _bases(root.pointer) if isinstance(root, DerefPlace) else []
        case Call(FunctionRef(callee), args) if forms_of(callee) and args and isinstance(args[0].type, PointerType):
            return _bases(args[0])
        case _:
            return []


def _alike(a: Type, b: Type) -> bool:
    return isinstance(a, PointerType) and isinstance(b, PointerType) and same_representation(a.target, b.target)


def given_array(resolver: Resolver, call: Call, group: Group) -> Target | None:
    """The array that a call passes positions of for a group, as the target of its start; None where it may be several."""
    given = given_positions(resolver, call, group)
    return None if given is None else replace(given[0], steps=(*given[0].steps[:-1], IndexStep()))


def given_positions(resolver: Resolver, call: Call, group: Group) -> list[Target] | None:
    """What a call passes for the parameters of a group: elements of one array, which may be all rows of an array of such."""
    values = [call.args[param] for param in group.params]
    targets = [target for value in values if (target := resolver.pointer(value)) is not None]
    if len(targets) < len(values) or any(map(resolver.may_be_null, values)):
        return None
    joined: Template | None = targets[0].template
    for target in targets:
        joined = None if joined is None else joined.join_in_rows(target.template)
    while joined is not None and None in joined.steps[:-1]:
        joined = joined.flattened(joined.steps.index(None))
    if joined is None:
        return None
    found = [target for value in values if (target := resolver.aligned(value, joined)) is not None]
    in_array = all(target.steps and isinstance(target.steps[-1], IndexStep) for target in found)
    return found if in_array and len(found) == len(values) else None
