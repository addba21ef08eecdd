"""The C of a unit in which one function says which values its variables get.

    crc = (crc >> 8) ^ t;        ->   ({ __auto_type c2rs_v = (crc = (crc >> 8) ^ t); c2rs_note(…, 14, "crc", …); c2rs_v; });

The text is what the preprocessor leaves, so that macros hide no assignment. Assignments, increments, initialisers, results and the
outputs of inline assembly are noted with their C lines; `repair.trace` reads the notes. What is noted of an element (`a[i]`, `*p`) goes
by the name of its array: `a[]`. Only expressions are enclosed, so control flow and the order of evaluation stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import tree_sitter_c
from tree_sitter import Language, Node, Parser

from c2rust_py.frontend.preprocess import run_compiler
from c2rust_py.frontend.units import Unit
from c2rust_py.repair.insertions import Insertions
from c2rust_py.repair.rust_syntax import node_text, walk_tree

MOST_NOTES = 20_000
"""Notes of one run; what comes later is left out."""

_MARKER = re.compile(rb'^# (\d+) "[^"\n]*"[^\n]*$')
_KINDS = ", ".join(
    ["_Bool: 'b'", "char: (char)-1 < 0 ? 'i' : 'u'", *(f"{t}: 'i'" for t in ("signed char", "short", "int", "long", "long long"))]
    + [f"unsigned {t}: 'u'" for t in ("char", "short", "int", "long", "long long")]
    + ["float: 'f'", "double: 'd'", "default: 0"]
)
_PRELUDE = f"""static int c2rs_calls, c2rs_left = {MOST_NOTES};
extern int c2rs_say(int, const char *, ...) __asm__("dprintf");
static void c2rs_note(int call, int line, const char *name, int kind, unsigned long size, const void *at) {{
    long long value = 0;
    unsigned long long bits = 0;
    float narrow;
    double wide;
    if (kind == 0 || c2rs_left <= 0) return;
    c2rs_left--;
    __builtin_memcpy(&bits, at, size);
    value = (long long)bits;
    if (kind == 'i' && size < 8) value = (long long)(bits << (64 - 8 * size)) >> (64 - 8 * size);
    if (kind == 'f') {{ __builtin_memcpy(&narrow, at, 4); wide = narrow; __builtin_memcpy(&value, &wide, 8); }}
    c2rs_say(2, kind == 'i' ? "\\nc2rs-note %d %d %s %c %lu %lld\\n" : "\\nc2rs-note %d %d %s %c %lu %llu\\n",
             call, line, name, kind == 'd' ? 'f' : kind, size, value);
}}
"""
_NOT_EVALUATED = frozenset({"sizeof_expression", "alignof_expression", "offsetof_expression", "attribute_specifier", "macro_type_specifier"})


@dataclass(frozen=True, slots=True)
class TracedC:
    """A unit's text that compiles as preprocessed C, and the names whose values can also change where nothing is noted."""

    text: str
    unsteady: frozenset[str]


def trace_c(unit: Unit, name: str) -> TracedC | None:
    """The unit with notes in the function called `name`. None where its text is not understood."""
    done = run_compiler(unit, [*unit.flags, "-E", unit.path])
    return trace_text(done.stdout, name) if done.returncode == 0 else None


def trace_text(text: str, name: str) -> TracedC | None:
    """The same for preprocessed text with line markers."""
    data, lines = _without_markers(text.encode(errors="surrogateescape"))
    function = _function(_parser().parse(data).root_node, name)
    body = function.child_by_field_name("body") if function is not None else None
    if function is None or body is None or function.has_error:
        return None
    if any(node.type == "function_definition" for child in body.children for node in walk_tree(child)):
        return None
    insertions = Insertions(data)
    tracer = _Tracer(insertions, lines)
    tracer.enter(function, body)
    tracer.visit(body)
    return TracedC(_PRELUDE + insertions.text(), frozenset(_unsteady(body)))


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_c.language()))


def _without_markers(data: bytes) -> tuple[bytes, list[int]]:
    """The text with line markers blanked, and the C line of each of its lines."""
    kept: list[bytes] = []
    lines: list[int] = []
    current = 1
    for line in data.split(b"\n"):
        lines.append(current)
        marker = _MARKER.match(line)
        kept.append(b"" if line.startswith(b"#") else line)
        current = int(marker[1]) if marker else current + 1
    return b"\n".join(kept), lines


def _function(root: Node, name: str) -> Node | None:
    for node in root.children:
        if node.type == "function_definition":
            declarator = _declared(node.child_by_field_name("declarator"))
            if declarator is not None and node_text(declarator) == name:
                return node
    return None


def _declared(node: Node | None) -> Node | None:
    """The identifier that a declarator declares."""
    while node is not None and node.type not in ("identifier", "field_identifier"):
        inner = node.child_by_field_name("declarator")
        node = inner if inner is not None else next((c for c in node.named_children if c.type.endswith("declarator")), None)
    return node


