"""Frees of members of objects in arenas behind which nobody can reach what was freed: the object goes, or the member is given something.

    free(e->key);  free(e);             free(e->key);  e->key = NULL;

Told from the statements that run next: up to the one that closes the free, nothing may call a function of the program, give the
pointer to the object something, or free or resize such a member of any object.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from c2rust_py.infer.demotions import FieldSlot
from c2rust_py.infer.field_slots import field_slot
from c2rust_py.infer.targets import without_casts
from c2rust_py.ir.nodes import (
    Assign,
    Block,
    Call,
    Declare,
    Evaluate,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    If,
    IndexPlace,
    Load,
    LocalPlace,
    Place,
    Remove,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import IdType
from c2rust_py.ir.walk import child_groups, walk

Body = tuple[Statement, ...]


def closed_frees(function: Function, program: Program, slots: Container[FieldSlot]) -> frozenset[int]:
    """The calls of `free` that are closed so, by identity. slots: the members that own."""
    return frozenset(_in_list(function.body, (), program, slots))


def _in_list(body: Body, rest: Body, program: Program, slots: Container[FieldSlot]) -> Iterator[int]:
    """rest: what runs behind the list."""
    for index, statement in enumerate(body):
        behind = (*body[index + 1 :], *rest)
        match statement:
            case Evaluate(Call(FunctionRef("free")) as call) if (place := _freed_member(call, program, slots)) is not None:
                if _is_closed(place, behind, program):
                    yield id(call)
            case If(_, then, otherwise):
                yield from _in_list(then, behind, program, slots)
                yield from _in_list(otherwise, behind, program, slots)
            case Block(inner):
                yield from _in_list(inner, behind, program, slots)
            case _:
                for group in child_groups(statement):
                    inner = tuple(child for child in group if isinstance(child, Statement))
                    yield from _in_list(inner, (), program, slots)


def _freed_member(call: Call, program: Program, slots: Container[FieldSlot]) -> FieldPlace | None:
    """The member of an object in an arena that a call of `free` is given, where a variable names the object."""
    match without_casts(call.args[0]):
        case Load(FieldPlace(base) as place) if field_slot(place, program) in slots and _object(base) is not None:
            return place
        case _:
            return None


def _object(place: Place) -> tuple[str, int | str] | None:
    """The pool of an object in an arena, and the variable that names it."""
    match place:
        case IndexPlace(GlobalPlace(pool), Load(LocalPlace(variable, IdType()) | GlobalPlace(variable, IdType()))):
            return pool, variable
        case _:
            return None


def _is_closed(place: FieldPlace, behind: Body, program: Program) -> bool:
    """Whether the object of a member goes, or the member is given something, before anything else may look for it."""
    object = _object(place.base)
    assert object is not None
    for statement in behind:
        match statement:
            case Evaluate(Remove(pool, id)) if _object(IndexPlace(pool, id, place.base.type, place.span)) == object:
                return True
            case Assign(FieldPlace(base, index), value) if index == place.index and _object(base) == object:
                return _leaves(value, place, program)
            case If(condition, (Assign(), *_) as then, (Assign(), *_) as otherwise) if _leaves(condition, place, program):
                return _is_closed(place, then, program) and _is_closed(place, otherwise, program)
            case Declare(local, init):
                kept = local != object[1] and (init is None or _leaves(init, place, program))
            case Assign(LocalPlace(variable) | GlobalPlace(variable), value):
                kept = variable != object[1] and _leaves(value, place, program)
            case Evaluate(value):
                kept = _leaves(value, place, program)
            case If(condition, then, otherwise):
                inside = all(isinstance(inner, Evaluate) and _leaves(inner.value, place, program) for inner in (*then, *otherwise))
                kept = inside and _leaves(condition, place, program)
            case _:
                kept = False
        if not kept:
            return False
    return False


def _leaves(value: Value, place: FieldPlace, program: Program) -> bool:
    """Whether nothing in a value calls a function of the program, assigns, or frees or resizes a member like the one that was freed."""
    for node in walk(value):
        if isinstance(node, Statement):
            return False
        if isinstance(node, Call):
            if not isinstance(node.function, FunctionRef) or node.function.symbol in program.functions:
                return False
            if node.function.symbol in ("free", "realloc"):
                freed = without_casts(node.args[0])
                if isinstance(freed, Load) and field_slot(freed.place, program) == field_slot(place, program):
                    return False
    return True
