"""The stub of a function that has a typed body and no translation: what is known of it stays.

    { f(&x); goto later; … }    ->    unsupported "a jump into the scope of …", which mentions f and x

What fills the stub later can need what the C named, so effects and storage count it.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from c2rust_py.diagnostics import Code, Span
from c2rust_py.ir.nodes import FunctionRef, GlobalPlace, UnsupportedStatement
from c2rust_py.ir.printer import print_function
from c2rust_py.ir.program import Function
from c2rust_py.ir.walk import walk_all


def stub_of(function: Function, code: Code, reason: str, span: Span) -> Function:
    """The function with a stub in the place of its body."""
    symbols = (node.symbol for node in walk_all(function.body) if isinstance(node, FunctionRef | GlobalPlace))
    sketch = print_function(function)
    fingerprint = sha256(sketch.encode()).hexdigest()[:16]
    stub = UnsupportedStatement(str(code), reason, span, tuple(dict.fromkeys(symbols)), fingerprint, sketch)
    return replace(function, body=(stub,))
