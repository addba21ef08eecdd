"""Rows as one array: lent to write where they are written, and named where they are looked at several times.

    m.as_flattened()[i] = 1;                      ->      m.as_flattened_mut()[i] = 1;

    s.rows.as_flattened()[i] = 1;                 ->      let rows = s.rows.as_flattened_mut();
    s.rows.as_flattened()[i + 1] = s.n;                   rows[i] = 1;
                                                          rows[i + 1] = s.n;

    m.as_flattened_mut()[m[0][0]] = 1;            ->      let at = m[0][0];
                                                          m.as_flattened_mut()[at] = 1;

`write_flat_views` stands in front of `settle_bindings`, which sees by the method what is written. `name_flat_views` stands behind: a
name lasts over statements that do not mention the rows in another way, nor what holds them. What an index looks at in the
rows that are lent to write is computed in front. Each is one walk of each block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from c2rust_py.diagnostics import Span
from c2rust_py.refine.compound_assignments import is_pure
from c2rust_py.refine.settle_bindings import changes_receiver
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, children, map_children, walk

Path = tuple[str, ...]
"""A variable, and the fields from there on."""

_READ, _WRITE = "as_flattened", "as_flattened_mut"


def write_flat_views(body: rs.Block) -> rs.Block:
    """The body with rows lent to write where that is needed."""
    if not any(isinstance(node, rs.MethodCall) and node.method == _READ for node in walk(body)):
        return body

    def change(node: Node) -> Node:
        node = map_children(node, change)
        match node:
            case rs.Assign(target):
                return replace(node, target=_written(target))
            case rs.Borrow(operand, True):
                return replace(node, operand=_written(operand))
            case rs.MethodCall(receiver, method) if changes_receiver(method):
                return replace(node, receiver=_written(receiver))
            case _:
                return node

    return cast(rs.Block, change(body))


def _written(place: rs.Expr) -> rs.Expr:
    """A place that is written, by way of rows that are lent for that."""
    match place:
        case rs.FieldAccess(base) | rs.Index(base):
            return replace(place, base=_written(base))
        case rs.MethodCall(receiver, "as_flattened" | "as_flattened_mut", ()):
            return rs.MethodCall(_written(receiver), _WRITE)
        case _:
            return place


def name_flat_views(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with names for rows that it looks at more than once, and none that are lent twice."""
    if not any(_flat_path(node) for node in walk(item.body)):
        return item
    names = {param.name for param in item.params}
    for node in walk(item.body):
        names |= _names(node)
    namer = _Namer(names)
    return replace(item, body=cast(rs.Block, namer.apart(namer.block(item.body))))


def _names(node: Node) -> set[str]:
    """The names that a node itself has or gives."""
    match node:
        case rs.Name(text):
            return {text}
        case rs.Let(name) | rs.LetSome(name):
            return {name}
        case rs.LetPair(low, high):
            return {low, high}
        case rs.For(variable, index=index):
            return {variable, index or variable}
        case rs.Closure(params):
            return {name for name, _ in params}
        case _:
            return set()


def _flat_path(node: Node) -> Path | None:
    """The path of the rows where a node lends them as one array."""
    if isinstance(node, rs.MethodCall) and node.method in (_READ, _WRITE):
        return _path(node.receiver)
    return None


def _path(expr: Node) -> Path | None:
    match expr:
        case rs.Name(text) if text.isidentifier():
            return (text,)
        case rs.FieldAccess(base, field):
            inner = _path(base)
            return None if inner is None else (*inner, field)
        case _:
            return None


def _overlap(one: Path, other: Path) -> bool:
    return all(a == b for a, b in zip(one, other, strict=False))


