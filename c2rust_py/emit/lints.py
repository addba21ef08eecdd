"""Which lints a crate allows: those that C's own text sets off, and of clippy's only those that something in the crate can.

A translation keeps what the C says: a comparison of a thing with itself, `x * 0`, a function of nine parameters. What clippy says of
these is said of the C. Each test below finds all that its lint would, and may find more.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, walk
from c2rust_py.to_rust.flow import block_diverges

ALWAYS = (
    "arithmetic_overflow",
    "unconditional_panic",
    "unconditional_recursion",
    "dead_code",
    "unreachable_code",
    "unused_assignments",
    "unused_comparisons",
    "unused_variables",
)
"""rustc's: code in dead branches may divide by zero, a value may be stored that nobody reads, ..."""

_MANY_PARAMETERS = 7
_CONSTANTS = re.compile(r"(3\.14|0\.318|2\.71|0\.69|2\.30|1\.44|0\.434|1\.41|0\.707|0\.636|1\.12|1\.57|1\.047|0\.785|0\.523|0\.392|6\.28|0\.30|3\.32)")  # fmt: skip


def allowed_lints(crate: rs.Crate) -> tuple[str, ...]:
    """The lints that the crate's root allows, rustc's first."""
    items = [item for module in crate.modules for item in module.items]
    functions = [f for item in items for f in _functions(item)]
    nodes = [node for function in functions for node in walk(function.body)]
    nodes += [node for item in items if isinstance(item, rs.ConstItem) for node in walk(item.value)]
    found = {name for name, test in _NODE_TESTS.items() if any(map(test, nodes))}
    if any(len(function.params) > _MANY_PARAMETERS for function in functions):
        found.add("clippy::too_many_arguments")
    if any(
        rs.Name(function.name) in (n for n in walk(function.body) if isinstance(n, rs.Name)) for function in functions
    ):
        found.add("clippy::only_used_in_recursion")
    if any(isinstance(p.type, rs.PathType) and p.type.name == "Box" for function in functions for p in function.params):
        found.add("clippy::boxed_local")
    if any(map(_is_complex, _types(items, functions, nodes))):
        found.add("clippy::type_complexity")
    return (*ALWAYS, *sorted(found))


def _functions(item: rs.Item) -> tuple[rs.FunctionItem, ...]:
    if isinstance(item, rs.ImplItem):
        return item.functions
    return (item,) if isinstance(item, rs.FunctionItem) else ()


def _types(items: list[rs.Item], functions: list[rs.FunctionItem], nodes: list[Node]) -> list[rs.Type]:
    types = [field.type for item in items if isinstance(item, rs.StructItem) for field in item.fields]
    types += [item.type for item in items if isinstance(item, rs.ConstItem)]
    types += [param.type for function in functions for param in function.params]
    types += [function.result for function in functions if function.result is not None]
    return types + [node.type for node in nodes if isinstance(node, rs.Let) and node.type is not None]


def _is_complex(type: rs.Type) -> bool:
    """Whether a type has the type of a function in it."""
    match type:
        case rs.FnType():
            return True
        case rs.PathType(_, args):
            return any(map(_is_complex, args))
        case rs.ReferenceType(inner) | rs.ArrayType(inner) | rs.SliceType(inner):
            return _is_complex(inner)


def _is_number(expr: rs.Expr, number: str) -> bool:
    return isinstance(expr, rs.Literal) and re.split("[iu_]", expr.text)[0] == number


def _compares_to_limit(node: Node) -> bool:
    """Variables of unsigned types are compared with 0 as `plain_tests` leaves it."""
    if not isinstance(node, rs.Binary) or node.op not in ("<", "<=", ">", ">="):
        return False
    sides = (node.left, node.right)
    if any(isinstance(side, rs.Name) and side.text.endswith(("::MAX", "::MIN")) for side in sides):
        return True
    with_zero = (_is_number(node.right, "0") and node.op != ">") or (_is_number(node.left, "0") and node.op != "<")
    return with_zero and not any(isinstance(side, rs.Name) for side in sides)


