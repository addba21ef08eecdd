"""Calls of the library that are lent cells: the runtime has a form of some functions for them (`infer.library_slices.cell_form`).

    memcpy(plain, text, n)      ->      memcpy_from_cells(&mut plain, text, n)          `text` is `&[Cell<u8>]`
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from c2rust_py.infer.library_calls import FORM_PREFIX
from c2rust_py.infer.library_slices import cell_form
from c2rust_py.ir.nodes import Borrow, Call, FunctionRef
from c2rust_py.ir.types import Access, FunctionType, PointerType


def with_cells(call: Call, cells: AbstractSet[int]) -> Call | None:
    """The call of the form that takes cells for these arguments; None where there is none."""
    if not isinstance(call.function, FunctionRef) or not call.function.symbol.startswith(FORM_PREFIX):
        return None
    form = cell_form(call.function.symbol.removeprefix(FORM_PREFIX), cells)
    loans = [arg for at, arg in enumerate(call.args) if at in cells]
    if form is None or not all(isinstance(loan, Borrow) and loan.type.is_slice for loan in loans):
        return None
    args = tuple(
        replace(arg, type=replace(arg.type, access=Access.CELL)) if at in cells and isinstance(arg, Borrow) else arg
        for at, arg in enumerate(call.args)
    )
    type = FunctionType(call.type, tuple(arg.type for arg in args))
    function = FunctionRef(f"{FORM_PREFIX}{form.key}", PointerType(type), call.function.span)
    return replace(call, function=function, args=args)
