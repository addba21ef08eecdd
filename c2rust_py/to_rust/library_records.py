"""Which structs of the C library's headers are which types of the runtime."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from c2rust_py.infer.library import RUNTIME_SOURCE
from c2rust_py.ir.program import Program
from c2rust_py.to_rust.types import LIBRARY_RECORD

_SPECIAL = {
    "_IO_FILE": "File",
    "__dirstream": "Dir",
    "__jmp_buf_tag": "JmpBuf",
    "__va_list_tag": "VaList",
    "option": "LongOption",
}
"""Tags that the runtime has under a name of its own."""


def library_records(program: Program) -> dict[str, str]:
    """The path of the runtime's type for each record id that a library header declares, where the sizes agree."""
    types = _runtime_types()
    found = {}
    for id, record in program.records.items():
        if id.startswith(LIBRARY_RECORD):
            tag = re.split("[:#]", id.removeprefix(LIBRARY_RECORD))[0]
            type = types.get(_key(_SPECIAL.get(tag, tag)))
            if type is not None and (record.fields is None or type.size in (None, record.size)):
                found[id] = type.path
    return found


def _key(name: str) -> str:
    """Names that differ in case and underscores only are one: `div_t` is `DivT`."""
    return name.replace("_", "").lower()


@dataclass(frozen=True, slots=True)
class _RuntimeType:
    """A public struct of the runtime, and its size in C, None for what is opaque there."""

    path: str
    size: int | None


@cache
def _runtime_types() -> dict[str, _RuntimeType]:
    """The public structs of the runtime's C modules, by key."""
    types = {}
    for path in sorted(RUNTIME_SOURCE.rglob("*.rs")):
        module = path.relative_to(RUNTIME_SOURCE).parts[0].removesuffix(".rs")
        if module in ("memory", "lib", "start"):
            continue
        text = path.read_text()
        sizes = dict(re.findall(r"^layout! \{ (\w+): (\d+),", text, re.MULTILINE))
        for name in re.findall(r"^pub struct (\w+)", text, re.MULTILINE):
            size = int(sizes[name]) if name in sizes else None
            types[_key(name)] = _RuntimeType(f"c2rs_rt::{module}::{name}", size)
    return types
