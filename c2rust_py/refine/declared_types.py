"""What the parameters and `let`s of a function say of types, by name.

    fn f(n: u32) { let x: i32 = 0; let y = g(); }      ->      n: u32, x: i32
"""

from __future__ import annotations

from collections.abc import Mapping

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import walk

Types = Mapping[str, rs.Type]

_INTEGERS = frozenset({"i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "i128", "u128", "isize", "usize"})
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||"})


def declared_types(item: rs.FunctionItem) -> Types:
    """The type of each name that has one type wherever the function binds it. Runs before types are dropped."""
    found: dict[str, rs.Type | None] = {}

    def bind(name: str, type: rs.Type | None) -> None:
        found[name] = type if found.get(name, type) == type else None

    for param in item.params:
        bind(param.name, param.type)
    for node in walk(item.body):
        match node:
            case rs.Let(name, type):
                bind(name, type)
            case rs.For(variable):
                bind(variable, None)
            case rs.Closure(params):
                for name, type in params:
                    bind(name, type)
            case _:
                pass
    return {name: type for name, type in found.items() if type is not None}


def is_integer(expr: rs.Expr, types: Types) -> bool:
    """Whether an expression is certainly an integer."""
    match expr:
        case rs.Literal(text):
            return text.startswith(("0x", "b'")) or (text[0].isdigit() and not set(text) & set(".ef"))
        case rs.Name(name):
            type = types.get(name)
            return isinstance(type, rs.PathType) and type.name in _INTEGERS
        case rs.Cast(_, rs.PathType(name)):
            return name in _INTEGERS
        case rs.Unary("-" | "!", operand):
            return is_integer(operand, types)
        case rs.Binary("<<" | ">>" | "&" | "|" | "^" | "%" as op, left, right):
            return is_integer(left, types) or (op not in ("<<", ">>") and is_integer(right, types))
        case rs.Binary(op, left, right):
            return op not in _COMPARISONS and (is_integer(left, types) or is_integer(right, types))
        case rs.MethodCall(receiver, method):
            return method.startswith("wrapping_") and is_integer(receiver, types)
        case rs.Call(rs.Name(path)):
            return path.split("::")[0] in _INTEGERS
        case _:
            return False


def is_unsigned(expr: rs.Expr, types: Types) -> bool:
    """Whether an expression is certainly an unsigned integer."""
    match expr:
        case rs.Name(name):
            type = types.get(name)
            return isinstance(type, rs.PathType) and type.name in _INTEGERS and type.name.startswith("u")
        case rs.Cast(_, rs.PathType(name)):
            return name in _INTEGERS and name.startswith("u")
        case rs.Binary("<<" | ">>", left, _):
            return is_unsigned(left, types)
        case rs.Binary(op, left, right):
            return op not in _COMPARISONS and (is_unsigned(left, types) or is_unsigned(right, types))
        case rs.MethodCall(receiver, method):
            return method.startswith("wrapping_") and is_unsigned(receiver, types)
        case rs.Call(rs.Name(path)):
            return path.split("::")[0] in _INTEGERS and path.startswith("u")
        case _:
            return False
