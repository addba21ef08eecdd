"""An OpenAI-compatible server on loopback that plays a script: each request takes the next act.

It keeps what it was asked, so that a test can say what was sent and what was not.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Act:
    """One response: an answer's text, or a status with headers and a body as it is; `hang` seconds pass before it, `drip` seconds
    before each byte of the body, and `cut` ends the connection in the middle of the body."""

    content: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: str | None = None
    finish: str = "stop"
    hang: float = 0.0
    drip: float = 0.0
    cut: bool = False
    usage: tuple[int, int] | None = (100, 50)

    def body(self, model: str) -> str:
        if self.raw is not None:
            return self.raw
        data: dict[str, Any] = {
            "id": "1", "object": "chat.completion", "created": 1, "model": model,
            "choices": [
                {"index": 0, "finish_reason": self.finish, "message": {"role": "assistant", "content": self.content}}
            ],
        }  # fmt: skip
        if self.usage is not None:
            tokens_in, tokens_out = self.usage
            data["usage"] = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": sum(self.usage)}
        return json.dumps(data)


@dataclass(slots=True)
class Script:
    """The acts that are left, and the requests so far: (headers, JSON)."""

    acts: list[Act]
    url: str = ""
    asked: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Act:
        with self.lock:
            return self.acts.pop(0) if self.acts else Act(status=500, raw="the script is over")

    @property
    def models(self) -> list[str]:
        return [data["model"] for _, data in self.asked]

    def said(self, number: int) -> str:
        """The last message of a request."""
        return str(self.asked[number][1]["messages"][-1]["content"])


@contextmanager
def scripted_server(acts: Sequence[Act]) -> Iterator[Script]:
    """The server, as long as the block runs."""
    script = Script(list(acts))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with script.lock:
                script.asked.append((dict(self.headers.items()), data))
            act = script.next()
            script.over.wait(act.hang)
            text = act.body(data["model"]).encode()
            self.send_response(act.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            for name, value in act.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for byte in text if act.drip else b"":
                script.over.wait(act.drip)
                self.wfile.write(bytes([byte]))
            self.wfile.write(text[: len(text) // 2] if act.cut else b"" if act.drip else text)
            self.close_connection = act.cut

        def log_message(self, format: str, *args: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # the client's time was over
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
