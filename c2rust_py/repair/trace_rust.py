"""A Rust body that says which values its variables get, as `repair.trace_c` has the C do.

    let mut crc = !0u32;     ->   let mut crc = !0u32; (&C2rsTag(&crc)).c2rs_note(c2rs_call, 1, "crc");
    crc ^= t;                ->   { crc ^= t; (&C2rsTag(&crc)).c2rs_note(c2rs_call, 2, "crc"); };

What is no number is passed over: which types are numbers rustc finds out (the method of `C2rsTag` comes before that of a reference to
it). Lines are those of the body. An assignment has no value, so the block in its place has the same type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from c2rust_py.emit.accepted import Body
from c2rust_py.repair.insertions import Insertions
from c2rust_py.repair.rust_syntax import UnreadableRust, node_text, parse_rust, walk_tree
from c2rust_py.repair.trace_c import MOST_NOTES

_INTS = "".join(f"c2rs_number!({t}, 'i', i64); " for t in ("i8", "i16", "i32", "i64", "isize")) + "".join(
    f"c2rs_number!({t}, 'u', u64); " for t in ("u8", "u16", "u32", "u64", "usize")
)
_PRELUDE = f"""
static C2RS_CALLS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
static C2RS_NOTES: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
fn c2rs_say(call: u32, line: u32, name: &str, kind: char, size: usize, value: String) {{
    if C2RS_NOTES.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < {MOST_NOTES} {{
        eprintln!("\\nc2rs-note {{call}} {{line}} {{name}} {{kind}} {{size}} {{value}}");
    }}
}}
trait C2rsNumber {{ fn c2rs_shown(&self) -> (char, usize, String); }}
macro_rules! c2rs_number {{ ($t:ty, $kind:expr, $wide:ty) => {{ impl C2rsNumber for $t {{
    fn c2rs_shown(&self) -> (char, usize, String) {{ ($kind, size_of::<$t>(), (*self as $wide).to_string()) }}
}} }} }}
{_INTS}
impl C2rsNumber for bool {{ fn c2rs_shown(&self) -> (char, usize, String) {{ ('b', 1, (*self as u8).to_string()) }} }}
impl C2rsNumber for f32 {{ fn c2rs_shown(&self) -> (char, usize, String) {{ ('f', 4, f64::from(*self).to_bits().to_string()) }} }}
impl C2rsNumber for f64 {{ fn c2rs_shown(&self) -> (char, usize, String) {{ ('f', 8, self.to_bits().to_string()) }} }}
struct C2rsTag<'a, T>(&'a T);
trait C2rsNoted {{ fn c2rs_note(&self, call: u32, line: u32, name: &str); }}
impl<T: C2rsNumber> C2rsNoted for C2rsTag<'_, T> {{
    fn c2rs_note(&self, call: u32, line: u32, name: &str) {{
        let (kind, size, value) = self.0.c2rs_shown();
        c2rs_say(call, line, name, kind, size, value);
    }}
}}
trait C2rsPassedOver {{ fn c2rs_note(&self, _call: u32, _line: u32, _name: &str) {{}} }}
impl<T> C2rsPassedOver for &C2rsTag<'_, T> {{}}
let c2rs_call = C2RS_CALLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
c2rs_say(c2rs_call, 1, ".", 'u', 4, c2rs_call.to_string());
"""
_HARMLESS = frozenset({"wrapping_add", "wrapping_sub", "wrapping_mul", "len", "min", "max", "abs", "rem_euclid"})
"""Methods that can be called once more."""
_READING = frozenset({"len", "is_empty", "iter", "get", "first", "last", "contains", "wrapping_add", "wrapping_sub", "wrapping_mul", "abs"})
"""Methods that change nothing of what they are called of."""


@dataclass(frozen=True, slots=True)
class TracedRust:
    """A body with notes, its lines without them, and the names whose values can also change where nothing is noted."""

    body: Body
    lines: tuple[str, ...]
    unsteady: frozenset[str]


def trace_rust(body: Body, header: str) -> TracedRust | None:
    """The body with notes; `header` is its signature. None where it is not understood."""
    start = f"{header} {{\n"
    try:
        tree, _ = parse_rust(f"{start}{body.text}\n}}\n")
    except UnreadableRust:
        return None
    function = tree.root_node.named_children[0]
    block = function.child_by_field_name("body")
    if block is None:
        return None
    insertions = Insertions(node_text(block).encode())
    result = function.child_by_field_name("return_type")
    tracer = _Tracer(insertions, block.start_byte, block.start_point[0], "()" if result is None else node_text(result))
    for node in block.named_children:
        tracer.visit(node)
    params = [name for name in _param_names(function) if name != "_"]
    noted = "".join(f"{_note(name, name, 1)}\n" for name in params)
    text = insertions.text().strip()[1:-1]
    if result is not None:
        noted_result = _note("c2rs_result", "return", len(body.text.splitlines()))
        text = f"let c2rs_result: {node_text(result)} = {{\n{text}\n}};\n{noted_result}\nc2rs_result"
    lines = tuple(body.text.splitlines())
    return TracedRust(Body(f"{_PRELUDE}{noted}{text}", body.mutable), lines, frozenset(_unsteady(block)))


def _note(place: str, name: str, line: int) -> str:
    return f'(&C2rsTag(&{place})).c2rs_note(c2rs_call, {line}, "{name}");'


def _param_names(function: Node) -> Iterator[str]:
    params = function.child_by_field_name("parameters")
    for param in params.named_children if params is not None else ():
        pattern = param.child_by_field_name("pattern")
        if pattern is not None and pattern.type == "identifier":
            yield node_text(pattern)


@dataclass(frozen=True, slots=True)
class _Tracer:
    """Positions of nodes are from `start` on, lines from `row`. `result` is the function's type."""

    insertions: Insertions
    start: int
    row: int
    result: str

    def visit(self, node: Node, *, in_closure: bool = False) -> None:
        match node.type:
            case "function_item" | "macro_invocation" | "macro_definition" | "impl_item" | "const_item":
                return
            case "assignment_expression" | "compound_assignment_expr":
                self._assignment(node)
            case "let_declaration":
                names = _bound(node.child_by_field_name("pattern"))
                if node.child_by_field_name("value") is not None:
                    self._behind(node, names)
            case "for_expression":
                self._at_start(node.child_by_field_name("body"), _bound(node.child_by_field_name("pattern")), node)
            case "call_expression":
                self._write(node)
            case "return_expression" if node.named_child_count == 1 and not in_closure:
                value = node.named_children[0]
                noted = _note("c2rs_result", "return", self._line(node))
                self._around(value, f"{{ let c2rs_result: {self.result} = ", f"; {noted} c2rs_result }}")
            case _:
                pass
        for child in node.named_children:
            self.visit(child, in_closure=in_closure or node.type == "closure_expression")

    def _line(self, node: Node) -> int:
        return node.start_point[0] - self.row

    def _around(self, node: Node, opening: str, closing: str) -> None:
        self.insertions.around(node.start_byte - self.start, node.end_byte - self.start, opening, closing)

    def _behind(self, node: Node, names: list[str]) -> None:
        notes = "".join(f" {_note(name, name, self._line(node))}" for name in names)
        self.insertions.at(node.end_byte - self.start, notes)

    def _at_start(self, block: Node | None, names: list[str], node: Node) -> None:
        if block is not None:
            notes = "".join(f" {_note(name, name, self._line(node))}" for name in names)
            self.insertions.at(block.start_byte + 1 - self.start, notes)

    def _assignment(self, node: Node) -> None:
        left = node.child_by_field_name("left")
        name = None if left is None else _target_name(left)
        if left is not None and name is not None and _is_repeatable(left):
            self._around(node, "{ ", f"; {_note(node_text(left), name, self._line(node))} }}")

    def _write(self, node: Node) -> None:
        """`mem.write(p, v)`: what `p` points to then."""
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        match = re.fullmatch(r"((?:cx\.)?mem)\s*\.\s*write", node_text(function)) if function is not None else None
        if match is None or arguments is None or arguments.named_child_count != 2:
            return
        pointer = arguments.named_children[0]
        root = next((n for n in walk_tree(pointer) if n.type == "identifier"), None)
        if root is not None and _is_repeatable(pointer):
            note = _note(f"{match[1]}.read({node_text(pointer)})", f"{node_text(root)}[]", self._line(node))
            self._around(node, "{ ", f"; {note} }}")


