"""`__atomic_*` and `__sync_*`: with one thread, an ordinary read, computation and write."""

from __future__ import annotations

from typing import Any

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import expressions
from c2rust_py.frontend.elaborate.c_types import erase, unqualified
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.frontend.elaborate.conversions import (
    constant_operand,
    convert,
    convert_for_assignment,
    to_rvalue,
    unsupported,
)
from c2rust_py.frontend.elaborate.lvalues import address, bind, dereference
from c2rust_py.frontend.elaborate.operands import Lvalue, Rvalue
from c2rust_py.frontend.elaborate.operators import binary, compare, complement
from c2rust_py.ir.nodes import Assign, BinaryOp, BlockValue, CompareOp, If, Statement
from c2rust_py.ir.types import BOOL, INT, VOID, PointerType

_OPERATIONS = {"add": BinaryOp.ADD, "sub": BinaryOp.SUB, "and": BinaryOp.AND, "or": BinaryOp.OR, "xor": BinaryOp.XOR}


def atomic_call(cx: Context, name: str, args: list[Any], span: Span) -> Rvalue:
    """The call of an atomic builtin; memory orders are dropped."""
    stem = name.removeprefix("__atomic_").removeprefix("__sync_")
    if stem in ("thread_fence", "signal_fence", "synchronize"):
        return _result([], None, span)
    if stem in ("always_lock_free", "is_lock_free"):
        return constant_operand(1, BOOL, span)
    if not args:
        cx.fail(Code.CALL_MISMATCH, f"'{name}' takes arguments", span)
    body: list[Statement] = []
    target = _target(cx, args[0], body, span)
    if stem in ("test_and_set", "clear"):
        target = _at(cx, convert(cx, _address(target), PointerType(BOOL)), span)
    rest = [expressions.value(cx, arg) for arg in args[1:]]
    done = _fetch(cx, stem, target, rest, body, span) or _exchange(cx, stem, target, rest, body, span)
    return done or unsupported(cx, Code.BUILTIN_MISSING, f"'{name}'", INT, span)


def _result(body: list[Statement], value: Rvalue | None, span: Span) -> Rvalue:
    type = value.type if value is not None else VOID
    return Rvalue(BlockValue(tuple(body), value.value if value is not None else None, erase(type), span), type)


def _target(cx: Context, node: Any, body: list[Statement], span: Span) -> Lvalue:
    """The object that a pointer argument points to, by a pointer that can be used twice."""
    pointer = bind(cx, expressions.value(cx, node), body)
    return _at(cx, pointer, span)


def _at(cx: Context, pointer: Rvalue, span: Span) -> Lvalue:
    inner = unqualified(pointer.type)
    if not isinstance(inner, PointerType):
        cx.fail(Code.TYPE_MISMATCH, "an atomic builtin needs a pointer", span)
    place = dereference(cx, pointer, span)
    assert isinstance(place, Lvalue)
    return place


def _address(target: Lvalue) -> Rvalue:
    return Rvalue(address(target, target.span), PointerType(target.type))


def _store(cx: Context, target: Lvalue, value: Rvalue, span: Span) -> Assign:
    return Assign(target.place, convert_for_assignment(cx, value, target.type, span).value, span)


def _fetch(
    cx: Context, stem: str, target: Lvalue, rest: list[Rvalue], body: list[Statement], span: Span
) -> Rvalue | None:
    """`fetch_and_add` and `add_and_fetch` (__sync), `fetch_add` and `add_fetch` (__atomic)."""
    words = [word for word in stem.split("_") if word not in ("and", "fetch") or stem.count("and") > 1 and word == "and"]
    if "fetch" not in stem or not rest:
        return None
    if "and" in words and stem in ("fetch_and_and", "and_and_fetch", "fetch_and", "and_fetch"):
        words = ["and"]
    if stem in ("fetch_and", "and_fetch"):
        words = ["and"]
    if len(words) != 1 or words[0] not in (*_OPERATIONS, "nand"):
        return None
    old = bind(cx, to_rvalue(cx, target), body)
    operand = convert(cx, rest[0], target.type) if not isinstance(unqualified(target.type), PointerType) else rest[0]
    if words[0] == "nand":
        new = complement(cx, binary(cx, BinaryOp.AND, old, operand, span), span)
    else:
        new = binary(cx, _OPERATIONS[words[0]], old, operand, span)
    new = bind(cx, convert_for_assignment(cx, new, target.type, span), body)
    body.append(Assign(target.place, new.value, span))
    return _result(body, old if stem.startswith("fetch") else new, span)


