"""Turns preprocessed text into tokens, all at once.

The input is what `gcc -E` prints: no comments, no line continuations, no directives but line markers and pragmas. So a
line is a unit of its own, and one regular expression per token kind is enough. Token kinds are pycparser's names,
since its parser asks for them; GNU spellings of a keyword get the plain keyword's kind and spelling.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pycparser.c_lexer import Token

from c2rust_py.diagnostics import Code, CompileError, Span, error

_IDENTIFIER = r"(?:[A-Za-z_$\u0080-\ud7ff\ue000-\U0010ffff]|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8})"
_TOKEN = re.compile(
    r"[ \t\f\v\r\0]*(?:"
    # Literal prefixes first: `L"..."` is not the identifier L.
    r"""((?:u8|[uUL])?"(?:[^"\\\n]|\\.)*")"""
    r"""|((?:u8|[uUL])?'(?:[^'\\\n]|\\.)+')"""
    rf"|({_IDENTIFIER}(?:[0-9]|{_IDENTIFIER})*)"
    r"|(\.?[0-9](?:[eEpP][+-]|[0-9A-Za-z_.$'])*)"
    r"|(\.\.\.|<<=|>>=|%:%:|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||\+=|-=|\*=|/=|%=|&=|\^=|\|=|::"
    r"|<:|:>|<%|%>|[-+*/%&|^~!<>=?:;,.(){}\[\]])"
    r"|(\S)"
    r"|$)"
)
# gcc -E spells letters beyond ASCII as universal character names; `\u00e9` and the letter are one identifier.
_UNIVERSAL = re.compile(r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})")
_STRING, _CHAR, _NAME, _NUMBER, _PUNCTUATOR, _UNKNOWN = range(1, 7)

_PUNCTUATORS = {
    "...": "ELLIPSIS", "<<=": "LSHIFTEQUAL", ">>=": "RSHIFTEQUAL", "->": "ARROW", "++": "PLUSPLUS", "--": "MINUSMINUS",
    "<<": "LSHIFT", ">>": "RSHIFT", "<=": "LE", ">=": "GE", "==": "EQ", "!=": "NE", "&&": "LAND", "||": "LOR",
    "+=": "PLUSEQUAL", "-=": "MINUSEQUAL", "*=": "TIMESEQUAL", "/=": "DIVEQUAL", "%=": "MODEQUAL", "&=": "ANDEQUAL",
    "^=": "XOREQUAL", "|=": "OREQUAL", "::": "COLONCOLON", "+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "DIVIDE",
    "%": "MOD", "&": "AND", "|": "OR", "^": "XOR", "~": "NOT", "!": "LNOT", "<": "LT", ">": "GT", "=": "EQUALS",
    "?": "CONDOP", ":": "COLON", ";": "SEMI", ",": "COMMA", ".": "PERIOD", "(": "LPAREN", ")": "RPAREN",
    "{": "LBRACE", "}": "RBRACE", "[": "LBRACKET", "]": "RBRACKET",
}  # fmt: skip
_DIGRAPHS = {"<:": "[", ":>": "]", "<%": "{", "%>": "}"}

_PLAIN_KEYWORDS = (
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern",
    "float", "for", "goto", "if", "int", "long", "register", "return", "short", "signed", "sizeof", "static",
    "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
)  # fmt: skip

_KEYWORDS: dict[str, tuple[str, str]] = {
    **{word: (word.upper(), word) for word in _PLAIN_KEYWORDS},
    **dict.fromkeys(("__const", "__const__"), ("CONST", "const")),
    **dict.fromkeys(("__volatile", "__volatile__"), ("VOLATILE", "volatile")),
    **dict.fromkeys(("__restrict", "__restrict__"), ("RESTRICT", "restrict")),
    **dict.fromkeys(("__inline", "__inline__"), ("INLINE", "inline")),
    **dict.fromkeys(("__signed", "__signed__"), ("SIGNED", "signed")),
    **dict.fromkeys(("_Thread_local", "__thread"), ("_THREAD_LOCAL", "_Thread_local")),
    **dict.fromkeys(("_Alignof", "__alignof", "__alignof__"), ("_ALIGNOF", "_Alignof")),
    **dict.fromkeys(("__typeof", "__typeof__"), ("TYPEOF", "typeof")),
    **dict.fromkeys(("_Complex", "__complex", "__complex__"), ("_COMPLEX", "_Complex")),
    **dict.fromkeys(("__real", "__real__"), ("COMPLEX_PART", "__real__")),
    **dict.fromkeys(("__imag", "__imag__"), ("COMPLEX_PART", "__imag__")),
    **dict.fromkeys(("__attribute", "__attribute__"), ("ATTRIBUTE_BEGIN", "__attribute__")),
    **dict.fromkeys(("__asm", "__asm__"), ("ASM", "asm")),
    **{word: ("FLOAT", word) for word in ("_Float16", "_Float32", "_Float32x", "_Float64", "_Float64x", "_Float128")},
    "__float128": ("FLOAT", "_Float128"),
    "__float80": ("FLOAT", "_Float64x"),
    **dict.fromkeys(("__int128", "__int128_t"), ("__INT128", "__int128")),
    **{word: (word.upper(), word) for word in ("_Decimal32", "_Decimal64", "_Decimal128")},
    "_Bool": ("_BOOL", "_Bool"),
    "_Noreturn": ("_NORETURN", "_Noreturn"),
    "_Static_assert": ("_STATIC_ASSERT", "_Static_assert"),
    "_Generic": ("_GENERIC", "_Generic"),
    "_Atomic": ("_ATOMIC", "_Atomic"),
    "_Alignas": ("_ALIGNAS", "_Alignas"),
    "__auto_type": ("AUTO_TYPE", "__auto_type"),
    # It only silences -pedantic, so it is recognised here and then dropped.
    "__extension__": ("EXTENSION", "__extension__"),
    "__label__": ("LOCAL_LABEL", "__label__"),
    "__builtin_va_arg": ("__BUILTIN_VA_ARG", "__builtin_va_arg"),
    "__builtin_offsetof": ("OFFSETOF", "__builtin_offsetof"),
    "__builtin_types_compatible_p": ("TYPES_COMPATIBLE", "__builtin_types_compatible_p"),
    "__builtin_choose_expr": ("CHOOSE_EXPRESSION", "__builtin_choose_expr"),
}


