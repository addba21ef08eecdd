"""Types of function pointers, and what is known of those that point to them.

    typedef int (*step)(struct vm *, int);      static const step steps[] = { push, pop };      steps[op](vm, 1);

C calls a function through its own type alone (C11 6.5.2.2p9), so a call through a `step` reaches the functions of that type whose
address is taken: `push` and `pop`. That is all as long as every pointer of the type is seen to be given one of these, which the IR shows:
its values are addresses of functions, null, and copies. A type is *open* where something else can happen: it is converted from or to
another, kept in a union, given to a function that is not of the program, or holds what has no translation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from c2rust_py.diagnostics import Span
from c2rust_py.ir.function_refs import functions_called_oddly
from c2rust_py.ir.nodes import Call, Convert, FunctionRef, IntConst, UnsupportedStatement, VaArgValue, Value, ZeroValue
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import ArrayType, FunctionType, IntKind, IntType, PointerType, RecordType, Type, VoidType
from c2rust_py.ir.walk import Node, walk, walk_all

CALLING_NAMED = frozenset({"qsort", "bsearch"})
"""The functions of the library that call a function which is named to them, before they return, and keep no pointer to it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Why a type is open, and where."""

    text: str
    span: Span


@dataclass(slots=True)
class PointerTypes:
    """calls: the calls through pointers of a type. targets: the functions of it whose address is taken, by symbol. open: the types
    of which more than that is possible."""

    calls: dict[FunctionType, list[Call]] = field(default_factory=dict)
    targets: dict[FunctionType, dict[str, None]] = field(default_factory=dict)
    open: dict[FunctionType, Opening] = field(default_factory=dict)

    def closed(self) -> Iterator[tuple[FunctionType, tuple[str, ...]]]:
        """The types that are called through, and not open, each with its targets."""
        for type in self.calls:
            if type not in self.open and type in self.targets:
                yield type, tuple(self.targets[type])


def find_pointer_types(program: Program) -> PointerTypes:
    """What a linked program does with pointers to functions."""
    finder = _Finder(program)
    finder.run()
    return finder.found


@dataclass(slots=True)
class _Finder:
    program: Program
    found: PointerTypes = field(default_factory=PointerTypes)

    def run(self) -> None:
        program = self.program
        for record in program.records.values():
            for member in record.fields or ():
                if record.is_union:
                    self.open_within(member.type, "it is kept in a union", record.span)
                elif record.id.startswith("library:"):
                    self.open_within(member.type, "the library knows of it", record.span)
        for external in program.externals.values():
            if not isinstance(external.type, FunctionType):
                self.open_within(external.type, f"`{external.symbol}` is not of the program", external.span)
        for function in program.functions.values():
            named: set[int] = set()
            for node in walk_all(function.body):
                if isinstance(node, Call):
                    named.update(self.call(node))
                self.node(node, id(node) in named)
        for variable in program.variables.values():
            for node in () if variable.init is None else walk(variable.init):
                self.node(node, named=False)
        for symbol in functions_called_oddly(program):
            function = program.functions[symbol]
            self.open(function.type, f"`{function.name}` is called with other arguments than it has", function.span)

    def call(self, call: Call) -> list[int]:
        """Looks at a call; the identities of the functions that it names without taking their address."""
        callee = call.function
        if not isinstance(callee, FunctionRef):
            if isinstance(callee.type, PointerType) and isinstance(callee.type.target, FunctionType):
                self.found.calls.setdefault(callee.type.target, []).append(call)
            return []
        function = self.program.functions.get(callee.symbol)
        if function is None:
            return [id(callee), *self.given_outside(callee.symbol, call.args)]
        for arg in call.args[len(function.type.params) :]:
            self.open_within(arg.type, f"it is a variable argument of `{function.name}`", arg.span)
        return [id(callee)]

    def given_outside(self, callee: str, args: tuple[Value, ...]) -> Iterator[int]:
        """Looks at what a function that is not of the program is given."""
        for arg in args:
            if isinstance(arg, FunctionRef) and callee in CALLING_NAMED:
                yield id(arg)
            elif code_types(arg.type):
                self.open_within(arg.type, f"it is passed to `{callee}`", arg.span)

    def node(self, node: Node, named: bool) -> None:
        match node:
            case FunctionRef(symbol, PointerType(FunctionType() as type), span) if not named:
                function = self.program.functions.get(symbol)
                self.found.targets.setdefault(type, {})[symbol] = None
                if function is None:
                    self.open(type, f"`{symbol}` is not of the program", span)
                elif function.type != type:
                    self.open(type, f"`{function.name}` is of another type", span)
                    self.open(function.type, f"`{function.name}` is used as of another type", span)
                elif function.name == "main":
                    self.open(type, "the system calls `main`", span)
            case Convert(operand, type, span) if operand.type != type and not _is_constant(operand):
                self.conversion(operand.type, type, span)
            case VaArgValue(_, type, span):
                self.open_within(type, "it is a variable argument", span)
            case UnsupportedStatement(mentions=mentions, span=span):
                for symbol in mentions:
                    if symbol in self.program.functions:
                        self.open(self.program.functions[symbol].type, "it is named where there is no translation", span)
            case _:
                pass

    def conversion(self, one: Type, other: Type, span: Span) -> None:
        """A conversion of pointers to code, or of pointers to what has some; what is generic may hold anything, and holds it as such."""
        if isinstance(other, VoidType) or other == IntType(IntKind.BOOL) or not isinstance(one, PointerType):
            if isinstance(other, PointerType):
                self.open_within(other, "it is converted from an integer", span)
            return
        code = isinstance(one.target, FunctionType)
        if not code and (_is_generic(one) or _is_generic(other)):
            return
        for type in (one, other):
            if code or isinstance(type, PointerType):
                self.open_within(type, "it is converted from a pointer to another type, or to one", span)

    def open_within(self, type: Type, text: str, span: Span) -> None:
        for code in code_types(type, self.program):
            self.open(code, text, span)

    def open(self, type: FunctionType, text: str, span: Span) -> None:
        self.found.open.setdefault(type, Opening(text, span))


def code_types(type: Type, program: Program | None = None) -> list[FunctionType]:
    """The types of functions that a type leads to, by way of pointers, arrays and the members of structs."""
    found: dict[FunctionType, None] = {}
    seen: set[str] = set()
    waiting = [type]
    while waiting:
        match waiting.pop():
            case FunctionType() as code:
                found[code] = None
            case PointerType(inner) | ArrayType(inner):
                waiting.append(inner)
            case RecordType(id) if program is not None and id not in seen:
                seen.add(id)
                waiting.extend(member.type for member in program.records[id].fields or ())
            case _:
                pass
    return list(found)


def _is_generic(type: Type) -> bool:
    """Whether a pointer is to anything: to void, to bytes."""
    if not isinstance(type, PointerType):
        return False
    return isinstance(type.target, VoidType) or (isinstance(type.target, IntType) and type.target.kind.size == 1)


def _is_constant(value: Value) -> bool:
    """Whether a value is a null pointer constant."""
    while isinstance(value, Convert):
        value = value.operand
    return isinstance(value, ZeroValue) or (isinstance(value, IntConst) and value.value == 0)
