"""`memset`, `memcpy`, `memmove` and tests of `memcmp` of lent elements as Rust's own, where the number of bytes is one of whole elements.

    memset(&mut a, 0, 40)                     ->   a.fill(0)                                   // int a[10]
    memset(from_mut(s), 0, 32)                ->   *s = Stats::ZERO                            // all of one object
    memcpy(&mut a, &b, 40)                    ->   a = b
    memcpy(&mut d[i..], s, n * 4)             ->   d[i..i + n].copy_from_slice(&s[..n])
    memmove_within(d, 0, 1, n * 4)            ->   d.copy_within(1..1 + n, 0)
    memcmp(&a, &b[i..], 8) == 0               ->   a[..8] == b[i..i + 8]
    memcpy_values(&mut u, &x, 4)              ->   u = x.to_bits()                             // float x; unsigned u
    memcpy_from_bytes(&mut u, &p[i..], 4)     ->   u = u32::from_ne_bytes(p[i..i + 4].try_into().unwrap())
    memcpy_from_byte_cells(&mut u, p, 4)      ->   u = u32::from_ne_bytes(std::array::from_fn(|i| p[i].get()))

The count stands there twice in some of them, so it has to be short and have no side effects; other calls stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from c2rust_py.infer.library_calls import FORM_PREFIX, is_bytes
from c2rust_py.ir.nodes import (
    Binary,
    BinaryOp,
    Borrow,
    Call,
    Convert,
    FunctionRef,
    IntConst,
    Load,
    LocalPlace,
    StringPlace,
    Value,
)
from c2rust_py.ir.types import (
    BOOL,
    CHAR,
    ULONG,
    USIZE,
    ArrayType,
    EnumType,
    FloatKind,
    FloatType,
    IntType,
    Type,
    same_representation,
)
from c2rust_py.ir.walk import walk
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_expr, print_type
from c2rust_py.to_rust.strings import byte_string

if TYPE_CHECKING:
    from c2rust_py.to_rust.conditions import ConditionLowering
    from c2rust_py.to_rust.values import ValueLowering

_LONGEST = 24
"""How many characters a count may have that stands twice."""


def slice_copy(lowering: ValueLowering, symbol: str, call: Call) -> rs.Expr | None:
    """The call in Rust's own words, if there are some."""
    match symbol.removeprefix(FORM_PREFIX), call.args:
        case "memset", (Borrow() as dest, byte, size):
            return _fill(lowering, dest, byte, size)
        case "bzero" | "explicit_bzero", (Borrow() as dest, size):
            return _fill(lowering, dest, IntConst(0, CHAR, size.span), size)
        case "memcpy" | "memmove", (Borrow() as dest, Borrow() as source, size):
            return _copy(lowering, dest, source, size)
        case "bcopy", (Borrow() as source, Borrow() as dest, size):
            return _copy(lowering, dest, source, size)
        case "memcpy_values", (Borrow() as dest, Borrow() as source, size):
            return _bits(lowering, dest, source, size)
        case "memcpy_from_bytes", (Borrow() as dest, Borrow() as source, size):
            return _from_bytes(lowering, dest, source, size)
        case "memcpy_from_byte_cells", (Borrow() as dest, Borrow() as source, size):
            return _from_byte_cells(lowering, dest, source, size)
        case "memcpy_to_bytes", (Borrow() as dest, Borrow() as source, size):
            return _to_bytes(lowering, dest, source, size)
        case "memcpy_within" | "memmove_within", (Borrow() as base, dest_at, source_at, size):
            return _move(lowering, base, dest_at, source_at, size)
        case _:
            return None


def _fill(lowering: ValueLowering, dest: Borrow, byte: Value, size: Value) -> rs.Expr | None:
    element = _element(dest)
    count = _count(lowering, element, size)
    value = _filled(lowering, element, byte)
    if count is None or value is None:
        return None
    if _is_number(count, 1):
        return rs.Assign(_first(lowering, dest), value)
    return None if _is_object(dest) else rs.MethodCall(_elements(lowering, dest, count), "fill", (value,))


def _filled(lowering: ValueLowering, element: Type, byte: Value) -> rs.Expr | None:
    """The element whose bytes are all `byte`."""
    if isinstance(byte, IntConst) and byte.value & 0xFF == 0:
        return lowering.stored_zero(element)
    if is_bytes(element):
        return lowering.value(Convert(byte, element, byte.span))
    signed = isinstance(element, IntType) and element.kind.signed
    if signed and isinstance(byte, IntConst) and byte.value & 0xFF == 0xFF:
        return rs.Literal("-1")
    return None


