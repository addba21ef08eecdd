"""Options of references as a person handles them: `&mut` is lent anew where the option is looked at again.

    if let Some(p) = p { *p = 1; } g(p)          ->      if let Some(p) = p.as_deref_mut() { *p = 1; } g(p)
    p.unwrap().n += 1;                           ->      p.as_deref_mut().unwrap().n += 1;
    if let Some(p) = p { Some(&p[1..]) } else { None }          ->      p.map(|p| &p[1..])
    if let Some(p) = p { p } else { q }                         ->      p.unwrap_or(q)
    if c { Some(x) } else { None }                              ->      c.then_some(x)

Until here `p.unwrap()` names what a parameter `p: Option<&mut T>` refers to, as if such options could be copied. An option is moved where it
is looked at last, outside of loops. Runs behind `present_positions`, which makes the patterns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, children, map_children, walk

_JUMPS = (rs.Return, rs.Break, rs.Continue, rs.Verbatim)
_READERS = frozenset({"len", "iter", "first", "last", "get", "contains", "starts_with", "ends_with", "abs", "pow"})
_READER_PREFIXES = ("is_", "to_", "wrapping_", "checked_", "overflowing_", "count_", "leading_", "trailing_")


def optional_references(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with its optional parameters lent anew."""
    body = map_children(item.body, _plain)
    params = list(item.params)
    for position, param in enumerate(params):
        match param.type:
            case rs.PathType("Option", (rs.ReferenceType(_, mutable),)):
                lender = _Lender(param.name, mutable)
                body = lender.body(body)
                params[position] = replace(param, mutable=lender.lends)
            case _:
                pass
    return replace(item, params=tuple(params), body=body)


def _plain(node: Node) -> Node:
    """Choices of options as the methods that there are for them."""
    made = map_children(node, _plain)
    match made:
        case rs.If(rs.LetSome(name, option), rs.Block((), rs.Name(held)), rs.BlockExpr(rs.Block((), default), None)) if (
            held == name and isinstance(default, rs.Name | rs.Literal) and default not in (rs.Name("None"), rs.Name(name))
        ):
            return rs.MethodCall(option, "unwrap_or", (default,))
        case rs.If(
            rs.LetSome(name, option),
            rs.Block((), rs.Call(rs.Name("Some"), (value,))),
            rs.BlockExpr(rs.Block((), rs.Name("None")), None),
        ) if not _leaves(value):
            if value == rs.Name(name):
                return option
            return rs.MethodCall(option, "map", (rs.Closure(((name, None),), value),))
        case rs.If(
            rs.MethodCall() | rs.Name() as condition,
            rs.Block((), rs.Call(rs.Name("Some"), (rs.Literal() | rs.Name() as value,))),
            rs.BlockExpr(rs.Block((), rs.Name("None")), None),
        ):
            return rs.MethodCall(condition, "then_some", (value,))
        case _:
            return made


def _leaves(node: Node) -> bool:
    return any(isinstance(part, _JUMPS) for part in walk(node))


