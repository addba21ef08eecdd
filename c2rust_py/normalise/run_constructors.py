"""GNU C's constructors run from main's first lines; destructors are registered there to run when the program exits.

    __attribute__((constructor)) void begin(void) { … }
    __attribute__((destructor)) void end(void) { … }
    int main(void) { … }

    int main(void) { atexit(end); begin(); … }

Lower priorities begin earlier and end later. `exit` runs what was registered first last, behind all that the program
itself registers, as the loader does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from c2rust_py.diagnostics import Code, Span
from c2rust_py.ir.nodes import Call, Evaluate, FunctionRef, Statement, Value
from c2rust_py.ir.program import External, Function, Program, Startup
from c2rust_py.ir.stubs import stub_of
from c2rust_py.ir.types import INT, VOID, FunctionType, PointerType

_HANDLER = FunctionType(VOID, ())
_ATEXIT = FunctionType(INT, (PointerType(_HANDLER),))


def run_constructors(program: Program) -> Program:
    """The program with its constructors and destructors in main; one without a main is left as it is."""
    main = program.functions.get("main")
    begins = _in_order(program, lambda startup: startup.constructor)
    ends = _in_order(program, lambda startup: startup.destructor)
    if main is None or not (begins or ends):
        return program
    for function in (*begins, *ends):
        if function.type.params:
            reason = f"`{function.name}` is a constructor or destructor with parameters"
            stub = stub_of(main, Code.ATTRIBUTE_UNSUPPORTED, reason, function.span)
            return replace(program, functions={**program.functions, "main": stub})
    registered = [_call("atexit", _ATEXIT, (_handler(function, main.span),), main.span) for function in ends]
    begun = [_call(function.symbol, function.type, (), main.span) for function in begins]
    functions = {**program.functions, "main": replace(main, body=(*registered, *begun, *main.body))}
    externals = dict(program.externals)
    if ends:
        externals.setdefault("atexit", External("atexit", _ATEXIT, True, main.span))
    return replace(program, functions=functions, externals=externals)


def _in_order(program: Program, priority: Callable[[Startup], int | None]) -> list[Function]:
    """The functions that have a priority, by it; those with the same one in the order of their definitions."""
    found: list[tuple[int, Function]] = []
    for function in program.functions.values():
        number = None if function.startup is None else priority(function.startup)
        if number is not None:
            found.append((number, function))
    return [function for _, function in sorted(found, key=lambda pair: pair[0])]


def _handler(function: Function, span: Span) -> Value:
    return FunctionRef(function.symbol, PointerType(function.type), span)


def _call(symbol: str, type: FunctionType, args: tuple[Value, ...], span: Span) -> Statement:
    return Evaluate(Call(FunctionRef(symbol, PointerType(type), span), args, type.result, span), span)
