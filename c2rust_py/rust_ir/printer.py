"""Prints Rust: the one place that knows precedence (Rust Reference, Expression precedence). rustfmt gives the layout.

`print_module` also returns marks: which C place the text from an offset on comes from, so that a line of the formatted
file can be traced back to its C line.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import assert_never

from c2rust_py.diagnostics import Span
from c2rust_py.rust_ir.nodes import (
    ArrayLiteral,
    ArrayRepeat,
    ArrayType,
    Assign,
    Binary,
    Block,
    BlockExpr,
    Borrow,
    Break,
    Call,
    Cast,
    Closure,
    ConstItem,
    Continue,
    Expr,
    ExprStatement,
    FieldAccess,
    FnType,
    For,
    FunctionItem,
    If,
    ImplItem,
    Index,
    Item,
    LayoutItem,
    Let,
    LetPair,
    LetSome,
    Literal,
    Loop,
    MacroCall,
    Match,
    MethodCall,
    Name,
    PathType,
    RangeExpr,
    RangeFrom,
    RangeTo,
    ReferenceType,
    Return,
    SliceType,
    Statement,
    StructItem,
    StructLiteral,
    TupleExpr,
    Type,
    TypeAlias,
    Unary,
    UnionItem,
    VecRepeat,
    Verbatim,
    While,
)

_BINARY = {
    "*": 11, "/": 11, "%": 11, "+": 10, "-": 10, "<<": 9, ">>": 9, "&": 8, "^": 7, "|": 6,
    "==": 5, "!=": 5, "<": 5, "<=": 5, ">": 5, ">=": 5, "&&": 4, "||": 3,
}  # fmt: skip
_CAST = 12
_PREFIX = 13
_POSTFIX = 15
_RANGE = 2
_ASSIGN = 1
_LOOSEST = 0


@dataclass(frozen=True, slots=True)
class PrintedText:
    """Unformatted text, and for offsets in it (ascending) the C place that what follows comes from."""

    text: str
    marks: tuple[tuple[int, Span], ...]


def print_items(items: tuple[Item, ...]) -> PrintedText:
    """Items one after the other, a blank line between them but for runs of constants without docs."""
    printer = _Printer()
    for item, following in zip_longest(items, items[1:]):
        printer.item(item)
        run = isinstance(item, ConstItem) and isinstance(following, ConstItem) and following.doc is None
        printer.put("" if run else "\n")
    return PrintedText("".join(printer.parts), tuple(printer.marks))


def print_type(type: Type) -> str:
    """A type as Rust text."""
    match type:
        case PathType(name, args, lifetime):
            inner = [*([] if lifetime is None else [lifetime]), *(print_type(a) for a in args)]
            return f"{name}<{', '.join(inner)}>" if inner else name
        case ReferenceType(target, mutable, lifetime):
            named = "" if lifetime is None else f"{lifetime} "
            return f"&{named}{'mut ' if mutable else ''}{print_type(target)}"
        case ArrayType(element, length):
            return f"[{print_type(element)}; {length}]"
        case SliceType(element):
            return f"[{print_type(element)}]"
        case FnType(params, result):
            arrow = "" if result is None else f" -> {print_type(result)}"
            return f"fn({', '.join(print_type(p) for p in params)}){arrow}"
        case _:
            assert_never(type)


def _lifetime_list(lifetimes: tuple[str, ...]) -> str:
    return f"<{', '.join(lifetimes)}>" if lifetimes else ""


def print_expr(expr: Expr) -> str:
    """An expression as Rust text."""
    printer = _Printer()
    printer.expr(expr, _LOOSEST)
    return "".join(printer.parts)


def print_condition(expr: Expr) -> str:
    """An expression as Rust text that can stand before a block."""
    printer = _Printer()
    printer.condition(expr)
    return "".join(printer.parts)


def print_statement_expr(expr: Expr) -> str:
    """An expression as Rust text that can stand as a statement."""
    printer = _Printer()
    printer.statement_expr(expr)
    return "".join(printer.parts)


def doc_lines(doc: str | None, marker: str) -> str:
    """A doc comment's lines, each with its marker (`///` or `//!`)."""
    if doc is None:
        return ""
    return "".join(f"{marker} {line}".rstrip() + "\n" for line in doc.splitlines())


def _is_block_like(expr: Expr) -> bool:
    return isinstance(expr, BlockExpr | If | Match | Loop | While | For)


def _starts_with_block(expr: Expr) -> bool:
    """Whether a statement that is this expression would be parsed as ending after its first block."""
    match expr:
        case Binary(_, left, _) | Cast(left, _) | Assign(left, _, _):
            return _is_block_like(left) or _starts_with_block(left)
        case Index(base, _) | FieldAccess(base, _) | MethodCall(base, _, _):
            return _is_block_like(base) or _starts_with_block(base)
        case _:
            return False


