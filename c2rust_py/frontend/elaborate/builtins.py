"""GNU C's builtin functions: the ones that are constants, values, statements or plain C library calls."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import atomics, calls, declarators, expressions
from c2rust_py.frontend.elaborate.c_types import (
    erase,
    is_complex,
    is_float,
    is_integer,
    is_pointer,
    is_void,
    unqualified,
)
from c2rust_py.frontend.elaborate.complex_operands import complex_builtin
from c2rust_py.frontend.elaborate.context import Context, GlobalName
from c2rust_py.frontend.elaborate.conversions import (
    constant_operand,
    convert,
    convert_for_assignment,
    to_rvalue,
    unsupported,
)
from c2rust_py.frontend.elaborate.effects import effect_statements
from c2rust_py.frontend.elaborate.jumps import builtin_longjmp, builtin_setjmp
from c2rust_py.frontend.elaborate.library_types import LIBRARY_TYPES, NORETURN
from c2rust_py.frontend.elaborate.literals import integer_literal
from c2rust_py.frontend.elaborate.lvalues import bind, dereference, require_lvalue
from c2rust_py.frontend.elaborate.operands import Lvalue, Operand, Rvalue, floating
from c2rust_py.frontend.elaborate.operators import compare, conditional
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.ir.builtins import BUILTINS
from c2rust_py.ir.nodes import (
    Assign,
    BinaryOp,
    BlockValue,
    Builtin,
    CompareOp,
    Decay,
    Declare,
    Load,
    Overflowing,
    Place,
    Statement,
    StringPlace,
    VaArgValue,
    VaEnd,
    VaStart,
)
from c2rust_py.ir.types import (
    BOOL,
    DOUBLE,
    FLOAT,
    INT,
    LONG_DOUBLE,
    ULONG,
    VOID,
    VOID_POINTER,
    FloatKind,
    FloatType,
    IntKind,
    IntType,
    RecordType,
    Type,
    VaListType,
)

Handler = Callable[[Context, list[Any], Span], Rvalue]

_COMPARISONS = {
    "isgreater": CompareOp.GT,
    "isgreaterequal": CompareOp.GE,
    "isless": CompareOp.LT,
    "islessequal": CompareOp.LE,
}
_CLASSIFIERS = ("isnan", "isinf", "isinf_sign", "isfinite", "isnormal", "signbit")
_SUFFIXES = {FloatKind.FLOAT: "f", FloatKind.DOUBLE: "", FloatKind.LONG_DOUBLE: "l"}
_CHECKED = {
    "memcpy": (3,), "memmove": (3,), "memset": (3,), "mempcpy": (3,), "strcpy": (2,), "strncpy": (3,), "strcat": (2,),
    "strncat": (3,), "stpcpy": (2,), "sprintf": (1, 2), "snprintf": (2, 3), "vsprintf": (1, 2), "vsnprintf": (2, 3),
    "printf": (0,), "vprintf": (0,),
}  # fmt: skip
"""The arguments that `__builtin___NAME_chk` has on top of NAME's."""


def library_function(cx: Context, name: str, span: Span) -> GlobalName | None:
    """A function of the C library that gcc knows without a declaration."""
    known = cx.externs.get(name)
    if known is not None:
        return known
    plain = name.removeprefix("__builtin_")
    if plain != name and plain in LIBRARY_TYPES:
        return library_function(cx, plain, span)
    type = LIBRARY_TYPES.get(name)
    if type is None:
        return None
    entity = GlobalName(name, name, type, span, False, True, noreturn=name in NORETURN)
    cx.externs[name] = cx.globals[name] = entity
    return entity


def is_special(name: str) -> bool:
    """Whether calls of the name are made here."""
    return name.startswith(("__builtin_", "__atomic_", "__sync_")) or name == "alloca"


def builtin_call(cx: Context, name: str, args: list[Any], span: Span) -> Operand | None:
    """The call of a builtin; None where the name is an ordinary function's."""
    if name == "alloca":
        known = cx.lookup(name)
        if known is not None and not (isinstance(known, GlobalName) and not known.defined):
            return None
        name = "__builtin_alloca"
    if name.startswith(("__atomic_", "__sync_")):
        return atomics.atomic_call(cx, name, args, span)
    if not name.startswith("__builtin_"):
        return None
    stem = name.removeprefix("__builtin_")
    handler = _HANDLERS.get(stem) or _by_family(stem)
    if handler is not None:
        return handler(cx, args, span)
    if stem in LIBRARY_TYPES:
        return calls.call_library(cx, stem, [expressions.value(cx, arg) for arg in args], span)
    return unsupported(cx, Code.BUILTIN_MISSING, f"'{name}'", INT, span)


