"""Parsing on behind what the parser does not know, for units that gcc takes.

    int f(void) { return 1; }
    int g(int x) { some new form; }     // the body is one UnsupportedSyntax: `g` is a stub

Where a body cannot be read, its braces are passed over; where a declaration cannot, all of it, up to its semicolon or the
end of its body. What such a declaration would have declared is unknown then, so functions that need it are stubs, too.
"""

from __future__ import annotations

from typing import Any

from pycparser import c_ast
from pycparser.c_parser import ParseError

from c2rust_py.diagnostics import Code, CompileError
from c2rust_py.frontend.gnu_c.nodes import UnsupportedSyntax
from c2rust_py.frontend.gnu_c.parser import GnuCParser

_OPENING = {"LPAREN": 1, "LBRACE": 1, "LBRACKET": 1, "RPAREN": -1, "RBRACE": -1, "RBRACKET": -1}


class TolerantParser(GnuCParser):
    """Parses a unit to its end, whatever stands in it, as long as its brackets match."""

    def _parse_function_body(self) -> c_ast.Compound:
        begin, depth, coord = self._mark(), len(self._shadowed), self._span()
        try:
            return super()._parse_function_body()
        except (CompileError, ParseError) as failure:
            problem = self._problem(failure)
        self._rewind(begin, depth)
        self._skip_brackets()
        return c_ast.Compound([self._unread(begin, problem)], coord)

    def _parse_external_item(self) -> list[Any]:
        begin, depth = self._mark(), len(self._shadowed)
        try:
            return super()._parse_external_item()
        except (CompileError, ParseError) as failure:
            problem = self._problem(failure)
        self._rewind(begin, depth)
        name = self._skip_item()
        return [self._unread(begin, problem, name)]

    def _problem(self, failure: CompileError | ParseError) -> CompileError:
        problem = failure if isinstance(failure, CompileError) else self._as_syntax_error(failure)
        if problem.diagnostic.code is not Code.SYNTAX:
            raise problem
        return problem

    def _rewind(self, mark: int, depth: int) -> None:
        """Back to an earlier token and to the scopes that were open there."""
        while len(self._shadowed) > depth:
            self._pop_scope()
        self._reset(mark)

    def _skip_brackets(self) -> None:
        """Passes over an opening bracket, what it holds, and its closing one."""
        depth = 0
        while True:
            depth += _OPENING.get(self._advance().type, 0)
            if depth == 0:
                return

    def _skip_item(self) -> str | None:
        """Passes over an item of file scope; gives the name of the function that it defines, if it does."""
        name = None
        is_initialiser = False
        while (kind := self._peek_type()) is not None:
            if kind == "SEMI":
                self._advance()
                return None
            if kind == "EQUALS":
                is_initialiser = True
            is_body = kind == "LBRACE" and name is not None and not is_initialiser
            if name is None and kind in ("ID", "TYPEID") and self._peek_type(2) == "LPAREN":
                name = self._token_list[self._index].value
            if kind in _OPENING:
                self._skip_brackets()
            else:
                self._advance()
            if is_body:
                return name
        return None

    def _unread(self, begin: int, problem: CompileError, name: str | None = None) -> UnsupportedSyntax:
        tokens = self._token_list[begin : self._index]
        names = [c_ast.ID(token.value, self._tok_coord(token)) for token in tokens if token.type in ("ID", "TYPEID")]
        text = " ".join(token.value for token in tokens)
        return UnsupportedSyntax(problem.diagnostic.message, names, text, name, problem.diagnostic.span)
