"""Imports as people write them: one `use` for each module that something comes from."""

from __future__ import annotations

from collections.abc import Sequence


def group_imports(uses: Sequence[str]) -> tuple[str, ...]:
    """`["a::x::B", "a::x::C", "d::E"]` as `["a::x::{B, C}", "d::E"]`; rustfmt orders what is in braces."""
    groups: dict[str, list[str]] = {}
    for use in uses:
        parent, _, name = use.rpartition("::")
        groups.setdefault(parent, []).append(name)
    return tuple(
        f"{parent}::{names[0]}" if len(names) == 1 else f"{parent}::{{{', '.join(names)}}}"
        for parent, names in sorted(groups.items())
    )
