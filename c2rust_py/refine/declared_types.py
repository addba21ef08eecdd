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
    copies: list[tuple[str, str]] = []

    def bind(name: str, type: rs.Type | None) -> None:
        found[name] = type if found.get(name, type) == type else None

    for param in item.params:
        bind(param.name, param.type)
    for node in walk(item.body):
        match node:
            case rs.Let(name, None, rs.Name(source)) if name not in found:
                copies.append((name, source))
            case rs.Let(name, type):
                bind(name, type)
            case rs.For(variable):
                bind(variable, None)
            case rs.Closure(params):
                for name, type in params:
                    bind(name, type)
            case _:
                pass
    for name, source in copies:
        bind(name, found.get(source))
    return {name: type for name, type in found.items() if type is not None}


def int_type(expr: rs.Expr, types: Types) -> str | None:
    """The type of an integer expression; None where it is no integer, or a literal, or not known here."""
    match expr:
        case rs.Name(name):
            return _int_name(types.get(name))
        case rs.Cast(_, target):
            return _int_name(target)
        case rs.Unary("-" | "!", operand):
            return int_type(operand, types)
        case rs.Binary("<<" | ">>", left, _):
            return int_type(left, types)
        case rs.Binary(op, left, right) if op not in _COMPARISONS:
            return int_type(left, types) or int_type(right, types)
        case rs.MethodCall(receiver, method) if method.startswith(("wrapping_", "rotate_")):
            return int_type(receiver, types)
        case rs.Call(rs.Name(path)) if path.count("::") == 1:
            return _int_name(rs.PathType(path.split("::")[0]))
        case rs.Index(rs.Name(name)):
            match types.get(name):
                case rs.ArrayType(element) | rs.SliceType(element):
                    return _int_name(element)
                case rs.ReferenceType(rs.ArrayType(element) | rs.SliceType(element)):
                    return _int_name(element)
                case _:
                    return None
        case _:
            return None


def _int_name(type: rs.Type | None) -> str | None:
    return type.name if isinstance(type, rs.PathType) and type.name in _INTEGERS else None


def is_integer(expr: rs.Expr, types: Types) -> bool:
    """Whether an expression is certainly an integer."""
    match expr:
        case rs.Literal(text):
            return text.startswith(("0x", "b'")) or (text[0].isdigit() and not set(text) & set(".ef"))
        case rs.Unary("-" | "!", operand):
            return is_integer(operand, types)
        case rs.Binary(op, left, right) if op not in _COMPARISONS:
            return is_integer(left, types) or (op not in ("<<", ">>") and is_integer(right, types))
        case _:
            return int_type(expr, types) is not None


def is_unsigned(expr: rs.Expr, types: Types) -> bool:
    """Whether an expression is certainly an unsigned integer."""
    type = int_type(expr, types)
    return type is not None and type.startswith("u")
