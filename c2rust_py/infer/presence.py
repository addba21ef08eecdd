"""Where pointer locals are known not to be null: behind tests and dereferences, and given values that cannot be.

    const char *end = strchr(s, '>');
    if (end == NULL) return -1;          // from here on `end` is there
    return count(s, end);

One walk in the order of evaluation with the locals that are there on every path; a loop begins without those that it assigns. Only
locals whose address nobody has: what is theirs, nobody else changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from c2rust_py.infer.targets import is_data_pointer, is_null, without_casts
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    BlockValue,
    Break,
    CatchJump,
    Compare,
    CompareOp,
    Conditional,
    Continue,
    Convert,
    Decay,
    Declare,
    DerefPlace,
    DoWhile,
    FieldPlace,
    For,
    If,
    IndexPlace,
    IntConst,
    Labelled,
    Load,
    LocalPlace,
    Logical,
    LogicalOp,
    Loop,
    Match,
    Not,
    Place,
    PointerAdd,
    Return,
    Statement,
    UnsupportedStatement,
    Value,
    While,
)
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import Node, children, walk, walk_all

State = frozenset[int] | None
"""The locals that are there; None where no path leads."""

Branches = tuple[State, State]
"""What is known where a condition holds, and where it does not."""


def find_presence(function: Function) -> frozenset[int]:
    """The reads of pointer locals that are not null, by the identity of their nodes."""
    own = {local.id for local in function.locals if is_data_pointer(local.type)}
    for node in walk_all(function.body):
        if isinstance(node, AddressOf | Decay) and isinstance(node.place, LocalPlace):
            own.discard(node.place.local)
    finder = _Finder(frozenset(own))
    if own:
        finder.statements(function.body, frozenset())
    return frozenset(finder.present)


def _join(a: State, b: State) -> State:
    return b if a is None else a if b is None else a & b


@dataclass(slots=True)
class _Finder:
    """own: the locals that are followed. left: what is known where a label is left by `Break`; again: by `Continue`."""

    own: frozenset[int]
    present: set[int] = field(default_factory=set)
    left: dict[str, State] = field(default_factory=dict)
    again: dict[str, State] = field(default_factory=dict)

    # ---- statements

    def statements(self, body: Sequence[Statement], state: State) -> State:
        for statement in body:
            state = self.statement(statement, state)
        return state

    def statement(self, node: Statement, state: State) -> State:
        match node:
            case Declare(local, init):
                return self.given(local, init, state)
            case Assign(LocalPlace(local), value):
                return self.given(local, value, state)
            case If(condition, then, otherwise):
                holds, fails = self.condition(condition, state)
                return _join(self.statements(then, holds), self.statements(otherwise, fails))
            case While() | DoWhile() | For() | Loop():
                return self.loop(node, state)
            case Labelled(label, body):
                return _join(self.statements(body, state), self.left.pop(label, None))
            case Match(label, value, arms):
                start = self.value(value, state)
                after = start
                for arm in arms:
                    after = _join(after, self.statements(arm.body, start))
                return _join(after, self.left.pop(label, None))
            case Break(label):
                self.left[label] = _join(self.left.get(label), state)
                return None
            case Continue(label):
                self.again[label] = _join(self.again.get(label), state)
                return None
            case Return(value):
                if value is not None:
                    self.value(value, state)
                return None
            case CatchJump() | UnsupportedStatement():
                return frozenset()
            case _:
                return self.parts(node, state)

    def loop(self, node: While | DoWhile | For | Loop, state: State) -> State:
        """What is known behind a loop."""
        if isinstance(node, For):
            state = self.statements(node.init, state)
        state = None if state is None else state - _assigned(node)
        fails: State = None
        if isinstance(node, While | For) and node.condition is not None:
            state, fails = self.condition(node.condition, state)
        state = _join(self.statements(node.body, state), self.again.pop(node.label, None))
        if isinstance(node, DoWhile):
            _, fails = self.condition(node.condition, state)
        if isinstance(node, For):
            self.statements(node.step, state)
        return _join(fails, self.left.pop(node.label, None))

    # ---- values

    def given(self, local: int, value: Value | None, state: State) -> State:
        """What is known once a local is given a value, or none."""
        if value is None:
            return None if state is None else state - {local}
        after = self.value(value, state)
        if after is None or local not in self.own:
            return after
        return after | {local} if self.is_there(value) else after - {local}

    def is_there(self, value: Value) -> bool:
        """Whether a pointer is known not to be null, once it is computed."""
        match without_casts(value):
            case AddressOf() | Decay() | PointerAdd():
                return True
            case Load() as read:
                return id(read) in self.present
            case BlockValue(_, tail) if tail is not None:
                return self.is_there(tail)
            case Conditional(_, then, otherwise):
                return self.is_there(then) and self.is_there(otherwise)
            case _:
                return False

    def value(self, node: Node, state: State) -> State:
        match node:
            case Load(LocalPlace(local)):
                if state is not None and local in state:
                    self.present.add(id(node))
                return state
            case BlockValue(body, tail):
                after = self.statements(body, state)
                return after if tail is None else self.value(tail, after)
            case Logical() | Not():
                return _join(*self.condition(node, state))
            case Conditional(condition, then, otherwise):
                holds, fails = self.condition(condition, state)
                return _join(self.value(then, holds), self.value(otherwise, fails))
            case _:
                return self.parts(node, state)

    def parts(self, node: Node, state: State) -> State:
        for child in children(node):
            state = self.statement(child, state) if isinstance(child, Statement) else self.value(child, state)
        local = _looked_behind(node.place) if isinstance(node, Load | Assign) else None
        return state | {local} if state is not None and local in self.own else state

    # ---- conditions

    def condition(self, node: Value, state: State) -> Branches:
        """What is known where a condition holds, and where it does not."""
        match node:
            case IntConst(value):
                return (state, None) if value else (None, state)
            case Not(operand):
                holds, fails = self.condition(operand, state)
                return fails, holds
            case Logical(op, left, right):
                holds, fails = self.condition(left, state)
                if op is LogicalOp.AND:
                    both, second = self.condition(right, holds)
                    return both, _join(fails, second)
                second, neither = self.condition(right, fails)
                return _join(holds, second), neither
            case Compare(op, left, right) if op in (CompareOp.EQ, CompareOp.NE) and (is_null(left) or is_null(right)):
                there, missing = self.test(right if is_null(left) else left, state)
                return (there, missing) if op is CompareOp.NE else (missing, there)
            case Compare(op, tested, IntConst(0)) if op in (CompareOp.EQ, CompareOp.NE) and not is_data_pointer(tested.type):
                holds, fails = self.condition(tested, state)
                return (holds, fails) if op is CompareOp.NE else (fails, holds)
            case Convert(operand) if isinstance(operand, Compare | Logical | Not) or is_data_pointer(operand.type):
                return self.condition(operand, state)
            case _ if is_data_pointer(node.type):
                return self.test(node, state)
            case _:
                after = self.value(node, state)
                return after, after

    def test(self, pointer: Value, state: State) -> Branches:
        """A pointer is looked at whether it is null."""
        after = self.value(pointer, state)
        tested = without_casts(pointer)
        while isinstance(tested, BlockValue) and tested.value is not None:
            tested = without_casts(tested.value)
        match tested:
            case Load(LocalPlace(local)) if after is not None and local in self.own:
                return after | {local}, after
            case _:
                return after, after


def _looked_behind(place: Place) -> int | None:
    """The pointer local that has to be there for a place to be read or written."""
    while isinstance(place, FieldPlace | IndexPlace):
        place = place.base
    pointer = without_casts(place.pointer) if isinstance(place, DerefPlace) else None
    while isinstance(pointer, PointerAdd):
        pointer = without_casts(pointer.pointer)
    match pointer:
        case Load(LocalPlace(local)):
            return local
        case _:
            return None


def _assigned(loop: Node) -> frozenset[int]:
    """The locals that are given values in a loop."""
    found: set[int] = set()
    for node in walk(loop):
        match node:
            case Declare(local) | Assign(LocalPlace(local)):
                found.add(local)
            case _:
                pass
    return frozenset(found)
