"""Arrays of rows that a call is given as one array: `sum(&m[0][0], 12)`, or `m` for a parameter `int m[rows][cols]`.

In Rust that is `m.as_flattened()`: a place that is written as field FLAT of the rows.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.infer.solution import first_instance
from c2rust_py.infer.targets import FieldStep, GlobalRoot, IndexStep, LocalRoot, Resolver, Target
from c2rust_py.ir.nodes import FLAT, AddressOf, Convert, FieldPlace, IndexPlace, Place, Value
from c2rust_py.ir.types import ArrayType, PointerType, RecordType, Type, same_representation


def flattened(resolver: Resolver, value: Value) -> Target | None:
    """The array of rows whose first element an argument is the address of, where it is an object of its own; None for other values."""
    match value:
        case AddressOf(IndexPlace(IndexPlace())):
            target = resolver.pointer(value)
            depth = 2
        case Convert(operand, PointerType(element)) if _is_row(operand.type, element):
            target = resolver.pointer(operand)
            depth = 1
        case _:
            return None
    if target is None or not isinstance(target.root, LocalRoot | GlobalRoot) or len(target.steps) < depth:
        return None
    whole, last = target.steps[:-depth], target.steps[-depth:]
    if any(not isinstance(step, IndexStep) or step.fixed != 0 for step in last):
        return None
    if any(isinstance(step, IndexStep) and step.fixed is None for step in whole):
        return None
    rows = _type_of(resolver, target, whole)
    inside = bool(whole) and isinstance(whole[-1], IndexStep)
    match rows:
        case ArrayType(ArrayType(element, int()), int()) if not inside and not isinstance(element, ArrayType):
            return replace(target, steps=whole)
        case _:
            return None


def _is_row(pointer: Type, element: Type) -> bool:
    if not isinstance(pointer, PointerType) or not isinstance(pointer.target, ArrayType):
        return False
    return same_representation(pointer.target.element, element)


def _type_of(resolver: Resolver, target: Target, steps: tuple[FieldStep | IndexStep, ...]) -> Type:
    program = resolver.program
    match target.root:
        case LocalRoot(local):
            type = program.functions[first_instance(resolver.function)].locals[local].type
        case GlobalRoot(symbol):
            type = program.variables[symbol].type
        case _:
            raise AssertionError("an object of its own")
    for step in steps:
        if isinstance(step, FieldStep):
            assert isinstance(type, RecordType)
            fields = program.records[type.id].fields
            assert fields is not None
            type = fields[step.index].type
        else:
            assert isinstance(type, ArrayType)
            type = type.element
    return type


def flat_place(rows: Place) -> FieldPlace:
    """The rows as one array."""
    type = rows.type
    assert isinstance(type, ArrayType) and isinstance(type.element, ArrayType)
    assert type.length is not None and type.element.length is not None
    return FieldPlace(rows, FLAT, ArrayType(type.element.element, type.length * type.element.length), rows.span)


def element_of(place: FieldPlace) -> Type:
    """What the elements of rows as one array are."""
    assert isinstance(place.type, ArrayType)
    return place.type.element
