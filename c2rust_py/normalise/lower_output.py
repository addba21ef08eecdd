"""Output of literal text, integers and characters as calls of the runtime's `print!` and `eprint!`.

    printf("%d items\\n", n);      ->      `print!`("%d items\\n", n);
    putchar('\\n');                ->      `print!`("\\n");
    fputs("done", stderr);        ->      `eprint!`("done");
    printf("%.2f %s\\n", x, "m"); ->      `printf!`("%.2f %s\\n", x, "m");
    fputs("--\\n", file);         ->      `fprintf!`(file, "--\\n");

The macros write the same bytes to the same stream (`print_formats` says which formats they can stand for) and take no memory, so
that a function which prints needs no context. `print!` and `eprint!` have Rust's formats and no result: only calls whose
result is unused change to them. `printf!` and `fprintf!` have C's formats, for arguments that are numbers or literals. The
symbols have a `!`, so no C function is called that; `to_rust` writes the macro's format.

A choice between literals is a `str`, which nothing may be done with before it is printed: it is let pass only where the order
of the arguments' evaluation (`to_rust.sequence_operands`) cannot matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from c2rust_py.ir.nodes import (
    Call,
    Conditional,
    Convert,
    Decay,
    Evaluate,
    FunctionRef,
    GlobalPlace,
    IntConst,
    Load,
    Statement,
    StringPlace,
    Value,
)
from c2rust_py.ir.program import External, Program
from c2rust_py.ir.types import (
    CHAR,
    VOID,
    ArrayType,
    EnumType,
    FloatType,
    FunctionType,
    IntKind,
    IntType,
    PointerType,
    Type,
    VoidType,
)
from c2rust_py.ir.walk import Node, is_stable, map_children
from c2rust_py.normalise.print_formats import Placeholder, argument_conversions, parse_format, plain_text

PRINT = {"stdout": "print!", "stderr": "eprint!"}
"""The macro of each stream, by the symbol that stands for it in the IR."""

_TYPE = FunctionType(VOID, (PointerType(CHAR),), variadic=True)


@dataclass(slots=True)
class _Rewrite:
    """The rewriting of one program, and which macros it came to use."""

    program: Program
    used: dict[str, External] = field(default_factory=dict)

    def node(self, node: Node) -> Node:
        if isinstance(node, Evaluate) and (printed := self.printed(node.value)) is not None:
            node = replace(node, value=printed)
        node = map_children(node, self.node)
        return self.in_c_format(node) if isinstance(node, Call) else node

    def in_c_format(self, call: Call) -> Call:
        """A call with a literal format whose arguments need no memory as one of a macro."""
        function = call.function
        if not isinstance(function, FunctionRef) or function.symbol not in self.program.externals:
            return call
        match function.symbol, call.args:
            case ("printf", (format, *rest)) | ("fprintf", (_, format, *rest)) if _needs_no_memory(format, rest):
                return self.c_macro(call, function.symbol, call.args)
            case _:
                return call

    def statement(self, statement: Statement) -> Statement:
        return cast(Statement, self.node(statement))

    def printed(self, value: Value) -> Call | None:
        """A call whose result nobody uses as a call of a macro, where it can be one."""
        while isinstance(value, Convert) and isinstance(value.type, VoidType):
            value = value.operand
        if not isinstance(value, Call) or not isinstance(value.function, FunctionRef):
            return None
        if value.function.symbol not in self.program.externals:
            return None
        match value.function.symbol, value.args:
            case "printf", (format, *rest):
                return self.formatted(value, "stdout", format, rest)
            case "fprintf", (stream, format, *rest) if (name := _stream(stream)) is not None:
                return self.formatted(value, name, format, rest)
            case "puts", (text,):
                return self.text(value, "stdout", text, b"\n")
            case "fputs", (text, stream) if (name := _stream(stream)) is not None:
                return self.text(value, name, text, b"")
            case "fputs", (text, stream) if "fprintf" in self.program.externals:
                return self.text_to(value, stream, text)
            case "putchar", (byte,):
                return self.byte(value, "stdout", byte)
            case "putc" | "fputc", (byte, stream) if (name := _stream(stream)) is not None:
                return self.byte(value, name, byte)
            case _:
                return None

    def formatted(self, call: Call, stream: str, format: Value, args: list[Value]) -> Call | None:
        pieces = None if (data := literal(format)) is None else parse_format(data)
        if pieces is None:
            return None
        placeholders = [piece for piece in pieces if isinstance(piece, Placeholder)]
        if len(placeholders) != len(args) or not all(map(self.fits, placeholders, args)):
            return None
        choices = any(placeholder.conversion == "s" for placeholder in placeholders)
        if choices and len(args) > 1 and not all(map(is_stable, args)):
            return None
        return self.macro(call, stream, format, tuple(args))

    def text(self, call: Call, stream: str, text: Value, end: bytes) -> Call | None:
        data = literal(text)
        if data is None or plain_text(data) is None:
            return None
        format = data[: data.index(0)].replace(b"%", b"%%") + end
        return self.macro(call, stream, _string(format, call), ())

    def text_to(self, call: Call, stream: Value, text: Value) -> Call | None:
        """Text for a stream of the program's own."""
        data = literal(text)
        if data is None or plain_text(data) is None:
            return None
        return self.c_macro(call, "fprintf", (stream, _string(data[: data.index(0)].replace(b"%", b"%%"), call)))

    def c_macro(self, call: Call, function: str, args: tuple[Value, ...]) -> Call:
        """A call of the macro for a function with C's format."""
        symbol = f"{function}!"
        self.used[symbol] = replace(self.program.externals[function], symbol=symbol)
        type = self.used[symbol].type
        assert isinstance(type, FunctionType)
        return replace(call, function=FunctionRef(symbol, PointerType(type), call.span), args=args, type=type.result)

    def byte(self, call: Call, stream: str, byte: Value) -> Call | None:
        """A byte that is seen to be a character; other integers stay with `putchar`."""
        match byte:
            case IntConst(number, name=None) if 0 < number < 0x80:
                text = bytes([number]).replace(b"%", b"%%")
                return self.macro(call, stream, _string(text, call), ())
            case Convert(operand) if operand.type in (CHAR, IntType(IntKind.UCHAR)):
                return self.macro(call, stream, _string(b"%c", call), (byte,))
            case _:
                return None

    def fits(self, placeholder: Placeholder, arg: Value) -> bool:
        """Whether the argument is what the conversion wants (C11 7.21.6.1p9)."""
        if placeholder.conversion == "s":
            return literal_choice(arg)
        return self.size(arg.type) == max(placeholder.size, 4)

    def size(self, type: Type) -> int | None:
        match type:
            case IntType(kind):
                return kind.size
            case EnumType(id):
                return self.program.enums[id].kind.size
            case _:
                return None

    def macro(self, call: Call, stream: str, format: Value, args: tuple[Value, ...]) -> Call:
        symbol = PRINT[stream]
        self.used[symbol] = External(symbol, _TYPE, True, call.span)
        function = FunctionRef(symbol, PointerType(_TYPE), call.span)
        return Call(function, (format, *args), VOID, call.span)


