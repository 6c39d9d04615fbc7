"""A progress bar on the terminal, for runs that last."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

_PATIENCE = 0.5
"""Seconds of silence before the bar is shown."""


class ProgressBar:
    """Shows on standard error how far a run is; a context manager, called as `pipeline.Progress`."""

    def __init__(self) -> None:
        self._timer = threading.Timer(_PATIENCE, self._show)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._bar: RichProgress | None = None
        self._state = ("starting", 0, 0)

    def __enter__(self) -> ProgressBar:  # noqa: PYI034  (Self is not in Python 3.10)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            if self._bar is not None:
                self._bar.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        self._state = (stage, done, total)
        if self._bar is not None:
            self._update(self._bar)

    def _show(self) -> None:
        from rich.console import Console  # noqa: PLC0415  (imported only where a bar is shown)
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn  # noqa: PLC0415

        with self._lock:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            bar = Progress(*columns, console=Console(stderr=True), transient=True)
            bar.add_task(self._state[0], total=None)
            self._update(bar)
            bar.start()
            self._bar = bar

    def _update(self, bar: RichProgress) -> None:
        stage, done, total = self._state
        bar.update(bar.task_ids[0], description=f"{stage} files", completed=done, total=total or None)
