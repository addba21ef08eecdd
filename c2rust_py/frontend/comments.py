"""The comments that document a declaration, read from the raw file, since the preprocessor drops them.

tree-sitter parses the file as it is, unexpanded and with errors where macros confuse it; comments survive that. A
comment belongs to the declaration that begins on the next line, or to the one that ends on its own line:

    /* How many. */                     struct point {
    static int count;                       int x;   /* to the right */
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tree_sitter_c
from tree_sitter import Language, Node, Parser

_DECLARATIONS = frozenset(
    {
        "declaration", "function_definition", "type_definition", "field_declaration", "enumerator", "preproc_def",
        "preproc_function_def", "struct_specifier", "union_specifier", "enum_specifier", "expression_statement",
    }
)  # fmt: skip
_MACROS = frozenset({"preproc_def", "preproc_function_def"})
_BODIES = frozenset({"compound_statement", "field_declaration_list", "enumerator_list", "initializer_list"})


@dataclass(frozen=True, slots=True)
class FileComments:
    """One file's: `docs` by each line of a declaration's head; `head` is the comment that the file begins with."""

    docs: Mapping[int, str] = field(default_factory=dict)
    head: str | None = None


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments of the files that a unit is made of, by the names that spans give them."""

    files: Mapping[str, FileComments] = field(default_factory=dict)

    def doc_for(self, file: str, line: int) -> str | None:
        """The text, without comment markers, that documents the declaration whose name stands on this line."""
        comments = self.files.get(file)
        return comments.docs.get(line) if comments is not None else None

    def head_of(self, file: str) -> str | None:
        """The text of the comment at the very top of the file, often its licence."""
        comments = self.files.get(file)
        return comments.head if comments is not None else None


@functools.cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_c.language()))


def read_comments(path: Path) -> FileComments:
    """The comments of one file; none if it cannot be read."""
    try:
        source = path.read_bytes()
    except OSError:
        return FileComments()
    if b"/*" not in source and b"//" not in source:
        return FileComments()
    root = _parser().parse(source).root_node
    docs: dict[int, str] = {}
    blocks = list(_blocks(_comments_below(root)))
    for block in blocks:
        owner = _owner(block)
        text = _text(block) if owner is not None else ""
        if owner is not None and text:
            for line in range(owner.start_point[0] + 1, _head_end(owner) + 2):
                docs.setdefault(line, text)
    for line, text in _line_comments_of_macros(root):
        docs.setdefault(line, text)
    first = blocks[0] if blocks and blocks[0][0].prev_sibling is None and blocks[0][0].parent == root else None
    is_head = first is not None and (first[-1].next_named_sibling is None or _owner(first) is None)
    return FileComments(docs, _text(first) or None if is_head and first is not None else None)


def _comments_below(root: Node) -> Iterable[Node]:
    """All comment nodes in source order; an explicit stack, since trees can be deep."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == "comment":
            yield node
        pending.extend(reversed(node.children))


_LINE_COMMENT = re.compile(rb"""^[^"']*?//[/!]?<?[ \t]*(.*)$""")


def _line_comments_of_macros(root: Node) -> Iterable[tuple[int, str]]:
    """`#define N 1 // text` as (line, text): tree-sitter takes such a comment for a part of the body."""
    for node in root.children:
        body = node.child_by_field_name("value") if node.type in _MACROS else None
        match = _LINE_COMMENT.match(body.text or b"") if body is not None else None
        if match is not None and match[1].strip():
            yield node.start_point[0] + 1, match[1].decode("utf-8", "replace").strip()


def _blocks(comments: Iterable[Node]) -> Iterable[list[Node]]:
    """Runs of comments on consecutive lines with nothing between them are one block."""
    block: list[Node] = []
    for comment in comments:
        follows = bool(block) and comment.start_point[0] == block[-1].end_point[0] + 1
        if follows and comment.prev_sibling == block[-1] and not _stands_behind_code(block[0]):
            block.append(comment)
            continue
        if block:
            yield block
        block = [comment]
    if block:
        yield block


def _stands_behind_code(comment: Node) -> bool:
    before = comment.prev_sibling
    return before is not None and before.end_point[0] == comment.start_point[0] and before.end_point[1] > 0


def _owner(block: list[Node]) -> Node | None:
    """The declaration that the block documents, or None."""
    if _stands_behind_code(block[0]):
        line = block[0].start_point[0]
        before = block[0].prev_sibling
        while before is not None and before.end_point[0] == line:
            if before.type in _DECLARATIONS:
                return before
            before = before.prev_sibling
        parent = block[0].parent
        return parent if parent is not None and parent.type in _MACROS else None
    after = block[-1].next_sibling
    if after is None or after.start_point[0] > block[-1].end_point[0] + 1:
        return None
    if after.type in ("linkage_specification", "ERROR") and after.children:
        after = after.children[0]
    return after if after.type in _DECLARATIONS else None


def _head_end(node: Node) -> int:
    """The last line (from 0) of a declaration before its body; nested declarations have comments of their own."""
    pending = list(node.children)
    while pending:
        child = pending.pop(0)
        if child.type in _BODIES:
            return child.start_point[0]
        pending[:0] = [grandchild for grandchild in child.children if grandchild.end_point[0] != child.start_point[0]]
    end_row, end_column = node.end_point
    return end_row - 1 if end_column == 0 and end_row > node.start_point[0] else end_row


_OPENER = re.compile(r"^(?:/\*[*!]?<?|//[/!]?<?)")
_DECORATION = re.compile(r"^[-=*#~_+/ \t]*$")


def _text(block: Iterable[Node]) -> str:
    """The words of a block of comments: markers, margins of stars and ruled lines taken off."""
    lines: list[str] = []
    for comment in block:
        raw = (comment.text or b"").decode("utf-8", "replace").replace("\r", "")
        inner = _OPENER.sub("", raw)
        inner = inner.removesuffix("*/") if raw.startswith("/*") else inner
        rows = inner.split("\n")
        has_margin = all(row.lstrip().startswith("*") for row in rows[1:] if row.strip())
        for number, row in enumerate(rows):
            stripped = row.strip() if number == 0 else row.expandtabs().rstrip()
            if number and has_margin:
                stripped = stripped.lstrip().removeprefix("*").removeprefix(" ")
            lines.append("" if _DECORATION.match(stripped) else stripped)
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line), default=0)
    return "\n".join(line.lstrip() if number == 0 else line[margin:] for number, line in enumerate(lines))
