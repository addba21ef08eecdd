"""Room for recursion over deep statements: C nests as deep as it likes, Python's stack does not."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STACK_BYTES = 512 << 20
RECURSION_LIMIT = 200_000


def on_deep_stack(work: Callable[[], T]) -> T:
    """What `work` returns or raises, run on a thread of its own with a stack of `STACK_BYTES`."""
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as failure:  # noqa: BLE001 - raised again on the caller's thread
            failures.append(failure)

    old_size = threading.stack_size(STACK_BYTES)
    old_limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(old_limit, RECURSION_LIMIT))
    try:
        thread = threading.Thread(target=run, name="deep stack")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(old_size)
        sys.setrecursionlimit(old_limit)
    if failures:
        raise failures[0]
    return results[0]
