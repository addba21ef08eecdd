"""Which functions and variables of a crate only ever hold truth, though C has them as integers.

    fn is_even(n: i32) -> i32 { return i32::from(n % 2 == 0); }      if is_even(x) != 0 { .. }      ->      is_even

A *slot* is a function's result or a local variable of an integer type. Those that only get 0, 1, the truth of a condition or
the value of another such slot are the greatest set that is closed under these rules: all slots are taken first, and those that
get anything else drop out. Of these the ones that C uses as numbers more often than as conditions stay integers, too; since
others may have them as values, both rules are applied until nothing drops out. What `Truths` remembers holds for one round,
and nothing drops out in the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from c2rust_py.refine.expression_types import int_width
from c2rust_py.refine.index_ranges import literal_value
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, children, walk
from c2rust_py.to_rust.flow import block_diverges

Slot = tuple[str, str | None]
"""A function and one of its locals, or None for its result. A name has one meaning in all of the crate."""

BITWISE = frozenset({"|", "&", "^"})


@dataclass(frozen=True, slots=True)
class Truths:
    """The slots that hold truth, as seen from one function."""

    slots: AbstractSet[Slot]
    function: str
    known: dict[int, bool] = field(default_factory=dict, compare=False)
    """Of chains of bitwise operators, by identity: each is a part of the next one."""

    def slot_of(self, expr: rs.Expr) -> Slot | None:
        """The slot that an expression reads, if it is one of them."""
        match expr:
            case rs.Name(text):
                slot: Slot = self.function, text
            case rs.Call(rs.Name(path)):
                slot = path.split("::")[-1], None
            case _:
                return None
        return slot if slot in self.slots else None

    def holds(self, expr: rs.Expr) -> bool:
        """Whether the value of an integer expression is 0 or 1, as far as the slots are what they are taken for."""
        match expr:
            case rs.Literal():
                return literal_value(expr) in (0, 1)
            case rs.Call(rs.Name(path), (_,)) if is_truth_conversion(path):
                return True
            case rs.Name() | rs.Call():
                return self.slot_of(expr) is not None
            case rs.Cast(operand, rs.PathType(target)):
                return int_width(target) is not None and self.holds(operand)
            case rs.Binary(op, left, right) if op in BITWISE:
                if id(expr) not in self.known:
                    self.known[id(expr)] = self.holds(left) and self.holds(right)
                return self.known[id(expr)]
            case rs.If() | rs.Match() | rs.BlockExpr():
                return self._branches_hold(expr)
            case _:
                return False

    def _branches_hold(self, expr: rs.If | rs.Match | rs.BlockExpr) -> bool:
        blocks = branches(expr)
        return blocks is not None and all(
            self.holds(b.tail) if b.tail is not None else block_diverges(b, frozenset()) for b in blocks
        )


def is_truth_conversion(path: str) -> bool:
    """Whether a function is `from` of an integer type; lowering calls it for conditions alone."""
    owner, _, function = path.partition("::")
    return function == "from" and int_width(owner) is not None


def branches(expr: rs.If | rs.Match | rs.BlockExpr) -> list[rs.Block] | None:
    """The blocks that give an expression its value; None where one is missing, or a jump gives it."""
    match expr:
        case rs.BlockExpr(block, label):
            return [block] if label is None else None
        case rs.Match(_, arms):
            return [arm.body for arm in arms]
        case rs.If():
            found: list[rs.Block] = []
            link: rs.If | rs.BlockExpr | None = expr
            while isinstance(link, rs.If):
                found.append(link.then)
                link = link.otherwise
            return None if link is None or link.label is not None else [*found, link.block]


@dataclass(slots=True)
class _Function:
    """What the slots of a function get, by their local (None: its result)."""

    item: rs.FunctionItem
    values: dict[str | None, list[rs.Expr]] = field(default_factory=dict)
    others: set[str | None] = field(default_factory=set)
    """Slots that are something else for certain."""


def find_truths(crate: rs.Crate) -> frozenset[Slot]:
    """The slots of the crate that are to be `bool`."""
    functions = [_of_function(i) for m in crate.modules for i in m.items if isinstance(i, rs.FunctionItem)]
    named = {n.text.split("::")[-1] for p in crate.binaries for i in p.items for n in _nodes(i) if isinstance(n, rs.Name)}
    slots: set[Slot] = set()
    for function in functions:
        slots |= {(function.item.name, local) for local in function.values if local not in function.others}
    slots -= {(name, None) for name in (*named, "main")}
    slots -= {(name, None) for function in functions for name in _as_values(function.item.body)}
    slots -= {(name, None) for m in crate.modules for i in m.items if isinstance(i, rs.ConstItem) for name in _named(i.value)}
    while True:
        before = len(slots)
        for function in functions:
            truths = Truths(slots, function.item.name)
            for local, values in function.values.items():
                if (function.item.name, local) in slots and not all(map(truths.holds, values)):
                    slots.discard((function.item.name, local))
        if len(slots) == before:
            slots -= _unfit(functions, slots)
            if len(slots) == before:
                return frozenset(slots)


def _nodes(item: rs.Item) -> Iterator[Node]:
    if isinstance(item, rs.FunctionItem):
        yield from walk(item.body)


def _as_values(body: rs.Block) -> Iterator[str]:
    """The functions that are named but not called: their signature is that of a type."""
    called = {id(node.function) for node in walk(body) if isinstance(node, rs.Call)}
    return (n.text.split("::")[-1] for n in walk(body) if isinstance(n, rs.Name) and id(n) not in called)


def _named(value: rs.Expr) -> Iterator[str]:
    """What the value of an item names, in closures, too."""
    return (n.text.split("::")[-1] for n in walk(value) if isinstance(n, rs.Name))


def _is_integer(type: rs.Type | None) -> bool:
    return isinstance(type, rs.PathType) and int_width(type.name) is not None


def _of_function(item: rs.FunctionItem) -> _Function:
    function = _Function(item)
    if _is_integer(item.result):
        function.values[None] = [] if item.body.tail is None else [item.body.tail]
    function.others |= {param.name for param in item.params}
    stack: list[tuple[Node, bool]] = [(item.body, False)]
    while stack:
        node, in_closure = stack.pop()
        match node:
            case rs.Return(value) if value is not None and not in_closure and None in function.values:
                function.values[None].append(value)
            case rs.Let(name, type, init):
                function.values.setdefault(name, []).extend([] if init is None else [init])
                if not _is_integer(type):
                    function.others.add(name)
            case rs.Assign(rs.Name(name), value, op):
                function.values.setdefault(name, []).append(value)
                if op and op not in BITWISE:
                    function.others.add(name)
            case rs.Borrow(rs.Name(name)) | rs.For(name):
                function.others.add(name)
            case rs.Name(name) if in_closure:
                function.others.add(name)
            case rs.Closure(params):
                function.others |= {name for name, _ in params}
                in_closure = True
            case _:
                pass
        stack.extend((child, in_closure) for child in children(node))
    function.others |= {local for local, values in function.values.items() if not values}
    return function


def _unfit(functions: Iterable[_Function], slots: AbstractSet[Slot]) -> set[Slot]:
    """The slots that C uses as numbers, or does not use as truth."""
    tests: Counter[Slot] = Counter()
    numbers: Counter[Slot] = Counter()
    evident: set[Slot] = set()
    for function in functions:
        uses = _Uses(Truths(slots, function.item.name), tests, numbers)
        uses.visit(function.item.body, None)
        for local, values in function.values.items():
            if _is_evident(values):
                evident.add((function.item.name, local))
    return {slot for slot in slots if numbers[slot] > tests[slot] or (not tests[slot] and slot not in evident)}


def _is_evident(values: list[rs.Expr]) -> bool:
    """Whether values alone show truth: that of a condition is among them, or both 0 and 1."""
    leaves = [node for value in values for node in walk(value)]
    converted = any(isinstance(n, rs.Call) and isinstance(n.function, rs.Name) and is_truth_conversion(n.function.text) for n in leaves)
    return converted or {literal_value(n) for n in leaves if isinstance(n, rs.Literal)} >= {0, 1}


@dataclass(frozen=True, slots=True)
class _Uses:
    """Counts how slots are used in one function."""

    truths: Truths
    tests: Counter[Slot]
    numbers: Counter[Slot]

    def visit(self, node: Node, counter: Counter[Slot] | None) -> None:
        """`counter` is for a slot that stands here itself; None where another slot gets its value."""
        if isinstance(node, rs.Name | rs.Call):
            slot = self.truths.slot_of(node)
            if slot is not None and counter is not None:
                counter[slot] += 1
        match node:
            case rs.Binary("==" | "!=", left, right) if self.truths.holds(left) and self.truths.holds(right):
                self.visit(left, self.tests)
                self.visit(right, self.tests)
            case rs.Return(value) if value is not None and (self.truths.function, None) in self.truths.slots:
                self.visit(value, None)
            case rs.Let(name, _, init) if init is not None and (self.truths.function, name) in self.truths.slots:
                self.visit(init, None)
            case rs.Assign(rs.Name(name), value) if (self.truths.function, name) in self.truths.slots:
                self.visit(value, None)
            case rs.Block(statements, tail):
                for statement in statements:
                    self.visit(statement, self.numbers)
                if tail is not None:
                    self.visit(tail, counter)
            case rs.If(condition, then, otherwise):
                self.visit(condition, self.numbers)
                self.visit(then, counter)
                if otherwise is not None:
                    self.visit(otherwise, counter)
            case rs.Match(value, arms):
                self.visit(value, self.numbers)
                for arm in arms:
                    self.visit(arm.body, counter)
            case rs.BlockExpr(block):
                self.visit(block, counter)
            case rs.Binary(op, left, right) if op in BITWISE and self.truths.holds(node):
                self.visit(left, counter)
                self.visit(right, counter)
            case rs.ExprStatement(expr):
                self.visit(expr, None)
            case _:
                for child in children(node):
                    self.visit(child, self.numbers)


