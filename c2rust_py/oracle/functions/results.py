"""What a translated function gives back for the pointer that its C returns: the pointer, a position, or an owner.

    const char *skip(const char *s)     fn skip(s: &[u8]) -> usize          element `result` of what `s` points to
    struct item *first(struct list *l)  fn first(l: &mut List)              always `&l->items[0]`: nothing is said
    char *copy(const char *s)           fn copy(s: &[u8]) -> Vec<u8>        a new object, all of it
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from c2rust_py.infer.flat_rows import flat_type
from c2rust_py.infer.paths import FLAT_STEP
from c2rust_py.infer.targets import FieldStep, GlobalRoot, ParamRoot, Result, Template
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import ArrayType, FunctionType, PointerType, RecordType, Type
from c2rust_py.oracle.functions.type_table import NotComparable


@dataclass(frozen=True, slots=True)
class ReturnedValue:
    """A value of the C's type; `()` for void."""


@dataclass(frozen=True, slots=True)
class ReturnedPlace:
    """A place in block `number` of the input, from byte `start` on: at what the result says in steps of `stride` bytes.
    `position` is the Rust expression for that, an option of an `i64`."""

    number: int
    start: int
    stride: int
    position: str


@dataclass(frozen=True, slots=True)
class ReturnedOwner:
    """A new object: `elements` is the Rust expression for an option of its elements."""

    elements: str


ResultPlan = ReturnedValue | ReturnedPlace | ReturnedOwner

_POSITIONS = {
    None: "Some(0)",
    "usize": "Some(result as i64)",
    "isize": "Some(result as i64)",
    "Option<usize>": "result.map(|at| at as i64)",
    "Option<isize>": "result.map(|at| at as i64)",
}
_OWNER = re.compile(r"(Option<)?(Vec<|Box<\[?)([^<>]*?)\]?>{1,2}")


def plan_result(
    program: Program, function: Function, rust: str | None, summary: Result | None, globals: Sequence[str]
) -> ResultPlan:
    """`rust` is the text of the Rust result's type, `summary` what the solver knows of the pointer, `globals` the symbols of
    those that are compared. Raises NotComparable."""
    type = function.type.result
    if not isinstance(type, PointerType) or isinstance(type.target, FunctionType):
        if rust is not None and re.match(r"&|Option\b|Vec\b|Box\b", rust):
            raise NotComparable(f"results of the Rust type `{rust}` are not compared")
        return ReturnedValue()
    if rust in _POSITIONS:
        return _place(program, function, rust, summary, globals)
    if (owner := _OWNER.fullmatch(rust or "")) is not None:
        return ReturnedOwner(_elements(bool(owner[1]), owner[2] == "Box<"))
    if rust is None or not rust.startswith(("Ptr<", "Id<")):
        raise NotComparable(f"results of the Rust type `{rust}` are not compared")
    return ReturnedValue()


def _elements(optional: bool, single: bool) -> str:
    match optional, single:
        case True, True:
            return "result.as_deref().map(std::slice::from_ref)"
        case True, False:
            return "result.as_deref()"
        case False, True:
            return "Some(std::slice::from_ref(&*result))"
        case _:
            return "Some(&result[..])"


def _place(
    program: Program, function: Function, rust: str | None, summary: Result | None, globals: Sequence[str]
) -> ReturnedPlace:
    """Where the result points, by the path that the solver found."""
    template = None if summary is None else summary.template
    match None if template is None else template.root:
        case ParamRoot(local):
            number, type = local, function.type.params[local]
            assert isinstance(type, PointerType)
            start = type.target
        case GlobalRoot(symbol) if symbol in globals:
            number, start = len(function.type.params) + globals.index(symbol), program.variables[symbol].type
        case _:
            raise NotComparable("it returns a pointer into what is not compared")
    assert template is not None
    offset, stride = _offset(program, template, start)
    return ReturnedPlace(number, offset, stride, _POSITIONS[rust])


def _offset(program: Program, template: Template, type: Type) -> tuple[int, int]:
    """Bytes from the start of the root to the place, without the index that varies, and the size of what that counts."""
    layout = Layout(program.records, program.enums)
    offset, stride, moves = 0, 0, isinstance(template.root, ParamRoot)
    for step in template.steps:
        if step == FLAT_STEP:
            rows = type if moves else flat_type(type)
            assert rows is not None
            type = rows
        elif isinstance(step, FieldStep):
            assert isinstance(type, RecordType)
            field = (program.records[type.id].fields or ())[step.index]
            offset, type = offset + field.offset, field.type
        else:
            if not moves:
                assert isinstance(type, ArrayType)
                type = type.element
            if step is None:
                stride = layout.size_of(type)
            else:
                offset += step * layout.size_of(type)
        moves = False
    return offset, stride
