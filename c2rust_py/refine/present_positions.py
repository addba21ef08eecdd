"""Options that are tested, then unwrapped, as patterns.

    if p.is_some() { f(p.unwrap()); }                            ->      if let Some(p) = p { f(p); }
    if p.is_none() { a(); } else { f(p.unwrap()); }              ->      if let Some(p) = p { f(p); } else { a(); }
    let p = find(s); if p.is_none() { return; } f(p.unwrap());   ->      let Some(p) = find(s) else { return; }; f(p);
    loop { let Some(p) = next() else { break; }; f(p); }         ->      while let Some(p) = next() { f(p); }
    while p.is_some() { f(p.unwrap()); p = next(); }             ->      while let Some(p_at) = p { f(p_at); p = next(); }

Only where the option is not assigned meanwhile, and nobody looks at it but to unwrap it. Inside of the pattern the name means what the
option holds, which no other pass knows: this one runs behind those that follow bindings.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, children, map_children, with_fields
from c2rust_py.to_rust.flow import block_diverges


def present_positions(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with patterns for tests of options."""
    return replace(item, body=_block(_with_while_some(item)))


def _block(block: rs.Block) -> rs.Block:
    made = map_children(block, _change)
    return _with_let_else(made)


def _with_while_some(item: rs.FunctionItem) -> rs.Block:
    """The body with `while let` for loops that end with a new value for the option, which gets another name than what it holds."""
    used = {param.name for param in item.params}
    waiting: list[Node] = [item.body]
    while waiting:
        node = waiting.pop()
        match node:
            case rs.LetPair(low, high):
                used |= {low, high}
            case rs.Name(text) | rs.Let(text) | rs.LetSome(text) | rs.For(text):
                used.add(text)
            case _:
                pass
        waiting.extend(children(node))

    def change(node: Node) -> Node:
        made = map_children(node, change)
        return _while_some(made, used) if isinstance(made, rs.While) else made

    changed = change(item.body)
    assert isinstance(changed, rs.Block)
    return changed


def _while_some(loop: rs.While, used: set[str]) -> rs.While:
    match loop:
        case rs.While(
            rs.MethodCall(rs.Name(name), "is_some", ()),
            rs.Block((*body, rs.ExprStatement(rs.Assign(rs.Name(target), value, ""), span)), None),
        ) if target == name and f"{name}_at" not in used:
            opened = open_option(rs.Block((*body, rs.ExprStatement(value, span))), name)
            if opened is None:
                return loop
            *inner, last = _renamed(opened, name, f"{name}_at").statements
            assert isinstance(last, rs.ExprStatement)
            used.add(f"{name}_at")
            assign = rs.ExprStatement(rs.Assign(rs.Name(name), last.expr), span)
            return replace(loop, condition=rs.LetSome(f"{name}_at", rs.Name(name)), body=rs.Block((*inner, assign)))
        case _:
            return loop


def _renamed(block: rs.Block, name: str, new: str) -> rs.Block:
    def change(node: Node) -> Node:
        return rs.Name(new) if isinstance(node, rs.Name) and node.text == name else map_children(node, change)

    changed = change(block)
    assert isinstance(changed, rs.Block)
    return changed


def _change(node: Node) -> Node:
    if isinstance(node, rs.Block):
        return _block(node)
    made = map_children(node, _change)
    match made:
        case rs.If():
            return _if_let(made)
        case rs.Loop():
            return _while_let(made)
        case _:
            return made


def _if_let(test: rs.If) -> rs.If:
    match test:
        case rs.If(rs.MethodCall(rs.Name(name), "is_some", ()), then, otherwise):
            opened = open_option(then, name)
            return test if opened is None else rs.If(rs.LetSome(name, rs.Name(name)), opened, otherwise)
        case rs.If(rs.MethodCall(rs.Name(name), "is_none", ()), then, rs.BlockExpr(block, None)):
            opened = open_option(block, name)
            return test if opened is None else rs.If(rs.LetSome(name, rs.Name(name)), opened, rs.BlockExpr(then))
        case _:
            return test


def _while_let(loop: rs.Loop) -> rs.Loop | rs.While:
    """`loop { let Some(p) = next() else { break; }; .. }` as `while let`."""
    match loop.body:
        case rs.Block((rs.Let(name, _, init, False, _, otherwise), *rest), None) if init is not None and otherwise is not None:
            opened = rs.While(rs.LetSome(name, init), rs.Block(tuple(rest)), loop.label)
            return opened if _breaks(otherwise, loop) else loop
        case _:
            return loop


def _breaks(block: rs.Block, loop: rs.Loop) -> bool:
    """Whether a block does nothing but to leave the loop that it stands in."""
    match block:
        case rs.Block((rs.ExprStatement(rs.Break(label)),), None):
            return label is None or label == loop.label
        case _:
            return False


def _with_let_else(block: rs.Block) -> rs.Block:
    """The block with `let .. else` where a test leaves it."""
    statements = list(block.statements)
    for position in reversed(range(len(statements))):
        match statements[position]:
            case rs.ExprStatement(rs.If(rs.MethodCall(rs.Name(name), "is_none", ()), then, None), span):
                if not block_diverges(then, frozenset()) or _names(then, name):
                    continue
                rest = open_option(rs.Block(tuple(statements[position + 1 :]), block.tail, block.tail_span), name)
                if rest is None:
                    continue
                let = rs.Let(name, None, rs.Name(name), span=span, otherwise=then)
                before = statements[position - 1] if position else None
                start = position
                if isinstance(before, rs.Let) and before.otherwise is None and before.name == name and before.init is not None and not before.mutable:
                    let, start = replace(let, init=before.init, span=before.span), position - 1
                statements[start:] = [let, *rest.statements]
                block = replace(block, tail=rest.tail)
            case _:
                pass
    return with_fields(block, statements=tuple(statements))


def open_option(block: rs.Block, name: str) -> rs.Block | None:
    """The block with what the option holds under the option's name; None where it is used in another way, or not at all."""
    found = 0

    def open(node: Node) -> Node | None:
        nonlocal found
        match node:
            case rs.MethodCall(rs.Name(text), "unwrap", ()) if text == name:
                found += 1
                return rs.Name(name)
            case rs.Name(text) if text == name:
                return None
            case rs.Let(text) | rs.For(text) | rs.LetSome(text) if text == name:
                return None
            case rs.Closure(params) if any(text == name for text, _ in params):
                return None
            case _:
                pass
        failed = False

        def change(child: Node) -> Node:
            nonlocal failed
            made = open(child)
            failed = failed or made is None
            return child if made is None else made

        made = map_children(node, change)
        return None if failed else made

    opened = open(block)
    return opened if found and isinstance(opened, rs.Block) else None


def _names(node: Node, name: str) -> bool:
    return (isinstance(node, rs.Name) and node.text == name) or any(_names(child, name) for child in children(node))
