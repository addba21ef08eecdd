"""Macros that survive preprocessing as names: `#define LIMIT 64` reaches the tree as ID('LIMIT').

    int a[LIMIT];              int a[LIMIT];            and KeptMacro('LIMIT', '64', ...)
    puts(XSTR(LIMIT));   ->    puts("64");

A macro can be kept if its body is a literal, a literal with a sign, or a parenthesised constant expression, and if it
is never given another body or undefined. The definitions of those are blanked in the text with resolved
directives before the rest is expanded. That this changed nothing is not argued but verified, on every unit: kept
names replaced by their bodies must give exactly the tokens of plain `gcc -E`. A macro that breaks this (by being
stringised, pasted, or used where it was not yet defined) is expanded after all; if none can be blamed, all are.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pycparser import c_ast
from pycparser.c_lexer import Token

from c2rust_py.diagnostics import CompileError, Span
from c2rust_py.frontend.gnu_c.lexer import TokenList, tokenise, unescape_filename
from c2rust_py.frontend.gnu_c.parser import parse_constant
from c2rust_py.frontend.preprocess import INCLUDE_DIR, Preprocessor

_ROUNDS = 8
"""How often a unit is expanded again without the macros that were blamed before all of them are expanded."""

_LITERALS = frozenset({"INT_CONST_DEC", "FLOAT_CONST", "CHAR_CONST"})
_SIGNS = frozenset({"PLUS", "MINUS", "NOT"})
_EXPRESSION_TOKENS = _LITERALS | _SIGNS | frozenset(
    {
        "LPAREN", "RPAREN", "TIMES", "DIVIDE", "MOD", "AND", "OR", "XOR", "LNOT", "LSHIFT", "RSHIFT", "LT", "GT",
        "LE", "GE", "EQ", "NE", "LAND", "LOR", "CONDOP", "COLON", "SIZEOF", "CHAR", "SHORT", "INT", "LONG",
        "SIGNED", "UNSIGNED", "FLOAT", "DOUBLE",
    }
)  # fmt: skip
_POSTFIX_STARTS = frozenset({"LBRACKET", "LPAREN", "PERIOD", "ARROW", "PLUSPLUS", "MINUSMINUS"})


@dataclass(frozen=True, slots=True)
class KeptMacro:
    """A macro that stands in the tree as an identifier.

    name, body: as defined; `body` is one line.
    span: the line of its #define.
    doc: the comment that documents it, or None.
    expression: the body's tree, made of Constant, UnaryOp, BinaryOp, TernaryOp, Cast and ID, where an ID again names a
        kept macro; its type is the constant's type (C11 6.6).
    is_library: defined by a header of the C library, not by the project.
    """

    name: str
    body: str
    span: Span
    doc: str | None
    expression: c_ast.Node
    is_library: bool


@dataclass(frozen=True, slots=True)
class View:
    """What is parsed: tokens in which the names of `macros` stand unexpanded."""

    tokens: TokenList
    macros: tuple[KeptMacro, ...]


@dataclass(frozen=True, slots=True)
class _Definition:
    """One #define of an object-like macro in the text with resolved directives; `line` is the text's own line."""

    name: str
    body: str
    span: Span
    text_line: int


_DEFINE = re.compile(r"#define ([^\s(]+)(?: (.*))?$")
_UNDEF = re.compile(r"#undef (\S+)$")
_MARKER = re.compile(r'# ([0-9]+) "((?:[^"\\]|\\.)*)"')


def keep_macros(
    preprocessor: Preprocessor, resolved: str, plain: TokenList, keywords: Mapping[str, tuple[str, str]]
) -> View:
    """The view of a unit with as many macros kept as the verifier allows.

    `resolved` is the text with resolved directives, `plain` are the tokens of plain `gcc -E`.
    """
    unit = preprocessor.unit
    lines = resolved.split("\n")
    definitions = _definitions(lines, unit.display)
    kept = _constant_macros(definitions, keywords)
    for _ in range(_ROUNDS):
        if not kept:
            break
        blanked = _without_definitions(lines, definitions, kept)
        try:
            tokens = tokenise(preprocessor.expand_resolved(blanked), unit.path, keywords, unit.display)
        except CompileError:
            break
        blamed = _verify(tokens, plain, kept)
        if not blamed:
            return View(tokens, _used_macros(kept, definitions, tokens, keywords))
        if not blamed & kept.keys():
            break
        kept = _closed({name: body for name, body in kept.items() if name not in blamed})
    return View(plain, ())


def _definitions(lines: list[str], display: Any) -> dict[str, list[_Definition]]:
    """Every object-like definition by name; a name that is undefined somewhere is not in it."""
    definitions: dict[str, list[_Definition]] = {}
    spoilt: set[str] = set()
    file, line = "", 0
    for text_line, text in enumerate(lines):
        line += 1
        if not text.startswith("#"):
            continue
        if marker := _MARKER.match(text):
            file, line = display(unescape_filename(marker[2])), int(marker[1]) - 1
        elif define := _DEFINE.match(text):
            definition = _Definition(define[1], (define[2] or "").strip(), Span(file, line), text_line)
            definitions.setdefault(define[1], []).append(definition)
        elif removed := _UNDEF.match(text):
            spoilt.add(removed[1])
        elif text.startswith("#define "):
            # A function-like macro of this name takes part in the expansion of the others.
            spoilt.add(text[len("#define ") :].partition("(")[0])
    return {name: found for name, found in definitions.items() if name not in spoilt}


