"""Loops over the indices of an array that use them for that array alone go over the array.

    for i in 0..3 { f(a[i]); }                  ->      for &value in &a { f(value); }            // [i32; 3]
    for i in 0..2 { f(a[i], i); }               ->      for (i, &value) in a.iter().enumerate().take(2) { f(value, i); }
    for i in 0..3 { a[i].n += 1; }              ->      for item in &mut a { item.n += 1; }

The range has to lie within the array: its end is a number up to the length, or the length itself; or each round looks at the
element, so that C is undefined where the range goes on behind it (`certain_access`). The body may name the array
only as `a[i]`, and other elements only to read where it changes none. With several such arrays the index stays. Runs last: the loops that it
makes bind two names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from c2rust_py.refine.certain_access import runs_to_its_end, surely_looks_at
from c2rust_py.refine.compound_assignments import is_pure
from c2rust_py.refine.declared_types import Types
from c2rust_py.refine.index_ranges import literal_value
from c2rust_py.refine.settle_bindings import changes_receiver
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk

_SCALARS = frozenset(
    {"i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "i128", "u128", "isize", "usize", "f32", "f64", "bool"}
)
_HANDLES = frozenset({"Ptr", "FnPtr"})


def array_loops(item: rs.FunctionItem, types: Types, constants: Mapping[str, int]) -> rs.FunctionItem:
    """The function with its loops over arrays; `types` are those of its variables and of the crate's constant data."""
    taken = {param.name for param in item.params} | set(_bound_names(item.body))
    body = _Rewriting(dict(types), constants, taken).node(item.body)
    assert isinstance(body, rs.Block)
    return replace(item, body=body)


def _bound_names(body: rs.Block) -> Iterator[str]:
    for node in walk(body):
        match node:
            case rs.Name(name) | rs.Let(name) | rs.For(name):
                yield name
            case rs.Closure(params):
                yield from (name for name, _ in params)
            case _:
                pass


@dataclass(frozen=True, slots=True)
class _Uses:
    """How a body uses an array at the index: whether it changes elements, borrows them, or looks at whole ones."""

    changed: bool
    borrowed: bool


