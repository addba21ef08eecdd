"""What sequencing makes of typical code: it must read well, and leave alone what is in order."""

from __future__ import annotations

import ir_parts as b
import pytest

from c2rust_py.infer.effects import infer_effects
from c2rust_py.infer.library import ContextKind, ContextPosition, LibraryEffect, LibraryFunction
from c2rust_py.infer.storage import infer_storage
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.printer import print_statements
from c2rust_py.ir.types import INT, UINT, VOID_POINTER, ArrayType, FunctionType, PointerType
from c2rust_py.to_rust.sequence_operands import sequence_operands

INT_POINTER = PointerType(INT)
X, Y, P, TEMP = 0, 1, 2, 3
QSORT = LibraryFunction(
    "qsort",
    "qsort",
    "c2rs_rt::stdlib",
    ContextKind.CALLBACK,
    ContextPosition.LAST,
    (),
    "()",
    False,
    (1,),
    False,
    LibraryEffect.OUTSIDE,
)


def sequenced(*body: ir.Statement) -> str:
    """The text of a function with int locals x and y, a pointer p and an int temporary, in a program where `g` is a plain
    global, `m` one in memory, `set()` writes g, `poke()` takes memory exclusively, `get()` reads g."""
    locals = [b.local("x", INT), b.local("y", INT), b.local("p", INT_POINTER), b.local("t", INT)]
    function = b.function("f", locals, body)
    functions = [
        b.function("set", [], [b.assign(b.glob("g"), b.const(1))], INT),
        b.function("get", [], [b.result(b.load(b.glob("g")))], INT),
        b.function("poke", [], [b.assign(b.glob("m"), b.const(1)), b.evaluate(b.address(b.glob("m")))], INT),
        b.function("two", [b.param("a", INT), b.param("b", INT)], [], INT),
        function,
    ]
    variables = [b.variable("g", INT), b.variable("m", INT), b.variable("a", ArrayType(INT, 4))]
    fix = b.function("fix", [], [b.assign(b.element(ARRAY, b.const(0)), b.const(1))])
    program = b.program([*functions, fix], variables=variables, externals=["qsort"])
    storage = infer_storage(program)
    effects = infer_effects(program, storage, {"qsort": QSORT})
    result = sequence_operands(function, program, storage, effects)
    assert [local.id for local in result.locals] == list(range(len(result.locals)))
    return print_statements(result.body, result, program)


ARRAY = b.glob("a", ArrayType(INT, 4))
x, y, g, m = b.load(b.loc(X)), b.load(b.loc(Y)), b.load(b.glob("g")), b.load(b.glob("m"))


def post_increment(local: int) -> ir.Value:
    """`local++`"""
    keep = b.declare(TEMP, b.load(b.loc(local)))
    step = b.assign(b.loc(local), b.add(b.load(b.loc(TEMP)), b.const(1)))
    return b.block(keep, step, value=b.load(b.loc(TEMP)))


def assigned(local: int, value: ir.Value) -> ir.Value:
    """`(local = value)`"""
    return b.block(b.assign(b.loc(local), value), value=b.load(b.loc(local)))


def test_a_block_at_the_top_becomes_statements() -> None:
    assert sequenced(b.assign(b.loc(Y), b.add(post_increment(X), b.const(1)))) == (
        "int t = x;\nx = t + 1;\ny = t + 1;\n"
    )


def test_an_unused_value_vanishes() -> None:
    assert sequenced(b.evaluate(post_increment(X))) == "int t = x;\nx = t + 1;\n"


def test_a_condition_of_a_loop_keeps_its_block() -> None:
    condition = ir.Compare(ir.CompareOp.GT, assigned(X, b.call("get")), b.const(0), INT, b.SPAN)
    text = sequenced(ir.While("loop", condition, (), b.SPAN))
    assert text.startswith("while 'loop (")
    assert "x = get();" in text
    assert "tmp" not in text


def test_a_condition_of_an_if_moves_in_front() -> None:
    condition = ir.Compare(ir.CompareOp.GT, assigned(X, b.call("get")), b.const(0), INT, b.SPAN)
    assert sequenced(ir.If(condition, (), (), b.SPAN)).startswith("x = get();\nif (x > 0)")


def test_a_right_operand_of_and_stays_inside() -> None:
    value = ir.Logical(ir.LogicalOp.AND, y, assigned(X, b.call("get")), INT, b.SPAN)
    text = sequenced(b.assign(b.loc(Y), value))
    assert text.count("x = get();") == 1
    assert text.startswith("y = y && ")


