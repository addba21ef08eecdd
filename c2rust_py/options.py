"""Everything that one `c2rs translate` run is told, in one frozen value (CLI.md lists the flags)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from c2rust_py.overflow import Overflow


class Rung(Enum):
    """The representations of a pointer, best first (DESIGN section 1); the value is the word used in reports."""

    OWNED = "owned"
    BORROWED = "borrowed"
    CELL = "cell"
    ARENA = "arena"
    MEMORY = "memory"
    STUB = "stub"


class SignedOverflow(Enum):
    """What signed arithmetic becomes: plain operators that panic on overflow, or `wrapping_*` calls."""

    PLAIN = "plain"
    WRAPPING = "wrapping"


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of one translation.

    inputs: C files, folders or compile_commands.json files, as given.
    out: the folder that receives the workspace.
    flags: compiler flags given after `--`, added to those of every unit.
    ladder: the highest rung that may be used.
    jobs: how many processes may run at once.
    filter: a regular expression; only functions whose C name it matches are translated, the rest are stubs.
    keep_names: keep C names instead of Rust's casing.
    stop_after, dump_after: a stage's name, or None.
    time: print what each stage took.
    check: run `cargo build` on the result.
    skeleton: emit signatures with stub bodies only.
    signed_overflow: see SignedOverflow.
    overflows: signed operators that wrap in any case.
    """

    inputs: tuple[Path, ...]
    out: Path
    flags: tuple[str, ...] = ()
    ladder: Rung = Rung.OWNED
    jobs: int = 0
    filter: str | None = None
    keep_names: bool = False
    stop_after: str | None = None
    dump_after: str | None = None
    time: bool = False
    check: bool = True
    skeleton: bool = False
    signed_overflow: SignedOverflow = SignedOverflow.PLAIN
    overflows: tuple[Overflow, ...] = ()

    @property
    def worker_count(self) -> int:
        """`jobs`, or as many processes as there are processors this run may use."""
        return self.jobs if self.jobs > 0 else len(os.sched_getaffinity(0))

    @property
    def state_dir(self) -> Path:
        """Where the tool keeps what a later run of any command needs (manifest, caches)."""
        return self.out / ".c2rs"
