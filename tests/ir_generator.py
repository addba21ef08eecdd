"""Random functions of ints for `normalise`: structured statements, with gotos, labels and cases in the oddest places.

Every loop and every goto asks `input` or leaves a trace, so that a run makes progress that can be compared.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from c2rust_py.diagnostics import Span
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.program import External, Function, Local, LocalKind, Program
from c2rust_py.ir.types import INT, VOID, VOID_POINTER, FunctionType, PointerType

SPAN = Span("random.c", 1)
TRACE = PointerType(FunctionType(VOID, (INT,)))
INPUT = PointerType(FunctionType(INT, (INT,)))
SETJMP = PointerType(FunctionType(INT, (VOID_POINTER,)))
LONGJMP = PointerType(FunctionType(VOID, (VOID_POINTER, INT)))
ENVIRONMENTS = ("env_a", "env_b")


def constant(number: int) -> ir.IntConst:
    return ir.IntConst(number, INT, SPAN)


def load(local: int) -> ir.Load:
    return ir.Load(ir.LocalPlace(local, INT, SPAN), INT, SPAN)


def trace(value: ir.Value) -> ir.Statement:
    return ir.Evaluate(ir.Call(ir.FunctionRef("trace", TRACE, SPAN), (value,), VOID, SPAN), SPAN)


def ask(limit: int) -> ir.Value:
    return ir.Call(ir.FunctionRef("input", INPUT, SPAN), (constant(limit),), INT, SPAN)


def environment(name: str) -> ir.Value:
    return ir.Convert(ir.AddressOf(ir.GlobalPlace(name, INT, SPAN), PointerType(INT), SPAN), VOID_POINTER, SPAN)


def setjmp(name: str) -> ir.Value:
    return ir.Call(ir.FunctionRef("setjmp", SETJMP, SPAN), (environment(name),), INT, SPAN)


def program_of(function: Function) -> Program:
    """A program of one function."""
    types = {"trace": TRACE, "input": INPUT, "setjmp": SETJMP, "longjmp": LONGJMP}
    externals = {name: External(name, type.target, True, SPAN) for name, type in types.items()}
    for name in ENVIRONMENTS:
        externals[name] = External(name, INT, True, SPAN)
    return Program((), {function.symbol: function}, {}, externals, {}, {})


def make_function(body: tuple[ir.Statement, ...], locals: list[Local]) -> Function:
    return Function(
        "f", "f", FunctionType(VOID, ()), tuple(locals), body, False, False, "random.c", SPAN, 1
    )


@dataclass
class Generator:
    """One random function: `gotos` and `jumps` (setjmp) say what it may hold."""

    world: random.Random
    gotos: bool = True
    computed: bool = False
    jumps: bool = False
    locals: list[Local] = field(default_factory=list)
    events: int = 0
    names: int = 0
    budget: int = 40
    labels: list[str] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)
    setjmps: int = 0
    depth: int = 0
    """Statement expressions around."""

    def function(self) -> Function:
        count = self.world.randrange(1, 6) if self.gotos else 0
        self.labels = [f"L{number}" for number in range(count)]
        self.unplaced = list(self.labels)
        variable = self.local()
        body = [ir.Declare(variable, constant(0), SPAN), *self.list((), (), (variable,))]
        for label in self.unplaced:
            body += [ir.Label(label, SPAN), self.event()]
        return make_function(tuple(body), self.locals)

    def local(self) -> int:
        id = len(self.locals)
        self.locals.append(Local(id, f"v{id}", INT, LocalKind.VARIABLE, SPAN))
        return id

    def name(self, hint: str) -> str:
        self.names += 1
        return f"{hint}{self.names}"

    def event(self) -> ir.Statement:
        self.events += 1
        return trace(constant(self.events))

    def condition(self, visible: tuple[int, ...]) -> ir.Value:
        match self.world.randrange(4):
            case 0:
                return ir.Compare(ir.CompareOp.LT, load(self.world.choice(visible)), ask(5), INT, SPAN)
            case 1:
                return ir.Not(ask(3), INT, SPAN)
            case _:
                return ask(3)

    def list(
        self, breaks: tuple[str, ...], loops: tuple[str, ...], visible: tuple[int, ...], case: str | None = None
    ) -> list[ir.Statement]:
        """Statements; `case` is the switch that cases in here belong to."""
        result: list[ir.Statement] = []
        for _ in range(self.world.randrange(1, 5)):
            if self.unplaced and self.world.random() < 0.25:
                result.append(ir.Label(self.unplaced.pop(self.world.randrange(len(self.unplaced))), SPAN))
            if case is not None and self.world.random() < 0.3:
                result += self.case(case)
            if self.world.random() < 0.2:
                new = self.local()
                result.append(ir.Declare(new, ask(7) if self.world.random() < 0.7 else None, SPAN))
                if isinstance(result[-1], ir.Declare) and result[-1].init is None:
                    result.append(ir.Assign(ir.LocalPlace(new, INT, SPAN), constant(new), SPAN))
                visible = (*visible, new)
            result.append(self.statement(breaks, loops, visible, case))
        return result

    def case(self, switch: str) -> list[ir.Statement]:
        taken = self.cases.setdefault(switch, set())
        if self.world.random() < 0.2 and -1 not in taken:
            taken.add(-1)
            return [ir.Default(switch, SPAN)]
        low = self.world.randrange(8)
        high = min(7, low + self.world.choice((0, 0, 0, 1, 2)))
        if any(number in taken for number in range(low, high + 1)):
            return []
        taken.update(range(low, high + 1))
        return [ir.Case(switch, low, high, SPAN)]

    cases: dict[str, set[int]] = field(default_factory=dict)

    def statement(
        self, breaks: tuple[str, ...], loops: tuple[str, ...], visible: tuple[int, ...], case: str | None
    ) -> ir.Statement:
        self.budget -= 1
        choice = self.world.randrange(20)
        if self.budget < 0 or choice < 3:
            return self.event()
        if choice < 5:
            return self.jump(breaks, loops)
        if choice == 5:
            place = ir.LocalPlace(self.world.choice(visible), INT, SPAN)
            more = ir.Binary(ir.BinaryOp.ADD, load(self.world.choice(visible)), constant(1), INT, SPAN)
            return ir.Assign(place, more, SPAN)
        if choice == 6:
            return trace(load(self.world.choice(visible)))
        if choice == 7:
            return trace(self.block_value(breaks, loops, visible))
        if choice < 12:
            then = (self.event(), *self.list(breaks, loops, visible, case))
            otherwise = tuple(self.list(breaks, loops, visible, case)) if self.world.random() < 0.4 else ()
            return ir.If(self.condition(visible), then, otherwise, SPAN)
        if choice < 15:
            return self.switch(breaks, loops, visible)
        if choice == 15:
            return ir.Block(tuple(self.list(breaks, loops, visible, case)), SPAN)
        if choice == 16 and self.jumps and self.setjmps < 3 and not self.depth:
            return self.catch(breaks, loops, visible)
        return self.loop(breaks, loops, visible, case)

    def jump(self, breaks: tuple[str, ...], loops: tuple[str, ...]) -> ir.Statement:
        jump: ir.Statement = ir.Return(None, SPAN)
        choice = self.world.randrange(10)
        if self.jumps and choice < 3:
            env = environment(self.world.choice(ENVIRONMENTS))
            number = constant(self.world.randrange(1, 4))
            call = ir.Call(ir.FunctionRef("longjmp", LONGJMP, SPAN), (env, number), VOID, SPAN)
            jump = ir.If(ask(2), (ir.Evaluate(call, SPAN),), (), SPAN)
        elif self.labels and choice < 5:
            jump = ir.Goto(self.world.choice(self.labels), SPAN)
        elif self.labels and self.computed and choice == 5:
            first, second = (ir.LabelAddress(self.world.choice(self.labels), VOID_POINTER, SPAN) for _ in range(2))
            jump = ir.ComputedGoto(ir.Conditional(ask(2), first, second, VOID_POINTER, SPAN), SPAN)
        elif breaks and choice < 8:
            jump = ir.Break(self.world.choice(breaks), SPAN)
        elif loops and choice == 8:
            jump = ir.Continue(self.world.choice(loops), SPAN)
        if self.world.random() < 0.6:
            return ir.If(ask(2), (self.event(), jump), (), SPAN)
        return ir.Block((self.event(), jump), SPAN)

    def loop(
        self, breaks: tuple[str, ...], loops: tuple[str, ...], visible: tuple[int, ...], case: str | None
    ) -> ir.Statement:
        label = self.name("loop")
        kind = self.world.randrange(4)
        if kind == 2:
            variable = self.local()
            visible = (*visible, variable)
            init = (ir.Declare(variable, constant(0), SPAN),)
        body = (self.event(), *self.list((*breaks, label), (*loops, label), visible, case))
        if kind == 0:
            return ir.While(label, self.condition(visible), body, SPAN)
        if kind == 1:
            outer = visible if self.world.random() < 0.9 else visible[:1]
            return ir.DoWhile(label, body, self.condition(outer) if self.world.random() < 0.8 else constant(0), SPAN)
        if kind == 2:
            more = ir.Binary(ir.BinaryOp.ADD, load(variable), constant(1), INT, SPAN)
            step = (ir.Assign(ir.LocalPlace(variable, INT, SPAN), more, SPAN), self.event())
            test = ir.Compare(ir.CompareOp.LT, load(variable), ask(6), INT, SPAN)
            return ir.For(label, init, test if self.world.random() < 0.8 else None, step, body, SPAN)
        return ir.While(label, constant(1), body, SPAN)

    def switch(self, breaks: tuple[str, ...], loops: tuple[str, ...], visible: tuple[int, ...]) -> ir.Statement:
        label = self.name("switch")
        nested = label if self.world.random() < 0.3 else None
        breaks = (*breaks, label)
        body: list[ir.Statement] = []
        if self.world.random() < 0.2:
            new = self.local()
            body.append(ir.Declare(new, None, SPAN))
        for _ in range(self.world.randrange(1, 6)):
            for _ in range(self.world.choice((1, 1, 2))):
                body += self.case(label)
            body += self.list(breaks, loops, visible, nested)
            if self.world.random() < 0.5:
                body.append(ir.Break(label, SPAN))
        return ir.Switch(label, ask(9), tuple(body), SPAN)

    def block_value(self, breaks: tuple[str, ...], loops: tuple[str, ...], visible: tuple[int, ...]) -> ir.Value:
        """A statement expression. Gotos may leave it, none may enter it, so it places its own labels only."""
        outer_labels, outer_unplaced = self.labels, self.unplaced
        own = [self.name("inner")] if self.gotos and self.world.random() < 0.5 else []
        self.labels, self.unplaced = [*outer_labels, *own, *own], list(own)
        outer_computed, self.computed = self.computed, False
        self.depth += 1
        new = self.local()
        body = [ir.Declare(new, ask(7), SPAN), *self.list(breaks, loops, (*visible, new))]
        body += [ir.Label(label, SPAN) for label in self.unplaced]
        self.depth -= 1
        self.labels, self.unplaced, self.computed = outer_labels, outer_unplaced, outer_computed
        return ir.BlockValue(tuple(body), load(new), INT, SPAN)

    def catch(self, breaks: tuple[str, ...], loops: tuple[str, ...], visible: tuple[int, ...]) -> ir.Statement:
        self.setjmps += 1
        call = setjmp(self.world.choice(ENVIRONMENTS))
        match self.world.randrange(5):
            case 4:
                either = ir.Logical(self.world.choice(list(ir.LogicalOp)), ask(2), call, INT, SPAN)
                return ir.If(either, (self.event(),), (self.event(),), SPAN)
            case 0:
                return ir.If(call, (self.event(),), (self.event(),), SPAN)
            case 1:
                return ir.If(ir.Not(call, INT, SPAN), tuple(self.list(breaks, loops, visible)), (self.event(),), SPAN)
            case 2:
                return ir.Assign(ir.LocalPlace(visible[0], INT, SPAN), call, SPAN)
            case _:
                test = ir.Compare(ir.CompareOp.EQ, call, constant(2), INT, SPAN)
                label = self.name("loop")
                return ir.While(label, test, (self.event(),), SPAN)
