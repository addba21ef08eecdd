"""Items for objects of static storage: constants, and the addresses and initial values of those in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from c2rust_py.infer.storage import flexible_tail
from c2rust_py.ir.nodes import ArrayValue, RecordValue, StringValue
from c2rust_py.ir.program import SourceUnit, Variable
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_type
from c2rust_py.to_rust.frame import Facts, Frame
from c2rust_py.to_rust.static_values import StaticLowering

_MEMORY = rs.Name("mem")


def constant_data(facts: Facts, unit: SourceUnit, frame: Frame) -> list[rs.Item]:
    """Globals that are never written and have no address: `const`, or `static` for arrays."""
    lowering = StaticLowering(facts, frame)
    items: list[rs.Item] = []
    for symbol in unit.variables:
        if symbol not in facts.storage.constants:
            continue
        variable = facts.program.variables[symbol]
        type = frame.rust_type(variable.type)
        value = lowering.zero(variable.type) if variable.init is None else lowering.value(variable.init, typed=True)
        static = isinstance(type, rs.ArrayType)
        items.append(rs.ConstItem(facts.names.variables[symbol], type, value, variable.doc, static, public=True))
    return items


def static_addresses(facts: Facts, unit: SourceUnit, frame: Frame, statics: Mapping[str, int]) -> list[rs.Item]:
    """The addresses of the unit's objects in memory, and the function that gives them their initial values; nothing
    where the unit has none. `statics` has the block number of each."""
    lowering = StaticLowering(facts, frame)
    items: list[rs.Item] = []
    statements: list[rs.Statement] = []
    for symbol in unit.variables:
        if symbol not in statics:
            continue
        variable = facts.program.variables[symbol]
        frame.import_type("Ptr")
        pointer = rs.PathType("Ptr", (frame.stored_type(variable.type),))
        address = rs.Call(rs.Name("Ptr::global"), (rs.Literal(str(statics[symbol])),))
        items.append(rs.ConstItem(facts.names.variables[symbol], pointer, address, variable.doc))
        statements += [rs.ExprStatement(call) for call in definition(lowering, variable)]
    if not statements:
        return []
    frame.import_type("Memory")
    memory = rs.ReferenceType(rs.PathType("Memory"), mutable=True)
    span = facts.program.variables[unit.variables[0]].span
    doc = "Gives the file's objects in memory their initial values."
    body = rs.Block(tuple(statements))
    return [*items, rs.FunctionItem("init_statics", True, (rs.Param("mem", memory),), None, body, doc, span)]


def definition(lowering: StaticLowering, variable: Variable) -> tuple[rs.Expr, ...]:
    """The calls that give an object in memory its initial value. Raises Unsupported."""
    name = rs.Name(lowering.facts.names.variables[variable.symbol])
    if variable.init is None:
        size = rs.Literal(str(lowering.facts.types.layout.size_of(variable.type)))
        return (rs.MethodCall(_MEMORY, "define_zeroed", (name, size)),)
    tail = flexible_tail(variable.init, lowering.facts.program)
    if tail is not None:
        return _flexible_definition(lowering, variable, name, tail)
    value = lowering.wrapped(lowering.value(variable.init, typed=True), variable.type)
    return (rs.MethodCall(_MEMORY, "define", (name, value)),)


def _flexible_definition(
    lowering: StaticLowering, variable: Variable, name: rs.Name, tail: ArrayValue | StringValue
) -> tuple[rs.Expr, ...]:
    """An object with elements of a flexible array: room for all of it, then the struct, then the elements."""
    assert isinstance(variable.init, RecordValue)
    layout = lowering.facts.types.layout
    record = lowering.facts.program.records[variable.init.type.id]
    fields = variable.init.fields
    assert record.fields is not None
    offset = record.fields[-1].offset
    size = max(layout.size_of(variable.type), offset + layout.size_of(tail.type))
    head = lowering.value(replace(variable.init, fields=(*fields[:-1], None)), typed=True)
    elements = rs.MethodCall(name, f"cast::<{print_type(lowering.frame.stored_type(tail.type))}>")
    address = rs.MethodCall(elements, "byte_add", (rs.Literal(str(offset)),))
    return (
        rs.MethodCall(_MEMORY, "define_zeroed", (name, rs.Literal(str(size)))),
        rs.MethodCall(_MEMORY, "write", (name, head)),
        rs.MethodCall(_MEMORY, "write", (address, lowering.value(tail, typed=True))),
    )
