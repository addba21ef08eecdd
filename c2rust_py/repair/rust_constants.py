"""What a condition in a body always is, as far as its text says so.

    if !true || 1 == 2 { … }    const NO: bool = false; if NO { … }    while let Some(x) = None { … }    ->    False

What needs types, values of other modules or calls is unknown.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from c2rust_py.repair.rust_syntax import node_text, walk_tree

Constant = bool | int

_NUMBER = re.compile(r"(0[xob])?([0-9a-fA-F_]+?)(?:_?[iu](?:8|16|32|64|128|size))?")
_BASES = {"0x": 16, "0o": 8, "0b": 2, None: 10}
_COMPARED: Mapping[str, Callable[[Constant, Constant], Constant]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "&": operator.and_, "|": operator.or_, "^": operator.xor, "+": operator.add, "-": operator.sub, "*": operator.mul,
}  # fmt: skip
_PATTERN_OWNERS = frozenset({"let_declaration", "let_condition", "for_expression", "parameter"})


@dataclass(slots=True)
class Constants:
    """Of one function's body; names are looked up in all of it."""

    block: Node
    _owners: dict[str, list[Node]] | None = None

    def value(self, node: Node | None) -> Constant | None:
        """What an expression always is, None where that is unknown."""
        if node is None:
            return None
        match node.type:
            case "boolean_literal":
                return node_text(node) == "true"
            case "integer_literal":
                return _number(node_text(node))
            case "parenthesized_expression":
                return self.value(_only(node))
            case "block":
                return self.value(_only(node)) if len(node.named_children) == 1 else None
            case "unary_expression" | "negative_literal":
                return self._negated(node)
            case "type_cast_expression":
                value = self.value(node.child_by_field_name("value"))
                return None if value is None or node_text(node).endswith("bool") else int(value)
            case "binary_expression":
                return self._binary(node)
            case "let_chain":
                return _all([self.value(one) for one in node.named_children])
            case "let_condition":
                return self.matches(node.child_by_field_name("pattern"), node.child_by_field_name("value"))
            case "identifier":
                declared = self._declared(node_text(node))
                return self.value(declared) if declared is not None and declared.end_byte < node.start_byte else None
            case _:
                return None

    def matches(self, pattern: Node | None, value: Node | None) -> bool | None:
        """Whether a value is what a pattern is for."""
        if pattern is None or value is None:
            return None
        if pattern.type == "or_pattern":
            return _any([self.matches(one, value) for one in pattern.named_children])
        if node_text(pattern) == "_" or (pattern.type == "identifier" and node_text(pattern)[0].islower()):
            return True
        if re.fullmatch(r"None(::<.*>)?", node_text(value)) and pattern.type == "tuple_struct_pattern":
            return False if node_text(pattern).startswith("Some") else None
        if pattern.type == "range_pattern":
            return self._in_range(pattern, self.value(value))
        expected, found = self.value(pattern), self.value(value)
        return None if expected is None or found is None else expected == found

    def is_empty(self, node: Node | None) -> bool:
        """Whether a loop over a value has no round."""
        if node is not None and node.type == "parenthesized_expression":
            return self.is_empty(_only(node))
        if node is not None and node.type == "range_expression" and len(node.named_children) == 2:
            first, last = (self.value(one) for one in node.named_children)
            if first is not None and last is not None:
                return first > last if "..=" in node_text(node) else first >= last
        return node is not None and node.type == "array_expression" and not node.named_children

    def _in_range(self, pattern: Node, value: Constant | None) -> bool | None:
        first, last = (self.value(pattern.child_by_field_name(side)) for side in ("left", "right"))
        if value is None or first is None or last is None:
            return None
        return first <= value <= last if "..=" in node_text(pattern) else first <= value < last

    def _negated(self, node: Node) -> Constant | None:
        value = self.value(_only(node))
        sign = node_text(node)[0]
        if value is None or sign == "*":
            return None
        return -value if sign == "-" else (not value if isinstance(value, bool) else None)

    def _binary(self, node: Node) -> Constant | None:
        left, right = (self.value(node.child_by_field_name(side)) for side in ("left", "right"))
        operator = node.child_by_field_name("operator")
        text = "" if operator is None else node_text(operator)
        if text == "&&":
            return _all([left, right])
        if text == "||":
            return _any([left, right])
        return None if left is None or right is None or text not in _COMPARED else _COMPARED[text](left, right)

    def _declared(self, name: str) -> Node | None:
        """What a name is bound to, if it is bound once, and to stay."""
        if self._owners is None:
            self._owners = {}
            for node in walk_tree(self.block.parent or self.block):
                for bound in _bound_in(node):
                    self._owners.setdefault(bound, []).append(node)
        owners = self._owners.get(name, [])
        if len(owners) != 1 or any(child.type == "mutable_specifier" for child in owners[0].children):
            return None
        pattern = owners[0].child_by_field_name("pattern") or owners[0].child_by_field_name("name")
        return owners[0].child_by_field_name("value") if pattern is not None and pattern.type == "identifier" else None


def _bound_in(node: Node) -> Iterator[str]:
    """The names that a node binds itself."""
    if node.type == "const_item":
        pattern = node.child_by_field_name("name")
    elif node.type in _PATTERN_OWNERS:
        pattern = node.child_by_field_name("pattern")
    else:
        pattern = node if node.type in ("match_pattern", "closure_parameters") else None
    for leaf in walk_tree(pattern) if pattern is not None else ():
        if leaf.type in ("identifier", "shorthand_field_identifier"):
            yield node_text(leaf)


def _only(node: Node) -> Node | None:
    return node.named_children[0] if len(node.named_children) == 1 else None


def _number(text: str) -> int | None:
    match = _NUMBER.fullmatch(text)
    try:
        return int(match[2].replace("_", ""), _BASES[match[1]]) if match is not None else None
    except ValueError:
        return None


def _all(values: list[Constant | None]) -> bool | None:
    if any(value is not None and not value for value in values):
        return False
    return None if None in values else True


def _any(values: list[bool | None] | list[Constant | None]) -> bool | None:
    if any(values):
        return True
    return None if None in values else False
