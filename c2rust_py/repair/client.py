"""Asks models: any endpoint that speaks OpenAI's protocol, through the `openai` package.

The key comes from the environment and goes into the requests' header and nowhere else: not into the store, messages, logs
or programs that are started. What a server says is cleaned of it.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import isfinite
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Protocol
from urllib.parse import urlsplit

from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAI, OpenAIError

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, error
from c2rust_py.repair.exchange import Reply, Request

KEY_VARIABLES = ("C2RS_API_KEY", "OPENAI_API_KEY")
"""Where the key is looked for. The second is never sent to an endpoint that a project's own settings file names."""

ASK_SECONDS = 120.0
"""For one answer."""

_OPTIONS = ("max_tokens", "temperature", "seed")
"""What some endpoints do not know, or know under another name."""

_TRIES = 5
_LONGEST_WAIT = 120.0

_MOST_SAID, _MOST_SHOWN = 200, 80
"""Characters of what an endpoint says of an error, and of a body that is none."""

_MOST_TOKENS = 10**9
"""Of one request; a count above this is none."""

_SHORTEST_SECRET = 6
"""Characters of a key. What local servers are given in the place of one (`x`, `none`) is a word that answers have, too."""


class AskFailed(Exception):
    """No answer could be had. `final`: asking this endpoint again is no use (no such model, no permission)."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Asker(Protocol):
    """Whoever answers requests."""

    def ask(self, request: Request, function: str, attempt: int, seconds: float | None) -> Reply:
        """The reply; `seconds` is how long it may take. Raises AskFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where models are asked; no `base_url` is the package's own default. `trusted`: the user named it, not a file of the
    project."""

    base_url: str | None
    timeout: float = ASK_SECONDS
    trusted: bool = True


def find_key(endpoint: Endpoint, environment: Mapping[str, str]) -> str | None:
    """The key for an endpoint, without white space around it. Raises CompileError where it can be in no header; what is
    wrong with it would be said in words that have it."""
    names = KEY_VARIABLES if endpoint.trusted else KEY_VARIABLES[:1]
    name, key = next(((name, text) for name in names if (text := environment.get(name, "").strip())), ("", None))
    if key is not None and not re.fullmatch(r"[!-~]+", key):
        raise CompileError(error(Code.USAGE, f"the key in {name} has characters that no key has"), EXIT_USAGE)
    return key


def require_url(text: str | None) -> None:
    """Raises CompileError where an endpoint's address is none."""
    try:
        parts = urlsplit("http://default" if text is None else text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        hint = "as in --base-url http://127.0.0.1:8080/v1"
        raise CompileError(error(Code.USAGE, f"`base_url` is the address of an endpoint, not `{text}`", hint=hint), EXIT_USAGE)


@contextmanager
def without_keys() -> Iterator[None]:
    """Programs that are started within the block do not have the keys in their environment."""
    kept = {name: os.environ.pop(name) for name in KEY_VARIABLES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


class Client:
    """Asks an endpoint. Waits and asks again where that helps: 429 and 5xx, timeouts, answers that are no JSON."""

    def __init__(self, endpoint: Endpoint, key: str | None, sleep: Callable[[float], None]) -> None:
        self._endpoint = endpoint
        self._key = key
        self._sleep = sleep
        self._unknown: frozenset[str] = frozenset()
        self._openai = OpenAI(
            base_url=endpoint.base_url, api_key=key or "none", max_retries=0, timeout=endpoint.timeout,
            organization="", project="",
        )  # fmt: skip

    def ask(self, request: Request, function: str, attempt: int, seconds: float | None) -> Reply:
        """See Asker."""
        reason = ""
        left = seconds
        for number in range(_TRIES):
            if left is not None and left <= 0:
                raise AskFailed(reason or "the time is over", final=False)
            wait: float | None = None
            asked_at = time.monotonic()
            try:
                return self._once(request, left)
            except (APITimeoutError, _TooLate):
                reason = "the model does not answer in time"
            except APIConnectionError as problem:
                reason = f"the model cannot be reached: {self._clean(str(problem.__cause__ or problem))}"
            except APIStatusError as problem:
                said = self._clean(_said(problem))
                reason = f"the endpoint answers {problem.status_code}: {said[:_MOST_SAID]}"
                if problem.status_code == 400 and self._does_not_know(said):
                    continue
                if problem.status_code < 500 and problem.status_code not in (408, 409, 429):
                    raise AskFailed(reason, final=True) from None
                wait = _retry_after(problem)
            except _Garbled as problem:
                reason = f"the endpoint's answer is garbled: {problem}"
            except OpenAIError as problem:
                raise AskFailed(self._clean(str(problem)), final=True) from None
            finally:
                left = None if left is None else left - (time.monotonic() - asked_at)
            if number + 1 < _TRIES:
                pause = min(wait if wait is not None else 0.5 * 2**number * random.uniform(0.5, 1.0), _LONGEST_WAIT)
                if left is not None and pause >= left:
                    break
                self._sleep(pause)
                left = None if left is None else left - pause
        raise AskFailed(reason, final=False)

    def _does_not_know(self, said: str) -> bool:
        """Whether the endpoint refuses an option that it was sent, which it is not sent again then."""
        new = {name for name in _OPTIONS if re.search(rf"\b{name}\b", said)} - self._unknown
        self._unknown |= new
        return bool(new)

    def _once(self, request: Request, seconds: float | None) -> Reply:
        timeout = self._endpoint.timeout if seconds is None else min(self._endpoint.timeout, seconds)
        messages: Any = [{"role": message.role, "content": message.content} for message in request.messages]
        limit = "max_completion_tokens" if "max_tokens" in self._unknown else "max_tokens"
        options: Any = {limit: request.answer_tokens, "temperature": request.temperature, "seed": request.seed}
        options = {name: value for name, value in options.items() if name not in self._unknown}
        create = self._openai.chat.completions.with_raw_response.create
        text = _within(timeout, lambda: create(model=request.model, messages=messages, timeout=timeout, **options).text)
        return self._reply(text, request)

    def _reply(self, text: str, request: Request) -> Reply:
        try:
            data = json.loads(text)
            choice = data["choices"][0]
            content = choice["message"].get("content") or ""
            usage = data.get("usage") or {}
            counts = int(usage.get("prompt_tokens") or request.estimated_tokens), int(usage.get("completion_tokens") or len(content) // 4)
            if not isinstance(content, str) or min(counts) < 0 or max(counts) > _MOST_TOKENS:
                raise TypeError("content")
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as problem:
            raise _Garbled(f"{type(problem).__name__} in {self._clean(text)[:_MOST_SHOWN]!r}") from None
        content = content.encode(errors="replace").decode()  # JSON can have half of a surrogate pair
        return Reply(self._clean(content), choice.get("finish_reason") == "length", *counts)

    def _clean(self, text: str) -> str:
        """The text without the key. What is cut, is cut behind that: no part of the key is left."""
        return text.replace(self._key, "[key]") if self._key and len(self._key) >= _SHORTEST_SECRET else text


class _Garbled(Exception):
    """A body that is not what the protocol has."""


class _TooLate(Exception):
    """All of an answer was not there in time."""


def _within(seconds: float, call: Callable[[], str]) -> str:
    """The text of a call, which is left behind after that time: the package's timeout is for each part of a body that drips,
    and for no look-up of a name. Raises _TooLate, and what the call raises."""
    ended: SimpleQueue[str | Exception] = SimpleQueue()

    def run() -> None:
        try:
            ended.put(call())
        except Exception as problem:
            ended.put(problem)

    Thread(target=run, name="c2rs request", daemon=True).start()
    try:
        outcome = ended.get(timeout=seconds)
    except Empty:
        raise _TooLate from None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _said(problem: APIStatusError) -> str:
    body = problem.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return problem.response.text.strip() or "nothing"


def _retry_after(problem: APIStatusError) -> float | None:
    """The seconds that the server asks to wait; None where it does not say."""
    return seconds_to_wait(problem.response.headers.get("retry-after", ""), time.time())


def seconds_to_wait(text: str, now: float) -> float | None:
    """What a `Retry-After` means, a number of seconds or a date (RFC 9110, 10.2.3), `now` seconds after the epoch; None for
    what is neither, and for what is over."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except ValueError:
            return None
        return seconds if seconds > 0 else None
    return seconds if isfinite(seconds) and seconds >= 0 else None

