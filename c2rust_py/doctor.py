"""Which tools are here, and how to get those that are not (`c2rs doctor`)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that the tool runs; `required` ones are needed for `translate` and `diff`."""

    name: str
    arguments: tuple[str, ...]
    purpose: str
    required: bool
    install: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What there is of a tool: the first line of its version, or None."""

    tool: Tool
    version: str | None


TOOLS = (
    Tool("gcc", ("--version",), "preprocesses and builds the C", True, "apt-get install gcc"),
    Tool("cargo", ("--version",), "builds the Rust", True, "https://rustup.rs (stable), or apt-get install cargo"),
    Tool("rustc", ("--version",), "compiles the Rust", True, "https://rustup.rs (stable), or apt-get install rustc"),
    Tool(
        "rustfmt", ("--version",), "formats the Rust", True, "rustup component add rustfmt, or apt-get install rustfmt"
    ),
    Tool("cargo-clippy", ("--version",), "lints the Rust", False, "rustup component add clippy"),
    Tool("prlimit", ("--version",), "limits programs of `c2rs repair`", False, "apt-get install util-linux"),
    Tool("bwrap", ("--version",), "confines programs of `c2rs repair`", False, "apt-get install bubblewrap"),
    Tool("csmith", ("--version",), "makes random programs (`make fuzz`)", False, "apt-get install csmith libcsmith-dev"),
)


def find_tools() -> Iterator[Finding]:
    """Each tool with its version."""
    for tool in TOOLS:
        yield Finding(tool, _version(tool))


def _version(tool: Tool) -> str | None:
    if shutil.which(tool.name) is None:
        return None
    try:
        done = subprocess.run([tool.name, *tool.arguments], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    return (done.stdout.strip() or "present").splitlines()[0]
