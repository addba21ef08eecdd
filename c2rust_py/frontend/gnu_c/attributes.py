"""`__attribute__((...))`, `[[...]]`, asm labels and asm statements."""

from __future__ import annotations

from typing import Any

from pycparser import c_ast
from pycparser.c_lexer import Token

from c2rust_py.frontend.gnu_c.cursor import Cursor
from c2rust_py.frontend.gnu_c.nodes import KEPT_ATTRIBUTES, Asm, AsmOperand, GnuAttribute

_ASM_QUALIFIERS = {"VOLATILE": "volatile", "INLINE": "inline", "GOTO": "goto"}


class AttributeParser(Cursor):
    """Attributes can stand almost anywhere; `_parse_attributes` takes a run of them, possibly empty."""

    def _starts_attribute(self) -> bool:
        kind = self._peek_type()
        return kind == "ATTRIBUTE_BEGIN" or (kind == "LBRACKET" and self._peek_type(2) == "LBRACKET")

    def _parse_attributes(self) -> list[GnuAttribute]:
        """The kept ones of a run of attribute specifiers."""
        attributes: list[GnuAttribute] = []
        while True:
            if self._accept("ATTRIBUTE_BEGIN"):
                self._expect("LPAREN")
                self._expect("LPAREN")
                self._parse_attribute_list("RPAREN", attributes)
                self._expect("RPAREN")
                self._expect("RPAREN")
            elif self._peek_type() == "LBRACKET" and self._peek_type(2) == "LBRACKET":
                self._advance()
                self._advance()
                self._parse_attribute_list("RBRACKET", attributes)
                self._expect("RBRACKET")
                self._expect("RBRACKET")
            else:
                return attributes

    def _parse_attribute_list(self, closer: str, attributes: list[GnuAttribute]) -> None:
        """`name, name(args), , ns::name` up to `closer`, which stays; any keyword may be a name (`const`)."""
        while self._peek_type() != closer:
            if self._accept("COMMA"):
                continue
            token = self._advance()
            if self._accept("COLONCOLON"):
                token = self._advance()
            name = token.value
            if name.startswith("__") and name.endswith("__") and len(name) > 4:
                name = name[2:-2]
            has_arguments = self._peek_type() == "LPAREN"
            if name in KEPT_ATTRIBUTES:
                arguments = self._parse_attribute_arguments() if has_arguments else []
                attributes.append(GnuAttribute(name, arguments, self._tok_coord(token)))
            elif has_arguments:
                self._skip_parentheses()
            if self._peek_type() not in ("COMMA", closer):
                self._unexpected("','")

    def _parse_attribute_arguments(self) -> list[Any]:
        """`(a, b)`: expressions and type names; a bare word such as mode's `QI` is an ID."""
        self._expect("LPAREN")
        arguments: list[Any] = []
        while self._peek_type() != "RPAREN":
            if self._starts_declaration():
                arguments.append(self._parse_type_name())
            else:
                arguments.append(self._parse_assignment_expression())
            if not self._accept("COMMA"):
                break
        self._expect("RPAREN")
        return arguments

    def _skip_parentheses(self) -> None:
        """Pass over a balanced parenthesis."""
        depth = 0
        while True:
            kind = self._advance().type
            if kind == "LPAREN":
                depth += 1
            elif kind == "RPAREN":
                depth -= 1
                if depth == 0:
                    return

    def _parse_asm_label(self) -> list[GnuAttribute]:
        """`asm("name")` after a declarator."""
        token = self._accept("ASM")
        if token is None:
            return []
        self._expect("LPAREN")
        label = self._parse_unified_string_literal()
        self._expect("RPAREN")
        return [GnuAttribute("asm_label", [label], self._tok_coord(token))]

    def _parse_asm(self) -> Asm:
        """`asm qualifiers (template : outputs : inputs : clobbers : labels);`"""
        token = self._expect("ASM")
        qualifiers = []
        while (kind := self._peek_type()) in _ASM_QUALIFIERS:
            self._advance()
            qualifiers.append(_ASM_QUALIFIERS[kind])
        self._expect("LPAREN")
        template = self._parse_unified_string_literal().value
        sections: list[list[Any]] = [[], [], [], []]
        position = 0
        while (separator := self._peek()) is not None and separator.type in ("COLON", "COLONCOLON"):
            self._advance()
            position += len(separator.value)
            if position > 4:
                self._unexpected("')'")
            sections[position - 1] = self._parse_asm_section(position)
        self._expect("RPAREN")
        self._expect("SEMI")
        outputs, inputs, clobbers, labels = sections
        return Asm(template, qualifiers, outputs, inputs, clobbers, labels, self._tok_coord(token))

    def _parse_asm_section(self, position: int) -> list[Any]:
        """One comma list: operands (1, 2), clobber strings (3), or label names (4)."""
        items: list[Any] = []
        while self._peek_type() not in ("COLON", "COLONCOLON", "RPAREN", None):
            if position <= 2:
                items.append(self._parse_asm_operand())
            elif position == 3:
                items.append(self._parse_unified_string_literal().value)
            else:
                items.append(self._expect_name().value)
            if not self._accept("COMMA"):
                break
        return items

    def _parse_asm_operand(self) -> AsmOperand:
        coord = self._span()
        name = None
        if self._accept("LBRACKET"):
            name = self._expect_name().value
            self._expect("RBRACKET")
        constraint = self._parse_unified_string_literal().value
        self._expect("LPAREN")
        expression = self._parse_expression()
        self._expect("RPAREN")
        return AsmOperand(name, constraint, expression, coord)

    def _parse_unified_string_literal(self) -> c_ast.Constant:
        """Adjacent literals as one Constant: the pieces stay apart, under the one prefix that any of them has."""
        first = self._expect("STRING_LITERAL")
        prefix, _, rest = first.value.partition('"')
        pieces = ['"' + rest]
        while (token := self._accept("STRING_LITERAL")) is not None:
            prefix = self._common_prefix(prefix, token)
            pieces.append('"' + token.value.partition('"')[2])
        return c_ast.Constant("string", prefix + " ".join(pieces), self._tok_coord(first))

    def _common_prefix(self, prefix: str, token: Token) -> str:
        """The prefix of a concatenation; two different ones are an error in gcc (C11 6.4.5p5)."""
        other: str = token.value.partition('"')[0]
        if prefix and other and prefix != other:
            self._parse_error("concatenation of string literals with different prefixes", self._tok_coord(token))
        return prefix or other
