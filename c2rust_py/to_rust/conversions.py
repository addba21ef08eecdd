"""Lowering of conversions between scalar types (C11 6.3), as SEMANTICS.md decides them."""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.ir.nodes import (
    Binary,
    BinaryOp,
    Compare,
    Conditional,
    Convert,
    IntConst,
    Logical,
    Not,
    Spelling,
    Unary,
    UnaryOp,
    Value,
)
from c2rust_py.ir.types import (
    ComplexType,
    FloatType,
    FunctionType,
    IntKind,
    IntType,
    PointerType,
    Type,
    VoidType,
)
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_type
from c2rust_py.to_rust.conditions import is_null_constant
from c2rust_py.to_rust.literals import int_constant, int_literal, is_anchored, with_suffix
from c2rust_py.to_rust.values import WRAPPING, ValueLowering

_NARROW = {
    BinaryOp.ADD: "wrapping_add",
    BinaryOp.SUB: "wrapping_sub",
    BinaryOp.MUL: "wrapping_mul",
    BinaryOp.AND: "&",
    BinaryOp.OR: "|",
    BinaryOp.XOR: "^",
}


class ConversionLowering(ValueLowering):
    """Conversions."""

    def conversion(self, value: Convert, typed: bool) -> rs.Expr:
        operand, target = value.operand, value.type
        source = operand.type
        if isinstance(target, ComplexType):
            rust = self.frame.rust_type(target)
            same = rust == self.facts.types.value(source)
            return self.value(operand) if same else rs.Call(rs.Name(f"{_turbofish(rust)}::from"), (self.value(operand),))
        if isinstance(target, VoidType):
            return self.value(operand)
        if isinstance(target, PointerType):
            return self.to_pointer(operand, target, typed)
        if self.facts.types.int_kind(target) is IntKind.BOOL:
            return self.condition(operand)
        if isinstance(operand, Compare | Logical | Not):
            return self.from_bool(self.condition(operand), target)
        if isinstance(source, PointerType | FunctionType):
            address = rs.MethodCall(self.value(operand), "to_int")
            return self.cast(address, rs.PathType("u64"), target)
        if self.facts.types.int_kind(source) is IntKind.BOOL:
            return self.from_bool(self.value(operand), target)
        if isinstance(operand, Conditional) and self.facts.types.int_kind(target) is not None:
            branches = (Convert(branch, target, value.span) for branch in (operand.then, operand.otherwise))
            return self.value(replace(operand, then=next(branches), otherwise=next(branches), type=target), typed)
        kind = self.facts.types.int_kind(target)
        if isinstance(operand, IntConst) and operand.name is None and kind is not None:
            return self.constant(replace(operand, value=kind.wrap(operand.value), type=target), typed)
        narrow = self.narrow_arithmetic(operand, target)
        if narrow is not None:
            return narrow
        if self.is_wrapping_signed(operand, target):
            return self.wrapping_signed(operand, target, typed)
        if isinstance(operand, IntConst) and operand.name is None and isinstance(target, FloatType):
            digits = rs.Literal(f"{abs(operand.value)}.0")
            return rs.Unary("-", digits) if operand.value < 0 else digits
        return self.cast_value(operand, target, typed)

    def cast_value(self, operand: Value, target: Type, typed: bool = False) -> rs.Expr:
        """A cast between numbers. Plain char is a u8 that has to be seen as i8 where it widens. Literals without a suffix
        would take the type of a cast, not be cast to it."""
        to_kind, from_kind = self.facts.types.int_kind(target), self.facts.types.int_kind(operand.type)
        if to_kind is not None and from_kind is not None:
            operand = self.through_widening(operand, to_kind)
            from_kind = self.facts.types.int_kind(operand.type)
            if isinstance(operand, IntConst) and operand.name is None:
                return self.constant(IntConst(to_kind.wrap(operand.value), target, operand.span), typed)
        rust_from, rust_to = self.facts.types.value(operand.type), self.facts.types.value(target)
        expr = self.value(operand)
        if rust_from != rust_to and isinstance(rust_from, rs.PathType):
            expr = with_suffix(expr, rust_from.name)
        if from_kind is IntKind.CHAR and rust_to not in (rs.PathType("u8"), rs.PathType("i8")):
            expr = rs.Cast(expr, rs.PathType("i8"))
            rust_from = rs.PathType("i8")
        return expr if rust_from == rust_to else rs.Cast(expr, rust_to)

    def through_widening(self, operand: Value, target: IntKind) -> Value:
        """Skips a conversion between integers whose result is then cut to no more than what went in."""
        while isinstance(operand, Convert) and not isinstance(operand.operand, Compare | Logical | Not):
            inner = self.facts.types.int_kind(operand.operand.type)
            outer = self.facts.types.int_kind(operand.type)
            if inner is None or outer is None or inner is IntKind.BOOL or outer is IntKind.BOOL:
                break
            keeps = outer.minimum <= inner.minimum and inner.maximum <= outer.maximum
            if not keeps and not (target.size <= inner.size and target.size <= outer.size):
                break
            operand = operand.operand
        return operand

    def cast(self, expr: rs.Expr, rust_from: rs.Type, target: Type) -> rs.Expr:
        rust_to = self.facts.types.value(target)
        return expr if rust_from == rust_to else rs.Cast(expr, rust_to)

    def from_bool(self, condition: rs.Expr, target: Type) -> rs.Expr:
        rust = self.facts.types.value(target)
        assert isinstance(rust, rs.PathType)
        if isinstance(target, FloatType):
            return rs.Call(rs.Name(f"{rust.name}::from"), (rs.Call(rs.Name("u8::from"), (condition,)),))
        return rs.Call(rs.Name(f"{rust.name}::from"), (condition,))

    def narrow_arithmetic(self, operand: Value, target: Type) -> rs.Expr | None:
        """`(T)((int)a op (int)b)` of a narrow type T is arithmetic that wraps in T: the low bits are the same."""
        kind = self.facts.types.int_kind(target)
        if kind is None or kind.size >= 4 or not isinstance(operand, Binary) or operand.op not in _NARROW:
            return None
        narrow = rs.PathType(_rust_narrow(kind))
        return self.narrow(operand, kind, narrow) if self.has_narrow_part(operand, narrow) else None

    def is_wrapping_signed(self, operand: Value, target: Type) -> bool:
        """Whether it is `(int)((unsigned)a op (unsigned)b)`, which is how C says that a signed operation wraps."""
        match operand:
            case Binary(op, left, right, type) if op in WRAPPING and self.is_sign_change(type, target):
                return any(self.is_sign_changed(side, target) for side in (left, right))
            case Unary(UnaryOp.NEGATE, inner, type) if self.is_sign_change(type, target):
                return self.is_sign_changed(inner, target)
            case _:
                return False

    def is_sign_change(self, source: Type, target: Type) -> bool:
        """Whether two types are an unsigned and a signed integer of one size, of those that arithmetic is done in."""
        from_kind, to_kind = self.facts.types.int_kind(source), self.facts.types.int_kind(target)
        if from_kind is None or to_kind is None or from_kind.size != to_kind.size or to_kind.size < 4:
            return False
        return to_kind.signed and not from_kind.signed

    def is_sign_changed(self, value: Value, signed: Type) -> bool:
        """Whether some part of unsigned arithmetic was signed before."""
        match value:
            case Convert(inner):
                return self.facts.types.value(inner.type) == self.facts.types.value(signed)
            case Binary(op, left, right) if op in WRAPPING:
                return self.is_sign_changed(left, signed) or self.is_sign_changed(right, signed)
            case Unary(UnaryOp.NEGATE, inner):
                return self.is_sign_changed(inner, signed)
            case _:
                return False

    def wrapping_signed(self, value: Value, signed: Type, typed: bool) -> rs.Expr:
        """Unsigned arithmetic in the signed type of the same size: the same bits."""
        match value:
            case Binary(op, left, right) if op in WRAPPING:
                if isinstance(left, IntConst) and op is not BinaryOp.SUB:
                    left, right = right, left
                argument = self.wrapping_signed(right, signed, typed=True)
                return rs.MethodCall(self.signed_receiver(left, signed), WRAPPING[op], (argument,))
            case Unary(UnaryOp.NEGATE, inner):
                return rs.MethodCall(self.signed_receiver(inner, signed), "wrapping_neg")
            case Convert(inner) if self.facts.types.value(inner.type) == self.facts.types.value(signed):
                return self.value(inner, typed)
            case _:
                return self.conversion(Convert(value, signed, value.span), typed)

    def signed_receiver(self, value: Value, signed: Type) -> rs.Expr:
        """What a method is called on: a literal needs its type there."""
        expr, rust = self.wrapping_signed(value, signed, typed=False), self.facts.types.value(signed)
        return with_suffix(expr, rust.name) if isinstance(rust, rs.PathType) else expr

    def has_narrow_part(self, value: Value, narrow: rs.Type) -> bool:
        """Whether something in the arithmetic is of the narrow type before its promotion."""
        match value:
            case Binary(op, left, right) if op in _NARROW:
                return self.has_narrow_part(left, narrow) or self.has_narrow_part(right, narrow)
            case Convert(inner):
                return self.promoted_from(value) is not None and self.facts.types.value(inner.type) == narrow
            case IntConst(spelling=Spelling.CHARACTER):
                return narrow == rs.PathType("u8")
            case _:
                return False

    def narrow(self, value: Value, kind: IntKind, narrow: rs.PathType) -> rs.Expr:
        """The low bits of a value in the narrow type."""
        match value:
            case Binary(op, left, right) if op in _NARROW:
                lowered = self.narrow(left, kind, narrow), self.narrow(right, kind, narrow)
                method = _NARROW[op]
                if not method.startswith("wrapping"):
                    return rs.Binary(method, *lowered)
                if not is_anchored(lowered[0]) and op is not BinaryOp.SUB:
                    lowered = lowered[1], lowered[0]
                receiver = lowered[0] if is_anchored(lowered[0]) else rs.Cast(lowered[0], narrow)
                return rs.MethodCall(receiver, method, (lowered[1],))
            case IntConst(number, name=None):
                return int_constant(replace(value, value=_wrap(number, kind)), narrow.name, typed=True)
            case Convert(inner) if self.promoted_from(value) is not None and self.facts.types.value(inner.type) == narrow:
                return self.value(inner)
            case _:
                return self.cast_value(value, IntType(kind))

    def to_pointer(self, operand: Value, target: PointerType, typed: bool) -> rs.Expr:
        """Conversions to a pointer type: from null, from integers, and between pointers to data and to code."""
        if is_null_constant(operand) or (isinstance(operand, IntConst) and operand.value == 0):
            return self.null(target, typed)
        to_code = isinstance(target.target, FunctionType)
        if not isinstance(operand.type, PointerType):
            bits = self.cast_value_to_u64(operand)
            return rs.Call(rs.Name(self.pointer_path(target, typed, "from_int")), (bits,))
        from_code = isinstance(operand.type.target, FunctionType)
        rust_from, rust_to = self.frame.rust_type(operand.type), self.frame.rust_type(target)
        if rust_from == rust_to:
            return self.value(operand, typed)
        while isinstance(operand, Convert) and isinstance(operand.operand.type, PointerType):
            if isinstance(operand.operand.type.target, FunctionType) != from_code:
                break
            operand = operand.operand
        if self.frame.rust_type(operand.type) == rust_to:
            return self.value(operand, typed)
        method = "to_fn" if to_code and not from_code else "to_ptr" if from_code and not to_code else "cast"
        assert isinstance(rust_to, rs.PathType)
        return self.pointer_method(self.value(operand), method, rust_to.args[0], typed)

    def cast_value_to_u64(self, operand: Value) -> rs.Expr:
        kind = self.facts.types.int_kind(operand.type)
        if kind is IntKind.BOOL:
            return rs.Call(rs.Name("u64::from"), (self.value(operand),))
        if isinstance(operand, IntConst):
            return int_literal(operand.value % (1 << 64), "u64", typed=True)
        expr = self.value(operand)
        if kind is IntKind.CHAR:
            expr = rs.Cast(expr, rs.PathType("i8"))
        return expr if self.facts.types.value(operand.type) == rs.PathType("u64") else rs.Cast(expr, rs.PathType("u64"))


def _turbofish(type: rs.Type) -> str:
    """A generic type as the start of a path: `Complex::<f64>`."""
    return print_type(type).replace("<", "::<", 1)


def _wrap(number: int, kind: IntKind) -> int:
    """The number as it is stored in the narrow type; plain char is a byte."""
    return number & 0xFF if kind is IntKind.CHAR else kind.wrap(number)


def _rust_narrow(kind: IntKind) -> str:
    unsigned = {1: "u8", 2: "u16"}[kind.size]
    signed = {1: "i8", 2: "i16"}[kind.size]
    return signed if kind.signed and kind is not IntKind.CHAR else unsigned

