"""IR nodes: places, values and statements.

A *place* designates an object (C's lvalue); a *value* is computed from places. Conversions, promotions, decay and truth
values of bit-fields are explicit. Side effects are statements; where C has one inside an expression, the value is a
`BlockValue`. Places are pure: elaboration binds an operand with a side effect to a temporary before it uses it twice.

Conditions (`If.condition`, operands of `Logical` and `Not`, ...) are scalars of any type, true where they are not zero.

Order of evaluation is gcc's, spelled out in `to_rust.sequence_operands`: the textual one, left to right, but the arguments
of a `Call` go right to left after its function value, and a commutative operator takes a variable on its left last. A
compound assignment whose right operand has a side effect computes that first, into a temporary.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from c2rust_py.diagnostics import Span
from c2rust_py.ir.types import ArrayType, OptionalType, OwnedType, PointerType, RecordType, ReferenceType, Type

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
    """`base.field`: field number `index` of the record that `base` is."""

    base: Place
    index: int
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class IndexPlace:
    """`base[index]` where `base` is an array object; `index` has type `long` or `unsigned long`, wrapped in a `Convert`
    from what C wrote. (`p[i]` on a pointer is a `DerefPlace` of a `PointerAdd`.)"""

    base: Place
    index: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ReferentPlace:
    """What the reference in `base` points to; behind `lift` only. It has the target's type: for a slice, an array of unknown
    length."""

    base: LocalPlace
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
    to one object."""

    place: Place
    start: Value | None
    type: ReferenceType
    span: Span


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
    """New elements, or (count None) one new object, all zero; behind `lift` only. Not enough memory is a panic."""

    count: Value | None
    type: OwnedType
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Reallocate:
    """The elements that a local owns become `count`, the new ones zero; behind `lift` only. It has no value."""

    local: int
    count: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class FunctionRef:
    """The address of a function; as the function of a `Call`, a direct call."""

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
    | FunctionRef
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

# ---- statements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Declare:
    """A local comes to life here, with an initial value or none. In a loop, this runs each time round. `cleanup` is the
    call of GNU C's attribute, for when the scope is left; only before `normalise.run_cleanups`."""

    local: int
    init: Value | None
    span: Span
    cleanup: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class AllocateVla:
    """The pointer `local` is given a new stack block of `size` bytes (unsigned long), which ends with the scope."""

    local: int
    size: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Assign:
    """Stores a value of the place's type; a bit-field's value is already truncated."""

    place: Place
    value: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Evaluate:
    """A value for its side effects."""

    value: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A scope."""

    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class If:
    condition: Value
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class While:
    """`label` names the loop for `Break` and `Continue`; it is unique in the function."""

    label: str
    condition: Value
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class DoWhile:
    label: str
    body: tuple[Statement, ...]
    condition: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class For:
    """`Continue` goes to `step`. Declarations in `init` live for the whole loop."""

    label: str
    init: tuple[Statement, ...]
    condition: Value | None
    step: tuple[Statement, ...]
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """An endless loop, left by `Break`."""

    label: str
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A block that `Break(label)` leaves; falling off its end goes on behind it, too."""

    label: str
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Break:
    """Leaves the loop, switch, match, labelled block or catch of that label."""

    label: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Continue:
    """The next round of the loop of that label."""

    label: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Switch:
    """C's switch as written: `body` has `Case` and `Default` markers for this label, at any depth. Only before
    `normalise.lower_switch`."""

    label: str
    value: Value
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """`case low ... high:` of the switch named `switch`; the bounds are in the type of the switch's value."""

    switch: str
    low: int
    high: int
    span: Span
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Default:
    switch: str
    span: Span


@dataclass(frozen=True, slots=True)
class Pattern:
    """Values `low` to `high`, inclusive; `name` is the constant that C wrote."""

    low: int
    high: int
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """One arm of a `Match`; no pattern means every value that no other arm has, and stands last."""

    patterns: tuple[Pattern, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A switch without fallthrough: patterns are disjoint, at most one arm (the last) is the default. `Break(label)`
    leaves it from anywhere inside."""

    label: str
    value: Value
    arms: tuple[Arm, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Goto:
    label: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class ComputedGoto:
    """GNU C's `goto *target;`."""

    target: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A C label stands here; names are unique in the function."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Return:
    value: Value | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class VaStart:
    list: Place
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class VaEnd:
    list: Place
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class CatchJump:
    """`setjmp(env)`: runs `body` with `result` 0, and again with the value of each `longjmp` to `env` that unwinds into
    it. The body ends on every path in a `Return`, which returns from its function, or in a `Break(label)`, which ends the
    catch and goes on behind it. No other jump leaves the body. Made by `normalise.lower_setjmp`."""

    label: str
    env: Value
    result: int
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class UnsupportedStatement:
    """See `UnsupportedValue`. Where it stands for a whole body, `mentions` are the symbols of the functions and objects that
    the C names there, since what fills the stub can need them; `fingerprint` tells one C text from another; `sketch` is the
    function as it was understood, printed, with the part that is not translated marked."""

    code: str
    reason: str
    span: Span
    mentions: tuple[str, ...] = ()
    fingerprint: str = ""
    sketch: str = ""


Statement = (
    Declare
    | AllocateVla
    | Assign
    | Evaluate
    | Block
    | If
    | While
    | DoWhile
    | For
    | Loop
    | Labelled
    | Break
    | Continue
    | Switch
    | Case
    | Default
    | Match
    | Goto
    | ComputedGoto
    | Label
    | Return
    | VaStart
    | VaEnd
    | CatchJump
    | UnsupportedStatement
)
