"""Places of syntax nodes."""

from __future__ import annotations

from typing import Any

from c2rust_py.diagnostics import Span
from c2rust_py.frontend.elaborate.context import Context


def span_of(cx: Context, node: Any) -> Span:
    """The place of a node; the unit's start for one that stands for nothing written."""
    coord = getattr(node, "coord", None)
    return coord if isinstance(coord, Span) else Span(cx.path, 1)
