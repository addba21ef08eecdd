"""Statements and blocks (C11 6.8), with GNU's additions."""

from __future__ import annotations

from typing import Any

from pycparser import c_ast

from c2rust_py.frontend.gnu_c.attributes import AttributeParser
from c2rust_py.frontend.gnu_c.nodes import ComputedGoto, LocalLabels, Range


class StatementParser(AttributeParser):
    """Loops and selections are blocks of their own, and so are their substatements (C11 6.8.4p3, 6.8.5p5).

    One scope for both is enough for the question which name is a type.
    """

    def _parse_compound_statement(self, *, new_scope: bool = True) -> c_ast.Compound:
        coord = self._tok_coord(self._expect("LBRACE"))
        if new_scope:
            self._push_scope()
        items: list[Any] = []
        while self._peek_type() not in ("RBRACE", None):
            items += self._parse_block_items()
        self._expect("RBRACE")
        if new_scope:
            self._pop_scope()
        return c_ast.Compound(items or None, coord)

    def _parse_block_items(self) -> list[Any]:
        """A declaration, as the list of what it declares, or one statement."""
        kind = self._peek_type()
        if kind == "_STATIC_ASSERT":
            return [self._parse_static_assert()]
        if kind == "LOCAL_LABEL":
            return [self._parse_local_labels()]
        if self._starts_attribute():
            return self._parse_attributed_item()
        if self._starts_declaration() and not self._starts_label():
            declared: list[Any] = self._parse_declaration()
            return declared
        return [self._parse_statement()]

    def _parse_attributed_item(self) -> list[Any]:
        """Attributes may begin a declaration, stand alone as `[[fallthrough]];`, or precede a statement."""
        mark = self._mark()
        self._parse_attributes()
        if not self._starts_declaration() and self._peek_type() != "SEMI":
            return [self._parse_statement()]
        self._reset(mark)
        declared: list[Any] = self._parse_declaration()
        return declared

    def _starts_label(self) -> bool:
        """An identifier before a colon; labels have a name space of their own, so it may be a typedef name."""
        return self._peek_type() in ("ID", "TYPEID") and self._peek_type(2) == "COLON"

    def _parse_local_labels(self) -> LocalLabels:
        coord = self._tok_coord(self._expect("LOCAL_LABEL"))
        names = [self._expect_name().value]
        while self._accept("COMMA"):
            names.append(self._expect_name().value)
        self._expect("SEMI")
        return LocalLabels(names, coord)

    def _parse_statement(self) -> Any:
        kind = self._peek_type()
        parse = _STATEMENTS.get(kind)
        if parse is not None:
            return parse(self)
        if self._starts_label():
            return self._parse_label()
        if self._starts_attribute():
            self._parse_attributes()
            return self._parse_statement()
        coord = self._span()
        expression = self._parse_expression_opt()
        self._expect("SEMI")
        return c_ast.EmptyStatement(coord) if expression is None else expression

    def _parse_label(self) -> c_ast.Label:
        token = self._advance()
        self._expect("COLON")
        self._parse_attributes()
        return c_ast.Label(token.value, self._parse_labelled(), self._tok_coord(token))

    def _parse_case(self) -> c_ast.Case:
        coord = self._tok_coord(self._advance())
        value = self._parse_constant_expression()
        if self._accept("ELLIPSIS"):
            value = Range(value, self._parse_constant_expression(), value.coord)
        self._expect("COLON")
        return c_ast.Case(value, [self._parse_labelled()], coord)

    def _parse_default(self) -> c_ast.Default:
        coord = self._tok_coord(self._advance())
        self._expect("COLON")
        return c_ast.Default([self._parse_labelled()], coord)

    def _parse_labelled(self) -> Any:
        """The statement after a colon; before a declaration or the end of the block there is none."""
        kind = self._peek_type()
        is_statement = self._starts_label() or not (
            kind in ("RBRACE", "_STATIC_ASSERT", "LOCAL_LABEL") or self._starts_declaration()
        )
        return self._parse_statement() if is_statement else c_ast.EmptyStatement(self._span())

    def _parse_if(self) -> c_ast.If:
        """A chain of `else if` is walked in a loop."""
        chain: list[c_ast.If] = []
        while True:
            coord = self._tok_coord(self._expect("IF"))
            self._push_scope()
            condition = self._parse_condition()
            node = c_ast.If(condition, self._parse_statement(), None, coord)
            if chain:
                chain[-1].iffalse = node
            chain.append(node)
            if not self._accept("ELSE"):
                break
            if self._peek_type() != "IF":
                node.iffalse = self._parse_statement()
                break
        for _ in chain:
            self._pop_scope()
        return chain[0]

    def _parse_condition(self) -> Any:
        self._expect("LPAREN")
        condition = self._parse_expression()
        self._expect("RPAREN")
        return condition

    def _parse_switch(self) -> c_ast.Switch:
        coord = self._tok_coord(self._advance())
        self._push_scope()
        condition = self._parse_condition()
        body = self._parse_statement()
        self._pop_scope()
        return c_ast.Switch(condition, body, coord)

    def _parse_while(self) -> c_ast.While:
        coord = self._tok_coord(self._advance())
        self._push_scope()
        condition = self._parse_condition()
        body = self._parse_statement()
        self._pop_scope()
        return c_ast.While(condition, body, coord)

    def _parse_do(self) -> c_ast.DoWhile:
        coord = self._tok_coord(self._advance())
        self._push_scope()
        body = self._parse_statement()
        self._expect("WHILE")
        condition = self._parse_condition()
        self._pop_scope()
        self._expect("SEMI")
        return c_ast.DoWhile(condition, body, coord)

    def _parse_for(self) -> c_ast.For:
        coord = self._tok_coord(self._advance())
        self._expect("LPAREN")
        self._push_scope()
        if self._starts_declaration() or self._starts_attribute() or self._peek_type() == "_STATIC_ASSERT":
            init: Any = c_ast.DeclList(self._parse_declaration(), coord)
        else:
            init = self._parse_expression_opt()
            self._expect("SEMI")
        condition = self._parse_expression_opt()
        self._expect("SEMI")
        step = self._parse_expression_opt("RPAREN")
        self._expect("RPAREN")
        body = self._parse_statement()
        self._pop_scope()
        return c_ast.For(init, condition, step, body, coord)

    def _parse_goto(self) -> Any:
        coord = self._tok_coord(self._advance())
        if self._accept("TIMES"):
            node: Any = ComputedGoto(self._parse_expression(), coord)
        else:
            node = c_ast.Goto(self._expect_name().value, coord)
        self._expect("SEMI")
        return node

    def _parse_break(self) -> c_ast.Break:
        coord = self._tok_coord(self._advance())
        self._expect("SEMI")
        return c_ast.Break(coord)

    def _parse_continue(self) -> c_ast.Continue:
        coord = self._tok_coord(self._advance())
        self._expect("SEMI")
        return c_ast.Continue(coord)

    def _parse_return(self) -> c_ast.Return:
        coord = self._tok_coord(self._advance())
        value = self._parse_expression_opt()
        self._expect("SEMI")
        return c_ast.Return(value, coord)


_STATEMENTS: dict[str | None, Any] = {
    "LBRACE": StatementParser._parse_compound_statement,
    "IF": StatementParser._parse_if,
    "SWITCH": StatementParser._parse_switch,
    "WHILE": StatementParser._parse_while,
    "DO": StatementParser._parse_do,
    "FOR": StatementParser._parse_for,
    "GOTO": StatementParser._parse_goto,
    "BREAK": StatementParser._parse_break,
    "CONTINUE": StatementParser._parse_continue,
    "RETURN": StatementParser._parse_return,
    "CASE": StatementParser._parse_case,
    "DEFAULT": StatementParser._parse_default,
    "ASM": StatementParser._parse_asm,
}
