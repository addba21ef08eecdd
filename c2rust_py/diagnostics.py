"""What the tool tells its user: places in the C, numbered messages, and the sink that collects them.

Every message prints as one line that editors can jump to, and at most one indented hint:

    src/list.c:40: error[C2RS-401]: inline assembly has no Rust equivalent
        hint: give the function a portable C body

The numbers are a contract with scripts (`--format json|sarif`), so a code is never reused for another meaning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

EXIT_USAGE = 2
"""Exit status for wrong usage or settings."""
EXIT_C_INVALID = 3
"""Exit status for C that does not compile or parse."""
EXIT_TOOL_MISSING = 4
"""Exit status for a tool that is not installed."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in the user's C: `line` counts from 1; `column` counts from 1, and 0 means "the whole line"."""

    file: str
    line: int
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Severity(Enum):
    """How bad a message is; the value is the word that is printed."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Code(Enum):
    """Every message number with what it stands for.

    1xx usage and environment, 2xx preprocess and parse, 3xx elaboration and types, 4xx C that becomes a stub,
    5xx C library functions that are missing, 6xx emission and cargo, 7xx comparison of the running programs,
    8xx repair by models, 9xx internal.
    """

    USAGE = (101, "the command line or a setting is wrong")
    INPUT_MISSING = (102, "an input file or folder does not exist or cannot be read")
    INPUT_EMPTY = (103, "an input names no C file")
    COMPILE_COMMANDS = (104, "compile_commands.json is not what it should be")
    TOOL_MISSING = (105, "a tool that is needed is not installed")
    OUTPUT_UNWRITABLE = (106, "the output folder cannot be written")

    PREPROCESS = (201, "the C preprocessor refuses the unit")
    HEADER_MISSING = (202, "an included header is not found")
    SYNTAX = (203, "the unit is not syntactically valid C")
    SYSTEM_HEADERS = (204, "the unit takes the system's headers, since one of ours is missing")
    PRAGMA_IGNORED = (205, "a pragma that could matter is not understood")
    TOO_DEEP = (206, "the unit nests deeper than the parser can follow")

    UNDECLARED = (301, "a name is used without a declaration")
    TYPE_MISMATCH = (302, "an operation does not fit the types of its operands")
    NOT_CONSTANT = (303, "a constant expression is required")
    INCOMPLETE_TYPE = (304, "a complete type is required")
    REDECLARED = (305, "a name is declared twice in different ways")
    INVALID_INITIALISER = (306, "an initialiser does not fit what it initialises")
    NOT_LVALUE = (307, "an lvalue is required")
    CALL_MISMATCH = (308, "a call does not fit the function's type")
    MEMBER_MISSING = (309, "a struct or union has no such member")
    STATIC_ASSERT = (310, "a static assertion fails")
    INVALID_DECLARATION = (311, "a declaration is not valid C")
    INVALID_STATEMENT = (312, "a statement is not valid where it stands")
    LINK_MISMATCH = (313, "two units declare one name in different ways")
    MULTIPLE_DEFINITION = (314, "two units define one external name")
    UNDEFINED_SYMBOL = (315, "a function or object is declared and used but nowhere defined")

    INLINE_ASM = (401, "inline assembly has no Rust equivalent")
    VECTOR_TYPE = (402, "vector types are not translated")
    COMPUTED_GOTO = (403, "a computed goto is not translated")
    NESTED_FUNCTION = (404, "a nested function is not translated")
    COMPLEX_TYPE = (405, "complex arithmetic is not translated")
    BUILTIN_MISSING = (406, "a compiler builtin is not translated")
    WIDE_FLOAT = (407, "a floating type wider than double is not translated")
    ATOMIC_TYPE = (408, "an atomic type is not translated")
    VARIABLE_LENGTH = (409, "a variable-length array in this place is not translated")
    ATTRIBUTE_UNSUPPORTED = (410, "an attribute that changes meaning is not translated")
    THREAD_LOCAL = (411, "thread-local storage in this place is not translated")
    IRREDUCIBLE = (412, "a goto in this place is not translated")
    LEFT_OUT = (413, "a function is left out on request")
    CALL_SHAPE = (414, "a call does not fit the function that is called")
    UNSUPPORTED_C = (499, "a C construct is not translated")

    LIBC_MISSING = (501, "a C library function is not provided")
    LIBC_IMPOSSIBLE = (502, "a C library function cannot be written in safe Rust")
    LIBC_FORM = (503, "a C library function is used in a form that is not provided")

    CARGO_FAILED = (601, "cargo refuses the generated workspace")
    HAND_EDITED = (602, "a generated file was edited by hand and is kept")
    RUSTFMT_FAILED = (603, "rustfmt refuses a generated file")
    TEMPLATE = (604, "a template could not be rendered")
    STALE_BODY = (605, "an accepted body does not fit its function any more")

    DIFFERENT = (701, "the Rust does something else than the C")
    UNDEFINED_C = (702, "the C is undefined on this input")

    BUDGET_SPENT = (801, "the budget of a repair is spent")
    NOT_REPAIRED = (802, "a function has no body that passes the gates")

    INTERNAL = (901, "a defect of this tool")
    VERIFIER = (902, "a stage broke an invariant of its output")

    def __init__(self, number: int, meaning: str) -> None:
        self.number = number
        self.meaning = meaning

    def __str__(self) -> str:
        return f"C2RS-{self.number:03d}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message: what is wrong, where, and what to do about it.

    `message` is one sentence without a full stop; `hint` says what the user can do; `function` names the C function
    that the message is about, if one is.
    """

    severity: Severity
    code: Code
    span: Span | None
    message: str
    hint: str | None = None
    function: str | None = None

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span is not None else ""
        line = f"{place}{self.severity.value}[{self.code}]: {self.message}"
        return f"{line}\n    hint: {self.hint}" if self.hint else line


def error(
    code: Code, message: str, span: Span | None = None, *, hint: str | None = None, function: str | None = None
) -> Diagnostic:
    """An error, in the order in which one thinks of it."""
    return Diagnostic(Severity.ERROR, code, span, message, hint, function)


def warning(
    code: Code, message: str, span: Span | None = None, *, hint: str | None = None, function: str | None = None
) -> Diagnostic:
    """A warning: the translation goes on and says so."""
    return Diagnostic(Severity.WARNING, code, span, message, hint, function)


def note(
    code: Code, message: str, span: Span | None = None, *, hint: str | None = None, function: str | None = None
) -> Diagnostic:
    """A note: nothing is wrong, but the user may want to know."""
    return Diagnostic(Severity.NOTE, code, span, message, hint, function)


@dataclass(slots=True)
class Sink:
    """Collects diagnostics in the order in which they were found, each one once."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    _seen: set[Diagnostic] = field(default_factory=set)

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep `diagnostic` unless the very same one is there (a header is read once per unit)."""
        if diagnostic not in self._seen:
            self._seen.add(diagnostic)
            self.diagnostics.append(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep several, in order."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    @property
    def has_errors(self) -> bool:
        """Whether one of them is an error."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All of them by place, those without a place first; equal places keep their order."""
        return tuple(sorted(self.diagnostics, key=lambda diagnostic: diagnostic.span or Span("", 0)))


class CompileError(Exception):
    """The run cannot go on: carries the diagnostic to print and the process's exit status."""

    def __init__(self, diagnostic: Diagnostic, status: int = EXIT_C_INVALID) -> None:
        super().__init__(diagnostic, status)
        self.diagnostic = diagnostic
        self.status = status

    def __str__(self) -> str:
        return str(self.diagnostic)
