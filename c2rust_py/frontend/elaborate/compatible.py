"""Compatible and composite types (C11 6.2.7)."""

from __future__ import annotations

from c2rust_py.frontend.elaborate.c_types import VariableArray, is_integer, quals_of, unqualified
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.ir.types import (
    ArrayType,
    EnumType,
    FloatKind,
    FloatType,
    FunctionType,
    IntKind,
    IntType,
    PointerType,
    Qualified,
    RecordType,
    Type,
)


def compatible(cx: Context, left: Type, right: Type, ignore_quals: bool = False) -> bool:
    """Whether two types are compatible; `ignore_quals` forgets those at the top level."""
    if not ignore_quals and quals_of(left) != quals_of(right):
        return False
    match unqualified(left), unqualified(right):
        case PointerType(a), PointerType(b):
            return compatible(cx, a, b)
        case ArrayType(a, n), ArrayType(b, m):
            known = n is not None and m is not None
            return (not known or n == m) and compatible(cx, a, b, ignore_quals)
        case FunctionType() as a, FunctionType() as b:
            return _compatible_functions(cx, a, b)
        case RecordType(a), RecordType(b):
            return a == b
        case (EnumType(), IntType()) | (IntType(), EnumType()):
            return cx.integer_type(left) == cx.integer_type(right)
        case a, b:
            return a == b


def _compatible_functions(cx: Context, left: FunctionType, right: FunctionType) -> bool:
    if not compatible(cx, left.result, right.result, ignore_quals=True):
        return False
    if left.prototyped and right.prototyped:
        if left.variadic != right.variadic or len(left.params) != len(right.params):
            return False
        pairs = zip(left.params, right.params, strict=True)
        return all(compatible(cx, a, b, ignore_quals=True) for a, b in pairs)
    known = left if left.prototyped else right
    return not known.prototyped or (not known.variadic and all(_promotes_to_itself(cx, param) for param in known.params))


def _promotes_to_itself(cx: Context, type: Type) -> bool:
    inner = unqualified(type)
    if isinstance(inner, FloatType):
        return inner.kind is not FloatKind.FLOAT
    return not is_integer(inner) or cx.integer_type(inner).kind.rank >= IntKind.INT.rank


def composite(cx: Context, left: Type, right: Type) -> Type:
    """The composite of two compatible types: what both declarations together say."""
    match left, right:
        case Qualified(), _:
            return left if unqualified(left) == unqualified(right) else _requalify(left, cx, right)
        case PointerType(a), PointerType(b):
            return PointerType(composite(cx, a, b))
        case VariableArray(), ArrayType(_, length) if length is None:
            return left
        case ArrayType(a, n), ArrayType(b, m):
            return right if n is None and isinstance(right, VariableArray) else ArrayType(
                composite(cx, a, b), m if n is None else n
            )  # fmt: skip
        case FunctionType() as a, FunctionType() as b:
            return _composite_functions(cx, a, b)
        case _:
            return left


def _requalify(left: Qualified, cx: Context, right: Type) -> Type:
    inner = composite(cx, unqualified(left), unqualified(right))
    return inner if isinstance(inner, ArrayType) else Qualified(inner, left.quals)


def _composite_functions(cx: Context, left: FunctionType, right: FunctionType) -> FunctionType:
    if not right.prototyped:
        return left
    if not left.prototyped:
        return right
    params = tuple(composite(cx, a, unqualified(b)) for a, b in zip(left.params, right.params, strict=True))
    return FunctionType(composite(cx, left.result, right.result), params, left.variadic)