def _by_family(stem: str) -> Handler | None:
    """Builtins whose names are made of parts."""
    if stem in BUILTINS and stem.rstrip("fl") not in _CLASSIFIERS and stem != "isunordered":
        return lambda cx, args, span: _plain(cx, stem, args, span)
    for classifier in _CLASSIFIERS:
        if stem in (classifier, classifier + "f", classifier + "l"):
            return lambda cx, args, span: _classify(cx, stem, classifier, args, span)
    if stem in _COMPARISONS:
        return lambda cx, args, span: _compare(cx, _COMPARISONS[stem], args, span)
    checked = stem.removeprefix("__").removesuffix("_chk")
    if stem.startswith("__") and stem.endswith("_chk") and checked in _CHECKED:
        return lambda cx, args, span: _without_check(cx, checked, args, span)
    for op, operator in (("add", BinaryOp.ADD), ("sub", BinaryOp.SUB), ("mul", BinaryOp.MUL)):
        for prefix in ("", "s", "u"):
            for suffix in ("", "l", "ll"):
                if stem == f"{prefix}{op}{suffix}_overflow":
                    return lambda cx, args, span: _overflow(cx, operator, args, span)
        if stem == f"{op}_overflow_p":
            return lambda cx, args, span: _overflow_predicate(cx, operator, args, span)
    return None


def _values(cx: Context, args: list[Any], count: int, span: Span) -> list[Rvalue]:
    if len(args) < count:
        cx.fail(Code.CALL_MISMATCH, f"a builtin takes {count} arguments and gets {len(args)}", span)
    return [expressions.value(cx, arg) for arg in args]


def _plain(cx: Context, stem: str, args: list[Any], span: Span) -> Rvalue:
    signature = BUILTINS[stem]
    values = _values(cx, args, len(signature.params), span)
    converted = [convert_for_assignment(cx, v, t, span) for v, t in zip(values, signature.params, strict=True)]
    if all(isinstance(value.constant, int) for value in converted) and converted:
        folded = _folded(stem, [int(value.constant or 0) for value in converted], signature.params[0])
        if folded is not None:
            return constant_operand(folded, signature.result, span)
    node = Builtin(stem, tuple(value.value for value in converted), signature.result, span)
    return Rvalue(node, signature.result)


