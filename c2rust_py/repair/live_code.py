"""Whether a body can come to a place in it, by its text alone: what nothing comes to is as good as not written.

    if false { puts(s, mem); }      return x; puts(s, mem)      let log = || puts(s, mem);      fn log() { … }  and no call of it

Conditions that only values decide are not looked through (`if x > x { … }`): the comparison with the C is for these.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tree_sitter import Node

from c2rust_py.repair.rust_constants import Constants
from c2rust_py.repair.rust_syntax import UnreadableRust, node_text, parse_rust, walk_tree

_JUMPS = frozenset({"return_expression", "break_expression", "continue_expression"})
_PANICS = frozenset({"panic", "unreachable", "todo", "unimplemented"})
_ENDS = ("stdlib::exit", "stdlib::abort", "panic::panic_any", "panic::resume_unwind")
_LOOPS = frozenset({"loop_expression", "while_expression", "for_expression"})
_NO_ORDER = frozenset({"match_block", "match_pattern", "assignment_expression", "compound_assignment_expr", "declaration_list", "if_expression"})  # fmt: skip
"""Nodes whose children are not run one behind the other."""
_WITHOUT_EFFECT = frozenset({"closure_expression", "function_item", "const_item", "impl_item", "struct_item", "enum_item", "use_declaration"})  # fmt: skip
_WRAPPERS = frozenset({"scoped_identifier", "generic_function", "reference_expression", "parenthesized_expression", "tuple_expression", "array_expression", "type_cast_expression", "field_initializer", "field_initializer_list", "struct_expression"})  # fmt: skip
"""What a value is part of without being used."""
_BEFORE = "fn f() { g("
_DROPS = frozenset({"drop", "forget", "size_of_val", "type_name_of_val"})


@dataclass(slots=True)
class LiveCode:
    """Of one function's body."""

    block: Node
    constants: Constants = field(init=False)
    _diverging: dict[int, bool] = field(default_factory=dict)
    _asked: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.constants = Constants(self.block)

    def reaches(self, node: Node) -> bool:
        """Whether the body can come to a node. A closure and an inner function are come to where they are used."""
        child, parent = node, node.parent
        while parent is not None and child != self.block:
            if parent.type in ("function_item", "const_item") and child.type != "parameters":
                return self._item_is_used(parent)
            if self._is_passed_over(parent, child):
                return False
            if parent.type == "closure_expression" and not self.is_used(parent):
                return False
            if parent.type == "token_tree" and not self._reaches_in_macro(parent, node):
                return False
            child, parent = parent, parent.parent
        return True

    def is_used(self, value: Node) -> bool:
        """Whether anything is done with a function or a closure: it is called, passed on, or in a variable that is used."""
        if value.id in self._asked:
            return False
        self._asked.add(value.id)
        try:
            return self._is_used(value)
        finally:
            self._asked.discard(value.id)

    def _is_used(self, value: Node) -> bool:
        node = value
        while node.parent is not None and (node.parent.type in _WRAPPERS or _is_tail(node)):
            node = node.parent
        owner = node.parent
        if owner is None or owner.type in ("expression_statement", "function_item", "function_signature_item"):
            return False
        if owner.type == "let_declaration":
            return self._variable_is_used(owner)
        if owner.type == "const_item":
            return self._item_is_used(owner)
        if owner.type == "arguments" and owner.parent is not None:
            function = owner.parent.child_by_field_name("function")
            return function is None or node_text(function).split("::")[-1] not in _DROPS
        return True

    def _variable_is_used(self, let: Node) -> bool:
        """Whether a variable that a `let` binds is used behind it."""
        pattern = let.child_by_field_name("pattern")
        names = {node_text(leaf) for leaf in walk_tree(pattern) if leaf.type == "identifier"} if pattern is not None else set()
        names = {name for name in names if name != "_"}
        later = let.next_named_sibling
        while later is not None and names:
            if any(self._is_use(leaf, names) for leaf in walk_tree(later)):
                return True
            if later.type == "let_declaration" and (other := later.child_by_field_name("pattern")) is not None:
                names -= {node_text(leaf) for leaf in walk_tree(other) if leaf.type == "identifier"}
            later = later.next_named_sibling
        return False

    def _item_is_used(self, item: Node) -> bool:
        """Whether an inner function, a method or a constant is named where the body comes to."""
        name = item.child_by_field_name("name")
        if name is None or item.id in self._asked:
            return False
        self._asked.add(item.id)
        try:
            owner = item.parent.parent if item.parent is not None and item.parent.type == "declaration_list" else None
            if owner is not None and owner.child_by_field_name("trait") is not None:
                return self._is_mentioned(owner)
            names = {node_text(name)}
            return any(self._is_use(leaf, names) for leaf in walk_tree(self.block) if not _is_within(leaf, item))
        finally:
            self._asked.discard(item.id)

    def _is_mentioned(self, implementation: Node) -> bool:
        """Whether the type of a trait's implementation is named but where it is declared: then methods may run unnamed, as `drop` does."""
        type = implementation.child_by_field_name("type")
        name = node_text(type).split("<")[0].strip() if type is not None else ""
        leaves = (leaf for leaf in walk_tree(self.block) if leaf.type in ("type_identifier", "identifier") and node_text(leaf) == name)
        return any(leaf.parent is not None and leaf.parent.type not in ("struct_item", "enum_item", "impl_item") for leaf in leaves)

    def _is_use(self, leaf: Node, names: set[str]) -> bool:
        if leaf.type not in ("identifier", "field_identifier", "type_identifier") or node_text(leaf) not in names:
            return False
        parent = leaf.parent
        if parent is None or parent.type in ("struct_item", "enum_item", "impl_item", "field_declaration"):
            return False
        if parent.type in ("let_declaration", "const_item", "function_item", "closure_parameters") and _is_name_of(parent, leaf):
            return False
        return self.is_used(leaf) and self.reaches(leaf)

    def _reaches_in_macro(self, tree: Node, node: Node) -> bool:
        """Whether what a macro says comes to a node in it: read once more, as arguments of a function."""
        if tree.parent is None or tree.parent.type != "macro_invocation":
            return True
        text = (tree.text or b"")[1:-1].decode()
        inner = _as_arguments(text) or _as_arguments(",".join(text.rsplit(";", 1)))
        if inner is None:
            return True
        start = node.start_byte - tree.start_byte - 1 + len(_BEFORE)
        leaf = inner.descendant_for_byte_range(start, start + node.end_byte - node.start_byte)
        return leaf is None or LiveCode(inner).reaches(leaf)

    def _is_passed_over(self, parent: Node, child: Node) -> bool:
        """Whether nothing of the parent comes to its child."""
        value = self.constants.value
        if parent.type not in _NO_ORDER and any(self._diverges(one) for one in _before(parent, child)):
            return True
        condition = parent.child_by_field_name("condition")
        match parent.type:
            case "if_expression":
                if condition is not None and condition != child and self._diverges(condition):
                    return True
                always = value(condition)
                return always is (parent.child_by_field_name("alternative") == child) and condition != child
            case "while_expression":
                return condition != child and value(condition) is False
            case "for_expression":
                return parent.child_by_field_name("body") == child and self.constants.is_empty(parent.child_by_field_name("value"))
            case "binary_expression":
                return self._is_shortened(parent, child)
            case "let_chain":
                return any(value(one) is False for one in _before(parent, child))
            case "match_arm":
                return not self._arm_can_be_taken(parent, child)
            case "arguments":
                return self._is_declined(parent)
            case _:
                return False

    def _is_shortened(self, parent: Node, child: Node) -> bool:
        """`false && …`, `true || …`."""
        operator = parent.child_by_field_name("operator")
        left = self.constants.value(parent.child_by_field_name("left"))
        if operator is None or parent.child_by_field_name("right") != child:
            return False
        return left is {"&&": False, "||": True}.get(node_text(operator), ...)

    def _is_declined(self, arguments: Node) -> bool:
        """`false.then(…)`."""
        function = arguments.parent.child_by_field_name("function") if arguments.parent is not None else None
        if function is None or function.type != "field_expression":
            return False
        method, receiver = function.child_by_field_name("field"), function.child_by_field_name("value")
        return method is not None and node_text(method) == "then" and self.constants.value(receiver) is False

    def _arm_can_be_taken(self, arm: Node, child: Node) -> bool:
        block = arm.parent
        value = block.parent.child_by_field_name("value") if block is not None and block.parent is not None else None
        matches = self.constants.matches
        for earlier in _before(block, arm) if block is not None else []:
            pattern, guard = _pattern_of(earlier)
            if matches(pattern, value) is True and (guard is None or self.constants.value(guard) is True):
                return False
        pattern, guard = _pattern_of(arm)
        if matches(pattern, value) is False:
            return False
        return child.type == "match_pattern" or guard is None or self.constants.value(guard) is not False

    def _diverges(self, node: Node) -> bool:
        """Whether nothing comes behind a node."""
        if node.id not in self._diverging:
            self._diverging[node.id] = False
            self._diverging[node.id] = self._never_ends(node)
        return self._diverging[node.id]

    def _never_ends(self, node: Node) -> bool:
        if node.type in _JUMPS:
            return True
        if node.type in _WITHOUT_EFFECT:
            return False
        match node.type:
            case "macro_invocation":
                macro = node.child_by_field_name("macro")
                return macro is not None and node_text(macro).split("::")[-1] in _PANICS
            case "if_expression":
                return self._both_diverge(node)
            case "match_expression":
                body, value = node.child_by_field_name("body"), node.child_by_field_name("value")
                arms = [one.child_by_field_name("value") for one in body.named_children if one.type == "match_arm"] if body else []
                return (value is not None and self._diverges(value)) or (bool(arms) and all(a and self._diverges(a) for a in arms))
            case "loop_expression" | "while_expression" | "for_expression":
                return self._loops_on(node)
            case "binary_expression" if (operator := node.child_by_field_name("operator")) and node_text(operator) in ("&&", "||"):
                return self._diverges(node.named_children[0])
            case "block" if any(child.type == "label" for child in node.named_children):
                return not self._is_left(node) and any(map(self._diverges, node.named_children))
            case "let_declaration":
                value = node.child_by_field_name("value")
                return value is not None and self._diverges(value)
            case "call_expression" if (function := node.child_by_field_name("function")) and node_text(function).endswith(_ENDS):
                return True
            case _:
                return any(map(self._diverges, node.named_children))

    def _both_diverge(self, node: Node) -> bool:
        condition, alternative = node.child_by_field_name("condition"), node.child_by_field_name("alternative")
        consequence = node.child_by_field_name("consequence")
        if condition is None or consequence is None:
            return False
        always = self.constants.value(condition)
        first = self._diverges(consequence) or always is False
        other = always is True or (alternative is not None and self._diverges(alternative))
        return self._diverges(condition) or (first and other)

    def _loops_on(self, loop: Node) -> bool:
        """Whether nothing comes behind a loop."""
        condition = loop.child_by_field_name("condition") or loop.child_by_field_name("value")
        if condition is not None and self._diverges(condition):
            return True
        endless = loop.type == "loop_expression" or self.constants.value(loop.child_by_field_name("condition")) is True
        return endless and not self._is_left(loop)

    def _is_left(self, target: Node) -> bool:
        """Whether a loop or a labelled block is left by a `break` that the body comes to."""
        label = next((node_text(child) for child in target.named_children if child.type == "label"), None)
        return any(
            node.type == "break_expression" and _breaks(node, target, label) and self.reaches(node) for node in walk_tree(target)
        )


