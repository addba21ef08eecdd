"""Lowering of conditions: C's scalars that are asked whether they are zero, and its comparisons, as `bool`."""

from __future__ import annotations

from abc import abstractmethod

from c2rust_py.ir.nodes import (
    BlockValue,
    Borrow,
    Compare,
    CompareOp,
    Conditional,
    Convert,
    IntConst,
    IsPresent,
    Load,
    Logical,
    LogicalOp,
    Not,
    Statement,
    Value,
    ZeroValue,
)
from c2rust_py.ir.types import (
    INT,
    ArrayType,
    ComplexType,
    FloatType,
    FunctionType,
    IdType,
    IntKind,
    PointerType,
    Type,
    VoidType,
)
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.literals import byte_literal, int_constant
from c2rust_py.to_rust.places import PlaceLowering
from c2rust_py.to_rust.range_tests import conditions, joined, negated, tests_range
from c2rust_py.to_rust.slice_copies import slices_differ

_FLIPPED = {
    CompareOp.EQ: CompareOp.NE,
    CompareOp.NE: CompareOp.EQ,
    CompareOp.LT: CompareOp.GE,
    CompareOp.LE: CompareOp.GT,
    CompareOp.GT: CompareOp.LE,
    CompareOp.GE: CompareOp.LT,
}


def _without_pointer_casts(value: Value) -> Value:
    """A pointer before it was converted to other pointer types: null stays null."""
    while isinstance(value, Convert) and isinstance(value.type, PointerType) and isinstance(value.operand.type, PointerType):
        value = value.operand
    return value


def is_null_constant(value: Value) -> bool:
    """Whether a pointer value is the null pointer constant."""
    match value:
        case ZeroValue(type):
            return isinstance(type, PointerType | IdType)
        case IntConst(0, type):
            return isinstance(type, PointerType)
        case Convert(operand, PointerType()):
            return is_null_constant(operand) or (isinstance(operand, IntConst) and operand.value == 0)
        case _:
            return False


