"""Calls of the library that say where a number ends, or where the next token begins (`infer.ends`).

    n = strtol(s, &end, 10);      ->      (number, length) = `slices:strtol`(&s[at..], 10); end = at + length; n = number;
    t = strtok_r(s, ",", &p);     ->      p = at; t = `slices:strtok_r`(&mut s, ",", &mut p);
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.infer.ends import finds_tokens, stored_end
from c2rust_py.infer.library_calls import Wanted
from c2rust_py.infer.targets import Resolver, is_null
from c2rust_py.infer.token_states import TOKENS
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    BlockValue,
    Borrow,
    Call,
    DeclarePair,
    FunctionRef,
    Load,
    LocalPlace,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, LocalKind
from c2rust_py.ir.types import USIZE, VOID, Access, FunctionType, PointerType, ReferenceType, Type
from c2rust_py.lift.positions import Positions


@dataclass(frozen=True, slots=True)
class EndLifter:
    """Such calls of one function. statement: rewrites an assignment of pointers, value: an argument. declared: a new local that needs
    no declaration at the function's start."""

    function: Function
    resolver: Resolver
    positions: Positions
    statement: Callable[[Statement], tuple[Statement, ...]]
    value: Callable[[Value], Value]
    declared: Callable[[str, Type, Span], int]

    def told(self, call: Call, made: Call, wanted: Wanted) -> Value:
        """What a call becomes that is `made` on slices: its value, once the end is stored."""
        length = self.declared("length", USIZE, call.span)
        end = stored_end(call, self.resolver.referents, length)
        assert end is not None, f"{call.span}: an end that is not stored was lifted"
        number = None if wanted is Wanted.NOTHING else self.declared("number", made.type, call.span)
        body = (DeclarePair(number, length, made, call.span), *self.statement(end))
        if number is None:
            return BlockValue(body, None, VOID, call.span)
        return BlockValue(body, Load(LocalPlace(number, made.type, call.span), made.type, call.span), made.type, call.span)

    def begun(self, call: Call, made: Call) -> Value:
        """A call that looks for tokens, `made` on a slice: behind what it is told to begin with."""
        text = call.args[0]
        if is_null(text):
            return made
        start = self.statement(Assign(self._rest(call), text, call.span))
        return BlockValue(start, made, made.type, call.span)

    def position(self, call: Call) -> Value:
        """Where a call goes on, which it changes."""
        place = self.positions.place(self._rest(call).local, call.span)
        return Borrow(place, None, ReferenceType(USIZE, Access.MUTABLE), call.span)

    def _rest(self, call: Call) -> LocalPlace:
        end = stored_end(call, self.resolver.referents)
        assert end is not None and isinstance(end.place, LocalPlace), f"{call.span}: tokens are looked for in memory"
        return end.place

    def restored(self, call: Call) -> Value | None:
        """`strtok` as it was, where the variable for it is in memory (`infer.token_states`)."""
        if not finds_tokens(call) or not isinstance(call.function, FunctionRef):
            return None
        match call.args[2]:
            case AddressOf(LocalPlace(local)) if self.function.locals[local].kind is LocalKind.TEMPORARY:
                pass
            case _:
                return None
        assert isinstance(call.function.type, PointerType) and isinstance(call.function.type.target, FunctionType)
        params = call.function.type.target.params[:2]
        type = FunctionType(call.type, params)
        function = FunctionRef(TOKENS, PointerType(type), call.function.span)
        return Call(function, tuple(map(self.value, call.args[:2])), call.type, call.span)
