"""Where the parser stands: the next tokens, the names in scope, and the place of an error."""

from __future__ import annotations

from typing import Any, NoReturn

from pycparser.c_lexer import Token
from pycparser.c_parser import CParser

from c2rust_py.diagnostics import Code, CompileError, Span, error
from c2rust_py.frontend.gnu_c.lexer import TokenList

_BUILTIN_TYPES = ("__builtin_va_list", "__uint128_t")


class Cursor(CParser):  # type: ignore[misc]
    """pycparser's parser on a finished list of tokens.

    Whether an identifier is a typedef name is looked up in one dictionary that always holds the innermost meaning; each
    scope remembers what it has to put back when it ends.
    """

    def __init__(self, tokens: TokenList) -> None:
        self._dialect = "legacy"
        self._token_list = tokens.tokens
        self._pack = tokens.pack
        self._index = 0
        self._is_type: dict[str, bool] = dict.fromkeys(_BUILTIN_TYPES, True)
        self._shadowed: list[dict[str, bool | None]] = [{}]
        self.undeclared_calls: set[str] = set()

    # Errors ------------------------------------------------------------------------------------------------------

    def _parse_error(self, msg: str, coord: Any) -> NoReturn:
        """Raise the user's syntax error, at `coord` if that is a place and at the next token otherwise."""
        span = coord if isinstance(coord, Span) else self._span()
        raise CompileError(error(Code.SYNTAX, msg[:1].lower() + msg[1:], span))

    def _unexpected(self, wanted: str) -> NoReturn:
        """The next token is not what the grammar asks for."""
        token = self._token_list[self._index]
        found = "the end of the file" if token.type is None else repr(token.value)
        self._parse_error(f"expected {wanted} before {found}", None)

    # Tokens ------------------------------------------------------------------------------------------------------

    def _peek(self, k: int = 1) -> Token | None:
        tokens, at = self._token_list, self._index + k - 1
        if at >= len(tokens):
            return None
        token = tokens[at]
        kind = token.type
        if kind is None:
            return None
        if kind == "ID" or kind == "TYPEID":
            token.type = "TYPEID" if self._is_type.get(token.value) else "ID"
        return token

    def _peek_type(self, k: int = 1) -> str | None:
        tokens, at = self._token_list, self._index + k - 1
        if at >= len(tokens):
            return None
        token = tokens[at]
        kind: str | None = token.type
        if kind == "ID" or kind == "TYPEID":
            kind = "TYPEID" if self._is_type.get(token.value) else "ID"
        return kind

    def _advance(self) -> Token:
        token = self._peek()
        if token is None:
            self._unexpected("something")
        self._index += 1
        return token

    def _accept(self, token_type: str) -> Token | None:
        if self._peek_type() == token_type:
            return self._advance()
        return None

    def _expect(self, token_type: str) -> Token:
        if self._peek_type() != token_type:
            self._unexpected(_SPELLINGS.get(token_type, token_type))
        return self._advance()

    def _expect_name(self) -> Token:
        """An identifier where a typedef name counts as one too: labels, members, tags."""
        if self._token_list[self._index].type not in ("ID", "TYPEID"):
            self._unexpected("an identifier")
        return self._advance()

    def _mark(self) -> int:
        return self._index

    def _reset(self, mark: int) -> None:
        self._index = mark

    def _tok_coord(self, tok: Token) -> Span:
        return Span(tok.filename, tok.lineno, tok.column)

    def _span(self) -> Span:
        """The place of the next token."""
        return self._tok_coord(self._token_list[min(self._index, len(self._token_list) - 1)])

    # Scopes ------------------------------------------------------------------------------------------------------

    def _push_scope(self) -> None:
        self._shadowed.append({})

    def _pop_scope(self) -> None:
        for name, was_type in self._shadowed.pop().items():
            if was_type is None:
                del self._is_type[name]
            else:
                self._is_type[name] = was_type

    def _declare_name(self, name: str, is_type: bool) -> None:
        """From here to the end of the scope `name` is a typedef name, or is an ordinary identifier."""
        shadowed = self._shadowed[-1]
        if name not in shadowed:
            shadowed[name] = self._is_type.get(name)
        self._is_type[name] = is_type

    def _add_typedef_name(self, name: str, coord: Any) -> None:
        self._declare_name(name, True)

    def _add_identifier(self, name: str, coord: Any) -> None:
        self._declare_name(name, False)

    def _is_type_in_scope(self, name: str) -> bool:
        return self._is_type.get(name, False)


_SPELLINGS = {
    "LPAREN": "'('", "RPAREN": "')'", "LBRACE": "'{'", "RBRACE": "'}'", "LBRACKET": "'['", "RBRACKET": "']'",
    "SEMI": "';'", "COMMA": "','", "COLON": "':'", "EQUALS": "'='", "ID": "an identifier", "WHILE": "'while'",
    "STRING_LITERAL": "a string literal", "PERIOD": "'.'",
}  # fmt: skip