def _as_arguments(text: str) -> Node | None:
    """The block of a function that has the text as arguments of a call, if it can."""
    try:
        return parse_rust(f"{_BEFORE}{text}) }}")[0].root_node.named_children[0].child_by_field_name("body")
    except UnreadableRust:
        return None


def _breaks(node: Node, target: Node, label: str | None) -> bool:
    """Whether a `break` is that of a loop, or of a labelled block."""
    own = next((node_text(child) for child in node.named_children if child.type == "label"), None)
    if own is not None:
        return own == label
    around = node.parent
    while around is not None and around != target and around.type not in _LOOPS:
        around = around.parent
    return around == target and target.type in _LOOPS


def _before(node: Node, child: Node) -> list[Node]:
    return [one for one in node.named_children if one.end_byte <= child.start_byte]


def _pattern_of(arm: Node) -> tuple[Node | None, Node | None]:
    """The pattern of an arm, and its guard. A pattern that has no node of its own is `_`."""
    pattern = arm.child_by_field_name("pattern")
    if pattern is None:
        return None, None
    guard = pattern.child_by_field_name("condition")
    inner = next((one for one in pattern.children if one != guard and one.type != "if"), None)
    return inner, guard


def _is_tail(node: Node) -> bool:
    """Whether a node is the value of a block that is an expression of its own."""
    block = node.parent
    if block is None or block.type != "block" or block.named_children[-1] != node or node.type == "expression_statement":
        return False
    return block.parent is not None and block.parent.type in ("expression_statement", "let_declaration", "parenthesized_expression")


def _is_within(node: Node, around: Node) -> bool:
    return around.start_byte <= node.start_byte and node.end_byte <= around.end_byte


def _is_name_of(parent: Node, leaf: Node) -> bool:
    return parent.child_by_field_name("pattern") == leaf or parent.child_by_field_name("name") == leaf or parent.type == "closure_parameters"
