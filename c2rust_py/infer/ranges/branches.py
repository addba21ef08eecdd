"""Conditions as values: the states that they lead to where they are true and where they are false."""

from __future__ import annotations

from c2rust_py.infer.ranges.conditions import assume_comparison
from c2rust_py.infer.ranges.evaluate import Branches, Evaluator, Unreachable
from c2rust_py.infer.ranges.forms import Number, constant
from c2rust_py.infer.ranges.state import State, join
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.types import IntType


class Brancher(Evaluator):
    """Follows `&&`, `||`, `!`, `?:` and comparisons to both of their outcomes."""

    def branch(self, condition: ir.Value) -> Branches:
        """The states behind a condition. It is evaluated once; `state` is not to be used until one of these is taken."""
        match condition:
            case ir.Logical(op, left, right):
                branches = self._branch_logical(op, left, right)
            case ir.Not(operand):
                true, false = self.branch(operand)
                branches = false, true
            case ir.Compare():
                branches = self._branch_compare(condition)
            case ir.Conditional(test, then, otherwise):
                branches = self._branch_conditional(test, then, otherwise)
            case ir.BlockValue(body, value) if value is not None:
                branches = self._branch_block(body, value)
            case ir.Convert(operand, IntType()) if self._keeps_truth(operand):
                branches = self.branch(operand)
            case _:
                return self._branch_number(condition)
        self._record_condition(condition, branches)
        return branches

    def _record_condition(self, condition: ir.Value, branches: Branches) -> None:
        if self.record is None:
            return
        true, false = branches
        state = true or false
        if state is not None:
            low, high = 0 if false is not None else 1, 1 if true is not None else 0
            if isinstance(condition, ir.Compare | ir.Not | ir.Logical) or low == high == 0:
                self.record.value(condition, Number(low, high), state)
            else:
                self._record_any(condition, state)

    def _record_any(self, condition: ir.Value, state: State) -> None:
        """A condition whose value was not looked at, only its truth."""
        number = self.anything(condition)
        if self.record is not None and number is not None:
            self.record.value(condition, number, state)

    def _keeps_truth(self, operand: ir.Value) -> bool:
        """Whether a conversion of this to an integer type is for sure true where the operand is."""
        return isinstance(operand, ir.Compare | ir.Logical | ir.Not)

    def _branch_logical(self, op: ir.LogicalOp, left: ir.Value, right: ir.Value) -> Branches:
        true, false = self.branch(left)
        if op is ir.LogicalOp.AND:
            if true is None:
                return None, false
            then_true, then_false = self._branch_in(true, right)
            return then_true, join(false, then_false)
        if false is None:
            return true, None
        then_true, then_false = self._branch_in(false, right)
        return join(true, then_true), then_false

    def _branch_in(self, state: State | None, condition: ir.Value) -> Branches:
        if state is None:
            return None, None
        self.state = state
        try:
            return self.branch(condition)
        except Unreachable:
            return None, None

    def _branch_conditional(self, test: ir.Value, then: ir.Value, otherwise: ir.Value) -> Branches:
        true, false = self.branch(test)
        then_true, then_false = self._branch_in(true, then)
        else_true, else_false = self._branch_in(false, otherwise)
        return join(then_true, else_true), join(then_false, else_false)

    def _branch_block(self, body: tuple[ir.Statement, ...], value: ir.Value) -> Branches:
        self.statements(body)
        return self.branch(value)

    def _branch_compare(self, value: ir.Compare) -> Branches:
        for operand, other in ((value.left, value.right), (value.right, value.left)):
            zero = isinstance(other, ir.IntConst) and other.value == 0
            if zero and value.op in (ir.CompareOp.EQ, ir.CompareOp.NE) and self._is_truth(operand):
                self.value(other)
                true, false = self.branch(operand)
                return (true, false) if value.op is ir.CompareOp.NE else (false, true)
        left, right = self.operands(value.left, value.right)
        if left is None or right is None or left.root != right.root:
            return self.state, self.state.copy()
        true, false = self.state, self.state.copy()
        can_be_true = assume_comparison(true, value.op, left, right, True)
        can_be_false = assume_comparison(false, value.op, left, right, False)
        return true if can_be_true else None, false if can_be_false else None

    def _is_truth(self, value: ir.Value) -> bool:
        while isinstance(value, ir.Convert) and self.types.kind(value.type) is not None:
            value = value.operand
        return isinstance(value, ir.Compare | ir.Logical | ir.Not)

    def _branch_number(self, condition: ir.Value) -> Branches:
        number = self.value(condition)
        true, false = self.state, self.state.copy()
        if number is None or number.root is not None:
            return true, false
        zero = constant(0)
        can_be_true = assume_comparison(true, ir.CompareOp.NE, number, zero, True)
        can_be_false = assume_comparison(false, ir.CompareOp.EQ, number, zero, True)
        return true if can_be_true else None, false if can_be_false else None