class _Rewriting:
    """The walk; outer loops come first, so that the rows they give are arrays to inner ones."""

    def __init__(self, types: dict[str, rs.Type], constants: Mapping[str, int], taken: set[str]) -> None:
        self.types = types
        self.constants = constants
        self.taken = taken

    def node(self, node: Node) -> Node:
        if isinstance(node, rs.For):
            node = self.loop(node)
        return map_children(node, self.node)

    def loop(self, loop: rs.For) -> rs.For:
        if not isinstance(loop.iterable, rs.RangeExpr) or loop.iterable.inclusive:
            return loop
        array = _only_array(loop)
        if array is None:
            return loop
        element = self.element(array)
        uses = _uses(loop.body, array, loop.variable)
        if element is None or uses is None or (uses.changed and uses.borrowed):
            return loop
        by_value = not uses.changed and not uses.borrowed and _is_small(element)
        body = _with_items(loop.body, array, loop.variable, "", by_value)
        indexed = any(isinstance(n, rs.Name) and n.text == loop.variable for n in walk(body))
        iterable = self.iterable(array, loop, loop.iterable, uses.changed, indexed)
        if iterable is None:
            return loop
        name = self.fresh(array, element, body)
        self.types[name] = element if by_value else rs.ReferenceType(element, uses.changed)
        body = _with_items(loop.body, array, loop.variable, name, by_value)
        return rs.For(name, iterable, body, loop.label, loop.variable if indexed else None, by_value)

    def element(self, array: str) -> rs.Type | None:
        match self.types.get(array):
            case rs.ArrayType(element) | rs.SliceType(element):
                return element
            case rs.ReferenceType(rs.ArrayType(element) | rs.SliceType(element)):
                return element
            case _:
                return None

    def iterable(
        self, array: str, loop: rs.For, span: rs.RangeExpr, changed: bool, indexed: bool
    ) -> rs.Expr | None:
        """The elements of the span; None where it may not lie in the array, and the loop may not notice."""
        body, variable = loop.body, loop.variable
        type = self.types[array]
        held = type.target if isinstance(type, rs.ReferenceType) else type
        length = held.length if isinstance(held, rs.ArrayType) else None
        low, high = self.value(span.low), self.value(span.high)
        is_length = span.high == rs.MethodCall(rs.Name(array), "len")
        if is_length or (length is not None and high is not None and high <= length):
            if low is None or (high is not None and low > high):
                return None
            return self.inside(array, span, changed, indexed, low, is_length or high == length)
        element = rs.Index(rs.Name(array), rs.Name(variable))
        if not is_pure(span.low) or not surely_looks_at(body, element, self.value):
            return None
        return _part(array, span, changed, indexed, low == 0, runs_to_its_end(body))

    def inside(
        self, array: str, span: rs.RangeExpr, changed: bool, indexed: bool, low: int, whole: bool
    ) -> rs.Expr:
        """The elements of a span that lies in the array."""
        type = self.types[array]
        base: rs.Expr = rs.Name(array)
        if indexed:
            items = rs.MethodCall(rs.MethodCall(base, "iter_mut" if changed else "iter"), "enumerate")
            items = items if whole else rs.MethodCall(items, "take", (span.high,))
            return items if low == 0 else rs.MethodCall(items, "skip", (span.low,))
        if whole and low == 0 and isinstance(type, rs.ReferenceType):
            return rs.MethodCall(base, "iter_mut") if changed else base if not type.mutable else rs.MethodCall(base, "iter")
        if not (whole and low == 0):
            end = rs.Literal("", suffixed=True) if whole else span.high
            base = rs.Index(base, rs.RangeExpr(rs.Literal("", suffixed=True) if low == 0 else span.low, end))
        return rs.Borrow(base, mutable=changed)

    def value(self, expr: rs.Expr) -> int | None:
        match expr:
            case rs.Literal():
                return literal_value(expr)
            case rs.Cast(rs.Name(name), rs.PathType("usize")):
                return self.constants.get(name.split("::")[-1])
            case _:
                return None

    def fresh(self, array: str, element: rs.Type, body: rs.Block) -> str:
        """A name for an element: the singular of the array's, or what it is. Loops side by side may have one name."""
        taken = self.taken | _KEYWORDS | set(_bound_names(body))
        word = array.split("::")[-1].lower()
        singular = None
        if word.endswith("ies") and len(word) > 4:
            singular = word[:-3] + "y"
        elif word.endswith(("ses", "xes", "ches", "shes")) and len(word) > 4:
            singular = word[:-2]
        elif word.endswith("s") and not word.endswith(("ss", "us")) and len(word) > 2:
            singular = word[:-1]
        kind = "row" if isinstance(element, rs.ArrayType) else "value" if isinstance(element, rs.PathType) else "item"
        if isinstance(element, rs.PathType) and element.name not in _SCALARS:
            kind = "item"
        if element == rs.PathType("u8"):
            kind = "byte"
        numbered = (f"{kind}_{number}" for number in range(2, 1000))
        return next(n for n in (*([singular] if singular else []), kind, *numbered) if n not in taken)


_KEYWORDS = frozenset(
    {"as", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn", "for", "if", "impl", "in",
     "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "static", "struct", "super", "trait",
     "true", "type", "unsafe", "use", "where", "while", "async", "await", "box", "do", "final", "macro", "priv", "try", "yield"}
)  # fmt: skip


def _part(array: str, span: rs.RangeExpr, changed: bool, indexed: bool, from_start: bool, to_end: bool) -> rs.Expr:
    """The elements of a span that may go on behind the array. Where all of its rounds run (`to_end`), it can be cut out
    before, which stops the program; an empty one may not be cut out where it begins behind the array."""
    items: rs.Expr = rs.Name(array)
    if from_start and to_end:
        items = rs.Index(items, rs.RangeExpr(rs.Literal("", suffixed=True), span.high))
        if not indexed:
            return rs.Borrow(items, mutable=changed)
        return rs.MethodCall(rs.MethodCall(items, "iter_mut" if changed else "iter"), "enumerate")
    items = rs.MethodCall(items, "iter_mut" if changed else "iter")
    items = rs.MethodCall(items, "enumerate") if indexed else items
    items = rs.MethodCall(items, "take", (span.high,))
    return items if from_start else rs.MethodCall(items, "skip", (span.low,))


