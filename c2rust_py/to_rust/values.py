"""Lowering of values: each IR value as one Rust expression."""

from __future__ import annotations

from abc import abstractmethod

from c2rust_py.diagnostics import Code
from c2rust_py.ir.nodes import (
    AddressOf,
    Allocate,
    ArrayValue,
    Binary,
    BinaryOp,
    BlockValue,
    Borrow,
    Builtin,
    Call,
    Compare,
    Conditional,
    Convert,
    Decay,
    FloatConst,
    FunctionAddress,
    FunctionRef,
    Insert,
    IntConst,
    IsPresent,
    LabelAddress,
    Load,
    LocalPlace,
    Logical,
    MoveOptional,
    Not,
    Optional,
    Overflowing,
    Place,
    PointerAdd,
    PointerDiff,
    Reallocate,
    RecordValue,
    ReferentPlace,
    Remove,
    StringValue,
    Truncate,
    Unary,
    UnaryOp,
    UnsupportedValue,
    Unwrap,
    VaArgValue,
    Value,
    ZeroValue,
)
from c2rust_py.ir.types import (
    Access,
    ArrayType,
    ComplexType,
    FloatKind,
    FloatType,
    IdType,
    IntKind,
    OptionalType,
    OwnedType,
    PointerType,
    PoolType,
    RecordType,
    ReferenceType,
    Type,
)
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_type
from c2rust_py.to_rust.builtins import builtin_call
from c2rust_py.to_rust.conditions import ConditionLowering
from c2rust_py.to_rust.frame import Unsupported, code_of
from c2rust_py.to_rust.literals import byte_literal, float_literal, int_constant, int_literal, is_anchored, is_text
from c2rust_py.to_rust.places import without_deref

WRAPPING = {BinaryOp.ADD: "wrapping_add", BinaryOp.SUB: "wrapping_sub", BinaryOp.MUL: "wrapping_mul"}
_WRITTEN_OUT = 4
"""The zero of a plain struct of up to this many fields is a literal."""


def _has_length(place: Place) -> bool:
    """Whether a reference to an array, or to what a local owns, has another type than a slice."""
    if isinstance(place, ReferentPlace):
        return isinstance(place.base.type, OwnedType)
    return isinstance(place.type, ArrayType)


