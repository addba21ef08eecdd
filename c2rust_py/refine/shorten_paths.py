"""Calls into the runtime by module: `c2rs_rt::stdio::puts(s, mem)` -> `stdio::puts(s, mem)` with `use c2rs_rt::stdio;`.

The slice forms of a header are called as its functions are, unless a module needs both: `string::strlen(s)`.

Its macros are imported by themselves. Modules and macros share no namespace with functions and variables, and every module of
the crate is named through `crate::`, so the short path cannot mean anything else.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import Node, children, map_children

_RUNTIME = "c2rs_rt::"
_SLICES = "c2rs_rt::slices::"


def shorten_paths(module: rs.Module) -> rs.Module:
    """The module with the runtime's modules imported."""
    uses = set(module.uses)
    both = _in_both_forms(module)

    def shorten_type(type: rs.Type) -> rs.Type:
        match type:
            case rs.PathType(name, args):
                if name.startswith(_RUNTIME) and name.count("::") > 1:
                    name = name.removeprefix(_RUNTIME)
                    uses.add(_RUNTIME + name.split("::")[0])
                return replace(type, name=name, args=tuple(map(shorten_type, args)))
            case rs.ReferenceType(target):
                return replace(type, target=shorten_type(target))
            case _:
                return type

    def shorten(node: Node) -> Node:
        if isinstance(node, rs.Let) and node.type is not None:
            node = replace(node, type=shorten_type(node.type))
        if isinstance(node, rs.Name) and node.text.startswith(_RUNTIME) and node.text.count("::") > 1:
            lent = node.text.startswith(_SLICES) and node.text.removeprefix(_SLICES).split("::")[0] not in both
            parent = _SLICES if lent else _RUNTIME
            path = node.text.removeprefix(parent)
            uses.add(parent + path.split("::")[0])
            return rs.Name(path)
        if isinstance(node, rs.MacroCall) and node.name.startswith(_RUNTIME):
            uses.add(node.name)
            node = replace(node, name=node.name.removeprefix(_RUNTIME))
        return map_children(node, shorten)

    def in_function(item: rs.Item) -> rs.Item:
        if not isinstance(item, rs.FunctionItem):
            return item
        body = shorten(item.body)
        assert isinstance(body, rs.Block)
        params = tuple(replace(param, type=shorten_type(param.type)) for param in item.params)
        return replace(item, params=params, result=item.result and shorten_type(item.result), body=body)

    items = tuple(in_function(item) for item in module.items)
    return replace(module, items=items, uses=tuple(sorted(uses)))


def _in_both_forms(module: rs.Module) -> set[str]:
    """The modules of C headers that are named beside their slice forms, which then keep the longer name."""
    names: list[str] = list(module.uses)
    stack: list[Node] = []
    for item in module.items:
        if isinstance(item, rs.FunctionItem):
            stack.append(item.body)
            names += [name for type in (*(p.type for p in item.params), item.result) if type for name in _type_names(type)]
    while stack:
        node = stack.pop()
        if isinstance(node, rs.Name):
            names.append(node.text)
        elif isinstance(node, rs.Let) and node.type is not None:
            names += _type_names(node.type)
        stack.extend(children(node))
    return {name.removeprefix(_RUNTIME).split("::")[0] for name in names if name.startswith(_RUNTIME)}


def _type_names(type: rs.Type) -> list[str]:
    """The names in a type."""
    match type:
        case rs.PathType(name, args):
            return [name, *(inner for arg in args for inner in _type_names(arg))]
        case rs.ReferenceType(target) | rs.ArrayType(target) | rs.SliceType(target):
            return _type_names(target)
        case _:
            return []
