"""What the lowering of one function knows: facts of the program, names, and which context the function is given."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from c2rust_py.diagnostics import Code, Span
from c2rust_py.infer.effects import Effects, Needs
from c2rust_py.infer.library import LibraryFunction
from c2rust_py.infer.lifetimes import Lifetimes
from c2rust_py.infer.signatures import ErasedSignature
from c2rust_py.infer.storage import Storage
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import FunctionType, Type
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.to_rust.code_values import pointer_type
from c2rust_py.to_rust.names import Names
from c2rust_py.to_rust.strings import StringTable
from c2rust_py.to_rust.types import CELL, STD_CELL, TypeLowering


class Unsupported(Exception):
    """C without a translation: the function at hand becomes a stub with this reason."""

    def __init__(self, code: Code, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.span = span


def code_of(text: str) -> Code:
    """The code that an IR node carries as text."""
    return next(code for code in Code if str(code) == text)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known before any function is lowered."""

    program: Program
    names: Names
    types: TypeLowering
    storage: Storage
    effects: Effects
    library: Mapping[str, LibraryFunction]
    strings: StringTable
    owners: Mapping[str, str]
    """The module that defines each symbol, record, enum and constant, by Rust name."""
    constant_types: Mapping[str, rs.PathType]
    """The type of each macro and enumerator, by C name."""
    function_constants: Mapping[str, str]
    """The constant of each function whose address is taken, by symbol."""
    dispatcher_names: Mapping[ErasedSignature, str]
    diverging: AbstractSet[str]
    """The paths of Rust functions that return `!`."""
    signed_wraps: bool
    """Whether signed arithmetic wraps, too (`--signed-overflow wrapping`)."""
    loop_counters: Mapping[str, frozenset[int]]
    """By function, the locals that every loop may have for itself; see `loops.loop_counters`."""
    function_names: AbstractSet[str]
    """The Rust names of the program's functions."""
    called_across: AbstractSet[str]
    """The functions that dispatchers of other units call, or whose address other units take, by symbol."""
    memory_records: AbstractSet[str]
    """The records that have a layout in bytes; the others are plain structs."""

    lifetimes: Lifetimes
    lifetime_holders: AbstractSet[str]
    """The Rust names of the structs that have a lifetime parameter."""

    bad_statics: Mapping[str, Unsupported] = field(default_factory=dict)
    """Objects of static storage whose initialiser cannot be lowered; see `to_rust.bad_statics`."""

    null_code: set[FunctionType] = field(default_factory=set)
    """The types of the functions that some of Rust's pointers are null to: found while the crate is made."""

    def is_pointer_call(self, symbol: str) -> bool:
        """Whether a function is the dispatcher of function pointers that are Rust's: its calls are calls of these."""
        dispatcher = self.program.functions[symbol]
        return dispatcher.targets is not None and pointer_type(dispatcher) in self.types.code

    def function_type(self, symbol: str) -> FunctionType | None:
        """The type of a function of the program or of the library."""
        found = self.program.functions.get(symbol) or self.program.externals.get(symbol)
        return found.type if found is not None and isinstance(found.type, FunctionType) else None


@dataclass(slots=True)
class Frame:
    """The state of one lowering: the function, and the imports that its text needs."""

    facts: Facts
    module: str
    function: Function | None
    needs: Needs
    uses: set[str] = field(default_factory=set)
    frame_marked: bool = False
    """Whether the function took a mark of the stack that it must leave."""
    uses_alloca: bool = False
    """Whether it calls alloca, whose blocks outlive the loops that they are made in."""
    local_names: frozenset[str] = field(init=False)
    """The Rust names of the function's locals."""

    def __post_init__(self) -> None:
        symbol, locals = (self.function.symbol, self.function.locals) if self.function is not None else ("", ())
        self.local_names = frozenset(self.facts.names.locals[symbol, local.id] for local in locals)

    # ---- types and names

    def rust_type(self, type: Type) -> rs.Type:
        """The type of a Rust variable of this C type; what it names is imported."""
        return self.imported(self.facts.types.value(type))

    def stored_type(self, type: Type) -> rs.Type:
        """The type of a pointer's target, with imports."""
        return self.imported(self.facts.types.stored(type))

    def imported(self, type: rs.Type) -> rs.Type:
        match type:
            case rs.PathType(name, args):
                self.import_type(name)
                for arg in args:
                    self.imported(arg)
            case rs.ReferenceType(target, _) | rs.ArrayType(target, _) | rs.SliceType(target):
                self.imported(target)
            case rs.FnType(params, result):
                for param in params:
                    self.imported(param)
                if result is not None:
                    self.imported(result)
        return type

    def import_type(self, name: str) -> None:
        if name == CELL == self.facts.types.cell:
            self.uses.add(STD_CELL)
        elif name in RUNTIME_TYPES:
            path = RUNTIME_TYPES[name]
            self.uses |= set() if path == f"crate::{self.module}::{name}" else {path}
        else:
            self.import_item(name)

    def import_item(self, name: str) -> str:
        """Imports an item of the crate by its Rust name, where another module defines it."""
        owner = self.facts.owners.get(name)
        if owner is not None and owner != self.module:
            self.uses.add(f"crate::{owner}::{name}")
        return name

    def own(self, name: str) -> str:
        """`name` for a variable that C does not have, numbered where it would hide one that C has. The same every time
        it is asked for."""
        choice, number = name, 2
        while choice in self.local_names or choice in self.facts.function_names:
            choice, number = f"{name}_{number}", number + 1
        return choice

    # ---- the context

    @property
    def has_context(self) -> bool:
        return self.needs == Needs.MEMORY | Needs.GLOBALS

    @property
    def memory(self) -> rs.Expr:
        """The memory, as the receiver of a method."""
        return rs.FieldAccess(rs.Name("cx"), "mem") if self.has_context else rs.Name("mem")

    @property
    def globals(self) -> rs.Expr:
        return rs.FieldAccess(rs.Name("cx"), "globals") if self.has_context else rs.Name("globals")

    def context_args(self, needs: Needs) -> tuple[rs.Expr, ...]:
        """What a call passes on to a function with these needs."""
        if needs == Needs.NONE:
            return ()
        if needs == Needs.MEMORY | Needs.GLOBALS:
            return (rs.Name("cx"),)
        part = self.memory if needs == Needs.MEMORY else self.globals
        return (rs.Borrow(part, mutable=True) if self.has_context else part,)

    def shared_memory(self) -> rs.Expr:
        """The memory for a function that only reads it."""
        return rs.Borrow(self.memory) if self.has_context else self.memory

    def context_params(self) -> tuple[rs.Param, ...]:
        """The parameter that the function itself is given its context by."""
        match self.needs:
            case Needs.NONE:
                return ()
            case Needs.MEMORY:
                name, type = "mem", "Memory"
            case Needs.GLOBALS:
                name, type = "globals", "Globals"
            case _:
                name, type = "cx", "Context"
        self.import_type(type)
        return (rs.Param(name, rs.ReferenceType(rs.PathType(type), mutable=True)),)

    def method(self, name: str, *args: rs.Expr) -> rs.Expr:
        """A method call on the memory."""
        return rs.MethodCall(self.memory, name, args)


RUNTIME_TYPES = {
    name: f"c2rs_rt::{name}"
    for name in ("Ptr", "FnPtr", "Void", "Memory", "Pod", "Field", "BitField", "LongDouble", "VaArg", "VaList", "Complex", "LongComplex", "Id", "Pool")
} | {"Context": "crate::context::Context", "Globals": "crate::context::Globals"}
"""Where the types of the runtime and of the crate's context are imported from."""
