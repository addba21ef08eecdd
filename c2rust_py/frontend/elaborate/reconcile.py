"""Uses of a symbol at another type than its definition's: unprototyped calls, implicit declarations, open arrays.

    int f(); ... f(1)         with   long f(long n) { ... }     becomes   (int) f((long) 1)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from c2rust_py.diagnostics import Code, Sink, warning
from c2rust_py.frontend.elaborate.unit import ElaboratedUnit
from c2rust_py.ir.nodes import (
    AddressOf,
    BlockValue,
    Call,
    Convert,
    DerefPlace,
    Evaluate,
    FunctionRef,
    GlobalPlace,
    Statement,
    UnsupportedValue,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Function, Program, Variable
from c2rust_py.ir.types import (
    ArrayType,
    EnumType,
    FloatType,
    FunctionType,
    IntType,
    PointerType,
    Type,
    VoidType,
)
from c2rust_py.ir.walk import Node, map_children

_SCALARS = (IntType, FloatType, EnumType, PointerType)


def reconcile_uses(program: Program, units: Sequence[ElaboratedUnit], sink: Sink) -> Program:
    """The program in which every use of a symbol has the type of its definition."""
    types: dict[str, Type] = {symbol: external.type for symbol, external in program.externals.items()}
    types |= {symbol: variable.type for symbol, variable in program.variables.items()}
    types |= {symbol: function.type for symbol, function in program.functions.items()}
    functions, variables = dict(program.functions), dict(program.variables)
    for unit in units:
        for owner, uses in unit.uses.items():
            mismatches = {s for s, used in uses.symbols.items() if any(_differs(types[s], type) for type in used)}
            if not mismatches:
                continue
            rewrite = _Rewrite(types, mismatches)
            if owner in functions and functions[owner] is unit.functions.get(owner):
                functions[owner] = rewrite.function(functions[owner])
            elif owner in variables and variables[owner] is unit.variables.get(owner):
                variables[owner] = rewrite.variable(variables[owner])
            for symbol in sorted(mismatches - rewrite.harmless):
                span = (functions.get(owner) or variables[owner]).span
                sink.add(warning(Code.LINK_MISMATCH, f"'{symbol}' is declared in another way than defined", span))
    return replace(program, functions=functions, variables=variables)


def _differs(defined: Type, used: Type) -> bool:
    wanted = PointerType(defined) if isinstance(defined, FunctionType) else defined
    return used != wanted


class _Rewrite:
    """Rewrites the uses of some symbols in one definition."""

    def __init__(self, types: dict[str, Type], symbols: set[str]) -> None:
        self._types = types
        self._symbols = symbols
        self.harmless: set[str] = set()

    def function(self, function: Function) -> Function:
        return replace(function, body=tuple(cast(Statement, self.node(statement)) for statement in function.body))

    def variable(self, variable: Variable) -> Variable:
        assert variable.init is not None
        return replace(variable, init=cast(Value, self.node(variable.init)))

    def node(self, node: Node) -> Node:
        match node:
            case Call(FunctionRef(symbol, PointerType(FunctionType() as used), span)) if symbol in self._symbols:
                call = map_children(cast(Any, node), self._argument)
                return self._call(call, symbol, used)
            case FunctionRef(symbol, type, span) if symbol in self._symbols:
                defined = self._types[symbol]
                self._note(symbol, defined, type.target)
                plain = FunctionRef(symbol, PointerType(defined), span)
                return plain if plain.type == type else Convert(plain, type, span)
            case GlobalPlace(symbol, type, span) if symbol in self._symbols:
                return self._object(symbol, type, node)
            case _:
                return cast(Node, map_children(cast(Any, node), self.node))

    def _argument(self, node: Node) -> Node:
        """The function of a direct call is rewritten with the call."""
        return node if isinstance(node, FunctionRef) and node.symbol in self._symbols else self.node(node)

    def _note(self, symbol: str, defined: Type, used: Type) -> None:
        if isinstance(used, FunctionType) and isinstance(defined, FunctionType) and not used.prototyped:
            self.harmless.add(symbol)
        if isinstance(used, ArrayType) and used.length is None:
            self.harmless.add(symbol)

    def _object(self, symbol: str, used: Type, node: GlobalPlace) -> Node:
        defined = self._types[symbol]
        self._note(symbol, defined, used)
        if isinstance(used, ArrayType) and isinstance(defined, ArrayType) and used.element == defined.element:
            return replace(node, type=defined)
        if isinstance(defined, FunctionType):
            address: Value = FunctionRef(symbol, PointerType(defined), node.span)
        elif used == defined:
            return node
        else:
            address = AddressOf(replace(node, type=defined), PointerType(defined), node.span)
        return DerefPlace(Convert(address, PointerType(used), node.span), used, node.span)

    def _call(self, call: Call, symbol: str, used: FunctionType) -> Value:
        """A direct call with the definition's types: arguments are converted, missing ones are zero, others dropped."""
        defined = self._types[symbol]
        if not isinstance(defined, FunctionType):
            return UnsupportedValue(str(Code.LINK_MISMATCH), f"'{symbol}' is called and no function", call.type, call.span)
        self._note(symbol, defined, used)
        function = FunctionRef(symbol, PointerType(defined), call.span)
        args = [_converted(arg, param) for arg, param in zip(call.args, defined.params, strict=False)]
        args += [ZeroValue(param, call.span) for param in defined.params[len(call.args) :]]
        extra = call.args[len(defined.params) :]
        if defined.variadic or not defined.prototyped:
            args += extra
            extra = ()
        result: Value = Call(function, tuple(args), defined.result, call.span)
        converted = _converted(result, call.type)
        if not extra:
            return converted
        before = tuple(Evaluate(arg, arg.span) for arg in reversed(extra))
        value = None if isinstance(call.type, VoidType) else converted
        body: tuple[Statement, ...] = before if value is not None else (*before, Evaluate(converted, call.span))
        return BlockValue(body, value, call.type, call.span)


def _converted(value: Value, type: Type) -> Value:
    """The value in another type; what C cannot convert is the bits that the caller has no right to."""
    if value.type == type:
        return value
    if isinstance(type, VoidType) or (isinstance(value.type, _SCALARS) and isinstance(type, _SCALARS)):
        if isinstance(value.type, PointerType) and isinstance(type, FloatType):
            return _mismatch(value, type)
        return Convert(value, type, value.span)
    if isinstance(value.type, VoidType) and isinstance(type, _SCALARS):
        return BlockValue((Evaluate(value, value.span),), ZeroValue(type, value.span), type, value.span)
    return _mismatch(value, type)


def _mismatch(value: Value, type: Type) -> Value:
    reason = "a call does not fit the function's definition"
    return UnsupportedValue(str(Code.LINK_MISMATCH), reason, type, value.span)