def _folded(stem: str, numbers: list[int], type: Type) -> int | None:
    """The bit builtins of a constant."""
    assert isinstance(type, IntType)
    bits, number = type.kind.bits, numbers[0] & ((1 << type.kind.bits) - 1)
    match stem.rstrip("l") if not stem.startswith("bswap") else "bswap":
        case "bswap":
            return int.from_bytes(number.to_bytes(bits // 8, "little"), "big")
        case "c" | "clz" if number:
            return bits - number.bit_length()
        case "ctz" if number:
            return (number & -number).bit_length() - 1
        case "popcount":
            return number.bit_count()
        case "parity":
            return number.bit_count() & 1
        case "ffs":
            return (number & -number).bit_length()
    return None


def _classify(cx: Context, stem: str, classifier: str, args: list[Any], span: Span) -> Rvalue:
    """The generic classifiers take any floating type."""
    operand = _values(cx, args, 1, span)[0]
    inner = unqualified(operand.type)
    if not isinstance(inner, FloatType):
        operand = convert(cx, operand, DOUBLE)
        inner = DOUBLE
    if stem != classifier:
        inner = FLOAT if stem.endswith("f") else LONG_DOUBLE
        operand = convert(cx, operand, inner)
    name = classifier + _SUFFIXES[inner.kind]
    return Rvalue(Builtin(name, (operand.value,), INT, span), INT)


def _compare(cx: Context, op: CompareOp, args: list[Any], span: Span) -> Rvalue:
    left, right = _values(cx, args, 2, span)
    return compare(cx, op, left, right, span)


def _is_unordered(cx: Context, args: list[Any], span: Span) -> Rvalue:
    left, right = (convert(cx, value, DOUBLE) for value in _values(cx, args, 2, span))
    return Rvalue(Builtin("isunordered", (left.value, right.value), INT, span), INT)


def _is_less_greater(cx: Context, args: list[Any], span: Span) -> Rvalue:
    """`islessgreater(a, b)`: ordered and different."""
    body: list[Statement] = []
    left, right = (bind(cx, convert(cx, value, DOUBLE), body) for value in _values(cx, args, 2, span))
    less, greater = compare(cx, CompareOp.LT, left, right, span), compare(cx, CompareOp.GT, left, right, span)
    result = conditional(cx, less, constant_operand(1, INT, span), greater, span)
    return Rvalue(BlockValue(tuple(body), result.value, INT, span), INT)


def _fpclassify(cx: Context, args: list[Any], span: Span) -> Rvalue:
    """`fpclassify(nan, infinite, normal, subnormal, zero, x)`."""
    values = _values(cx, args, 6, span)
    body: list[Statement] = []
    x = bind(cx, values[5] if is_float(values[5].type) else convert(cx, values[5], DOUBLE), body)
    inner = unqualified(x.type)
    assert isinstance(inner, FloatType)
    suffix = _SUFFIXES[inner.kind]

    def test(name: str) -> Rvalue:
        return Rvalue(Builtin(name + suffix, (x.value,), INT, span), INT)

    zero = compare(cx, CompareOp.EQ, x, floating(0.0, inner, span), span)
    result = conditional(cx, zero, values[4], values[3], span)
    for name, value in (("isnormal", values[2]), ("isinf", values[1]), ("isnan", values[0])):
        result = conditional(cx, test(name), value, result, span)
    return Rvalue(BlockValue(tuple(body), result.value, result.value.type, span), result.type)


def _without_check(cx: Context, name: str, args: list[Any], span: Span) -> Rvalue:
    kept = [arg for index, arg in enumerate(args) if index not in _CHECKED[name]]
    return calls.call_library(cx, name, [expressions.value(cx, arg) for arg in kept], span)


def _overflow(cx: Context, op: BinaryOp, args: list[Any], span: Span) -> Rvalue:
    left, right, target = _values(cx, args, 3, span)
    place = dereference(cx, target, span)
    assert isinstance(place, Lvalue)
    return Rvalue(Overflowing(op, left.value, right.value, place.place, BOOL, span), BOOL)


def _overflow_predicate(cx: Context, op: BinaryOp, args: list[Any], span: Span) -> Rvalue:
    left, right, like = _values(cx, args, 3, span)
    place = cx.temporary(like.type, span)
    body = (Declare(place.local, None, span),)
    value = Overflowing(op, left.value, right.value, place, BOOL, span)
    return Rvalue(BlockValue(body, value, BOOL, span), BOOL)



def _expect(cx: Context, args: list[Any], span: Span) -> Rvalue:
    return _first(cx, args, IntType(IntKind.LONG), span)


def _assume_aligned(cx: Context, args: list[Any], span: Span) -> Rvalue:
    return _first(cx, args, VOID_POINTER, span)


def _first(cx: Context, args: list[Any], type: Type, span: Span) -> Rvalue:
    """The first of the arguments, all of which are evaluated."""
    first, *others = _values(cx, args, 2, span)
    after = [statement for other in others for statement in effect_statements(other.value)]
    result = convert(cx, first, type)
    if not after:
        return result
    body: list[Statement] = []
    kept = bind(cx, result, body)
    return Rvalue(BlockValue((*body, *after), kept.value, kept.value.type, span), kept.type)


def _dropped(cx: Context, args: list[Any], span: Span) -> Rvalue:
    """A builtin without a meaning here; its operands' side effects stay."""
    body = [s for arg in args for s in effect_statements(expressions.value(cx, arg).value)]
    return Rvalue(BlockValue(tuple(body), None, VOID, span), VOID)


def _object_size(cx: Context, args: list[Any], span: Span) -> Rvalue:
    """gcc -O0 knows no sizes: all ones, or 0 for the minimum."""
    kind = expressions.constant_integer(cx, args[1])
    return constant_operand(0 if kind & 2 else ULONG.kind.maximum, ULONG, span)


def _constant_p(cx: Context, args: list[Any], span: Span) -> Rvalue:
    with cx.unevaluated():
        operand = expressions.expression(cx, args[0])
        value = to_rvalue(cx, operand)
    is_text = isinstance(value.value, Decay) and isinstance(value.value.place, StringPlace)
    return constant_operand(int(value.constant is not None or is_text), INT, span)


def _classify_type(cx: Context, args: list[Any], span: Span) -> Rvalue:
    """The number of the class that gcc's typeclass.h gives the operand's type after the default promotions."""
    with cx.unevaluated():
        type = unqualified(to_rvalue(cx, expressions.expression(cx, args[0])).type)
    classes = [(is_void, 0), (is_integer, 1), (is_pointer, 5), (is_float, 8), (is_complex, 9)]
    number = next((number for holds, number in classes if holds(type)), 12)
    if isinstance(type, RecordType) and cx.records[type.id].is_union:
        number = 13
    return constant_operand(number, INT, span)


def _alloca(cx: Context, args: list[Any], span: Span) -> Rvalue:
    return _plain(cx, "alloca", args[:1], span)


def _infinity(type: Type) -> Handler:
    return lambda cx, args, span: floating(math.inf, type, span)


def _not_a_number(type: FloatType) -> Handler:
    """`__builtin_nan("0x12")`: the NaN with that payload, as far as the type holds it."""
    bits = 22 if type.kind is FloatKind.FLOAT else 51

    def handle(cx: Context, args: list[Any], span: Span) -> Rvalue:
        spelling = args[0].value if args and isinstance(args[0], c_ast.Constant) else ""
        found = integer_literal(spelling.strip('"'))
        payload = (found[0] & (1 << bits) - 1) << 51 - bits if found is not None else 0
        (number,) = struct.unpack("<d", struct.pack("<Q", 0x7FF8 << 48 | payload))
        return floating(number, type, span)

    return handle


# ---- variable arguments ----


def _va_list_place(cx: Context, node: Any, span: Span) -> Place:
    """The va_list that an argument names, or that a pointer to one points to."""
    operand = expressions.expression(cx, node)
    if isinstance(unqualified(operand.type), VaListType):
        return require_lvalue(cx, operand, span).place
    if is_pointer(operand.type):
        target = dereference(cx, to_rvalue(cx, operand), span)
        if isinstance(target, Lvalue) and isinstance(unqualified(target.type), VaListType):
            return target.place
    cx.fail(Code.TYPE_MISMATCH, "a va_list is required here", span)


def va_arg(cx: Context, node: Any) -> Operand:
    """`va_arg(list, type)`."""
    span = span_of(cx, node)
    type = unqualified(declarators.type_name(cx, node.type))
    return Rvalue(VaArgValue(_va_list_place(cx, node.expr, span), erase(type), span), type)


def _block(span: Span, *body: Statement) -> Rvalue:
    return Rvalue(BlockValue(tuple(body), None, VOID, span), VOID)


def _va_start(cx: Context, args: list[Any], span: Span) -> Rvalue:
    return _block(span, VaStart(_va_list_place(cx, args[0], span), span))


def _va_end(cx: Context, args: list[Any], span: Span) -> Rvalue:
    return _block(span, VaEnd(_va_list_place(cx, args[0], span), span))


def _va_copy(cx: Context, args: list[Any], span: Span) -> Rvalue:
    target, source = _va_list_place(cx, args[0], span), _va_list_place(cx, args[1], span)
    return _block(span, Assign(target, Load(source, source.type, span), span))



_HANDLERS: dict[str, Handler] = {
    "va_start": _va_start,
    "va_end": _va_end,
    "va_copy": _va_copy,
    "complex": complex_builtin,
    "expect": _expect,
    "expect_with_probability": _expect,
    "assume_aligned": _assume_aligned,
    "speculation_safe_value": lambda cx, args, span: expressions.value(cx, args[0]),
    "prefetch": _dropped,
    "object_size": _object_size,
    "dynamic_object_size": _object_size,
    "classify_type": _classify_type,
    "constant_p": _constant_p,
    "setjmp": builtin_setjmp,
    "longjmp": builtin_longjmp,
    "alloca_with_align": _alloca,
    "isunordered": _is_unordered,
    "islessgreater": _is_less_greater,
    "fpclassify": _fpclassify,
    "huge_val": _infinity(DOUBLE),
    "huge_valf": _infinity(FLOAT),
    "huge_vall": _infinity(LONG_DOUBLE),
    "inf": _infinity(DOUBLE),
    "inff": _infinity(FLOAT),
    "infl": _infinity(LONG_DOUBLE),
    "nan": _not_a_number(DOUBLE),
    "nanf": _not_a_number(FLOAT),
    "nanl": _not_a_number(LONG_DOUBLE),
}
