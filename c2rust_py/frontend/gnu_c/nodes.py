"""What a parsed unit is made of: pycparser's nodes, and the ones GNU C needs on top (all subclasses of c_ast.Node).

`node.coord` is a `diagnostics.Span` (file, line, column) on every node that stands for something written.

Nodes of our own
    StatementExpression   `({ ... })`
    Range                 `lo ... hi`, as the `expr` of a Case and of an ArrayDesignator
    OffsetOf              `__builtin_offsetof(T, a.b[2])`
    VaArg                 `__builtin_va_arg(ap, T)`
    TypesCompatible       `__builtin_types_compatible_p(T, U)`
    ChooseExpression      `__builtin_choose_expr(c, a, b)`
    LabelAddress          `&&label`
    ComputedGoto          `goto *e;`
    LocalLabels           `__label__ a, b;`
    Asm, AsmOperand       an asm statement, or asm at file scope
    GnuAttribute          one attribute that matters

Where pycparser's own nodes carry GNU C
    attributes          a flat list of GnuAttribute on Decl and Typedef (those among the specifiers and those after
                        the declarator), on Struct, Union and Enum (after the keyword and after the brace), on
                        Typename and on Enumerator. Only names in KEPT_ATTRIBUTES are there; the `attributes` of all
                        other nodes, TypeDecl, PtrDecl, ArrayDecl, FuncDecl and statements among them, are empty. A
                        parameter is a Decl, or a Typename if it has no name.
    Struct, Union       under `#pragma pack` a definition carries GnuAttribute('pack', [Constant('int', n)]), which
                        is not what packed means: it only caps the members' alignment. `decls` is None for a mere
                        mention, [] for `struct {}`. Pragma nodes are not in the tree.
    an asm label        `int f(void) __asm__("g")`: GnuAttribute('asm_label', [Constant('string', '"g"')]) on the Decl
    TernaryOp           `a ?: b` has iftrue None
    UnaryOp             op is one of + - * & ~ ! ++ -- p++ p-- sizeof _Alignof __real__ __imag__; the operand of
                        sizeof and _Alignof is a Typename or an expression; __extension__ leaves no trace
    FuncCall            an argument can be a Typename, for builtins such as __builtin_convertvector
    Constant            type is 'int', 'unsigned int', 'long int' ... by the suffix alone (the elaborator widens),
                        'float', 'double', 'long double', '_Float16' ... '_Float128', 'char', 'string'; an imaginary
                        constant has '_Complex ' before its type and its i or j taken off. `value` is the spelling;
                        encode it with ("utf-8", "surrogateescape") to have the source's own bytes. A string may
                        hold several quoted pieces, separated by a blank, under one prefix: `L"a" "b"`.
    TypeOf              op 'typeof', expr a Typename or an expression, as TypeDecl.type
    InferredType        `__auto_type x = e;` as TypeDecl.type
    IdentifierType      names are canonical: 'signed', 'inline', '_Complex' whichever way they were spelled;
                        also '__int128' (for __int128_t; __uint128_t is 'unsigned', '__int128'), '_Float16', '_Float32',
                        '_Float32x', '_Float64', '_Float64x', '_Float128' (for __float128), '__builtin_va_list'
    quals, storage,     canonical too: 'const', 'volatile', 'restrict', '_Atomic'; 'typedef', 'extern', 'static',
    funcspec            'auto', 'register', '_Thread_local'; 'inline', '_Noreturn'
    Decl.align          a list of Alignas
    StaticAssert        message may be None
    NamedInitializer    also for `field: value` and `[n] value`
    InitList            `{}` is an empty one
    FuncDef             among a Compound's items it is a nested function; param_decls is not None for a K&R
                        definition, whose FuncDecl.args then is a ParamList of ID
    FuncDecl            args None means `()`: no prototype; `(void)` is a ParamList of one Typename
    implicit int        a declaration or function without a type has IdentifierType(['int'])
    Compound            block_items is None for `{}`
    Switch              case labels stay where the C has them: a Case or Default holds the one statement that
                        follows its colon in `stmts`, like a Label; the statements after that are its siblings
    Label, Case,        before a declaration or a `}` they hold an EmptyStatement
    Default
    ID                  a name in ParsedUnit.macros is that macro, wherever it stands
"""

# ruff: noqa: RUF023 - the order of __slots__ is what pycparser's repr prints, with coord and __weakref__ last
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pycparser import c_ast

from c2rust_py.diagnostics import Span

KEPT_ATTRIBUTES = frozenset(
    {
        "alias", "aligned", "asm_label", "cleanup", "constructor", "destructor", "ifunc", "mode", "ms_struct",
        "naked", "noreturn", "pack", "packed", "scalar_storage_order", "transparent_union", "vector_size", "weak",
        "weakref",
    }
)  # fmt: skip
"""The attributes that change what a program does or how its data lie; the others only advise the compiler."""


class GnuNode(c_ast.Node):  # type: ignore[misc]
    """Base of the nodes below: children and attributes follow from the two class variables."""

    __slots__ = ()
    child_names: ClassVar[tuple[str, ...]] = ()
    attr_names: ClassVar[tuple[str, ...]] = ()

    def children(self) -> tuple[tuple[str, Any], ...]:
        """(field name, child) pairs in source order, with an index for lists, without absent children."""
        pairs: list[tuple[str, Any]] = []
        for name in self.child_names:
            value = getattr(self, name)
            if isinstance(value, list):
                pairs.extend((f"{name}[{index}]", item) for index, item in enumerate(value))
            elif value is not None:
                pairs.append((name, value))
        return tuple(pairs)

    def __iter__(self) -> Iterator[Any]:
        return (child for _, child in self.children())


