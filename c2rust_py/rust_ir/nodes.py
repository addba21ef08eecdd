"""Rust AST nodes: types, expressions, statements, items, modules and the crate.

Nodes compare by value (spans apart), so a pass can ask whether two expressions are the same. The printer adds the
parentheses; rustfmt the layout.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from c2rust_py.diagnostics import Span

# ---- types ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PathType:
    """`name<args>`; primitive types, too. `lifetime` is the argument of a struct that has a lifetime parameter."""

    name: str
    args: tuple[Type, ...] = ()
    lifetime: str | None = None


@dataclass(frozen=True, slots=True)
class ReferenceType:
    target: Type
    mutable: bool = False
    lifetime: str | None = None


@dataclass(frozen=True, slots=True)
class ArrayType:
    element: Type
    length: int


@dataclass(frozen=True, slots=True)
class SliceType:
    element: Type


@dataclass(frozen=True, slots=True)
class FnType:
    """`fn(params) -> result`; None is `()`."""

    params: tuple[Type, ...]
    result: Type | None


Type = PathType | ReferenceType | ArrayType | SliceType | FnType

# ---- expressions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or a path: `x`, `crate::list::HEAD`, `u32::MAX`."""

    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal as it is printed, never negative; `suffixed` literals fix their own type."""

    text: str
    suffixed: bool = False


@dataclass(frozen=True, slots=True)
class Unary:
    """`-`, `!` or `*`."""

    op: str
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Cast:
    operand: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Borrow:
    operand: Expr
    mutable: bool = False


@dataclass(frozen=True, slots=True)
class FieldAccess:
    base: Expr
    field: str


@dataclass(frozen=True, slots=True)
class Index:
    base: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Call:
    function: Expr
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class MethodCall:
    receiver: Expr
    method: str
    args: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class MacroCall:
    """`name!(args)`, or with square brackets."""

    name: str
    args: tuple[Expr, ...]
    brackets: bool = False


@dataclass(frozen=True, slots=True)
class StructLiteral:
    """`path { name: value, ..base }`."""

    path: str
    fields: tuple[tuple[str, Expr], ...]
    base: Expr | None = None


@dataclass(frozen=True, slots=True)
class ArrayLiteral:
    elements: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class ArrayRepeat:
    element: Expr
    count: int


@dataclass(frozen=True, slots=True)
class VecRepeat:
    """`vec![element; count]`."""

    element: Expr
    count: Expr


@dataclass(frozen=True, slots=True)
class TupleExpr:
    elements: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class RangeExpr:
    low: Expr
    high: Expr
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class RangeFrom:
    """`low..`"""

    low: Expr


@dataclass(frozen=True, slots=True)
class LetSome:
    """`let Some(name) = value`, as the condition of an `if`."""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class LetPair:
    """`let (low, high) = value`, as a statement: both are references, so no pass has to tell whether they change."""

    low: str
    high: str
    value: Expr


@dataclass(frozen=True, slots=True)
class RangeTo:
    """`..high`"""

    high: Expr


@dataclass(frozen=True, slots=True)
class Closure:
    params: tuple[tuple[str, Type | None], ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class Block:
    """Statements and a value; without `tail` the value is `()`."""

    statements: tuple[Statement, ...]
    tail: Expr | None = None
    tail_span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BlockExpr:
    block: Block
    label: str | None = None


@dataclass(frozen=True, slots=True)
class If:
    condition: Expr
    then: Block
    otherwise: BlockExpr | If | None = None


@dataclass(frozen=True, slots=True)
class MatchArm:
    """Patterns are printed text, joined by `|`; with a `guard`, `patterns if guard`."""

    patterns: tuple[str, ...]
    body: Block
    guard: Expr | None = None


@dataclass(frozen=True, slots=True)
class Match:
    value: Expr
    arms: tuple[MatchArm, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    body: Block
    label: str | None = None


@dataclass(frozen=True, slots=True)
class While:
    condition: Expr
    body: Block
    label: str | None = None


@dataclass(frozen=True, slots=True)
class For:
    """`for variable in iterable`; with an `index`, `for (index, variable) in iterable`. Where the items are references and
    `by_value` is set, the variable is what they refer to: `&variable`."""

    variable: str
    iterable: Expr
    body: Block
    label: str | None = None
    index: str | None = None
    by_value: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Continue:
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Return:
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    """`target op= value`; `op` is empty for plain assignment."""

    target: Expr
    value: Expr
    op: str = ""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Statements and a value as text that stands for itself: the body of a function that was not made from its C."""

    text: str


