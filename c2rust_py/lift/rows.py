"""Arrays of arrays that C walks as one array.

    int m[3][4];  int *flat = &m[0][0];  for (int i = 0; i < 12; i++) flat[i] = i;          sum(&m[0][0], 12)

By the letter that leaves the row (C11 6.5.6p8), but it stays in the object, and no compiler or sanitizer minds. A position in a row
stops at its end, so such an array is in memory: where the address of its very first element is taken as one of an element, or where an
index is known to go beyond its row, and not beyond the whole.
"""

from __future__ import annotations

from c2rust_py.infer.demotions import GlobalObject, LocalObject, PointerSlot, Reason, ResultSlot, Subject
from c2rust_py.infer.flat_rows import flattened
from c2rust_py.infer.pointer_uses import Argument
from c2rust_py.infer.ranges import Ranges
from c2rust_py.infer.solution import Solution
from c2rust_py.infer.targets import (
    FieldStep,
    GlobalRoot,
    HandedRoot,
    HeldRoot,
    IndexStep,
    LiteralRoot,
    LocalRoot,
    ObjectRoot,
    OwnedRoot,
    ParamRoot,
    ResultRoot,
    Target,
    ViewRoot,
)
from c2rust_py.infer.views import held_slot
from c2rust_py.ir.nodes import AddressOf, Call, DerefPlace, FunctionRef, IndexPlace, Load
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import ArrayType, PointerType, RecordType, Type
from c2rust_py.ir.walk import walk_all


def find_flat_walks(solution: Solution, ranges: Ranges) -> bool:
    """Demotes these arrays; whether there was any."""
    found = False
    for symbol, function in solution.program.functions.items():
        resolver = solution.resolver(symbol)
        lent = {id(use.value) for use in solution.uses[symbol] if isinstance(use, Argument) and _is_flattened(solution, symbol, use)}
        for node in walk_all(function.body):
            match node:
                case AddressOf(IndexPlace(IndexPlace()), _, span) if id(node) not in lent:
                    target = resolver.pointer(node)
                    flat = target is not None and _is_first_of_all(target)
                case DerefPlace(pointer, _, span):
                    target = resolver.pointer(pointer)
                    flat = target is not None and _leaves_its_row(solution, symbol, target, ranges)
                case _:
                    continue
            subject = None if target is None else _object(solution.program, symbol, target)
            if flat and subject is not None:
                found |= solution.demotions.add(subject, Reason("its rows are walked as one array", span))
    return found


def _is_flattened(solution: Solution, symbol: str, use: Argument) -> bool:
    """Whether a call is given all rows as one array."""
    callee = solution.callee(symbol, use.call, use.callee)
    return solution.is_lifted(callee, use.param) and flattened(solution.resolver(symbol), use.value) is not None


def _is_first_of_all(target: Target) -> bool:
    """Whether it is the first element of the first row."""
    return all(isinstance(step, IndexStep) and step.fixed == 0 for step in target.steps[-2:])


def _leaves_its_row(solution: Solution, symbol: str, target: Target, ranges: Ranges) -> bool:
    """Whether the last index is known to go beyond its row, and not beyond all rows together."""
    if len(target.steps) < 2 or not isinstance(target.steps[-2], IndexStep):
        return False
    last, rows, row = target.steps[-1], _type_of(solution, symbol, target, 2), _type_of(solution, symbol, target, 1)
    if not isinstance(last, IndexStep) or not isinstance(row, ArrayType) or row.length is None:
        return False
    if any(term.negative for term in last.terms) or (not last.terms and last.cursor is not None):
        return False
    highest = last.constant + sum(ranges.of(term.value).hi for term in last.terms if not ranges.of(term.value).empty)
    count = rows.length if isinstance(rows, ArrayType) else None
    return row.length <= highest and (count is None or highest < row.length * count)


def _type_of(solution: Solution, symbol: str, target: Target, before: int) -> Type | None:
    """The type of what the step that is `before` the end goes into; None for what a parameter points to."""
    program = solution.program
    match target.root:
        case LocalRoot(local):
            type: Type | None = program.functions[symbol].locals[local].type
        case GlobalRoot(name):
            type = program.variables[name].type
        case ObjectRoot(_, record):
            type = record
        case LiteralRoot(_, array):
            type = array
        case HeldRoot(value):
            assert isinstance(value.type, PointerType)
            type = ArrayType(value.type.target, None)
        case ResultRoot():
            return None
        case ParamRoot(local) | OwnedRoot(local) | ViewRoot(local):
            type = ArrayType(solution.pointed_by(symbol, local).target, None)
        case HandedRoot():
            return None
    for step in target.steps[: len(target.steps) - before]:
        if isinstance(step, FieldStep):
            assert isinstance(type, RecordType)
            fields = program.records[type.id].fields
            assert fields is not None
            type = fields[step.index].type
        else:
            assert isinstance(type, ArrayType | PointerType)
            type = type.element if isinstance(type, ArrayType) else type.target
    return type


def _object(program: Program, symbol: str, target: Target) -> Subject | None:
    match target.root:
        case LocalRoot(local):
            return LocalObject(symbol, local)
        case GlobalRoot(name) | ObjectRoot(name):
            return GlobalObject(name)
        case ParamRoot(local) | OwnedRoot(local) | ViewRoot(local):
            return PointerSlot(symbol, local)
        case HeldRoot(Load(place)):
            return held_slot(place, symbol, program)
        case HeldRoot(Call(FunctionRef(callee))):
            return ResultSlot(callee)
        case _:
            return None