class GnuAttribute(GnuNode):
    """`name` without its underscores; `args` expressions or Typenames (a bare word is an ID)."""

    __slots__ = ("name", "args", "coord", "__weakref__")
    child_names = ("args",)
    attr_names = ("name",)

    def __init__(self, name: str, args: list[Any], coord: Span | None = None) -> None:
        self.name = name
        self.args = args
        self.coord = coord


class StatementExpression(GnuNode):
    """`({ body })`: the value is that of the last item if that is an expression, else void."""

    __slots__ = ("body", "coord", "__weakref__")
    child_names = ("body",)

    def __init__(self, body: Any, coord: Span | None = None) -> None:
        self.body = body
        self.coord = coord


class Range(GnuNode):
    """`first ... last`, both ends included."""

    __slots__ = ("first", "last", "coord", "__weakref__")
    child_names = ("first", "last")

    def __init__(self, first: Any, last: Any, coord: Span | None = None) -> None:
        self.first = first
        self.last = last
        self.coord = coord


class OffsetOf(GnuNode):
    """`type` a Typename; `designator` an ID, or StructRefs and ArrayRefs around one; `a->b` is `a[0].b`."""

    __slots__ = ("type", "designator", "coord", "__weakref__")
    child_names = ("type", "designator")

    def __init__(self, type: Any, designator: Any, coord: Span | None = None) -> None:
        self.type = type
        self.designator = designator
        self.coord = coord


class VaArg(GnuNode):
    """`expr` the va_list, `type` a Typename."""

    __slots__ = ("expr", "type", "coord", "__weakref__")
    child_names = ("expr", "type")

    def __init__(self, expr: Any, type: Any, coord: Span | None = None) -> None:
        self.expr = expr
        self.type = type
        self.coord = coord


class TypesCompatible(GnuNode):
    """Two Typenames; an int constant, 1 if they are compatible when top-level qualifiers are taken off."""

    __slots__ = ("left", "right", "coord", "__weakref__")
    child_names = ("left", "right")

    def __init__(self, left: Any, right: Any, coord: Span | None = None) -> None:
        self.left = left
        self.right = right
        self.coord = coord


class ChooseExpression(GnuNode):
    """`cond` is a constant; the result is the chosen operand itself, with its own type."""

    __slots__ = ("cond", "iftrue", "iffalse", "coord", "__weakref__")
    child_names = ("cond", "iftrue", "iffalse")

    def __init__(self, cond: Any, iftrue: Any, iffalse: Any, coord: Span | None = None) -> None:
        self.cond = cond
        self.iftrue = iftrue
        self.iffalse = iffalse
        self.coord = coord


class LabelAddress(GnuNode):
    """`&&name`, a `void *`."""

    __slots__ = ("name", "coord", "__weakref__")
    attr_names = ("name",)

    def __init__(self, name: str, coord: Span | None = None) -> None:
        self.name = name
        self.coord = coord


class ComputedGoto(GnuNode):
    """`goto *target;`"""

    __slots__ = ("target", "coord", "__weakref__")
    child_names = ("target",)

    def __init__(self, target: Any, coord: Span | None = None) -> None:
        self.target = target
        self.coord = coord


class LocalLabels(GnuNode):
    """`__label__ names;` at the head of a block: these labels are visible in that block only."""

    __slots__ = ("names", "coord", "__weakref__")
    attr_names = ("names",)

    def __init__(self, names: list[str], coord: Span | None = None) -> None:
        self.names = names
        self.coord = coord


class AsmOperand(GnuNode):
    """`[name] "constraint" (expr)`; `name` may be None."""

    __slots__ = ("name", "constraint", "expr", "coord", "__weakref__")
    child_names = ("expr",)
    attr_names = ("name", "constraint")

    def __init__(self, name: str | None, constraint: str, expr: Any, coord: Span | None = None) -> None:
        self.name = name
        self.constraint = constraint
        self.expr = expr
        self.coord = coord


class UnsupportedSyntax(GnuNode):
    """What the parser could not read, though gcc can: all of a function's body, or one item of file scope.

    `problem` says what is wrong at `coord`, `names` has the identifiers in it, `text` its tokens. `name` is what an item
    declares if it is a function definition, else None.
    """

    __slots__ = ("problem", "names", "text", "name", "coord", "__weakref__")
    child_names = ("names",)
    attr_names = ("problem", "text")

    def __init__(
        self, problem: str, names: list[Any], text: str, name: str | None = None, coord: Span | None = None
    ) -> None:
        self.problem = problem
        self.names = names
        self.text = text
        self.name = name
        self.coord = coord


class Asm(GnuNode):
    """An asm statement or a file-scope asm.

    `template` is the spelling of the string literal, quotes included (`'""'` is an empty template, often a mere
    compiler barrier); `qualifiers` holds 'volatile', 'inline', 'goto'; `clobbers` are spellings with quotes;
    `labels` are names.
    """

    __slots__ = ("template", "qualifiers", "outputs", "inputs", "clobbers", "labels", "coord", "__weakref__")
    child_names = ("outputs", "inputs")
    attr_names = ("template", "qualifiers", "clobbers", "labels")

    def __init__(
        self,
        template: str,
        qualifiers: list[str],
        outputs: list[Any],
        inputs: list[Any],
        clobbers: list[str],
        labels: list[str],
        coord: Span | None = None,
    ) -> None:
        self.template = template
        self.qualifiers = qualifiers
        self.outputs = outputs
        self.inputs = inputs
        self.clobbers = clobbers
        self.labels = labels
        self.coord = coord
