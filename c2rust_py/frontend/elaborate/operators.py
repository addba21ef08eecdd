"""Operators on values: arithmetic, comparison, pointers, logic, with constants folded as gcc folds them."""

from __future__ import annotations

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate.addresses import known_address
from c2rust_py.frontend.elaborate.c_types import (
    VariableArray,
    erase,
    is_arithmetic,
    is_complex,
    is_integer,
    is_pointer,
    is_void,
    qualify,
    quals_of,
    spell,
    unqualified,
)
from c2rust_py.frontend.elaborate.compatible import composite
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import (
    constant_operand,
    convert,
    narrow,
    promote,
    require_scalar,
    same_pointer_target,
    usual_conversions,
    usual_type,
)
from c2rust_py.frontend.elaborate.folding import COMPARE, fold_binary
from c2rust_py.frontend.elaborate.operands import Rvalue, is_named
from c2rust_py.ir.nodes import (
    Binary,
    BinaryOp,
    Builtin,
    Compare,
    CompareOp,
    Conditional,
    Load,
    LocalPlace,
    Logical,
    LogicalOp,
    Not,
    PointerAdd,
    PointerDiff,
    Unary,
    UnaryOp,
    Value,
)
from c2rust_py.ir.types import (
    INT,
    LONG,
    ULONG,
    VOID,
    VOID_POINTER,
    ComplexType,
    FloatType,
    FunctionType,
    IntKind,
    PointerType,
    Type,
    VoidType,
)

_SHIFTS = (BinaryOp.SHL, BinaryOp.SHR)
_BITWISE = (BinaryOp.AND, BinaryOp.OR, BinaryOp.XOR, BinaryOp.REM)


def binary(cx: Context, op: BinaryOp, left: Rvalue, right: Rvalue, span: Span) -> Rvalue:
    """`left op right` for everything but comparisons and logic."""
    if op in (BinaryOp.ADD, BinaryOp.SUB) and (is_pointer(left.type) or is_pointer(right.type)):
        return _pointer_arithmetic(cx, op, left, right, span)
    integers_only = op in _SHIFTS or op in _BITWISE
    fits = is_integer if integers_only else is_arithmetic
    if not (fits(left.type) and fits(right.type)):
        _mismatch(cx, op.value, left, right, span)
    if op in _SHIFTS:
        return _shift(cx, op, left, right, span)
    if is_complex(left.type) or is_complex(right.type):
        common = usual_type(cx, left.type, right.type)
        assert isinstance(common, ComplexType) and not integers_only
        return _complex_binary(cx, op, left, right, common, span)
    left, right, width = usual_conversions(cx, left, right)
    constant = fold_binary(cx, op, left, right)
    node = Binary(op, left.value, right.value, erase(left.type), span)
    return narrow(_folded(node, left.type, constant, left, right), width)


def _complex_binary(cx: Context, op: BinaryOp, left: Rvalue, right: Rvalue, type: ComplexType, span: Span) -> Rvalue:
    """`left op right`. gcc keeps a real operand real, so that no infinity meets a zero that C did not write; only a
    divisor that is complex makes its dividend complex too."""
    real = FloatType(type.kind)
    keeps_left = not is_complex(left.type) and op is not BinaryOp.DIV
    left = convert(cx, left, real if keeps_left else type)
    right = convert(cx, right, type if is_complex(right.type) else real)
    return Rvalue(Binary(op, left.value, right.value, type, span), type)


def _mismatch(cx: Context, op: str, left: Rvalue, right: Rvalue, span: Span) -> None:
    cx.fail(Code.TYPE_MISMATCH, f"'{op}' does not fit '{spell(left.type)}' and '{spell(right.type)}'", span)


def _folded(node: Value, type: Type, constant: float | None, *operands: Rvalue) -> Rvalue:
    """The node, or its constant value where no operand has a name to show."""
    if constant is None:
        return Rvalue(node, type)
    if any(is_named(operand) for operand in operands):
        return Rvalue(node, type, constant, constant == 0 and is_integer(type))
    return constant_operand(constant, type, node.span)