def _constant_macros(
    definitions: Mapping[str, list[_Definition]], keywords: Mapping[str, tuple[str, str]]
) -> dict[str, list[Token]]:
    """The macros with one body, defined in a file, whose body is a constant; with that body's tokens."""
    bodies: dict[str, list[Token]] = {}
    for name, found in definitions.items():
        first = found[0]
        if not first.body or first.span.file.endswith(">") or any(other.body != first.body for other in found):
            continue
        try:
            tokens = tokenise(first.body, first.span.file, keywords).tokens[:-1]
        except CompileError:
            continue
        if _is_constant(tokens):
            bodies[name] = tokens
    return _closed(bodies)


def _is_constant(tokens: list[Token]) -> bool:
    """A literal, a signed literal, or one parenthesis around nothing but constants, operators and names."""
    kinds = [token.type for token in tokens]
    if len(kinds) == 1:
        return kinds[0] in _LITERALS
    if len(kinds) == 2:
        return kinds[0] in _SIGNS and kinds[1] in _LITERALS
    if not kinds or kinds[0] != "LPAREN" or any(kind != "ID" and kind not in _EXPRESSION_TOKENS for kind in kinds):
        return False
    depth = 0
    for position, kind in enumerate(kinds):
        depth += (kind == "LPAREN") - (kind == "RPAREN")
        if depth == 0:
            return position == len(kinds) - 1
    return False


def _closed(bodies: dict[str, list[Token]]) -> dict[str, list[Token]]:
    """The greatest subset in which every name in a body is itself kept; recursive definitions fall out too."""
    state: dict[str, bool] = {}

    def is_kept(name: str) -> bool:
        if name not in state:
            state[name] = False
            state[name] = name in bodies and all(is_kept(token.value) for token in bodies[name] if token.type == "ID")
        return state[name]

    return {name: tokens for name, tokens in bodies.items() if is_kept(name)}


def _without_definitions(lines: list[str], definitions: Mapping[str, list[_Definition]], names: Iterable[str]) -> str:
    """The text with these macros' definitions blanked, so that every line keeps its number."""
    remaining = lines.copy()
    for name in names:
        for definition in definitions[name]:
            remaining[definition.text_line] = ""
    return "\n".join(remaining)


def _verify(view: TokenList, plain: TokenList, kept: Mapping[str, list[Token]]) -> set[str]:
    """Empty if the view means what plain expansion means; else the macros to blame, or {""} if none can be named."""
    bodies = {name: _expansion(name, kept) for name in kept}
    found: list[str] = []
    for token, following in itertools.pairwise(view.tokens):
        body = bodies.get(token.value) if token.type == "ID" else None
        if body is None:
            found.append(token.value)
        elif len(body) == 2 and following.type in _POSTFIX_STARTS:
            # `-1[a]` is not `(-1)[a]`.
            return {token.value}
        else:
            found += body
    if found != [token.value for token in plain.tokens[:-1]]:
        return _blame(view, plain, bodies) or {""}
    same_pragmas = [pragma.text for pragma in view.pragmas] == [pragma.text for pragma in plain.pragmas]
    return set() if same_pragmas and view.pack.alignments == plain.pack.alignments else {""}


def _blame(view: TokenList, plain: TokenList, bodies: Mapping[str, list[str]]) -> set[str]:
    """Walk both token lists side by side and name the macros where they part.

    A token that differs is a kept name where plain expansion has none (used before its definition), or one that a kept
    name was stringised or pasted into; then both lists go on after it. Where that finds no name, the walk ends.
    """
    blamed: set[str] = set()
    expected = [token.value for token in plain.tokens]
    at = 0
    for token in view.tokens:
        body = bodies.get(token.value, [token.value]) if token.type == "ID" else [token.value]
        if body == expected[at : at + len(body)]:
            at += len(body)
            continue
        culprits = {name for name in bodies if name in token.value}
        if not culprits:
            return blamed
        blamed |= culprits
        at += 1
    return blamed


def _expansion(name: str, kept: Mapping[str, list[Token]]) -> list[str]:
    """The spellings that `name` stands for, kept names in its body expanded."""
    spellings: list[str] = []
    for token in kept[name]:
        spellings += _expansion(token.value, kept) if token.type == "ID" else [token.value]
    return spellings


def _used_macros(
    kept: Mapping[str, list[Token]],
    definitions: Mapping[str, list[_Definition]],
    tokens: TokenList,
    keywords: Mapping[str, tuple[str, str]],
) -> tuple[KeptMacro, ...]:
    """All kept macros of the project, and those of library headers that the unit uses, in order of definition."""
    wanted = {token.value for token in tokens.tokens if token.type == "ID"}
    own = [name for name in kept if not _is_library(definitions[name][0].span.file, tokens)]
    pending = [*own, *(name for name in kept if name in wanted)]
    included: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in included:
            included.add(name)
            pending += [token.value for token in kept[name] if token.type == "ID"]
    macros = []
    for name in kept:
        if name not in included:
            continue
        definition = definitions[name][0]
        is_library = _is_library(definition.span.file, tokens)
        expression = parse_constant(definition.body, definition.span.file, keywords, definition.span.line)
        macros.append(KeptMacro(name, definition.body, definition.span, None, expression, is_library))
    return tuple(macros)


def _is_library(file: str, tokens: TokenList) -> bool:
    return file in tokens.system_files or file.startswith(str(INCLUDE_DIR))
