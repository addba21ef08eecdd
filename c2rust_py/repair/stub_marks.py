"""What tells a stub from a body that panics with a stub's words: in the workspace of the trials stubs also say a word that no
answer can know.

    unimplemented!("c2rs: a.c:3: inline assembly …")    ->    unimplemented!("c2rs: 5f0c… a.c:3: inline assembly …")
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

_STUB = re.compile(r'(\bunimplemented!\(\s*"c2rs: )')
_SAID = "not implemented: c2rs: "
"""How the panic of a stub begins."""


@dataclass(frozen=True, slots=True)
class StubMark:
    """The word, which is in no report and in nothing that models see."""

    word: str

    def put(self, text: str) -> str:
        """A file of the workspace with the word in its stubs."""
        return _STUB.sub(rf"\g<1>{self.word} ", text)

    def strip(self, said: str) -> str:
        """What a run says, without the word."""
        return said.replace(f"{self.word} ", "")

    def stub_in(self, line: str) -> str | None:
        """The text of the stub that a panic's line is of."""
        start = f"{_SAID}{self.word} "
        return f"c2rs: {line.partition(start)[2]}" if start in line else None

    def pretended_in(self, line: str) -> str | None:
        """What a panic's line has of a stub's words where it is of none."""
        return f"c2rs: {line.partition(_SAID)[2]}" if _SAID in line and self.stub_in(line) is None else None


def read_stub_mark(file: Path) -> StubMark:
    """That of a workspace: kept in a file, so that the workspace is the same in the next run."""
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_hex(16))
    return StubMark(file.read_text())
