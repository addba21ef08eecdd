"""Lowering of initialisers: structs, unions, arrays and strings as Rust values."""

from __future__ import annotations

from c2rust_py.diagnostics import Code
from c2rust_py.ir.nodes import ArrayValue, Load, RecordValue, StringValue, Value, ZeroValue
from c2rust_py.ir.types import ArrayType, RecordType, Type
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.calls import CallLowering
from c2rust_py.to_rust.frame import Unsupported
from c2rust_py.to_rust.literals import int_literal
from c2rust_py.to_rust.strings import byte_string

_REPEAT_FROM = 8
"""Arrays that end in at least this many equal elements are filled in a block rather than written out."""


class AggregateLowering(CallLowering):
    """Values of struct, union and array type."""

    def aggregate(self, value: RecordValue | ArrayValue | StringValue) -> rs.Expr:
        match value:
            case RecordValue(fields, type):
                if self.facts.program.records[type.id].is_union:
                    return self.union(fields, type)
                return self.struct(fields, type)
            case ArrayValue():
                return self.array(value)
            case StringValue(data, type):
                return self.string(data, type)

    def element(self, value: Value, type: Type) -> rs.Expr:
        """A value as it is stored in a field or element of `type`."""
        if isinstance(value, ZeroValue):
            return self.stored_zero(type)
        return self.wrapped(self.value(value, typed=True), type)

    def struct(self, fields: tuple[Value | None, ...], type: RecordType) -> rs.Expr:
        record = self.facts.program.records[type.id]
        rust = self.frame.rust_type(type)
        assert isinstance(rust, rs.PathType) and record.fields is not None
        entries = []
        for index, (value, field) in enumerate(zip(fields, record.fields, strict=True)):
            library = type.id in self.facts.types.library_records
            name = field.name if library else self.facts.names.fields[type.id, index]
            if isinstance(value, ArrayValue | StringValue) and value.type != field.type:
                reason = "elements of a flexible array member inside another object"
                raise Unsupported(Code.UNSUPPORTED_C, reason, value.span)
            stored = self.stored_zero(field.type) if value is None else self.element(value, field.type)
            if field.width is not None and self.is_char(field.type):
                stored = rs.Cast(stored, rs.PathType("i8"))
            entries.append((name, stored))
        return rs.StructLiteral(rust.name, tuple(entries))

    def union(self, fields: tuple[Value | None, ...], type: RecordType) -> rs.Expr:
        """Zero bytes, then the one member that has a value."""
        rust = self.frame.rust_type(type)
        assert isinstance(rust, rs.PathType)
        zero = rs.Name(f"{rust.name}::ZERO")
        record = self.facts.program.records[type.id]
        for index, value in enumerate(fields):
            if value is not None:
                assert record.fields is not None
                setter = f"set_{self.facts.names.fields[type.id, index]}"
                stored = self.element(value, record.fields[index].type)
                name = self.frame.own("value")
                statements = (
                    rs.Let(name, None, zero, mutable=True),
                    rs.ExprStatement(rs.MethodCall(rs.Name(name), setter, (stored,))),
                )
                return rs.BlockExpr(rs.Block(statements, rs.Name(name)))
        return zero

    def array(self, value: ArrayValue) -> rs.Expr:
        """Written out; arrays that are mostly zero or repeat themselves are filled run by run."""
        element, length = value.type.element, value.type.length or 0
        if not value.runs:
            return self.zero(value.type)
        if len(value.runs) == 1 and (value.runs[0].first, value.runs[0].last) == (0, length - 1) and length > 1:
            return rs.ArrayRepeat(self.element(value.runs[0].value, element), length)
        covered = sum(run.last - run.first + 1 for run in value.runs)
        long_run = any(run.last - run.first >= _REPEAT_FROM for run in value.runs)
        if long_run or length - covered > max(_REPEAT_FROM, covered):
            return self.filled_array(value)
        elements: list[rs.Expr] = []
        for run in value.runs:
            elements.extend(self.stored_zero(element) for _ in range(run.first - len(elements)))
            elements.extend(self.element(run.value, element) for _ in range(run.last - run.first + 1))
        elements.extend(self.stored_zero(element) for _ in range(length - len(elements)))
        return rs.ArrayLiteral(tuple(elements))

    def filled_array(self, value: ArrayValue) -> rs.Expr:
        """A block that starts from zero and assigns each run."""
        element = value.type.element
        statements: list[rs.Statement] = [rs.Let(self.frame.own("array"), None, self.zero(value.type), mutable=True)]
        for run in value.runs:
            stored = self.element(run.value, element)
            if run.first == run.last:
                target: rs.Expr = rs.Index(rs.Name(self.frame.own("array")), rs.Literal(str(run.first)))
                statements.append(rs.ExprStatement(rs.Assign(target, stored)))
                continue
            statements.append(rs.ExprStatement(self.fill(run.first, run.last, stored)))
        return rs.BlockExpr(rs.Block(tuple(statements), rs.Name(self.frame.own("array"))))

    def fill(self, first: int, last: int, stored: rs.Expr) -> rs.Expr:
        """A loop over a run of equal elements that a constant's initialiser may hold, too."""
        name = self.frame.own("i")
        index = rs.Name(name)
        body = (
            rs.ExprStatement(rs.Assign(rs.Index(rs.Name(self.frame.own("array")), index), stored)),
            rs.ExprStatement(rs.Assign(index, rs.Literal("1"), "+")),
        )
        loop = rs.While(rs.Binary("<=", index, rs.Literal(str(last))), rs.Block(body))
        start = rs.Let(name, None, rs.Literal(str(first)), mutable=True)
        return rs.BlockExpr(rs.Block((start, rs.ExprStatement(loop))))

    def string(self, data: bytes, type: ArrayType) -> rs.Expr:
        """A char array as `*b"…"`, a wide one as its numbers, one that is mostly padding as a zero array with a start."""
        rust = self.facts.types.stored(type.element)
        length = type.length or 0
        assert isinstance(rust, rs.PathType)
        if rust.name == "u8":
            text = data.rstrip(b"\0")
            if len(data) - len(text) <= 32 and len(data) == length:
                return rs.Unary("*", rs.Literal(byte_string(data)))
            elements: list[int] = list(text)
        else:
            size = self.facts.types.layout.size_of(type.element)
            signed = rust.name.startswith("i")
            elements = [int.from_bytes(data[i : i + size], "little", signed=signed) for i in range(0, len(data), size)]
            if length - len(elements) <= 32:
                elements += [0] * (length - len(elements))
                return rs.ArrayLiteral(tuple(int_literal(e, rust.name, typed=True) for e in elements))
        statements: list[rs.Statement] = [rs.Let(self.frame.own("array"), None, self.zero(type), mutable=True)]
        for index, number in enumerate(elements):
            target = rs.Index(rs.Name(self.frame.own("array")), rs.Literal(str(index)))
            literal = int_literal(number, rust.name, typed=True)
            statements.append(rs.ExprStatement(rs.Assign(target, literal)))
        return rs.BlockExpr(rs.Block(tuple(statements), rs.Name(self.frame.own("array"))))

    def is_copy(self, value: Value) -> bool:
        """Whether a struct value is read straight from a place in memory, so that its bytes can be copied."""
        return isinstance(value, Load) and isinstance(value.type, RecordType) and self.in_memory(value.place)
