"""What a name in a body stands for: a variable that the body binds, or what the module has under that name.

    let erase = erase(x);  erase + 1    ->    a binding, the module's, a variable

Scopes are those of the Rust reference (chapter 6.3): a `let` is seen behind itself to the end of its block, a pattern of an arm,
a loop, a closure or a condition in what follows it, and nothing of these within an item. What is unclear, as inside of macros,
is the module's.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from c2rust_py.repair.rust_syntax import node_text, walk_tree

_IDENTIFIERS = frozenset({"identifier", "shorthand_field_identifier"})
_PATTERN_OWNERS = frozenset({"let_declaration", "let_condition", "for_expression", "parameter"})
_BODIES = {"for_expression": ("body", "pattern"), "match_arm": ("value", "pattern"), "closure_expression": ("body", "parameters")}
_CONDITIONAL = {"if_expression": "consequence", "while_expression": "body"}


def is_variable(leaf: Node) -> bool:
    """Whether a name in a body is bound by the body, or by a parameter of its function, or binds there."""
    name = node_text(leaf)
    child, node = leaf, leaf.parent
    while node is not None:
        if _is_binding(node, child) or any(_binds(pattern, name) for pattern in _patterns_before(node, child)):
            return True
        if node.type.endswith("_item"):
            return False
        child, node = node, node.parent
    return False


def _is_binding(node: Node, child: Node) -> bool:
    """Whether the child is a pattern, so that a name in it binds."""
    if node.type in _PATTERN_OWNERS:
        return node.child_by_field_name("pattern") == child
    if node.type == "match_pattern":
        return node.child_by_field_name("condition") != child
    return node.type == "closure_parameters"


def _patterns_before(node: Node, child: Node) -> Iterator[Node]:
    """The patterns of a node whose variables its child sees."""
    if node.type == "block":
        lets = (one for one in _before(node, child) if one.type == "let_declaration")
        yield from (pattern for one in lets if (pattern := one.child_by_field_name("pattern")) is not None)
    elif node.type in _BODIES:
        body, pattern_field = _BODIES[node.type]
        pattern = node.child_by_field_name(pattern_field)
        if pattern is not None and node.child_by_field_name(body) == child:
            yield pattern
    elif node.type in _CONDITIONAL:
        condition = node.child_by_field_name("condition")
        if condition is not None and node.child_by_field_name(_CONDITIONAL[node.type]) == child:
            yield from _conditions([condition])
    elif node.type == "let_chain":
        yield from _conditions(_before(node, child))
    elif node.type == "match_pattern":
        yield from _before(node, child)
    elif node.type == "function_item" and node.child_by_field_name("body") == child:
        parameters = node.child_by_field_name("parameters")
        named = parameters.named_children if parameters is not None else []
        yield from (pattern for one in named if (pattern := one.child_by_field_name("pattern")) is not None)


def _conditions(nodes: list[Node]) -> Iterator[Node]:
    """The patterns of conditions that hold together."""
    for node in nodes:
        if node.type == "let_chain":
            yield from _conditions(node.named_children)
        elif node.type == "let_condition" and (pattern := node.child_by_field_name("pattern")) is not None:
            yield pattern


def _before(node: Node, child: Node) -> list[Node]:
    return [one for one in node.named_children if one.end_byte <= child.start_byte]


def _binds(pattern: Node, name: str) -> bool:
    return any(leaf.type in _IDENTIFIERS and node_text(leaf) == name for leaf in walk_tree(pattern))