def _at(node: Node, array: str, index: str) -> bool:
    return node == rs.Index(rs.Name(array), rs.Name(index))


def _only_array(loop: rs.For) -> str | None:
    """The one array that the body indexes by the counter itself, if all that it does with that array is to index it, and
    with another index only to read."""
    arrays = {
        node.base.text
        for node in walk(loop.body)
        if isinstance(node, rs.Index) and node.index == rs.Name(loop.variable) and isinstance(node.base, rs.Name)
    }
    if len(arrays) != 1:
        return None
    (array,) = arrays
    named = sum(node == rs.Name(array) for node in walk(loop.body))
    at = sum(_at(node, array, loop.variable) for node in walk(loop.body))
    elsewhere = sum(isinstance(node, rs.Index) and node.base == rs.Name(array) for node in walk(loop.body)) - at
    if named != at + elsewhere or (elsewhere and _is_changed(loop.body, array)):
        return None
    return array


def _is_changed(body: rs.Block, array: str) -> bool:
    """Whether the body may change an element."""
    for node in walk(body):
        match node:
            case rs.Assign(place) | rs.Borrow(place, True) | rs.MethodCall(place):
                while isinstance(place, rs.FieldAccess | rs.Index):
                    place = place.base
                if place == rs.Name(array):
                    return True
            case _:
                pass
    return False


def _uses(body: Node, array: str, index: str) -> _Uses | None:
    """None where the body uses elements in a way that has no other form."""
    changed = borrowed = False
    for node in walk(body):
        match node:
            case rs.Assign(target):
                changed |= _root_at(target, array, index)
            case rs.Borrow(operand, True) if _root_at(operand, array, index):
                return None
            case rs.Borrow(operand, False):
                borrowed |= _at(operand, array, index)
            case rs.MethodCall(receiver, method) if _root_at(receiver, array, index):
                changed |= changes_receiver(method)
            case rs.Let(name) | rs.For(name) if name in (array, index):
                return None
            case rs.Closure():
                if any(_at(inner, array, index) for inner in walk(node)):
                    return None
            case _:
                pass
    return _Uses(changed, borrowed)


def _root_at(place: rs.Expr, array: str, index: str) -> bool:
    while not _at(place, array, index):
        match place:
            case rs.FieldAccess(base, _) | rs.Index(base, _):
                place = base
            case _:
                return False
    return True


def _is_small(element: rs.Type) -> bool:
    """Whether elements are taken out of their array: numbers, handles, references."""
    match element:
        case rs.PathType(name):
            return name in _SCALARS | _HANDLES
        case rs.ReferenceType(_, mutable):
            return not mutable
        case _:
            return False


def _with_items(body: rs.Block, array: str, index: str, name: str, by_value: bool) -> rs.Block:
    """The body with the variable in place of `array[index]`: as it is where its fields and elements are meant."""
    item = rs.Name(name)

    def change(node: Node) -> Node:
        match node:
            case rs.FieldAccess(base) | rs.Index(base) if _at(base, array, index):
                changed = replace(node, base=item)
                return replace(changed, index=_expr(change(changed.index))) if isinstance(changed, rs.Index) else changed
            case rs.MethodCall(receiver, _, args) if _at(receiver, array, index):
                return replace(node, receiver=item, args=tuple(_expr(change(arg)) for arg in args))
            case rs.Borrow(operand, False) if _at(operand, array, index):
                return item
            case rs.Index() if _at(node, array, index):
                return item if by_value else rs.Unary("*", item)
            case _:
                return map_children(node, change)

    changed = change(body)
    assert isinstance(changed, rs.Block)
    return changed


def _expr(node: Node) -> rs.Expr:
    assert not isinstance(node, rs.Block | rs.MatchArm | rs.Let | rs.ExprStatement)
    return node
