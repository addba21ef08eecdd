"""Conversions (C11 6.3): lvalues to values, promotions, the usual arithmetic conversions, casts, assignment."""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import addresses
from c2rust_py.frontend.elaborate.c_types import (
    VariableArray,
    erase,
    is_arithmetic,
    is_complex,
    is_integer,
    is_pointer,
    is_record,
    is_scalar,
    is_void,
    pointer_to,
    spell,
    unqualified,
)
from c2rust_py.frontend.elaborate.compatible import compatible
from c2rust_py.frontend.elaborate.complex_numbers import made, part_of
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.folding import convert_number
from c2rust_py.frontend.elaborate.operands import (
    FunctionDesignator,
    Literal,
    Lvalue,
    Operand,
    Rvalue,
    floating,
    integer,
)
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    BlockValue,
    Compare,
    CompareOp,
    Convert,
    Decay,
    DerefPlace,
    FloatConst,
    IntConst,
    Load,
    RecordValue,
    Spelling,
    Truncate,
    UnsupportedValue,
    Value,
    ZeroValue,
)
from c2rust_py.ir.types import (
    DOUBLE,
    INT,
    UINT,
    ArrayType,
    ComplexType,
    FloatKind,
    FloatType,
    IntKind,
    IntType,
    PointerType,
    RecordType,
    Type,
    VaListType,
    VoidType,
)


def to_rvalue(cx: Context, operand: Operand) -> Rvalue:
    """The value of an expression: lvalue conversion, and arrays and functions become pointers (C11 6.3.2.1)."""
    match operand:
        case Rvalue():
            return operand
        case FunctionDesignator(value, type, _):
            return Rvalue(value, PointerType(type))
        case Literal(value, type, _):
            if not isinstance(unqualified(type), ArrayType):
                return Rvalue(value, unqualified(type))
            return to_rvalue(cx, materialise(cx, operand))
        case Lvalue(place, type, span, width):
            inner = unqualified(type)
            if isinstance(inner, ArrayType):
                return Rvalue(decay(operand), PointerType(inner.element))
            if not cx.is_complete(inner):
                if isinstance(inner, VoidType):
                    return Rvalue(Convert(IntConst(0, INT, span), inner, span), inner)
                cx.fail(Code.INCOMPLETE_TYPE, f"a value of the incomplete type '{spell(inner)}' is used", span)
            value = Load(place, erase(inner), span)
            kind = cx.integer_type(inner).kind if is_integer(inner) else None
            return bit_field_value(cx, Rvalue(value, inner), width if kind is not None else None)


def bit_field_value(cx: Context, operand: Rvalue, width: int | None) -> Rvalue:
    """A bit-field's value promotes by its width (C11 6.3.1.1); gcc keeps one wider than an int at that many bits."""
    if width is None:
        return operand
    kind = cx.integer_type(operand.type).kind
    if kind is IntKind.BOOL:
        return operand
    if width <= 32:
        return convert(cx, operand, UINT if width == 32 and not kind.signed else INT)
    return replace(operand, width=width if width < kind.bits else None)


def materialise(cx: Context, literal: Literal) -> Lvalue:
    """The object of a compound literal: a hidden local, filled where the expression stands."""
    place = cx.hoist(literal.type, literal.span, "literal")
    fill = Assign(place, literal.value, literal.span)
    address = AddressOf(place, pointer_to(literal.type), literal.span)
    filled = BlockValue((fill,), address, address.type, literal.span)
    return Lvalue(DerefPlace(filled, erase(literal.type), literal.span), literal.type, literal.span)


def decay(array: Lvalue) -> Value:
    """An array object as the pointer to its first element; a variable array's place is a pointer's target already."""
    inner = unqualified(array.type)
    assert isinstance(inner, ArrayType)
    if isinstance(inner, VariableArray):
        assert isinstance(array.place, DerefPlace)
        return array.place.pointer
    return Decay(array.place, pointer_to(inner.element), array.span)


def promote(cx: Context, operand: Rvalue) -> Rvalue:
    """The integer promotions; anything else stays as it is."""
    if not is_integer(operand.type):
        return operand
    kind = cx.integer_type(operand.type).kind
    return convert(cx, operand, INT if kind.rank < IntKind.INT.rank else IntType(kind))


def promote_argument(cx: Context, operand: Rvalue) -> Rvalue:
    """The default argument promotions (C11 6.5.2.2 paragraph 6)."""
    inner = unqualified(operand.type)
    if isinstance(inner, FloatType) and inner.kind is FloatKind.FLOAT:
        return convert(cx, operand, DOUBLE)
    return promote(cx, operand)


