"""Room for recursion: C nests deeper than Python lets a program recurse by default."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

_T = TypeVar("_T")

DEPTH = 1_000_000
"""Frames of Python; pure Python calls take no C stack, but what they call in C may."""

_STACK_BYTES = 512 * 1024 * 1024

_NEW_OBJECTS = 200_000
"""How many new objects the collector waits for. Big trees make few cycles, and each look at them takes long: with Python's 700,
a fifth of the time."""


def call_deeply(function: Callable[..., _T], *arguments: Any) -> _T:
    """`function(*arguments)` on a thread with a 512 MiB stack and a recursion limit of DEPTH frames, seldom interrupted by the
    collector."""
    outcome: list[_T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(function(*arguments))
        except BaseException as caught:  # noqa: BLE001 - raised again below, in the caller's thread
            failure.append(caught)

    previous_size = threading.stack_size(_STACK_BYTES)
    previous_limit = sys.getrecursionlimit()
    previous_threshold = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *previous_threshold[1:])
    sys.setrecursionlimit(max(DEPTH, previous_limit))
    try:
        thread = threading.Thread(target=run, name="deep")
        thread.start()
        thread.join()
    finally:
        gc.set_threshold(*previous_threshold)
        threading.stack_size(previous_size)
        sys.setrecursionlimit(previous_limit)
    if failure:
        raise failure[0]
    return outcome[0]

