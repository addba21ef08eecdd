"""Rust text as tokens, and as tree-sitter's tree, where both see the same tokens.

A gate that looks for words must see the words that rustc sees. tree-sitter is no rustc: where it takes for a comment what
rustc compiles, a gate on its tree alone is blind. So a text is read twice, by tree-sitter and by a lexer with the rules of
the Rust reference (chapter 2), and one that the two read differently is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import tree_sitter_rust
from tree_sitter import Language, Node, Parser, Tree

_SPACE = re.compile(r"[ \t\r\n]+")
_LINE_COMMENT = re.compile(r"//[^\n]*")
_STRING = re.compile(r'(?:b|c)?"(?:\\[^\r]|[^"\\\r])*"', re.DOTALL)
_RAW_START = re.compile(r'(?:b|c)?r(#*)"')
_CHAR = re.compile(r"b?'(?:\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]{1,8}\}|.)|[^'\\\n\r\t])'")
_LIFETIME = re.compile(r"'[A-Za-z_]\w*(?!')", re.ASCII)
_RAW_NAME = re.compile(r"r#[A-Za-z_]\w*", re.ASCII)
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_NUMBER = re.compile(r"[0-9](?:[eE][+-][0-9]|\.(?=[0-9])|\w)*(?:\.(?![\w.]))?", re.ASCII)
_PUNCTUATION = re.compile(r"[-+*/%^!&|=<>@.,;:#$?~(){}\[\]]")

_LITERALS = frozenset({"string_literal", "raw_string_literal", "char_literal"})
_COMMENTS = frozenset({"line_comment", "block_comment"})


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is `name`, `raw name`, `lifetime`, `number`, `literal` or `punctuation` (one character)."""

    kind: str
    text: str
    start: int


class UnreadableRust(Exception):
    """The text is no Rust, or not read by all readers in the same way; says where."""


def parse_rust(text: str) -> tuple[Tree, tuple[Token, ...]]:
    """The tree and the tokens of some items. Raises UnreadableRust."""
    tokens = tuple(_tokens(text))
    tree = _parser().parse(text.encode())
    broken = next(_broken(tree.root_node), None)
    if broken is not None:
        raise UnreadableRust(f"line {broken.start_point[0] + 1}: it does not parse")
    seen = list(_leaf_texts(tree.root_node))
    ours = "\n".join(token.text for token in tokens)
    if _unspaced("\n".join(seen)) != _unspaced(ours):
        raise UnreadableRust("its tokens can be read in more than one way")
    return tree, tokens


def token_text(tokens: Sequence[Token], index: int) -> str:
    """The text of a token, empty where there is none."""
    return tokens[index].text if 0 <= index < len(tokens) else ""


def is_member(tokens: Sequence[Token], index: int) -> bool:
    """Whether a name stands behind the dot of a field or a method, which the two of a range are not."""
    return token_text(tokens, index - 1) == "." and token_text(tokens, index - 2) != "."


def follows_colons(tokens: Sequence[Token], index: int) -> bool:
    return token_text(tokens, index - 1) == ":" and token_text(tokens, index - 2) == ":"


def node_text(node: Node) -> str:
    return (node.text or b"").decode()


def walk_tree(node: Node) -> Iterator[Node]:
    """The node and all below it, in preorder."""
    pending = [node]
    while pending:
        top = pending.pop()
        yield top
        pending.extend(reversed(top.children))


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_rust.language()))


def _unspaced(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _broken(root: Node) -> Iterator[Node]:
    return (node for node in walk_tree(root) if node.is_error or node.is_missing) if root.has_error else iter(())


def _leaf_texts(root: Node) -> Iterator[str]:
    """What tree-sitter takes for tokens; a literal is one, whatever it has below it."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type in _COMMENTS:
            continue
        if node.type in _LITERALS or not node.children:
            yield node_text(node)
        else:
            pending.extend(reversed(node.children))


def _tokens(text: str) -> Iterator[Token]:
    """The tokens without comments."""
    position = 0
    while position < len(text):
        skipped = _skipped(text, position)
        if skipped > position:
            position = skipped
            continue
        token = _token(text, position)
        if token is None:
            line = text.count("\n", 0, position) + 1
            raise UnreadableRust(f"line {line}: {text[position]!r} starts no token")
        yield token
        position += len(token.text)


def _skipped(text: str, position: int) -> int:
    """The end of the white space or comment at a position."""
    for pattern in (_SPACE, _LINE_COMMENT):
        if match := pattern.match(text, position):
            return match.end()
    if not text.startswith("/*", position):
        return position
    depth, end = 0, position
    while True:
        bracket = re.compile(r"/\*|\*/").search(text, end)
        if bracket is None:
            raise UnreadableRust("a comment does not end")
        depth += 1 if bracket.group() == "/*" else -1
        end = bracket.end()
        if depth == 0:
            return end


def _token(text: str, position: int) -> Token | None:
    raw = _RAW_START.match(text, position)
    if raw is not None:
        end = text.find(f'"{raw[1]}', raw.end())
        if end < 0:
            raise UnreadableRust("a string does not end")
        return Token("literal", text[position : end + 1 + len(raw[1])], position)
    for kind, pattern in (
        ("literal", _STRING), ("literal", _CHAR), ("lifetime", _LIFETIME), ("raw name", _RAW_NAME), ("name", _NAME),
        ("number", _NUMBER), ("punctuation", _PUNCTUATION),
    ):  # fmt: skip
        if match := pattern.match(text, position):
            return Token(kind, match.group(), position)
    return None