def lower_output(program: Program) -> Program:
    """The program with the macros in place of the calls that they can stand for."""
    rewrite = _Rewrite(program)
    functions = {
        symbol: replace(function, body=tuple(map(rewrite.statement, function.body)))
        for symbol, function in program.functions.items()
    }
    return replace(program, functions=functions, externals={**program.externals, **rewrite.used})


def literal_choice(value: Value) -> bool:
    """Whether a string is an ASCII literal, or one of several by a condition."""
    match value:
        case Conditional(_, then, otherwise):
            return literal_choice(then) and literal_choice(otherwise)
        case _:
            data = literal(value)
            return data is not None and plain_text(data) is not None


def _needs_no_memory(format: Value, args: list[Value]) -> bool:
    """Whether a format is a literal and its arguments are numbers, or literals that it prints as text."""
    data = literal(format)
    conversions = None if data is None else argument_conversions(data)
    if conversions is None or len(conversions) != len(args):
        return False
    return all(
        literal(arg) is not None if conversion == "s" else isinstance(arg.type, IntType | EnumType | FloatType)
        for conversion, arg in zip(conversions, args, strict=True)
    )


def literal(value: Value) -> bytes | None:
    """The bytes of a narrow string literal."""
    match value:
        case Decay(StringPlace(data, ArrayType(IntType(kind)))) if kind.size == 1:
            return data
        case _:
            return None


def _stream(value: Value) -> str | None:
    match value:
        case Load(GlobalPlace(symbol)) if symbol in PRINT:
            return symbol
        case _:
            return None


def _string(text: bytes, call: Call) -> Value:
    data = text + b"\0"
    return Decay(StringPlace(data, ArrayType(CHAR, len(data)), call.span), PointerType(CHAR), call.span)
