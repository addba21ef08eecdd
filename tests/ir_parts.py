"""Short makers of IR nodes, for tests that build programs by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from c2rust_py.diagnostics import Span
from c2rust_py.ir import nodes as ir
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.program import External, Function, Local, LocalKind, Program, Record, RecordField, Variable
from c2rust_py.ir.types import INT, LONG, VOID, ArrayType, FunctionType, PointerType, RecordType, Type

SPAN = Span("t.c", 1)


def const(value: int, type: Type = INT) -> ir.Value:
    return ir.IntConst(value, type, SPAN)


def null(type: Type) -> ir.Value:
    return ir.ZeroValue(type, SPAN)


def loc(id: int, type: Type = INT) -> ir.LocalPlace:
    return ir.LocalPlace(id, type, SPAN)


local_place = loc


def glob(symbol: str, type: Type = INT) -> ir.GlobalPlace:
    return ir.GlobalPlace(symbol, type, SPAN)


def deref(pointer: ir.Value) -> ir.DerefPlace:
    assert isinstance(pointer.type, PointerType)
    return ir.DerefPlace(pointer, pointer.type.target, SPAN)


def element(base: ir.Place, index: ir.Value) -> ir.IndexPlace:
    assert isinstance(base.type, ArrayType)
    return ir.IndexPlace(base, ir.Convert(index, LONG, SPAN), base.type.element, SPAN)


def field(base: ir.Place, index: int, type: Type) -> ir.FieldPlace:
    return ir.FieldPlace(base, index, type, SPAN)


def load(place: ir.Place) -> ir.Load:
    return ir.Load(place, place.type, SPAN)


def address(place: ir.Place) -> ir.Value:
    return ir.AddressOf(place, PointerType(place.type), SPAN)


def decay(place: ir.Place) -> ir.Value:
    assert isinstance(place.type, ArrayType)
    return ir.Decay(place, PointerType(place.type.element), SPAN)


def name(symbol: str, type: FunctionType | None = None) -> ir.FunctionRef:
    return ir.FunctionRef(symbol, PointerType(type or FunctionType(INT, ())), SPAN)


def call(symbol: str, *args: ir.Value, type: Type = INT) -> ir.Call:
    return ir.Call(name(symbol, FunctionType(type, tuple(arg.type for arg in args))), args, type, SPAN)


def add(left: ir.Value, right: ir.Value) -> ir.Value:
    return ir.Binary(ir.BinaryOp.ADD, left, right, left.type, SPAN)


def array(element: Type, *items: ir.Value) -> ir.Value:
    runs = tuple(ir.ElementRun(i, i, item) for i, item in enumerate(items))
    return ir.ArrayValue(runs, ArrayType(element, len(items)), SPAN)


def block(*body: ir.Statement, value: ir.Value) -> ir.Value:
    return ir.BlockValue(body, value, value.type, SPAN)


def assign(place: ir.Place, value: ir.Value) -> ir.Statement:
    return ir.Assign(place, value, SPAN)


def declare(local: int, init: ir.Value) -> ir.Statement:
    return ir.Declare(local, init, SPAN)


def evaluate(value: ir.Value) -> ir.Statement:
    return ir.Evaluate(value, SPAN)


def result(value: ir.Value | None) -> ir.Statement:
    return ir.Return(value, SPAN)


def param(name: str, type: Type) -> Local:
    return Local(0, name, type, LocalKind.PARAM, SPAN)


def local(name: str, type: Type) -> Local:
    return Local(0, name, type, LocalKind.VARIABLE, SPAN)


def function(
    symbol: str,
    locals: Sequence[Local],
    body: Sequence[ir.Statement],
    result: Type = VOID,
    type: FunctionType | None = None,
) -> Function:
    """A function; locals are numbered in order, parameters first."""
    numbered = tuple(replace(each, id=i) for i, each in enumerate(locals))
    params = tuple(each.type for each in numbered if each.kind is LocalKind.PARAM)
    made = type or FunctionType(result, params)
    return Function(symbol, symbol, made, numbered, tuple(body), False, False, "t.c", SPAN, 1)


def variable(symbol: str, type: Type, init: ir.Value | None = None) -> Variable:
    return Variable(symbol, symbol, type, init, False, False, "t.c", SPAN)


def record(id: str, fields: Sequence[tuple[str, Type]], is_union: bool = False, size: int | None = None) -> Record:
    """A record of members without padding."""
    layout = Layout({}, {})
    offset, made = 0, []
    for field_name, type in fields:
        made.append(RecordField(field_name, type, 0 if is_union else offset))
        offset += 0 if isinstance(type, RecordType) else layout.size_of(type)
    return Record(id, id, is_union, tuple(made), size or offset, 4, SPAN)


def program(
    functions: Sequence[Function],
    variables: Sequence[Variable] = (),
    externals: Sequence[str] = (),
    records: Sequence[Record] = (),
) -> Program:
    """A program of one unit; `externals` are library functions."""
    return Program(
        (),
        {each.symbol: each for each in functions},
        {each.symbol: each for each in variables},
        {symbol: External(symbol, FunctionType(INT, ()), True, SPAN) for symbol in externals},
        {each.id: each for each in records},
        {},
    )
