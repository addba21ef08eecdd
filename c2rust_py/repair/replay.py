"""Answers from a folder instead of a model, and a folder of answers from models.

`SYMBOL.N.md` is the N-th answer for a function as text; `SYMBOL.N.json` has what else is known of it. What `--record`
writes, `--replay` takes.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from c2rust_py.emit.manifest import replace_file
from c2rust_py.repair.client import Asker, AskFailed
from c2rust_py.repair.exchange import Reply, Request


def reply_name(function: str, attempt: int) -> str:
    """The name of a file without its ending."""
    return f"{re.sub(r'[^A-Za-z0-9_.-]', '-', function)}.{attempt}"


@dataclass(frozen=True, slots=True)
class Replay:
    """Answers from a folder."""

    folder: Path

    def ask(self, request: Request, function: str, attempt: int, seconds: float | None) -> Reply:
        """See Asker."""
        stem = self.folder / reply_name(function, attempt)
        try:
            if stem.with_name(f"{stem.name}.json").exists():
                return Reply(**json.loads(stem.with_name(f"{stem.name}.json").read_text(encoding="utf-8")))
            content = stem.with_name(f"{stem.name}.md").read_text(encoding="utf-8")
        except FileNotFoundError:
            raise AskFailed(f"there is no recorded answer {stem.name}", final=True) from None
        except (OSError, ValueError, TypeError) as problem:
            raise AskFailed(f"the recorded answer {stem.name} cannot be read: {problem}", final=True) from None
        return Reply(content, False, request.estimated_tokens, len(content) // 4)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Passes requests on and keeps the answers."""

    asker: Asker
    folder: Path

    def ask(self, request: Request, function: str, attempt: int, seconds: float | None) -> Reply:
        """See Asker."""
        reply = self.asker.ask(request, function, attempt, seconds)
        text = json.dumps(asdict(reply), indent=1) + "\n"
        replace_file(self.folder / f"{reply_name(function, attempt)}.json", text.encode())
        return reply