def _has_no_effect(node: Node) -> bool:
    match node:
        case rs.Binary("+" | "-" | "|" | "^" | "<<" | ">>", left, right):
            return _is_number(left, "0") or _is_number(right, "0")
        case rs.Binary("*" | "/", left, right):
            return _is_number(left, "1") or _is_number(right, "1")
        case rs.Binary("&", left, right):
            return any(isinstance(side, rs.Unary) or _value(side) in _ALL_ONES for side in (left, right))
        case _:
            return False


_ALL_ONES = frozenset((1 << bits) - 1 for bits in (8, 16, 32, 64, 128))


def _value(expr: rs.Expr) -> int | None:
    """The value of a literal without suffix."""
    try:
        return int(expr.text, 0) if isinstance(expr, rs.Literal) else None
    except ValueError:
        return None


def _is_zero(node: Node) -> bool:
    match node:
        case rs.Binary("*" | "&", left, right):
            return _is_number(left, "0") or _is_number(right, "0")
        case rs.Binary("/", left, _):
            return _is_number(left, "0")
        case _:
            return False


def _compares_mask(node: Node) -> bool:
    match node:
        case rs.Binary("==" | "!=", rs.Binary("&", _, mask), number):
            known, bits = _value(number), _value(mask)
            return known is None or bits is None or bits == 0 or known & ~bits != 0
        case rs.Binary("==" | "!=" | "<" | "<=" | ">" | ">=", left, right):
            return any(isinstance(side, rs.Binary) and side.op in ("&", "|") for side in (left, right))
        case _:
            return False


def _has_equal_sides(node: Node) -> bool:
    if not isinstance(node, rs.Binary) or node.op in ("+", "*", "<<", ">>"):
        return False
    sides = [side for side in (node.left, node.right) if isinstance(side, rs.Literal)]
    same = len(sides) == 2 and len({re.split("[iu_]", side.text)[0] for side in sides}) == 1
    return same or node.left == node.right


def _negates_order(node: Node) -> bool:
    match node:
        case rs.Unary("!", rs.Binary("<" | "<=" | ">" | ">=")):
            return True
        case _:
            return False


def _assigns_twice(node: Node) -> bool:
    match node:
        case rs.Assign(target, rs.Binary(inner, left, right), op):
            return inner == op and target in (left, right)
        case _:
            return False


def _counts(node: Node) -> bool:
    return isinstance(node, rs.For)


def _catches_jumps(node: Node) -> bool:
    return isinstance(node, rs.Match) and len(node.arms) == 2


def _is_decided(node: Node) -> bool:
    match node:
        case rs.Binary("&&" | "||", left, right):
            return any(isinstance(side, rs.Literal) for side in (left, right))
        case _:
            return False


def _runs_once(node: Node) -> bool:
    return isinstance(node, rs.Loop | rs.While | rs.For) and block_diverges(node.body, frozenset())


def _tests_remainder(node: Node) -> bool:
    match node:
        case rs.Binary("==" | "!=", rs.Binary("%"), number):
            return _is_number(number, "0")
        case _:
            return False


def _copies_elements(node: Node) -> bool:
    """Whether all that a loop does, but for counting, is to put elements of one array into another."""
    if not isinstance(node, rs.For):
        return False
    done = [s.expr for s in node.body.statements if isinstance(s, rs.ExprStatement)]
    rest = [expr for expr in done if not isinstance(expr, rs.Assign) or not expr.op]
    copies = (isinstance(e, rs.Assign) and isinstance(e.target, rs.Index) and isinstance(e.value, rs.Index) for e in rest)
    return bool(rest) and all(copies)


def _exchanges(node: Node) -> bool:
    """Whether a block exchanges two elements by hand, and uses the old one behind it."""
    if not isinstance(node, rs.Block):
        return False
    held = {s.name for s in node.statements if isinstance(s, rs.Let) and isinstance(s.init, rs.Index)}
    assigned = (s.expr for s in node.statements if isinstance(s, rs.ExprStatement) and isinstance(s.expr, rs.Assign))
    return any(isinstance(a.target, rs.Index) and isinstance(a.value, rs.Name) and a.value.text in held for a in assigned)


