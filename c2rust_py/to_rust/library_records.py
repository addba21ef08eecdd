"""Which structs of the C library's headers are which types of the runtime."""

from __future__ import annotations

import re
from functools import cache

from c2rust_py.infer.library import RUNTIME_SOURCE
from c2rust_py.ir.nodes import Program
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
    """The path of the runtime's type for each record id that a library header declares."""
    types = _runtime_types()
    found = {}
    for id in program.records:
        if id.startswith(LIBRARY_RECORD):
            tag = id.removeprefix(LIBRARY_RECORD).split(":")[0]
            path = types.get(_key(_SPECIAL.get(tag, tag)))
            if path is not None:
                found[id] = path
    return found


def _key(name: str) -> str:
    """Names that differ in case and underscores only are one: `div_t` is `DivT`."""
    return name.replace("_", "").lower()


@cache
def _runtime_types() -> dict[str, str]:
    """The public structs of the runtime's C modules, by key."""
    types = {}
    for path in sorted(RUNTIME_SOURCE.rglob("*.rs")):
        module = path.relative_to(RUNTIME_SOURCE).parts[0].removesuffix(".rs")
        if module in ("memory", "lib", "start"):
            continue
        for name in re.findall(r"^pub struct (\w+)", path.read_text(), re.MULTILINE):
            types[_key(name)] = f"c2rs_rt::{module}::{name}"
    return types
