"""Labels whose address is taken become numbers, and a computed goto a jump to the one match that knows them all.

    void *t = &&a;                      void *t = (void *)1L;
    goto *t;                            target = t; goto computed;
    a: x();                      ->     computed: match ((long)target) { 1 => goto a; 2 => goto b; _ => unreachable }
    b: y();                             a: x();
                                        b: y();

A function numbers its labels from 1 in the order of the text; static locals that hold addresses of labels take part. The
difference of two labels is a constant. The match stands in the smallest list that holds all that is involved, jumped over,
so that `remove_goto` has no more to take apart than it must.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar, cast

from c2rust_py.ir.nodes import (
    Arm,
    Assign,
    Block,
    Builtin,
    ComputedGoto,
    Convert,
    Declare,
    Evaluate,
    Goto,
    IntConst,
    Label,
    LabelAddress,
    Load,
    LocalPlace,
    Match,
    Pattern,
    PointerDiff,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, Program, Variable
from c2rust_py.ir.types import CHAR, LONG, VOID, VOID_POINTER, IntType, PointerType
from c2rust_py.ir.walk import Node, map_children, walk, walk_all
from c2rust_py.normalise.fresh import Fresh
from c2rust_py.normalise.statement_lists import Statements, map_nearest_lists, rewrite_jumps

N = TypeVar("N", bound=Node)


def lower_computed_goto(program: Program) -> Program:
    """`program` without `LabelAddress` and `ComputedGoto`."""
    holders = [v for v in program.variables.values() if v.init is not None and _has_address(v.init)]
    functions = dict(program.functions)
    variables = dict(program.variables)
    for symbol, function in program.functions.items():
        own = [variable for variable in holders if variable.function in (symbol, function.name)]
        own = [variable for variable in own if variable.unit == function.unit]
        if not own and not any(isinstance(node, (LabelAddress, ComputedGoto)) for node in walk_all(function.body)):
            continue
        numbers = _number_labels(function, own)
        functions[symbol] = _lower(function, numbers)
        for variable in own:
            assert variable.init is not None
            variables[variable.symbol] = replace(variable, init=_replace_addresses(variable.init, numbers))
    return replace(program, functions=functions, variables=variables)


def _has_address(node: Node) -> bool:
    return any(isinstance(inner, LabelAddress) for inner in walk(node))


def _number_labels(function: Function, variables: list[Variable]) -> dict[str, int]:
    """The labels whose address is taken."""
    taken = {node.label for node in walk_all(function.body) if isinstance(node, LabelAddress)}
    for variable in variables:
        if variable.init is not None:
            taken |= {node.label for node in walk(variable.init) if isinstance(node, LabelAddress)}
    names = [node.name for node in walk_all(function.body) if isinstance(node, Label) and node.name in taken]
    return {name: number for number, name in enumerate(names, start=1)}


def _replace_addresses(node: N, numbers: Mapping[str, int]) -> N:
    """Numbers for addresses; where an integer is made of one at once, or a distance of two, that is a constant, too."""

    def change(inner: Node) -> Node:
        match inner:
            case LabelAddress(label, type, span):
                return Convert(IntConst(numbers[label], LONG, span), type, span)
            case Convert(operand, IntType(kind), span) if (source := _label_of(operand)) is not None:
                return IntConst(kind.wrap(numbers[source]), inner.type, span)
            case PointerDiff(left, right, type, span) if left.type in (VOID_POINTER, PointerType(CHAR)):
                first, second = _label_of(left), _label_of(right)
                if first is not None and second is not None:
                    return IntConst(numbers[first] - numbers[second], type, span)
            case _:
                pass
        return map_children(inner, change) if _has_address(inner) else inner

    return cast(N, change(node))


def _label_of(value: Value) -> str | None:
    """The label whose address a value is, converted to other pointers perhaps."""
    while isinstance(value, Convert) and isinstance(value.type, PointerType):
        value = value.operand
    return value.label if isinstance(value, LabelAddress) else None


def _lower(function: Function, numbers: Mapping[str, int]) -> Function:
    fresh = Fresh.of(function)
    body = tuple([_replace_addresses(statement, numbers) for statement in function.body])
    if any(isinstance(node, ComputedGoto) for node in walk_all(body)):
        body = _Dispatch(fresh, numbers).insert(body)
    return fresh.finish(function, body)


class _Dispatch:
    """Puts the match of a function where it belongs."""

    def __init__(self, fresh: Fresh, numbers: Mapping[str, int]) -> None:
        self.fresh = fresh
        self.numbers = numbers

    def insert(self, body: Statements) -> Statements:
        """The list with the match before its first statement that is involved, or in a list further in, where that
        holds all that is."""
        counts = [self.count(statement) for statement in body]
        involved = [position for position, count in enumerate(counts) if count]
        only = body[involved[0]]
        if len(involved) == 1 and not isinstance(only, (Label, ComputedGoto)) and self.lists_involved(only) == 1:
            inner = map_nearest_lists(only, lambda part: self.insert(part) if any(map(self.count, part)) else part)
            return (*body[: involved[0]], inner, *body[involved[0] + 1 :])
        return (*body[: involved[0]], *self.lower(body[involved[0] :]))

    def count(self, node: Node) -> int:
        """How many labels and computed gotos of ours are below a node."""
        return sum(
            isinstance(inner, ComputedGoto) or (isinstance(inner, Label) and inner.name in self.numbers)
            for inner in walk(node)
        )

    def lists_involved(self, node: Node) -> int:
        """In how many of the lists nearest below a node something of ours stands."""
        found = 0

        def look(body: Statements) -> Statements:
            nonlocal found
            found += any(map(self.count, body))
            return body

        map_nearest_lists(node, look)
        return found

    def lower(self, body: Statements) -> Statements:
        span = body[0].span
        target = self.fresh.local("target", VOID_POINTER, span)
        place = LocalPlace(target, VOID_POINTER, span)
        entry, past = self.fresh.label("computed"), self.fresh.label("past")

        def jump(statement: Statement) -> Statements | None:
            if not isinstance(statement, ComputedGoto):
                return None
            value = statement.target
            if value.type != VOID_POINTER:
                value = Convert(value, VOID_POINTER, statement.span)
            return (Assign(place, value, statement.span), Goto(entry, statement.span))

        rewritten = rewrite_jumps(Block(body, span), jump).body
        selector = Convert(Load(place, VOID_POINTER, span), LONG, span)
        arms = [Arm((Pattern(n, n, name),), (Goto(name, span),)) for name, n in self.numbers.items()]
        arms.append(Arm((), (Evaluate(Builtin("unreachable", (), VOID, span), span),)))
        dispatch = Match(self.fresh.label("dispatch"), selector, tuple(arms), span)
        return (Declare(target, None, span), Goto(past, span), Label(entry, span), dispatch, Label(past, span), *rewritten)
