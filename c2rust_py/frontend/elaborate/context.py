"""The state of one unit's elaboration: scopes, types, globals, and the function at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn

from c2rust_py.diagnostics import Code, CompileError, Diagnostic, Sink, Span, error, note, warning
from c2rust_py.frontend.comments import Comments
from c2rust_py.frontend.elaborate.c_types import Aligned, VariableArray, erase, unqualified
from c2rust_py.frontend.library_names import SYSTEM_ROOTS
from c2rust_py.frontend.macros import KeptMacro
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Declare, LocalPlace, Statement
from c2rust_py.ir.program import Constant, Enumeration, Function, Local, LocalKind, Record, Startup, Variable
from c2rust_py.ir.types import ArrayType, EnumType, FunctionType, IntType, Qualified, RecordType, Type, VoidType


@dataclass(frozen=True, slots=True)
class TypedefName:
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class EnumeratorName:
    value: int
    type: Type


@dataclass(frozen=True, slots=True)
class LocalName:
    """A local variable or parameter; a variable-length array's local is the pointer to its block."""

    local: int
    type: Type
    register: bool


@dataclass(slots=True)
class GlobalName:
    """A function or object with linkage, or a static local. One object is shared by all declarations of it."""

    name: str
    symbol: str
    type: Type
    span: Span
    static: bool
    library: bool
    defined: bool = False
    inline_only: bool = False
    noreturn: bool = False
    implicit: bool = False


@dataclass(frozen=True, slots=True)
class RefusedName:
    """A name whose declaration is C that is not translated: what uses it is not, either."""

    code: Code
    reason: str


@dataclass(frozen=True, slots=True)
class Capture:
    """A local of the function with the symbol `owner`, as a function nested in that one uses it."""

    owner: str
    local: int
    type: Type
    name: str


@dataclass(frozen=True, slots=True)
class CapturedName:
    """A variable of an enclosing function; `param` is the parameter with its address."""

    capture: Capture
    param: int


@dataclass(slots=True)
class NestedName:
    """A nested function. From its body on, `type` has parameters for the captures behind its own."""

    symbol: str
    type: FunctionType
    captures: tuple[Capture, ...]


Name = TypedefName | EnumeratorName | LocalName | GlobalName | RefusedName | CapturedName | NestedName


@dataclass(slots=True)
class TagName:
    """A struct, union or enum tag of a scope."""

    kind: str
    type: RecordType | EnumType


@dataclass(slots=True)
class Scope:
    names: dict[str, Name] = field(default_factory=dict)
    tags: dict[str, TagName] = field(default_factory=dict)


@dataclass(slots=True)
class FunctionState:
    """The function being elaborated."""

    name: str
    symbol: str
    type: FunctionType
    locals: list[Local] = field(default_factory=list)
    loops: list[str] = field(default_factory=list)
    breakables: list[str] = field(default_factory=list)
    switches: list[tuple[str, Type]] = field(default_factory=list)
    labels: list[dict[str, str]] = field(default_factory=lambda: [{}])
    label_spans: dict[str, Span] = field(default_factory=dict)
    defined_labels: set[str] = field(default_factory=set)
    used_names: dict[str, int] = field(default_factory=dict)
    addressed: frozenset[str] = frozenset()
    unsupported: tuple[Code, str, Span] | None = None
    entered: bool = False
    """Whether the parameters are declared, so that a stub can have the function's signature."""
    hoisted: list[Statement] = field(default_factory=list)
    nested: NestedName | None = None
    """Set for a nested function."""
    captured: dict[tuple[str, int], int] = field(default_factory=dict)
    """The parameters of a nested function that have the addresses of captures."""

    def add_local(self, name: str, type: Type, kind: LocalKind, span: Span) -> int:
        """A new local of the C type; its id."""
        self.locals.append(Local(len(self.locals), name, erase(type), kind, span))
        return len(self.locals) - 1

    def fresh_label(self, stem: str) -> str:
        """A label that no other statement of the function has."""
        number = self.used_names[stem] = self.used_names.get(stem, 0) + 1
        return f"{stem}.{number}"


