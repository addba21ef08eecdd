"""The signatures of public functions in rustfmt-ed Rust source: what the runtime crate provides.

    pub fn memset<T: Pod>(s: &mut [T], c: i32, n: u64) {

    RustSignature("memset", "T: Pod", (("s", "&mut [T]"), ("c", "i32"), ("n", "u64")), "()")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RustSignature:
    """A function's name, the text in its angle brackets, its parameters' names and types, and its result."""

    name: str
    generics: str
    params: tuple[tuple[str, str], ...]
    result: str


def public_functions(text: str) -> Iterator[RustSignature]:
    """The top-level `pub fn`s of a module without comments; rustfmt starts these in column 0."""
    for match in re.finditer(r"^pub (?:const )?fn ([^{]*)\{", text, re.MULTILINE):
        yield _parse(" ".join(match[1].split()))


def strip_comments(text: str) -> str:
    """The text without line comments (rustfmt-ed code of ours has no block comments at top level)."""
    return re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


def closing_bracket(text: str, start: int) -> int:
    """The index of the bracket that closes the one at `start`; the `>` of an arrow closes nothing."""
    depth = 0
    for i in range(start, len(text)):
        if text[i] in "(<[":
            depth += 1
        elif text[i] in ")]" or (text[i] == ">" and text[i - 1] not in "-="):
            depth -= 1
            if depth == 0:
                return i
    raise ValueError(f"unbalanced brackets: {text}")


def split_commas(text: str) -> list[str]:
    """The parts between commas outside brackets; a trailing comma ends the last part."""
    parts: list[str] = []
    depth = 0
    start = 0
    for i, char in enumerate(text):
        if char in "(<[":
            depth += 1
        elif char in ")]" or (char == ">" and text[i - 1] not in "-="):
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def _parse(signature: str) -> RustSignature:
    """One `NAME<GENERICS>(PARAMS) -> RESULT where ..`, white space normalised."""
    head = re.match(r"(?:r#)?(\w+)", signature)
    if head is None:
        raise ValueError(f"not a function: {signature}")
    rest = signature[head.end() :]
    generics = ""
    if rest.startswith("<"):
        close = closing_bracket(rest, 0)
        generics, rest = rest[1:close], rest[close + 1 :]
    close = closing_bracket(rest, 0)
    params = tuple(map(_param, split_commas(rest[1:close])))
    result = rest[close + 1 :].split(" where ")[0].strip().removeprefix("->").strip()
    return RustSignature(head[1], generics, params, result or "()")


def _param(param: str) -> tuple[str, str]:
    """The name and the type of `mut name: Type`."""
    name, type = param.split(":", 1)
    return name.strip().removeprefix("mut "), type.strip()
