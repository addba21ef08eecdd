"""Lowering of function pointers that are Rust's (`code_values`): what they are given, calls through them, and null.

    OPS[i](vm, 1)                           call_ops(OPS[i], vm, 1), whose dispatcher is `call_ops`
    Some(push), Some(|vm, _| depth(vm))     the addresses of `push` and `depth`
"""

from __future__ import annotations

import re

from c2rust_py.ir.nodes import (
    Borrow,
    Call,
    FunctionAddress,
    FunctionRef,
    Load,
    LocalPlace,
    ReferentPlace,
    Statement,
    Value,
)
from c2rust_py.ir.types import FunctionType, PointerType, Type
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_expr
from c2rust_py.to_rust.aggregates import AggregateLowering
from c2rust_py.to_rust.code_values import CodeValue, codes_held, pointer_type
from c2rust_py.to_rust.frame import Frame


class CodeLowering(AggregateLowering):
    """Values, of which some are Rust's function pointers."""

    def direct_call(self, symbol: str, call: Call) -> rs.Expr:
        if not self.facts.is_pointer_call(symbol):
            return super().direct_call(symbol, call)
        function = self.facts.program.functions[symbol]
        value = self.facts.types.code[pointer_type(function)]
        pointer = self.value(call.args[0])
        if value.nullable:
            pointer = rs.MethodCall(pointer, "unwrap")
        args = (self.coerced(arg, type) for arg, type in zip(call.args[1:], value.signature.params, strict=True))
        made = rs.Call(pointer, (*args, *self.frame.context_args(value.needs)))
        return self.adapted(made, value.signature.result, call)

    def function_pointer(self, value: FunctionRef | FunctionAddress) -> rs.Expr:
        code = self._code(value.type)
        if code is None or isinstance(value, FunctionRef):
            return super().function_pointer(value)
        target = self._target(code, value.symbol)
        return rs.Call(rs.Name("Some"), (target,)) if code.nullable else target

    def null_test(self, pointer: Value) -> rs.Expr:
        if self._is_null_code(pointer.type):
            return rs.MethodCall(self.value(pointer), "is_none")
        return super().null_test(pointer)

    def null(self, type: Type, typed: bool) -> rs.Expr:
        return rs.Name("None") if self._is_null_code(type) else super().null(type, typed)

    def zero(self, type: Type) -> rs.Expr:
        for code in codes_held(type, self.facts.program):
            self._is_null_code(PointerType(code))
        return super().zero(type)

    def _code(self, type: Type) -> CodeValue | None:
        match type:
            case PointerType(FunctionType() as code):
                return self.facts.types.code.get(code)
            case _:
                return None

    def _is_null_code(self, type: Type) -> bool:
        """Whether null is asked of one of Rust's function pointers; its type has to have it then."""
        if self._code(type) is None:
            return False
        assert isinstance(type, PointerType) and isinstance(type.target, FunctionType)
        self.facts.null_code.add(type.target)
        return True

    def _target(self, code: CodeValue, symbol: str) -> rs.Expr:
        """A target by its name, or as a closure of the signature that pointers have."""
        call, facts = code.calls[symbol], self.facts
        assert isinstance(call.function, FunctionRef)
        target = facts.program.functions[call.function.symbol]
        if _passes_on(call) and target.type == code.signature and facts.effects.needs[target.symbol] == code.needs:
            return rs.Name(self.frame.import_item(facts.names.functions[target.symbol]))
        dispatcher = facts.program.functions[code.dispatcher]
        inner = Frame(facts, self.frame.module, dispatcher, code.needs)
        body = _TargetLowering(facts, inner).value(call)
        self.frame.uses |= inner.uses
        words = set(re.findall(r"\w+", print_expr(body)))
        names = [facts.names.locals[dispatcher.symbol, param + 1] for param in range(len(code.signature.params))]
        names += [param.name for param in inner.context_params()]
        return rs.Closure(tuple((name if name in words else "_", None) for name in names), body)


class _TargetLowering(CodeLowering):
    """The call of a target with what a dispatcher is given."""

    def block(self, body: tuple[Statement, ...], tail: Value | None, as_condition: bool = False) -> rs.Block:
        raise AssertionError("a dispatcher passes on what it is given")


def _passes_on(call: Call) -> bool:
    """Whether a call passes on the parameters of a dispatcher behind its pointer, each as it is."""
    for position, arg in enumerate(call.args):
        match arg:
            case Load(LocalPlace(local)) | Borrow(ReferentPlace(LocalPlace(local)), None):
                if local != position + 1:
                    return False
            case _:
                return False
    return True
