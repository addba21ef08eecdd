"""What a run makes of its input: the targets (crates with their programs), their names and the flags that link them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from c2rust_py.rust_keywords import KEYWORDS

SETTINGS = "c2rs.toml"

_LINK_FLAG = re.compile(r"-(l.+|L.+|static|pthread|Wl,.*)$")
_TAKEN_PACKAGES = KEYWORDS | {"test", "core", "std", "alloc", "proc_macro", "c2rs-rt", "c2rs_rt"}
_TAKEN_PROGRAMS = frozenset({"build", "deps", "examples", "incremental"})
"""Folders of cargo's own beside the programs that it builds."""


def link_flags(flags: Sequence[str]) -> tuple[str, ...]:
    """The flags that only the linker needs: `-lm`, `-L...`."""
    return tuple(flag for flag in flags if _LINK_FLAG.match(flag))


def project_name(inputs: Sequence[Path]) -> str:
    """The name of the crate for these inputs: of the one C file, or of the folder that holds the project."""
    first = inputs[0]
    if first.is_dir():
        return crate_name(first.resolve().name)
    return crate_name(first.stem if first.suffix == ".c" and len(inputs) == 1 else first.resolve().parent.name)


def crate_name(text: str) -> str:
    """A target's name as a package name that cargo takes: `My prog.2` is `my_prog_2`."""
    word = re.sub(r"[^A-Za-z0-9_-]", "_", text).lower()
    if not word or not word[0].isalpha():
        word = f"c_{word}"
    return f"{word}_c" if word in _TAKEN_PACKAGES | _TAKEN_PROGRAMS else word
