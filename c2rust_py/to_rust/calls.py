"""Lowering of calls: direct, through pointers, and into the C library."""

from __future__ import annotations

import re
from dataclasses import replace

from c2rust_py.diagnostics import Code
from c2rust_py.infer.library import ContextKind, ContextPosition, LibraryFunction
from c2rust_py.infer.library_calls import FORM_PREFIX
from c2rust_py.infer.signatures import called_signature, function_type
from c2rust_py.ir.function_refs import named_function
from c2rust_py.ir.nodes import Borrow, Call, Convert, FunctionAddress, FunctionRef, Place, Value
from c2rust_py.ir.types import (
    FLOAT,
    ComplexType,
    FloatType,
    FunctionType,
    IntKind,
    PointerType,
    RecordType,
    ReferenceType,
    Type,
    VoidType,
)
from c2rust_py.normalise.lower_output import PRINT
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_type
from c2rust_py.to_rust.conversions import ConversionLowering
from c2rust_py.to_rust.frame import Unsupported
from c2rust_py.to_rust.missing import missing_function
from c2rust_py.to_rust.places import without_deref
from c2rust_py.to_rust.print_macros import byte_string, format_text, print_macro
from c2rust_py.to_rust.slice_copies import slice_copy
from c2rust_py.to_rust.targets import callback_closure, comparator, dispatch_call, handler_dispatcher, library_context

_PATH = re.compile(r"\w+::")


