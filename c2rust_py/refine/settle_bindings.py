"""Settles a function's bindings once its body is there: `mut` where a binding is changed, `_` where nobody reads it.

    let x = 0; x += 1; return y;      ->      let mut _x = 0; _x += 1; return y;
    let i = 0; for i in 0..9 { }      ->      for _ in 0..9 { }

Least sets over one walk: a binding is mutable only where an assignment, `&mut` or a setter of a union names it. Ends
because it walks the finite tree twice. Relies on names resolving by Rust's own scoping.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, children, map_children, with_fields


@dataclass(slots=True)
class _Use:
    """How a binding is used."""

    read: bool = False
    written: bool = False
    changed: bool = False
    by_reference: bool = False
    """What lies behind the binding changes, not the binding."""

    def change_part(self) -> None:
        """A field or element is assigned, or the whole is borrowed mutably."""
        self.changed |= not self.by_reference


@dataclass(slots=True)
class _Uses:
    """What the first walk finds, by the identity of the node that binds."""

    by_binding: dict[int, _Use] = field(default_factory=dict)

    def enter(self, binding: object) -> int:
        """A new binding."""
        assert id(binding) not in self.by_binding, "each node binds once"
        self.by_binding[id(binding)] = _Use()
        return id(binding)


Scope = dict[str, int]


def settle_bindings(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with `mut` and `_` where they belong, and without bindings that do nothing."""
    uses = _Uses()
    scope: Scope = {}
    for param in item.params:
        scope[param.name] = id(param)
        uses.by_binding[id(param)] = _Use(by_reference=isinstance(param.type, rs.ReferenceType))
    _scan_block(item.body, scope, uses)
    body = _rebuild_block(item.body, {param.name: _new_name(param.name, uses, id(param)) for param in item.params}, uses)
    params = tuple(
        replace(p, name=_new_name(p.name, uses, id(p)), mutable=uses.by_binding[id(p)].changed) for p in item.params
    )
    return replace(item, params=params, body=body)


def _new_name(name: str, uses: _Uses, binding: int) -> str:
    return name if uses.by_binding[binding].read or name.startswith("_") else f"_{name}"


# ---- first walk: who is used how


def _scan_block(block: rs.Block, scope: Scope, uses: _Uses) -> None:
    scope = dict(scope)
    for statement in block.statements:
        if isinstance(statement, rs.Let):
            if statement.init is not None:
                _scan(statement.init, scope, uses)
            scope[statement.name] = uses.enter(statement)
        else:
            _scan(statement.expr, scope, uses)
    if block.tail is not None:
        _scan(block.tail, scope, uses)


def _scan(node: Node, scope: Scope, uses: _Uses) -> None:
    match node:
        case rs.Name(text):
            _note(text, scope, uses).read = True
        case rs.Assign(rs.Name(text), value, _):
            use = _note(text, scope, uses)
            use.written = use.changed = True
            _scan(value, scope, uses)
        case rs.Assign(target, value, _):
            _note(_root(target), scope, uses).change_part()
            _scan(value, scope, uses)
            _scan(target, scope, uses)
        case rs.Borrow(operand, True):
            _note(_root(operand), scope, uses).change_part()
            _scan(operand, scope, uses)
        case rs.MethodCall(receiver, method, args):
            if changes_receiver(method):
                _note(_root(receiver), scope, uses).change_part()
            for part in (receiver, *args):
                _scan(part, scope, uses)
        case rs.Block():
            _scan_block(node, scope, uses)
        case rs.For(variable, iterable, body):
            _scan(iterable, scope, uses)
            _scan_block(body, scope | {variable: uses.enter(node)}, uses)
        case rs.Closure(params, body):
            _scan(body, {k: v for k, v in scope.items() if k not in {name for name, _ in params}}, uses)
        case _:
            for child in children(node):
                _scan(child, scope, uses)


def changes_receiver(method: str) -> bool:
    """Whether a method changes what it is called on: a setter of a union, or one of these of arrays."""
    known = ("resize", "swap", "fill", "copy_from_slice", "copy_within", "split_at_mut", "as_flattened_mut", "as_mut_slice")
    return method.startswith("set_") or method in known


def _note(name: str, scope: Scope, uses: _Uses) -> _Use:
    """The record of the binding that a name means; a scratch one for what is no binding."""
    binding = scope.get(name)
    return _Use() if binding is None else uses.by_binding[binding]


def _root(expr: rs.Expr) -> str:
    """The variable that a place expression starts from, where the place is part of it."""
    while True:
        match expr:
            case rs.FieldAccess(base, _) | rs.Index(base, _) | rs.Unary("*", base):
                expr = base
            case rs.Name(text):
                return text
            case _:
                return ""


# ---- second walk: the new tree


def _rebuild_block(block: rs.Block, names: dict[str, str], uses: _Uses) -> rs.Block:
    names = dict(names)
    statements: list[rs.Statement] = []
    for statement in block.statements:
        if not isinstance(statement, rs.Let):
            statements.append(with_fields(statement, expr=_rebuild(statement.expr, names, uses)))
            continue
        use = uses.by_binding[id(statement)]
        init = None if statement.init is None else _rebuild(statement.init, names, uses)
        if not use.read and not use.written and init is not None and is_inert(init):
            continue
        names[statement.name] = _new_name(statement.name, uses, id(statement))
        statements.append(with_fields(statement, name=names[statement.name], init=init, mutable=use.changed))
    tail = None if block.tail is None else _rebuild(block.tail, names, uses)
    return with_fields(block, statements=tuple(statements), tail=tail)


def _rebuild(node: rs.Expr, names: dict[str, str], uses: _Uses) -> rs.Expr:
    def change(child: Node) -> Node:
        if isinstance(child, rs.Block):
            return _rebuild_block(child, names, uses)
        if isinstance(child, rs.MatchArm):
            return with_fields(child, body=_rebuild_block(child.body, names, uses))
        assert not isinstance(child, rs.Let | rs.ExprStatement)
        return _rebuild(child, names, uses)

    match node:
        case rs.Name(text):
            new = names.get(text, text)
            return node if new == text else rs.Name(new)
        case rs.For(variable, iterable, body, label):
            name = variable if uses.by_binding[id(node)].read else "_"
            inner = _rebuild_block(body, names | {variable: name}, uses)
            return rs.For(name, _rebuild(iterable, names, uses), inner, label)
        case rs.Closure(params, body):
            inner_names = {k: v for k, v in names.items() if k not in {name for name, _ in params}}
            return rs.Closure(params, _rebuild(body, inner_names, uses))
        case _:
            return map_children(node, change)


def is_inert(expr: rs.Expr) -> bool:
    """Whether evaluating an expression has no effect at all, so that an unused one can go."""
    match expr:
        case rs.Name() | rs.Literal():
            return True
        case rs.Unary("-" | "!", operand) | rs.Cast(operand, _) | rs.FieldAccess(operand, _):
            return is_inert(operand)
        case rs.ArrayRepeat(element, _):
            return is_inert(element)
        case rs.Borrow(rs.ArrayLiteral(()), mutable=False):
            return True
        case rs.ArrayLiteral(elements):
            return all(is_inert(e) for e in elements)
        case rs.StructLiteral(_, fields, None):
            return all(is_inert(value) for _, value in fields)
        case rs.Call(rs.Name(path), ()):
            return path == "Vec::new" or path.endswith("::default")
        case rs.Call(rs.Name("Box::new"), (value,)):
            return is_inert(value)
        case _:
            return False
