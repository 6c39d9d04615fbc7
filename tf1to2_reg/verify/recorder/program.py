"""Run one user program as `python ENTRY ARGS...` would, and write what it trained."""

from __future__ import annotations

import os
import random
import runpy
import sys
import traceback
from typing import Any, Dict, NoReturn

import numpy as np

from .store import FAILED, FINISHED, Store

SEED = 0


def run(job: Dict[str, Any], hooks: Any) -> NoReturn:
    """Run the job and leave the process.

    `job` has: `folder` (working directory and import path), `entry` (relative to it), `argv`, `output` (folder for the
    recording), `steps` (end after so many training steps, or None), `keep_dropout`, `target`, and `ordinals` (see
    `initial_values`).
    """
    _redirect(job["output"])
    store = Store(job["output"], job["steps"])
    os.chdir(job["folder"])
    sys.argv = [job["entry"], *job["argv"]]
    entry = os.path.abspath(job["entry"])
    sys.path.insert(0, os.path.dirname(entry))
    random.seed(SEED)
    np.random.seed(SEED)
    hooks.install(store, job)
    error = _run_main(entry)
    if error:
        store.failure = error
    store.finish(FAILED if error else FINISHED)


def _redirect(output: str) -> None:
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for descriptor, name in ((1, "stdout.txt"), (2, "stderr.txt")):
        target = os.open(os.path.join(output, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(target, descriptor)
        os.close(target)
    sys.stdin = open(0, closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)


def _run_main(entry: str) -> str:
    """The program's own error as one line, or an empty string."""
    try:
        runpy.run_path(entry, run_name="__main__")
    except SystemExit as stop:
        return _exit_error(stop.code)
    except BaseException as error:
        _print_user_traceback(error)
        return "{}: {}".format(type(error).__name__, error)
    return ""


def _exit_error(code: Any) -> str:
    if code is None or code == 0:
        return ""
    if not isinstance(code, int):
        print(code, file=sys.stderr)
    return "the program ended with exit status {}".format(code)


def _print_user_traceback(error: BaseException) -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    skipped = (here, os.path.dirname(os.path.abspath(runpy.__file__)) + os.sep + "runpy", "<frozen runpy>")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(skipped)]
    print("Traceback (most recent call last):", file=sys.stderr)
    sys.stderr.write("".join(traceback.format_list(frames)))
    sys.stderr.write("".join(traceback.format_exception_only(type(error), error)))
