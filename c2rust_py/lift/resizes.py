"""Resizes by way of a variable become resizes in place: what may fail in C is a panic where the elements are owned.

    int *new = realloc(v->data, n * sizeof *new);             v->data = realloc(v->data, n * sizeof *new);
    if (new == NULL) return -1;                       ->      if (v->data == NULL) return -1;
    v->data = new;

A block in memory that cannot grow is still there, so where the pointer turns out to be in memory, the variable stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from c2rust_py.infer.demotions import PointerSlot
from c2rust_py.infer.field_slots import field_slot
from c2rust_py.infer.owned_fields import same_place
from c2rust_py.infer.solution import Solution, memory_instance
from c2rust_py.infer.targets import is_data_pointer, is_null, without_casts
from c2rust_py.ir.nodes import (
    Assign,
    BlockValue,
    Call,
    Compare,
    Declare,
    FieldPlace,
    FunctionRef,
    If,
    Load,
    LocalPlace,
    Not,
    Place,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import INT
from c2rust_py.ir.walk import Node, child_groups, fresh, map_children, walk, walk_all

Body = tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Resize:
    """The place whose elements are resized, by way of a variable of a function."""

    variable: PointerSlot
    place: Place


def find_resizes(program: Program) -> tuple[Resize, ...]:
    """All that a program has."""
    if "realloc" not in program.externals:
        return ()
    return tuple(resize for function in program.functions.values() for resize in _of_function(function))


def resize_in_place(program: Program, resizes: Collection[Resize]) -> Program:
    """The program without the variables of some resizes."""
    by_function: dict[str, dict[int, Place]] = {}
    for resize in resizes:
        by_function.setdefault(resize.variable.function, {})[resize.variable.local] = resize.place
    made = {symbol: _rewritten(program.functions[symbol], places) for symbol, places in by_function.items()}
    return replace(program, functions={**program.functions, **made})


def owned_resizes(resizes: Collection[Resize], solution: Solution) -> tuple[Resize, ...]:
    """Those whose elements are owned, by one instance of the function."""
    return tuple(resize for resize in resizes if _is_owned(resize, solution))


def _is_owned(resize: Resize, solution: Solution) -> bool:
    symbol = resize.variable.function
    if symbol not in solution.program.functions or memory_instance(symbol) in solution.program.functions:
        return False
    match resize.place:
        case LocalPlace(local):
            return solution.owns(symbol, local)
        case place:
            return field_slot(place, solution.program) in solution.fields


# ---- where


def _of_function(function: Function) -> Iterator[Resize]:
    mentions = Counter(node.local for node in walk_all(function.body) if isinstance(node, LocalPlace))
    for body in _lists(function.body):
        for index, statement in enumerate(body):
            for part in _apart(statement):
                given = _given(part)
                if given is not None:
                    variable, place = given
                    behind = (*_apart(statement)[1:], *body[index + 1 :])
                    left = mentions[variable] - (0 if isinstance(part, Declare) else 1)
                    if _is_settled(behind, variable, place, left):
                        yield Resize(PointerSlot(function.symbol, variable), place)


def _lists(body: Body) -> Iterator[Body]:
    yield body
    for statement in body:
        for group in child_groups(statement):
            inner = tuple(child for child in group if isinstance(child, Statement))
            if inner:
                yield from _lists(inner)


def _apart(statement: Statement) -> Body:
    """A statement, of a test of what is assigned in it the assignment and the test."""
    if not isinstance(statement, If):
        return (statement,)
    match statement.condition:
        case Compare(_, left, right) if (made := _assigned(right)) is not None and is_null(left):
            return *made[0], replace(statement, condition=replace(statement.condition, right=made[1]))
        case Compare(_, left, right) if (made := _assigned(left)) is not None and is_null(right):
            return *made[0], replace(statement, condition=replace(statement.condition, left=made[1]))
        case Not(operand) if (made := _assigned(operand)) is not None:
            return *made[0], replace(statement, condition=replace(statement.condition, operand=made[1]))
        case condition if (made := _assigned(condition)) is not None:
            return *made[0], replace(statement, condition=made[1])
        case _:
            return (statement,)


def _assigned(value: Value) -> tuple[Body, Value] | None:
    """What runs in front of a pointer, and the pointer."""
    match without_casts(value):
        case BlockValue(body, tail) if tail is not None and is_data_pointer(tail.type):
            return body, tail
        case _:
            return None


def _given(statement: Statement) -> tuple[int, Place] | None:
    """The variable that is given what `realloc` makes of the elements of another place, and that place."""
    match statement:
        case Declare(variable, value) | Assign(LocalPlace(variable), value) if value is not None:
            call = without_casts(value)
        case _:
            return None
    match call:
        case Call(FunctionRef("realloc"), (old, _)) if isinstance(read := without_casts(old), Load):
            is_other = isinstance(read.place, FieldPlace) or (isinstance(read.place, LocalPlace) and read.place.local != variable)
            return (variable, read.place) if is_other and read.type == value.type else None
        case _:
            return None


def _is_settled(behind: Body, variable: int, place: Place, mentions: int) -> bool:
    """Whether the statements behind a resize test the variable and give it to the place, and nothing else names it."""
    seen = 0
    for statement in behind:
        match statement:
            case Assign(to, Load(LocalPlace(local))) if local == variable:
                return same_place(to, place) and seen + 1 == mentions
            case If(condition, then, otherwise):
                seen += _mentions(condition, variable)
                for branch, other in ((then, otherwise), (otherwise, then)):
                    match branch[:1]:
                        case (Assign(to, Load(LocalPlace(local))),) if local == variable:
                            return same_place(to, place) and not any(_mentions(s, variable) for s in other) and seen + 1 == mentions
                        case _:
                            pass
                if otherwise or any(_mentions(inner, variable) for inner in then):
                    return False
            case Assign(to, value) if not any(isinstance(node, Call | Statement) for node in walk(value)):
                if same_place(to, place) or _assigns_part(to, place):
                    return False
                seen += _mentions(statement, variable)
            case _:
                return False
    return False


def _mentions(node: Node, variable: int) -> int:
    return sum(isinstance(part, LocalPlace) and part.local == variable for part in walk(node))


def _assigns_part(to: Place, place: Place) -> bool:
    """Whether a place that is assigned may tell where another one is."""
    locals = {node.local for node in walk(place) if isinstance(node, LocalPlace)}
    return isinstance(to, LocalPlace) and to.local in locals


# ---- the rewriting


def _rewritten(function: Function, places: Mapping[int, Place]) -> Function:
    """The function without some variables: nobody names them any more, and they are no pointers."""
    locals = tuple(replace(local, type=INT) if local.id in places else local for local in function.locals)
    return replace(function, locals=locals, body=_Rewriter(places).list(function.body))


@dataclass(frozen=True, slots=True)
class _Rewriter:
    """places: by variable, what it stands for."""

    places: Mapping[int, Place]

    def list(self, body: Body) -> Body:
        return tuple(made for statement in body for made in self.statement(statement))

    def statement(self, node: Statement) -> Body:
        match node:
            case Declare(variable, init, span) if variable in self.places:
                return () if init is None else (Assign(fresh(self.places[variable]), init, span),)
            case Assign(LocalPlace(variable), value, span) if variable in self.places:
                return (Assign(fresh(self.places[variable]), value, span),)
            case Assign(_, Load(LocalPlace(variable))) if variable in self.places:
                return ()
            case If() if len(parts := _apart(node)) > 1 and any((given := _given(part)) and given[0] in self.places for part in parts):
                return self.list(parts)
            case _:
                return (cast(Statement, self.node(node)),)

    def node(self, node: Node) -> Node:
        match node:
            case Load(LocalPlace(variable), _, span) if variable in self.places:
                place = fresh(self.places[variable])
                return Load(place, place.type, span)
            case _:
                return map_children(node, self.node, self.list)
