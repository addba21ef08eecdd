"""Drops imports that the text of a module has no use for: what a pass removed may have been the only user."""

from __future__ import annotations

import re
from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_items

_WORD = re.compile(r"[A-Za-z_]\w*")


def prune_imports(module: rs.Module) -> rs.Module:
    """The module with the imports whose last word stands in its text."""
    words = set(_WORD.findall(print_items(module.items).text))
    return replace(module, uses=tuple(use for use in module.uses if use.split("::")[-1] in words))
