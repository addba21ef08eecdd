"""The C of a function as its author wrote it, with the macros that it uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tree_sitter_c
from tree_sitter import Language, Node, Parser

from c2rust_py.frontend.preprocess import run_compiler
from c2rust_py.frontend.units import Unit

_DEFINE = re.compile(r"^#define (\w+)(\([^)]*\))?(?: (.*))?$")
_LINE = re.compile(r'^# \d+ "([^"]*)"')
_WORD = re.compile(r"[A-Za-z_]\w*")
_SYSTEM = ("/usr/", "<")


@dataclass(frozen=True, slots=True)
class CSource:
    """The text of a function, the definitions of the project's macros in it, and all identifiers of both."""

    text: str
    macros: tuple[str, ...]
    words: frozenset[str]


def read_function(unit: Unit, file: str, line: int) -> CSource:
    """The function whose name stands on a line of a file, which spans name as `file`."""
    path = unit.file if unit.name == file else _find(unit, file)
    data = path.read_bytes()
    node = _function_at(_parser().parse(data).root_node, line - 1)
    text = data[node.start_byte : node.end_byte].decode(errors="replace") if node is not None else _lines(data, line)
    words = set(_identifiers(text))
    macros: dict[str, str] = {}
    known = _macros(unit)
    waiting = sorted(words)
    while waiting:
        word = waiting.pop()
        if word in known and word not in macros:
            macros[word] = known[word]
            waiting.extend(_identifiers(known[word]))
    words |= {word for definition in macros.values() for word in _identifiers(definition)}
    return CSource(text, tuple(macros[name] for name in sorted(macros)), frozenset(words))


def _find(unit: Unit, file: str) -> Path:
    """A header, by the name that spans give it."""
    candidate = unit.root / file
    return candidate if candidate.is_file() else unit.file


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_c.language()))


def _function_at(root: Node, row: int) -> Node | None:
    """The innermost function definition on whose head the row is."""
    found: Node | None = None
    pending = [root]
    while pending:
        node = pending.pop()
        if not node.start_point[0] <= row <= node.end_point[0]:
            continue
        body = node.child_by_field_name("body") if node.type == "function_definition" else None
        if body is not None and row <= body.start_point[0]:
            found = node
        pending.extend(node.children)
    return found


def _lines(data: bytes, line: int) -> str:
    """From a line to the brace in the first column: where macros keep tree-sitter from seeing a function."""
    lines = data.decode(errors="replace").splitlines()[line - 1 :]
    end = next((number for number, text in enumerate(lines) if text.startswith("}")), len(lines) - 1)
    return "\n".join(lines[: end + 1])


def _identifiers(text: str) -> list[str]:
    """The identifiers outside of comments and literals."""
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return _WORD.findall(re.sub(pattern, " ", text, flags=re.DOTALL))


@cache
def _macros(unit: Unit) -> dict[str, str]:
    """The macros that the project's files define, as `#define` lines, by name."""
    done = run_compiler(unit, [*unit.flags, "-E", "-dD", unit.path])
    found: dict[str, str] = {}
    file = ""
    for line in done.stdout.splitlines():
        if match := _LINE.match(line):
            file = match[1]
        elif (match := _DEFINE.match(line)) and file and not file.startswith(_SYSTEM):
            found[match[1]] = line
    return found
