"""Where `strtok` goes on, as a variable of the function that calls it.

    for (t = strtok(line, " "); t; t = strtok(NULL, " "))
    for (t = strtok_r(line, " ", &rest); t; t = strtok_r(NULL, " ", &rest))

Only in whole programs, where each function begins with a text of its own before it goes on, and calls nobody who begins another one: then
no function sees where others are. `lift.library` writes `strtok` again where the variable would be in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import cast

from c2rust_py.infer.ends import TOKENS_FROM, end_address, finds_tokens
from c2rust_py.infer.targets import is_null
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    Call,
    Conditional,
    Convert,
    Declare,
    Evaluate,
    For,
    FunctionRef,
    If,
    LocalPlace,
    Logical,
    Place,
    Return,
    Statement,
    Value,
    While,
)
from c2rust_py.ir.program import External, Function, Local, LocalKind, Program
from c2rust_py.ir.types import FunctionType, PointerType
from c2rust_py.ir.walk import Node, child_groups, children, map_children, walk, walk_all

TOKENS = "strtok"


def name_token_states(program: Program) -> Program:
    """The program with such variables, behind the other locals of their functions."""
    if TOKENS_FROM in program.externals and TOKENS_FROM not in program.functions:
        functions = {symbol: _without_nulls(function) for symbol, function in program.functions.items()}
        program = replace(program, functions=functions)
    external = program.externals.get(TOKENS)
    if not any(function.name == "main" and not function.static for function in program.functions.values()):
        return program
    if external is None or not external.from_library or TOKENS_FROM in program.functions:
        return program
    users = {symbol for symbol, function in program.functions.items() if any(map(is_tokens, walk_all(function.body)))}
    if not all(_begins(program.functions[symbol].body) and _is_alone(program, symbol, users) for symbol in users):
        return program
    assert isinstance(external.type, FunctionType)
    type = external.type
    text = type.params[0]
    assert isinstance(text, PointerType)
    with_rest = replace(type, params=(*type.params, PointerType(text)))
    found = External(TOKENS_FROM, with_rest, True, external.span)
    functions = {
        symbol: _with_state(function, text, with_rest) if symbol in users else function
        for symbol, function in program.functions.items()
    }
    return replace(program, functions=functions, externals={TOKENS_FROM: found, **program.externals})


def _without_nulls(function: Function) -> Function:
    """The function without the nulls that variables are given which only `strtok_r` looks at: it is given a text first."""
    saved = {
        place.local
        for node in walk_all(function.body)
        if isinstance(node, Call) and finds_tokens(node) and isinstance(place := _saved(node), LocalPlace)
    }
    if not saved:
        return function
    allowed = {id(_saved(node)) for node in walk_all(function.body) if isinstance(node, Call) and finds_tokens(node)}
    seen = {node.local for node in walk_all(function.body) if isinstance(node, LocalPlace) and id(node) not in allowed}

    def change(node: Node) -> Node:
        made = map_children(node, change)
        match made:
            case Declare(local, init) if local in saved - seen and init is not None and is_null(init):
                return replace(made, init=None)
            case _:
                return made

    return replace(function, body=tuple(cast(Statement, change(statement)) for statement in function.body))


def _saved(call: Call) -> Place | None:
    address = end_address(call)
    return address.place if isinstance(address, AddressOf) else None


def is_tokens(node: Node) -> bool:
    """Whether a node is a call of `strtok`."""
    match node:
        case Call(FunctionRef(name), (_, _)):
            return name == TOKENS
        case _:
            return False


def _goes_on(node: Node) -> bool:
    return isinstance(node, Call) and is_tokens(node) and is_null(node.args[0])


def _begins(body: Sequence[Statement]) -> bool:
    """Whether the first call that runs begins with a text, on every path to one that goes on."""
    for at, statement in enumerate(body):
        if not any(map(is_tokens, walk(statement))):
            continue
        if _begins_with(statement):
            return True
        if any(any(map(_goes_on, walk(later))) for later in body[at + 1 :]):
            return False
        groups = [[child for child in group if isinstance(child, Statement)] for group in _lists(statement)]
        if any(map(_goes_on, _own_nodes(statement))):
            return False
        return all(_begins(group) for group in groups)
    return True


def _begins_with(statement: Statement) -> bool:
    """Whether a statement begins with a text before it does anything else with tokens."""
    if isinstance(statement, For):
        return any(_begins_with(one) for one in statement.init)
    for value in _first_values(statement):
        calls = [node for node in walk(value) if is_tokens(node)]
        if calls:
            return len(calls) == 1 and not _goes_on(calls[0]) and not any(isinstance(node, Logical | Conditional) for node in walk(value))
    return False


def _first_values(statement: Statement) -> Iterator[Value]:
    """What a statement computes once, and first."""
    match statement:
        case Declare(_, value) | Return(value) if value is not None:
            yield value
        case Assign(_, value) | Evaluate(value) | If(value):
            yield value
        case While(_, value):
            yield value
        case _:
            pass


def _unconverted(value: Value) -> Value:
    while isinstance(value, Convert):
        value = value.operand
    return value


def _own_nodes(statement: Statement) -> Iterator[Node]:
    """What a statement computes outside of the statements in it."""
    waiting: list[Node] = [child for child in children(statement) if not isinstance(child, Statement)]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(child for child in children(node) if not isinstance(child, Statement))


def _lists(node: Node) -> Iterator[list[Node]]:
    """The statement lists in a statement, and in its values."""
    for group in child_groups(node):
        if any(isinstance(child, Statement) for child in group):
            yield group
        else:
            for child in group:
                yield from _lists(child)


def _is_alone(program: Program, symbol: str, users: AbstractSet[str]) -> bool:
    """Whether nobody else begins a text while a function has one."""
    seen: set[str] = set()
    waiting = [symbol]
    while waiting:
        called = waiting.pop()
        if called in seen:
            continue
        seen.add(called)
        for node in walk_all(program.functions[called].body):
            if isinstance(node, Call) and not isinstance(_unconverted(node.function), FunctionRef):
                return False
            if isinstance(node, FunctionRef) and node.symbol in program.functions:
                waiting.append(node.symbol)
                if node.symbol in users:
                    return False
            if isinstance(node, FunctionRef) and node.symbol == TOKENS and called not in users:
                return False
    return True


def _with_state(function: Function, text: PointerType, type: FunctionType) -> Function:
    rest = Local(len(function.locals), "rest", text, LocalKind.TEMPORARY, function.span)
    namer = _Namer(rest, type)
    body = tuple(cast(Statement, namer.change(statement)) for statement in function.body)
    return replace(function, locals=(*function.locals, rest), body=(Declare(rest.id, None, function.span), *body))


@dataclass(frozen=True, slots=True)
class _Namer:
    rest: Local
    type: FunctionType

    def change(self, node: Node) -> Node:
        made = map_children(node, self.change)
        if not isinstance(made, Call) or not is_tokens(made):
            return made
        place = LocalPlace(self.rest.id, self.rest.type, made.span)
        address = AddressOf(place, PointerType(self.rest.type), made.span)
        function = FunctionRef(TOKENS_FROM, PointerType(self.type), made.function.span)
        return replace(made, function=function, args=(*made.args, address))
