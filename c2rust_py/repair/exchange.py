"""What goes to a model and what comes back, and the store that keeps both.

The key of an exchange is a digest of the model, its parameters and all messages, so one that was made is never paid for
again: a killed run resumes, and a repeated run costs nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from c2rust_py.emit.manifest import replace_file

VERSION = 1


@dataclass(frozen=True, slots=True)
class Message:
    """`role` is `system`, `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """One question to one model: `answer_tokens` is the most that it may answer."""

    model: str
    messages: tuple[Message, ...]
    answer_tokens: int
    temperature: float = 0.0
    seed: int = 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def key(self) -> str:
        return sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    @property
    def estimated_tokens(self) -> int:
        """Of the messages; four characters are about a token of English and of code."""
        return sum(len(message.content) // 4 + 4 for message in self.messages)


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer. `cut` is set where it was ended by the limit of tokens."""

    content: str
    cut: bool = False
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class ExchangeStore:
    """The exchanges in a folder, a file each."""

    folder: Path

    def find(self, request: Request) -> Reply | None:
        """The reply to this very request, if there was one; a file that is damaged is none."""
        try:
            data = json.loads(self._file(request).read_text(encoding="utf-8"))
            return Reply(**data["reply"]) if data["version"] == VERSION else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, request: Request, reply: Reply) -> None:
        data = {"version": VERSION, "request": request.as_json(), "reply": asdict(reply)}
        replace_file(self._file(request), (json.dumps(data, indent=1) + "\n").encode())

    def _file(self, request: Request) -> Path:
        return self.folder / f"{request.key}.json"