def _exchange(
    cx: Context, stem: str, target: Lvalue, rest: list[Rvalue], body: list[Statement], span: Span
) -> Rvalue | None:
    match stem:
        case "load_n":
            return _result(body, to_rvalue(cx, target), span)
        case "load":
            body.append(_store(cx, _at(cx, rest[0], span), to_rvalue(cx, target), span))
            return _result(body, None, span)
        case "store_n":
            body.append(_store(cx, target, rest[0], span))
            return _result(body, None, span)
        case "store":
            body.append(_store(cx, target, to_rvalue(cx, _at(cx, rest[0], span)), span))
            return _result(body, None, span)
        case "lock_release" | "clear":
            zero = constant_operand(0, INT, span)
            body.append(Assign(target.place, convert(cx, zero, target.type).value, span))
            return _result(body, None, span)
        case "exchange_n" | "lock_test_and_set":
            old = bind(cx, to_rvalue(cx, target), body)
            body.append(_store(cx, target, rest[0], span))
            return _result(body, old, span)
        case "exchange":
            old = bind(cx, to_rvalue(cx, target), body)
            body.append(_store(cx, target, to_rvalue(cx, _at(cx, rest[0], span)), span))
            body.append(_store(cx, _at(cx, rest[1], span), old, span))
            return _result(body, None, span)
        case "test_and_set":
            old = bind(cx, to_rvalue(cx, target), body)
            body.append(Assign(target.place, convert(cx, constant_operand(1, INT, span), target.type).value, span))
            return _result(body, convert(cx, old, BOOL), span)
        case "bool_compare_and_swap" | "val_compare_and_swap":
            return _compare_and_swap(cx, stem, target, rest, body, span)
        case "compare_exchange_n" | "compare_exchange":
            return _compare_exchange(cx, stem, target, rest, body, span)
    return None


def _compare_and_swap(
    cx: Context, stem: str, target: Lvalue, rest: list[Rvalue], body: list[Statement], span: Span
) -> Rvalue:
    old = bind(cx, to_rvalue(cx, target), body)
    wanted = bind(cx, convert_for_assignment(cx, rest[0], target.type, span), body)
    new = bind(cx, convert_for_assignment(cx, rest[1], target.type, span), body)
    same = bind(cx, compare(cx, CompareOp.EQ, old, wanted, span), body)
    body.append(If(same.value, (Assign(target.place, new.value, span),), (), span))
    return _result(body, convert(cx, same, BOOL) if stem.startswith("bool") else old, span)


def _compare_exchange(
    cx: Context, stem: str, target: Lvalue, rest: list[Rvalue], body: list[Statement], span: Span
) -> Rvalue:
    expected = _at(cx, bind(cx, rest[0], body), span)
    value = rest[1] if stem.endswith("_n") else to_rvalue(cx, _at(cx, rest[1], span))
    new = bind(cx, convert_for_assignment(cx, value, target.type, span), body)
    old = bind(cx, to_rvalue(cx, target), body)
    same = bind(cx, compare(cx, CompareOp.EQ, old, to_rvalue(cx, expected), span), body)
    swap = Assign(target.place, new.value, span)
    report = _store(cx, expected, old, span)
    body.append(If(same.value, (swap,), (report,), span))
    return _result(body, convert(cx, same, BOOL), span)
