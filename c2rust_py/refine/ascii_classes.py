"""The character functions of C for bytes, in Rust's own words.

    ctype::isdigit(c as i32) != 0           ->      c.is_ascii_digit()          // c: u8
    ctype::isalnum(c as i32) == 0           ->      !c.is_ascii_alphanumeric()
    ctype::tolower(c as i32) as u8          ->      c.to_ascii_lowercase()
    ctype::toupper(c as i32)                ->      c.to_ascii_uppercase() as i32
    tolower(a) == tolower(b)                ->      a.eq_ignore_ascii_case(&b)

The library has the C locale alone, in which only ASCII characters have classes and cases. White space is not among them: C's
has the vertical tab, which Rust's has not. Runs before types are dropped; one bottom-up walk.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.refine.expression_types import ExpressionTypes
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children

_MODULE = "c2rs_rt::ctype::"
_CLASSES = {
    "isalnum": "is_ascii_alphanumeric",
    "isalpha": "is_ascii_alphabetic",
    "iscntrl": "is_ascii_control",
    "isdigit": "is_ascii_digit",
    "isgraph": "is_ascii_graphic",
    "islower": "is_ascii_lowercase",
    "ispunct": "is_ascii_punctuation",
    "isupper": "is_ascii_uppercase",
    "isxdigit": "is_ascii_hexdigit",
}
_CASES = {"tolower": "to_ascii_lowercase", "toupper": "to_ascii_uppercase"}
_INT = rs.PathType("i32")


def ascii_classes(item: rs.FunctionItem, types: ExpressionTypes) -> rs.FunctionItem:
    """The function with methods of bytes where it has these calls."""

    def change(node: Node) -> Node:
        node = map_children(node, change)
        match node:
            case rs.Binary("!=" | "==" as op, rs.Call() as call, rs.Literal("0")):
                test = _method(call, _CLASSES, types)
                if test is not None:
                    return test if op == "!=" else rs.Unary("!", test)
            case rs.Binary(
                "!=" | "==" as op,
                rs.Cast(rs.MethodCall(left, method, ()), _),
                rs.Cast(rs.MethodCall(right, other, ()), _),
            ) if method == other and method in _CASES.values():
                same = rs.MethodCall(left, "eq_ignore_ascii_case", (_lent(right, types),))
                return same if op == "==" else rs.Unary("!", same)
            case rs.Call():
                changed = _method(node, _CASES, types)
                if changed is not None:
                    return rs.Cast(changed, _INT)
            case _:
                pass
        return node

    body = change(item.body)
    assert isinstance(body, rs.Block)
    return replace(item, body=body)


def _lent(byte: rs.Expr, types: ExpressionTypes) -> rs.Expr:
    """A reference to a byte: the one that it is read by, where it is."""
    match byte:
        case rs.Unary("*", operand) if isinstance(types.of(operand), rs.ReferenceType):
            return operand
        case _:
            return rs.Borrow(byte)


def _method(call: rs.Call, methods: dict[str, str], types: ExpressionTypes) -> rs.Expr | None:
    """The call as a method of the byte that it is about."""
    match call:
        case rs.Call(rs.Name(path), (rs.Cast(byte, target),)) if path.startswith(_MODULE) and target == _INT:
            method = methods.get(path.removeprefix(_MODULE))
            return rs.MethodCall(byte, method, ()) if method and types.integer(byte) == "u8" else None
        case _:
            return None
