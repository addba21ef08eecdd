"""What C nests without bound: `normalise` and the verifier survive it, and long chains come out flat."""

from __future__ import annotations

import random

import pytest
from ir_generator import SPAN, ask, constant, load, make_function, program_of, trace
from ir_machine import compile_function, run

from c2rust_py.frontend.deep import call_deeply
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.printer import print_function
from c2rust_py.ir.program import Function, Local, LocalKind
from c2rust_py.ir.types import INT
from c2rust_py.ir.verify import Stage, verify_program
from c2rust_py.normalise import normalise

VARIABLE = Local(0, "x", INT, LocalKind.VARIABLE, SPAN)


def check(*body: ir.Statement) -> Function:
    """The normalised function, which does the same as before."""
    function = make_function((ir.Declare(0, ask(6000), SPAN), *body), [VARIABLE])
    program = program_of(function)
    verify_program(program, Stage.ELABORATED)
    assert call_deeply(print_function, function).count("\n") > 100
    after = normalise(program)
    verify_program(after, Stage.NORMALISED)
    changed = after.functions["f"]
    codes = [call_deeply(compile_function, f) for f in (function, changed)]
    for seed in range(5):
        first, second = (run(code, seed, max_events=4000, max_steps=200_000) for code in codes)
        assert first == second
    return changed


def depth(body: tuple[ir.Statement, ...]) -> int:
    """How deep branches nest."""
    deepest = 0
    stack = [(statement, 1) for statement in body]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        if isinstance(node, ir.If):
            stack += [(s, level + 1) for s in (*node.then, *node.otherwise)]
        elif isinstance(node, (ir.Labelled, ir.Block)):
            stack += [(s, level + 1) for s in node.body]
        elif isinstance(node, ir.Match):
            stack += [(s, level + 1) for arm in node.arms for s in arm.body]
    return deepest


def chain(length: int, equal: bool) -> ir.Statement:
    op = ir.CompareOp.EQ if equal else ir.CompareOp.LT
    rest: tuple[ir.Statement, ...] = (trace(constant(-1)),)
    for number in reversed(range(length)):
        condition = ir.Compare(op, load(0), constant(number), INT, SPAN)
        rest = (ir.If(condition, (trace(constant(number)),), rest, SPAN),)
    return rest[0]


@pytest.mark.parametrize("equal", [True, False])
def test_a_chain_of_5000_branches_is_flat(equal: bool) -> None:
    function = check(chain(5000, equal), trace(constant(7)))
    assert depth(function.body) < 5
    assert any(isinstance(s, ir.Match) for s in function.body) is equal


def test_a_chain_of_100_branches_stays() -> None:
    function = check(chain(100, True))
    assert depth(function.body) == 101


def test_nests_of_3000_blocks_and_branches() -> None:
    body: tuple[ir.Statement, ...] = (trace(constant(1)), ir.Goto("out", SPAN))
    for number in range(1500):
        inner = ir.If(ask(1000), body, (), SPAN)
        body = (ir.Block((inner,), SPAN), trace(constant(number)))
    check(*body, ir.Label("out", SPAN), trace(constant(2)))


def test_2000_labels_in_a_row() -> None:
    world = random.Random(1)
    body: list[ir.Statement] = []
    for number in range(2000):
        body += [ir.Label(f"L{number}", SPAN), trace(constant(number))]
        target = min(1999, number + world.randrange(1, 4))
        body.append(ir.If(ask(2), (ir.Goto(f"L{target}", SPAN),), (), SPAN))
    check(*body)


def test_a_switch_of_3000_cases_that_fall_through() -> None:
    body: list[ir.Statement] = []
    for number in range(3000):
        body += [ir.Case("s", number, number, SPAN), trace(constant(number))]
        if number % 7 == 0:
            body.append(ir.Break("s", SPAN))
    check(ir.Switch("s", load(0), tuple(body), SPAN))
