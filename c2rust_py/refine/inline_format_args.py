"""Writes variables into the format that prints them.

    println!("{}: {:>4}", name, count + 1);      ->      println!("{name}: {:>4}", count + 1);

Names in a format are text, which no other pass sees as uses: this one runs last.
"""

from __future__ import annotations

import re
from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children

_MACROS = frozenset({"print", "println", "eprint", "eprintln"})
_PART = re.compile(r"\{\{|\}\}|\{(:[^}]*)?\}")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")


def inline_format_args(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with plain names as inline arguments."""
    body = _inline(item.body)
    assert isinstance(body, rs.Block)
    return replace(item, body=body)


def _inline(node: Node) -> Node:
    node = map_children(node, _inline)
    match node:
        case rs.MacroCall(name, (rs.Literal(format), *args)) if name.split("::")[-1] in _MACROS and args:
            return _with_names(node, format, args)
        case _:
            return node


def _with_names(call: rs.MacroCall, format: str, args: list[rs.Expr]) -> rs.MacroCall:
    waiting = list(args)
    left: list[rs.Expr] = []

    def part(match: re.Match[str]) -> str:
        if match.group() in ("{{", "}}"):
            return match.group()
        arg = waiting.pop(0)
        if isinstance(arg, rs.Name) and _IDENTIFIER.match(arg.text):
            return f"{{{arg.text}{match[1] or ''}}}"
        left.append(arg)
        return match.group()

    text = _PART.sub(part, format)
    return replace(call, args=(rs.Literal(text, suffixed=True), *left))
