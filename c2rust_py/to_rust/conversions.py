"""Lowering of conversions between scalar types (C11 6.3), as SEMANTICS.md decides them."""

from __future__ import annotations

from c2rust_py.ir.nodes import Binary, BinaryOp, Compare, Convert, IntConst, Load, Logical, Not, Value
from c2rust_py.ir.types import (
    ComplexType,
    FloatType,
    FunctionType,
    IntKind,
    PointerType,
    Type,
    VoidType,
)
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_type
from c2rust_py.to_rust.literals import int_literal, with_suffix
from c2rust_py.to_rust.values import ValueLowering, is_null_constant

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
        narrow = self.narrow_arithmetic(operand, target)
        if narrow is not None:
            return narrow
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
        left = self.narrow_operand(operand.left, kind)
        right = self.narrow_operand(operand.right, kind)
        if left is None or right is None or isinstance(left, rs.Literal):
            return None
        op = _NARROW[operand.op]
        return rs.MethodCall(left, op, (right,)) if op.startswith("wrapping") else rs.Binary(op, left, right)

    def narrow_operand(self, value: Value, kind: IntKind) -> rs.Expr | None:
        """A promoted value of the same width as `kind`, or a constant that fits, in the narrow Rust type."""
        match value:
            case Convert(Load() as inner):
                inner_kind = self.facts.types.int_kind(inner.type)
                rust = self.facts.types.value(inner.type)
                same = inner_kind is not None and rust == rs.PathType(_rust_narrow(kind))
                return self.value(inner) if same else None
            case IntConst(number, name=None) if 0 <= number <= min(kind.maximum, 127):
                return rs.Literal(str(number))
            case _:
                return None

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


def _rust_narrow(kind: IntKind) -> str:
    unsigned = {1: "u8", 2: "u16"}[kind.size]
    signed = {1: "i8", 2: "i16"}[kind.size]
    return signed if kind.signed and kind is not IntKind.CHAR else unsigned

