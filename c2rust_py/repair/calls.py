"""The functions that an answer names: none that its C does not call, and each call of the C that can be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from c2rust_py.repair.access import REQUIRED, SPOKEN, Access, families
from c2rust_py.repair.answers import Candidate, Refused
from c2rust_py.repair.bindings import is_variable
from c2rust_py.repair.live_code import LiveCode
from c2rust_py.repair.rust_syntax import Token, follows_colons, is_member, node_text, token_text, walk_tree

_CONSTANT = "_FN"
"""Behind the name of a function, in upper case, it is the function's number for dispatchers."""


def check_calls(candidate: Candidate, access: Access) -> None:
    """Raises Refused."""
    tokens = candidate.tokens
    leaves = list(_leaves(candidate))
    others = access.functions - access.called - {access.own}
    constants = {f"{name.upper()}{_CONSTANT}": name for name in sorted(others)}
    for index, leaf in leaves:
        text = tokens[index].text
        if text in constants:
            raise Refused("call", f"`{text}` stands for `{constants[text]}`, a function that the C does not name here")
        if text == "function" and follows_colons(tokens, index) and token_text(tokens, index + 1) == "(" and text not in access.functions:
            raise Refused("call", "the number of a function is not made")
        if text in others and _is_function(tokens, index, leaf):
            raise Refused("call", f"`{text}` is a function that the C does not call here")
    _check_required(candidate, access, leaves)


def _check_required(candidate: Candidate, access: Access, leaves: Sequence[tuple[int, Node]]) -> None:
    """Raises Refused where the body does not come to something that the C does and that can be seen."""
    imported = dict(_imports(candidate.block))
    wanted = access.required | {word for word, family in families().items() if family in REQUIRED}
    uses = ((_used(candidate.tokens, index, leaf), leaf) for index, leaf in leaves)
    named = [(imported.get(name, name), leaf) for name, leaf in uses if name is not None and imported.get(name, name) in wanted]
    live = LiveCode(candidate.block)
    used = {name for name, leaf in named if live.is_used(leaf) and live.reaches(leaf)}
    for name in sorted(access.required - used):
        how = "has it where nothing comes to" if any(name == other for other, _ in named) else "does not"
        raise Refused("removed call", f"the C calls `{name}`, which does something that can be seen; the answer {how}")
    reached = {families().get(word) for word in used}
    for family in sorted(access.required_families - reached):
        how = "has that where nothing comes to" if any(families().get(name) == family for name, _ in named) else "does not"
        raise Refused("removed call", f"the C reaches {SPOKEN[family]}; the answer {how}")


def _imports(block: Node) -> Iterator[tuple[str, str]]:
    """Other names that the body gives to what it imports, with those that it has."""
    for node in walk_tree(block):
        if node.type == "use_as_clause":
            path, alias = node.child_by_field_name("path"), node.child_by_field_name("alias")
            if path is not None and alias is not None:
                yield node_text(alias), node_text(path).split("::")[-1]


def _leaves(candidate: Candidate) -> Iterator[tuple[int, Node]]:
    """The names of a body, by their tokens' indices, each with its place in the tree."""
    block = candidate.block
    text = node_text(block)
    start = candidate.tokens[0].start
    for index, token in enumerate(candidate.tokens):
        if token.kind == "name":
            at = block.start_byte + len(text[: token.start - start].encode())
            leaf = block.descendant_for_byte_range(at, at + len(token.text))
            if leaf is not None:
                yield index, leaf


def _is_function(tokens: Sequence[Token], index: int, leaf: Node) -> bool:
    """Whether a name is the function's, not a variable's or a member's."""
    if follows_colons(tokens, index) or (token_text(tokens, index + 1) == "(" and not is_member(tokens, index)):
        return True
    return not _is_field(tokens, index) and not is_variable(leaf)


def _is_field(tokens: Sequence[Token], index: int) -> bool:
    """`x.name`, and `name: …` in structs and in parameters."""
    return is_member(tokens, index) or (token_text(tokens, index + 1) == ":" and token_text(tokens, index + 2) != ":")


def _used(tokens: Sequence[Token], index: int, leaf: Node) -> str | None:
    """The function or the macro, with its `!`, that something is done with here."""
    text = tokens[index].text
    if token_text(tokens, index + 1) == "!":
        return f"{text}!"
    if _is_field(tokens, index) or (is_variable(leaf) and not follows_colons(tokens, index)) or _is_idle(leaf):
        return None
    return text


def _is_idle(leaf: Node) -> bool:
    """Whether a function is named and nothing is done with it: in an import, as a statement, or as a value that is dropped."""
    node = leaf
    while node.parent is not None and node.parent.type == "scoped_identifier":
        node = node.parent
    owner = node.parent
    if owner is None or owner.type in ("expression_statement", "function_item", "function_signature_item"):
        return True
    if owner.type == "let_declaration":
        pattern = owner.child_by_field_name("pattern")
        return pattern is not None and node_text(pattern).startswith("_")
    while owner is not None and owner.type != "block":
        if owner.type == "use_declaration":
            return True
        owner = owner.parent
    return False
