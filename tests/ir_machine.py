"""Runs IR functions of ints, before and after `normalise`, and records what they do.

A function is compiled to flat code with jumps, so gotos, cases in odd places and structured statements all run alike, and
by a way that has nothing in common with how `normalise` works. The world outside is three functions: `trace(n)` records an
event, `input(n)` gives a number below n, `longjmp(env, n)` jumps.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from c2rust_py.ir import nodes as ir
from c2rust_py.ir.program import Function

Instruction = tuple[object, ...]
_ARITHMETIC = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    ">=": lambda a, b: int(a >= b),
    ">": lambda a, b: int(a > b),
    "<=": lambda a, b: int(a <= b),
}


@dataclass
class Compiler:
    """Compiles one function. Registers are numbered by their use in the text, labels by name."""

    code: list[Instruction] = field(default_factory=list)
    labels: dict[object, int] = field(default_factory=dict)
    registers: int = 0
    catches: list[str] = field(default_factory=list)

    def register(self) -> int:
        self.registers += 1
        return self.registers

    def emit(self, *instruction: object) -> None:
        self.code.append(instruction)

    def mark(self, label: object) -> None:
        assert label not in self.labels, label
        self.labels[label] = len(self.code)

    def statements(self, body: tuple[ir.Statement, ...]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, statement: ir.Statement) -> None:
        match statement:
            case ir.Declare(local, init):
                if init is not None:
                    self.emit("store", local, self.value(init))
            case ir.Assign(ir.LocalPlace(local), value):
                self.emit("store", local, self.value(value))
            case ir.Evaluate(value):
                self.value(value)
            case ir.Block(body):
                self.statements(body)
            case ir.If(condition, then, otherwise):
                self.emit("unless", self.value(condition), ("else", id(statement)))
                self.statements(then)
                self.emit("jump", ("endif", id(statement)))
                self.mark(("else", id(statement)))
                self.statements(otherwise)
                self.mark(("endif", id(statement)))
            case ir.While(label, condition, body):
                self.mark(("continue", label))
                self.emit("unless", self.value(condition), ("break", label))
                self.statements(body)
                self.emit("jump", ("continue", label))
                self.mark(("break", label))
            case ir.DoWhile(label, body, condition):
                self.mark(("again", label))
                self.statements(body)
                self.mark(("continue", label))
                self.emit("unless", self.value(condition), ("break", label))
                self.emit("jump", ("again", label))
                self.mark(("break", label))
            case ir.For(label, init, condition, step, body):
                self.statements(init)
                self.mark(("again", label))
                if condition is not None:
                    self.emit("unless", self.value(condition), ("break", label))
                self.statements(body)
                self.mark(("continue", label))
                self.statements(step)
                self.emit("jump", ("again", label))
                self.mark(("break", label))
            case ir.Loop(label, body):
                self.mark(("continue", label))
                self.statements(body)
                self.emit("jump", ("continue", label))
                self.mark(("break", label))
            case ir.Labelled(label, body):
                self.statements(body)
                self.mark(("break", label))
            case ir.Break(label):
                self.jump("break", label)
            case ir.Continue(label):
                self.jump("continue", label)
            case ir.Goto(label):
                self.emit("jump", ("goto", label))
            case ir.ComputedGoto(target):
                self.emit("jump_to", self.value(target))
            case ir.Label(name):
                self.mark(("goto", name))
            case ir.Return(value):
                self.emit("return", None if value is None else self.value(value))
            case ir.CatchJump():
                self.catch(statement)
            case ir.Switch() | ir.Match() | ir.Case() | ir.Default():
                self.selection(statement)
            case _:
                raise AssertionError(statement)

    def jump(self, kind: str, label: str) -> None:
        if self.catches and self.catches[-1] == label:
            self.emit("leave_catch")
        self.emit("jump", (kind, label))

    def catch(self, statement: ir.CatchJump) -> None:
        self.emit("catch", self.value(statement.env), statement.result, ("body", statement.label))
        self.mark(("body", statement.label))
        self.catches.append(statement.label)
        self.statements(statement.body)
        self.emit("fail", "a catch runs off its end")
        self.catches.pop()
        self.mark(("break", statement.label))

    def selection(self, statement: ir.Statement) -> None:
        match statement:
            case ir.Switch(label, value, body):
                cases = [n for s in body for n in _walk(s) if isinstance(n, (ir.Case, ir.Default)) and n.switch == label]
                ranges = [(c.low, c.high, ("case", id(c))) for c in cases if isinstance(c, ir.Case)]
                rest = next((("case", id(c)) for c in cases if isinstance(c, ir.Default)), ("break", label))
                self.emit("select", self.value(value), ranges, rest)
                self.statements(body)
                self.mark(("break", label))
            case ir.Case() | ir.Default():
                self.mark(("case", id(statement)))
            case ir.Match(label, value, arms):
                ranges = [(p.low, p.high, ("arm", id(arm))) for arm in arms for p in arm.patterns]
                rest = ("arm", id(arms[-1])) if arms and not arms[-1].patterns else ("break", label)
                self.emit("select", self.value(value), ranges, rest)
                for arm in arms:
                    self.mark(("arm", id(arm)))
                    self.statements(arm.body)
                    self.emit("jump", ("break", label))
                self.mark(("break", label))

    def value(self, value: ir.Value) -> int:
        result = self.register()
        match value:
            case ir.IntConst(number):
                self.emit("const", result, number)
            case ir.LabelAddress(label):
                self.emit("const", result, ("goto", label))
            case ir.Load(ir.LocalPlace(local)):
                self.emit("load", result, local)
            case ir.AddressOf(ir.GlobalPlace(symbol)):
                self.emit("const", result, symbol)
            case ir.Convert(operand):
                return self.value(operand)
            case ir.Not(operand):
                self.emit("not", result, self.value(operand))
            case ir.Binary(op, left, right) | ir.Compare(op, left, right):
                self.emit("binary", result, op.value, self.value(left), self.value(right))
            case ir.Logical(op, left, right):
                stop = ("short", id(value), result)
                self.emit("truth", result, self.value(left))
                self.emit("unless" if op is ir.LogicalOp.AND else "if", result, stop)
                self.emit("truth", result, self.value(right))
                self.mark(stop)
            case ir.Conditional(condition, then, otherwise):
                self.emit("unless", self.value(condition), ("else", id(value), result))
                self.emit("copy", result, self.value(then))
                self.emit("jump", ("endif", id(value), result))
                self.mark(("else", id(value), result))
                self.emit("copy", result, self.value(otherwise))
                self.mark(("endif", id(value), result))
            case ir.Call(ir.FunctionRef(symbol), args):
                self.emit("call", result, symbol, [self.value(arg) for arg in reversed(args)][::-1])
            case ir.BlockValue(body, inner):
                self.statements(body)
                if inner is not None:
                    self.emit("copy", result, self.value(inner))
            case ir.Builtin("unreachable"):
                self.emit("fail", "unreachable code is reached")
            case _:
                raise AssertionError(value)
        return result


def _walk(statement: ir.Statement) -> list[object]:
    from c2rust_py.ir.walk import walk

    return list(walk(statement))


@dataclass
class Run:
    """What a function did: events, in the end its result, or what went wrong."""

    events: list[object]
    ended: bool


def compile_function(function: Function) -> Compiler:
    """The flat code of `function`."""
    compiler = Compiler()
    compiler.statements(function.body)
    compiler.emit("return", None)
    return compiler


def run(program: Compiler, seed: int, max_events: int = 60, max_steps: int = 20_000) -> Run:
    """Runs a function until it returns, or has made `max_events`; `seed` decides what `input` gives."""
    return _Machine(program, random.Random(seed)).run(max_events, max_steps)


@dataclass
class _Machine:
    program: Compiler
    world: random.Random
    values: dict[int, object] = field(default_factory=dict)
    locals: dict[int, object] = field(default_factory=dict)
    events: list[object] = field(default_factory=list)
    jumps: dict[object, tuple[int, int]] = field(default_factory=dict)
    catches: list[tuple[object, int, int]] = field(default_factory=list)
    position: int = 0

    def run(self, max_events: int, max_steps: int) -> Run:
        for _ in range(max_steps):
            instruction = self.program.code[self.position]
            self.position += 1
            if instruction[0] == "return":
                value = None if instruction[1] is None else self.values[instruction[1]]
                self.events.append(("return", value))
                return Run(self.events, True)
            if instruction[0] == "fail":
                self.events.append(instruction)
                return Run(self.events, True)
            self.step(instruction)
            if len(self.events) >= max_events:
                break
        return Run(self.events, False)

    def goto(self, label: object) -> None:
        self.position = self.program.labels[label]

    def step(self, instruction: Instruction) -> None:
        match instruction:
            case ("const", result, number):
                self.values[result] = number
            case ("load", result, local):
                self.values[result] = self.locals.get(local, 0)
            case ("store", local, source):
                self.locals[local] = self.values[source]
            case ("copy", result, source):
                self.values[result] = self.values[source]
            case ("not", result, source):
                self.values[result] = int(not self.values[source])
            case ("binary", result, op, left, right):
                value = _ARITHMETIC[op](self.values[left], self.values[right])
                self.values[result] = value if abs(value) < 1 << 31 else 0
            case ("jump", label):
                self.goto(label)
            case ("unless", source, label):
                if not self.values[source]:
                    self.goto(label)
            case ("if", source, label):
                if self.values[source]:
                    self.goto(label)
            case ("truth", result, source):
                self.values[result] = int(bool(self.values[source]))
            case ("select", source, ranges, rest):
                number = self.values[source]
                self.goto(next((label for low, high, label in ranges if low <= number <= high), rest))
            case ("jump_to", source):
                self.goto(self.values[source])
            case ("call", result, symbol, args):
                self.call(result, symbol, [self.values[arg] for arg in args])
            case ("catch", env, result, label):
                self.catches.append((self.values[env], result, self.program.labels[label]))
                self.locals[result] = 0
            case ("leave_catch",):
                self.catches.pop()
            case _:
                raise AssertionError(instruction)

    def call(self, result: int, symbol: str, args: list[object]) -> None:
        match symbol, args:
            case "trace", [number]:
                self.events.append(number)
            case "input", [limit]:
                self.values[result] = self.world.randrange(limit)
            case "setjmp", [env]:
                self.jumps[env] = (self.position, result)
                self.values[result] = 0
            case "longjmp", [env, number]:
                self.longjmp(env, number)

    def longjmp(self, env: object, number: object) -> None:
        if env in self.jumps:
            self.position, result = self.jumps[env]
            self.values[result] = number
            return
        while self.catches:
            caught, result, body = self.catches[-1]
            if caught == env:
                self.locals[result] = number
                self.position = body
                return
            self.catches.pop()
        self.events.append("lost jump")
        self.position = len(self.program.code) - 1
