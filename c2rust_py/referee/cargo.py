"""Runs `cargo build` on a workspace and reads rustc's messages."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from c2rust_py.diagnostics import EXIT_TOOL_MISSING, Code, CompileError, error


@dataclass(frozen=True, slots=True)
class RustcSpan:
    """A part of a file that a message points at: its lines (from 1, both included) and the text in them."""

    file: str
    first_line: int
    last_line: int
    text: str


@dataclass(frozen=True, slots=True)
class RustcMessage:
    """One error or warning of rustc: its code (`E0308`, a lint's name, or none), the place in the workspace, all that it
    points at, and the message as rustc prints it."""

    level: str
    code: str | None
    text: str
    file: str | None
    line: int
    spans: tuple[RustcSpan, ...] = ()
    rendered: str = field(default="", compare=False)

    def __str__(self) -> str:
        code = f"[{self.code}]" if self.code else ""
        return f"{self.file or 'the workspace'}:{self.line}: {self.level}{code}: {self.text}"


@dataclass(frozen=True, slots=True)
class CargoVerdict:
    """Whether the workspace builds, what rustc said, in its order, and the programs that there are now, by name."""

    builds: bool
    messages: tuple[RustcMessage, ...]
    programs: dict[str, Path]

    @property
    def errors(self) -> tuple[RustcMessage, ...]:
        return tuple(message for message in self.messages if message.level == "error")


def cargo_build(
    out: Path,
    jobs: int = 0,
    arguments: Sequence[str] = (),
    within: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> CargoVerdict:
    """Builds the workspace in `out` in the dev profile: deny-by-default lints fire only in a build, not in a check. Every crate
    that can be built is, whatever becomes of the others.

    `within` is a command that runs cargo under limits; without an `environment`, cargo has ours.
    """
    command = [*within, "cargo", "build", "--offline", "--quiet", "--keep-going", "--message-format=json", *arguments]
    command += [f"--jobs={jobs}"] if jobs > 0 else []
    try:
        done = subprocess.run(command, cwd=out, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        hint = "install Rust (stable) so that cargo is on the PATH, or use --no-check"
        raise CompileError(error(Code.TOOL_MISSING, "cargo is not installed", hint=hint), EXIT_TOOL_MISSING) from None
    entries = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    messages = tuple(_messages(entries))
    if done.returncode != 0 and not any(message.level == "error" for message in messages):
        text = next((line for line in done.stderr.splitlines() if line.startswith("error")), "cargo failed")
        messages += (RustcMessage("error", None, text.removeprefix("error: "), None, 0),)
    built = [entry for entry in entries if entry["reason"] == "compiler-artifact" and entry["executable"] is not None]
    programs = {entry["target"]["name"]: Path(entry["executable"]) for entry in built}
    return CargoVerdict(done.returncode == 0, messages, programs)


def _messages(entries: Iterable[dict[str, Any]]) -> Iterator[RustcMessage]:
    """The messages among cargo's JSON values, each once."""
    seen: set[RustcMessage] = set()
    for entry in entries:
        if entry["reason"] != "compiler-message":
            continue
        body = entry["message"]
        spans = [span for span in body["spans"] if span["is_primary"]]
        if body["level"] not in ("error", "warning") or (not spans and body["code"] is None):
            continue
        code = body["code"]["code"] if body["code"] else None
        file, number = (spans[0]["file_name"], spans[0]["line_start"]) if spans else (None, 0)
        places = tuple(map(_span, body["spans"]))
        message = RustcMessage(body["level"], code, body["message"], file, number, places, body["rendered"] or "")
        if message not in seen:
            seen.add(message)
            yield message


def _span(span: dict[str, Any]) -> RustcSpan:
    """A span as JSON: columns count characters from 1, the end is behind the last."""
    parts = (line["text"][line["highlight_start"] - 1 : line["highlight_end"] - 1] for line in span["text"])
    return RustcSpan(span["file_name"], span["line_start"], span["line_end"], "\n".join(parts))
