"""Small semantic slips in Rust functions: what one would write by mistake when translating by hand.

Each kind of slip has a function of its own, from a node to what it could be instead, with the change in words. Whether a
mutant has right types is not asked here: rustc refuses those that have not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_expr
from c2rust_py.rust_ir.walk import Node, map_children, walk

_ARITHMETIC = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "/", "&": "|", "|": "&", "^": "|", "<<": ">>", ">>": "<<"}
_COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_OTHER_WAY = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_METHODS = {
    "wrapping_add": ("wrapping_sub",),
    "wrapping_sub": ("wrapping_add",),
    "wrapping_mul": ("wrapping_add", "saturating_mul"),
    "rotate_left": ("rotate_right",),
    "rotate_right": ("rotate_left",),
    "is_ascii_digit": ("is_ascii_hexdigit", "is_ascii_alphabetic"),
    "is_ascii_uppercase": ("is_ascii_lowercase", "is_ascii_alphabetic"),
    "is_ascii_lowercase": ("is_ascii_uppercase", "is_ascii_alphabetic"),
}
_THROUGH = {"u64": "i32", "i64": "u32", "u32": "i8", "i32": "i8", "u16": "u8", "i16": "i8"}
"""What a value goes through on its way to a type: the other sign, or too narrow. (Indices are left alone: they are small.)"""

Slip = tuple[Node, str]


def constants(node: Node) -> Iterator[Slip]:
    """One more, one less; a character next to it."""
    match node:
        case rs.Literal(text) if re.fullmatch(r"\d+|0x[0-9a-f]+", text):
            value = int(text, 0)
            for other in sorted({value + 1, max(value - 1, 0)} - {value}):
                yield replace(node, text=str(other)), f"{text} is {other}"
        case rs.Literal(text) if re.fullmatch(r"\d+\.\d+", text):
            for other in (float(text) + 1, float(text) - 1):
                yield replace(node, text=str(other)), f"{text} is {other}"
        case rs.Literal(text) if re.fullmatch(r"b'[ -~]'", text) and text[2] not in "'\\~[&":
            other = chr(ord(text[2]) + 1)
            yield replace(node, text=f"b'{other}'"), f"{text} is b'{other}'"
        case _:
            pass


def operators(node: Node) -> Iterator[Slip]:
    """Another arithmetic operator or method."""
    match node:
        case rs.Binary(op, left, right) if op in _ARITHMETIC:
            yield rs.Binary(_ARITHMETIC[op], left, right), f"`{print_expr(node)}`: {op} is {_ARITHMETIC[op]}"
        case rs.Assign(_, _, op) if op in _ARITHMETIC:
            yield replace(node, op=_ARITHMETIC[op]), f"`{print_expr(node)}`: {op}= is {_ARITHMETIC[op]}="
        case rs.MethodCall(_, method, _) if method in _METHODS:
            for other in _METHODS[method]:
                yield replace(node, method=other), f"`{print_expr(node)}`: {method} is {other}"
        case rs.Unary("!" | "-", operand):
            yield operand, f"`{print_expr(node)}` without {node.op}"
        case _:
            pass


def comparisons(node: Node) -> Iterator[Slip]:
    """The boundary on the other side, or the other way round."""
    if isinstance(node, rs.Binary):
        for table in (_COMPARISONS, _OTHER_WAY):
            if node.op in table:
                yield replace(node, op=table[node.op]), f"`{print_expr(node)}`: {node.op} is {table[node.op]}"


def conditions(node: Node) -> Iterator[Slip]:
    """A condition negated; one side of two; the other connective."""
    match node:
        case rs.If(condition) if not isinstance(condition, rs.LetSome):
            yield replace(node, condition=rs.Unary("!", condition)), f"if not {print_expr(condition)}"
        case rs.Binary("&&" | "||" as op, left, right):
            other = "||" if op == "&&" else "&&"
            yield rs.Binary(other, left, right), f"`{print_expr(node)}`: {op} is {other}"
            yield left, f"`{print_expr(node)}` without its right side"
            yield right, f"`{print_expr(node)}` without its left side"
        case _:
            pass


def omissions(node: Node) -> Iterator[Slip]:
    """A statement left out; an assignment in place of an update; no `else`."""
    match node:
        case rs.Block(statements):
            for i, statement in enumerate(statements):
                if isinstance(statement, rs.ExprStatement) and not isinstance(statement.expr, rs.Loop | rs.Return):
                    kept = (*statements[:i], *statements[i + 1 :])
                    yield replace(node, statements=kept), f"without `{_first_line(statement.expr)}`"
        case rs.Assign(_, _, op) if op:
            yield replace(node, op=""), f"`{print_expr(node)}`: {op}= is ="
        case rs.If(_, _, otherwise) if isinstance(otherwise, rs.BlockExpr) and otherwise.block.tail is None:
            yield replace(node, otherwise=None), f"`if {print_expr(node.condition)}` without its else"
        case _:
            pass


def exchanges(node: Node) -> Iterator[Slip]:
    """Two operands or arguments in the other order."""
    match node:
        case rs.Binary("-" | "/" | "%" | "<<" | ">>" as op, left, right) if left != right:
            yield rs.Binary(op, right, left), f"`{print_expr(node)}`: operands exchanged"
        case rs.MethodCall(receiver, "wrapping_sub" as method, (argument,)):
            yield rs.MethodCall(argument, method, (receiver,)), f"`{print_expr(node)}`: operands exchanged"
        case rs.Call(_, args) | rs.MethodCall(_, _, args):
            for i in range(len(args) - 1):
                if args[i] != args[i + 1]:
                    swapped = (*args[:i], args[i + 1], args[i], *args[i + 2 :])
                    yield replace(node, args=swapped), f"`{print_expr(node)}`: arguments exchanged"
        case rs.If(_, then, rs.BlockExpr(otherwise, None)) if then != otherwise:
            exchanged = replace(node, then=otherwise, otherwise=rs.BlockExpr(then))
            yield exchanged, f"`if {print_expr(node.condition)}`: branches exchanged"
        case _:
            pass


def bounds(node: Node) -> Iterator[Slip]:
    """A range that starts later, or ends earlier or later; an index beside the right one."""
    match node:
        case rs.RangeExpr(low, high, inclusive):
            yield (
                replace(node, inclusive=not inclusive),
                f"`{print_expr(node)}`: the end is {'out' if inclusive else 'in'}",
            )
            yield replace(node, low=rs.Binary("+", low, rs.Literal("1"))), f"`{print_expr(node)}`: starts one later"
            if not inclusive:
                earlier = rs.MethodCall(high, "saturating_sub", (rs.Literal("1"),))
                yield replace(node, high=earlier), f"`{print_expr(node)}`: ends one earlier"
        case rs.Index(base, index) if not isinstance(index, rs.RangeExpr | rs.RangeFrom | rs.RangeTo):
            yield rs.Index(base, rs.Binary("+", index, rs.Literal("1"))), f"`{print_expr(node)}`: one further"
        case _:
            pass


def widths(node: Node) -> Iterator[Slip]:
    """A conversion through a type that is too narrow or has another sign."""
    match node:
        case rs.Cast(operand, rs.PathType(name)) if name in _THROUGH:
            through = rs.PathType(_THROUGH[name])
            yield replace(node, operand=rs.Cast(operand, through)), f"`{print_expr(node)}` through {_THROUGH[name]}"
        case _:
            pass


KINDS = (constants, operators, comparisons, conditions, omissions, exchanges, bounds, widths)


def names(item: rs.FunctionItem) -> Iterator[tuple[int, Node, str]]:
    """A variable or a field in place of another of the function, by the position of the node in `walk`."""
    variables = dict.fromkeys(param.name for param in item.params)
    fields = dict[str, None]()
    for node in walk(item.body):
        match node:
            case rs.Let(name):
                variables[name] = None
            case rs.FieldAccess(_, field):
                fields[field] = None
            case _:
                pass
    for place, node in enumerate(walk(item.body)):
        match node:
            case rs.Name(text) if text in variables:
                for other in variables:
                    if other != text and other not in ("mem", "globals", "cx"):
                        yield place, rs.Name(other), f"one {text} is {other}"
            case rs.FieldAccess(_, field):
                for other in fields:
                    if other != field:
                        yield place, replace(node, field=other), f"`{print_expr(node)}`: {field} is {other}"
            case _:
                pass


@dataclass(frozen=True, slots=True)
class Mutation:
    """A changed function, and the change in words."""

    item: rs.FunctionItem
    change: str


def mutations(item: rs.FunctionItem, random: random.Random) -> list[Mutation]:
    """All mutants of a function in a random order, in which the kinds take turns."""
    by_kind: list[list[tuple[int, Node, str]]] = [
        [(place, other, change) for place, node in enumerate(walk(item.body)) for other, change in kind(node)]
        for kind in KINDS
    ]
    by_kind.append(list(names(item)))
    for found in by_kind:
        random.shuffle(found)
    random.shuffle(by_kind)
    made: dict[rs.Block, Mutation] = {item.body: Mutation(item, "")}
    for slip in chain.from_iterable(zip_longest(*by_kind)):
        if slip is not None:
            place, other, change = slip
            body = _with(item.body, place, other)
            made.setdefault(body, Mutation(replace(item, body=body), change))
    return list(made.values())[1:]


def _with(body: rs.Block, place: int, other: Node) -> rs.Block:
    """The body with its node number `place`, in the order of `walk`, replaced: that one alone, if it stands elsewhere, too."""
    numbers = iter(range(place + 1))

    def change(node: Node) -> Node:
        number = next(numbers, None)
        if number is None:
            return node
        return other if number == place else map_children(node, change)

    changed = change(body)
    assert isinstance(changed, rs.Block)
    return changed


def _first_line(expr: rs.Expr) -> str:
    lines = print_expr(expr).splitlines()
    return lines[0] + (" ..." if len(lines) > 1 else "")
