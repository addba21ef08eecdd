"""The Rust types of expressions, as far as declarations tell.

    fn f(s: &Stack) { s.items[0] }      ->      i32        // struct Stack { items: [i32; 16] }
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from c2rust_py.rust_ir import nodes as rs

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||"})
_BOOL = rs.PathType("bool")
_ALIKE = frozenset({"swap_bytes", "min", "max", "to_ascii_lowercase", "to_ascii_uppercase"})
"""The methods whose result is of their receiver's type."""
_WIDTHS = {"8": 8, "16": 16, "32": 32, "64": 64, "128": 128, "size": 64}


@dataclass(frozen=True, slots=True)
class CrateTypes:
    """What the items of a crate say of types: of constants by name, of fields by struct and name, of what pointers to fields
    point to by struct and constant, and of the results of functions by name. A name has one meaning in all of the crate."""

    constants: Mapping[str, rs.Type]
    fields: Mapping[tuple[str, str], rs.Type]
    offsets: Mapping[tuple[str, str], rs.Type]
    results: Mapping[str, rs.Type]
    structs: Mapping[str, tuple[str, ...]]
    """The names of the fields of each struct, in order."""


def crate_types(crate: rs.Crate) -> CrateTypes:
    """The types that the items of the crate declare."""
    constants: dict[str, rs.Type] = {}
    fields: dict[tuple[str, str], rs.Type] = {}
    offsets: dict[tuple[str, str], rs.Type] = {}
    results: dict[str, rs.Type] = {}
    structs: dict[str, tuple[str, ...]] = {}
    for item in (item for module in crate.modules for item in module.items):
        match item:
            case rs.ConstItem(name, type):
                constants[name] = type
            case rs.StructItem(name, members):
                fields |= {(name, member.name): member.type for member in members}
                structs[name] = tuple(member.name for member in members)
            case rs.LayoutItem(name, _, _, lines):
                offsets |= {(name, line.constant): line.type for line in lines}
            case rs.FunctionItem(name, result=result) if result is not None:
                results[name] = result
            case _:
                pass
    return CrateTypes(constants, fields, offsets, results, structs)


@dataclass(frozen=True, slots=True)
class ExpressionTypes:
    """Finds types in one function; `names` has those of its variables."""

    crate: CrateTypes
    names: Mapping[str, rs.Type]

    def of(self, expr: rs.Expr) -> rs.Type | None:
        """The type of an expression; None where it is not known, as that of a literal."""
        match expr:
            case rs.Name(name):
                return self.names.get(name) or self.crate.constants.get(_last(name))
            case rs.Cast(_, type):
                return type
            case rs.Unary("*", operand):
                held = self.of(operand)
                return held.target if isinstance(held, rs.ReferenceType) else None
            case rs.Unary(_, operand):
                return self.of(operand)
            case rs.FieldAccess(base, field):
                held = _behind(self.of(base))
                return self.crate.fields.get((_last(held.name), field)) if isinstance(held, rs.PathType) else None
            case rs.Index(base):
                held = _behind(self.of(base))
                return held.element if isinstance(held, rs.ArrayType | rs.SliceType) else None
            case rs.Binary(op, left, right):
                return self._of_binary(op, left, right)
            case rs.MethodCall():
                return self._of_method(expr)
            case rs.Call(rs.Name(path)):
                owner, _, function = path.rpartition("::")
                return rs.PathType(owner) if function == "from" else self.crate.results.get(function)
            case _:
                return None

    def integer(self, expr: rs.Expr) -> str | None:
        """The name of the integer type of an expression, if it certainly has one."""
        type = self.of(expr)
        return type.name if isinstance(type, rs.PathType) and int_width(type.name) is not None else None

    def _of_binary(self, op: str, left: rs.Expr, right: rs.Expr) -> rs.Type | None:
        if op in _COMPARISONS:
            return _BOOL
        found = self.of(left)
        if op in ("<<", ">>") or found is not None:
            return found
        other = self.of(right)
        return other if isinstance(other, rs.PathType) and int_width(other.name) is not None else None

    def _of_method(self, call: rs.MethodCall) -> rs.Type | None:
        if call.method.startswith(("wrapping_", "rotate_")) or call.method in _ALIKE:
            return self.of(call.receiver)
        match call:
            case rs.MethodCall(_, "read", (pointer,)):
                return _pointed(self.of(pointer))
            case rs.MethodCall(pointer, "at", (rs.Name(constant),)):
                owner, _, name = constant.rpartition("::")
                type = self.crate.offsets.get((_last(owner), name))
                return None if type is None else rs.PathType("Ptr", (type,))
            case rs.MethodCall(pointer, "elem" | "first"):
                array = _pointed(self.of(pointer))
                return rs.PathType("Ptr", (array.element,)) if isinstance(array, rs.ArrayType) else None
            case _:
                return None


def int_width(name: str) -> int | None:
    """The bits of an integer type; None for other types."""
    return _WIDTHS.get(name[1:]) if name[:1] in ("i", "u") else None


def _behind(type: rs.Type | None) -> rs.Type | None:
    while isinstance(type, rs.ReferenceType):
        type = type.target
    return type


def _pointed(type: rs.Type | None) -> rs.Type | None:
    match type:
        case rs.PathType("Ptr", (target,)):
            return target
        case _:
            return None


def _last(path: str) -> str:
    return path.split("::")[-1]
