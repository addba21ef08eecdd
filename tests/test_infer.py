"""Storage, effects and slots of programs built by hand."""

from __future__ import annotations

from collections.abc import Mapping

import ir_parts as b
import pytest

from c2rust_py.infer.effects import EXIT_HANDLER, Effects, Needs, infer_effects
from c2rust_py.infer.library import ContextKind, ContextPosition, LibraryEffect, LibraryFunction
from c2rust_py.infer.printer import print_effects, print_slots, print_storage
from c2rust_py.infer.signatures import ErasedSignature, called_signature
from c2rust_py.infer.slots import infer_slots
from c2rust_py.infer.storage import infer_storage
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import (
    CHAR,
    INT,
    LONG,
    UINT,
    VOID,
    VOID_POINTER,
    ArrayType,
    FunctionType,
    PointerType,
    RecordType,
)
from c2rust_py.options import Rung

INT_POINTER = PointerType(INT)


def library_function(
    name: str,
    context: ContextKind = ContextKind.NONE,
    effect: LibraryEffect = LibraryEffect.OUTSIDE,
    callbacks: tuple[int, ...] = (),
    dispatches: ErasedSignature | None = None,
) -> LibraryFunction:
    position = None if context is ContextKind.NONE else ContextPosition.LAST
    module = "c2rs_rt::test"
    return LibraryFunction(name, name, module, context, position, (), "()", False, callbacks, False, effect, dispatches)


LIBRARY: Mapping[str, LibraryFunction] = {
    "putchar": library_function("putchar"),
    "abs": library_function("abs", effect=LibraryEffect.PURE),
    "strlen": library_function("strlen", ContextKind.SHARED, LibraryEffect.READS),
    "malloc": library_function("malloc", ContextKind.EXCLUSIVE),
    "qsort": library_function("qsort", ContextKind.CALLBACK, callbacks=(3,)),
    "exit": library_function("exit"),
    "exit with handlers": library_function("exit_with", ContextKind.CALLBACK, dispatches=EXIT_HANDLER),
    "atexit": library_function("atexit"),
}


def effects_of(program: Program) -> Effects:
    return infer_effects(program, infer_storage(program), LIBRARY)


# ---- storage


def test_where_variables_live() -> None:
    program = b.program(
        functions=[
            b.function(
                "f",
                [b.param("n", INT), b.local("plain", INT), b.local("taken", INT)],
                [
                    b.assign(b.glob("counter"), b.load(b.loc(0))),
                    b.assign(b.loc(1), b.load(b.glob("limit"))),
                    b.evaluate(b.address(b.loc(2))),
                    b.evaluate(b.decay(b.glob("table", ArrayType(INT, 4)))),
                    b.assign(b.element(b.glob("plain_table", ArrayType(INT, 4)), b.const(1)), b.const(5)),
                ],
            )
        ],
        variables=[
            b.variable("counter", INT),
            b.variable("limit", INT, b.const(10)),
            b.variable("table", ArrayType(INT, 4)),
            b.variable("plain_table", ArrayType(INT, 4)),
            b.variable("pointed", INT),
            b.variable("start", INT_POINTER, b.address(b.glob("pointed"))),
        ],
    )
    assert print_storage(program, infer_storage(program)) == (
        "counter: globals\nlimit: constant\ntable: memory\nplain_table: globals\npointed: memory\nstart: constant\n"
        "f/taken: memory\n"
    )


def test_address_of_a_part_puts_the_whole_into_memory() -> None:
    pair = b.record("pair", [("a", INT), ("b", ArrayType(INT, 2))])
    place = b.local_place(0, RecordType("pair"))
    inner = b.element(b.field(place, 1, ArrayType(INT, 2)), b.const(1))
    body = [b.evaluate(b.address(inner))]
    program = b.program([b.function("f", [b.local("s", RecordType("pair"))], body)], records=[pair])
    assert infer_storage(program).memory_locals == {("f", 0)}


def test_a_pointer_does_not_put_itself_into_memory() -> None:
    pointer = b.local_place(0, INT_POINTER)
    body = [b.assign(b.deref(b.load(pointer)), b.const(1)), b.evaluate(b.address(b.deref(b.load(pointer))))]
    program = b.program([b.function("f", [b.param("p", INT_POINTER)], body)])
    assert not infer_storage(program).memory_locals


@pytest.mark.parametrize("is_union", [False, True])
def test_members_of_unions_need_memory(is_union: bool) -> None:
    record = b.record("r", [("i", INT), ("u", UINT)], is_union=is_union)
    place = b.local_place(0, RecordType("r"))
    program = b.program(
        [b.function("f", [b.local("x", RecordType("r"))], [b.assign(b.field(place, 0, INT), b.const(1))])],
        records=[record],
    )
    assert bool(infer_storage(program).memory_locals) is is_union


