"""What a function does with all that it calls: what decides whether and how it is compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from c2rust_py.infer.effects import Effects
from c2rust_py.ir.nodes import (
    Builtin,
    Call,
    Convert,
    FunctionRef,
    GlobalPlace,
    IntConst,
    Match,
    StringPlace,
    UnsupportedStatement,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import FunctionType, IntKind, IntType, PointerType
from c2rust_py.ir.walk import Node, walk_all

MOST_CONSTANTS = 64
"""Constants of the C that inputs are made of: more would each come too seldom."""

_PRINTS_TEXT = (
    "printf puts putchar putc fputc fputs fwrite fprintf vprintf vfprintf perror putwchar wprintf dprintf "
    "write print! eprint! printf! fprintf! fputs_unlocked putc_unlocked putchar_unlocked"
)
_PRINTS = frozenset(_PRINTS_TEXT.split())
_NOT_REPEATABLE_TEXT = (
    "time clock gettimeofday clock_gettime localtime ctime getpid getppid rand random srand srandom drand48 "
    "lrand48 mrand48 rand_r initstate setstate fopen fdopen freopen tmpfile mkstemp open creat close read "
    "lseek unlink remove rename mkdir rmdir opendir readdir stat fstat lstat chmod chdir getcwd access popen "
    "pclose system fork execv execvp execl execlp wait waitpid kill raise signal sigaction alarm sleep usleep "
    "nanosleep pause mmap munmap setlocale setenv putenv unsetenv setvbuf setbuf fclose longjmp siglongjmp "
    "atexit getchar getc fgetc fgets scanf fscanf gets getline isatty times getrusage sbrk brk dup dup2 pipe "
    "ioctl fcntl ftell fseek rewind"
)
_NOT_REPEATABLE = frozenset(_NOT_REPEATABLE_TEXT.split())
"""Functions of the library that do something with the world outside, or keep a state that two sides cannot share."""


@dataclass(frozen=True, slots=True)
class Closure:
    """reasons: why it cannot be compared. globals: the variables that it names, in order. constants: integers that the C
    mentions."""

    reasons: tuple[str, ...]
    globals: tuple[str, ...]
    constants: tuple[int, ...]
    prints: bool


def close_over(program: Program, effects: Effects, symbol: str) -> Closure:
    """The facts of a function of a program with C's pointers."""
    functions, called = _reached(program, effects, symbol)
    globals: dict[str, None] = {}
    constants: dict[int, None] = {}
    reasons: dict[str, None] = {}
    for function in functions:
        for node in walk_all(function.body):
            if isinstance(node, GlobalPlace):
                globals[node.symbol] = None
            elif isinstance(node, UnsupportedStatement):
                globals.update(dict.fromkeys(name for name in node.mentions if name in program.variables))
            constants.update(dict.fromkeys(_constants(node)))
            if (reason := _reason(node)) is not None:
                reasons[reason] = None
    for name in called:
        if name in _NOT_REPEATABLE:
            reasons[f"it calls `{name}`"] = None
    numbers = tuple(sorted(constants, key=abs)[:MOST_CONSTANTS])
    return Closure(tuple(reasons), tuple(globals), numbers, not _PRINTS.isdisjoint(called))


def _reached(program: Program, effects: Effects, symbol: str) -> tuple[list[Function], list[str]]:
    """The functions that run, and the external ones among them; a call through a pointer reaches all of its type."""
    waiting, seen, external = [symbol], {symbol: None}, dict[str, None]()
    functions: list[Function] = []
    while waiting:
        name = waiting.pop()
        function = program.functions.get(name)
        if function is None:
            if name not in program.variables:
                external[name] = None
            continue
        functions.append(function)
        for callee in _callees(function, effects):
            if callee not in seen:
                seen[callee] = None
                waiting.append(callee)
    return functions, list(external)


def _callees(function: Function, effects: Effects) -> Iterator[str]:
    for node in walk_all(function.body):
        match node:
            case FunctionRef(symbol):
                yield symbol
            case Call(callee) if not isinstance(callee, FunctionRef):
                yield from effects.function_numbers
            case UnsupportedStatement():
                yield from node.mentions
            case _:
                pass


def _constants(node: Node) -> Iterator[int]:
    match node:
        case IntConst(value):
            yield value
        case Match(_, _, arms):
            for arm in arms:
                for pattern in arm.patterns:
                    yield from (pattern.low, pattern.high)
        case StringPlace(data):
            yield from data[:16]
        case _:
            pass


def _reason(node: Node) -> str | None:
    match node:
        case Convert(operand, IntType(kind)) if kind is not IntKind.BOOL and isinstance(operand.type, PointerType):
            return "it makes a number of an address"
        case Builtin(name) if name in ("return_address", "frame_address"):
            return "it asks for an address of its own"
        case _:
            return None


def callable_targets(program: Program, effects: Effects) -> dict[FunctionType, list[tuple[str, int]]]:
    """The functions of the program whose address is taken, by their type: symbol and number."""
    found: dict[FunctionType, list[tuple[str, int]]] = {}
    for symbol, number in effects.function_numbers.items():
        type = effects.addresses.get(symbol)
        if type is not None or symbol in program.functions:
            found.setdefault(type or program.functions[symbol].type, []).append((symbol, number))
    return found