def target_name(node: Node) -> str | None:
    """What notes call an assigned place: `x`, or `x[]` for what `x` points to. None for other places."""
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    match node.type:
        case "identifier":
            return node_text(node)
        case "subscript_expression" | "pointer_expression":
            argument = node.child_by_field_name("argument")
            if argument is None or (node.type == "pointer_expression" and node.children[0].type != "*"):
                return None
            if argument.type == "update_expression":
                argument = argument.child_by_field_name("argument")
            name = None if argument is None else target_name(argument)
            return None if name is None else f"{name.removesuffix('[]')}[]"
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Tracer:
    insertions: Insertions
    lines: list[int]

    def enter(self, function: Node, body: Node) -> None:
        """Numbers the call, and notes the parameters."""
        line = self._line(function)
        text = [f'int c2rs_call = ++c2rs_calls; c2rs_note(c2rs_call, {line}, ".", \'i\', 4, &c2rs_call);']
        declarator = function.child_by_field_name("declarator")
        while declarator is not None and declarator.type != "function_declarator":
            declarator = declarator.child_by_field_name("declarator")
        params = None if declarator is None else declarator.child_by_field_name("parameters")
        for param in params.named_children if params is not None else ():
            name = _declared(param.child_by_field_name("declarator")) if param.type == "parameter_declaration" else None
            if name is not None:
                text.append(f"{self._noted(node_text(name), node_text(name), line)};")
        self.insertions.at(body.start_byte + 1, " ".join(text))

    def visit(self, node: Node) -> None:
        if node.type in _NOT_EVALUATED:
            return
        match node.type:
            case "assignment_expression":
                self._enclose(node, node.child_by_field_name("left"))
            case "update_expression":
                self._update(node)
            case "declaration":
                self._declaration(node)
                return
            case "return_statement" if node.named_child_count == 1:
                value = node.named_children[0]
                if value.type != "comment":
                    self._around(value, "return", self._line(node))
            case "expression_statement" if any(child.type == "gnu_asm_expression" for child in node.named_children):
                self._assembly(node)
                return
            case _:
                pass
        for child in node.children:
            self.visit(child)

    def _line(self, node: Node) -> int:
        return self.lines[node.start_point[0]]

    def _noted(self, name: str, value: str, line: int) -> str:
        """An expression that notes a value, and is it."""
        note = f'c2rs_note(c2rs_call, {line}, "{name}", _Generic(c2rs_v, {_KINDS}), sizeof c2rs_v, &c2rs_v)'
        return f"({{ __auto_type c2rs_v = ({value}); {note}; c2rs_v; }})"

    def _around(self, node: Node, name: str, line: int) -> None:
        opening, closing = self._noted(name, "\0", line).split("\0")
        self.insertions.around(node.start_byte, node.end_byte, opening, closing)

    def _enclose(self, node: Node, target: Node | None) -> None:
        name = None if target is None else target_name(target)
        if name is not None:
            self._around(node, name, self._line(node))

    def _update(self, node: Node) -> None:
        """`x++` has the old value; what is noted is the new one."""
        argument = node.child_by_field_name("argument")
        name = None if argument is None else target_name(argument)
        if argument is None or name is None:
            return
        if node.children[0].type in ("++", "--"):
            self._around(node, name, self._line(node))
        elif argument.type == "identifier":
            then = self._noted(name, node_text(argument), self._line(node))
            self.insertions.around(node.start_byte, node.end_byte, "({ __auto_type c2rs_old = (", f"); {then}; c2rs_old; }})")

    def _declaration(self, node: Node) -> None:
        """Initialisers of scalars of the function; those of static objects are constants."""
        if any(child.type == "storage_class_specifier" and node_text(child) in ("static", "extern", "typedef") for child in node.children):
            return
        for child in node.named_children:
            value = child.child_by_field_name("value") if child.type == "init_declarator" else None
            declarator = child.child_by_field_name("declarator")
            if value is None or value.type == "initializer_list":
                continue
            if declarator is not None and declarator.type == "identifier":
                name, line = node_text(declarator), self._line(child)
                note = f'c2rs_note(c2rs_call, {line}, "{name}", _Generic(c2rs_v, {_KINDS}), sizeof c2rs_v, &c2rs_v)'
                self.insertions.around(value.start_byte, value.end_byte, f"({{ __typeof__({name}) c2rs_v = (", f"); {note}; c2rs_v; }})")
            self.visit(value)

    def _assembly(self, node: Node) -> None:
        """A statement of inline assembly: its outputs are noted behind it."""
        outputs = [n for n in walk_tree(node) if n.type == "gnu_asm_output_operand"]
        targets = [operand.child_by_field_name("value") for operand in outputs]
        names = [node_text(target) for target in targets if target is not None and target.type == "identifier"]
        notes = "".join(f" {self._noted(name, name, self._line(node))};" for name in names)
        self.insertions.around(node.start_byte, node.end_byte, "{ ", f"{notes} }}")


def _unsteady(body: Node) -> Iterator[str]:
    """Variables whose address is taken, arrays that are passed on, names that stand for several variables, and counters of
    loops: Rust's have no value behind the last round."""
    seen: set[str] = set()
    for node in walk_tree(body):
        match node.type:
            case "pointer_expression" if node.children[0].type == "&":
                for inner in walk_tree(node):
                    if inner.type == "identifier":
                        yield node_text(inner)
                        yield f"{node_text(inner)}[]"
            case "call_expression":
                arguments = node.child_by_field_name("arguments")
                for argument in arguments.named_children if arguments is not None else ():
                    if argument.type not in ("subscript_expression", "pointer_expression"):
                        yield from (f"{node_text(n)}[]" for n in walk_tree(argument) if n.type == "identifier")
            case "for_statement":
                update = node.child_by_field_name("update")
                yield from () if update is None else (node_text(n) for n in walk_tree(update) if n.type == "identifier")
            case "declaration":
                declared = (_declared(child) for child in node.children_by_field_name("declarator"))
                for name in (node_text(one) for one in declared if one is not None):
                    if name in seen:
                        yield name
                        yield f"{name}[]"
                    seen.add(name)
            case _:
                pass
