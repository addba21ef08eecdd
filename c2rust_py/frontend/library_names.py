"""What our headers of the C library declare, by name.

A unit that is read with the system's headers means the same C library: what those declare under one of these names is
what ours do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from c2rust_py.frontend.preprocess import INCLUDE_DIR, SHIM_DIR

SYSTEM_ROOTS = ("/usr/include/", "/usr/lib/gcc/", str(SHIM_DIR))
"""Where the system's headers are."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FUNCTION = re.compile(r"^(?!typedef\b)[A-Za-z_][\w \t*]*?\b(\w+)\(", re.MULTILINE)
_VARIABLE = re.compile(r"^extern [^;()]*?(\w+)(?:\[\d*\])?;", re.MULTILINE)
_TAG = re.compile(r"^(?:typedef )?(?:struct|union) (\w+)", re.MULTILINE)
_TYPEDEF = re.compile(r"^\} (\w+);", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LibraryNames:
    """Functions and variables; tags, and names of structs without a tag."""

    symbols: frozenset[str]
    types: frozenset[str]


@cache
def library_names() -> LibraryNames:
    """The names in our headers, whose declarations start in the first column."""
    texts = tuple(_headers())
    symbols = frozenset(name for text in texts for kind in (_FUNCTION, _VARIABLE) for name in kind.findall(text))
    types = frozenset(name for text in texts for kind in (_TAG, _TYPEDEF) for name in kind.findall(text))
    return LibraryNames(symbols, types)


def _headers() -> Iterator[str]:
    for path in sorted(INCLUDE_DIR.rglob("*.h")):
        yield _COMMENT.sub("", path.read_text(encoding="utf-8"))