Expr = (
    Name
    | Literal
    | Unary
    | Binary
    | Cast
    | Borrow
    | FieldAccess
    | Index
    | Call
    | MethodCall
    | MacroCall
    | StructLiteral
    | ArrayLiteral
    | ArrayRepeat
    | VecRepeat
    | TupleExpr
    | RangeExpr
    | RangeFrom
    | RangeTo
    | LetSome
    | LetPair
    | Closure
    | BlockExpr
    | If
    | Match
    | Loop
    | While
    | For
    | Break
    | Continue
    | Return
    | Assign
    | Verbatim
)

# ---- statements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Let:
    """`let name: type = init;`, or with `otherwise` `let Some(name) = init else {..};`."""

    name: str
    type: Type | None
    init: Expr | None
    mutable: bool = False
    span: Span | None = field(default=None, compare=False)
    otherwise: Block | None = None


@dataclass(frozen=True, slots=True)
class ExprStatement:
    expr: Expr
    span: Span | None = field(default=None, compare=False)


Statement = Let | ExprStatement

# ---- items ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    type: Type
    mutable: bool = False


@dataclass(frozen=True, slots=True)
class FunctionItem:
    """`result` None is `()`."""

    name: str
    public: bool
    params: tuple[Param, ...]
    result: Type | None
    body: Block
    doc: str | None
    span: Span
    attributes: tuple[str, ...] = ()
    generics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StructField:
    name: str
    type: Type
    doc: str | None = None


@dataclass(frozen=True, slots=True)
class StructItem:
    name: str
    fields: tuple[StructField, ...]
    derives: tuple[str, ...]
    doc: str | None
    lifetimes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayoutField:
    """A line of `layout!`; `bits` is (shift, width) of a bit-field."""

    constant: str
    name: str
    type: Type
    offset: int
    bits: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class LayoutItem:
    """The C layout of a struct: `c2rs_rt::layout! { … }`."""

    name: str
    size: int
    align: int
    fields: tuple[LayoutField, ...]


@dataclass(frozen=True, slots=True)
class UnionField:
    """A member of a union; `bits` are shift and width of a bit-field."""

    constant: str
    getter: str
    setter: str
    type: Type
    bits: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class UnionItem:
    """A C union: `c2rs_rt::union_layout! { … }`, which declares the type, too."""

    name: str
    size: int
    align: int
    fields: tuple[UnionField, ...]
    doc: str | None


@dataclass(frozen=True, slots=True)
class ConstItem:
    """`const` or (where `static`) an immutable `static`."""

    name: str
    type: Type
    value: Expr
    doc: str | None
    static: bool = False
    public: bool = True


@dataclass(frozen=True, slots=True)
class TypeAlias:
    name: str
    target: Type
    doc: str | None


@dataclass(frozen=True, slots=True)
class ImplItem:
    """`impl target` or `impl trait for target`; lifetimes: the arguments of the target."""

    trait: str | None
    target: str
    functions: tuple[FunctionItem, ...]
    constants: tuple[ConstItem, ...] = ()
    lifetimes: tuple[str, ...] = ()


Item = FunctionItem | StructItem | LayoutItem | UnionItem | ConstItem | TypeAlias | ImplItem


@dataclass(frozen=True, slots=True)
class Module:
    """A file of the crate: `name` is its module name, `doc` its `//!` text, `uses` its imports in sorted order."""

    name: str
    doc: str | None
    uses: tuple[str, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Crate:
    """What one linked group of units becomes: the modules of its library, and a thin file per program."""

    name: str
    modules: tuple[Module, ...]
    binaries: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A file in `src/bin`: `name` is that of the C program."""

    name: str
    uses: tuple[str, ...]
    items: tuple[Item, ...]
