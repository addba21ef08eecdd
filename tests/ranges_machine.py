"""Runs the IR of a normalised program and compares each value with what `infer_ranges` says about it.

The machine walks the tree, knows nothing of intervals, and stops where C is undefined. Pointers are an array and an
offset. It has no order of evaluation beyond left to right, and call arguments right to left.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from c2rust_py.infer.extents import Extents
from c2rust_py.infer.ranges import Ranges
from c2rust_py.infer.ranges.frame import original
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import ArrayType, EnumType, IntKind, IntType, PointerType, Type


class Undefined(Exception):
    """The program does what C does not define, or takes too long."""


class Left(Exception):
    """A break or continue on its way to `label`."""

    def __init__(self, label: str, again: bool) -> None:
        super().__init__(label)
        self.label = label
        self.again = again


class Returned(Exception):
    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


@dataclass(frozen=True, slots=True)
class Pointer:
    """Element `offset` of an array, by the array's identity."""

    array: list[Any]
    offset: int


@dataclass
class Activation:
    """A call of a function: its locals, and what its parameters were."""

    function: Function
    locals: dict[int, Any]
    start: dict[int, Any] = field(default_factory=dict)


@dataclass
class Machine:
    program: Program
    ranges: Ranges
    extents: Extents
    signed_wraps: bool
    steps: int = 1_000
    globals: dict[str, Any] = field(default_factory=dict)
    stack: list[Activation] = field(default_factory=list)
    checks: int = 0

    def call(self, symbol: str, args: list[Any]) -> Any:
        function = self.program.functions[symbol]
        if len(self.stack) > 40:
            raise Undefined
        start = dict(enumerate(args))
        self.stack.append(Activation(function, dict(start), start))
        for local, value in start.items():
            known = self.ranges.params.get((symbol, local))
            assert known is None or value in known, (symbol, local, value, known)
        try:
            self.statements(function.body)
            result = None
        except Returned as returned:
            result = returned.value
        self.stack.pop()
        if isinstance(result, int) and symbol in self.ranges.results:
            assert result in self.ranges.results[symbol], (symbol, result, self.ranges.results[symbol])
        return result

    @property
    def locals(self) -> dict[int, Any]:
        return self.stack[-1].locals

    # ---- statements ----

    def statements(self, body: tuple[ir.Statement, ...]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, statement: ir.Statement) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise Undefined
        match statement:
            case ir.Declare(local, init):
                type = self.stack[-1].function.locals[local].type
                self.locals[local] = self.zero(type) if init is None else self.value(init)
            case ir.Assign(place, value):
                self.store(place, self.value(value))
            case ir.Evaluate(value):
                self.value(value)
            case ir.Block(body):
                self.statements(body)
            case ir.If(condition, then, otherwise):
                self.statements(then if self.truth(condition) else otherwise)
            case ir.Labelled(label, body):
                self.within(label, body)
            case ir.Break(label):
                raise Left(label, False)
            case ir.Continue(label):
                raise Left(label, True)
            case ir.Return(value):
                raise Returned(None if value is None else self.value(value))
            case ir.Match(label, value, arms):
                chosen = self.value(value)
                for arm in arms:
                    if not arm.patterns or any(p.low <= chosen <= p.high for p in arm.patterns):
                        self.within(label, arm.body)
                        break
            case _:
                self.loop(statement)

    def within(self, label: str, body: tuple[ir.Statement, ...]) -> bool:
        """Whether the body was left by a break of that label; a continue ends it, too."""
        try:
            self.statements(body)
        except Left as left:
            if left.label != label:
                raise
            return not left.again
        return False

    def loop(self, loop: ir.Statement) -> None:
        match loop:
            case ir.While(label, condition, body):
                while self.truth(condition) and not self.within(label, body):
                    pass
            case ir.DoWhile(label, body, condition):
                while not self.within(label, body) and self.truth(condition):
                    pass
            case ir.For(label, init, condition, step, body):
                self.statements(init)
                while (condition is None or self.truth(condition)) and not self.within(label, body):
                    self.statements(step)
            case ir.Loop(label, body):
                while not self.within(label, body):
                    self.steps -= 1
                    if self.steps < 0:
                        raise Undefined
            case _:
                raise AssertionError(loop)

    def truth(self, condition: ir.Value) -> bool:
        self.steps -= 1
        if self.steps < 0:
            raise Undefined
        value = self.value(condition)
        return value is not None and value != 0

    # ---- places ----

    def zero(self, type: Type) -> Any:
        if isinstance(type, ArrayType):
            return [self.zero(type.element) for _ in range(type.length or 0)]
        return 0 if isinstance(type, IntType | EnumType) else None

    def at(self, place: ir.Place) -> tuple[Any, Any]:
        """A container and a key."""
        match place:
            case ir.LocalPlace(local):
                return self.locals, local
            case ir.GlobalPlace(symbol):
                return self.globals, symbol
            case ir.IndexPlace(base, index):
                container, key = self.at(base)
                return self.element(container[key], self.value(index))
            case ir.DerefPlace(pointer):
                target = self.value(pointer)
                if target is None:
                    raise Undefined
                self.check_access(place, target)
                return self.element(target.array, target.offset)
            case _:
                raise AssertionError(place)

    @staticmethod
    def element(array: list[Any], index: int) -> tuple[Any, Any]:
        if not 0 <= index < len(array):
            raise Undefined
        return array, index

    def store(self, place: ir.Place, value: Any) -> None:
        container, key = self.at(place)
        container[key] = value

    # ---- values ----

    def kind(self, type: Type) -> IntKind | None:
        match type:
            case IntType(kind):
                return kind
            case EnumType(id):
                return self.program.enums[id].kind
            case _:
                return None

    def value(self, value: ir.Value) -> Any:
        result = self.compute(value)
        if self.kind(value.type) is not None:
            self.check_value(value, result)
        return result

    def compute(self, value: ir.Value) -> Any:
        match value:
            case ir.IntConst(number):
                return number
            case ir.ZeroValue(type):
                return self.zero(type)
            case ir.Load(place):
                container, key = self.at(place)
                return container[key]
            case ir.Decay(place):
                container, key = self.at(place)
                return Pointer(container[key], 0)
            case ir.AddressOf(ir.DerefPlace(pointer)):
                return self.value(pointer)
            case ir.Unary(op, operand, type):
                number = self.value(operand)
                return self.arithmetic(-number if op is ir.UnaryOp.NEGATE else ~number, type, value)
            case ir.Not(operand):
                return int(not self.truth(operand))
            case ir.Binary(op, left, right, type):
                first = self.value(left)
                return self.binary(value, op, first, self.value(right), type)
            case ir.Compare(op, left, right):
                return self.compare(op, self.value(left), self.value(right))
            case ir.Logical(op, left, right):
                first = self.truth(left)
                return int(first if first == (op is ir.LogicalOp.OR) else self.truth(right))
            case ir.PointerAdd(pointer, offset, negative):
                base = self.value(pointer)
                distance = self.value(offset)
                if base is None:
                    raise Undefined
                moved = base.offset + (-distance if negative else distance)
                if not -1 <= moved <= len(base.array):
                    raise Undefined
                return Pointer(base.array, moved)
            case ir.PointerDiff(left, right):
                first, second = self.value(left), self.value(right)
                if first.array is not second.array:
                    raise Undefined
                return first.offset - second.offset
            case ir.Convert(operand, type):
                inner = self.value(operand)
                kind = self.kind(type)
                return kind.wrap(inner) if kind is not None and isinstance(inner, int) else inner
            case ir.Conditional(condition, then, otherwise):
                return self.value(then if self.truth(condition) else otherwise)
            case ir.Call(ir.FunctionRef(symbol), args):
                found = [self.value(arg) for arg in reversed(args)][::-1]
                return self.call(symbol, found)
            case ir.BlockValue(body, inner):
                self.statements(body)
                return None if inner is None else self.value(inner)
            case _:
                raise AssertionError(value)

    def binary(self, value: ir.Binary, op: ir.BinaryOp, a: int, b: int, type: Type) -> int:
        kind = self.kind(type)
        assert kind is not None
        match op:
            case ir.BinaryOp.DIV | ir.BinaryOp.REM:
                if b == 0 or (kind.signed and a == kind.minimum and b == -1):
                    raise Undefined
                quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
                return quotient if op is ir.BinaryOp.DIV else a - b * quotient
            case ir.BinaryOp.SHL:
                return kind.wrap(a << (b & (kind.bits - 1)))
            case ir.BinaryOp.SHR:
                return a >> (b & (kind.bits - 1))
            case ir.BinaryOp.AND:
                return a & b
            case ir.BinaryOp.OR:
                return a | b
            case ir.BinaryOp.XOR:
                return a ^ b
            case ir.BinaryOp.ADD:
                return self.arithmetic(a + b, type, value)
            case ir.BinaryOp.SUB:
                return self.arithmetic(a - b, type, value)
            case ir.BinaryOp.MUL:
                return self.arithmetic(a * b, type, value)

    def arithmetic(self, result: int, type: Type, value: ir.Value) -> int:
        kind = self.kind(type)
        assert kind is not None
        wrapped = kind.wrap(result)
        if wrapped != result and not (isinstance(value, ir.Unary) and value.op is ir.UnaryOp.COMPLEMENT):
            assert self.ranges.may_overflow(value), (str(value.span), result)
            if kind.signed and not self.signed_wraps:
                raise Undefined
        return wrapped

    @staticmethod
    def compare(op: ir.CompareOp, left: Any, right: Any) -> int:
        if isinstance(left, Pointer) and isinstance(right, Pointer):
            if left.array is not right.array:
                if op in (ir.CompareOp.EQ, ir.CompareOp.NE):
                    return int(op is ir.CompareOp.NE)
                raise Undefined
            left, right = left.offset, right.offset
        elif left is None or right is None:
            return int((left is right) == (op is ir.CompareOp.EQ))
        outcomes = {
            ir.CompareOp.EQ: left == right,
            ir.CompareOp.NE: left != right,
            ir.CompareOp.LT: left < right,
            ir.CompareOp.LE: left <= right,
            ir.CompareOp.GT: left > right,
            ir.CompareOp.GE: left >= right,
        }
        return int(outcomes[op])

    # ---- the oracle ----

    def distance(self, local: int, root: int | None) -> int:
        """What a bound by a local means: its number, or how far the pointer is from its root."""
        value = self.stack[-1].start[original(local)] if local < 0 else self.locals.get(local, 0)
        if isinstance(value, Pointer):
            start = self.stack[-1].start[local if root is None else root]
            assert start.array is value.array
            return value.offset - start.offset
        assert isinstance(value, int), value
        return value

    def check_value(self, value: ir.Value, result: int) -> None:
        self.checks += 1
        where = f"{value.span} {type(value).__name__}"
        interval = self.ranges.of(value)
        locals = defaultdict(int, self.locals)  # A local that is not declared yet can have any value.
        assert result in interval, (where, result, interval)
        for local, c in self.ranges.bounding_locals(value).items():
            if isinstance(self.stack[-1].function.locals[local].type, PointerType):
                continue
            assert result <= locals[local] + c, (where, result, "above", local, locals[local], c)
        for local, c in self.ranges.supporting_locals(value).items():
            if isinstance(self.stack[-1].function.locals[local].type, PointerType):
                continue
            assert result >= locals[local] + c, (where, result, "below", local, locals[local], c)

    def check_access(self, place: ir.DerefPlace, target: Pointer) -> None:
        cursor = self.ranges.accesses.get(place)
        if cursor is not None:
            start = self.stack[-1].start[cursor.root.local]
            assert start.array is target.array, str(place.span)
            distance = target.offset - start.offset
            assert cursor.lo <= distance <= cursor.hi, (str(place.span), distance, cursor)
            for local, c in cursor.above.items():
                assert distance <= self.distance(local, cursor.root.local) + c, (str(place.span), distance, local, c)
            for local, c in cursor.below.items():
                assert distance >= self.distance(local, cursor.root.local) + c, (str(place.span), distance, local, c)
        for activation in self.stack:
            pointers = [(x, p) for x, p in activation.start.items() if isinstance(p, Pointer) and p.array is target.array]
            if len(pointers) == 1:
                ((param, start),) = pointers
                self.check_extent(activation, param, target.offset - start.offset)

    def check_extent(self, activation: Activation, param: int, distance: int) -> None:
        extent = self.extents.of(activation.function.symbol, param)
        if extent is None:
            return
        self.checks += 1
        where = (activation.function.symbol, param, distance, extent)
        assert extent.lo <= distance < extent.hi, where
        for length in extent.lengths:
            assert distance < max(length.least, activation.start[length.param] + length.constant), where
