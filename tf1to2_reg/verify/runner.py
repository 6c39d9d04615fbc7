"""Running programs: each on a temporary copy, in a fork of a process that has TensorFlow already."""

from __future__ import annotations

import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tf1to2_reg.files.errors import SourceError
from tf1to2_reg.files.notebook import SUFFIX, read_notebook
from tf1to2_reg.verify import recording
from tf1to2_reg.verify.processes import RecorderProcess, TimeLimit, last_lines
from tf1to2_reg.verify.programs import Interpreters, Options, OtherTarget, Program, Side, Target, VerifyError
from tf1to2_reg.verify.recording import Recording

if TYPE_CHECKING:
    from typing_extensions import Self

_NOT_COPIED = (".git", ".hg", ".svn", "__pycache__", ".venv", "venv", "node_modules", ".mypy_cache", ".pytest_cache")
_LARGEST_COPY = 2 << 30


class Runner:
    """Two recorder processes, one per side, started when first needed.

    A context manager: `with Runner() as runner: runner.record(program, Side.BEFORE)`. Not for use by several threads
    on the same side at once; the two sides may run at the same time.
    """

    def __init__(self, interpreters: Interpreters | None = None) -> None:
        self._interpreters = interpreters or Interpreters()
        self._processes: dict[Side, RecorderProcess] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="tf1to2-verify-"))
        self._runs = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End both processes and delete the temporary copies."""
        for process in self._processes.values():
            process.close()
        self._processes.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def record(self, program: Program, side: Side, options: Options | None = None) -> Recording:
        """Run a program and return what it trained. Raises VerifyError where it does not run."""
        return self._record(program, side, options or Options(), self._new_folder(side))

    def record_both(
        self, before: Program, after: Program, options: Options | None = None, after_options: Options | None = None
    ) -> tuple[Recording, Recording]:
        """Run both programs at the same time. The before's error comes first where both fail."""
        options = options or Options()
        folders = self._new_folder(Side.BEFORE), self._new_folder(Side.AFTER)
        self._start(Side.BEFORE)
        self._start(Side.AFTER)
        with ThreadPoolExecutor(max_workers=2) as pool:
            first = pool.submit(self._record, before, Side.BEFORE, options, folders[0])
            second = pool.submit(self._record, after, Side.AFTER, after_options or options, folders[1])
            other = second.exception()
            if isinstance(
                other, OtherTarget
            ):  # the before was recorded for the wrong target, so its error means nothing
                raise other
            return first.result(), second.result()

    def _new_folder(self, side: Side) -> Path:
        self._runs += 1
        folder = self._folder / f"{self._runs}-{side.value}"
        folder.mkdir()
        return folder

    def _start(self, side: Side) -> RecorderProcess:
        known = self._processes.get(side)
        if known is not None:
            if known.alive:
                return known
            known.close()
        if side is Side.AFTER:
            python, name = self._interpreters.after, "tf2"
        else:
            python, name = self._interpreters.before, "tf1-genuine" if self._interpreters.genuine else "tf1"
        process = RecorderProcess(python, name, self._folder / f"{name}.log")
        self._processes[side] = process
        return process

    def _process(self, side: Side) -> RecorderProcess:
        process = self._start(side)
        process.wait_until_ready()
        return process

    def _record(self, program: Program, side: Side, options: Options, folder: Path) -> Recording:
        copy, output = folder / "program", folder / "output"
        copy_program(program.folder, copy)
        output.mkdir()
        program = _as_script(program, copy)
        process = self._process(side)
        try:
            status = process.run(_job(program, options, copy, output), options.timeout)
        except TimeLimit:
            raise VerifyError(
                f"the {side.value} program did not end within {options.timeout:g} s"
                " (--timeout sets the limit, --steps ends it after so many training steps)",
                last_lines(output / "stderr.txt"),
            ) from None
        shutil.rmtree(copy, ignore_errors=True)
        try:
            result = _result(side, status, output, options.target or Target.TF2)
            return replace(result, printed=result.printed.replace(str(copy), str(program.folder)))
        except OtherTarget:
            raise
        except VerifyError as error:
            original = str(program.folder)
            message, last = (text.replace(str(copy), original) for text in (error.message, error.output))
            raise VerifyError(message, last) from None


def copy_program(source: Path, target: Path) -> None:
    """Copy a program's folder without version control, environments and caches.

    Raises VerifyError for a folder that no program needs whole (2 GiB).
    """
    size = 0
    for folder, names, files in os.walk(source):
        names[:] = [name for name in names if name not in _NOT_COPIED]
        size += sum((Path(folder) / name).lstat().st_size for name in files)
        if size > _LARGEST_COPY:
            raise VerifyError(f"{source} holds more than {_LARGEST_COPY >> 30} GiB: verify copies the program's folder")
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*_NOT_COPIED), symlinks=True)


def _as_script(program: Program, copy: Path) -> Program:
    """The program, a notebook as a script beside it in the copy."""
    entry = Path(program.entry)
    if entry.suffix != SUFFIX:
        return program
    try:
        script = read_notebook(program.folder / entry, (copy / entry).read_bytes()).script
    except SourceError as error:
        raise VerifyError(f"{error.diagnostic.place}: {error.diagnostic.message}") from None
    (copy / f"{entry}.py").write_text(script, encoding="utf-8")
    return replace(program, entry=f"{entry}.py")


def _job(program: Program, options: Options, copy: Path, output: Path) -> dict[str, Any]:
    return {
        "folder": str(copy),
        "entry": program.entry,
        "argv": list(program.argv),
        "output": str(output),
        "steps": options.steps,
        "target": (options.target or Target.TF2).value,
        "keep_dropout": options.keep_dropout,
        "ordinals": options.ordinals,
        "same_start": options.same_start,
        "disturbance": options.disturbance,
    }


def _result(side: Side, status: int, output: Path, target: Target) -> Recording:
    error = recording.failure(output).partition("\n")[0]
    last = last_lines(output / "stderr.txt")
    seen = recording.target(output)
    if side is Side.AFTER and seen is not None and seen is not target:
        raise OtherTarget(seen, f"the after program is no {target.value} program", last)
    if error or status > 0:
        raise VerifyError(f"the {side.value} program does not run: {error or f'exit status {status}'}", last)
    if status < 0:
        raise VerifyError(f"the {side.value} program was ended by signal {-status}", last)
    if not (output / recording.FILE).exists():
        raise VerifyError(f"the {side.value} program ended without leaving its numbers (os._exit?)", last)
    result = recording.load(output)
    if not result.updates and not (target is Target.GRAPH and result.graphs):
        raise VerifyError(f"the {side.value} program ran, but no training step was seen", last)
    return result