@dataclass(slots=True)
class Context:
    """One unit. Scopes are a stack, the file's first.

    `specifiers` has the types of struct, union and enum definitions by the identity of their nodes, since declarators of
    one declaration share one: `struct { int x; } a, b;`.
    """

    path: str
    macros: Mapping[str, KeptMacro]
    library_roots: tuple[str, ...]
    diagnostics: Sink = field(default_factory=Sink)
    scopes: list[Scope] = field(default_factory=lambda: [Scope()])
    records: dict[str, Record] = field(default_factory=dict)
    enums: dict[str, Enumeration] = field(default_factory=dict)
    externs: dict[str, GlobalName] = field(default_factory=dict)
    globals: dict[str, GlobalName] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    constants: dict[str, Constant] = field(default_factory=dict)
    record_names: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    specifiers: dict[int, Type] = field(default_factory=dict)
    function: FunctionState | None = None
    pending: list[Statement] | None = None
    tag_hint: str | None = None
    prototype_names: list[set[str]] = field(default_factory=list)
    refused: dict[str, tuple[str, Span]] = field(default_factory=dict)
    """Functions with an attribute that is not translated."""
    aliases: dict[str, str] = field(default_factory=dict)
    """The name that each alias stands for."""
    refusals: list[Diagnostic] = field(default_factory=list)
    """What elaboration has against the unit, and gcc may not have: `refusals.py`."""
    opaque: dict[str, tuple[Code, str]] = field(default_factory=dict)
    """Records whose objects have a size, and no meaning here: a function that uses one is a stub."""
    weak: set[str] = field(default_factory=set)
    """What has the attribute `weak`: where nothing defines it, C gives it the address null."""
    alignments: dict[str | tuple[str, int], int] = field(default_factory=dict)
    """What `aligned` and `_Alignas` ask for objects: by symbol, or by function and local."""
    startups: dict[str, Startup] = field(default_factory=dict)
    reported: set[Code] = field(default_factory=set)
    comments: Comments = field(default_factory=Comments)

    # ---- scopes ----

    @contextmanager
    def scope(self) -> Iterator[Scope]:
        """A nested scope."""
        scope = Scope()
        self.scopes.append(scope)
        try:
            yield scope
        finally:
            self.scopes.pop()

    @property
    def at_file_scope(self) -> bool:
        return len(self.scopes) == 1

    def lookup(self, name: str) -> Name | None:
        for scope in reversed(self.scopes):
            if name in scope.names:
                return scope.names[name]
        return None

    def lookup_tag(self, name: str) -> TagName | None:
        for scope in reversed(self.scopes):
            if name in scope.tags:
                return scope.tags[name]
        return None

    def declare(self, name: str, meaning: Name) -> None:
        """Declares in the innermost scope."""
        self.scopes[-1].names[name] = meaning

    # ---- the function at hand ----

    @property
    def current(self) -> FunctionState:
        assert self.function is not None, "only inside a function"
        return self.function

    def temporary(self, type: Type, span: Span, stem: str = "t") -> LocalPlace:
        """A new temporary of the C type, as a place; it still has to be declared."""
        local = self.current.add_local(stem, type, LocalKind.TEMPORARY, span)
        return LocalPlace(local, erase(type), span)

    @contextmanager
    def collecting(self) -> Iterator[list[Statement]]:
        """Takes the statements that evaluate the lengths of variable arrays in declarators."""
        before, self.pending = self.pending, []
        try:
            yield self.pending
        finally:
            self.pending = before

    @contextmanager
    def unevaluated(self) -> Iterator[None]:
        """For an operand of which only the type counts: locals that its elaboration makes are dropped again."""
        before = self.function
        if before is None:
            self.function = FunctionState("", "", FunctionType(VoidType(), ()))
        kept, seen, hoisted = len(self.current.locals), self.current.unsupported, len(self.current.hoisted)
        try:
            with self.collecting():
                yield
        finally:
            del self.current.locals[kept:]
            del self.current.hoisted[hoisted:]
            self.current.unsupported = seen
            self.function = before

    def hoist(self, type: Type, span: Span, stem: str) -> LocalPlace:
        """A hidden object that lives as long as the enclosing block (C11 6.5.2.5 paragraph 5): it is declared before the
        statement at hand, and filled where its expression stands."""
        place = self.temporary(type, span, stem)
        self.current.hoisted.append(Declare(place.local, None, span))
        return place

    # ---- messages ----

    def fail(self, code: Code, message: str, span: Span | None) -> NoReturn:
        """The C is invalid: nothing can be made of the unit."""
        raise CompileError(error(code, message, span, function=self.function.name if self.function else None))

    def warn(self, code: Code, message: str, span: Span, hint: str | None = None) -> None:
        self.diagnostics.add(warning(code, message, span, hint=hint))

    def report_once(self, code: Code, message: str, span: Span) -> None:
        """A note that says for the first such place what holds for all of them in the unit."""
        if code not in self.reported:
            self.reported.add(code)
            self.diagnostics.add(note(code, message, span))

    def note_unsupported(self, code: Code, reason: str, span: Span) -> None:
        """Remembers that the function at hand has C that is not translated, so that what follows from it is no error."""
        if self.function is not None and self.function.unsupported is None:
            self.function.unsupported = (code, reason, span)

    def note_opaque(self, type: Type, span: Span) -> None:
        """Remembers that the function at hand uses a type whose values are not translated."""
        inner = unqualified(type)
        if isinstance(inner, RecordType) and inner.id in self.opaque:
            code, reason = self.opaque[inner.id]
            self.note_unsupported(code, reason, span)

    def found(self) -> tuple[Diagnostic, ...]:
        return tuple(self.diagnostics.diagnostics)

    @property
    def in_body(self) -> bool:
        """Whether the body of a function is elaborated, where code runs."""
        return self.function is not None and self.function.symbol != ""

    # ---- types ----

    @property
    def layout(self) -> Layout:
        return Layout(self.records, self.enums)

    def is_library(self, span: Span) -> bool:
        """Whether the place is in one of our own headers."""
        return span.file.startswith(self.library_roots)

    def in_headers(self, span: Span) -> bool:
        """Whether the place is in a header of the C library, our own or the system's."""
        return span.file.startswith((*self.library_roots, *SYSTEM_ROOTS))

    def declares_library(self, name: str | None, names: AbstractSet[str], span: Span) -> bool:
        """Whether what is declared at the place is the C library's: in our own headers all is, in the system's the
        given names are."""
        return self.is_library(span) or (name in names and span.file.startswith(SYSTEM_ROOTS))

    def doc_at(self, span: Span) -> str | None:
        """The documentation comment of what is declared at the place."""
        return self.comments.doc_for(span.file, span.line)

    def is_complete(self, type: Type) -> bool:
        match unqualified(type):
            case VoidType() | FunctionType():
                return False
            case VariableArray():
                return True
            case ArrayType(element, length):
                return length is not None and self.is_complete(element)
            case RecordType(id):
                return self.records[id].fields is not None
            case EnumType(id):
                return id in self.enums
            case _:
                return True

    def size_of(self, type: Type, span: Span) -> int:
        """sizeof a type without variable lengths (GNU C: 1 for void and functions)."""
        inner = unqualified(type)
        if not self.is_complete(inner) and not isinstance(inner, VoidType | FunctionType):
            self.note_opaque(inner, span)
            self.fail(Code.INCOMPLETE_TYPE, "the size of an incomplete type is needed", span)
        return self.layout.size_of(inner)

    def require_addressable(self, size: int, span: Span) -> None:
        """Fails where a type is so big that the runtime's pointers, whose offsets have 32 bits, do not reach its end."""
        if size >= 1 << 32:
            self.fail(Code.UNSUPPORTED_C, "an object of 4 GiB or more is not translated", span)

    def align_of(self, type: Type) -> int:
        while isinstance(type, Qualified):
            if isinstance(type, Aligned):
                return type.align
            type = type.type
        if isinstance(type, ArrayType):
            return self.align_of(type.element)
        return self.layout.align_of(type)

    def integer_type(self, type: Type) -> IntType:
        """The integer type that an integer or enum type is or stands for."""
        inner = unqualified(type)
        if isinstance(inner, EnumType):
            return IntType(self.enums[inner.id].kind)
        assert isinstance(inner, IntType)
        return inner
