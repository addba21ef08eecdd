"""The verifier refuses what it should: each case breaks one invariant of a valid program."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ir_generator import SPAN, ask, constant, load, make_function, program_of, trace

from c2rust_py.diagnostics import Code, CompileError
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.program import Local, LocalKind
from c2rust_py.ir.types import (
    BOOL,
    INT,
    LONG,
    USIZE,
    VOID,
    Access,
    ArrayType,
    OptionalType,
    PointerType,
    Qualified,
    Quals,
    ReferenceType,
    Type,
)
from c2rust_py.ir.verify import Stage, verify_program

LOCALS = [
    Local(0, "n", INT, LocalKind.VARIABLE, SPAN),
    Local(1, "wide", LONG, LocalKind.VARIABLE, SPAN),
    Local(2, "array", ArrayType(INT, 4), LocalKind.VARIABLE, SPAN),
    Local(3, "pointer", PointerType(INT), LocalKind.VARIABLE, SPAN),
]
DECLARED = tuple(ir.Declare(local.id, None, SPAN) for local in LOCALS)
N = ir.LocalPlace(0, INT, SPAN)
WIDE = ir.LocalPlace(1, LONG, SPAN)
ARRAY = ir.LocalPlace(2, ArrayType(INT, 4), SPAN)
POINTER = ir.LocalPlace(3, PointerType(INT), SPAN)
LONG_ZERO = ir.IntConst(0, LONG, SPAN)


def verify(*body: ir.Statement, stage: Stage = Stage.ELABORATED, declare: bool = True) -> None:
    statements = (*DECLARED, *body) if declare else body
    verify_program(program_of(make_function(statements, LOCALS)), stage)


def read(place: ir.Place, type: Type) -> ir.Load:
    return ir.Load(place, type, SPAN)


def value(broken: ir.Value) -> ir.Statement:
    return ir.Evaluate(broken, SPAN)


def test_a_valid_function_passes() -> None:
    element = ir.IndexPlace(ARRAY, LONG_ZERO, INT, SPAN)
    target = ir.DerefPlace(read(POINTER, PointerType(INT)), INT, SPAN)
    loop = ir.Loop("loop", (ir.If(load(0), (ir.Break("loop", SPAN),), (ir.Continue("loop", SPAN),), SPAN),), SPAN)
    match = ir.Match("m", load(0), (ir.Arm((ir.Pattern(1, 3),), (ir.Break("m", SPAN),)), ir.Arm((), ())), SPAN)
    verify(
        ir.Assign(element, read(target, INT), SPAN),
        loop,
        match,
        trace(ask(3)),
        ir.Assign(POINTER, ir.Decay(ARRAY, PointerType(INT), SPAN), SPAN),
        stage=Stage.NORMALISED,
    )


BROKEN: dict[str, tuple[ir.Statement, ...]] = {
    "an assigned value's type": (ir.Assign(WIDE, load(0), SPAN),),
    "an initialiser's type": (ir.Block((ir.Declare(0, LONG_ZERO, SPAN),), SPAN),),
    "a left operand": (value(ir.Binary(ir.BinaryOp.ADD, LONG_ZERO, load(0), INT, SPAN)),),
    "a right operand": (value(ir.Binary(ir.BinaryOp.ADD, load(0), LONG_ZERO, INT, SPAN)),),
    "two compared values": (value(ir.Compare(ir.CompareOp.EQ, load(0), LONG_ZERO, INT, SPAN)),),
    "a comparison is no int": (value(ir.Compare(ir.CompareOp.EQ, load(0), load(0), LONG, SPAN)),),
    "not in range": (value(ir.IntConst(1 << 31, INT, SPAN)),),
    "a load has another type": (value(ir.Load(N, LONG, SPAN)),),
    "not its local's": (value(read(ir.LocalPlace(0, LONG, SPAN), LONG)),),
    "does not exist": (value(read(ir.LocalPlace(9, INT, SPAN), INT)),),
    "is dereferenced": (value(read(ir.DerefPlace(load(0), INT, SPAN), INT)),),
    "another target": (value(read(ir.DerefPlace(read(POINTER, PointerType(INT)), LONG, SPAN), LONG)),),
    "an index has type": (value(read(ir.IndexPlace(ARRAY, read(POINTER, PointerType(INT)), INT, SPAN), INT)),),
    "is indexed": (value(read(ir.IndexPlace(N, LONG_ZERO, INT, SPAN), INT)),),
    "qualified": (value(ir.Convert(load(0), Qualified(INT, Quals.CONST), SPAN)),),
    "2 arguments for 1": (value(replace(ask(3), args=(constant(1), constant(2)))),),  # type: ignore[type-var]
    "an argument has another type": (value(replace(ask(3), args=(LONG_ZERO,))),),  # type: ignore[type-var]
    "function's result": (value(replace(ask(3), type=LONG)),),  # type: ignore[type-var]
    "a condition is no scalar": (ir.If(read(ARRAY, ArrayType(INT, 4)), (), (), SPAN),),
    "stands in nothing of that label": (ir.Break("nowhere", SPAN),),
    "has no loop": (ir.Labelled("a", (ir.Continue("a", SPAN),), SPAN),),
    "is not unique": (ir.Loop("a", (), SPAN), ir.Loop("a", (), SPAN)),
    "stands twice": (ir.Label("a", SPAN), ir.Label("a", SPAN)),
    "no label is called": (ir.Goto("a", SPAN),),
    "outside of its switch": (ir.Case("a", 1, 1, SPAN),),
    "a case range is empty": (ir.Switch("a", load(0), (ir.Case("a", 2, 1, SPAN),), SPAN),),
    "does not stand last": (ir.Match("m", load(0), (ir.Arm((), ()), ir.Arm((ir.Pattern(1, 1),), ())), SPAN),),
    "two arms have the value 2": (
        ir.Match("m", load(0), (ir.Arm((ir.Pattern(1, 2),), ()), ir.Arm((ir.Pattern(2, 3),), ())), SPAN),
    ),
    "a returned value's type": (ir.Return(load(0), SPAN),),
    "declared in its own scope": (ir.Declare(0, None, SPAN),),
    "runs of an array": (
        value(ir.ArrayValue((ir.ElementRun(3, 4, constant(1)),), ArrayType(INT, 4), SPAN)),
    ),
    "bytes initialise": (value(ir.StringValue(b"abc", ArrayType(INT, 4), SPAN)),),
    "without value is not void": (value(ir.BlockValue((), None, INT, SPAN)),),
    "is truncated": (value(ir.Truncate(load(0), 33, INT, SPAN)),),
    "no function is called": (value(ir.FunctionRef("missing", PointerType(VOID), SPAN)),),
    "no object is called": (value(ir.AddressOf(ir.GlobalPlace("missing", INT, SPAN), PointerType(INT), SPAN)),),
}


@pytest.mark.parametrize("message", BROKEN)
def test_a_broken_function_is_refused(message: str) -> None:
    with pytest.raises(CompileError, match=message) as caught:
        verify(*BROKEN[message])
    assert caught.value.diagnostic.code is Code.VERIFIER
    assert caught.value.diagnostic.span == SPAN


LEFT: tuple[ir.Statement, ...] = (
    ir.Switch("a", load(0), (), SPAN),
    ir.Label("a", SPAN),
    ir.ComputedGoto(read(POINTER, PointerType(INT)), SPAN),
)


@pytest.mark.parametrize("statement", LEFT)
def test_nothing_unstructured_is_left_after_normalising(statement: ir.Statement) -> None:
    verify(statement)
    with pytest.raises(CompileError, match="is left"):
        verify(statement, stage=Stage.NORMALISED)


SLICE = ReferenceType(ArrayType(INT, None), Access.SHARED)
ONE = ReferenceType(INT, Access.MUTABLE)
POSITION = OptionalType(USIZE)
MISSING = ir.Optional(None, POSITION, SPAN)
USIZE_ONE = ir.IntConst(1, USIZE, SPAN)
REFERENCE = ir.LocalPlace(0, SLICE, SPAN)


def verify_lifted(*body: ir.Statement, stage: Stage = Stage.LIFTED) -> None:
    """A function with a slice as its parameter, and the locals of the others behind it."""
    locals = [Local(0, "slice", SLICE, LocalKind.PARAM, SPAN), *LOCALS[1:]]
    function = make_function((*DECLARED[1:], *body), locals)
    verify_program(program_of(replace(function, type=replace(function.type, params=(SLICE,)))), stage)


LIFTED: tuple[ir.Statement, ...] = (
    value(ir.Borrow(ARRAY, None, SLICE, SPAN)),
    value(ir.Borrow(ARRAY, USIZE_ONE, SLICE, SPAN)),
    value(ir.Borrow(ir.IndexPlace(ARRAY, USIZE_ONE, INT, SPAN), None, ONE, SPAN)),
    value(read(ir.IndexPlace(ir.ReferentPlace(REFERENCE, SLICE.target, SPAN), USIZE_ONE, INT, SPAN), INT)),
    value(ir.Unwrap(ir.Optional(USIZE_ONE, POSITION, SPAN), USIZE, SPAN)),
    value(ir.IsPresent(ir.MoveOptional(MISSING, LONG_ZERO, POSITION, SPAN), BOOL, SPAN)),
)


@pytest.mark.parametrize("statement", LIFTED)
def test_loans_and_positions_are_there_behind_lift_only(statement: ir.Statement) -> None:
    verify_lifted(statement)
    with pytest.raises(CompileError, match="before pointers are lifted"):
        verify_lifted(statement, stage=Stage.NORMALISED)


BROKEN_LIFT: dict[str, ir.Value] = {
    "a loan is of another type": ir.Borrow(WIDE, None, ONE, SPAN),
    "a reference to one object has a start": ir.Borrow(N, USIZE_ONE, ONE, SPAN),
    "a slice of a int has a start": ir.Borrow(ir.IndexPlace(ARRAY, USIZE_ONE, INT, SPAN), USIZE_ONE, SLICE, SPAN),
    "a slice has other elements than its array: long": ir.Borrow(WIDE, None, SLICE, SPAN),
    "a slice has other elements": ir.Borrow(ARRAY, None, replace(SLICE, target=ArrayType(LONG, None)), SPAN),
    "a slice starts at a": ir.Borrow(ARRAY, read(POINTER, PointerType(INT)), SLICE, SPAN),
    "a long refers to something": read(ir.ReferentPlace(WIDE, INT, SPAN), INT),
    "a referent has another type": read(ir.ReferentPlace(REFERENCE, INT, SPAN), INT),
    "a position has another type": ir.Optional(LONG_ZERO, POSITION, SPAN),
    "a position of type": ir.Optional(None, OptionalType(PointerType(INT)), SPAN),
    "what is unwrapped is no such position": ir.Unwrap(MISSING, LONG, SPAN),
    "may be missing": ir.IsPresent(LONG_ZERO, BOOL, SPAN),
    "a test for presence is no _Bool": ir.IsPresent(MISSING, INT, SPAN),
    "a position is moved by": ir.MoveOptional(MISSING, read(POINTER, PointerType(INT)), POSITION, SPAN),
    "a moved position has another type": ir.MoveOptional(LONG_ZERO, LONG_ZERO, POSITION, SPAN),
}


@pytest.mark.parametrize("message", BROKEN_LIFT)
def test_a_broken_loan_or_position_is_refused(message: str) -> None:
    with pytest.raises(CompileError, match=message):
        verify_lifted(value(BROKEN_LIFT[message]))


def test_a_local_is_used_in_its_scope_only() -> None:
    with pytest.raises(CompileError, match="not declared where it is used"):
        verify(ir.Block((ir.Declare(0, None, SPAN),), SPAN), value(load(0)), declare=False)
    loop = ir.For("for", (ir.Declare(0, constant(1), SPAN),), load(0), (), (value(load(0)),), SPAN)
    verify(loop, declare=False)
    with pytest.raises(CompileError, match="not declared where it is used"):
        verify(loop, value(load(0)), declare=False)


def test_a_jump_out_of_a_catch_is_refused() -> None:
    env = ir.AddressOf(ir.GlobalPlace("env_a", INT, SPAN), PointerType(INT), SPAN)
    catch = ir.CatchJump("catch", env, 0, (ir.Break("catch", SPAN),), SPAN)
    verify(catch, stage=Stage.NORMALISED)
    with pytest.raises(CompileError, match="stands in nothing of that label"):
        verify(ir.Loop("loop", (replace(catch, body=(ir.Break("loop", SPAN),)),), SPAN))