def usual_type(cx: Context, left: Type, right: Type) -> Type:
    """The common type of two arithmetic types (C11 6.3.1.8)."""
    left, right = unqualified(left), unqualified(right)
    kinds = [type.kind for type in (left, right) if isinstance(type, FloatType | ComplexType)]
    if kinds:
        kind = max(kinds, key=lambda k: k.size)
        return ComplexType(kind) if is_complex(left) or is_complex(right) else FloatType(kind)
    a, b = _promoted(cx.integer_type(left).kind), _promoted(cx.integer_type(right).kind)
    if a is b:
        return IntType(a)
    if a.signed == b.signed:
        return IntType(a if a.rank > b.rank else b)
    unsigned, signed = (b, a) if a.signed else (a, b)
    if unsigned.rank >= signed.rank:
        return IntType(unsigned)
    if signed.bits > unsigned.bits:
        return IntType(signed)
    return IntType(IntKind.ULLONG if signed is IntKind.LLONG else IntKind.ULONG)


def _promoted(kind: IntKind) -> IntKind:
    return kind if kind.rank >= IntKind.INT.rank else IntKind.INT


def usual_conversions(cx: Context, left: Rvalue, right: Rvalue) -> tuple[Rvalue, Rvalue, int | None]:
    """Both operands in their common type, and its precision where a wide bit-field sets one."""
    type = usual_type(cx, left.type, right.type)
    width = _common_width(cx, left, right) if is_integer(type) and (left.width or right.width) else None
    return convert(cx, left, type), convert(cx, right, type), width


def _common_width(cx: Context, left: Rvalue, right: Rvalue) -> int | None:
    precision = max(operand.width or max(cx.integer_type(operand.type).kind.bits, 32) for operand in (left, right))
    return precision if precision < cx.integer_type(usual_type(cx, left.type, right.type)).kind.bits else None


def narrow(operand: Rvalue, width: int | None) -> Rvalue:
    """A result of gcc's arithmetic on bit-fields wider than an int: it has only `width` bits."""
    if width is None:
        return operand
    return Rvalue(Truncate(operand.value, width, operand.value.type, operand.span), operand.type, width=width)


def convert(cx: Context, operand: Rvalue, type: Type) -> Rvalue:
    """A conversion to a scalar type (or of a record to itself), implicit or cast; constants fold."""
    type = unqualified(type)
    source, target = erase(operand.type), erase(type)
    if isinstance(type, VoidType):
        return Rvalue(Convert(operand.value, type, operand.span), type)
    if is_complex(operand.type) or is_complex(type):
        return _convert_complex(cx, operand, type)
    if operand.constant is not None and is_arithmetic(type):
        return _convert_constant(cx, operand, operand.constant, type)
    if is_pointer(type):
        return _convert_to_pointer(operand, type)
    if is_pointer(operand.type) and is_integer(type):
        address = addresses.known_address(cx, operand.value)
        if address is not None and address.symbol is None:
            return constant_operand(cx.integer_type(type).kind.wrap(address.offset), type, operand.span)
    if source == target:
        return Rvalue(operand.value, type, operand.constant, False, operand.width if type == operand.type else None)
    return Rvalue(Convert(operand.value, target, operand.span), type)


def _convert_complex(cx: Context, operand: Rvalue, type: Type) -> Rvalue:
    """A conversion where one side is complex: a real number gets the imaginary part 0, a complex one loses its own."""
    span = operand.span
    if isinstance(type, ComplexType):
        if erase(operand.type) == type:
            return Rvalue(operand.value, type)
        if is_complex(operand.type):
            return Rvalue(Convert(operand.value, type, span), type)
        real = convert(cx, operand, FloatType(type.kind))
        return made(real.value, FloatConst(0.0, FloatType(type.kind), span), type, span)
    if is_integer(type) and cx.integer_type(type).kind is IntKind.BOOL:
        zero = ZeroValue(erase(operand.type), span)
        truth = Compare(CompareOp.NE, operand.value, zero, INT, span)
        return Rvalue(Convert(truth, erase(type), span), type)
    return convert(cx, part_of(operand, "real"), type)


def _convert_to_pointer(operand: Rvalue, type: Type) -> Rvalue:
    target = erase(type)
    assert isinstance(type, PointerType)
    if operand.null or isinstance(operand.value, ZeroValue):
        null = operand.null and type.target == VoidType()
        return Rvalue(ZeroValue(target, operand.span), type, null=null)
    if operand.constant == 0 and is_integer(operand.type):
        return Rvalue(ZeroValue(target, operand.span), type)
    if operand.value.type == target:
        return Rvalue(operand.value, type)
    return Rvalue(Convert(operand.value, target, operand.span), type)