@pytest.mark.parametrize(("length", "in_memory"), [(16, False), (100_000, True)])
def test_large_objects_that_are_copied_need_memory(length: int, in_memory: bool) -> None:
    record = b.record("r", [("a", ArrayType(INT, length))], size=4 * length)
    first, second = b.local_place(0, RecordType("r")), b.local_place(1, RecordType("r"))
    locals = [b.local("x", RecordType("r")), b.local("y", RecordType("r"))]
    program = b.program([b.function("f", locals, [b.assign(first, b.load(second))])], records=[record])
    assert infer_storage(program).memory_locals == ({("f", 0), ("f", 1)} if in_memory else set())


def test_overflow_builtins_write_globals() -> None:
    value = ir.Overflowing(ir.BinaryOp.ADD, b.const(1), b.const(2), b.glob("g"), INT, b.SPAN)
    program = b.program([b.function("f", [], [b.evaluate(value)])], variables=[b.variable("g", INT)])
    assert not infer_storage(program).constants


# ---- effects


def test_needs_and_touches_flow_from_callees_to_callers() -> None:
    program = b.program(
        functions=[
            b.function("twice", [b.param("n", INT)], [b.result(b.load(b.loc(0)))]),
            b.function("add", [b.param("n", INT)], [b.assign(b.glob("total"), b.load(b.loc(0)))]),
            b.function(
                "first", [b.param("p", INT_POINTER)], [b.result(b.load(b.deref(b.load(b.loc(0, INT_POINTER)))))]
            ),
            b.function(
                "both",
                [b.param("p", INT_POINTER)],
                [
                    b.evaluate(b.call("add", b.const(1))),
                    b.evaluate(b.call("first", b.load(b.loc(0, INT_POINTER)))),
                    b.evaluate(b.call("both", b.load(b.loc(0, INT_POINTER)))),
                ],
            ),
            b.function("caller", [], [b.evaluate(b.call("both", b.null(INT_POINTER)))]),
            b.function("show", [], [b.evaluate(b.call("putchar", b.const(65)))]),
            b.function("missing", [], [b.evaluate(b.call("nowhere"))]),
        ],
        variables=[b.variable("total", INT)],
        externals=["putchar", "nowhere"],
    )
    assert print_effects(program, effects_of(program)) == (
        "twice: pure, needs nothing\n"
        "add: needs globals; writes total\n"
        "first: pure, needs memory; reads memory\n"
        "both: needs context; reads memory; writes total\n"
        "caller: needs context; reads memory; writes total\n"
        "show: needs nothing; reads outside; writes outside\n"
        "missing: needs nothing; reads outside; writes outside; may not come back\n"
    )


def test_own_memory_is_needed_but_not_an_effect() -> None:
    body = [b.assign(b.loc(0), b.const(1)), b.evaluate(b.address(b.loc(0))), b.result(b.load(b.loc(0)))]
    program = b.program([b.function("f", [b.local("x", INT)], body)])
    assert print_effects(program, effects_of(program)) == "f: pure, needs memory\n"


def test_addresses_and_literals_need_no_memory() -> None:
    address = b.address(b.glob("x"))
    text = ir.Decay(ir.StringPlace(b"a\0", ArrayType(CHAR, 2), b.SPAN), PointerType(CHAR), b.SPAN)
    program = b.program([b.function("f", [], [b.evaluate(address), b.result(text)])], variables=[b.variable("x", INT)])
    assert effects_of(program).needs["f"] is Needs.NONE


def test_main_takes_what_it_needs() -> None:
    program = b.program([b.function("main", [], [])])
    assert effects_of(program).needs["main"] is Needs.NONE


def test_library_contexts() -> None:
    body = [b.evaluate(b.call("strlen", b.null(PointerType(CHAR)))), b.evaluate(b.call("abs", b.const(1)))]
    program = b.program([b.function("f", [], body)], externals=["strlen", "abs"])
    effects = effects_of(program)
    assert effects.shared == {"strlen"}
    assert print_effects(program, effects) == "f: pure, needs memory; reads memory\n"
    call = b.call("strlen", b.null(PointerType(CHAR)))
    assert effects.takes_exclusively(call, Layout({}, {})) is Needs.NONE