def _copy(lowering: ConditionLowering, dest: Borrow, source: Borrow, size: Value) -> rs.Expr | None:
    element = _element(dest)
    count = _count(lowering, element, size)
    if count is None or not same_representation(_element(source), element):
        return None
    if _is_number(count, 1):
        return rs.Assign(_first(lowering, dest), _first(lowering, source))
    if _is_whole(dest, count) and _is_whole(source, count):
        return rs.Assign(lowering.path(dest.place), _elements(lowering, source, count))
    if _is_object(dest) or _is_object(source) or not _is_short(lowering, count):
        return None
    to, from_ = _elements(lowering, dest, count), _elements(lowering, source, count)
    shared = from_.operand if isinstance(from_, rs.Unary) else rs.Borrow(from_)
    return rs.MethodCall(to, "copy_from_slice", (shared,))


def _move(lowering: ConditionLowering, base: Borrow, dest: Value, source: Value, size: Value) -> rs.Expr | None:
    count = _count(lowering, _element(base), size)
    if count is None or not _is_short(lowering, source):
        return None
    array = lowering.base_path(base.place)
    if _is_number(count, 1):
        return rs.Assign(rs.Index(array, lowering.index(dest)), rs.Index(array, lowering.index(source)))
    return rs.MethodCall(array, "copy_within", (_range(lowering, source, count), lowering.index(dest)))


def slices_differ(lowering: ConditionLowering, value: Value) -> rs.Binary | None:
    """A `memcmp` that is not 0, as a comparison of elements that are integers."""
    match value:
        case Call(FunctionRef(symbol), (Borrow() as left, Borrow() as right, size)) if symbol in _COMPARISONS:
            element = _element(left)
            count = _count(lowering, element, size)
            integers = isinstance(element, IntType | EnumType) and element != BOOL
            if count is None or not integers or not same_representation(_element(right), element):
                return None
            if _is_number(count, 1):
                return rs.Binary("!=", _first(lowering, left), _first(lowering, right))
            if _is_object(left) or _is_object(right) or not _is_short(lowering, count):
                return None
            return rs.Binary("!=", _elements(lowering, left, count), _elements(lowering, right, count))
        case _:
            return None


_COMPARISONS = frozenset(f"{FORM_PREFIX}{name}" for name in ("memcmp", "memcmp_values", "bcmp", "bcmp_values"))


def _bits(lowering: ConditionLowering, dest: Borrow, source: Borrow, size: Value) -> rs.Expr | None:
    """The bits of one number as another one of the same size."""
    to, from_ = _number(lowering, dest, size), _number(lowering, source, size)
    if to is None or from_ is None:
        return None
    value = _first(lowering, source)
    bits = rs.PathType(f"u{to[1:]}")
    if from_.startswith("f"):
        value = rs.MethodCall(value, "to_bits")
        return rs.Assign(_first(lowering, dest), value if to == bits.name else rs.Cast(value, rs.PathType(to)))
    if to.startswith("f"):
        value = value if from_ == bits.name else rs.Cast(value, bits)
        return rs.Assign(_first(lowering, dest), rs.Call(rs.Name(f"{to}::from_bits"), (value,)))
    return rs.Assign(_first(lowering, dest), rs.Cast(value, rs.PathType(to)))


def _from_bytes(lowering: ConditionLowering, dest: Borrow, source: Borrow, size: Value) -> rs.Expr | None:
    """A number out of bytes."""
    number = _number(lowering, dest, size)
    if number is None:
        return None
    array = rs.MethodCall(rs.MethodCall(_elements(lowering, source, size), "try_into"), "unwrap")
    whole = isinstance(source.place.type, ArrayType) and _is_whole(source, size)
    bytes = _elements(lowering, source, size) if whole else array
    return rs.Assign(_first(lowering, dest), rs.Call(rs.Name(f"{number}::from_ne_bytes"), (bytes,)))


def _from_byte_cells(lowering: ConditionLowering, dest: Borrow, source: Borrow, size: Value) -> rs.Expr | None:
    """A number out of bytes in cells."""
    number = _number(lowering, dest, size)
    if number is None or not isinstance(source.place.type, ArrayType):
        return None
    bytes, at = lowering.base_path(source.place), lowering.frame.own("i")
    if source.start is not None:
        bytes = rs.Index(bytes, lowering.range_from(source.start))
    byte = rs.MethodCall(rs.Index(bytes, rs.Name(at)), "get")
    array = rs.Call(rs.Name("std::array::from_fn"), (rs.Closure(((at, None),), byte),))
    return rs.Assign(_first(lowering, dest), rs.Call(rs.Name(f"{number}::from_ne_bytes"), (array,)))


