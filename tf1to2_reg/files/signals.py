"""Signals that end a process, as exceptions: what is half done is put back first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Stopped(KeyboardInterrupt):
    """The process was asked to end; `number` is the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Meanwhile SIGTERM and SIGHUP raise `Stopped` where the process is, as Ctrl-C raises KeyboardInterrupt.

    A signal that is ignored (`nohup`) stays ignored.
    """
    changed = {number: before for number in _ENDING if (before := signal.getsignal(number)) is not signal.SIG_IGN}
    for number in changed:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, before in changed.items():
            signal.signal(number, before)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(number)
