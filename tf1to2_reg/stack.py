"""Room for programs whose expressions are nested deeply."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

_BYTES = 512 * 1024 * 1024
_FRAMES = 60_000

Result = TypeVar("Result")


def with_deep_stack(work: Callable[[], Result]) -> Result:
    """Do the work where calls may be nested sixty times deeper than usual.

    A sum of 500 terms is a tree 500 deep, and each level takes several calls in whatever walks through it. The stack of
    a thread is taken from memory only as far as it is used.

    Raises:
        RecursionError: even that is not enough.
    """
    outcome: list[Callable[[], Result]] = []

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            raised = error

            def again() -> Result:
                raise raised

            outcome.append(again)
        else:
            outcome.append(lambda: result)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_BYTES)
    sys.setrecursionlimit(max(limit, _FRAMES))
    try:
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    return outcome[0]()
