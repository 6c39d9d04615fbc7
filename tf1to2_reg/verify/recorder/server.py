"""A fork server: imports TensorFlow once, then runs each program in a fork of itself.

One JSON line on standard input is one job; one JSON line on the reply descriptor is its end. TensorFlow starts its
thread pools and its eager context on first use, which happens after the fork, so every program finds TensorFlow as
it is right after the import.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import sys
from typing import Any, Dict

_PR_SET_CHILD_SUBREAPER = 36


def serve(side: str, reply_fd: int) -> None:
    """Run jobs until standard input ends. `side` is "tf1", "tf1-genuine" or "tf2".

    The hooks of a job are those of its `target`: a graph program on today's TensorFlow is watched as one of TensorFlow
    1 is, without the stand-in.
    """
    _adopt_orphans()
    replies = os.fdopen(reply_fd, "w")
    _hooks("tf2" if side == "tf2" else "graph").prepare(side)
    _reply(replies, {"ready": True})
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            replies.close()
            _run(job, _hooks("tf2" if side == job["target"] == "tf2" else "graph"))
        _reply(replies, {"status": _wait(pid)})


def _hooks(target: str) -> Any:
    return importlib.import_module("." + ("tf2_hooks" if target == "tf2" else "tf1_hooks"), __package__)


def _run(job: Dict[str, Any], hooks: Any) -> None:
    """In the fork: never returns."""
    program = importlib.import_module(".program", __package__)
    try:
        program.run(job, hooks)
    finally:
        os._exit(1)


def _wait(pid: int) -> int:
    _, status = os.waitpid(pid, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _reply(replies: Any, message: Dict[str, Any]) -> None:
    replies.write(json.dumps(message) + "\n")
    replies.flush()


def _adopt_orphans() -> None:
    """Make this process the parent of what the programs leave behind, so that ending its tree ends them too."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