def test_arguments_that_disturb_each_other_go_right_to_left() -> None:
    assert sequenced(b.evaluate(b.call("two", b.call("set"), b.call("get")))) == "int tmp = get();\ntwo(set(), tmp);\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b.call("two", b.call("get"), b.call("get")), "two(get(), get())"),
        (b.call("two", x, b.call("set")), "two(x, set())"),
        (b.call("two", b.const(1), b.call("set")), "two(1, set())"),
        (b.add(b.call("set"), g), "set() + g"),
        (b.add(b.add(x, g), b.call("get")), "(x + g) + get()"),
        (b.call("two", b.call("poke"), x), "two(poke(), x)"),
        (b.add(m, b.call("get")), "m + get()"),
    ],
)
def test_what_is_in_order_stays(value: ir.Value, text: str) -> None:
    assert sequenced(b.assign(b.loc(Y), value)) == f"y = {text};\n"


def test_a_variable_on_the_left_is_read_last() -> None:
    assert sequenced(b.assign(b.loc(Y), b.add(g, b.call("set")))) == "int tmp = set();\ny = g + tmp;\n"
    subtract = ir.Binary(ir.BinaryOp.SUB, g, b.call("set"), INT, b.SPAN)
    assert sequenced(b.assign(b.loc(Y), subtract)) == "y = g - set();\n"


def test_memory_is_not_taken_twice() -> None:
    pointer = b.load(b.loc(P, INT_POINTER))
    assert sequenced(b.assign(b.deref(pointer), b.call("poke"))) == "int tmp = poke();\n*p = tmp;\n"
    assert sequenced(b.assign(b.glob("m"), b.call("set"))) == "m = set();\n"
    through = b.load(b.deref(b.call("find", type=INT_POINTER)))
    finder = b.function("find", [], [b.assign(b.glob("m"), b.const(1)), b.evaluate(b.address(b.glob("m")))])
    program = b.program(
        [finder, b.function("f", [b.local("y", INT)], [b.assign(b.loc(0), through)])], variables=[b.variable("m", INT)]
    )
    storage = infer_storage(program)
    made = sequence_operands(program.functions["f"], program, storage, infer_effects(program, storage, {}))
    assert print_statements(made.body, made, program) == "int* tmp = find();\ny = *tmp;\n"


def test_an_index_is_taken_before_an_assigned_call_only() -> None:
    place = b.element(ARRAY, g)
    assert sequenced(b.assign(place, b.call("set"))).count("tmp") == 2
    assert "tmp" not in sequenced(b.assign(place, b.add(b.call("set"), b.const(1))))
    assert "tmp" not in sequenced(b.assign(place, b.call("get")))


def test_a_computed_callback_is_bound() -> None:
    compare = PointerType(FunctionType(INT, (VOID_POINTER, VOID_POINTER)))
    computed = b.load(b.deref(ir.ZeroValue(PointerType(compare), b.SPAN)))
    text = sequenced(b.evaluate(b.call("qsort", x, computed)))
    assert "tmp" in text.splitlines()[0]
    named = ir.FunctionRef("two", compare, b.SPAN)
    assert "tmp" not in sequenced(b.evaluate(b.call("qsort", x, named)))


def test_deep_code_is_no_problem() -> None:
    total: ir.Value = b.call("get")
    for _ in range(5000):
        total = b.add(total, b.call("get"))
    chain: tuple[ir.Statement, ...] = ()
    for _ in range(5000):
        chain = (ir.If(assigned(X, b.call("get")), (), chain, b.SPAN),)
    locals = [b.local("x", INT), b.local("y", INT)]
    function = b.function("f", locals, [b.assign(b.loc(Y), total), *chain])
    get = b.function("get", [], [b.result(b.const(1))], INT)
    program = b.program([get, function])
    storage = infer_storage(program)
    made = sequence_operands(function, program, storage, infer_effects(program, storage, {}))
    assert len(made.body) == 3


def test_unsigned_conversion_of_a_variable_is_still_a_variable() -> None:
    call = b.call("set", type=UINT)
    value = ir.Binary(ir.BinaryOp.ADD, ir.Convert(g, UINT, b.SPAN), call, UINT, b.SPAN)
    assert sequenced(b.evaluate(value)).startswith("unsigned int tmp = set();")