def test_indirect_calls_reach_every_function_of_the_erased_signature() -> None:
    pointer = PointerType(FunctionType(INT, (VOID_POINTER, INT)))
    callee = b.load(b.loc(0, pointer))
    indirect = ir.Call(callee, (b.null(VOID_POINTER), b.const(1)), INT, b.SPAN)
    program = b.program(
        functions=[
            b.function("a", [b.param("p", PointerType(CHAR)), b.param("n", UINT)], [], INT),
            b.function("unused", [b.param("p", VOID_POINTER), b.param("n", INT)], [], INT),
            b.function("c", [b.param("p", VOID_POINTER), b.param("n", LONG)], [], INT),
            b.function("d", [b.param("p", VOID_POINTER), b.param("n", INT)], [b.assign(b.glob("g"), b.const(1))], INT),
            b.function("f", [b.local("fp", pointer)], [b.evaluate(indirect)]),
        ],
        variables=[
            b.variable("g", INT),
            b.variable("table", ArrayType(pointer, 3), b.array(pointer, *(b.name(s) for s in ("d", "c", "a")))),
        ],
    )
    effects = effects_of(program)
    assert effects.function_numbers == {"a": 0, "c": 1, "d": 2}
    signature = ErasedSignature((VOID_POINTER, INT), INT, False)
    assert called_signature(indirect, Layout({}, {})) == signature
    dispatcher = effects.dispatch[signature]
    assert dispatcher.targets == ("a", "d")
    assert dispatcher.needs is Needs.GLOBALS
    assert effects.needs["f"] is Needs.GLOBALS
    assert effects.touches["f"].globals_written == {"g"}


def test_calls_without_a_prototype_take_promoted_arguments() -> None:
    old_style = FunctionType(INT, (CHAR,), prototyped=False)
    pointer = PointerType(FunctionType(INT, (), prototyped=False))
    indirect = ir.Call(b.load(b.loc(0, pointer)), (b.const(1),), INT, b.SPAN)
    keep = b.evaluate(ir.FunctionRef("old", PointerType(old_style), b.SPAN))
    program = b.program(
        [
            b.function("old", [b.param("c", CHAR)], [], INT, type=old_style),
            b.function("f", [b.local("fp", pointer)], [b.evaluate(indirect), keep]),
        ]
    )
    (dispatcher,) = effects_of(program).dispatch.values()
    assert dispatcher.targets == ("old",)


def test_callbacks_of_the_library_are_calls() -> None:
    compare = FunctionType(INT, (VOID_POINTER, VOID_POINTER))
    cast = ir.Convert(b.name("order", compare), PointerType(compare), b.SPAN)
    params = [b.param("x", VOID_POINTER), b.param("y", VOID_POINTER)]
    program = b.program(
        functions=[
            b.function("order", params, [b.assign(b.glob("g"), b.const(1))], INT),
            b.function("f", [], [b.evaluate(b.call("qsort", b.null(VOID_POINTER), b.const(1), b.const(4), cast))]),
        ],
        variables=[b.variable("g", INT)],
        externals=["qsort"],
    )
    effects = effects_of(program)
    assert not effects.function_numbers
    assert effects.needs["f"] is Needs.CONTEXT
    assert effects.callbacks == {"qsort": (3,)}


def test_exit_runs_handlers_where_there_are_any() -> None:
    handler = FunctionType(VOID, ())
    functions = [
        b.function("bye", [], [b.assign(b.glob("g"), b.const(1))]),
        b.function("f", [], [b.evaluate(b.call("exit", b.const(1)))]),
        b.function("main", [], [b.evaluate(b.call("atexit", b.name("bye", handler)))]),
    ]
    program = b.program(functions, variables=[b.variable("g", INT)], externals=["exit", "atexit"])
    effects = effects_of(program)
    assert effects.uses_atexit
    assert effects.needs["f"] is Needs.CONTEXT
    without = b.program(functions[1:2], externals=["exit"])
    assert effects_of(without).needs["f"] is Needs.NONE


# ---- slots


def test_every_pointer_level_is_a_slot() -> None:
    node = b.record("node", [("next", PointerType(RecordType("node"))), ("value", INT)], size=16)
    function = b.function("f", [b.param("list", PointerType(PointerType(RecordType("node")))), b.param("n", INT)], [])
    program = b.program([function, b.function("g", [b.param("n", INT)], [])], records=[node])
    slots = infer_slots(program, infer_storage(program), Rung.OWNED)
    assert print_slots(program, slots) == (
        "f/list *: memory\nf/list **: memory\nnode.next *: memory\nf(): memory\ng(): owned\n"
    )


def test_the_ladder_is_an_upper_bound() -> None:
    program = b.program([b.function("g", [b.param("n", INT)], [])])
    assert infer_slots(program, infer_storage(program), Rung.ARENA).grades["g"] is Rung.ARENA
    stub = b.program([b.function("s", [], [ir.UnsupportedStatement("C2RS-401", "asm", b.SPAN)])])
    assert infer_slots(stub, infer_storage(stub), Rung.OWNED).grades["s"] is Rung.STUB