class ConditionLowering(PlaceLowering):
    """Conditions and comparisons."""

    @abstractmethod
    def block(self, body: tuple[Statement, ...], tail: Value | None, as_condition: bool = False) -> rs.Block:
        """Statements and a tail value (as a `bool` where asked) as a Rust block."""

    @abstractmethod
    def operands(self, left: Value, right: Value, typed: bool) -> tuple[rs.Expr, rs.Expr]:
        """Two operands of one operator, of which one at least shows the type."""

    @abstractmethod
    def zero(self, type: Type) -> rs.Expr:
        """The all-zero value of a type."""

    def condition(self, value: Value) -> rs.Expr:
        """Whether a scalar is not zero, as a `bool`."""
        match value:
            case Compare(op, left, right):
                return self.comparison(op, left, right)
            case Logical(op):
                return joined(op, conditions(self, value))
            case Not(operand):
                return self.negation(operand)
            case Convert(operand, type) if self.converts_truth(operand, type):
                return self.condition(operand)
            case IntConst(number):
                return rs.Literal("true" if number else "false", suffixed=True)
            case BlockValue(body, tail) if tail is not None:
                return rs.BlockExpr(self.block(body, tail, as_condition=True))
            case Conditional(test, then, otherwise):
                branches = rs.Block((), self.condition(then)), rs.Block((), self.condition(otherwise))
                return rs.If(self.condition(test), branches[0], rs.BlockExpr(branches[1]))
            case _:
                return self.nonzero(value)

    def converts_truth(self, operand: Value, type: Type) -> bool:
        """Whether a conversion to `type` keeps zero and non-zero apart: widening, or to _Bool."""
        inner, outer = self.facts.types.int_kind(operand.type), self.facts.types.int_kind(type)
        if outer is IntKind.BOOL and not isinstance(operand.type, VoidType):
            return not isinstance(operand.type, ComplexType)
        return inner is not None and outer is not None and outer.size >= inner.size

    def nonzero(self, value: Value) -> rs.Expr:
        if isinstance(value.type, PointerType | ArrayType | FunctionType | IdType):
            return negated(self.null_test(_without_pointer_casts(value)))
        differ = slices_differ(self, value)
        if differ is not None:
            return differ
        expr = self.value(value)
        if self.facts.types.int_kind(value.type) is IntKind.BOOL:
            return expr
        if isinstance(value.type, ComplexType):
            return rs.Binary("!=", expr, self.zero(value.type))
        zero = rs.Literal("0.0") if isinstance(value.type, FloatType) else rs.Literal("0")
        return rs.Binary("!=", expr, zero)

    def negation(self, value: Value) -> rs.Expr:
        """`!value` as a `bool`; integer comparisons turn round, those of floats must not (NaN)."""
        match value:
            case Compare(op, left, right) if not isinstance(left.type, FloatType):
                return self.comparison(_FLIPPED[op], left, right)
            case Compare(CompareOp.EQ | CompareOp.NE as op, left, right):
                return self.comparison(_FLIPPED[op], left, right)
            case Not(operand):
                return self.condition(operand)
            case BlockValue(body, tail) if tail is not None:
                return rs.BlockExpr(self.block(body, Not(tail, INT, value.span), as_condition=True))
            case Logical(op, left, right):
                flipped = LogicalOp.OR if op is LogicalOp.AND else LogicalOp.AND
                if tests_range(self, value):
                    return negated(self.condition(value))
                if self.negates_well(left) and self.negates_well(right):
                    return rs.Binary(flipped.value, self.negation(left), self.negation(right))
                return rs.Unary("!", self.condition(value))
            case Convert(operand, type) if self.converts_truth(operand, type):
                return self.negation(operand)
            case IntConst(number):
                return rs.Literal("false" if number else "true", suffixed=True)
            case IsPresent(Borrow()):
                return negated(self.value(value))
            case IsPresent(operand):
                return rs.MethodCall(self.value(operand), "is_none")
            case _:
                return negated(self.condition(value))

    def negates_well(self, value: Value) -> bool:
        """Whether the negation of a condition is as short as the condition."""
        match value:
            case Compare(op, left, _):
                return not isinstance(left.type, FloatType) or op in (CompareOp.EQ, CompareOp.NE)
            case Not() | Load():
                return True
            case _ if isinstance(value.type, PointerType | IdType):
                return True
            case _:
                return False

    def comparison(self, op: CompareOp, left: Value, right: Value) -> rs.Expr:
        if op in (CompareOp.EQ, CompareOp.NE):
            for pointer, other in ((left, right), (right, left)):
                if is_null_constant(other) and isinstance(pointer.type, PointerType | IdType):
                    test = self.null_test(_without_pointer_casts(pointer))
                    return negated(test) if op is CompareOp.NE else test
            truth = self.truth_test(op, left, right)
            if truth is not None:
                return truth
            if self.is_truth(left) and self.is_truth(right):
                return rs.Binary(op.value, self.condition(left), self.condition(right))
            differ = slices_differ(self, left) if isinstance(right, IntConst) and right.value == 0 else None
            if differ is not None:
                return rs.Binary(op.value, differ.left, differ.right)
        narrowed = self.narrow_comparison(op, left, right)
        if narrowed is not None:
            return narrowed
        if isinstance(left.type, PointerType):
            bare = _without_pointer_casts(left), _without_pointer_casts(right)
            if bare[0].type == bare[1].type:
                return rs.Binary(op.value, self.value(bare[0]), self.value(bare[1]))
            return rs.Binary(op.value, self.value(left, typed=True), self.value(right))
        lowered = self.operands(left, right, typed=False)
        return rs.Binary(op.value, *lowered)

    def is_truth(self, value: Value) -> bool:
        """Whether a number is the result of a comparison, or a `_Bool`."""
        while isinstance(value, Convert) and self.converts_truth(value.operand, value.type):
            value = value.operand
        return isinstance(value, Compare | Logical | Not) or self.facts.types.int_kind(value.type) is IntKind.BOOL

    def truth_test(self, op: CompareOp, left: Value, right: Value) -> rs.Expr | None:
        """A comparison result or a `_Bool` that C compares with 0 again."""
        if not (isinstance(right, IntConst) and right.value == 0 and right.name is None):
            return None
        if self.is_truth(left):
            return self.condition(left) if op is CompareOp.NE else self.negation(left)
        return None

    def narrow_comparison(self, op: CompareOp, left: Value, right: Value) -> rs.Expr | None:
        """Two promoted operands of one narrow type, or one and a constant that fits, compared as they are."""
        if isinstance(left, IntConst) and not isinstance(right, IntConst):
            return None
        match left, right:
            case Convert(a), Convert(b) if a.type == b.type:
                kind = self.promoted_from(left)
                if kind is None or (kind is IntKind.CHAR and op not in (CompareOp.EQ, CompareOp.NE)):
                    return None
                return rs.Binary(op.value, self.value(a), self.value(b))
            case Convert(a), IntConst(number, name=None):
                kind = self.promoted_from(left)
                if kind is None or not kind.minimum <= number <= kind.maximum:
                    return None
                if kind is IntKind.CHAR:
                    if op not in (CompareOp.EQ, CompareOp.NE):
                        return None
                    return rs.Binary(op.value, self.value(a), byte_literal(number & 0xFF))
                rust = self.facts.types.value(a.type)
                assert isinstance(rust, rs.PathType)
                return rs.Binary(op.value, self.value(a), int_constant(right, rust.name, typed=True))
            case _:
                return None

    def promoted_from(self, value: Value) -> IntKind | None:
        """The kind below a promotion that keeps every value."""
        if not isinstance(value, Convert):
            return None
        inner, outer = self.facts.types.int_kind(value.operand.type), self.facts.types.int_kind(value.type)
        if inner is None or outer is None or inner is IntKind.BOOL:
            return None
        keeps = outer.minimum <= inner.minimum and inner.maximum <= outer.maximum
        return inner if keeps and inner.size < outer.size else None

    def null_test(self, pointer: Value) -> rs.Expr:
        """Whether a pointer is null."""
        return rs.MethodCall(self.value(pointer), "is_null")