class CallLowering(ConversionLowering):
    """Calls and function pointers."""

    def call(self, call: Call) -> rs.Expr:
        target = call.function
        while isinstance(target, Convert) and isinstance(target.operand, FunctionRef):
            target = target.operand
        if not isinstance(target, FunctionRef):
            return self.indirect_call(call)
        if target.symbol in self.facts.program.functions:
            return self.direct_call(target.symbol, call)
        return self.library_call(target.symbol, call)

    def direct_call(self, symbol: str, call: Call) -> rs.Expr:
        function = self.facts.program.functions[symbol]
        named = len(function.type.params)
        if len(call.args) < named:
            raise Unsupported(Code.CALL_SHAPE, f"`{function.name}` is called with too few arguments", call.span)
        args = [
            _lent(self.coerced(arg, type), arg) for arg, type in zip(call.args[:named], function.type.params, strict=True)
        ]
        if function.type.variadic:
            args.append(self.variable_args(call.args[named:]))
        name = rs.Name(self.frame.import_item(self.facts.names.functions[symbol]))
        result = rs.Call(name, (*args, *self.frame.context_args(self.facts.effects.needs[symbol])))
        return self.adapted(result, function.type.result, call)

    def coerced(self, arg: Value, type: Type) -> rs.Expr:
        """An argument in the Rust type of its parameter; where C has no prototype in sight the two can differ."""
        if self.facts.types.value(arg.type) == self.facts.types.value(type):
            return self.value(arg, typed=True)
        return self.conversion(Convert(arg, type, arg.span), typed=True)

    def adapted(self, result: rs.Expr, actual: Type, call: Call) -> rs.Expr:
        """A call's result in the type that the call expects, where the callee was seen under another type."""
        expected = call.type
        rust_actual, rust_expected = self.facts.types.value(actual), self.facts.types.value(expected)
        if rust_actual == rust_expected or isinstance(expected, VoidType):
            return result
        if isinstance(actual, PointerType) and isinstance(expected, PointerType):
            return self.pointer_method(result, "cast", self.pointee(expected), typed=False)
        if self.facts.types.int_kind(actual) is not None and self.facts.types.int_kind(expected) is not None:
            return rs.Cast(result, rust_expected)
        raise Unsupported(Code.CALL_SHAPE, "a function is called under another type than its own", call.span)

    def variable_args(self, args: tuple[Value, ...]) -> rs.Expr:
        """Arguments beyond the named ones, as a slice of `VaArg`."""
        self.frame.import_type("VaArg")
        return rs.Borrow(rs.ArrayLiteral(tuple(self.variable_arg(arg) for arg in args)))

    def variable_arg(self, arg: Value) -> rs.Expr:
        if isinstance(arg.type, RecordType | ComplexType):
            return rs.Call(rs.Name("VaArg::bytes"), (self.wrapped(self.value(arg), arg.type),))
        return rs.Call(rs.Name("VaArg::from"), (self.value(arg),))

    def pointee(self, type: Type) -> rs.Type:
        """The Rust type argument of a pointer type."""
        rust = self.frame.rust_type(type)
        assert isinstance(rust, rs.PathType)
        return rust.args[0]

    # ---- the C library

    def library_call(self, symbol: str, call: Call) -> rs.Expr:
        function = self.facts.library.get(symbol)
        if function is None:
            raise missing_function(symbol, call.span)
        if symbol in PRINT.values():
            return print_macro(self, symbol, call.args)
        copy = slice_copy(self, symbol, call) if symbol.startswith(FORM_PREFIX) else None
        if copy is not None:
            return copy
        declared = function_type(call.function)
        count = len(function.params)
        if len(call.args) < count:
            raise Unsupported(Code.LIBC_FORM, f"`{symbol}` is called with too few arguments", call.span)
        text = format_text(call.args[count - 1]) if _takes_literal(symbol) else None
        if text is not None:
            return self.format_macro(function, text, call)
        args = [self.library_arg(function, i, arg, call) for i, arg in enumerate(call.args[:count])]
        if function.variadic:
            args.append(self.variable_args(call.args[count:]))
        path = rs.Name(f"{function.module}::{function.rust_name}")
        args += handler_dispatcher(self.facts, self.frame, function)
        context = library_context(self.frame, function)
        first = function.context_position is ContextPosition.FIRST
        result: rs.Expr = rs.Call(path, (*context, *args) if first else (*args, *context))
        return self.library_result(result, function, declared.result, call)

    def format_macro(self, function: LibraryFunction, text: rs.Literal, call: Call) -> rs.Expr:
        """`printf!(mem, "%s\\n", name)`: a call with a literal format, which stays where it is read. A macro of the IR
        takes no memory, or says so: literals among its arguments are bytes."""
        count = len(function.params)
        named = tuple(self.library_arg(function, i, arg, call) for i, arg in enumerate(call.args[: count - 1]))
        context = library_context(self.frame, function)
        if context and any(isinstance(arg, Borrow) for arg in call.args[: count - 1]):
            named = (rs.ArrayLiteral(named),)
        others = (self.format_arg(arg, function) for arg in call.args[count:])
        macro = rs.MacroCall(f"c2rs_rt::{function.rust_name}", (*context, *named, text, *others))
        return self.library_result(macro, function, function_type(call.function).result, call)

    def format_arg(self, arg: Value, function: LibraryFunction) -> rs.Expr:
        """An argument that a format takes: the macro borrows what is lent by itself."""
        text = byte_string(arg) if function.context is ContextKind.NONE else None
        if text is not None:
            return text
        expr = self.value(arg)
        return expr.operand if isinstance(expr, rs.Borrow) and not expr.mutable else expr

    def library_arg(self, function: LibraryFunction, index: int, arg: Value, call: Call) -> rs.Expr:
        if index in function.callbacks and function.name.startswith(FORM_PREFIX):
            assert isinstance(arg, FunctionRef)
            return comparator(self.facts, self.frame, arg.symbol, call)
        if index in function.callbacks:
            return self.callback(arg, function, index)
        expr = self.value(arg, typed=True)
        rust = print_type(self.facts.types.value(arg.type))
        wanted = function.params[index].removeprefix("impl ")
        if rust == wanted == "&[u8]":
            return _lent(expr, arg)
        if rust == wanted or "<" in wanted and rust.split("<")[0] == wanted.split("<")[0] and "Ptr" not in rust:
            return expr
        if isinstance(arg.type, PointerType) and wanted.startswith(("Ptr<", "FnPtr<")):
            return expr if _same_pointer(rust, wanted) else rs.MethodCall(self.value(arg), "cast")
        if self.facts.types.int_kind(arg.type) is not None:
            return rs.Cast(self.value(arg), rs.PathType(wanted))
        return expr

    def library_result(
        self, result: rs.Expr, function: LibraryFunction, declared: Type, call: Call
    ) -> rs.Expr:
        """The result in the type that the program's declaration gives it."""
        if function.diverges or isinstance(declared, VoidType):
            return result
        rust = self.facts.types.value(declared)
        if function.result.startswith("(") and function.result.endswith(", usize)"):
            result = rs.FieldAccess(result, "0")
            function = replace(function, result=function.result[1:].removesuffix(", usize)"))
        if print_type(rust) == function.result or isinstance(declared, FloatType):
            return result
        if isinstance(declared, PointerType):
            if _same_pointer(print_type(rust), function.result):
                return result
            return self.pointer_method(result, "cast", self.pointee(declared), typed=False)
        if self.facts.types.int_kind(declared) is not None:
            return rs.Cast(result, rust)
        return result

    # ---- calls through pointers

    def callback(self, arg: Value, function: LibraryFunction, index: int) -> rs.Expr:
        """A function pointer that the library calls back, as a closure over the program's context."""
        named = named_function(arg)
        argument = self.value(arg) if named is None else named
        return callback_closure(self.facts, self.frame, argument, function_type(arg), function.params[index])

    def indirect_call(self, call: Call) -> rs.Expr:
        layout = self.facts.types.layout
        signature = called_signature(call, layout)
        named = len(signature.params)
        args = [self.erased_arg(arg, type) for arg, type in zip(call.args[:named], signature.params, strict=True)]
        if signature.variadic:
            args.append(self.variable_args(call.args[named:]))
        result = dispatch_call(self.facts, self.frame, signature, self.value(call.function), args)
        return self.from_erased(result, signature.result, call.type)

    def erased_arg(self, arg: Value, type: Type) -> rs.Expr:
        """An argument in the type that stands for its kind in an erased signature."""
        rust_from, rust_to = self.facts.types.value(arg.type), self.facts.types.value(type)
        if rust_from == rust_to:
            return self.value(arg, typed=True)
        if isinstance(arg.type, PointerType):
            code = isinstance(arg.type.target, FunctionType)
            return rs.MethodCall(self.value(arg), "to_ptr" if code else "cast")
        return rs.Cast(self.value(arg), rust_to)

    def from_erased(self, result: rs.Expr, erased: Type, type: Type) -> rs.Expr:
        rust_from, rust_to = self.facts.types.value(erased), self.facts.types.value(type)
        if rust_from == rust_to or isinstance(type, VoidType):
            return result
        if isinstance(type, PointerType):
            code = isinstance(type.target, FunctionType)
            rust = self.frame.imported(rust_to)
            assert isinstance(rust, rs.PathType)
            return self.pointer_method(result, "to_fn" if code else "cast", rust.args[0], typed=False)
        return rs.Cast(result, rust_to)

    def function_pointer(self, value: FunctionRef | FunctionAddress) -> rs.Expr:
        """The constant of a function's address."""
        constant = self.facts.function_constants.get(value.symbol)
        external = self.facts.program.externals.get(value.symbol)
        if constant is None or (external is not None and external.weak and not external.from_library):
            raise missing_function(value.symbol, value.span)
        self.frame.uses.add(f"crate::dispatch::{constant}")
        actual = self.facts.function_type(value.symbol)
        pointer = rs.Name(constant)
        expected = function_type(value)
        if isinstance(value, FunctionAddress) or actual is None or self.facts.types.function(actual) == self.facts.types.function(expected):
            return pointer
        return self.pointer_method(pointer, "cast", self.frame.imported(self.facts.types.function(expected)), False)

    # ---- variable arguments

    def va_arg(self, list: Place, type: Type) -> rs.Expr:
        """`va_arg(list, type)`: where the list lives in memory it is read, moved on, and written back."""
        kind = self.facts.types.int_kind(type)
        if type == FLOAT or (kind is not None and kind.rank < IntKind.INT.rank):
            raise Unsupported(Code.UNSUPPORTED_C, "va_arg of a type that no argument has after promotion", list.span)
        method = "va_arg_bytes" if isinstance(type, RecordType | ComplexType) else "va_arg"
        rust = print_type(self.frame.stored_type(type))
        call = f"{method}::<{rust}>"
        if not self.in_memory(list):
            argument = rs.MethodCall(self.frame.memory, call, (rs.Borrow(self.path(list), mutable=True),))
            return self.unwrapped(argument, type)
        self.frame.import_type("VaList")
        copy, arg = self.frame.own("list"), self.frame.own("arg")
        statements = (
            rs.Let(copy, None, self.load(list, list.type), mutable=True),
            rs.Let(arg, None, rs.MethodCall(self.frame.memory, call, (rs.Borrow(rs.Name(copy), mutable=True),))),
            rs.ExprStatement(self.store(list, rs.Name(copy))),
        )
        return rs.BlockExpr(rs.Block(statements, self.unwrapped(rs.Name(arg), type)))


def _takes_literal(symbol: str) -> bool:
    """Whether the format of a call stays where it is, if it is a literal."""
    name, macro, _ = symbol.partition("!")
    return name in ("printf", "fprintf") or bool(macro)


def _same_pointer(rust: str, wanted: str) -> bool:
    """Whether two pointer types as text are one, by the last words of their paths."""
    return _PATH.sub("", rust) == _PATH.sub("", wanted)




def _lent(expr: rs.Expr, arg: Value) -> rs.Expr:
    """A reference as an argument: Rust looks behind a reference to it by itself."""
    return without_deref(expr) if isinstance(arg.type, ReferenceType) else expr
