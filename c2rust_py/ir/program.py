"""The linked program: its types, functions, variables and units, around the statements of `ir.nodes`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from c2rust_py.diagnostics import Span
from c2rust_py.ir.nodes import FloatConst, IntConst, Statement, Value
from c2rust_py.ir.types import EnumType, FunctionType, IntKind, IntType, Type


@dataclass(frozen=True, slots=True)
class RecordField:
    """A member. For a bit-field `width` is set, `offset` is the byte of its lowest bit and `shift` that bit in the byte.
    Anonymous members have a name of our making and `anonymous` set."""

    name: str
    type: Type
    offset: int
    shift: int = 0
    width: int | None = None
    anonymous: bool = False
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A struct or union. `fields` is None where it is never completed. Sizes and alignment in bytes."""

    id: str
    name: str
    is_union: bool
    fields: tuple[RecordField, ...] | None
    size: int
    align: int
    span: Span
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class Enumerator:
    name: str
    value: int
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class Enumeration:
    """`kind` is the compatible integer type (gcc: unsigned int where no value is negative)."""

    id: str
    name: str | None
    kind: IntKind
    enumerators: tuple[Enumerator, ...]
    span: Span
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A macro kept as a named constant."""

    name: str
    value: IntConst | FloatConst
    span: Span
    doc: str | None = None


class LocalKind(Enum):
    PARAM = "param"
    VARIABLE = "variable"
    TEMPORARY = "temporary"
    RESERVED = "reserved"
    """Stands behind the parameters, where one more may be needed (`normalise.reserve_positions`); nothing mentions it."""
    REFERENT = "referent"
    """Stands for the pointer that a parameter points to, while pointers are lifted (`infer.cursors`)."""
    NESTED = "nested"
    """Stands for an argument that a call finds, while pointers are lifted (`infer.nested_positions`)."""


@dataclass(frozen=True, slots=True)
class Local:
    """A local of one function; `id` is its position in `Function.locals`. A `REFERENT` is the pointer that the parameter `behind`
    points to, while pointers are lifted (`infer.cursors`)."""

    id: int
    name: str
    type: Type
    kind: LocalKind
    span: Span
    behind: int | None = None


@dataclass(frozen=True, slots=True)
class Startup:
    """GNU C's `constructor` and `destructor` attributes: the priority with which a function runs before main, and behind
    the handlers of `exit`; None where it does not. Behind `normalise.run_constructors` they mean nothing."""

    constructor: int | None = None
    destructor: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function definition. `symbol` is its name in the linked program, unique: `name`, or `unit:name` where static.
    The first `len(type.params)` locals are the parameters. `targets` are the functions that a dispatcher calls, which C has not
    (`normalise.dispatch_calls`)."""

    symbol: str
    name: str
    type: FunctionType
    locals: tuple[Local, ...]
    body: tuple[Statement, ...]
    static: bool
    noreturn: bool
    unit: str
    span: Span
    end_line: int
    doc: str | None = None
    startup: Startup | None = None
    targets: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """An object of static storage duration; `init` is a constant tree (None: zero). `function` is set for static
    locals. `const` is C's qualifier on the object itself."""

    symbol: str
    name: str
    type: Type
    init: Value | None
    static: bool
    const: bool
    unit: str
    span: Span
    function: str | None = None
    doc: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class External:
    """A function or object that is declared and used, but not defined in the program: `from_library` where one of our
    own headers declares it. What is `weak` and nowhere defined has the address null in C."""

    symbol: str
    type: Type
    from_library: bool
    span: Span
    weak: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SourceUnit:
    """One C file: the symbols it defines in source order, the ids of the types and the constants it declares first."""

    path: str
    functions: tuple[str, ...]
    variables: tuple[str, ...]
    records: tuple[str, ...]
    enums: tuple[str, ...]
    constants: tuple[Constant, ...]
    doc: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The linked program: what the stages from here on pass along. Dicts keep source order."""

    units: tuple[SourceUnit, ...]
    functions: dict[str, Function]
    variables: dict[str, Variable]
    externals: dict[str, External]
    records: dict[str, Record]
    enums: dict[str, Enumeration]

    def enum_kind(self, type: EnumType) -> IntKind:
        return self.enums[type.id].kind

    def int_kind(self, type: Type) -> IntKind | None:
        """The integer kind behind an integer or enum type; None for other types."""
        match type:
            case IntType(kind):
                return kind
            case EnumType():
                return self.enum_kind(type)
            case _:
                return None
