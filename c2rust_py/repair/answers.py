"""The first gate: an answer is one function in Rust, with the signature that was given.

    Here it is:                       Body("x.swap_bytes()")
    ```rust
    fn swap(x: u32) -> u32 {    ->
        x.swap_bytes()
    }
    ```

Only the text between the braces goes on; the header in the crate is ours, so nothing around it can change.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from c2rust_py.emit.accepted import Body
from c2rust_py.repair.rust_syntax import Token, UnreadableRust, node_text, parse_rust

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w.+-]*)[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)
_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL)
"""What some models write before they answer."""
_RUST = frozenset({"", "rust", "rs"})
_COMMENTS = frozenset({"line_comment", "block_comment"})


class Refused(Exception):
    """A gate's refusal: `name` is a word that reports count by, `reason` a sentence that goes back to the model, and `values` what
    the function's variables held where it does something else than the C."""

    def __init__(self, name: str, reason: str, values: str = "") -> None:
        super().__init__(name, reason, values)
        self.name = name
        self.reason = reason
        self.values = values

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


class Differs(Refused):
    """A body does something else than the C; `case` is where, or None for an input of the function comparison."""

    def __init__(self, reason: str, values: str, case: tuple[str, int] | None) -> None:
        super().__init__("compare", reason, values)
        self.case = case


class Contested(Refused):
    """A body differs from the C together with others, of none of which it is known whether they are right."""

    def __init__(self, reason: str, values: str) -> None:
        super().__init__("contested", reason, values)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function that was read: its body as it goes on, the tree of its block, the tokens of the block, and its signature."""

    body: Body
    block: Node
    tokens: tuple[Token, ...]
    header: str


def read_answer(content: str, header: str, asks: Callable[[str], str] | None = None) -> Candidate:
    """The function in a model's answer. `header` is the signature on one line; `asks` gives for another one what the signature is
    then, or refuses it. Raises Refused."""
    text = _code(content)
    try:
        tree, tokens = parse_rust(text)
    except UnreadableRust as problem:
        raise Refused("syntax", f"the answer is not read as Rust: {problem}") from None
    function = _only_function(tree.root_node)
    block = function.child_by_field_name("body")
    if block is None:
        raise Refused("syntax", "the function has no body")
    answered, mutable = _answered_header(text, tokens, block)
    if _words(header) != _words(answered) and asks is not None:
        header = asks(answered)
    if _words(header) != _words(answered):
        raise Refused("signature", f"the signature is `{answered}`, and has to be `{header}`")
    start, end = block.start_byte, block.end_byte
    data = text.encode()
    body = data[start + 1 : end - 1].decode().strip()
    offset = len(data[:start].decode())
    return Candidate(Body(body, mutable), block, tuple(token for token in tokens if token.start >= offset), header)


def read_body(body: Body, header: str) -> Candidate:
    """A body as if a model had answered it, for bodies that are kept from former runs. Raises Refused."""
    for name in body.mutable:
        header = re.sub(rf"([(,] ?){re.escape(name)}:", rf"\1mut {name}:", header)
    return read_answer(f"{header} {{\n{body.text}\n}}\n", re.sub(r"\bmut (?=\w+:)", "", header))


def code_of(content: str) -> str:
    """What tells one answer from another: its Rust without comments, white space and what stands around it."""
    try:
        _, tokens = parse_rust(_code(content))
    except (UnreadableRust, Refused):
        return "".join(content.split())
    return " ".join(token.text for token in tokens)


def _code(content: str) -> str:
    """The Rust in an answer: its one block of code, or all of it where there are no blocks."""
    content = _THOUGHTS.sub("\n", content.replace("\r\n", "\n"))
    blocks = _FENCE.findall(content)
    if not blocks:
        if "```" in content or "~~~" in content:
            raise Refused("truncated", "the block of code does not end")
        if not re.search(r"\bfn\b", content):
            raise Refused("prose", "the answer has no Rust in it")
        return content
    for _, language, text in blocks:
        if language.lower().endswith(("toml", "ini")) or re.search(r"^[ \t]*\[[^\]\n]*dependencies[.\]]", text, re.MULTILINE):
            raise Refused("dependencies", "the answer changes the manifest; nothing but the function can change")
        if "build.rs" in language.lower() or re.match(r"\s*//[^\n]*\bbuild\.rs\b", text) or re.search(r'"cargo::?[a-z]', text):
            raise Refused("build script", "the answer has a build script; nothing but the function can change")
    rust = [text for _, language, text in blocks if language.lower() in _RUST]
    if len(rust) != 1:
        raise Refused("shape", f"the answer has {len(rust)} blocks of Rust; one with the function alone is wanted")
    return str(rust[0])


def _only_function(root: Node) -> Node:
    items = [node for node in root.named_children if node.type not in _COMMENTS]
    for node in items:
        if node.type in ("attribute_item", "inner_attribute_item"):
            raise Refused("attribute", f"`{node_text(node)}` stands before the function; attributes are not taken")
    functions = [node for node in items if node.type == "function_item"]
    if len(items) != 1 or len(functions) != 1:
        said = ", ".join(node.type.replace("_", " ") for node in items if node not in functions)
        reason = f"it also has {said}" if said else f"it has {len(functions)} functions"
        raise Refused("shape", f"the answer is one function, what it needs inside of its body; {reason}")
    return functions[0]


def _answered_header(text: str, tokens: tuple[Token, ...], block: Node) -> tuple[str, tuple[str, ...]]:
    """The signature of an answer on one line, and the parameters that are `mut`."""
    offset = len(text.encode()[: block.start_byte].decode())
    head = [token for token in tokens if token.start < offset]
    given = [token.text for token in head]
    for word in ("unsafe", "extern"):
        if word in given:
            raise Refused(word, f"the function is declared `{word}`")
    mutable: list[str] = []
    parts: list[str] = []
    for index, token in enumerate(head):
        if token.text == "mut" and index + 2 < len(given) and given[index + 2] == ":" and given[index - 1] in ("(", ","):
            mutable.append(given[index + 1])
            continue
        spaced = index > 0 and token.start > head[index - 1].start + len(head[index - 1].text)
        parts.append(f" {token.text}" if spaced and parts else token.text)
    return "".join(parts), tuple(mutable)


def _words(header: str) -> list[str]:
    """The tokens of a signature as they are compared."""
    _, tokens = parse_rust(f"{header} {{}}")
    return _normal([token.text for token in tokens[:-2]])


def _normal(words: list[str]) -> list[str]:
    """A header without visibility and without a comma behind the last parameter."""
    if words and words[0] == "pub":
        close = words.index(")") if words[1:2] == ["("] and ")" in words else 0
        words = words[close + 1 :]
    if words[-2:] == ["(", ")"] and "-" in words and words[-4:-2] == ["-", ">"]:
        words = words[:-4]
    return [word for index, word in enumerate(words) if not (word == "," and words[index + 1 : index + 2] == [")"])]
