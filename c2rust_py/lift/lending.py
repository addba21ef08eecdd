"""A function whose body somebody else writes, behind a signature that is asked for: what the solver sees in its place.

    int total(int *row, int n) { int *p = row, **q = &p; … }
                                 ->    unsupported; (bool)row; row[1] = row[1];           for `row: &mut [i32]`

The body in its place does with its parameters what such a signature lets any body do, and no more: so the parameters rise as far as
was asked, the callers are solved as for any function, and what does not fit them takes the function's calls to memory. The
parameter is compared with null, since the other body cannot: owners that are given null are no arguments then.

    int *find(int *a, int *end) { … }    ->    unsupported; (bool)a; a[1]; a < end; if ((bool)a) return 0; return a + 1;
                                                                          for `a: &[i32], end: usize` and `Option<usize>`

    int parse(char *s, int *end) { … }     ->    unsupported; (bool)s; s[1]; if ((bool)end) *end = *end;
                                                                          for `s: &[u8], end: Option<&mut i32>`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from c2rust_py.diagnostics import Code
from c2rust_py.ir.nodes import (
    Assign,
    Compare,
    CompareOp,
    Convert,
    DerefPlace,
    Evaluate,
    If,
    IntConst,
    Load,
    LocalPlace,
    PointerAdd,
    Return,
    Statement,
    UnsupportedStatement,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.stubs import stub_of
from c2rust_py.ir.types import BOOL, INT, LONG, PointerType

REASON = "its body is written behind another signature"


@dataclass(frozen=True, slots=True)
class Lent:
    """A pointer parameter, by its number, that is a reference: to a slice or to one object. With `within` it is a position in the
    slice that this other parameter is. RESULT stands for what the function returns. `optional`: a reference that may be missing, or a
    result that may be null."""

    param: int
    slice: bool = False
    mutable: bool = False
    within: int | None = None
    optional: bool = False


RESULT = -1


Signature = tuple[Lent, ...]
"""The parameters of a function that are references or positions, in order, and its result where that is a position."""


def lend(program: Program, signatures: Mapping[str, Signature]) -> Program:
    """The program with these functions behind other signatures, by symbol."""
    functions = {
        symbol: _lending(function, signatures[symbol]) if symbol in signatures else function
        for symbol, function in program.functions.items()
    }
    return replace(program, functions=functions)


def _lending(function: Function, signature: Signature) -> Function:
    (stub,) = stub_of(function, Code.LEFT_OUT, REASON, function.span).body
    assert isinstance(stub, UnsupportedStatement)
    uses = [statement for one in signature for statement in _uses(function, one)]
    lent = tuple(one.param for one in signature if one.param != RESULT)
    missing = tuple(one.param for one in signature if one.param != RESULT and one.optional)
    return replace(function, body=(replace(stub, lent=lent, missing=missing), *uses))


def _uses(function: Function, lent: Lent) -> list[Statement]:
    """A test, and a read or a write of the first element or of another; of a position a comparison, of a result what returns it."""
    span = function.span
    if lent.within is not None and lent.param == RESULT:
        return _returns(function, lent.within, lent.optional)
    if lent.within is not None:
        pair = _pointer(function, lent.within), _pointer(function, lent.param)
        return [Evaluate(Compare(CompareOp.LT, *pair, INT, span), span)]
    type = function.locals[lent.param].type
    assert isinstance(type, PointerType)

    def pointer() -> Value:
        return _pointer(function, lent.param)

    def element() -> DerefPlace:
        at = PointerAdd(pointer(), IntConst(1, LONG, span), False, type, span) if lent.slice else pointer()
        return DerefPlace(at, type.target, span)

    read = Load(element(), type.target, span)
    use: Statement = Assign(element(), read, span) if lent.mutable else Evaluate(read, span)
    test = Convert(pointer(), BOOL, span)
    return [If(test, (use,), (), span)] if lent.optional else [Evaluate(test, span), use]


def _returns(function: Function, within: int, optional: bool) -> list[Statement]:
    """Returns null, if that may be, and a position in what the parameter points to."""
    span, type = function.span, function.type.result
    null = If(Convert(_pointer(function, within), BOOL, span), (Return(ZeroValue(type, span), span),), (), span)
    index = Convert(Convert(_pointer(function, within), BOOL, span), LONG, span)  # any
    base = function.locals[within].type
    assert isinstance(base, PointerType)
    position = PointerAdd(_pointer(function, within), index, False, base, span)
    value = position if base == type else Convert(position, type, span)
    return [*([null] if optional else []), Return(value, span)]


def _pointer(function: Function, param: int) -> Value:
    type = function.locals[param].type
    return Load(LocalPlace(param, type, function.span), type, function.span)