@dataclass(slots=True)
class _Lender:
    """Rewrites what names one optional parameter. lends: whether it has to be a mutable variable for that. last: the last node that
    names it, by identity; None where it stands in a loop."""

    name: str
    mutable: bool
    lends: bool = False
    last: int | None = None

    def body(self, body: rs.Block) -> rs.Block:
        body = cast(rs.Block, self._apart(body))
        found = list(self.named(body, in_loop=False))
        self.last = id(found[-1][0]) if found and not found[-1][1] else None
        made = self.change(body)
        assert isinstance(made, rs.Block)
        return made

    def _apart(self, node: Node) -> Node:
        """The node with a node of its own wherever the parameter is named."""
        return rs.Name(self.name) if node == rs.Name(self.name) else map_children(node, self._apart)

    def named(self, node: Node, in_loop: bool) -> Iterator[tuple[Node, bool]]:
        """The nodes that name the parameter, in order, and whether each stands in a loop or a closure."""
        match node:
            case rs.Name(text) if text == self.name:
                yield node, in_loop
            case rs.Block(statements, tail):
                for statement in statements:
                    yield from self.named(statement, in_loop)
                    if isinstance(statement, rs.Let) and statement.name == self.name:
                        return  # From here on the name is another variable's.
                if tail is not None:
                    yield from self.named(tail, in_loop)
            case rs.If(rs.LetSome(text, value), _, otherwise) if text == self.name:
                yield from self.named(value, in_loop)
                if otherwise is not None:
                    yield from self.named(otherwise, in_loop)
            case rs.While(rs.LetSome(text, value)) if text == self.name:
                yield from self.named(value, True)
            case rs.Closure(params) if any(text == self.name for text, _ in params):
                pass
            case _:
                inside = in_loop or isinstance(node, rs.While | rs.Loop | rs.For | rs.Closure)
                for child in children(node):
                    yield from self.named(child, inside)

    def change(self, node: Node, written: bool = False) -> Node:
        """The node with the parameter lent anew. written: whether the node is the target of an assignment, or lent to write."""
        own = rs.Name(self.name)
        match node:
            case rs.Call(rs.Name("Some"), (rs.MethodCall(receiver, "unwrap", ()),)) if receiver == own and not self.mutable:
                return own
            case _ if not self.mutable:
                pass
            case rs.MethodCall(receiver, "as_deref_mut", ()) if receiver == own:
                return self._moved(receiver) or self._lent(True)
            case rs.MethodCall(receiver, "as_deref", ()) if receiver == own:
                return node
            case rs.MethodCall(receiver, "is_some" | "is_none", ()) if receiver == own:
                return node
            case rs.MethodCall(receiver, "unwrap", ()) if receiver == own:
                return rs.MethodCall(self._moved(receiver) or self._lent(written), "unwrap")
            case rs.MethodCall(receiver, method, (rs.Closure(_, inner) as closure,)) if receiver == own:
                return rs.MethodCall(self._lent(_writes(inner, self.name)), method, (closure,))
            case rs.MethodCall(receiver, method, args) if receiver == own:
                given = self._moved(receiver) or self._lent(True)
                return rs.MethodCall(given, method, tuple(self._expr(arg) for arg in args))
            case rs.Assign(target, value):
                return replace(node, target=self._expr(target, written=True), value=self._expr(value))
            case rs.Borrow(operand, True):
                return replace(node, operand=self._expr(operand, written=True))
            case rs.FieldAccess(base):
                return replace(node, base=self._expr(base, written))
            case rs.Unary("*", operand):
                return replace(node, operand=self._expr(operand, written))
            case rs.Index(base, index):
                return replace(node, base=self._expr(base, written), index=self._expr(index))
            case rs.MethodCall(receiver, method, args) if receiver != own:
                changed = self._expr(receiver, written=not _reads(method) and _is_behind(receiver, own))
                return rs.MethodCall(changed, method, tuple(self._expr(arg) for arg in args))
            case rs.Name() if node == own:
                return self._moved(node) or self._lent(True)
            case _:
                pass
        return self._scoped(node)

    def _expr(self, node: rs.Expr, written: bool = False) -> rs.Expr:
        return cast(rs.Expr, self.change(node, written))

    def _scoped(self, node: Node) -> Node:
        """A node in which the name may come to mean what the option holds."""
        match node:
            case rs.Block(statements, tail):
                made: list[rs.Statement] = []
                for position, statement in enumerate(statements):
                    if isinstance(statement, rs.Let) and statement.name == self.name:
                        rest = rs.Block(statements[position + 1 :], tail)
                        made += [self._let(statement, rest), *rest.statements]
                        return replace(node, statements=tuple(made))
                    made.append(cast(rs.Statement, self.change(statement)))
                return replace(node, statements=tuple(made), tail=None if tail is None else self._expr(tail))
            case rs.If(rs.LetSome(text, value) as pattern, then, otherwise) if text == self.name:
                others = None if otherwise is None else cast(rs.BlockExpr | rs.If, self.change(otherwise))
                return replace(node, condition=replace(pattern, value=self._opened(value, then)), otherwise=others)
            case rs.While(rs.LetSome(text, value) as pattern, body) if text == self.name:
                return replace(node, condition=replace(pattern, value=self._opened(value, body)))
            case rs.Closure(params) if any(text == self.name for text, _ in params):
                return node
            case _:
                return map_children(node, self.change)

    def _let(self, let: rs.Let, rest: rs.Block) -> rs.Let:
        otherwise = None if let.otherwise is None else self.change(let.otherwise)
        assert otherwise is None or isinstance(otherwise, rs.Block)
        return replace(let, init=None if let.init is None else self._opened(let.init, rest), otherwise=otherwise)

    def _opened(self, value: rs.Expr, scope: rs.Block) -> rs.Expr:
        """An option whose pattern gives the name another meaning in a scope."""
        if value != rs.Name(self.name) or not self.mutable:
            return self._expr(value)
        return self._moved(value) or self._lent(_writes(scope, self.name))

    def _moved(self, named: Node) -> rs.Expr | None:
        """The option itself, where nobody looks at it again."""
        return rs.Name(self.name) if id(named) == self.last else None

    def _lent(self, written: bool) -> rs.Expr:
        self.lends |= written
        return rs.MethodCall(rs.Name(self.name), "as_deref_mut" if written else "as_deref")


def _reads(method: str) -> bool:
    """Whether a method only looks at what it is called on."""
    return method in _READERS or method.startswith(_READER_PREFIXES)


def _is_behind(node: Node, own: rs.Name) -> bool:
    """Whether a place lies behind the option."""
    while isinstance(node, rs.FieldAccess | rs.Index | rs.Unary):
        node = node.operand if isinstance(node, rs.Unary) else node.base
    return isinstance(node, rs.MethodCall) and node.method == "unwrap" and node.receiver == own


def _writes(node: Node, name: str) -> bool:
    """Whether what a name refers to may be written: all but reads of it, and of its parts, count."""
    match node:
        case rs.Name(text):
            return text == name
        case rs.Assign(target, value):
            return _is_part(target, name) or _writes(target, name) or _writes(value, name)
        case rs.Borrow(operand, mutable):
            return (mutable and _is_part(operand, name)) or _writes(operand, name)
        case rs.FieldAccess() | rs.Index() | rs.Unary("*", _) if _is_part(node, name):
            return any(_writes(index, name) for index in _indices(node))
        case rs.MethodCall(receiver, method, args) if _is_part(receiver, name):
            inner = _writes(receiver, name) and receiver != rs.Name(name)
            return not _reads(method) or inner or any(_writes(arg, name) for arg in args)
        case _:
            return any(_writes(child, name) for child in children(node))


def _is_part(node: Node, name: str) -> bool:
    while isinstance(node, rs.FieldAccess | rs.Index) or (isinstance(node, rs.Unary) and node.op == "*"):
        node = node.operand if isinstance(node, rs.Unary) else node.base
    return node == rs.Name(name)


def _indices(node: Node) -> Iterator[rs.Expr]:
    while isinstance(node, rs.FieldAccess | rs.Index) or (isinstance(node, rs.Unary) and node.op == "*"):
        if isinstance(node, rs.Index):
            yield node.index
        node = node.operand if isinstance(node, rs.Unary) else node.base
