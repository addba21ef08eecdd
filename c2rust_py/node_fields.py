"""Which fields of a tree's node classes hold nodes, by their annotations."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import fields
from typing import Any

_WORD = re.compile(r"\w+")


def child_fields(classes: Collection[Any], unions: Collection[str]) -> dict[type, tuple[str, ...]]:
    """For each node class (a dataclass with annotations as text) the fields whose annotation names a node class or one of
    the `unions` of them, in the order in which the class lists them."""
    names = {cls.__name__ for cls in classes} | set(unions)
    return {cls: tuple(f.name for f in fields(cls) if not names.isdisjoint(_WORD.findall(str(f.type)))) for cls in classes}
