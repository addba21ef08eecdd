"""Initialisers of static storage: constant expressions of Rust. Address constants become a symbol and a byte offset."""

from __future__ import annotations

from c2rust_py.diagnostics import Code
from c2rust_py.ir.nodes import (
    AddressOf,
    Convert,
    Decay,
    DerefPlace,
    FieldPlace,
    GlobalPlace,
    IndexPlace,
    IntConst,
    Place,
    PointerAdd,
    Statement,
    StringPlace,
    Value,
)
from c2rust_py.ir.types import FunctionType, PointerType
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_type
from c2rust_py.to_rust.code_pointers import CodeLowering
from c2rust_py.to_rust.conditions import is_null_constant
from c2rust_py.to_rust.frame import Unsupported


class StaticLowering(CodeLowering):
    """Values of static initialisers."""

    def block(self, body: tuple[Statement, ...], tail: Value | None, as_condition: bool = False) -> rs.Block:
        raise AssertionError("a static initialiser has no statements")

    def value(self, value: Value, typed: bool = False) -> rs.Expr:
        is_address = not is_null_constant(value) and not isinstance(value, IntConst)
        if isinstance(value.type, PointerType) and not isinstance(value.type.target, FunctionType) and is_address:
            constant = self.address_constant(value)
            if constant is not None:
                return self.pointer_to(*constant, value.type)
        return super().value(value, typed)

    def pointer_to(self, base: rs.Expr, base_type: rs.Type, offset: int, type: PointerType) -> rs.Expr:
        target = self.frame.stored_type(type.target)
        pointer = base if base_type == target else rs.MethodCall(base, f"cast::<{print_type(target)}>")
        if offset == 0:
            return pointer
        return rs.MethodCall(pointer, "byte_add", (rs.Literal(str(offset % (1 << 32))),))

    def address_constant(self, value: Value) -> tuple[rs.Expr, rs.Type, int] | None:
        """The base pointer, its target's Rust type and the byte offset; None for what is no address of an object."""
        match value:
            case AddressOf(place) | Decay(place):
                return self.place_constant(place)
            case Convert(operand) if isinstance(operand.type, PointerType):
                if isinstance(operand.type.target, FunctionType):
                    return None
                return self.address_constant(operand)
            case PointerAdd(pointer, offset, negative):
                base = self.address_constant(pointer)
                count = self.int_constant(offset)
                if base is None:
                    return None
                size = self.facts.types.layout.size_of(value.type.target)
                return base[0], base[1], base[2] + (-count if negative else count) * size
            case _:
                return None

    def place_constant(self, place: Place) -> tuple[rs.Expr, rs.Type, int] | None:
        match place:
            case GlobalPlace(symbol, type):
                return self.global_address(symbol, place.span), self.frame.stored_type(type), 0
            case StringPlace(data):
                return rs.Name(self.string_constant(data)), rs.PathType("u8"), 0
            case FieldPlace(base):
                inner = self.place_constant(base)
                return inner and (inner[0], inner[1], inner[2] + self.field_of(place).offset)
            case IndexPlace(base, index):
                inner = self.place_constant(base)
                step = self.facts.types.layout.size_of(place.type) * self.int_constant(index)
                return inner and (inner[0], inner[1], inner[2] + step)
            case DerefPlace(pointer):
                return self.address_constant(pointer)
            case _:
                return None

    def int_constant(self, value: Value) -> int:
        while isinstance(value, Convert):
            value = value.operand
        if not isinstance(value, IntConst):
            raise Unsupported(Code.UNSUPPORTED_C, "a static initialiser is not a constant", value.span)
        return value.value
