"""The requests' texts, from the templates in rust_templates/prompts/. A change to one of these is a new version."""

from __future__ import annotations

import re

from c2rust_py.emit.templates import render
from c2rust_py.repair.exchange import Message
from c2rust_py.repair.work_list import Task

VERSION = 2

_LONGEST_REASON = 4000


def first_messages(task: Task) -> tuple[Message, ...]:
    """What a conversation about a function begins with."""
    texts = "\n".join((task.source.text, *task.source.macros, task.sketch))
    request = render("prompts/request.md.j2", task=task, fence=fence_for(texts), module=task.rust_path.split("::")[0])
    return (Message("system", render("prompts/system.md.j2", version=VERSION)), Message("user", request))


def failure_message(gate: str, reason: str, values: str = "") -> Message:
    """What is said of an answer that a gate refused; `values`: what its variables held where it differs from the C."""
    parts = {"reason": _shortened(reason), "values": _shortened(values)}
    fence = fence_for("\n".join(parts.values()))
    return Message("user", render("prompts/failure.md.j2", gate=gate, fence=fence, **parts))


def _shortened(text: str) -> str:
    return (text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}\n…").rstrip()


def fence_for(text: str) -> str:
    """A line of backquotes that ends no block that the text begins, and that the text does not end."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)
