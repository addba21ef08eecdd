"""The GNU C parser: pycparser's, with its token access, declarations, expressions and statements replaced.

What is left of pycparser here are its node classes and the parts of its grammar that GNU C does not touch: how base
types and declarators are joined, `_Atomic(T)`, `_Alignas`, `typeof`, `_Generic`, `_Static_assert`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pycparser import c_ast
from pycparser.c_parser import ParseError

from c2rust_py.diagnostics import Code, CompileError, error
from c2rust_py.frontend.gnu_c.declarations import DeclarationParser
from c2rust_py.frontend.gnu_c.expressions import ExpressionParser
from c2rust_py.frontend.gnu_c.lexer import TokenList, tokenise
from c2rust_py.frontend.gnu_c.statements import StatementParser


class GnuCParser(StatementParser, ExpressionParser, DeclarationParser):
    """Parses one list of tokens, once."""

    def translation_unit(self) -> c_ast.FileAST:
        """Everything up to the end of the tokens; an empty unit is fine (a GNU extension)."""
        items: list[Any] = []
        try:
            while self._peek_type() is not None:
                items += self._parse_external_item()
        except ParseError as failure:
            raise self._as_syntax_error(failure) from None
        except RecursionError:
            raise CompileError(error(Code.TOO_DEEP, "the code nests too deeply here", self._span())) from None
        return c_ast.FileAST(items)

    def _parse_external_item(self) -> list[Any]:
        """A declaration, a definition, or what else may stand at file scope."""
        kind = self._peek_type()
        if kind == "SEMI":
            self._advance()
            return []
        if kind == "ASM":
            return [self._parse_asm()]
        declared: list[Any] = self._parse_declaration()
        return declared

    def _as_syntax_error(self, failure: ParseError) -> CompileError:
        """What the inherited parts raise; their text begins with a place that we know better."""
        return CompileError(error(Code.SYNTAX, str(failure).rsplit(": ", 1)[-1], self._span()))

    def constant_expression(self) -> Any:
        """The tokens as one constant expression, as in a macro's body."""
        expression = self._parse_constant_expression()
        if self._peek_type() is not None:
            self._unexpected("the end of the expression")
        return expression


@dataclass(frozen=True, slots=True)
class Parsed:
    """A unit's tree, and the names that are called without a declaration in sight, the compiler's builtins apart."""

    ast: c_ast.FileAST
    undeclared_calls: frozenset[str]


def parse_tokens(tokens: TokenList, parser_class: type[GnuCParser] = GnuCParser) -> Parsed:
    """The tree of a unit; raises CompileError at the first syntax error."""
    parser = parser_class(tokens)
    ast = parser.translation_unit()
    names = parser.undeclared_calls
    builtins = {name for name in names if name.startswith(("__builtin_", "__sync_", "__atomic_"))}
    return Parsed(ast, frozenset(names - builtins))


def parse_constant(text: str, filename: str, keywords: Mapping[str, tuple[str, str]], line: int) -> Any:
    """The tree of one constant expression that stands on one line of a file."""
    return GnuCParser(tokenise(f'# {line} "{filename}"\n{text}', filename, keywords)).constant_expression()
