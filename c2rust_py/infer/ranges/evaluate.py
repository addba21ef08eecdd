"""Values: what each comes to in the current state.

`Evaluator.value` computes in C's order, since statement expressions change the state as they go. Where a value is written
to between an operand and its use, the operand's forms are dropped.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from c2rust_py.infer.ranges import transfer
from c2rust_py.infer.ranges.arithmetic import apply_binary, convert, negated
from c2rust_py.infer.ranges.forms import Form, Number, constant, either, exactly, forget, of_local
from c2rust_py.infer.ranges.frame import Frame
from c2rust_py.infer.ranges.library import builtin_bounds
from c2rust_py.infer.ranges.record import Record, cursor
from c2rust_py.infer.ranges.state import UNTRACKED, State, join
from c2rust_py.infer.ranges.world import World, bit_field_bounds
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.types import IntKind, IntType, PointerType, VoidType
from c2rust_py.ir.walk import children

_PLACES = (ir.LocalPlace, ir.GlobalPlace, ir.StringPlace, ir.DerefPlace, ir.FieldPlace, ir.IndexPlace)
Branches = tuple[State | None, State | None]
"""The states in which a condition is true and false; None: it cannot be."""


class Unreachable(Exception):
    """Nothing gets behind the value that is being evaluated."""


class Evaluator(ABC):
    """One path through a function. `state` is where it is; `record` is None in passes that are not the last."""

    def __init__(self, frame: Frame, world: World, state: State) -> None:
        self.frame = frame
        self.world = world
        self.types = world.types
        self.state = state
        self.record: Record | None = None
        self._writes = 0
        self._last_write: dict[int, int] = {}

    @abstractmethod
    def statements(self, body: tuple[ir.Statement, ...]) -> None:
        """Runs statements; raises Unreachable where nothing gets to their end."""

    @abstractmethod
    def branch(self, condition: ir.Value) -> Branches:
        """The states behind a condition. It is evaluated once; `state` is not to be used until one of these is taken."""

    # ---- locals ----

    def write(self, local: int, number: Number | None) -> None:
        """Stores a number; None is any value."""
        self._writes += 1
        self._last_write[local] = self._writes
        if local not in self.frame.limits:
            if number is not None:
                self.escape(number)
        elif number is None:
            self.state.kill(local)
        else:
            self.state.assign(local, number)

    def _fresh(self, number: Number | None, mark: int) -> Number | None:
        """A number that was computed when `mark` writes had been made."""
        if number is None or self._writes == mark:
            return number
        return forget(number, frozenset(local for local, at in self._last_write.items() if at > mark))

    def escape(self, number: Number | None) -> None:
        """A pointer goes where it is not followed."""
        if self.record is not None and number is not None and number.root is not None:
            self.record.escaped.add(number.root.local)

    # ---- values ----

    def value(self, value: ir.Value) -> Number | None:
        """What a value is; None for what is neither an integer nor a pointer with a root."""
        method = _METHODS.get(type(value))
        number = method(self, value) if method is not None else self._other(value)
        if self.record is not None and number is not None and number.root is None:
            self.record.value(value, number, self.state)
        return number

    def integer(self, value: ir.Value) -> Number:
        """A value that has an integer type."""
        number = self.value(value)
        assert number is not None, value
        return number

    def anything(self, value: ir.Value) -> Number | None:
        """Any value of the type."""
        kind = self.types.kind(value.type)
        return None if kind is None else Number(*transfer.limits(kind))

    def _other(self, value: ir.Value) -> Number | None:
        """A value that only its parts are looked at of. Pointers among them escape."""
        for child in children(value):
            self._child(child)
        return self.anything(value)

    def _child(self, child: Any) -> None:
        if isinstance(child, _PLACES):
            self.place(child)
        elif isinstance(child, ir.ElementRun):
            self.escape(self.value(child.value))
        else:
            self.escape(self.value(child))

    def _int_const(self, value: ir.IntConst) -> Number:
        return constant(value.value)

    def _zero(self, value: ir.ZeroValue) -> Number | None:
        return None if self.types.kind(value.type) is None else constant(0)

    def _load(self, load: ir.Load) -> Number | None:
        place = load.place
        if isinstance(place, ir.LocalPlace) and place.local in self.frame.limits:
            return self._local(place.local, isinstance(load.type, PointerType))
        self.place(place)
        bounds = self.world.loaded(place, load.type)
        return None if bounds is None else Number(*bounds)

    def _local(self, local: int, pointer: bool) -> Number | None:
        if not pointer:
            return exactly(self.state.range_of(local), of_local(local))
        roots = self.state.roots.get(local, UNTRACKED)
        if len(roots) == 1:
            (root,) = roots
            return None if root is None else exactly(self.state.range_of(local), of_local(local), root)
        if self.record is not None:
            self.record.escaped.update(root.local for root in roots if root is not None)
        return None

    def place(self, place: ir.Place) -> None:
        """Evaluates what a place that is read or written depends on."""
        match place:
            case ir.DerefPlace(pointer):
                number = self.value(pointer)
                if number is None or number.root is None:
                    return
                if self.types.element_size(pointer.type) != number.root.size:
                    self.escape(number)
                elif self.record is not None:
                    found = cursor(number, self.state)
                    if found is not None:
                        self.record.accesses[place] = found
            case ir.FieldPlace(base):
                self.place(base)
            case ir.IndexPlace(base, index):
                self.place(base)
                self.value(index)
            case _:
                pass

    def _address(self, value: ir.AddressOf | ir.Decay) -> Number | None:
        place = value.place
        if isinstance(place, ir.DerefPlace) and isinstance(value, ir.AddressOf):
            return self.value(place.pointer)
        while isinstance(place, ir.FieldPlace | ir.IndexPlace):
            if isinstance(place, ir.IndexPlace):
                self.value(place.index)
            place = place.base
        if isinstance(place, ir.DerefPlace):
            self.escape(self.value(place.pointer))
        return None

    # ---- operators ----

    def operands(self, left: ir.Value, right: ir.Value) -> tuple[Number | None, Number | None]:
        """Left, then right. gcc may read a variable on the left behind the right operand's side effects, so it is taken
        as either value where there are any."""
        mark = self._writes
        first = self.value(left)
        second = self.value(right)
        if self._writes == mark:
            return first, second
        first = self._fresh(first, mark)
        variable = left
        while isinstance(variable, ir.Convert):
            variable = variable.operand
        if isinstance(variable, ir.Load) and isinstance(variable.place, ir.LocalPlace) and first is not None:
            late = self.value(left)
            if late is None or late.root != first.root:
                self.escape(first)
                self.escape(late)
                return None, second
            return either(first, late), second
        return first, second

    def _fitted(self, number: Number, kind: IntKind, value: ir.Value) -> Number:
        """The result of arithmetic, brought into its type."""
        if transfer.fits(number.bounds, kind):
            return number
        if self.record is not None:
            self.record.overflows.add(value)
        if kind.signed and not self.world.signed_wraps:
            bounds = transfer.clamp(number.bounds, kind)
            return number._replace(lo=bounds[0], hi=bounds[1])
        return Number(*transfer.wrap(number.bounds, kind))

    def _unary(self, value: ir.Unary) -> Number | None:
        operand = self.value(value.operand)
        kind = self.types.kind(value.type)
        if operand is None or kind is None:
            return None
        opposite = negated(operand)
        if value.op is ir.UnaryOp.NEGATE:
            return self._fitted(opposite, kind, value)
        flipped = transfer.subtract(opposite.bounds, (1, 1))
        return Number(*transfer.wrap(flipped, kind))

    def _truth(self, value: ir.Not | ir.Logical | ir.Compare) -> Number:
        """0 or 1."""
        true, false = self.branch(value)
        state = join(true, false)
        if state is None:
            raise Unreachable
        self.state = state
        if true is None or false is None:
            return constant(0 if true is None else 1)
        return Number(0, 1)

    def _binary(self, value: ir.Binary) -> Number | None:
        left, right = self.operands(value.left, value.right)
        kind = self.types.kind(value.type)
        if left is None or right is None or kind is None:
            return self.anything(value)
        wraps = self.world.signed_wraps or not kind.signed
        result = apply_binary(self.state, value.op, left, right, kind, wraps)
        if result.overflows and self.record is not None:
            self.record.overflows.add(value)
        return result.number

    def _pointer_add(self, value: ir.PointerAdd) -> Number | None:
        pointer, offset = self.operands(value.pointer, value.offset)
        if pointer is None or pointer.root is None or offset is None:
            return None
        if self.types.element_size(value.type) != pointer.root.size:
            self.escape(pointer)
            return None
        op = ir.BinaryOp.SUB if value.negative else ir.BinaryOp.ADD
        if offset.hi > IntKind.LONG.maximum:  # Leaves every object (C11 6.5.6p8).
            low, high = transfer.clamp(offset.bounds, IntKind.LONG)
            offset = offset._replace(lo=low, hi=high)
        result = apply_binary(self.state, op, pointer, offset, IntKind.LONG, False)
        return result.number._replace(root=pointer.root)

    def _pointer_diff(self, value: ir.PointerDiff) -> Number | None:
        left, right = self.operands(value.left, value.right)
        if left is not None and right is not None and left.root is not None and left.root == right.root:
            return apply_binary(self.state, ir.BinaryOp.SUB, left, right, IntKind.LONG, False).number
        return self.anything(value)

    def _convert(self, value: ir.Convert) -> Number | None:
        operand = self.value(value.operand)
        target = self.types.kind(value.type)
        if isinstance(value.type, VoidType):
            return None
        if operand is None:
            return self.anything(value)
        if operand.root is not None:
            if isinstance(value.type, PointerType):
                return operand
            if value.type != IntType(IntKind.BOOL):
                self.escape(operand)
            return self.anything(value)
        source = self.types.kind(value.operand.type)
        if target is None or source is None:
            return self.anything(value)
        return convert(self.state, operand, source, target)

    def _truncate(self, value: ir.Truncate) -> Number:
        operand = self.integer(value.operand)
        kind = self.types.kind(value.type)
        assert kind is not None
        bounds = bit_field_bounds(value.width, kind.signed)
        if bounds[0] <= operand.lo and operand.hi <= bounds[1]:
            return operand
        return Number(*bounds)

    def _conditional(self, value: ir.Conditional) -> Number | None:
        true, false = self.branch(value.condition)
        then, then_above = self._arm(true, value.then)
        true = self.state if then is not _NOTHING else None
        otherwise, otherwise_above = self._arm(false, value.otherwise)
        false = self.state if otherwise is not _NOTHING else None
        state = join(true, false)
        if state is None:
            raise Unreachable
        self.state = state
        if then is _NOTHING or otherwise is _NOTHING:
            return otherwise if then is _NOTHING else then
        if then is None or otherwise is None or then.root != otherwise.root:
            self.escape(then)
            self.escape(otherwise)
            return self.anything(value)
        number = either(then, otherwise)
        common = [(max(c, otherwise_above[x]), x) for x, c in then_above.items() if x in otherwise_above]
        if number.upper is None and common:
            c, x = min(common)
            return number._replace(upper=Form(c, ((x, 1),)))
        return number

    def _arm(self, state: State | None, value: ir.Value) -> tuple[Number | None, dict[int, int]]:
        """A branch of a conditional: its number and what that is at most; `_NOTHING` where nothing comes out of it."""
        if state is None:
            return _NOTHING, {}
        self.state = state
        try:
            number = self.value(value)
        except Unreachable:
            return _NOTHING, {}
        return number, {} if number is None else self.state.above(number)

    # ---- calls and the like ----

    def _call(self, call: ir.Call) -> Number | None:
        symbol = call.function.symbol if isinstance(call.function, ir.FunctionRef) else None
        if symbol is None:
            self.escape(self.value(call.function))
        for position in range(len(call.args) - 1, -1, -1):
            number = self.value(call.args[position])
            if number is None or number.root is None or self.record is None:
                continue
            found = cursor(number, self.state)
            if symbol is None or found is None:
                self.escape(number)
            else:
                self.record.passed[call, position] = found
        if symbol is None:
            return self.anything(call)
        if not self.world.returns(symbol):
            raise Unreachable
        bounds = self.world.result_of(symbol, call.type)
        return None if bounds is None else Number(*bounds)

    def _builtin(self, value: ir.Builtin) -> Number | None:
        bits = 0
        for arg in value.args:
            self.escape(self.value(arg))
            kind = self.types.kind(arg.type)
            bits = kind.bits if kind is not None else bits
        if value.name in ("trap", "unreachable"):
            raise Unreachable
        bounds = builtin_bounds(value.name, bits)
        return self.anything(value) if bounds is None else Number(*bounds)

    def _overflowing(self, value: ir.Overflowing) -> Number:
        left, right = self.operands(value.left, value.right)
        kind = self.types.kind(value.result.type)
        assert left is not None and right is not None and kind is not None
        bounds = transfer.binary(value.op, left.bounds, right.bounds, kind)
        self.store(value.result, Number(*transfer.wrap(bounds, kind)))
        return constant(0) if transfer.fits(bounds, kind) else Number(0, 1)

    def store(self, place: ir.Place, number: Number | None) -> None:
        """Writes a number (None: anything) to a place."""
        if isinstance(place, ir.LocalPlace):
            self.write(place.local, number)
        else:
            self.place(place)
            self.escape(number)

    def _block(self, value: ir.BlockValue) -> Number | None:
        self.statements(value.body)
        return None if value.value is None else self.value(value.value)


_NOTHING = Number(0, -1)
"""Stands for the value of a branch that nothing comes out of."""

_METHODS: dict[type, Callable[[Any, Any], Number | None]] = {
    ir.IntConst: Evaluator._int_const,
    ir.ZeroValue: Evaluator._zero,
    ir.Load: Evaluator._load,
    ir.AddressOf: Evaluator._address,
    ir.Decay: Evaluator._address,
    ir.Unary: Evaluator._unary,
    ir.Not: Evaluator._truth,
    ir.Binary: Evaluator._binary,
    ir.Compare: Evaluator._truth,
    ir.Logical: Evaluator._truth,
    ir.PointerAdd: Evaluator._pointer_add,
    ir.PointerDiff: Evaluator._pointer_diff,
    ir.Convert: Evaluator._convert,
    ir.Truncate: Evaluator._truncate,
    ir.Conditional: Evaluator._conditional,
    ir.Call: Evaluator._call,
    ir.Builtin: Evaluator._builtin,
    ir.Overflowing: Evaluator._overflowing,
    ir.BlockValue: Evaluator._block,
}
