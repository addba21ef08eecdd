"""Calls through pointers of a closed type become calls of a function of our own, the *dispatcher* of the type, which calls the targets.

    static const step steps[] = { push, pop };
    steps[op](vm, 1);

    static int call_steps(step steps, struct vm *vm, int n)
    {
        if (steps == push) return push(vm, n);
        if (steps == pop) return pop(vm, n);
        (stops: there is no such function)
    }
    call_steps(steps[op], vm, 1);

So the stages behind see direct calls alone: what a target needs of its arguments is what the dispatcher needs, and what that passes
fits all targets. The addresses themselves become `FunctionAddress`, since they say no more than which function is meant. Only types
that have pointers to data are worth it: calls through others stay as they are.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from c2rust_py.ir.builtins import EFFECTFUL_BUILTINS
from c2rust_py.ir.nodes import (
    AddressOf,
    BlockValue,
    Builtin,
    Call,
    Compare,
    CompareOp,
    Decay,
    Declare,
    DerefPlace,
    Evaluate,
    FieldPlace,
    FunctionAddress,
    FunctionRef,
    GlobalPlace,
    If,
    IndexPlace,
    Load,
    LocalPlace,
    Overflowing,
    Place,
    Return,
    Statement,
    VaArgValue,
    Value,
)
from c2rust_py.ir.program import Function, Local, LocalKind, Program
from c2rust_py.ir.types import INT, VOID, FunctionType, PointerType, RecordType, VoidType
from c2rust_py.ir.walk import Node, map_children, walk, walk_all
from c2rust_py.normalise.pointer_types import CALLING_NAMED, find_pointer_types


def dispatch_calls(program: Program) -> Program:
    """The program with dispatchers, each in the unit of the first call through it, in front of the function that calls."""
    found = find_pointer_types(program)
    closed = {type: targets for type, targets in found.closed() if _has_data_pointer(type)}
    if not closed:
        return program
    callers = _callers(program, closed)
    dispatchers = {
        type: _dispatcher(program, type, targets, callers[type], f"@{number}")
        for number, (type, targets) in enumerate(closed.items())
    }
    rewritten = {
        symbol: _Rewriter(program, dispatchers, function).rewritten() for symbol, function in program.functions.items()
    }
    nowhere = _Rewriter(program, dispatchers, None)
    variables = {
        symbol: variable if variable.init is None else replace(variable, init=nowhere.value(variable.init))
        for symbol, variable in program.variables.items()
    }
    made = {dispatcher.symbol: dispatcher for dispatcher in dispatchers.values()}
    in_front: dict[str, list[str]] = {}
    for type, dispatcher in dispatchers.items():
        in_front.setdefault(callers[type][0].symbol, []).append(dispatcher.symbol)
    units = tuple(
        replace(unit, functions=tuple(s for symbol in unit.functions for s in (*in_front.get(symbol, ()), symbol)))
        for unit in program.units
    )
    return replace(program, units=units, functions={**rewritten, **made}, variables=variables)


def _has_data_pointer(type: FunctionType) -> bool:
    """Whether functions of a type are given pointers to data, or return one."""
    if not type.prototyped or type.variadic:
        return False
    parts = (type.result, *type.params)
    return any(isinstance(part, PointerType) and not isinstance(part.target, FunctionType) for part in parts)


def _callers(program: Program, closed: Container[FunctionType]) -> dict[FunctionType, list[Function]]:
    """The functions that call through pointers of each type, in the order of the program."""
    found: dict[FunctionType, list[Function]] = {}
    for unit in program.units:
        for function in map(program.functions.__getitem__, unit.functions):
            for node in walk_all(function.body):
                type = called_type(node)
                if type is not None and type in closed and function not in found.setdefault(type, []):
                    found[type].append(function)
    return found


def called_type(node: Node) -> FunctionType | None:
    """The type of the functions that a call through a pointer can reach; None for another node."""
    if not isinstance(node, Call) or isinstance(node.function, FunctionRef):
        return None
    pointer = node.function.type
    assert isinstance(pointer, PointerType) and isinstance(pointer.target, FunctionType)
    return pointer.target


def _dispatcher(
    program: Program, type: FunctionType, targets: tuple[str, ...], callers: Sequence[Function], suffix: str
) -> Function:
    """The dispatcher of a type: a function of it with the pointer in front."""
    calls = (node for node in walk_all(callers[0].body) if called_type(node) == type)
    first = next(node for node in calls if isinstance(node, Call))
    span, pointer = first.span, PointerType(type)
    known = program.functions[targets[0]].locals
    name = _name(program, callers[0], first.function)
    locals = [Local(0, name, pointer, LocalKind.PARAM, span)]
    for param, of_param in enumerate(type.params):
        locals.append(Local(param + 1, known[param].name or f"a{param}", of_param, LocalKind.PARAM, span))
    own, *params = (Load(LocalPlace(local.id, local.type, span), local.type, span) for local in locals)
    body: list[Statement] = []
    for target in targets:
        address = FunctionAddress(target, pointer, span)
        call = Call(FunctionRef(target, pointer, span), tuple(params), type.result, span)
        void = isinstance(type.result, VoidType)
        then = (Evaluate(call, span), Return(None, span)) if void else (Return(call, span),)
        body.append(If(Compare(CompareOp.EQ, own, address, INT, span), then, (), span))
    body.append(Evaluate(Builtin("bad_call", (own,), VOID, span), span))
    unit = callers[0].unit
    return Function(
        symbol=f"call_{name}{suffix}",
        name=f"call_{name}",
        type=FunctionType(type.result, (pointer, *type.params)),
        locals=tuple(locals),
        body=tuple(body),
        static=all(caller.unit == unit for caller in callers),
        noreturn=False,
        unit=unit,
        span=span,
        end_line=span.line,
        doc=f"Calls the function that `{name}` points to.",
        targets=targets,
    )


def _name(program: Program, function: Function, pointer: Value) -> str:
    """What a program calls a pointer."""
    place = pointer.place if isinstance(pointer, Load) else None
    while isinstance(place, IndexPlace):
        place = place.base
    match place:
        case FieldPlace(base, index) if isinstance(base.type, RecordType):
            return (program.records[base.type.id].fields or ())[index].name
        case LocalPlace(local) if function.locals[local].name:
            return function.locals[local].name
        case GlobalPlace(symbol) if symbol in program.variables:
            return program.variables[symbol].name
        case _:
            return "pointer"


class _Rewriter:
    """Rewrites a function, or (None) initialisers: calls of dispatchers, and addresses."""

    def __init__(self, program: Program, dispatchers: Mapping[FunctionType, Function], function: Function | None) -> None:
        self.program = program
        self.dispatchers = dispatchers
        self.targets = {symbol for dispatcher in dispatchers.values() for symbol in dispatcher.targets or ()}
        self.function = function
        self.locals = [] if function is None else list(function.locals)
        self.named: set[int] = set()
        self.changing = set() if function is None else set(_pointed_locals(function))

    def rewritten(self) -> Function:
        function = self.function
        assert function is not None
        for node in walk_all(function.body):
            if isinstance(node, Call):
                self.named.add(id(node.function))
                if isinstance(node.function, FunctionRef) and node.function.symbol in CALLING_NAMED:
                    self.named.update(map(id, node.args))
        body = tuple(cast(Statement, self.change(statement)) for statement in function.body)
        return function if body == function.body else replace(function, locals=tuple(self.locals), body=body)

    def value(self, value: Value) -> Value:
        return cast(Value, self.change(value))

    def change(self, node: Node) -> Node:
        if isinstance(node, FunctionRef):
            is_address = node.symbol in self.targets and id(node) not in self.named
            return FunctionAddress(node.symbol, node.type, node.span) if is_address else node
        made = map_children(node, self.change)
        type = called_type(made)
        dispatcher = None if type is None else self.dispatchers.get(type)
        return made if dispatcher is None else self.call(cast(Call, made), dispatcher)

    def call(self, call: Call, dispatcher: Function) -> Value:
        """The call of the dispatcher. C computes the pointer in front of the arguments, and so does this where that can be told."""
        name, pointer = FunctionRef(dispatcher.symbol, PointerType(dispatcher.type), call.span), call.function
        apart = has_effect(pointer) or (any(map(has_effect, call.args)) and not self.is_stable(pointer))
        if not apart:
            return replace(call, function=name, args=(pointer, *call.args))
        local = Local(len(self.locals), "", pointer.type, LocalKind.TEMPORARY, call.span)
        self.locals.append(local)
        read = Load(LocalPlace(local.id, local.type, call.span), local.type, call.span)
        declared = Declare(local.id, pointer, call.span)
        made = replace(call, function=name, args=(read, *call.args))
        if isinstance(call.type, VoidType):
            return BlockValue((declared, Evaluate(made, call.span)), None, call.type, call.span)
        return BlockValue((declared,), made, call.type, call.span)

    def is_stable(self, pointer: Value) -> bool:
        """Whether computing the arguments cannot change a pointer: it is a constant, or made of such and of locals that none points to."""
        for node in walk(pointer):
            match node:
                case LocalPlace(local) if local in self.changing:
                    return False
                case GlobalPlace(symbol) if symbol not in self.program.variables or not self.program.variables[symbol].const:
                    return False
                case DerefPlace():
                    return False
                case _:
                    pass
        return True


def _pointed_locals(function: Function) -> Iterator[int]:
    """The locals whose address is taken."""
    for node in walk_all(function.body):
        if isinstance(node, AddressOf | Decay):
            place: Place = node.place
            while isinstance(place, FieldPlace | IndexPlace):
                place = place.base
            if isinstance(place, LocalPlace):
                yield place.local


def has_effect(node: Value) -> bool:
    """Whether computing a value does more than that."""
    return any(
        isinstance(inner, Call | BlockValue | Overflowing | VaArgValue)
        or (isinstance(inner, Builtin) and inner.name in EFFECTFUL_BUILTINS)
        for inner in walk(node)
    )
