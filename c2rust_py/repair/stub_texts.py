"""What runs say that stop in stubs: an answer that panics with the words of one is none of them.

    unimplemented!("c2rs: a.c:3: inline assembly …")    ->    c2rs: a.c:3: inline assembly …
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from c2rust_py.report.build import LinkedGroup
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.walk import walk

STUB = "not implemented: "
"""How the panic of a stub begins."""


def stub_texts(groups: Sequence[LinkedGroup], without: tuple[str, str]) -> frozenset[str]:
    """Of all stubs, also of those for single calls, but for the function of that crate and path."""
    return frozenset(_texts(groups, without))


def _texts(groups: Sequence[LinkedGroup], without: tuple[str, str]) -> Iterator[str]:
    for group in groups:
        crate = group.lowered.crate
        for module in crate.modules:
            for item in module.items:
                if not isinstance(item, rs.FunctionItem) or (crate.name, f"{module.name}::{item.name}") == without:
                    continue
                for node in walk(item.body):
                    if isinstance(node, rs.MacroCall) and node.name == "unimplemented":
                        yield from (_said(arg.text) for arg in node.args if isinstance(arg, rs.Literal))


def _said(literal: str) -> str:
    """What a format in a literal prints."""
    text = literal[1:-1].replace("{{", "{").replace("}}", "}")
    return text.replace('\\"', '"').replace("\\\\", "\\")