_C90_NAMES = frozenset({"gnu89", "gnu90", "c89", "c90", "iso9899:1990", "iso9899:199409"})


def keywords_for(flags: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """The keywords that gcc knows under `-std=` or `-ansi`, each with its token kind and its plain spelling.

    `asm` and `typeof` are keywords of the GNU dialects only; `inline` came to ISO C, and `restrict` to both, with C99.
    """
    standard = "gnu17"
    for flag in flags:
        if flag == "-ansi":
            standard = "c90"
        elif flag.startswith("-std="):
            standard = flag.removeprefix("-std=")
    is_gnu = standard.startswith("gnu")
    is_c90 = standard in _C90_NAMES
    keywords = dict(_KEYWORDS)
    if is_gnu:
        keywords["asm"] = _KEYWORDS["__asm__"]
        keywords["typeof"] = _KEYWORDS["__typeof__"]
    if is_gnu or not is_c90:
        keywords["inline"] = _KEYWORDS["__inline__"]
    if not is_c90:
        keywords["restrict"] = _KEYWORDS["__restrict__"]
    return keywords


@dataclass(slots=True)
class PackState:
    """`#pragma pack` as gcc 12 reads it: the alignment in force from each token on, 0 for the natural one."""

    starts: list[int]
    alignments: list[int]
    stack: list[tuple[str | None, int]]

    def at(self, token_index: int) -> int:
        """The cap in force where the token with this index stands."""
        return self.alignments[bisect.bisect_right(self.starts, token_index) - 1]

    def apply(self, text: str, token_index: int) -> bool:
        """Carry out `pack` + `text`; False if gcc would ignore the pragma as malformed.

        Forms: `()`, `(n)`, `(push[, id][, n])`, `(pop[, id])`; n is 0, 1, 2, 4, 8 or 16.
        """
        match = re.fullmatch(r"\s*\(([^()]*)\)\s*", text)
        if match is None:
            return False
        words = [word.strip() for word in match.group(1).split(",")]
        current = self.alignments[-1]
        action = words[0]
        names = [word for word in words[1:] if word and not word[0].isdigit()]
        numbers = [word for word in words if word and word[0].isdigit()]
        if any(number not in ("0", "1", "2", "4", "8", "16") for number in numbers):
            return False
        if action == "push":
            self.stack.append((names[0] if names else None, current))
            if numbers:
                current = int(numbers[0])
        elif action == "pop":
            current = self._popped(names[0] if names else None, current)
        elif action == "" or action.isdigit():
            current = int(action or 0)
        else:
            return False
        self.starts.append(token_index)
        self.alignments.append(current)
        return True

    def _popped(self, name: str | None, current: int) -> int:
        """Undo the last push, or the last one named `name`; without such a push gcc warns and changes nothing."""
        if name is not None and not any(entry[0] == name for entry in self.stack):
            return current
        while self.stack:
            entry_name, alignment = self.stack.pop()
            if name is None or entry_name == name:
                return alignment
        return current


@dataclass(frozen=True, slots=True)
class Pragma:
    """A pragma other than pack, as written after `#pragma`."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class TokenList:
    """The tokens of a unit, closed by one of kind None, and the pragmas that were between them.

    files are those that line markers name; system_files the ones among them that gcc calls system headers.
    """

    tokens: list[Token]
    pack: PackState
    pragmas: list[Pragma]
    files: frozenset[str]
    system_files: frozenset[str]


_MARKER = re.compile(r'#(?:line)?[ \t]+([0-9]+)(?:[ \t]+"((?:[^"\\]|\\.)*)"([ \t0-9]*))?\s*$')
_ESCAPED = re.compile(r"\\(?:([0-7]{3})|(.))")


def unescape_filename(text: str) -> str:
    """The file name that a line marker spells: octal escapes and backslashes undone."""
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)) if match[1] else match[2], text)


class _Lexer:
    """State of one run over a text: the place, and what was found."""

    def __init__(self, filename: str, keywords: Mapping[str, tuple[str, str]], display: Callable[[str], str]) -> None:
        self.display = display
        self.filename = display(filename)
        self.line = 1
        self.keywords = keywords
        self.tokens: list[Token] = []
        self.pack = PackState([0], [0], [])
        self.pragmas: list[Pragma] = []
        self.files: set[str] = set()
        self.system_files: set[str] = set()

    def read(self, text: str) -> None:
        """Take every line of `text`."""
        for line in text.split("\n"):
            stripped = line.lstrip(" \t")
            if stripped.startswith(("#", "%:")):
                self._read_directive(stripped.replace("%:", "#", 1) if stripped[0] == "%" else stripped)
            else:
                if stripped:
                    self._read_line(line)
                self.line += 1
        self.tokens.append(Token(None, "end of file", self.line, 1, self.filename))

    def _read_directive(self, line: str) -> None:
        """A line marker sets the number of the next line; a pragma is a line by itself."""
        marker = _MARKER.match(line)
        if marker is not None:
            self.line = int(marker[1])
            if marker[2] is not None:
                self.filename = self.display(unescape_filename(marker[2]))
                self.files.add(self.filename)
                # Entering a system header; elsewhere gcc has a 3 where a macro of such a header is expanded, too.
                if {"1", "3"} <= set((marker[3] or "").split()):
                    self.system_files.add(self.filename)
            return
        words = line[1:].split(None, 1)
        if words and words[0] == "pragma":
            self._read_pragma(words[1] if len(words) > 1 else "")
        elif words and words[0] not in ("ident", "sccs", "assert", "unassert"):
            raise CompileError(
                error(Code.SYNTAX, f"a directive is left after preprocessing: {line.strip()}", self._span(1))
            )
        self.line += 1

    def _read_pragma(self, text: str) -> None:
        """Pack pragmas act on structs that close later; the others are kept for a diagnostic."""
        if re.match(r"pack\b", text) and self.pack.apply(text[4:], len(self.tokens)):
            return
        self.pragmas.append(Pragma(text.strip(), self._span(1)))

    def _read_line(self, text: str) -> None:
        """Append the tokens of one line."""
        filename, line, keywords, append = self.filename, self.line, self.keywords, self.tokens.append
        for match in _TOKEN.finditer(text):
            kind = match.lastindex
            if kind is None:
                continue
            value = match[kind]
            column = match.start(kind) + 1
            if kind == _NAME:
                keyword = keywords.get(value)
                if keyword is None:
                    if "\\" in value:
                        value = _UNIVERSAL.sub(lambda name: chr(int(name[1] or name[2], 16)), value)
                    append(Token("ID", value, line, column, filename))
                elif value != "__extension__":
                    append(Token(keyword[0], keyword[1], line, column, filename))
            elif kind == _PUNCTUATOR:
                value = _DIGRAPHS.get(value, value)
                append(Token(_PUNCTUATORS[value], value, line, column, filename))
            elif kind == _NUMBER:
                append(Token(_number_kind(value), value, line, column, filename))
            elif kind == _STRING:
                append(Token("STRING_LITERAL", value, line, column, filename))
            elif kind == _CHAR:
                append(Token("CHAR_CONST", value, line, column, filename))
            else:
                raise CompileError(error(Code.SYNTAX, f"stray {value!r} in the program", self._span(column)))

    def _span(self, column: int) -> Span:
        return Span(self.filename, self.line, column)


def _number_kind(text: str) -> str:
    """Whether a preprocessing number is meant as a floating constant (C11 6.4.4.2)."""
    if text[:2] in ("0x", "0X"):
        return "FLOAT_CONST" if "p" in text or "P" in text or "." in text else "INT_CONST_DEC"
    if text[:2] in ("0b", "0B"):
        return "INT_CONST_DEC"
    return "FLOAT_CONST" if "." in text or "e" in text or "E" in text else "INT_CONST_DEC"


def tokenise(
    text: str,
    filename: str,
    keywords: Mapping[str, tuple[str, str]],
    display: Callable[[str], str] = lambda filename: filename,
) -> TokenList:
    """All tokens of preprocessed `text`; `display` turns a line marker's file name into the one that spans give.

    Raises CompileError at a character that no token starts with.
    """
    lexer = _Lexer(filename, keywords, functools.cache(display))
    lexer.read(text)
    return TokenList(lexer.tokens, lexer.pack, lexer.pragmas, frozenset(lexer.files), frozenset(lexer.system_files))