@dataclass(slots=True)
class _Namer:
    """names: those that stand in the function."""

    names: set[str]

    def block(self, node: Node) -> Node:
        """The node with names in its blocks, the outermost first."""
        if isinstance(node, rs.Block):
            for path in dict.fromkeys(path for inner in walk(node) if (path := _flat_path(inner)) is not None):
                node = self._named(node, path)
        return map_children(node, self.block)

    def _named(self, block: rs.Block, path: Path) -> rs.Block:
        """The block with a name for some rows over each run of statements that only look at them so."""
        parts: list[Node] = [*block.statements, *(() if block.tail is None else (block.tail,))]
        made: list[Node] = []
        for run in _runs(parts, path):
            count = sum(isinstance(node, rs.Index) and _flat_path(node.base) == path for part in run for node in walk(part))
            if count > 1 and len(run) > 1:
                name = self._new_name(path[-1].lower() if len(path) > 1 else "flat")
                whole = next(node for part in run for node in walk(part) if _flat_path(node) == path)
                assert isinstance(whole, rs.MethodCall)
                written = any(isinstance(n, rs.MethodCall) and n.method == _WRITE and _path(n.receiver) == path for p in run for n in walk(p))
                span = run[0].span if isinstance(run[0], rs.Let | rs.ExprStatement) else block.tail_span
                made.append(rs.Let(name, None, rs.MethodCall(whole.receiver, _WRITE if written else _READ), span=span))
                run = [_with_name(part, path, name) for part in run]
            made.extend(run)
        tail = cast(rs.Expr, made.pop()) if block.tail is not None else None
        return replace(block, statements=cast("tuple[rs.Statement, ...]", tuple(made)), tail=tail)

    def _new_name(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self.names:
            number += 1
            name = f"{wanted}{number}"
        self.names.add(name)
        return name

    # ---- indices that look at what is lent

    def apart(self, node: Node) -> Node:
        """The node with such indices computed in front of the loan."""
        if isinstance(node, rs.Block):
            statements: list[rs.Statement] = []
            for statement in node.statements:
                made = cast(rs.Statement, self.apart(statement))
                if isinstance(made, rs.ExprStatement) and isinstance(made.expr, rs.Assign):
                    before, assign = self._settled(made.expr, made.span)
                    statements += [*before, replace(made, expr=assign)]
                else:
                    statements.append(made)
            tail = None if node.tail is None else cast(rs.Expr, self.apart(node.tail))
            return replace(node, statements=tuple(statements), tail=tail)
        made_node = map_children(node, self.apart)
        if isinstance(made_node, rs.Borrow) and made_node.mutable:
            indices: list[rs.Let] = []
            operand = self._outside(made_node.operand, indices, None)
            if indices:
                return rs.BlockExpr(rs.Block(tuple(indices), replace(made_node, operand=operand)))
        return made_node

    def _settled(self, assign: rs.Assign, span: Span | None) -> tuple[list[rs.Let], rs.Assign]:
        """An assignment with what has to stand in front of it: Rust computes the value first, then the place."""
        indices: list[rs.Let] = []
        target = self._outside(assign.target, indices, span)
        if not indices:
            return [], assign
        if is_pure(_without_flat(assign.value)):
            return indices, replace(assign, target=target)
        value = self._let("value", assign.value, span)
        return [value, *indices], replace(assign, target=target, value=rs.Name(value.name))

    def _outside(self, place: rs.Expr, indices: list[rs.Let], span: Span | None) -> rs.Expr:
        """A place without the indices that mention what is lent to write on the way there."""
        match place:
            case rs.FieldAccess(base):
                return replace(place, base=self._outside(base, indices, span))
            case rs.Index(base, index):
                base = self._outside(base, indices, span)
                lent = _lent_to_write(base)
                if any(_mentions(index, path) for path in lent):
                    low = index.low if isinstance(index, rs.RangeFrom) else index
                    at = self._let("at", low, span)
                    indices.append(at)
                    index = rs.RangeFrom(rs.Name(at.name)) if isinstance(index, rs.RangeFrom) else rs.Name(at.name)
                return replace(place, base=base, index=index)
            case _:
                return place

    def _let(self, wanted: str, value: rs.Expr, span: Span | None) -> rs.Let:
        return rs.Let(self._new_name(wanted), None, value, span=span)


def _without_flat(expr: rs.Expr) -> rs.Expr:
    """An expression with rows for rows as one array: which changes nothing."""

    def change(node: Node) -> Node:
        node = map_children(node, change)
        return node.receiver if isinstance(node, rs.MethodCall) and node.method == _READ else node

    return cast(rs.Expr, change(expr))


def _lent_to_write(place: rs.Expr) -> list[Path]:
    """The rows that a place lends to be written on the way."""
    found = [_path(n.receiver) for n in walk(place) if isinstance(n, rs.MethodCall) and n.method == _WRITE]
    return [path for path in found if path is not None]


def _runs(parts: Sequence[Node], path: Path) -> Iterator[list[Node]]:
    """The parts of a block in runs, from one that looks at the rows as one array to another, where none between them mentions
    the rows, or what holds them, in another way. Each other part is a run of its own."""
    run: list[Node] = []
    rest: list[Node] = []
    for part in parts:
        if not _only_flat(part, path):
            yield from _split(run, rest)
            yield [part]
            run, rest = [], []
        elif any(_flat_path(node) == path for node in walk(part)):
            run += [*rest, part]
            rest = []
        elif run:
            rest.append(part)
        else:
            yield [part]
    yield from _split(run, rest)


def _split(run: list[Node], rest: list[Node]) -> Iterator[list[Node]]:
    if run:
        yield run
    yield from ([part] for part in rest)


def _only_flat(part: Node, path: Path) -> bool:
    """Whether a part mentions rows as one array alone, as an array or an argument, and gives nothing their name."""
    if any(path[0] in _names(node) for node in walk(part) if not isinstance(node, rs.Name)):
        return False
    return _is_apart_or_flat(part, None, path)


def _is_apart_or_flat(node: Node, parent: Node | None, path: Path) -> bool:
    if _flat_path(node) == path:
        match parent:
            case rs.Index(base):
                return base is node
            case rs.MethodCall(receiver):
                return receiver is node
            case rs.Call():
                return True
            case _:
                return False
    own = _path(node)
    if own is not None:
        return not _overlap(own, path)
    return all(_is_apart_or_flat(child, node, path) for child in children(node))


def _mentions(node: Node, path: Path) -> bool:
    """Whether a node looks at rows, or at what holds them."""
    own = _path(node)
    if own is not None:
        return _overlap(own, path)
    return any(_mentions(child, path) for child in children(node))


def _with_name(node: Node, path: Path, name: str) -> Node:
    if _flat_path(node) == path:
        return rs.Name(name)
    return map_children(node, lambda child: _with_name(child, path, name))