def _to_bytes(lowering: ConditionLowering, dest: Borrow, source: Borrow, size: Value) -> rs.Expr | None:
    """The bytes of a number."""
    if _number(lowering, source, size) is None:
        return None
    bytes = rs.MethodCall(_first(lowering, source), "to_ne_bytes")
    if _is_whole(dest, size):
        return rs.Assign(lowering.path(dest.place), bytes)
    return rs.MethodCall(_elements(lowering, dest, size), "copy_from_slice", (rs.Borrow(bytes),))


# ---- parts


def _number(lowering: ConditionLowering, loan: Borrow, size: Value) -> str | None:
    """The Rust type of the one number that a loan of so many bytes is."""
    type = _element(loan)
    if not isinstance(type, IntType | FloatType) or type == BOOL or type == FloatType(FloatKind.LONG_DOUBLE):
        return None
    if not _is_number(size, lowering.facts.types.layout.size_of(type)):
        return None
    return print_type(lowering.facts.types.stored(type))


def _element(loan: Borrow) -> Type:
    target = loan.type.target
    assert isinstance(target, ArrayType)
    return target.element


def _is_object(loan: Borrow) -> bool:
    """Whether one object is lent as a slice of one."""
    return loan.start is None and not isinstance(loan.place.type, ArrayType)


def _is_whole(loan: Borrow, count: Value) -> bool:
    type = loan.place.type
    return loan.start is None and isinstance(type, ArrayType) and type.length is not None and _is_number(count, type.length)


def _first(lowering: ConditionLowering, loan: Borrow) -> rs.Expr:
    """The first element of a loan as a place."""
    if _is_object(loan):
        return lowering.path(loan.place)
    start = rs.Literal("0") if loan.start is None else lowering.index(loan.start)
    return rs.Index(lowering.base_path(loan.place), start)


def _elements(lowering: ConditionLowering, loan: Borrow, count: Value) -> rs.Expr:
    """The first elements of a loan as a place."""
    if isinstance(loan.place, StringPlace) and loan.start is None and isinstance(count, IntConst):
        return rs.Unary("*", rs.Literal(byte_string(loan.place.data[: count.value])))
    array = lowering.base_path(loan.place)
    if _is_whole(loan, count):
        return array
    if loan.start is None:
        return rs.Index(array, rs.RangeTo(lowering.index(count)))
    if _is_short(lowering, loan.start):
        return rs.Index(array, _range(lowering, loan.start, count))
    return rs.Index(rs.Index(array, lowering.range_from(loan.start)), rs.RangeTo(lowering.index(count)))


def _range(lowering: ConditionLowering, start: Value, count: Value) -> rs.Expr:
    """`start..start + count`; of a difference to the start, `start..end`."""
    if isinstance(start, IntConst) and start.value == 0:
        return rs.RangeTo(lowering.index(count))
    low = lowering.index(start)
    match count:
        case Binary(BinaryOp.SUB, end, taken) if _is_same(taken, start):
            return rs.RangeExpr(low, lowering.index(end))
        case IntConst(number) if isinstance(start, IntConst):
            return rs.RangeExpr(low, rs.Literal(str(start.value + number)))
        case _:
            return rs.RangeExpr(low, rs.Binary("+", low, lowering.index(count)))


def _is_same(a: Value, b: Value) -> bool:
    """Whether two values are of one local."""
    match _unconverted(a), _unconverted(b):
        case Load(LocalPlace(one)), Load(LocalPlace(other)):
            return one == other
        case _:
            return False


def _unconverted(value: Value) -> Value:
    while isinstance(value, Convert) and isinstance(value.operand.type, IntType):
        value = value.operand
    return value


def _count(lowering: ConditionLowering, element: Type, size: Value) -> Value | None:
    """The number of elements of so many bytes."""
    unit = lowering.facts.types.layout.size_of(element)
    while isinstance(size, Convert) and size.type in (ULONG, USIZE) and _is_multiple(size.operand, unit):
        size = size.operand
    if unit == 1:
        return size
    match size:
        case IntConst(bytes) if bytes % unit == 0:
            return IntConst(bytes // unit, size.type, size.span)
        case Binary(BinaryOp.MUL, count, IntConst(number)) | Binary(BinaryOp.MUL, IntConst(number), count):
            return count if number == unit else None
        case _:
            return None


def _is_multiple(size: Value, unit: int) -> bool:
    """Whether the factors of a product are to be seen."""
    return unit != 1 and isinstance(size, Binary | IntConst)


def _is_number(value: Value, number: int) -> bool:
    return isinstance(value, IntConst) and value.value == number


def _is_short(lowering: ConditionLowering, value: Value) -> bool:
    """Whether a value can be written twice."""
    if any(isinstance(node, Call) or not isinstance(node.type, IntType | EnumType) for node in walk(value) if isinstance(node, Value)):
        return False
    return len(print_expr(lowering.index(value))) <= _LONGEST

