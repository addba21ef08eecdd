"""Trees as bytes: for the cache on disk, and for the way from a worker process to its parent.

Pickle recurses once per level of a tree, on the C stack, and C code nests without limit. So a tree becomes a flat list
of records, one per node in breadth-first order, in which a child is the number of its record. That also keeps a node
that two parents share (the struct in `struct S {...} a, b;`) one node.
"""

from __future__ import annotations

import functools
import hashlib
import marshal
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pycparser import c_ast

import c2rust_py
from c2rust_py.diagnostics import Span
from c2rust_py.frontend.gnu_c import nodes

_MODULES = {"c": c_ast, "g": nodes}


def _slots(node_class: type) -> tuple[str, ...]:
    return tuple(name for name in node_class.__slots__ if name not in ("coord", "__weakref__"))  # type: ignore[attr-defined]


def encode(roots: Iterable[c_ast.Node]) -> bytes:
    """The trees under `roots` as bytes that `decode` takes."""
    pending = list(roots)
    root_count = len(pending)
    numbers = {id(node): number for number, node in enumerate(pending)}
    classes: dict[type, tuple[int, tuple[str, ...]]] = {}
    files: dict[str, int] = {}
    records = []

    def number_of(node: c_ast.Node) -> int:
        number = numbers.get(id(node))
        if number is None:
            number = numbers[id(node)] = len(pending)
            pending.append(node)
        return number

    at = 0
    while at < len(pending):
        node = pending[at]
        at += 1
        node_class = type(node)
        if node_class not in classes:
            classes[node_class] = (len(classes), _slots(node_class))
        class_number, slots = classes[node_class]
        coord = node.coord
        record: list[Any] = [class_number, None]
        if coord is not None:
            record[1] = (files.setdefault(coord.file, len(files)), coord.line, coord.column)
        for name in slots:
            value = getattr(node, name)
            if isinstance(value, c_ast.Node):
                value = number_of(value)
            elif isinstance(value, list):
                value = [number_of(item) if isinstance(item, c_ast.Node) else item for item in value]
            record.append(value)
        records.append(record)
    names = [("c" if node_class.__module__ == c_ast.__name__ else "g", node_class.__name__) for node_class in classes]
    return marshal.dumps((names, list(files), records, root_count))


def decode(data: bytes) -> list[c_ast.Node]:
    """The roots of what `encode` wrote; raises ValueError, EOFError or TypeError on other bytes."""
    names, files, records, root_count = marshal.loads(data)
    classes = [getattr(_MODULES[module], name) for module, name in names]
    slots = [_slots(node_class) for node_class in classes]
    made = [classes[record[0]].__new__(classes[record[0]]) for record in records]
    spans: dict[tuple[int, int, int], Span] = {}
    for node, record in zip(made, records, strict=True):
        place = record[1]
        if place is None:
            node.coord = None
        else:
            span = spans.get(place)
            if span is None:
                span = spans[place] = Span(files[place[0]], place[1], place[2])
            node.coord = span
        for name, value in zip(slots[record[0]], record[2:], strict=True):
            if type(value) is int:
                value = made[value]
            elif type(value) is list:
                value = [made[item] if type(item) is int else item for item in value]
            setattr(node, name, value)
    return made[:root_count]


class Store:
    """A folder of values by key. Writes are atomic, so that two runs may share it; a damaged entry is a miss."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, key: str) -> bytes | None:
        """What was saved under `key`, or None."""
        try:
            data = (self.folder / key).read_bytes()
        except OSError:
            return None
        digest, body = data[:32], data[32:]
        return body if hashlib.sha256(body).digest() == digest else None

    def save(self, key: str, body: bytes) -> None:
        """Keep `body`; a cache that cannot be written is no reason to fail."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(body).digest() + body)
            os.replace(name, self.folder / key)
        except OSError:
            return


def key_of(*parts: str) -> str:
    """A file name for what these texts, this tool and this Python determine."""
    digest = hashlib.sha256(_tool_version().encode())
    for part in parts:
        data = part.encode("utf-8", "surrogateescape")
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


@functools.cache
def _tool_version() -> str:
    """Changes with Python and with every source file that shapes the tree."""
    folder = Path(c2rust_py.__file__).parent / "frontend"
    sources = sorted([*folder.glob("*.py"), *(folder / "gnu_c").glob("*.py")])
    content = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    return f"{sys.version}:{c_ast.__file__}:{content}"
