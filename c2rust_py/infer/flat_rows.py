"""Arrays of arrays as one array: positions that go from row to row.

    int m[3][4];  int *flat = &m[0][0];  for (int i = 0; i < 12; i++) flat[i] = i;          sum(&m[0][0], 12)

The elements lie in the order of the rows, without gaps (C11 6.2.5p20). By the letter a pointer into a row stops at its end
(C11 6.5.6p8), but what it leads to stays in the object, and no compiler minds. In Rust that is `m.as_flattened()[i]`, which panics
behind the whole. A path goes there by a step FLAT, in front of the index into all elements:

    m[2] + j            m.[2].[j]           ->      m.FLAT.[2 * 4 + j]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from c2rust_py.infer.instance_names import first_instance
from c2rust_py.infer.offsets import is_signed
from c2rust_py.infer.paths import (
    FLAT_STEP,
    FieldStep,
    GlobalRoot,
    IndexStep,
    LocalRoot,
    OwnedRoot,
    ParamRoot,
    Target,
    Template,
    Term,
    index_behind,
)
from c2rust_py.ir.nodes import Binary, BinaryOp, Convert, IntConst, Value
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import ISIZE, USIZE, ArrayType, EnumType, IntType, PointerType, RecordType, Type


def aligned(program: Program, symbol: str, target: Target | None, template: Template) -> Target | None:
    """A target of a function as an instance of a template that it is joined in; None where its rows are not known."""
    for at, step in enumerate(template.steps):
        if target is not None and step == FLAT_STEP and target.steps[at : at + 1] != (FLAT_STEP,):
            target = flattened(program, symbol, target, at)
    return target


def flat_start(program: Program, symbol: str, target: Target) -> Target:
    """The very first element of rows as that of all elements as one array; another target as it is."""
    at = len(target.steps) - 2
    while at >= 0 and all(isinstance(step, IndexStep) and step.fixed == 0 for step in (target.steps[at], target.steps[-1])):
        flat = flattened(program, symbol, target, at)
        if flat is None:
            break
        target, at = flat, at - 1
    return target


def in_rows(program: Program, symbol: str, target: Target) -> Target | None:
    """An element of a row as one of all elements of the innermost rows; None for other targets."""
    at = len(target.steps) - 2
    while at >= 0 and target.steps[at] == FLAT_STEP:
        at -= 1
    return flattened(program, symbol, target, at) if at >= 0 else None


def flattened(program: Program, symbol: str, target: Target, at: int) -> Target | None:
    """A target with the index at a place, and the one behind it in the row, as one index; None where there are none, or the
    rows are not known."""
    behind = index_behind(target.steps, at)
    if behind is None:
        return None
    outer, inner = target.steps[at], target.steps[behind]
    assert isinstance(outer, IndexStep) and isinstance(inner, IndexStep)
    rows, row = type_at(program, symbol, target, at), type_at(program, symbol, target, behind)
    if not isinstance(rows, ArrayType) or not isinstance(row, ArrayType) or not row.length or outer.cursor is not None:
        return None
    scaled = [_scaled(term, row.length, rows.length is not None) for term in outer.terms]
    terms = tuple(term for term in scaled if term is not None)
    if len(terms) < len(scaled):
        return None
    whole = replace(
        inner,
        terms=(*terms, *inner.terms),
        constant=outer.constant * row.length + inner.constant,
        before=(*outer.before, *inner.before),
    )
    between, rest = target.steps[at + 1 : behind], target.steps[behind + 1 :]
    return replace(target, steps=(*target.steps[:at], FLAT_STEP, *between, whole, *rest))


def _scaled(term: Term, count: int, from_start: bool) -> Term | None:
    """A number of rows as one of elements; None for what is no number in C. from_start: whether no row is in front of the first."""
    if not isinstance(term.value.type, IntType | EnumType):
        return None
    type = ISIZE if is_signed(term.value) and not from_start else USIZE
    number: Value = Convert(term.value, type, term.value.span)
    factor = IntConst(count, type, term.value.span)
    return Term(Binary(BinaryOp.MUL, number, factor, type, term.value.span), term.negative)


def type_at(program: Program, symbol: str, target: Target, at: int) -> Type | None:
    """The type of what step number `at` of a target goes into; None where that is not known."""
    function = program.functions.get(first_instance(symbol))
    match target.root:
        case LocalRoot(local) if function is not None:
            type = function.locals[local].type
        case GlobalRoot(name):
            type = program.variables[name].type
        case ParamRoot(local) | OwnedRoot(local) if function is not None:
            pointer = function.locals[local].type
            assert isinstance(pointer, PointerType)
            type = ArrayType(pointer.target, None)
        case _:
            return None
    return _walked(program, type, target.steps[:at])


def _walked(program: Program, type: Type, steps: Sequence[FieldStep | IndexStep]) -> Type | None:
    """The type at the end of some steps."""
    for step in steps:
        if step == FLAT_STEP:
            rows = flat_type(type)
            if rows is None:
                return None
            type = rows
        elif isinstance(step, FieldStep):
            fields = program.records[type.id].fields if isinstance(type, RecordType) else None
            if fields is None:
                return None
            type = fields[step.index].type
        elif isinstance(type, ArrayType | PointerType):
            type = type.element if isinstance(type, ArrayType) else type.target
        else:
            return None
    return type


def flat_type(rows: Type) -> ArrayType | None:
    """The type of all elements of rows, or of what a pointer to rows leads to, as one array."""
    if isinstance(rows, PointerType):
        rows = ArrayType(rows.target, None)
    if not isinstance(rows, ArrayType) or not isinstance(rows.element, ArrayType):
        return None
    row = rows.element
    known = rows.length is not None and row.length is not None
    return ArrayType(row.element, rows.length * row.length if known and rows.length and row.length else None)


def unflattened(type: Type, steps: Sequence[FieldStep | IndexStep], program: Program) -> Sequence[FieldStep | IndexStep]:
    """The steps from a place of a type, with row and column for an index into rows as one array that is a constant."""
    for at in range(len(steps) - 1, -1, -1):
        last = steps[at + 1] if at + 1 < len(steps) else None
        if steps[at] != FLAT_STEP or not isinstance(last, IndexStep) or last.fixed is None or last.fixed < 0:
            continue
        rows = _walked(program, type, steps[:at])
        row = rows.element if isinstance(rows, ArrayType) else None
        if isinstance(row, ArrayType) and row.length:
            in_row = (IndexStep(constant=last.fixed // row.length), IndexStep(constant=last.fixed % row.length))
            steps = (*steps[:at], *in_row, *steps[at + 2 :])
    return steps