def _assigns_itself(node: Node) -> bool:
    return isinstance(node, rs.Assign) and node.target == node.value and not node.op


def _nests_tests(node: Node) -> bool:
    """A test alone in a test, as it is left where a `case` falls through."""
    match node:
        case rs.If(_, rs.Block((rs.ExprStatement(rs.If(_, _, None)),), None), None) | rs.If(_, rs.Block((), rs.If(_, _, None)), None):
            return True
        case _:
            return False


def _unwraps_member(node: Node) -> bool:
    return isinstance(node, rs.MethodCall) and node.method == "unwrap" and isinstance(node.receiver, rs.FieldAccess)


def _unwraps_known(node: Node) -> bool:
    """Whether a block unwraps what it has just made an option of."""
    if not isinstance(node, rs.Block):
        return False
    made = {s.name for s in node.statements if isinstance(s, rs.Let) and isinstance(s.init, rs.Call) and s.init.function == rs.Name("Some")}
    calls = (part for part in walk(node) if isinstance(part, rs.MethodCall) and part.method == "unwrap") if made else ()
    return any(isinstance(call.receiver, rs.Name) and call.receiver.text in made for call in calls)


def _allocates_few(node: Node) -> bool:
    """A `malloc` of a fixed number of elements, which an array would do for."""
    return isinstance(node, rs.Let) and isinstance(node.init, rs.VecRepeat) and isinstance(node.init.count, rs.Literal)


def _returns_none(node: Node) -> bool:
    """A test for null with `return NULL` behind it, as C has it."""
    match node:
        case rs.If(rs.MethodCall(_, "is_none"), then, None):
            return _is_none(then)
        case rs.Let(otherwise=rs.Block() as leaves):
            return _is_none(leaves)
        case _:
            return False


def _is_none(block: rs.Block) -> bool:
    match (*block.statements, block.tail):
        case (rs.ExprStatement(rs.Return(value)), None) | (rs.Return(value),):
            return value == rs.Name("None")
        case _:
            return False


def _chooses_nothing(node: Node) -> bool:
    """A choice between two that are the same."""
    return isinstance(node, rs.If) and isinstance(node.otherwise, rs.BlockExpr) and node.then == node.otherwise.block


def _looks_behind(node: Node) -> bool:
    """A reference behind a reference as the value of a block."""
    return isinstance(node, rs.Block) and isinstance(node.tail, rs.Unary) and node.tail.op == "*" and isinstance(node.tail.operand, rs.Name)


_NODE_TESTS: dict[str, Callable[[Node], bool]] = {
    "clippy::absurd_extreme_comparisons": _compares_to_limit,
    "clippy::approx_constant": lambda node: isinstance(node, rs.Literal) and _CONSTANTS.match(node.text) is not None,
    "clippy::bad_bit_mask": _compares_mask,
    "clippy::collapsible_if": _nests_tests,
    "clippy::eq_op": _has_equal_sides,
    "clippy::erasing_op": _is_zero,
    "clippy::identity_op": _has_no_effect,
    "clippy::if_same_then_else": _chooses_nothing,
    "clippy::manual_is_multiple_of": _tests_remainder,
    "clippy::manual_memcpy": _copies_elements,
    "clippy::manual_swap": _exchanges,
    "clippy::misrefactored_assign_op": _assigns_twice,
    "clippy::explicit_auto_deref": _looks_behind,
    "clippy::explicit_counter_loop": _counts,
    "clippy::needless_range_loop": _counts,
    "clippy::never_loop": _runs_once,
    "clippy::neg_cmp_op_on_partial_ord": _negates_order,
    "clippy::overly_complex_bool_expr": _is_decided,
    "clippy::question_mark": _returns_none,
    "clippy::self_assignment": _assigns_itself,
    "clippy::single_match": _catches_jumps,
    "clippy::unnecessary_literal_unwrap": _unwraps_known,
    "clippy::unnecessary_unwrap": _unwraps_member,
    "clippy::useless_vec": _allocates_few,
}
