"""A function whose body somebody else writes, behind a signature that is asked for: what the solver sees in its place.

    int total(int *row, int n) { int *p = row, **q = &p; … }
                                 ->    unsupported; (bool)row; row[1] = row[1];           for `row: &mut [i32]`

The body in its place does with its parameters what such a signature lets any body do, and no more: so the parameters rise as far as
was asked, the callers are solved as for any function, and what does not fit them takes the function's calls to memory. The
parameter is compared with null, since the other body cannot: owners that are given null are no arguments then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from c2rust_py.diagnostics import Code
from c2rust_py.ir.nodes import (
    Assign,
    Convert,
    DerefPlace,
    Evaluate,
    IntConst,
    Load,
    LocalPlace,
    PointerAdd,
    Statement,
    UnsupportedStatement,
    Value,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.stubs import stub_of
from c2rust_py.ir.types import BOOL, LONG, PointerType

REASON = "its body is written behind another signature"


@dataclass(frozen=True, slots=True)
class Lent:
    """A pointer parameter, by its number, that is a reference: to a slice or to one object."""

    param: int
    slice: bool
    mutable: bool


Signature = tuple[Lent, ...]
"""The parameters of a function that are references, in order."""


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
    uses = [statement for lent in signature for statement in _uses(function, lent)]
    return replace(function, body=(replace(stub, lent=tuple(lent.param for lent in signature)), *uses))


def _uses(function: Function, lent: Lent) -> list[Statement]:
    """A test, and a read or a write of the first element or of another."""
    span, type = function.span, function.locals[lent.param].type
    assert isinstance(type, PointerType)

    def pointer() -> Value:
        return Load(LocalPlace(lent.param, type, span), type, span)

    def element() -> DerefPlace:
        at = PointerAdd(pointer(), IntConst(1, LONG, span), False, type, span) if lent.slice else pointer()
        return DerefPlace(at, type.target, span)

    read = Load(element(), type.target, span)
    return [Evaluate(Convert(pointer(), BOOL, span), span), Assign(element(), read, span) if lent.mutable else Evaluate(read, span)]
