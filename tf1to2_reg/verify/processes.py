"""One recorder process: it imports TensorFlow once and runs programs one after another, each in a fork."""

from __future__ import annotations

import json
import os
import re
import selectors
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

from tf1to2_reg.verify.programs import VerifyError

_RECORDER = Path(__file__).with_name("recorder")
_START_SECONDS = 180.0
_LAST_LINES = 15
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_STARTUP = ("WARNING: All log messages before absl", "I0000 ", "E0000 ", "W0000 ")


class TimeLimit(Exception):
    """The process did not answer in time and was ended with all that it had started."""


class RecorderProcess:
    """A running recorder. `side` is "tf1", "tf1-genuine" or "tf2".

    Raises VerifyError where TensorFlow cannot be imported.
    """

    def __init__(self, python: Path, side: str, log: Path) -> None:
        self._log = log
        self._buffer = b""
        self._ready = False
        read_end, write_end = os.pipe()
        self._replies = read_end
        try:
            self._process = _start([str(python), str(_RECORDER), side, str(write_end)], write_end, log)
        except OSError as error:
            os.close(read_end)
            raise VerifyError(f"cannot start {python}: {error.strerror}") from error
        finally:
            os.close(write_end)
        self._python = python

    def wait_until_ready(self) -> None:
        """Wait for the import of TensorFlow."""
        if self._ready:
            return
        try:
            ready = self._read(_START_SECONDS)
        except TimeLimit:
            ready = None
        if ready is None:
            self.close()
            raise VerifyError(f"TensorFlow cannot be imported by {self._python}", last_lines(self._log))
        self._ready = True

    def run(self, job: dict[str, Any], timeout: float) -> int:
        """Run one job; return its exit status, negative for a signal. Raises TimeLimit."""
        assert self._process.stdin is not None
        self._process.stdin.write((json.dumps(job) + "\n").encode())
        self._process.stdin.flush()
        reply = self._read(timeout)
        return int(reply["status"]) if reply is not None else -1

    def _read(self, timeout: float) -> dict[str, Any] | None:
        """The next reply, or None where the process has ended."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(timeout):
                    self.close()
                    raise TimeLimit
                part = os.read(self._replies, 65536)
                if not part:
                    return None
                self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\n")
        reply: dict[str, Any] = json.loads(line)
        return reply

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End the process and everything it has started."""
        end_tree(self._process.pid)
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._replies >= 0:
            os.close(self._replies)
            self._replies = -1


def _start(command: Sequence[str], write_end: int, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            pass_fds=[write_end],
            env=_environment(),
            bufsize=0,
            start_new_session=True,
        )


def _environment() -> dict[str, str]:
    """The user's environment, less what would change the numbers from run to run or hide a device."""
    environment = dict(os.environ)
    environment.update(
        TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="-1", PYTHONHASHSEED="0", TF_CPP_MIN_LOG_LEVEL="3"
    )
    for name in ("PYTHONPATH", "PYTHONSTARTUP", "TF_USE_LEGACY_KERAS", "KERAS_BACKEND"):
        environment.pop(name, None)
    return environment


def end_tree(pid: int) -> None:
    """End a process and its descendants, also those that left its session."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.suspend()
            family.extend(child for child in process.children(recursive=True) if child not in family)
        except psutil.Error:
            continue
    for process in family:
        try:
            process.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(family[1:], timeout=5)


def last_lines(path: Path) -> str:
    """The last lines of a log, without TensorFlow's own start-up messages, colours and the recorder's frames."""
    if not path.exists():
        return ""
    lines = _COLOUR.sub("", path.read_text(encoding="utf-8", errors="replace")).splitlines()
    return "\n".join(list(_own_lines(lines))[-_LAST_LINES:])


def _own_lines(lines: Sequence[str]) -> Iterator[str]:
    indent: int | None = None
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if indent is not None and depth > indent:
            continue
        indent = depth if f'File "{_RECORDER}' in line else None
        if indent is None and line.strip() and not line.startswith(_STARTUP):
            yield line
