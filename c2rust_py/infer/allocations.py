"""Allocations that a local can own: how many elements of its type a size in bytes is.

    int *a = malloc(n * sizeof *a);  calloc(n, sizeof(int))  realloc(a, m * sizeof(int))      n, n, m elements
    struct s *s = malloc(sizeof *s);                                                          one
"""

from __future__ import annotations

from dataclasses import dataclass

from c2rust_py.infer.targets import is_null, without_casts
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Binary, BinaryOp, Call, Convert, FunctionRef, IntConst, Value
from c2rust_py.ir.types import IntType, PointerType


@dataclass(frozen=True, slots=True)
class Count:
    """A number of elements: `value` times `factor`; None is one."""

    value: Value | None
    factor: int

    @property
    def fixed(self) -> int | None:
        """The number where it is a constant."""
        return self.factor if self.value is None else None


@dataclass(frozen=True, slots=True)
class Allocation:
    """The elements that are asked for; old: the pointer that `realloc` is given."""

    count: Count
    old: Value | None = None


def allocation_of(value: Value, layout: Layout) -> Allocation | None:
    """What a pointer value allocates as an array of what it points to; None where it is no allocation, or of another size."""
    call = without_casts(value)
    if not isinstance(call, Call) or not isinstance(call.function, FunctionRef) or not isinstance(value.type, PointerType):
        return None
    size = layout.size_of(value.type.target)
    match call.function.symbol, call.args:
        case "malloc", (bytes,):
            count = element_count(bytes, size)
            return None if count is None else Allocation(count)
        case "calloc", (number, bytes):
            count = _product(number, bytes, size) or _product(bytes, number, size)
            return None if count is None else Allocation(count)
        case "realloc", (old, bytes):
            count = element_count(bytes, size)
            return None if count is None else Allocation(count, None if is_null(old) else without_casts(old))
        case _:
            return None


def element_count(bytes: Value, size: int) -> Count | None:
    """How many elements of `size` bytes a size in bytes is, where that is known to be a whole number."""
    match bytes:
        case IntConst(number):
            return Count(None, number // size) if size and number % size == 0 else None
        case Binary(BinaryOp.MUL, left, right):
            return _product(left, right, size) or _product(right, left, size) or _bytes(bytes, size)
        case Convert(operand, type) if isinstance(type, IntType) and isinstance(operand, IntConst):
            return element_count(operand, size)
        case _:
            return _bytes(bytes, size)


def _product(number: Value, bytes: Value, size: int) -> Count | None:
    """`number` times a constant of whole elements."""
    unit = bytes.operand if isinstance(bytes, Convert) else bytes
    if not isinstance(unit, IntConst) or not size or unit.value % size or unit.value <= 0:
        return None
    if isinstance(number, IntConst):
        return Count(None, number.value * (unit.value // size))
    return Count(number, unit.value // size)


def _bytes(bytes: Value, size: int) -> Count | None:
    return Count(bytes, 1) if size == 1 else None
