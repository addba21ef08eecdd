"""Frees of members of many objects behind which nobody can reach what was freed: the object goes, or the member is given something.

    free(e->key);  free(e);             free(e->key);  e->key = NULL;             for (i = 0; i < n; i++) free(a[i].key);  free(a);

Told from the statements that run next: up to the one that closes the free, nothing may call a function of the program, give the
pointer to the object something, or free or resize such a member of any object.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from c2rust_py.infer.demotions import FieldSlot
from c2rust_py.infer.field_slots import field_slot
from c2rust_py.infer.owned_fields import same_place
from c2rust_py.infer.targets import without_casts
from c2rust_py.ir.nodes import (
    Assign,
    Binary,
    BinaryOp,
    Block,
    Call,
    Convert,
    Declare,
    DerefPlace,
    Evaluate,
    FieldPlace,
    For,
    FunctionRef,
    GlobalPlace,
    If,
    IndexPlace,
    IntConst,
    Load,
    LocalPlace,
    Place,
    PointerAdd,
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
            case For() if (freed := list(_of_elements(statement, behind, program, slots))):
                yield from freed
            case _:
                for group in child_groups(statement):
                    inner = tuple(child for child in group if isinstance(child, Statement))
                    yield from _in_list(inner, (), program, slots)


def _freed_member(call: Call, program: Program, slots: Container[FieldSlot]) -> FieldPlace | None:
    """The member that a call of `free` is given, where it owns."""
    match without_casts(call.args[0]):
        case Load(FieldPlace() as place) if field_slot(place, program) in slots:
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
    object, variables = _object(place.base), _variables(place)
    for statement in behind:
        match statement:
            case Evaluate(Remove(pool, id)) if object is not None and _object(IndexPlace(pool, id, place.base.type, place.span)) == object:
                return True
            case Assign(to, value) if same_place(to, place):
                return _leaves(value, place, program)
            case If(condition, (Assign(), *_) as then, (Assign(), *_) as otherwise) if _leaves(condition, place, program):
                return _is_closed(place, then, program) and _is_closed(place, otherwise, program)
            case Declare(local, init):
                kept = local not in variables and (init is None or _leaves(init, place, program))
            case Assign(LocalPlace(variable) | GlobalPlace(variable), value):
                kept = variable not in variables and _leaves(value, place, program)
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


def _variables(place: Place) -> set[int | str]:
    """The variables that a place is named by."""
    locals = {node.local for node in walk(place) if isinstance(node, LocalPlace)}
    return locals | {node.symbol for node in walk(place) if isinstance(node, GlobalPlace)}


def _of_elements(loop: For, behind: Body, program: Program, slots: Container[FieldSlot]) -> Iterator[int]:
    """The frees of a member of one element after the other, where the elements are freed behind the loop."""
    match loop.step:
        case (Assign(LocalPlace(counter), Binary(BinaryOp.ADD | BinaryOp.SUB, Load(LocalPlace(counted)), IntConst(step))),) if step and counter == counted:
            frees = list(_plain_frees(loop.body))
        case _:
            return
    if len(frees) < len(loop.body):
        return
    for call in frees:
        match without_casts(call.args[0]):
            case Load(FieldPlace(DerefPlace(PointerAdd(Load(array), index, False))) as place) if field_slot(place, program) in slots:
                while isinstance(index, Convert):
                    index = index.operand
                at_counter = isinstance(index, Load) and isinstance(index.place, LocalPlace) and index.place.local == counter
                if at_counter and any(same_place(array, freed) for freed in _freed_next(behind)):
                    yield id(call)
            case _:
                return


def _plain_frees(body: Body) -> Iterator[Call]:
    """The calls of `free` that statements are, with a test or without."""
    for statement in body:
        match statement:
            case Evaluate(Call(FunctionRef("free")) as call) | If(_, (Evaluate(Call(FunctionRef("free")) as call),), ()):
                yield call
            case _:
                pass


def _freed_next(behind: Body) -> Iterator[Place]:
    """The pointers that the statements behind free, up to the first that does anything else."""
    for statement in behind:
        frees = list(_plain_frees((statement,)))
        if not frees:
            return
        match without_casts(frees[0].args[0]):
            case Load(place):
                yield place
            case _:
                return


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
