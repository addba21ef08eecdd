"""Room for recursion: C nests deeper than Python lets a program recurse by default."""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

_T = TypeVar("_T")

DEPTH = 1_000_000
"""Frames of Python; pure Python calls take no C stack, but what they call in C may."""

_STACK_BYTES = 512 * 1024 * 1024


def call_deeply(function: Callable[..., _T], *arguments: Any) -> _T:
    """`function(*arguments)` on a thread with a 512 MiB stack and a recursion limit of DEPTH frames."""
    outcome: list[_T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(function(*arguments))
        except BaseException as caught:  # noqa: BLE001 - raised again below, in the caller's thread
            failure.append(caught)

    previous_size = threading.stack_size(_STACK_BYTES)
    previous_limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(DEPTH, previous_limit))
    try:
        thread = threading.Thread(target=run, name="deep")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(previous_size)
        sys.setrecursionlimit(previous_limit)
    if failure:
        raise failure[0]
    return outcome[0]


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Building a big tree makes no garbage cycles, and the collector walks all of it again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
