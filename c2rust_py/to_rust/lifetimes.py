"""Writes lifetimes into Rust types (`infer.lifetimes` says which)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from c2rust_py.rust_ir import nodes as rs

STATIC = "'static"


def with_lifetimes(type: rs.Type, reference: str | None, within: str | None, holders: AbstractSet[str]) -> rs.Type:
    """The type with a lifetime for its references, and one for what is behind these: references, and
    structs that have a parameter (`holders`, by name). None is left out."""
    match type:
        case rs.ReferenceType(target):
            return replace(type, target=with_lifetimes(target, within, within, holders), lifetime=reference)
        case rs.ArrayType(element) | rs.SliceType(element):
            return replace(type, element=with_lifetimes(element, reference, within, holders))
        case rs.PathType(name, args):
            inner = tuple(with_lifetimes(arg, reference, within, holders) for arg in args)
            return replace(type, args=inner, lifetime=within if name in holders else None)
        case _:
            return type
