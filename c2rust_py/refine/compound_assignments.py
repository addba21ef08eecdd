"""Assignments that say what they do to a variable, and increments behind the statement that uses the old value.

    p = p + 1;                                  ->      p += 1;
    let t = n; n = t + 1; buf[t as usize] = c;  ->      buf[n as usize] = c; n += 1;
    let t = s.n; s.n = t + 1; s.a[t] = c;       ->      s.a[s.n] = c; s.n += 1;
    let t = n; n = t - 1; if t == 0 { .. }      ->      let t = n; n -= 1; if t == 0 { .. }

The second and the third need that only the next statement names `t`, that it does not name `n`, and that control comes out at its end: then
nobody can see whether `n` changes before it or behind it. In a closure, which `setjmp` makes, any call may be left by a jump. Runs before
types are dropped; ends because it walks the tree once.
"""

from __future__ import annotations

from functools import partial

from c2rust_py.refine.own_places import is_own_place, may_not_come_back, names, renamed, touches
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, map_children, walk, with_fields

_COMPOUND = frozenset({"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"})
_PURE_METHODS = frozenset({"read", "elem", "at", "first", "cast", "is_null"})


def compound_assignments(block: rs.Block) -> rs.Block:
    """The body of a function with its updates of variables in their shortest form."""
    changed = _change(block)
    assert isinstance(changed, rs.Block)
    return changed


def _change(node: Node, caught: bool = False) -> Node:
    node = map_children(node, partial(_change, caught=caught or isinstance(node, rs.Closure)))
    match node:
        case rs.Assign(target, value, "") if (short := _compound(target, value)) is not None:
            return short
        case rs.Block(statements):
            return with_fields(node, statements=_late_increments(statements, node.tail, caught))
        case _:
            return node


def _compound(target: rs.Expr, value: rs.Expr) -> rs.Assign | None:
    """`x = x op y` as `x op= y`, where neither side can change what the other sees."""
    match value:
        case rs.Binary(op, left, right) if op in _COMPOUND and left == target and is_pure(target) and is_pure(right):
            return rs.Assign(target, right, op)
        case _:
            return None


def is_pure(expr: rs.Expr) -> bool:
    """Whether an expression only looks at variables and memory."""
    match expr:
        case rs.Name() | rs.Literal():
            return True
        case rs.Unary(_, operand) | rs.Cast(operand, _) | rs.FieldAccess(operand, _):
            return is_pure(operand)
        case rs.Binary(_, left, right) | rs.Index(left, right):
            return is_pure(left) and is_pure(right)
        case rs.MethodCall(receiver, method, args):
            known = method.startswith("wrapping_") or method.split("::")[0] in _PURE_METHODS
            return known and all(map(is_pure, (receiver, *args)))
        case rs.Call(rs.Name(path), (operand,)) if path.endswith("::from"):
            return is_pure(operand)
        case rs.If(condition, rs.Block((), rs.Literal()), rs.BlockExpr(rs.Block((), rs.Literal()))):
            return is_pure(condition)
        case _:
            return False


def _late_increments(
    statements: tuple[rs.Statement, ...], tail: rs.Expr | None, caught: bool
) -> tuple[rs.Statement, ...]:
    """The statements of a block with the old values of variables used in place."""
    result: list[rs.Statement] = []
    index = 0
    while index < len(statements):
        step = _step(statements[index], statements[index + 1]) if index + 1 < len(statements) else None
        if step is None:
            result.append(statements[index])
            index += 1
            continue
        let, update, old, place = step
        user = statements[index + 2] if index + 2 < len(statements) else None
        rest: list[Node] = [*statements[index + 3 :], *([] if tail is None else [tail])]
        stays = user is None or not _can_use(user, old, place) or (caught and may_not_come_back(user))
        if user is not None and not stays and not any(names(node, old) for node in rest):
            result += [_statement(renamed(user, old, place)), update]
            index += 3
        else:
            result += [let, update]
            index += 2
    return tuple(result)


def _step(first: rs.Statement, second: rs.Statement) -> tuple[rs.Let, rs.ExprStatement, str, rs.Expr] | None:
    """`let t = n; n = t + 1;` as the binding, `n += 1;`, `t` and `n`."""
    match first, second:
        case (
            rs.Let(old, _, place) as let,
            rs.ExprStatement(rs.Assign(target, value, ""), span),
        ) if place is not None and target == place and is_own_place(place):
            match value:
                case rs.Binary(op, rs.Name(left), rs.Literal() as size) if left == old and op in "+-":
                    update = rs.Assign(place, size, op)
                case rs.MethodCall(rs.Name(left), "wrapping_add" | "wrapping_sub" as method, (rs.Literal() as size,)) if (
                    left == old
                ):
                    update = rs.Assign(place, rs.MethodCall(place, method, (size,)))
                case _:
                    return None
            return let, rs.ExprStatement(update, span), old, place
        case _:
            return None


def _can_use(user: rs.Statement, old: str, place: rs.Expr) -> bool:
    """Whether the increment may come behind the statement. Others may see a field after a call that does not come back."""
    if not names(user, old) or touches(user, place) or (isinstance(user, rs.Let) and rs.Name(user.name) == place):
        return False
    expr = user.init if isinstance(user, rs.Let) else user.expr
    if not isinstance(user, rs.Let) and not isinstance(expr, rs.Assign | rs.MethodCall | rs.Call | rs.MacroCall):
        return False
    if not isinstance(place, rs.Name) and any(isinstance(node, rs.Call | rs.MacroCall) for node in walk(user)):
        return False
    leaving = rs.Break | rs.Continue | rs.Return | rs.Closure | rs.Loop | rs.While | rs.For | rs.BlockExpr
    return not any(isinstance(node, leaving) for node in walk(user))


def _statement(node: Node) -> rs.Statement:
    assert isinstance(node, rs.Let | rs.ExprStatement)
    return node
