"""Random C expressions with side effects, as C text and as IR, and two interpreters of the IR.

One interpreter takes operands in gcc's order, as the docstring of `to_rust.sequence_operands` has it; the other in Rust's,
and it refuses an exclusive use of memory while an access holds it, as rustc would. Neither shares code with the pass.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from c2rust_py.diagnostics import Span
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.program import Function, Local, LocalKind, Program, Variable
from c2rust_py.ir.types import INT, LONG, UINT, VOID, ArrayType, FunctionType, PointerType

SPAN = Span("t.c", 1)
PLAIN = ("g0", "g1")
CELL = "cell"
ARRAY, ARRAY_TYPE = "arr", ArrayType(UINT, 4)
POINTER, POINTER_TYPE = "ptr", PointerType(UINT)
FUNCTIONS = 4
MASK = 0xFFFFFFFF

PRELUDE = """#include <stdio.h>
typedef unsigned u;
static u g0, g1, cell, trace, arr[4], *ptr;
static u f0(u a, u b) { trace = trace * 31 + a + 3 * b; return trace >> 3; }
static u f1(u a, u b) { g0 += 7 + a; return g0 ^ b; }
static u f2(u a, u b) { cell += 5 + b; ptr = &arr[(cell ^ a) & 3]; *ptr += 1; return cell; }
static u f3(u a, u b) { g1 ^= cell + a; arr[b & 3] += g1; return g1; }
"""


def call_model(state: Machine, number: int, a: int, b: int) -> int:
    """What the functions of the prelude do."""
    if number == 0:
        state.trace = (state.trace * 31 + a + 3 * b) & MASK
        return state.trace >> 3
    if number == 1:
        state.plain["g0"] = (state.plain["g0"] + 7 + a) & MASK
        return state.plain["g0"] ^ b
    if number == 2:
        state.plain[CELL] = (state.plain[CELL] + 5 + b) & MASK
        state.pointer = (state.plain[CELL] ^ a) & 3
        state.array[state.pointer] = (state.array[state.pointer] + 1) & MASK
        return state.plain[CELL]
    state.plain["g1"] ^= (state.plain[CELL] + a) & MASK
    state.array[b & 3] = (state.array[b & 3] + state.plain["g1"]) & MASK
    return state.plain["g1"]


# ---- expressions


def const(value: int) -> ir.Value:
    return ir.IntConst(value, UINT, SPAN)


def load(name: str) -> ir.Value:
    return ir.Load(ir.GlobalPlace(name, UINT, SPAN), UINT, SPAN)


def call(number: int, *args: ir.Value) -> ir.Value:
    type = PointerType(FunctionType(UINT, (UINT, UINT)))
    return ir.Call(ir.FunctionRef(f"f{number}", type, SPAN), args, UINT, SPAN)


def element(index: ir.Value) -> ir.Place:
    masked = ir.Binary(ir.BinaryOp.AND, index, const(3), UINT, SPAN)
    return ir.IndexPlace(ir.GlobalPlace(ARRAY, ARRAY_TYPE, SPAN), ir.Convert(masked, LONG, SPAN), UINT, SPAN)


def pointee() -> ir.Place:
    pointer = ir.Load(ir.GlobalPlace(POINTER, POINTER_TYPE, SPAN), POINTER_TYPE, SPAN)
    return ir.DerefPlace(pointer, UINT, SPAN)


@dataclass(slots=True)
class Generator:
    """Makes pairs of C text and IR."""

    random: random.Random

    def place(self, depth: int) -> tuple[str, ir.Place]:
        kind = self.random.randrange(4)
        if kind == 0:
            text, index = self.value(depth - 1)
            return f"arr[({text}) & 3]", element(index)
        if kind == 1:
            return "*ptr", pointee()
        name = self.random.choice((*PLAIN, CELL))
        return name, ir.GlobalPlace(name, UINT, SPAN)

    def value(self, depth: int) -> tuple[str, ir.Value]:
        kind = self.random.randrange(10) if depth > 0 else self.random.randrange(3)
        if kind == 0:
            number = self.random.randrange(9)
            return f"{number}u", const(number)
        if kind <= 2:
            text, place = self.place(depth)
            return text, ir.Load(place, UINT, SPAN)
        if kind <= 5:
            (a, x), (b, y) = self.value(depth - 1), self.value(depth - 1)
            number = self.random.randrange(FUNCTIONS)
            return f"f{number}({a}, {b})", call(number, x, y)
        if kind == 6:
            (c, z), (a, x), (b, y) = self.operand(depth - 1), self.operand(depth - 1), self.operand(depth - 1)
            if a == b:
                return a, x
            return f"(({c}) & 1 ? {a} : {b})", ir.Conditional(
                ir.Binary(ir.BinaryOp.AND, z, const(1), UINT, SPAN), x, y, UINT, SPAN
            )
        if kind == 7:
            (p, place), (a, x), (b, y) = self.place(depth - 1), self.value(depth - 1), self.value(depth - 1)
            return f"({{ {p} = {a}; {b}; }})", ir.BlockValue((ir.Assign(place, x, SPAN),), y, UINT, SPAN)
        return self.operator(depth)

    def operand(self, depth: int) -> tuple[str, ir.Value]:
        """No constant: folding it would change what gcc takes for a variable."""
        text, value = self.value(depth)
        return ("g0", load("g0")) if isinstance(value, ir.IntConst) else (text, value)

    def operator(self, depth: int) -> tuple[str, ir.Value]:
        (a, x), (b, y) = self.operand(depth - 1), self.operand(depth - 1)
        if a == b:
            return a, x
        op = self.random.choice(("+", "-", "^", "*", "<", "&&"))
        if op == "-" and isinstance(y, ir.Binary) and y.op is ir.BinaryOp.SUB:
            op = "+"  # gcc makes a + (c - b) of a - (b - c) where the type wraps
        if op == "<":
            compare = ir.Compare(ir.CompareOp.LT, x, y, INT, SPAN)
            return f"(u)(({a}) < ({b}))", ir.Convert(compare, UINT, SPAN)
        if op == "&&":
            both = ir.Logical(ir.LogicalOp.AND, x, y, INT, SPAN)
            return f"(u)(({a}) && ({b}))", ir.Convert(both, UINT, SPAN)
        return f"(({a}) {op} ({b}))", ir.Binary(ir.BinaryOp(op), x, y, UINT, SPAN)

    def statement(self) -> tuple[str, ir.Statement]:
        depth = self.random.randrange(1, 4)
        (a, x), (p, place) = self.value(depth), self.place(depth)
        return f"{p} = {a};", ir.Assign(place, x, SPAN)


# ---- the machine


class BorrowConflict(Exception):
    """rustc would refuse this."""


@dataclass(slots=True)
class Machine:
    """The state of the program, and an interpreter in gcc's or in Rust's order."""

    rust: bool
    plain: dict[str, int] = field(default_factory=lambda: {"g0": 1, "g1": 2, CELL: 3})
    array: list[int] = field(default_factory=lambda: [4, 5, 6, 7])
    pointer: int = 2
    trace: int = 0
    locals: dict[int, int] = field(default_factory=dict)
    held: int = 0
    in_memory: frozenset[str] = frozenset({ARRAY, CELL})

    def observed(self) -> str:
        return " ".join(map(str, (*self.plain.values(), *self.array, self.pointer, self.trace)))

    def run(self, body: Sequence[ir.Statement]) -> None:
        for node in body:
            match node:
                case ir.Declare(local, init, _):
                    assert init is not None
                    self.locals[local] = self.value(init)
                case ir.Evaluate(value, _):
                    self.value(value)
                case ir.Assign(place, value, _):
                    self.assign(place, value)
                case _:
                    raise AssertionError(node)

    def is_memory(self, place: ir.Place) -> bool:
        match place:
            case ir.IndexPlace(base):
                return self.is_memory(base)
            case ir.GlobalPlace(symbol):
                return symbol in self.in_memory
            case ir.LocalPlace():
                return False
            case _:
                return True

    def assign(self, place: ir.Place, value: ir.Value) -> None:
        if not self.rust:
            self.gcc_assign(place, value)
        elif self.is_memory(place):
            self.held += 1
            target = self.target(place)
            result = self.value(value)
            self.held -= 1
            self.exclusive()
            self.store(target, result)
        else:
            result = self.value(value)
            self.store(self.target(place), result)

    def gcc_assign(self, place: ir.Place, value: ir.Value) -> None:
        """A call or a load happens after the place is found, its own operands before; all else comes first."""
        match value:
            case ir.Call():
                args = self.arguments(value)
                target = self.target(place)
                self.store(target, self.apply(value, args))
            case ir.Load(source):
                found = self.target(source)
                target = self.target(place)
                self.store(target, self.fetch(found))
            case _:
                result = self.value(value)
                self.store(self.target(place), result)

    def exclusive(self) -> None:
        if self.rust and self.held:
            raise BorrowConflict

    def target(self, place: ir.Place) -> tuple[str, int]:
        match place:
            case ir.LocalPlace(local):
                return "local", local
            case ir.GlobalPlace(symbol):
                return symbol, 0
            case ir.IndexPlace(_, index):
                return ARRAY, self.value(index)
            case ir.DerefPlace(pointer):
                return ARRAY, self.value(pointer)
            case _:
                raise AssertionError(place)

    def store(self, target: tuple[str, int], value: int) -> None:
        name, index = target
        if name == "local":
            self.locals[index] = value
        elif name == ARRAY:
            self.array[index] = value
        else:
            self.plain[name] = value

    def load(self, place: ir.Place) -> int:
        holds = self.rust and self.is_memory(place)
        self.held += holds
        name, index = self.target(place)
        self.held -= holds
        return self.fetch((name, index))

    def fetch(self, source: tuple[str, int]) -> int:
        name, index = source
        if name == "local":
            return self.locals[index]
        if name == ARRAY:
            return self.array[index]
        return self.pointer if name == POINTER else self.plain[name]

    def value(self, node: ir.Value) -> int:
        match node:
            case ir.IntConst(value):
                return value
            case ir.Load(place):
                return self.load(place)
            case ir.Convert(operand):
                return self.value(operand)
            case ir.Call():
                return self.call(node)
            case ir.Conditional(condition, then, otherwise):
                return self.value(then if self.value(condition) else otherwise)
            case ir.Logical(_, left, right):
                return int(bool(self.value(left)) and bool(self.value(right)))
            case ir.BlockValue(body, value):
                self.run(body)
                assert value is not None
                return self.value(value)
            case ir.Compare(_, left, right):
                a, b = self.pair(left, right, swaps=True)
                return int(a < b)
            case ir.Binary(op, left, right):
                a, b = self.pair(left, right, swaps=op is not ir.BinaryOp.SUB)
                return {"+": a + b, "-": a - b, "^": a ^ b, "*": a * b, "&": a & b}[op.value] & MASK
            case _:
                raise AssertionError(node)

    def pair(self, left: ir.Value, right: ir.Value, swaps: bool) -> tuple[int, int]:
        if not self.rust and swaps and _is_whole_variable(left) and not _is_whole_variable(right):
            b = self.value(right)
            return self.value(left), b
        a = self.value(left)
        return a, self.value(right)

    def call(self, node: ir.Call) -> int:
        return self.apply(node, self.arguments(node))

    def arguments(self, node: ir.Call) -> list[int]:
        if self.rust:
            return [self.value(arg) for arg in node.args]
        return [self.value(arg) for arg in reversed(node.args)][::-1]

    def apply(self, node: ir.Call, args: list[int]) -> int:
        assert isinstance(node.function, ir.FunctionRef)
        number = int(node.function.symbol[1:])
        if number >= 2:
            self.exclusive()
        return call_model(self, number, *args)


def _is_whole_variable(value: ir.Value) -> bool:
    return isinstance(value, ir.Load) and isinstance(value.place, ir.GlobalPlace)


# ---- the program


def program() -> Program:
    """The prelude as IR, as far as inference looks at it: what each function touches."""
    params = tuple(Local(i, name, UINT, LocalKind.PARAM, SPAN) for i, name in enumerate("ab"))
    type = FunctionType(UINT, (UINT, UINT))

    def touch(place: ir.Place) -> ir.Statement:
        return ir.Assign(place, ir.Load(place, UINT, SPAN), SPAN)

    def name(symbol: str) -> ir.Place:
        return ir.GlobalPlace(symbol, UINT, SPAN)

    pointer = ir.GlobalPlace(POINTER, POINTER_TYPE, SPAN)
    aim = ir.Assign(pointer, ir.AddressOf(element(const(0)), POINTER_TYPE, SPAN), SPAN)
    keep = ir.Evaluate(ir.AddressOf(name(CELL), POINTER_TYPE, SPAN), SPAN)
    bodies: list[tuple[ir.Statement, ...]] = [
        (touch(name("trace")),),
        (touch(name("g0")),),
        (touch(name(CELL)), aim, touch(pointee()), keep),
        (touch(name("g1")), touch(element(const(0))), ir.Evaluate(load(CELL), SPAN)),
    ]
    functions = {
        f"f{i}": Function(f"f{i}", f"f{i}", type, params, body, False, False, "t.c", SPAN, 1)
        for i, body in enumerate(bodies)
    }
    types = {"g0": UINT, "g1": UINT, CELL: UINT, "trace": UINT, ARRAY: ARRAY_TYPE, POINTER: POINTER_TYPE}
    variables = {s: Variable(s, s, t, None, True, False, "t.c", SPAN) for s, t in types.items()}
    return Program((), functions, variables, {}, {}, {})


def procedure(body: tuple[ir.Statement, ...]) -> Function:
    """A function `t` of no parameters with that body."""
    return Function("t", "t", FunctionType(VOID, ()), (), body, False, False, "t.c", SPAN, 1)