class ValueLowering(ConditionLowering):
    """Values."""

    @abstractmethod
    def call(self, call: Call) -> rs.Expr: ...

    @abstractmethod
    def aggregate(self, value: RecordValue | ArrayValue | StringValue) -> rs.Expr: ...

    def value(self, value: Value, typed: bool = False) -> rs.Expr:
        match value:
            case IntConst() | FloatConst() | ZeroValue():
                return self.constant(value, typed)
            case Load(place, type):
                return self.load(place, type)
            case AddressOf(place):
                return self.address(place, typed)
            case Decay(place):
                return self.decay(place, typed)
            case Borrow():
                return self.borrow(value)
            case Optional() | Unwrap() | IsPresent() | MoveOptional():
                return self.optional(value)
            case Allocate(count, filled, type):
                return self.allocate(count, filled, type)
            case Reallocate():
                return self.reallocate(value)
            case Insert(pool, init, type):
                object = self.zero(type.record) if init is None else self.value(init)
                return rs.MethodCall(self.path(pool), "insert", (object,))
            case Remove(pool, id):
                return rs.MethodCall(self.path(pool), "remove", (self.value(id),))
            case FunctionRef() | FunctionAddress():
                return self.function_pointer(value)
            case Unary() | Binary() | PointerAdd() | PointerDiff() | Truncate():
                return self.arithmetic(value, typed)
            case Compare() | Logical() | Not():
                return rs.Call(rs.Name("i32::from"), (self.condition(value),))
            case Convert():
                return self.conversion(value, typed)
            case Conditional(test, then, otherwise):
                if isinstance(value.type, ReferenceType) and value.type.is_slice:
                    branches = self.slice(then), self.value(otherwise)
                else:
                    branches = self.operands(then, otherwise, typed)
                blocks = rs.Block((), branches[0]), rs.BlockExpr(rs.Block((), branches[1]))
                return rs.If(self.condition(test), *blocks)
            case BlockValue(body, tail):
                return rs.BlockExpr(self.block(body, tail))
            case Call():
                return self.call(value)
            case RecordValue() | ArrayValue() | StringValue():
                return self.aggregate(value)
            case _:
                return self.rare(value)

    def slice(self, value: Value) -> rs.Expr:
        """A loan of elements with a type that has no length in it, to which Rust takes arrays of other lengths that are chosen
        instead."""
        if isinstance(value, Borrow) and value.start is None and _has_length(value.place):
            method = "as_mut_slice" if value.type.access is Access.MUTABLE else "as_slice"
            return rs.MethodCall(self.base_path(value.place), method)
        made = self.value(value)
        if isinstance(value, Borrow) and value.type.access is Access.SHARED and made == self.mutable_reference(value.place):
            return rs.Borrow(rs.Unary("*", made))
        return made

    def mutable_reference(self, place: Place) -> rs.Expr | None:
        """The parameter that a place is all of what it may write to."""
        match place:
            case ReferentPlace(LocalPlace(_, ReferenceType(_, Access.MUTABLE, False)) as param):
                return self.reference(param)
            case _:
                return None

    def allocate(self, count: Value | None, filled: bool, type: OwnedType) -> rs.Expr:
        """New elements or one new object, all zero; no elements for None. filled: at least one."""
        match type.target:
            case ArrayType(_, None) if count is None or (isinstance(count, IntConst) and count.value == 0):
                return rs.Call(rs.Name("Vec::new"), ())
            case ArrayType(element, None):
                assert count is not None
                number = self.value(count, typed=True)
                if filled:
                    number = rs.MethodCall(number, "max", (rs.Literal("1"),))
                return rs.VecRepeat(self.stored_zero(element), number)
            case target:
                return rs.Call(rs.Name("Box::new"), (self.stored_zero(target),))

    def reallocate(self, value: Reallocate) -> rs.Expr:
        """Elements become more or fewer."""
        place = value.place
        assert isinstance(place.type, OwnedType) and isinstance(place.type.target, ArrayType)
        elements = (self.value(value.count, typed=True), self.stored_zero(place.type.target.element))
        if value.filled:
            return rs.Call(rs.Name("c2rs_rt::slices::reallocate"), (rs.Borrow(self.path(place), mutable=True), *elements))
        return rs.MethodCall(self.path(place), "resize", elements)

    def optional(self, value: Optional | Unwrap | IsPresent | MoveOptional) -> rs.Expr:
        """Positions that may be missing."""
        match value:
            case Optional(None):
                return rs.Name("None")
            case Optional(inner):
                assert inner is not None
                return rs.Call(rs.Name("Some"), (self.value(inner, typed=True),))
            case Unwrap(operand):
                return rs.MethodCall(without_deref(self.value(operand)), "unwrap")
            case IsPresent(Borrow(place)) if isinstance(place, ReferentPlace) and isinstance(place.base.type, OwnedType):
                return rs.Unary("!", rs.MethodCall(self.base_path(place), "is_empty"))
            case IsPresent(operand):
                return rs.MethodCall(without_deref(self.value(operand)), "is_some")
            case MoveOptional(operand, start):
                found = self.frame.own("at")
                moved = rs.Binary("+", self.value(start, typed=True), rs.Name(found))
                return rs.MethodCall(self.value(operand), "map", (rs.Closure(((found, None),), moved),))

    def rare(self, value: Value) -> rs.Expr:
        match value:
            case Builtin(name, args):
                return builtin_call(self, name, args, value.type, value.span)
            case Overflowing():
                return self.overflowing(value)
            case VaArgValue(list, type):
                return self.va_arg(list, type)
            case UnsupportedValue(code, reason):
                raise Unsupported(code_of(code), reason, value.span)
            case LabelAddress():
                raise Unsupported(Code.COMPUTED_GOTO, "the address of a label is used as a value", value.span)
            case _:
                raise AssertionError(f"no case for {value}")

    def overflowing(self, value: Overflowing) -> rs.Expr:
        """`__builtin_add_overflow` and its like: in the result's type where the operands have it, else in i128."""
        target = self.facts.types.value(value.result.type)
        operands = [self.facts.types.value(operand.type) for operand in (value.left, value.right)]
        method = {"+": "overflowing_add", "-": "overflowing_sub", "*": "overflowing_mul"}[value.op.value]
        exact = rs.Name(self.frame.own("exact"))
        if operands == [target, target] and not self.is_char(value.left.type):
            pair: rs.Expr = rs.MethodCall(self.receiver(value.left), method, (self.value(value.right, typed=True),))
            result: rs.Expr = rs.FieldAccess(exact, "0")
            wrapped: rs.Expr = rs.FieldAccess(exact, "1")
        else:
            wide = rs.PathType("i128")
            if wide in (target, *operands) or rs.PathType("u128") in (target, *operands):
                raise Unsupported(Code.BUILTIN_MISSING, "an overflow builtin mixes __int128 with other types", value.span)
            left, right = (self.widened(operand) for operand in (value.left, value.right))
            pair = rs.MethodCall(left, method, (right,))
            number = rs.FieldAccess(exact, "0")
            result = rs.Cast(number, target)
            lost = rs.Binary("!=", rs.Cast(result, wide), number)
            wrapped = rs.Binary("||", rs.FieldAccess(exact, "1"), lost)
        statements = (rs.Let(exact.text, None, pair), rs.ExprStatement(self.store(value.result, result)))
        return rs.BlockExpr(rs.Block(statements, wrapped))

    def widened(self, operand: Value) -> rs.Expr:
        if isinstance(operand, IntConst) and operand.name is None:
            return int_literal(operand.value, "i128", typed=False)
        expr = self.value(operand)
        if self.is_char(operand.type):
            expr = rs.Cast(expr, rs.PathType("i8"))
        return rs.Cast(expr, rs.PathType("i128"))

    @abstractmethod
    def va_arg(self, list: Place, type: Type) -> rs.Expr: ...

    @abstractmethod
    def function_pointer(self, value: FunctionRef | FunctionAddress) -> rs.Expr: ...

    def constant(self, value: IntConst | FloatConst | ZeroValue, typed: bool) -> rs.Expr:
        if isinstance(value, IntConst | FloatConst) and value.name is not None:
            named = self.named(value)
            if named is not None:
                return named
        rust = self.facts.types.value(value.type)
        match value, value.type:
            case (ZeroValue() | IntConst(value=0)), PointerType():
                return self.null(value.type, typed)
            case IntConst(number), PointerType():
                address = int_literal(number % (1 << 64), "u64", typed=True)
                return rs.Call(rs.Name(self.pointer_path(value.type, typed, "from_int")), (address,))
            case ZeroValue(), FloatType():
                assert isinstance(rust, rs.PathType)
                return float_literal(0.0, rust.name, typed)
            case FloatConst(number), _:
                assert isinstance(rust, rs.PathType)
                return float_literal(number, rust.name, typed)
            case IntConst(number), _ if self.is_char(value.type) and is_text(number):
                return byte_literal(number)
            case IntConst(), _:
                assert isinstance(rust, rs.PathType)
                return int_constant(value, rust.name, typed)
            case ZeroValue(), _ if self.facts.types.int_kind(value.type) is not None:
                assert isinstance(rust, rs.PathType)
                return int_literal(0, rust.name, typed)
            case _:
                return self.zero(value.type)

    def named(self, constant: IntConst | FloatConst) -> rs.Expr | None:
        """A kept macro or an enumerator by its name, cast where its own type is another."""
        declared = self.facts.constant_types.get(constant.name or "")
        name = self.facts.names.constants.get(constant.name or "")
        if declared is None or name is None:
            return None
        path = rs.Name(self.frame.import_item(name))
        rust = self.facts.types.value(constant.type)
        if isinstance(constant.type, PointerType):
            return None
        if rust == rs.PathType("bool"):
            return rs.Literal("true" if constant.value else "false", suffixed=True)
        return path if declared == rust else rs.Cast(path, rust)

    def pointer_path(self, type: Type, typed: bool, item: str) -> str:
        """An associated item of a pointer type, with its target where the surroundings do not tell."""
        rust = self.frame.rust_type(type)
        assert isinstance(rust, rs.PathType)
        return f"{rust.name}::{item}" if typed else f"{rust.name}::<{print_type(rust.args[0])}>::{item}"

    def null(self, type: Type, typed: bool) -> rs.Expr:
        return rs.Name(self.pointer_path(type, typed, "NULL"))

    def zero(self, type: Type) -> rs.Expr:
        """The all-zero value of a type."""
        match type:
            case PointerType():
                return self.null(type, typed=True)
            case IdType():
                self.frame.import_type("Id")
                return rs.Name("Id::NULL")
            case PoolType():
                self.frame.import_type("Pool")
                return rs.Call(rs.Name("Pool::new"), ())
            case OptionalType():
                return rs.Name("None")
            case ReferenceType(optional=True):
                return rs.Name("None")
            case ReferenceType(ArrayType(_, None)):
                return rs.Borrow(rs.ArrayLiteral(()))
            case ReferenceType(target):
                return rs.Borrow(self.zero(target))
            case OwnedType() as owned:
                return self.allocate(None, False, owned)
            case FloatType(FloatKind.LONG_DOUBLE):
                return rs.Literal("0.0")
            case FloatType():
                return rs.Literal("0.0")
            case ComplexType():
                self.frame.import_type("Complex")
                return rs.Call(rs.Name("Complex::new"), (rs.Literal("0.0"), rs.Literal("0.0")))
            case ArrayType(element, length):
                return rs.ArrayRepeat(self.stored_zero(element), length or 0)
            case RecordType():
                return self._zero_record(type)
            case _:
                rust = self.frame.rust_type(type)
                assert isinstance(rust, rs.PathType)
                if self.facts.types.int_kind(type) is not None:
                    return int_literal(0, rust.name, typed=True)
                return rs.Name(f"{rust.name}::ZERO")

    def _zero_record(self, type: RecordType) -> rs.Expr:
        """A small plain struct is written out."""
        rust = self.frame.rust_type(type)
        assert isinstance(rust, rs.PathType)
        fields = self.facts.program.records[type.id].fields or ()
        if type.id in self.facts.memory_records or len(fields) > _WRITTEN_OUT:
            return rs.Name(f"{rust.name}::ZERO")
        names = (self.facts.names.fields[type.id, index] for index in range(len(fields)))
        return rs.StructLiteral(rust.name, tuple((n, self.stored_zero(f.type)) for n, f in zip(names, fields, strict=True)))

    def stored_zero(self, type: Type) -> rs.Expr:
        """The zero of a field or element."""
        return self.wrapped(self.zero(type), type)

    def receiver(self, value: Value) -> rs.Expr:
        """A number that a method is called on: a literal must say its type there."""
        expr = self.value(value)
        rust = self.facts.types.value(value.type)
        if is_anchored(expr) or not isinstance(rust, rs.PathType):
            return expr
        match expr:
            case rs.Literal(text):
                return rs.Literal(f"{text}{rust.name}", suffixed=True)
            case rs.Unary("-", rs.Literal(text)):
                return rs.Unary("-", rs.Literal(f"{text}{rust.name}", suffixed=True))
            case _:
                return rs.Cast(expr, rust)

    # ---- arithmetic

    def operands(self, left: Value, right: Value, typed: bool) -> tuple[rs.Expr, rs.Expr]:
        """Two operands of one type; literals get a suffix only where nothing else fixes the type."""
        pair = self.value(left, typed=True), self.value(right, typed=True)
        if typed or is_anchored(pair[0]) or is_anchored(pair[1]):
            return pair
        return self.value(left), pair[1]

    def arithmetic(self, value: Unary | Binary | PointerAdd | PointerDiff | Truncate, typed: bool) -> rs.Expr:
        match value:
            case Unary(UnaryOp.NEGATE, operand, type) if self.wraps(type):
                return rs.MethodCall(self.receiver(operand), "wrapping_neg")
            case Unary(op, operand):
                return rs.Unary("-" if op is UnaryOp.NEGATE else "!", self.value(operand, typed))
            case Binary(BinaryOp.SHL | BinaryOp.SHR):
                return self.shift(value, typed)
            case Binary(op, left, right, type) if op in WRAPPING and self.wraps(type):
                return rs.MethodCall(self.receiver(left), WRAPPING[op], (self.value(right, typed=True),))
            case Binary(op, left, right):
                return rs.Binary(op.value, *self.operands(left, right, typed))
            case PointerAdd(pointer, IntConst(0, name=None)):
                return self.value(pointer, typed)
            case PointerAdd(pointer, offset, negative):
                return rs.Binary("-" if negative else "+", self.value(pointer), self.offset(offset))
            case PointerDiff(left, right):
                return rs.Binary("-", self.value(left), self.value(right))
            case Truncate(operand, width, type):
                return self.truncation(operand, width, type)
            case _:
                raise AssertionError(f"no case for {value}")

    def wraps(self, type: Type) -> bool:
        """Whether arithmetic in the type wraps: unsigned always, signed where the user wants it, positions never."""
        kind = self.facts.types.int_kind(type)
        if kind is None or kind in (IntKind.USIZE, IntKind.ISIZE):
            return False
        return not kind.signed or self.facts.signed_wraps

    def shift(self, value: Binary, typed: bool) -> rs.Expr:
        """A constant count in range is a plain shift; any other is masked."""
        kind = self.facts.types.int_kind(value.type)
        assert kind is not None
        if isinstance(value.right, IntConst) and 0 <= value.right.value < kind.bits:
            count = self.value(value.right) if value.right.name else rs.Literal(str(value.right.value))
            return rs.Binary(value.op.value, self.value(value.left, typed), count)
        method = "wrapping_shl" if value.op is BinaryOp.SHL else "wrapping_shr"
        if isinstance(value.right, IntConst):
            masked = rs.Literal(str(value.right.value & (kind.bits - 1)))
            return rs.MethodCall(self.receiver(value.left), method, (masked,))
        count = self.value(self.without_widening(value.right), typed=True)
        counted = self.facts.types.int_kind(self.without_widening(value.right).type)
        if counted is not IntKind.UINT and not (isinstance(count, rs.Literal) and not count.suffixed):
            count = rs.Cast(self.value(self.without_widening(value.right)), rs.PathType("u32"))
        return rs.MethodCall(self.receiver(value.left), method, (count,))

    def truncation(self, operand: Value, width: int, type: Type) -> rs.Expr:
        kind = self.facts.types.int_kind(type)
        assert kind is not None
        if kind is IntKind.BOOL or width >= kind.bits:
            return self.value(operand)
        if isinstance(operand, IntConst):
            wrapped = operand.value & ((1 << width) - 1)
            if kind.signed and wrapped >> (width - 1):
                wrapped -= 1 << width
            rust = self.facts.types.value(type)
            assert isinstance(rust, rs.PathType)
            return int_literal(wrapped & 0xFF if self.is_char(type) else wrapped, rust.name, typed=False)
        if not kind.signed:
            return rs.Binary("&", self.value(operand), rs.Literal(hex((1 << width) - 1)))
        unused = rs.Literal(str(kind.bits - width))
        if self.is_char(type):
            signed = rs.Cast(self.value(operand), rs.PathType("i8"))
            return rs.Cast(rs.Binary(">>", rs.Binary("<<", signed, unused), unused), rs.PathType("u8"))
        return rs.Binary(">>", rs.Binary("<<", self.value(operand), unused), unused)

    @abstractmethod
    def conversion(self, value: Convert, typed: bool) -> rs.Expr: ...