def _target_name(node: Node) -> str | None:
    """What notes call an assigned place: see `trace_c.target_name`."""
    match node.type:
        case "identifier":
            return node_text(node)
        case "index_expression" | "unary_expression" | "parenthesized_expression":
            inner = node.named_children[0] if node.named_children else None
            name = None if inner is None else _target_name(inner)
            if name is None or node.type == "parenthesized_expression":
                return name
            return f"{name.removesuffix('[]')}[]"
        case _:
            return None


def _is_repeatable(node: Node) -> bool:
    """Whether an expression has the same value and no effect when it is evaluated once more."""
    for inner in walk_tree(node):
        if inner.type in ("macro_invocation", "assignment_expression", "compound_assignment_expr", "block", "closure_expression"):
            return False
        if inner.type == "call_expression":
            function = inner.child_by_field_name("function")
            field = None if function is None else function.child_by_field_name("field")
            if field is None or node_text(field) not in _HARMLESS:
                return False
    return True


def _bound(pattern: Node | None) -> list[str]:
    """The variables of a pattern."""
    if pattern is None:
        return []
    names = (node_text(n) for n in walk_tree(pattern) if n.type in ("identifier", "shorthand_field_identifier"))
    return [name for name in dict.fromkeys(names) if name[0].islower()]


def _unsteady(block: Node) -> Iterator[str]:
    """Variables that are lent to be changed, what methods or other functions may change, and counters of `for`."""
    for node in walk_tree(block):
        match node.type:
            case "reference_expression" if any(child.type == "mutable_specifier" for child in node.children):
                for name in (node_text(n) for n in walk_tree(node) if n.type == "identifier"):
                    yield name
                    yield f"{name}[]"
            case "for_expression":
                yield from _bound(node.child_by_field_name("pattern"))
                yield from (f"{name}[]" for name in _bound(node.child_by_field_name("pattern")))
            case "field_expression":
                value, field = node.child_by_field_name("value"), node.child_by_field_name("field")
                if value is not None and field is not None and value.type == "identifier" and node_text(field) not in _READING:
                    yield f"{node_text(value)}[]"
            case "call_expression":
                arguments = node.child_by_field_name("arguments")
                for argument in arguments.named_children if arguments is not None else ():
                    if argument.type == "identifier":
                        yield f"{node_text(argument)}[]"
            case _:
                pass
