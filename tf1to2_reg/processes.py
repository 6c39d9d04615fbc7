"""Families of files shared out among processes: each family goes to one, the result is that of one process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing.connection import wait
from pathlib import Path

from tf1to2_reg.analysis import Analysis, analysed
from tf1to2_reg.checks import Engine
from tf1to2_reg.files.taking_part import Family

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (0: not known)."""

WORTH_PROCESSES = 500_000
"""Bytes of files: for fewer, starting a process takes longer than what it takes off another."""


def in_processes(
    found: Sequence[Family], contents: Mapping[Path, bytes], engine: Engine, jobs: int, progress: Progress
) -> list[Analysis]:
    """What becomes of each family, in their order, by at most `jobs` processes."""
    sizes = [sum(len(contents[path]) for path in family.paths) for family in found]
    if jobs == 1 or len(found) == 1 or sum(sizes) < WORTH_PROCESSES:
        return _one_by_one(found, contents, engine, progress)
    largest_first = sorted(range(len(found)), key=lambda index: -sizes[index])
    waiting: dict[Future[Analysis], int] = {}
    results: dict[int, Analysis] = {}
    files, done = sum(len(family.paths) for family in found), 0
    progress("analysing", 0, files)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(found)), mp_context=context, initializer=_begin) as pool:
        try:
            for index in largest_first:
                given = {path: contents[path] for path in found[index].paths}
                waiting[pool.submit(analysed, found[index], given, engine)] = index
            for future in as_completed(waiting):
                results[waiting[future]] = future.result()
                done += len(found[waiting[future]].paths)
                progress("analysing", done, files)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise
    return [results[index] for index in range(len(found))]


def _one_by_one(
    found: Sequence[Family], contents: Mapping[Path, bytes], engine: Engine, progress: Progress
) -> list[Analysis]:
    """Each file counts when it is parsed, and again when it is done with."""
    steps, done = 2 * sum(len(family.paths) for family in found), 0

    def parsed(_path: Path) -> None:
        nonlocal done
        done += 1
        progress("analysing", done // 2, steps // 2)

    results = []
    for family in found:
        results.append(analysed(family, contents, engine, parsed))
        done += len(family.paths)
        progress("analysing", done // 2, steps // 2)
    return results


def _begin() -> None:
    """A process that ends where it is when the run is stopped, and does not outlive the one that began it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
