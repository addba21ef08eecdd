"""Takes out of the items what nests too deep for rustfmt, and puts it back into the formatted text.

    let x = f(g(h(…)));    ->    let x = c2rs_deep_0;    ->    let x = f(g(h(…)));    on one line

rustfmt tries several layouts of every nested call, and where none of them fits the width it has tried them all: time
doubles with each level, and in the end the statement stays as it was. C that programs write nests that deep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from c2rust_py.rust_ir.nodes import (
    Assign,
    Block,
    BlockExpr,
    Expr,
    ExprStatement,
    For,
    FunctionItem,
    If,
    ImplItem,
    Item,
    Loop,
    Match,
    Name,
    Return,
    Statement,
    Verbatim,
    While,
)
from c2rust_py.rust_ir.printer import print_condition, print_expr, print_statement_expr

WIDTH = 100
INDENT = 4

DEEPEST = 16
"""Levels of blocks and brackets that leave a third of the width; rustfmt fits nearly all of these."""

_BRACKET = re.compile(r"[(\[{}\])]")
_PLACEHOLDER = re.compile(r"\bc2rs_deep_(\d+)\b")


def set_aside_deep(items: tuple[Item, ...]) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """The items with names for what is too deep, and the texts that the names stand for."""
    search = _Search()
    return tuple(search.item(item) for item in items), tuple(search.texts)


def put_back(formatted: str, texts: tuple[str, ...]) -> str:
    """The formatted text with the texts for their names: they are one line each, so that no line moves."""
    return _PLACEHOLDER.sub(lambda match: texts[int(match.group(1))], formatted) if texts else formatted


def nesting(text: str) -> int:
    """How deep brackets nest; those in literals count, too, which at worst leaves a statement unformatted."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "([{" else -1
        deepest = max(deepest, depth)
    return deepest


@dataclass(slots=True)
class _Search:
    """Looks through blocks that stand as statements; `depth` is the level of indentation."""

    texts: list[str] = field(default_factory=list)

    def item(self, item: Item) -> Item:
        match item:
            case FunctionItem():
                return replace(item, body=self.block(item.body, 1))
            case ImplItem(functions=functions):
                return replace(item, functions=tuple(replace(f, body=self.block(f.body, 2)) for f in functions))
            case _:
                return item

    def block(self, block: Block, depth: int) -> Block:
        tail = None if block.tail is None else self.standing(block.tail, depth)
        return replace(block, statements=tuple(self.statement(s, depth) for s in block.statements), tail=tail)

    def statement(self, statement: Statement, depth: int) -> Statement:
        if isinstance(statement, ExprStatement):
            return replace(statement, expr=self.standing(statement.expr, depth))
        if statement.init is None:
            return statement
        return replace(statement, init=self.shallow(statement.init, print_expr(statement.init), depth))

    def standing(self, expr: Expr, depth: int) -> Expr:
        """An expression that stands as a statement or as the value of a block."""
        match expr:
            case If():
                return self.chain(expr, depth)
            case BlockExpr(block):
                return replace(expr, block=self.block(block, depth + 1))
            case Loop(body):
                return replace(expr, body=self.block(body, depth + 1))
            case While(condition, body):
                return replace(expr, condition=self.head(condition, depth), body=self.block(body, depth + 1))
            case For(_, iterable, body):
                return replace(expr, iterable=self.head(iterable, depth), body=self.block(body, depth + 1))
            case Match(value, arms):
                changed = tuple(replace(arm, body=self.block(arm.body, depth + 2)) for arm in arms)
                return replace(expr, value=self.head(value, depth), arms=changed)
            case Assign(_, value):
                named = replace(expr, value=self.shallow(value, print_expr(value), depth))
                return self.shallow(named, print_statement_expr(named), depth)
            case Return(value) if value is not None:
                return Return(self.shallow(value, print_expr(value), depth))
            case Verbatim():
                return expr
            case _:
                return self.shallow(expr, print_statement_expr(expr), depth)

    def chain(self, chain: If, depth: int) -> Expr:
        """An else-if chain, in a loop: it can be thousands long."""
        links: list[If] = []
        rest: BlockExpr | If | None = chain
        while isinstance(rest, If):
            links.append(rest)
            rest = rest.otherwise
        if rest is not None:
            rest = replace(rest, block=self.block(rest.block, depth + 1))
        for link in reversed(links):
            then = self.block(link.then, depth + 1)
            rest = replace(link, condition=self.head(link.condition, depth), then=then, otherwise=rest)
        assert rest is not None
        return rest

    def head(self, expr: Expr, depth: int) -> Expr:
        """What stands before a block."""
        return self.shallow(expr, print_condition(expr), depth)

    def shallow(self, expr: Expr, text: str, depth: int) -> Expr:
        """The expression, or a name where it neither fits on a line nor on indented ones."""
        if depth * INDENT + len(text) <= WIDTH or depth + nesting(text) <= DEEPEST:
            return expr
        self.texts.append(put_back(" ".join(text.split("\n")), tuple(self.texts)))
        return Name(f"c2rs_deep_{len(self.texts) - 1}")