def _convert_constant(cx: Context, operand: Rvalue, constant: float, type: Type) -> Rvalue:
    """An arithmetic constant in another type. A tree that shows names is converted as a tree."""
    name = operand.value.name if isinstance(operand.value, IntConst | FloatConst) else None
    value = convert_number(cx, constant, type)
    tree = not isinstance(operand.value, IntConst | FloatConst)
    if tree or (name is not None and value != constant):
        if erase(operand.type) == erase(type):
            return Rvalue(operand.value, type, value)
        return Rvalue(Convert(operand.value, erase(type), operand.span), type, value, _is_zero(type, value))
    if name is not None and isinstance(constant, float) != isinstance(value, float):
        return Rvalue(Convert(operand.value, erase(type), operand.span), type, value)
    spelling = operand.value.spelling if isinstance(operand.value, IntConst) else Spelling.COMPUTED
    return constant_operand(value, type, operand.span, name, spelling)


def constant_operand(
    value: float, type: Type, span: Span, name: str | None = None, spelling: Spelling = Spelling.COMPUTED
) -> Rvalue:
    """A constant of an arithmetic type; an integer zero is a null pointer constant."""
    if isinstance(value, float):
        return floating(value, type, span, name)
    result = integer(value, type, span, name, spelling)
    return Rvalue(result.value, type, value, value == 0)


def _is_zero(type: Type, value: float) -> bool:
    return is_integer(type) and value == 0


def convert_for_assignment(cx: Context, operand: Rvalue, type: Type, span: Span) -> Rvalue:
    """The conversion of assignment, initialisation, argument passing and return (C11 6.5.16.1)."""
    target, source = unqualified(type), unqualified(operand.type)
    match target, source:
        case (RecordType(), _) | (_, RecordType()):
            if target == source:
                return operand
        case VaListType(), VaListType():
            return operand
        case PointerType(), PointerType():
            return convert(cx, operand, target)
        case (PointerType(), _) if is_integer(source):
            if not operand.null:
                cx.warn(Code.TYPE_MISMATCH, f"an integer becomes a '{spell(target)}' without a cast", span)
            return convert(cx, operand, target)
        case (_, PointerType()) if is_integer(target):
            if cx.integer_type(target).kind is not IntKind.BOOL:
                cx.warn(Code.TYPE_MISMATCH, f"a pointer becomes '{spell(target)}' without a cast", span)
            return convert(cx, operand, target)
        case _ if is_arithmetic(target) and is_arithmetic(source):
            return convert(cx, operand, target)
        case PointerType(VaListType()), VaListType():
            return operand
    cx.fail(Code.TYPE_MISMATCH, f"a value of type '{spell(source)}' does not fit '{spell(target)}'", span)


def cast(cx: Context, operand: Rvalue, type: Type, span: Span) -> Rvalue:
    """An explicit cast (C11 6.5.4), and GNU C's casts of a record to its own type, and of a member's type to a union."""
    target, source = unqualified(type), unqualified(operand.type)
    if is_void(target) or (is_record(target) and target == source):
        return convert(cx, operand, target) if is_void(target) else operand
    if is_scalar(target) and is_scalar(source):
        mixed = (is_pointer(target) and isinstance(source, FloatType)) or (
            is_pointer(source) and isinstance(target, FloatType)
        )
        if not mixed:
            return replace(_without_name_change(convert(cx, operand, target), operand), width=None)
    if isinstance(target, VaListType) and isinstance(source, VaListType):
        return operand
    if isinstance(target, RecordType) and cx.records[target.id].is_union:
        fields = cx.records[target.id].fields or ()
        for index, field in enumerate(fields):
            if erase(field.type) == erase(source):
                members = tuple(operand.value if i == index else None for i in range(len(fields)))
                return Rvalue(RecordValue(members, target, span), target)
    cx.fail(Code.TYPE_MISMATCH, f"'{spell(source)}' cannot be cast to '{spell(target)}'", span)


def _without_name_change(result: Rvalue, operand: Rvalue) -> Rvalue:
    """A cast of a null pointer constant to an integer type keeps being one; `(void *)0` too; other pointers are not."""
    if operand.null and is_integer(result.type):
        return Rvalue(result.value, result.type, result.constant, True)
    return result


def unsupported(cx: Context, code: Code, reason: str, type: Type, span: Span) -> Rvalue:
    """A value that makes its function a stub."""
    cx.note_unsupported(code, f"{reason} is not translated", span)
    return Rvalue(UnsupportedValue(str(code), f"{reason} is not translated", erase(type), span), unqualified(type))


def same_pointer_target(cx: Context, left: Type, right: Type) -> bool:
    """Whether two pointer types point to compatible types, qualifiers aside."""
    a, b = unqualified(left), unqualified(right)
    return (
        isinstance(a, PointerType)
        and isinstance(b, PointerType)
        and compatible(cx, unqualified(a.target), unqualified(b.target), ignore_quals=True)
    )


def require_scalar(cx: Context, operand: Rvalue, what: str) -> Rvalue:
    """Fails where a condition or operand is not a scalar."""
    if not is_scalar(operand.type):
        cx.fail(Code.TYPE_MISMATCH, f"{what} has type '{spell(operand.type)}', which is not a scalar", operand.span)
    return operand
