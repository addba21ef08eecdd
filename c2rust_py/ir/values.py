"""The places and values of the IR; see `nodes`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from c2rust_py.diagnostics import Span
from c2rust_py.ir.types import ArrayType, IdType, OptionalType, OwnedType, PointerType, RecordType, ReferenceType, Type

if TYPE_CHECKING:
    from c2rust_py.ir.statements import Statement

# ---- places -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class LocalPlace:
    """A parameter, local variable or temporary of the function at hand."""

    local: int
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class GlobalPlace:
    """An object of static storage duration, by symbol: a global, a static local, a file-scope compound literal."""

    symbol: str
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class StringPlace:
    """A string literal: read-only. `data` has the bytes of all elements, the terminating NUL included."""

    data: bytes
    type: ArrayType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class DerefPlace:
    """`*pointer`."""

    pointer: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FieldPlace:
    """`base.field`: field number `index` of the record that `base` is; or FLAT of an array of rows, behind `lift` only."""

    base: Place
    index: int
    type: Type
    span: Span


FLAT = -1
"""The number of the field that an array of rows is as one array."""


@dataclass(frozen=True, slots=True, eq=False)
class IndexPlace:
    """`base[index]` where `base` is an array object, or a pool that has an object of that id; an array's `index` has type `long` or `unsigned long`, wrapped in a `Convert`
    from what C wrote. (`p[i]` on a pointer is a `DerefPlace` of a `PointerAdd`.)"""

    base: Place
    index: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ReferentPlace:
    """What the reference in `base` points to, or what `base` owns; behind `lift` only. It has the target's type: for a slice, an
    array of unknown length. A reference that may be missing has to be there. What is called or chosen to get a reference is no
    place, but a value."""

    base: Place | Call | Conditional
    type: Type
    span: Span


Place = LocalPlace | GlobalPlace | StringPlace | DerefPlace | FieldPlace | IndexPlace | ReferentPlace

# ---- values -----------------------------------------------------------------------------------------------------------


class UnaryOp(Enum):
    NEGATE = "-"
    COMPLEMENT = "~"


class BinaryOp(Enum):
    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    REM = "%"
    AND = "&"
    OR = "|"
    XOR = "^"
    SHL = "<<"
    SHR = ">>"


class CompareOp(Enum):
    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class LogicalOp(Enum):
    AND = "&&"
    OR = "||"


class Spelling(Enum):
    """How C wrote an integer constant, for the reader only: `COMPUTED` is what folding came to."""

    COMPUTED = "computed"
    DECIMAL = "decimal"
    HEXADECIMAL = "hexadecimal"
    CHARACTER = "character"


@dataclass(frozen=True, slots=True, eq=False)
class IntConst:
    """An integer (or enum) constant, in range of its type; `name` is the macro or enum constant that C wrote."""

    value: int
    type: Type
    span: Span
    name: str | None = None
    spelling: Spelling = Spelling.COMPUTED


@dataclass(frozen=True, slots=True, eq=False)
class FloatConst:
    """A floating constant, already rounded to its type (`long double` to double)."""

    value: float
    type: Type
    span: Span
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ZeroValue:
    """The all-zero value of any complete object type: null, 0, a zeroed struct."""

    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class RecordValue:
    """A struct with a value for each field (None: zero), or a union with exactly one field that is not None."""

    fields: tuple[Value | None, ...]
    type: RecordType
    span: Span


@dataclass(frozen=True, slots=True)
class ElementRun:
    """Elements `first` to `last` (inclusive) of an array all have `value`."""

    first: int
    last: int
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class ArrayValue:
    """An array; runs are sorted and disjoint, elements in no run are zero."""

    runs: tuple[ElementRun, ...]
    type: ArrayType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class StringValue:
    """A char (or wchar_t, ...) array initialised by a string literal; `data` has exactly the array's bytes."""

    data: bytes
    type: ArrayType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """The value of a place: scalar, record, or array (only as an initialiser of a copy)."""

    place: Place
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class AddressOf:
    """`&place`."""

    place: Place
    type: PointerType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Decay:
    """An array place as the pointer to its first element."""

    place: Place
    type: PointerType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Borrow:
    """`&place` or `&mut place`, behind `lift` only: a slice of an array's elements from `start` on (None: all), or a reference
    to one object. present: of one for an optional parameter, whether there is anything to lend (None: there is)."""

    place: Place
    start: Value | None
    type: ReferenceType
    span: Span
    present: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Optional:
    """A position that is there, or (None) one that is missing; behind `lift` only, as are the three that follow."""

    value: Value | None
    type: OptionalType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Unwrap:
    """The position that has to be there."""

    operand: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class IsPresent:
    """Whether a position is there: a `_Bool`."""

    operand: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class MoveOptional:
    """A position that may be missing, counted from `start` on."""

    operand: Value
    start: Value
    type: OptionalType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Allocate:
    """New elements, or (count None) one new object, all zero; behind `lift` only. Not enough memory is a panic. filled: at least one
    element, so that it is not null (`lift.vacancies`)."""

    count: Value | None
    filled: bool
    type: OwnedType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Reallocate:
    """The elements that a place owns become `count`, the new ones zero; behind `lift` only. It has no value. filled: at least one
    element where there was none, as C's `realloc(NULL, 0)` is not null, but `realloc(p, 0)` is."""

    place: Place
    count: Value
    filled: bool
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Insert:
    """A new object of a pool, with a value or (None) all zero; behind `infer.arenas` only."""

    pool: Place
    init: RecordValue | None
    type: IdType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Remove:
    """Takes an object out of a pool, or nothing where the id names none; behind `infer.arenas` only. It has no value."""

    pool: Place
    id: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FunctionRef:
    """The address of a function; as the function of a `Call`, a direct call."""

    symbol: str
    type: PointerType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FunctionAddress:
    """The address of a function that is called through pointers by dispatchers alone (`normalise.dispatch_calls`): it says which
    function is meant, whatever that becomes."""

    symbol: str
    type: PointerType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class LabelAddress:
    """GNU C's `&&label`."""

    label: str
    type: PointerType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Unary:
    op: UnaryOp
    operand: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Not:
    """`!operand`, an int."""

    operand: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Binary:
    """Arithmetic after the usual conversions: both operands have the result's type (for shifts only the left has).
    Where it is complex, one operand may be real, of the same kind (C11 G.5.1); a complex divisor has a complex dividend."""

    op: BinaryOp
    left: Value
    right: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Compare:
    """Two operands of one arithmetic or pointer type; the result is int."""

    op: CompareOp
    left: Value
    right: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Logical:
    """`&&` and `||`; the result is int."""

    op: LogicalOp
    left: Value
    right: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class PointerAdd:
    """`pointer + offset` or (where `negative`) `pointer - offset`, counted in elements of the pointer's target; the
    offset is an integer of any type, after promotion."""

    pointer: Value
    offset: Value
    negative: bool
    type: PointerType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class PointerDiff:
    """`left - right` in elements, a long."""

    left: Value
    right: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Convert:
    """A conversion between scalar types, implicit or cast (C11 6.3); to void, the operand's value is dropped."""

    operand: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Truncate:
    """The low `width` bits of an integer, sign-extended where its type is signed: what a store to a bit-field keeps."""

    operand: Value
    width: int
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """`condition ? then : otherwise`; both branches have the result's type."""

    condition: Value
    then: Value
    otherwise: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call. `function` is a pointer to function; arguments are converted to the parameters' types, those beyond them
    have C's default promotions."""

    function: Value
    args: tuple[Value, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Builtin:
    """A pure GNU builtin on values, by its name without `__builtin_`: bswap32, clz, ctzl, popcountll, isnan, inff, alloca,
    trap, unreachable, ...; the names are listed in `c2rust_py.ir.builtins`."""

    name: str
    args: tuple[Value, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Overflowing:
    """`__builtin_add_overflow` and its like: stores the wrapped result in `result`, and is whether it wrapped. The
    operands are taken at infinite precision (they keep their own types)."""

    op: BinaryOp
    left: Value
    right: Value
    result: Place
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class VaArgValue:
    """`va_arg(list, type)`; moves the list on."""

    list: Place
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class BlockValue:
    """Statements, then a value (None where the type is void)."""

    body: tuple[Statement, ...]
    value: Value | None
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class UnsupportedValue:
    """C that has no translation yet: its function becomes a stub with this reason (a diagnostic code and a sentence)."""

    code: str
    reason: str
    type: Type
    span: Span


Value = (
    IntConst
    | FloatConst
    | ZeroValue
    | RecordValue
    | ArrayValue
    | StringValue
    | Load
    | AddressOf
    | Decay
    | Borrow
    | Optional
    | Unwrap
    | IsPresent
    | MoveOptional
    | Allocate
    | Reallocate
    | Insert
    | Remove
    | FunctionRef
    | FunctionAddress
    | LabelAddress
    | Unary
    | Not
    | Binary
    | Compare
    | Logical
    | PointerAdd
    | PointerDiff
    | Convert
    | Truncate
    | Conditional
    | Call
    | Builtin
    | Overflowing
    | VaArgValue
    | BlockValue
    | UnsupportedValue
)
