"""Drops the types of `let`s that say what is seen anyway.

    let x: i32 = 0; f(x);                       ->      let x = 0; f(x);
    let x: i32 = 0; g(x.wrapping_add(1));       ->      (stays: rustc looks for the method before it settles on i32)
    let p: Ptr<u8> = find(s, mem);              ->      let p = find(s, mem);
    let p: Ptr<Node> = malloc(16, mem).cast();  ->      (stays: the type is what the cast goes to)
    let s: &[u8] = b"a\0";                      ->      (stays: else it has a length)
    let p: Option<&T> = None; p = Some(&t);     ->      let p = None; p = Some(&t);
    let p: Id<Node> = Id::NULL; p = find(a);    ->      let p = Id::NULL; p = find(a);
    let f: fn(i32) -> i32 = double;             ->      (stays: else it is that function alone)
    let p: [Option<&T>; 2] = [None; 2];         ->      (stays, where nothing that follows says it)

The type of an initialiser is *open* where only its surroundings fix it: literals without suffix, what is computed from them, and
casts of pointers without a target. An open i32 or f64 is what rustc falls back to, so it needs its type only where a method is
called on it. Two walks: the first finds which bindings those are, the second drops the other types. Relies on lowering to
annotate every `let` of a C local.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, children, map_children, with_fields

_FALLBACK = (rs.PathType("i32"), rs.PathType("f64"))
_OPEN_POINTER_METHODS = frozenset({"cast", "to_fn", "to_ptr"})

Scope = dict[str, int]


@dataclass(slots=True)
class _Found:
    """By the identity of the node that binds: the `let`s whose initial value is open, the bindings whose own type is then open
    (no other type than a fallback is dropped there), and those that a method is called on. Loops bind, too: there the range is
    what is open. `settled` are those that are assigned what has a type of its own."""

    inits: set[int] = field(default_factory=set)
    open: set[int] = field(default_factory=set)
    receivers: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)


def drop_annotations(block: rs.Block) -> rs.Block:
    """The body of a function with the types that it needs."""
    found = _Found()
    _scan_block(block, {}, found)
    return _rebuild_block(block, found)


# ---- first walk


def _scan_block(block: rs.Block, scope: Scope, found: _Found) -> Scope:
    """Scans a block and gives the scope at its end."""
    scope = dict(scope)
    for statement in block.statements:
        if not isinstance(statement, rs.Let):
            _scan(statement.expr, scope, found)
            continue
        if statement.init is not None:
            _scan(statement.init, scope, found)
            if is_open(statement.init, scope, found) or _loses_length(statement) or _names_function(statement):
                found.inits.add(id(statement))
                if statement.type is None or statement.type in _FALLBACK:
                    found.open.add(id(statement))
        scope[statement.name] = id(statement)
    if block.tail is not None:
        _scan(block.tail, scope, found)
    return scope


def _scan(node: Node, scope: Scope, found: _Found) -> None:
    match node:
        case rs.Block():
            _scan_block(node, scope, found)
        case rs.For(variable, iterable, body):
            _scan(iterable, scope, found)
            ends = iterable.receiver if isinstance(iterable, rs.MethodCall) else iterable
            if isinstance(ends, rs.RangeExpr) and is_open(ends.low, scope, found) and is_open(ends.high, scope, found):
                found.open.add(id(node))
            _scan_block(body, scope | {variable: id(node)}, found)
            if id(node) in found.receivers:
                found.receivers.update(_deciding(iterable, scope))
        case rs.Closure(params, body):
            _scan(body, {k: v for k, v in scope.items() if k not in {name for name, _ in params}}, found)
        case rs.Assign(rs.Name(name), value) if name in scope:
            if not is_open(value, scope, found):
                found.settled.add(scope[name])
            _scan(value, scope, found)
        case rs.MethodCall(receiver) if not isinstance(receiver, rs.RangeExpr):
            if is_open(receiver, scope, found):
                found.receivers.update(_deciding(receiver, scope))
            for child in children(node):
                _scan(child, scope, found)
        case _:
            for child in children(node):
                _scan(child, scope, found)


def is_open(expr: rs.Expr, scope: Scope, found: _Found) -> bool:
    """Whether only the surroundings of an expression fix its type."""
    match expr:
        case rs.Literal(text, suffixed):
            return not suffixed and text[0].isdigit()
        case rs.Name("None"):
            return True
        case rs.Name(text):
            return _is_untyped_path(text) or scope.get(text) in found.open
        case rs.Call(rs.Name(text), _):
            return _is_untyped_path(text)
        case rs.Unary(_, operand):
            return is_open(operand, scope, found)
        case rs.Binary("==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||"):
            return False
        case rs.Binary("<<" | ">>", left, _) | rs.Index(left, _):
            return is_open(left, scope, found)
        case rs.Binary(_, left, right):
            return is_open(left, scope, found) and is_open(right, scope, found)
        case rs.MethodCall(receiver, method, args):
            if method == "local":
                return all(is_open(arg, scope, found) for arg in args)
            return method in _OPEN_POINTER_METHODS or (method == "to_vec" and is_open(receiver, scope, found))
        case rs.ArrayLiteral(elements):
            return all(is_open(element, scope, found) for element in elements)
        case rs.ArrayRepeat(element, _) | rs.VecRepeat(element, _):
            return is_open(element, scope, found)
        case rs.BlockExpr(rs.Block(tail=tail) as block, _) if tail is not None:
            return is_open(tail, _scan_block(block, scope, found), found)
        case rs.If(_, then, otherwise):
            return _all_open((then, _block_of(otherwise)), scope, found)
        case rs.Match(_, arms):
            return _all_open(tuple(arm.body for arm in arms), scope, found)
        case _:
            return False


def _loses_length(let: rs.Let) -> bool:
    """Whether a slice is bound to what may be an array with a length."""
    return let.type is not None and let.init is not None and _has_slice(let.type) and not _is_slice(let.init)


def _names_function(let: rs.Let) -> bool:
    """Whether a function pointer is bound to what may be one function, whose type is its own."""
    type = let.type
    while isinstance(type, rs.ArrayType) or (isinstance(type, rs.PathType) and type.name == "Option"):
        type = type.element if isinstance(type, rs.ArrayType) else type.args[0]
    return isinstance(type, rs.FnType) and not isinstance(let.init, rs.FieldAccess | rs.Index)


def _has_slice(type: rs.Type) -> bool:
    match type:
        case rs.ReferenceType(rs.SliceType()):
            return True
        case rs.ArrayType(element):
            return _has_slice(element)
        case rs.PathType("Option", (inner,)):
            return _has_slice(inner)
        case _:
            return False


def _is_slice(expr: rs.Expr) -> bool:
    """Whether an expression is a slice by itself."""
    match expr:
        case rs.Name("None") | rs.Call(rs.Name("Some")):
            return False
        case rs.Name() | rs.FieldAccess() | rs.Index() | rs.Call() | rs.MethodCall():
            return True
        case rs.Borrow(rs.Index(_, rs.RangeExpr() | rs.RangeFrom())) | rs.Unary("*", rs.Name()):
            return True
        case _:
            return False


def _is_untyped_path(text: str) -> bool:
    """`Ptr::NULL`, `Ptr::from_int`, `Vec::new`: associated items of a generic type without its argument."""
    return text.startswith(("Ptr::", "FnPtr::", "Id::", "Vec::")) and "<" not in text


def _block_of(otherwise: rs.BlockExpr | rs.If | None) -> rs.Block:
    match otherwise:
        case rs.BlockExpr(block, _):
            return block
        case rs.If():
            return rs.Block((), otherwise)
        case None:
            return rs.Block(())


def _all_open(blocks: tuple[rs.Block, ...], scope: Scope, found: _Found) -> bool:
    """Whether the value of every branch that has one is open."""
    tails = [(block.tail, block) for block in blocks if block.tail is not None]
    return all(is_open(tail, _scan_block(block, scope, found), found) for tail, block in tails)


def _deciding(expr: rs.Expr, scope: Scope) -> Iterator[int]:
    """The bindings whose types would settle that of an open expression."""
    stack: list[Node] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, rs.Name) and node.text in scope:
            yield scope[node.text]
        stack.extend(children(node))


# ---- second walk


def _rebuild_block(block: rs.Block, found: _Found) -> rs.Block:
    statements = tuple(
        _rebuild_let(statement, found)
        if isinstance(statement, rs.Let)
        else with_fields(statement, expr=_rebuild(statement.expr, found))
        for statement in block.statements
    )
    tail = None if block.tail is None else _rebuild(block.tail, found)
    return with_fields(block, statements=statements, tail=tail)


def _rebuild_let(let: rs.Let, found: _Found) -> rs.Let:
    is_open_here = id(let) in found.inits or let.init is None
    falls_back = let.init is not None and let.type in _FALLBACK and id(let) not in found.receivers
    is_settled = let.init in (rs.Name("None"), rs.Name("Id::NULL")) and id(let) in found.settled and not _loses_length(let)
    type = let.type if is_open_here and not falls_back and not is_settled else None
    return with_fields(let, type=type, init=None if let.init is None else _rebuild(let.init, found))


def _rebuild(node: rs.Expr, found: _Found) -> rs.Expr:
    def change(child: Node) -> Node:
        if isinstance(child, rs.Block):
            return _rebuild_block(child, found)
        if isinstance(child, rs.MatchArm):
            return with_fields(child, body=_rebuild_block(child.body, found))
        assert not isinstance(child, rs.Let | rs.ExprStatement)
        return _rebuild(child, found)

    if isinstance(node, rs.For) and id(node) in found.open & found.receivers:
        node = with_fields(node, iterable=_typed_range(node.iterable))
    return map_children(node, change)


def _typed_range(iterable: rs.Expr) -> rs.Expr:
    """A range of literals with the type in its first one; where names are the ends, their bindings say it."""
    match iterable:
        case rs.MethodCall(receiver, method, args):
            return rs.MethodCall(_typed_range(receiver), method, args)
        case rs.RangeExpr(rs.Literal(text, False) as low, _) if text.isdigit():
            return replace(iterable, low=replace(low, text=f"{text}_i32", suffixed=True))
        case _:
            return iterable