def _shift(cx: Context, op: BinaryOp, left: Rvalue, right: Rvalue, span: Span) -> Rvalue:
    width = left.width
    left, right = promote(cx, left), promote(cx, right)
    constant: int | None = None
    if isinstance(left.constant, int) and isinstance(right.constant, int):
        kind = cx.integer_type(left.type).kind
        if 0 <= right.constant < kind.bits:
            shifted = left.constant << right.constant if op is BinaryOp.SHL else left.constant >> right.constant
            constant = kind.wrap(shifted)
    node = Binary(op, left.value, right.value, erase(left.type), span)
    return narrow(_folded(node, left.type, constant, left, right), width)


def compare(cx: Context, op: CompareOp, left: Rvalue, right: Rvalue, span: Span) -> Rvalue:
    """A comparison; pointers are brought to one type."""
    if is_arithmetic(left.type) and is_arithmetic(right.type):
        left, right, _ = usual_conversions(cx, left, right)
        if is_complex(left.type) and op not in (CompareOp.EQ, CompareOp.NE):
            _mismatch(cx, op.value, left, right, span)
    else:
        left, right = _common_pointers(cx, op.value, left, right, span)
    constant: int | None = None
    if left.constant is not None and right.constant is not None:
        constant = int(COMPARE[op](left.constant, right.constant))
    node = Compare(op, left.value, right.value, INT, span)
    return _folded(node, INT, constant, left, right)


def _common_pointers(cx: Context, op: str, left: Rvalue, right: Rvalue, span: Span) -> tuple[Rvalue, Rvalue]:
    """Two operands of `==` and the like, at least one a pointer, in one pointer type (C11 6.5.8, 6.5.9)."""
    if not is_pointer(left.type) or not is_pointer(right.type):
        pointer, other = (left, right) if is_pointer(left.type) else (right, left)
        if not is_pointer(pointer.type) or not is_integer(other.type):
            _mismatch(cx, op, left, right, span)
        if not other.null:
            cx.warn(Code.TYPE_MISMATCH, "a pointer is compared with an integer", span)
        return convert(cx, left, pointer.type), convert(cx, right, pointer.type)
    if left.null or _points_to_void(right.type):
        return convert(cx, left, right.type), right
    return left, convert(cx, right, left.type)


def _points_to_void(type: Type) -> bool:
    inner = unqualified(type)
    return isinstance(inner, PointerType) and is_void(inner.target)


def _pointer_arithmetic(cx: Context, op: BinaryOp, left: Rvalue, right: Rvalue, span: Span) -> Rvalue:
    if is_pointer(left.type) and is_pointer(right.type):
        if op is BinaryOp.ADD:
            _mismatch(cx, op.value, left, right, span)
        return _pointer_difference(cx, left, right, span)
    if is_integer(left.type) and op is BinaryOp.ADD:
        left, right = right, left
    if not is_pointer(left.type) or not is_integer(right.type):
        _mismatch(cx, op.value, left, right, span)
    return pointer_add(cx, left, right, op is BinaryOp.SUB, span)


def pointer_add(cx: Context, pointer: Rvalue, offset: Rvalue, negative: bool, span: Span) -> Rvalue:
    """`pointer + offset`, scaled by hand where it points to arrays of variable length."""
    inner = unqualified(pointer.type)
    assert isinstance(inner, PointerType)
    if not cx.is_complete(inner.target) and not isinstance(unqualified(inner.target), VoidType | FunctionType):
        cx.fail(Code.INCOMPLETE_TYPE, f"arithmetic on '{spell(inner)}', whose target is incomplete", span)
    offset = promote(cx, offset)
    if isinstance(unqualified(inner.target), VariableArray):
        offset = binary(cx, BinaryOp.MUL, convert(cx, offset, LONG), convert(cx, element_count(cx, inner.target, span), LONG), span)
    target = erase(inner)
    assert isinstance(target, PointerType)
    return Rvalue(PointerAdd(pointer.value, offset.value, negative, target, span), inner)


