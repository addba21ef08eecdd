"""Drops the zero constants of plain structs that nobody asks for.

    impl Point { pub const ZERO: Point = Point { x: 0, y: 0 }; }      ->                // no `Point::ZERO` in the crate
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_items


def drop_zeros(crate: rs.Crate) -> rs.Crate:
    """The crate with the constants that its text names. Ends, as each round drops some; a zero may name another."""
    while True:
        text = "".join(print_items(module.items).text for module in crate.modules)
        modules = tuple(
            replace(m, items=tuple(item for item in m.items if not _is_unused(item, text))) for m in crate.modules
        )
        if all(len(old.items) == len(new.items) for old, new in zip(crate.modules, modules, strict=True)):
            return crate
        crate = replace(crate, modules=modules)


def _is_unused(item: rs.Item, text: str) -> bool:
    return isinstance(item, rs.ImplItem) and bool(item.constants) and f"{item.target}::ZERO" not in text
