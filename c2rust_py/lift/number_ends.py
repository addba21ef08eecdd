"""Calls of the library that say where a number ends (`infer.ends`).

    n = strtol(s, &end, 10);      ->      (number, length) = `slices:strtol`(&s[at..], 10); end = at + length; n = number;
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.infer.ends import stored_end
from c2rust_py.infer.library_calls import Wanted
from c2rust_py.ir.nodes import BlockValue, Call, DeclarePair, Load, LocalPlace, Statement, Value
from c2rust_py.ir.types import USIZE, VOID, Type


@dataclass(frozen=True, slots=True)
class EndLifter:
    """Such calls of one function. statement: rewrites an assignment of pointers. declared: a new local that needs no declaration
    at the function's start."""

    referents: Mapping[int, int]
    statement: Callable[[Statement], tuple[Statement, ...]]
    declared: Callable[[str, Type, Span], int]

    def told(self, call: Call, made: Call, wanted: Wanted) -> Value:
        """What a call becomes that is `made` on slices: its value, once the end is stored."""
        length = self.declared("length", USIZE, call.span)
        end = stored_end(call, self.referents, length)
        assert end is not None, f"{call.span}: an end that is not stored was lifted"
        number = None if wanted is Wanted.NOTHING else self.declared("number", made.type, call.span)
        body = (DeclarePair(number, length, made, call.span), *self.statement(end))
        if number is None:
            return BlockValue(body, None, VOID, call.span)
        return BlockValue(body, Load(LocalPlace(number, made.type, call.span), made.type, call.span), made.type, call.span)
