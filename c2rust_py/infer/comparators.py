"""Comparators of `qsort` and `bsearch` whose arrays are lent: functions of the program that take their elements by reference.

    static int ascending(const int *a, const int *b) { return *a - *b; }        (`const void *`, before `normalise.void_params`)
    qsort(values, n, sizeof *values, ascending);

The runtime's forms call them with references to two elements (for `bsearch`, to the key and an element), so both parameters have to be
lifted, and point to what the array has: to its elements, or where these are arrays (rows of text), to the elements of those.
"""

from __future__ import annotations

from collections.abc import Mapping

from c2rust_py.infer.demotions import Demotions, PointerSlot, Subject
from c2rust_py.infer.library_slices import SliceForm
from c2rust_py.ir.function_refs import named_function
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Call, IntConst
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import INT, ArrayType, PointerType, Type, same_representation


def comparator_of(form: SliceForm, call: Call, program: Program) -> Function | None:
    """The function of the program that a call of a form names as its comparator; None where there is none, or it is computed."""
    if not form.callbacks:
        return None
    position = form.arguments[form.callbacks[0]]
    assert position is not None
    named = named_function(call.args[position])
    return None if named is None else program.functions.get(named.symbol)


def compared_arguments(form: SliceForm) -> tuple[int, int]:
    """The C arguments that point to what a comparator is given first and second: the array twice, or the key and the array."""
    lent = [position for position, type in zip(form.arguments, form.params, strict=True) if type.startswith("&")]
    first, second = lent[0], lent[-1]
    assert first is not None and second is not None
    return first, second


def key_argument(form: SliceForm) -> int | None:
    """The C argument that points to what is looked for."""
    return next((position for position, type in zip(form.arguments, form.params, strict=True) if type == "&K"), None)


def why_not_compared(
    program: Program, demotions: Demotions, form: SliceForm, call: Call, elements: Mapping[int, Type]
) -> tuple[str, Subject | None] | None:
    """Why the comparator of a call cannot be given references, and what that follows from; None where it can. elements: the types
    of what is lent, by argument."""
    function = comparator_of(form, call, program)
    if function is None:
        return "the comparator is no function of the program that is named there", None
    type = function.type
    if len(type.params) != 2 or type.variadic or type.result != INT:
        return f"`{function.name}` is no comparator by its type", None
    arguments = compared_arguments(form)
    for param, argument in enumerate(arguments):
        slot = PointerSlot(function.symbol, param)
        if slot in demotions:
            return f"`{function.name}` takes its elements in memory", slot
        if not _points_to(type.params[param], elements[argument]):
            return f"`{function.name}` compares elements of another type", None
    layout = Layout(program.records, program.enums)
    size = None if form.size_argument is None else call.args[form.size_argument]
    if not isinstance(size, IntConst) or size.value != layout.size_of(elements[arguments[1]]):
        return "the size of the elements is not that of their type", None
    return None


def compares_rows(pointer: Type, element: Type) -> bool:
    """Whether a parameter of a comparator points into what is compared, which is an array itself."""
    assert isinstance(pointer, PointerType)
    return isinstance(element, ArrayType) and not same_representation(pointer.target, element)


def _points_to(pointer: Type, element: Type) -> bool:
    if not isinstance(pointer, PointerType):
        return False
    within = isinstance(element, ArrayType) and same_representation(pointer.target, element.element)
    return within or same_representation(pointer.target, element)