def _pointer_difference(cx: Context, left: Rvalue, right: Rvalue, span: Span) -> Rvalue:
    inner = unqualified(left.type)
    assert isinstance(inner, PointerType)
    if not same_pointer_target(cx, left.type, right.type):
        cx.warn(Code.TYPE_MISMATCH, "pointers to different types are subtracted", span)
    if not cx.is_complete(inner.target) and not isinstance(unqualified(inner.target), VoidType | FunctionType):
        cx.fail(Code.INCOMPLETE_TYPE, f"arithmetic on '{spell(inner)}', whose target is incomplete", span)
    from_start, to_start = known_address(cx, left.value), known_address(cx, right.value)
    if from_start is not None and to_start is not None and from_start.symbol == to_start.symbol:
        size = cx.size_of(inner.target, span)
        return constant_operand((from_start.offset - to_start.offset) // (size or 1), LONG, span)
    right = convert(cx, right, left.type)
    difference = Rvalue(PointerDiff(left.value, right.value, LONG, span), LONG)
    if isinstance(unqualified(inner.target), VariableArray):
        return binary(cx, BinaryOp.DIV, difference, convert(cx, element_count(cx, inner.target, span), LONG), span)
    return difference


def element_count(cx: Context, type: Type, span: Span) -> Rvalue:
    """How many of its innermost fixed elements a variable array has, as an unsigned long."""
    inner = unqualified(type)
    if not isinstance(inner, VariableArray):
        return constant_operand(1, ULONG, span)
    if inner.length is not None:
        count = constant_operand(inner.length, ULONG, span)
    elif inner.count is not None:
        count = Rvalue(Load(LocalPlace(inner.count, ULONG, span), ULONG, span), ULONG)
    else:
        cx.fail(Code.INCOMPLETE_TYPE, "the length of a '[*]' array is needed", span)
    if not isinstance(unqualified(inner.element), VariableArray):
        return count
    return binary(cx, BinaryOp.MUL, count, element_count(cx, inner.element, span), span)


def run_time_size(cx: Context, type: Type, span: Span) -> Rvalue:
    """sizeof: an unsigned long, a constant unless the type is a variable array."""
    inner = unqualified(type)
    if not isinstance(inner, VariableArray):
        return constant_operand(cx.size_of(inner, span), ULONG, span)
    element: Type = inner
    while isinstance(element, VariableArray):
        element = unqualified(element.element)
    size = constant_operand(cx.size_of(element, span), ULONG, span)
    return binary(cx, BinaryOp.MUL, element_count(cx, inner, span), size, span)


def negate(cx: Context, operand: Rvalue, span: Span) -> Rvalue:
    """Unary minus."""
    if not is_arithmetic(operand.type):
        cx.fail(Code.TYPE_MISMATCH, f"'-' does not fit '{spell(operand.type)}'", span)
    width = operand.width
    operand = promote(cx, operand)
    constant: int | float | None = None
    if operand.constant is not None:
        constant = -operand.constant
        if isinstance(constant, int):
            constant = cx.integer_type(operand.type).kind.wrap(constant)
    node = Unary(UnaryOp.NEGATE, operand.value, erase(operand.type), span)
    return narrow(_folded(node, operand.type, constant, operand), width)


def complement(cx: Context, operand: Rvalue, span: Span) -> Rvalue:
    """`~operand`; of a complex number, its conjugate."""
    if is_complex(operand.type):
        return Rvalue(Builtin("conj", (operand.value,), erase(operand.type), span), unqualified(operand.type))
    if not is_integer(operand.type):
        cx.fail(Code.TYPE_MISMATCH, f"'~' does not fit '{spell(operand.type)}'", span)
    width = operand.width
    operand = promote(cx, operand)
    constant = None
    if isinstance(operand.constant, int):
        constant = cx.integer_type(operand.type).kind.wrap(~operand.constant)
    node = Unary(UnaryOp.COMPLEMENT, operand.value, erase(operand.type), span)
    return narrow(_folded(node, operand.type, constant, operand), width)


def logical_not(cx: Context, operand: Rvalue, span: Span) -> Rvalue:
    """`!operand`."""
    require_scalar(cx, operand, "the operand of '!'")
    constant = None if operand.constant is None else int(operand.constant == 0)
    return _folded(Not(operand.value, INT, span), INT, constant, operand)


def logical(cx: Context, op: LogicalOp, left: Rvalue, right: Rvalue, span: Span) -> Rvalue:
    """`&&` and `||`; a constant left operand can settle it."""
    require_scalar(cx, left, f"an operand of '{op.value}'")
    require_scalar(cx, right, f"an operand of '{op.value}'")
    settled = op is LogicalOp.OR
    node = Logical(op, left.value, right.value, INT, span)
    if left.constant is not None and bool(left.constant) == settled:
        if is_named(left):
            return Rvalue(node, INT, int(settled))
        return constant_operand(int(settled), INT, span)
    if left.constant is not None and right.constant is not None:
        return _folded(node, INT, int(right.constant != 0), left, right)
    return Rvalue(node, INT)


def conditional(cx: Context, condition: Rvalue, then: Rvalue, otherwise: Rvalue, span: Span) -> Rvalue:
    """`condition ? then : otherwise` (C11 6.5.15)."""
    require_scalar(cx, condition, "a condition")
    type = conditional_type(cx, then, otherwise, span)
    width = then.width if then.width == otherwise.width else None
    then, otherwise = convert_branch(cx, then, type), convert_branch(cx, otherwise, type)
    node = Conditional(condition.value, then.value, otherwise.value, erase(type), span)
    if condition.constant is None:
        return Rvalue(node, type, width=width)
    chosen = then if condition.constant else otherwise
    if is_named(condition):
        null = chosen.null and is_integer(type)
        return Rvalue(node, type, chosen.constant, null, width)
    return chosen


def convert_branch(cx: Context, branch: Rvalue, type: Type) -> Rvalue:
    """A branch of a conditional in the result's type; records stay as they are."""
    if is_void(type) and is_void(branch.type):
        return branch
    return convert(cx, branch, type)


def conditional_type(cx: Context, then: Rvalue, otherwise: Rvalue, span: Span) -> Type:
    """The type of a conditional with these branches."""
    left, right = unqualified(then.type), unqualified(otherwise.type)
    if is_arithmetic(left) and is_arithmetic(right):
        return usual_type(cx, left, right)
    if is_void(left) or is_void(right):
        return VOID
    if isinstance(left, PointerType) and isinstance(right, PointerType):
        return _conditional_pointer(cx, then, otherwise)
    if isinstance(left, PointerType) and is_integer(right):
        return left
    if isinstance(right, PointerType) and is_integer(left):
        return right
    if left != right:
        cx.fail(Code.TYPE_MISMATCH, f"the branches of '?:' are '{spell(left)}' and '{spell(right)}'", span)
    return left


def _conditional_pointer(cx: Context, then: Rvalue, otherwise: Rvalue) -> Type:
    left, right = unqualified(then.type), unqualified(otherwise.type)
    assert isinstance(left, PointerType) and isinstance(right, PointerType)
    if then.null:
        return right
    if otherwise.null:
        return left
    quals = quals_of(left.target) | quals_of(right.target)
    if _points_to_void(left) or _points_to_void(right):
        return PointerType(qualify(VOID, quals))
    if same_pointer_target(cx, left, right):
        return PointerType(qualify(composite(cx, unqualified(left.target), unqualified(right.target)), quals))
    return VOID_POINTER


def truth(cx: Context, operand: Rvalue) -> Value:
    """The value of a condition: any scalar."""
    return require_scalar(cx, operand, "a condition").value



def as_index(cx: Context, offset: Rvalue) -> Value:
    """An array subscript as `IndexPlace` wants it: a long, or an unsigned long where C's type is one."""
    offset = promote(cx, offset)
    kind = cx.integer_type(offset.type).kind
    wide_unsigned = not kind.signed and kind.rank >= IntKind.LONG.rank
    return convert(cx, offset, ULONG if wide_unsigned else LONG).value