def _has_struct_literal(expr: Expr) -> bool:
    """Whether a struct literal stands in the open in a condition, where Rust wants parentheses."""
    match expr:
        case StructLiteral():
            return True
        case Binary(_, left, right):
            return _has_struct_literal(left) or _has_struct_literal(right)
        case Unary(_, operand) | Borrow(operand, _) | Cast(operand, _):
            return _has_struct_literal(operand)
        case FieldAccess(base, _) | MethodCall(base, _, _) | Index(base, _):
            return _has_struct_literal(base)
        case _:
            return False


_BITWISE = frozenset({"&", "|", "^", "<<", ">>"})


def _surprises(outer: str, inner: str) -> bool:
    """Whether readers want parentheses that Rust does not need: around bitwise operators within others, and `&&` in `||`."""
    if inner in _BITWISE:
        return outer != inner and outer not in ("&&", "||")
    return (outer == "||" and inner == "&&") or (outer in _BITWISE and _BINARY[inner] > _BINARY["<<"])


def _ends_with_cast(expr: Expr) -> bool:
    """Whether the last thing printed is the type of a cast."""
    while isinstance(expr, Binary) and _level(expr.right) > _level(expr):
        expr = expr.right
    return isinstance(expr, Cast)


class _Printer:
    """Text in parts, with the marks; `length` is the offset of the next part."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.marks: list[tuple[int, Span]] = []

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def mark(self, span: Span | None) -> None:
        if span is not None:
            self.marks.append((self.length, span))

    # ---- expressions

    def expr(self, expr: Expr, outer: int) -> None:
        """Prints an expression where operators looser than `outer` need parentheses."""
        level = _level(expr)
        if level < outer:
            self.put("(")
            self.bare(expr)
            self.put(")")
        else:
            self.bare(expr)

    def bare(self, expr: Expr) -> None:
        match expr:
            case Name(text) | Literal(text, _) | Verbatim(text):
                self.put(text)
            case Unary(op, operand):
                self.put(op)
                twice = op == "-" and isinstance(operand, Unary) and operand.op == "-"
                self.expr(operand, _POSTFIX if twice else _PREFIX)
            case Binary(op, left, right):
                self.binary(op, left, right)
            case Cast(operand, type):
                self.expr(operand, _CAST)
                self.put(f" as {print_type(type)}")
            case Borrow(operand, mutable):
                self.put("&mut " if mutable else "&")
                self.expr(operand, _PREFIX)
            case FieldAccess(base, name):
                self.expr(base, _POSTFIX)
                self.put(f".{name}")
            case Index(base, index):
                block = _is_block_like(base)  # What follows it in brackets would be no index.
                self.put("(" if block else "")
                self.expr(base, _LOOSEST if block else _POSTFIX)
                self.put(")[" if block else "[")
                self.expr(index, _LOOSEST)
                self.put("]")
            case Call(function, args):
                is_field = isinstance(function, FieldAccess)  # Else it is a method.
                self.put("(" if is_field else "")
                self.expr(function, _POSTFIX)
                self.put(")" if is_field else "")
                self.list("(", args, ")")
            case MethodCall(receiver, method, args):
                self.expr(receiver, _POSTFIX)
                self.put(f".{method}")
                self.list("(", args, ")")
            case MacroCall(name, args, brackets):
                self.put(f"{name}!")
                self.list("[" if brackets else "(", args, "]" if brackets else ")")
            case RangeExpr(low, high, inclusive):
                self.expr(low, _RANGE + 1)
                self.put("..=" if inclusive else "..")
                self.expr(high, _RANGE + 1)
            case RangeFrom(low):
                self.expr(low, _RANGE + 1)
                self.put("..")
            case RangeTo(high):
                self.put("..")
                self.expr(high, _RANGE + 1)
            case LetSome(name, value):
                self.put(f"let Some({name}) = ")
                self.expr(value, _ASSIGN)
            case LetPair(low, high, value):
                self.put(f"let ({low}, {high}) = ")
                self.expr(value, _ASSIGN)
            case Assign(target, value, op):
                self.expr(target, _ASSIGN + 1)
                self.put(f" {op}= ")
                self.expr(value, _ASSIGN)
            case _:
                self.literal_or_control(expr)

    def literal_or_control(self, expr: Expr) -> None:
        match expr:
            case StructLiteral(path, fields, base):
                self.struct_literal(path, fields, base)
            case ArrayLiteral(elements):
                self.list("[", elements, "]")
            case ArrayRepeat(element, count):
                self.put("[")
                self.expr(element, _LOOSEST)
                self.put(f"; {count}]")
            case VecRepeat(element, size):
                self.put("vec![")
                self.expr(element, _LOOSEST)
                self.put("; ")
                self.expr(size, _LOOSEST)
                self.put("]")
            case TupleExpr(elements):
                self.list("(", elements, ",)" if len(elements) == 1 else ")")
            case Closure(params, body):
                names = (n if t is None else f"{n}: {print_type(t)}" for n, t in params)
                self.put(f"|{', '.join(names)}| ")
                self.expr(body, _LOOSEST)
            case Break(label):
                self.put("break" if label is None else f"break '{label}")
            case Continue(label):
                self.put("continue" if label is None else f"continue '{label}")
            case Return(None):
                self.put("return")
            case Return(value):
                self.put("return ")
                assert value is not None
                self.expr(value, _LOOSEST)
            case BlockExpr() | If() | Match() | Loop() | While() | For():
                self.control(expr)
            case _:
                raise AssertionError(f"no case for {type(expr).__name__}")

    def control(self, expr: BlockExpr | If | Match | Loop | While | For) -> None:
        match expr:
            case BlockExpr(block, label):
                self.label(label)
                self.block(block)
            case If():
                self.if_chain(expr)
            case Match(value, arms):
                self.put("match ")
                self.condition(value)
                self.put(" {\n")
                for arm in arms:
                    self.put(" | ".join(arm.patterns))
                    if arm.guard is not None:
                        self.put(" if ")
                        self.condition(arm.guard)
                    self.put(" => ")
                    self.arm_body(arm.body)
                self.put("}")
            case Loop(body, label):
                self.label(label)
                self.put("loop ")
                self.block(body)
            case While(condition, body, label):
                self.label(label)
                self.put("while ")
                self.condition(condition)
                self.put(" ")
                self.block(body)
            case For(variable, iterable, body, label, index, by_value):
                self.label(label)
                pattern = f"&{variable}" if by_value else variable
                self.put(f"for {pattern if index is None else f'({index}, {pattern})'} in ")
                self.condition(iterable)
                self.put(" ")
                self.block(body)
            case _:
                assert_never(expr)

    def arm_body(self, body: Block) -> None:
        """A lone jump or assignment stands without braces."""
        match body:
            case Block((ExprStatement(Return() | Break() | Continue() | Assign() as lone, span),), None):
                self.mark(span)
                self.expr(lone, _LOOSEST)
                self.put(",\n")
            case _:
                self.block(body)
                self.put("\n")

    def if_chain(self, chain: If) -> None:
        """Else-if chains in a loop, not by recursion: they can be thousands long."""
        link: BlockExpr | If | None = chain
        while link is not None:
            if isinstance(link, BlockExpr):
                self.block(link.block)
                return
            self.put("if ")
            self.condition(link.condition)
            self.put(" ")
            self.block(link.then)
            link = link.otherwise
            if link is not None:
                self.put(" else ")

    def condition(self, expr: Expr) -> None:
        if _has_struct_literal(expr):
            self.put("(")
            self.bare(expr)
            self.put(")")
        else:
            self.expr(expr, _LOOSEST)

    def binary(self, op: str, left: Expr, right: Expr) -> None:
        """Left-associative; comparisons do not associate."""
        spine = [(op, right)]
        level = _BINARY[op]
        while isinstance(left, Binary) and _BINARY[left.op] == level and level != _BINARY["=="]:
            spine.append((left.op, left.right))
            left = left.left
        spine.reverse()
        self.operand_before(left, spine[0][0], level + 1, op)
        for (each_op, operand), following in zip(spine, (*(each for each, _ in spine[1:]), ""), strict=True):
            self.put(f" {each_op} ")
            self.operand_before(operand, following, level + 1, op)

    def operand_before(self, operand: Expr, following: str, level: int, op: str) -> None:
        """An operand of `op` with the operator that comes next: `a as T < b` would read as generics."""
        if isinstance(operand, Binary) and _surprises(op, operand.op):
            level = _CAST + 1
        if following in ("<", "<<") and _ends_with_cast(operand):
            level = _CAST + 1
        self.expr(operand, level)

    def struct_literal(self, path: str, fields: tuple[tuple[str, Expr], ...], base: Expr | None) -> None:
        self.put(path + " { ")
        for name, value in fields:
            self.put(f"{name}: " if value != Name(name) else "")
            self.expr(value, _LOOSEST)
            self.put(", ")
        if base is not None:
            self.put("..")
            self.expr(base, _LOOSEST)
        self.put(" }")

    def list(self, opening: str, elements: tuple[Expr, ...], closing: str) -> None:
        self.put(opening)
        for i, element in enumerate(elements):
            if i:
                self.put(", ")
            self.expr(element, _LOOSEST)
        self.put(closing)

    def label(self, label: str | None) -> None:
        if label is not None:
            self.put(f"'{label}: ")

    # ---- statements

    def block(self, block: Block) -> None:
        self.put("{\n")
        for statement in block.statements:
            self.statement(statement)
        if block.tail is not None:
            self.mark(block.tail_span)
            self.statement_expr(block.tail)
            self.put("\n")
        self.put("}")

    def statement(self, statement: Statement) -> None:
        self.mark(statement.span)
        match statement:
            case Let(name, _, init, _, _, otherwise) if otherwise is not None:
                assert init is not None
                self.put(f"let Some({name}) = ")
                self.expr(init, _LOOSEST)
                self.put(" else ")
                self.block(otherwise)
                self.put(";\n")
            case Let(name, annotation, init, mutable):
                self.put(f"let {'mut ' if mutable else ''}{name}")
                if annotation is not None:
                    self.put(f": {print_type(annotation)}")
                if init is not None:
                    self.put(" = ")
                    self.expr(init, _LOOSEST)
                self.put(";\n")
            case ExprStatement(expr):
                self.statement_expr(expr)
                self.put("\n" if _is_block_like(expr) else ";\n")
            case _:
                assert_never(statement)

    def statement_expr(self, expr: Expr) -> None:
        if _starts_with_block(expr):
            self.put("(")
            self.bare(expr)
            self.put(")")
        else:
            self.expr(expr, _LOOSEST)

    # ---- items

    def item(self, item: Item) -> None:
        match item:
            case FunctionItem():
                self.function(item)
            case StructItem(name, fields, derives, doc, lifetimes):
                self.put(doc_lines(doc, "///"))
                if derives:
                    self.put(f"#[derive({', '.join(derives)})]\n")
                self.put(f"pub struct {name}{_lifetime_list(lifetimes)} {{\n")
                for f in fields:
                    self.put(doc_lines(f.doc, "///"))
                    self.put(f"pub {f.name}: {print_type(f.type)},\n")
                self.put("}\n")
            case LayoutItem(name, size, align, layout_fields):
                self.put(f"layout! {{ {name}: {size}, {align};\n")
                for lf in layout_fields:
                    bits = "" if lf.bits is None else f", bits {lf.bits[0]}, {lf.bits[1]}"
                    self.put(f"    {lf.constant} {lf.name}: {print_type(lf.type)} = {lf.offset}{bits};\n")
                self.put("}\n")
            case UnionItem(name, size, align, union_fields, doc):
                self.put(f"union_layout! {{\n{doc_lines(doc, '    ///')}    {name}: {size}, {align};\n")
                for uf in union_fields:
                    bits = "" if uf.bits is None else f", bits {uf.bits[0]}, {uf.bits[1]}"
                    self.put(f"    {uf.constant} {uf.getter} {uf.setter}: {print_type(uf.type)}{bits};\n")
                self.put("}\n")
            case ConstItem(name, type, value, doc, static, public):
                self.put(doc_lines(doc, "///"))
                keyword = "static" if static else "const"
                self.put(f"{'pub ' if public else ''}{keyword} {name}: {print_type(type)} = ")
                self.expr(value, _LOOSEST)
                self.put(";\n")
            case TypeAlias(name, target, doc):
                self.put(f"{doc_lines(doc, '///')}pub type {name} = {print_type(target)};\n")
            case ImplItem(trait, target, functions, constants, lifetimes):
                self.put(f"impl {f'{trait} for ' if trait else ''}{target}{_lifetime_list(lifetimes)} {{\n")
                for constant in constants:
                    self.item(constant)
                for function in functions:
                    self.function(function)
                self.put("}\n")
            case _:
                assert_never(item)

    def function(self, item: FunctionItem) -> None:
        self.put(doc_lines(item.doc, "///"))
        for attribute in item.attributes:
            self.put(f"#[{attribute}]\n")
        self.mark(item.span)
        params = ", ".join(
            p.name if p.name.endswith("self") else f"{'mut ' if p.mutable else ''}{p.name}: {print_type(p.type)}"
            for p in item.params
        )
        arrow = "" if item.result is None else f" -> {print_type(item.result)}"
        generics = f"<{', '.join(item.generics)}>" if item.generics else ""
        self.put(f"{'pub ' if item.public else ''}fn {item.name}{generics}({params}){arrow} ")
        self.block(item.body)
        self.put("\n")


def _level(expr: Expr) -> int:
    match expr:
        case Binary(op, _, _):
            return _BINARY[op]
        case Cast():
            return _CAST
        case Unary() | Borrow():
            return _PREFIX
        case RangeExpr() | RangeFrom() | RangeTo():
            return _RANGE
        case Assign():
            return _ASSIGN
        case LetSome() | LetPair() | Closure() | Return() | Break() | Continue():
            return _LOOSEST
        case _:
            return _POSTFIX + 1
