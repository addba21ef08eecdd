"""Which references are `&mut`: the least fixpoint over writes and calls.

    void add(int *sum, const int *a)   { *sum += *a; }           // sum: &mut, a: &
    void both(int *sum, const int *a)  { add(sum, a); }          // sum: &mut, since add's is
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import cast

from c2rust_py.infer.places import is_borrowed, is_viewed, root_of
from c2rust_py.ir.dispatchers import shared_params
from c2rust_py.ir.nodes import (
    Assign,
    Borrow,
    Call,
    FunctionRef,
    Load,
    LocalPlace,
    Overflowing,
    Place,
    Reallocate,
    ReferentPlace,
    Statement,
    VaArgValue,
    VaEnd,
    Value,
    VaStart,
    ZeroValue,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import Access, FunctionType, OwnedType, PointerType, ReferenceType, Type, is_optional_reference
from c2rust_py.ir.walk import Node, map_children, walk_all

Param = tuple[str, int]
"""A function's symbol and the number of a parameter."""


def mark_mutable(program: Program, to_write: AbstractSet[Param] = frozenset()) -> tuple[Program, dict[int, int]]:
    """The lifted program with `&mut` where something is written; and the identity of each call of a rewritten function now,
    by that of its node before. to_write: parameters that are lent to write in any case."""
    mutable = _mutable_params(program, to_write)
    types = {symbol: _marked_type(function, mutable) for symbol, function in program.functions.items()}
    marker = _Marker(types)
    functions = {symbol: marker.function(function) for symbol, function in program.functions.items()}
    return replace(program, functions=functions), marker.moved


def _mutable_params(program: Program, to_write: AbstractSet[Param]) -> set[Param]:
    passed: dict[Param, set[Param]] = {}
    mutable: set[Param] = set(to_write)
    for symbol, function in program.functions.items():
        for node in walk_all(function.body):
            for place in _written(node):
                root = root_of(place)
                if is_borrowed(place) and isinstance(root, LocalPlace) and not is_viewed(place):
                    mutable.add((symbol, root.local))
            if isinstance(node, Call) and isinstance(node.function, FunctionRef):
                for position, arg in enumerate(node.args):
                    if isinstance(arg, Borrow) and is_borrowed(arg.place) and not is_viewed(arg.place):
                        root = root_of(arg.place)
                        if not isinstance(root, LocalPlace):
                            continue  # What a member of a variable with static storage owns.
                        if arg.type.access is Access.MUTABLE:
                            mutable.add((symbol, root.local))
                        passed.setdefault((node.function.symbol, position), set()).add((symbol, root.local))
    for of_dispatcher, of_target in shared_params(program):
        passed.setdefault(of_dispatcher, set()).add(of_target)
    waiting = list(mutable)
    while waiting:
        for other in passed.get(waiting.pop(), ()):
            if other not in mutable:
                mutable.add(other)
                waiting.append(other)
    return mutable


def _written(node: Node) -> Iterator[Place]:
    match node:
        case Assign(place) | Overflowing(result=place) | Reallocate(place) | VaArgValue(place) | VaStart(place) | VaEnd(place):
            yield place
        case _:
            pass


def _marked_type(function: Function, mutable: AbstractSet[Param]) -> FunctionType:
    params = tuple(
        replace(type, access=Access.MUTABLE)
        if isinstance(type, ReferenceType) and (function.symbol, index) in mutable
        else type
        for index, type in enumerate(function.type.params)
    )
    return replace(function.type, params=params)


@dataclass(frozen=True, slots=True)
class _Marker:
    """Writes the types of functions into the program. moved: the identity of each call now, by that of its node before."""

    types: Mapping[str, FunctionType]
    moved: dict[int, int] = field(default_factory=dict)

    def function(self, function: Function) -> Function:
        type = self.types[function.symbol]
        lends = any(
            isinstance(node, Borrow | ReferentPlace) or (isinstance(node, Call) and _is_lifted(node))
            for node in walk_all(function.body)
        )
        if not lends and function.type == type:
            return function
        locals = tuple(
            replace(local, type=type.params[local.id]) if local.id < len(type.params) else local
            for local in function.locals
        )

        def change(node: Node) -> Node:
            made = map_children(node, change)
            match made:
                case ReferentPlace(LocalPlace(local) as base):
                    return replace(made, base=replace(base, type=locals[local].type))
                case Load(LocalPlace(local) as place) if is_optional_reference(place.type):
                    return replace(made, place=replace(place, type=locals[local].type), type=locals[local].type)
                case Call(FunctionRef(callee)) if callee in self.types and _is_lifted(made):
                    made = self._call(made, self.types[callee])
                case _:
                    pass
            if isinstance(node, Call):
                self.moved[id(node)] = id(made)
            return made

        body: tuple[Statement, ...] = tuple(cast(Statement, change(s)) for s in function.body)
        return replace(function, locals=locals, type=type, body=body)

    def _call(self, call: Call, type: FunctionType) -> Call:
        """The call under the marked type of its callee."""
        args = tuple(
            replace(arg, type=_reference(type.params[i])) if isinstance(arg, Borrow | ZeroValue) and is_lent(arg) else arg
            for i, arg in enumerate(call.args)
        )
        return replace(call, args=args, function=replace(cast(FunctionRef, call.function), type=PointerType(type)))


def _is_lifted(call: Call) -> bool:
    """Whether the call is of another type than C says."""
    type = call.function.type
    assert isinstance(type, PointerType) and isinstance(type.target, FunctionType)
    return type.target.result != call.type or any(isinstance(arg.type, ReferenceType | OwnedType) for arg in call.args)


def is_lent(arg: Value) -> bool:
    """Whether an argument is a reference, or nothing where one may be missing."""
    return isinstance(arg, Borrow) or is_optional_reference(arg.type)


def _reference(type: Type) -> ReferenceType:
    assert isinstance(type, ReferenceType)
    return type
