"""The stub of a function that has a typed body and no translation: what is known of it stays.

    { f(&x); goto later; … }    ->    unsupported "a jump into the scope of …", which mentions f and x

What fills the stub later can need what the C named, so effects and storage count it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from c2rust_py.diagnostics import Code, Span
from c2rust_py.ir.live_nodes import live_nodes
from c2rust_py.ir.nodes import FunctionRef, GlobalPlace, UnsupportedStatement
from c2rust_py.ir.printer import print_function
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import Node, walk_all


def stub_of(function: Function, code: Code, reason: str, span: Span) -> Function:
    """The function with a stub in the place of its body."""
    symbols = _symbols(walk_all(function.body))
    live = set(_symbols(live_nodes(function.body)))
    idle = tuple(symbol for symbol in symbols if symbol not in live)
    sketch = print_function(function)
    fingerprint = sha256(sketch.encode()).hexdigest()[:16]
    stub = UnsupportedStatement(str(code), reason, span, symbols, fingerprint, sketch, idle=idle)
    return replace(function, body=(stub,))


def _symbols(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node.symbol for node in nodes if isinstance(node, FunctionRef | GlobalPlace)))
