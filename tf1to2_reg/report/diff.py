"""Unified diffs, byte for byte, that `git apply` takes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from difflib import diff_bytes, unified_diff
from pathlib import Path

from tf1to2_reg.files.source import FileText, source_from_bytes
from tf1to2_reg.report.style import Ink, Style

_NO_NEWLINE = b"\n\\ No newline at end of file\n"
_INKS = ((b"+++", Ink.BOLD), (b"---", Ink.BOLD), (b"@@", Ink.CYAN), (b"+", Ink.GREEN), (b"-", Ink.RED))


def base_of(paths: Iterable[Path]) -> Path:
    """The folder that the names in a diff of these files are relative to.

    It is the current folder if that holds all of them, else the nearest folder that does.
    """
    folders = [os.path.dirname(os.path.abspath(path)) for path in paths] or [str(Path.cwd())]
    common = Path(os.path.commonpath(folders))
    return Path.cwd() if common.is_relative_to(Path.cwd()) else common


def unified(path: Path, before: bytes | None, after: bytes, base: Path, part: str = "") -> bytes:
    """The diff of one file, or of a `part` of it; empty where nothing changes.

    `before` is None for a file that is made.
    """
    name = _relative_name(path, base)
    old, new = (_quoted(side + name).removesuffix(b"\t" if part else b"") + part.encode() for side in (b"a/", b"b/"))
    lines = diff_bytes(unified_diff, _lines(before or b""), _lines(after), b"/dev/null" if before is None else old, new)
    return b"".join(line if line.endswith(b"\n") else line + _NO_NEWLINE for line in lines)


def difference(path: Path, source: FileText | None, after: bytes, base: Path) -> bytes:
    """The diff of one file; of a notebook one for each cell that changes, to read and not to apply."""
    if source is None or source.notebook is None:
        return unified(path, source.data if source is not None else None, after, base)
    old, new = source.notebook, source_from_bytes(path, after).notebook
    cells = new.cells if new is not None else ()
    return b"".join(
        unified(path, _ended(cell.source), _ended(changed.source), base, part=f":cell {cell.number}")
        for cell, changed in zip(old.cells, cells, strict=True)
    )


def _ended(text: str) -> bytes:
    return f"{text}\n".encode() if text and not text.endswith("\n") else text.encode()


def painted(diff: bytes, style: Style) -> bytes:
    """A diff in colours, for a terminal."""
    if not style.color:
        return diff
    return b"".join(_painted_line(line, style) for line in _lines(diff))


def _painted_line(line: bytes, style: Style) -> bytes:
    body = line.rstrip(b"\r\n")
    ink = next((ink for mark, ink in _INKS if body.startswith(mark)), None)
    if ink is None:
        return line
    left, right = style.paint("|", ink).encode().split(b"|")
    return left + body + right + line[len(body) :]


def _relative_name(path: Path, base: Path) -> bytes:
    if str(path) == "<stdin>":
        return b"<stdin>"
    return os.fsencode(Path(os.path.relpath(path, base)).as_posix())


def _quoted(name: bytes) -> bytes:
    """As git writes names: in quotes if there are special characters, with a tab after one with blanks."""
    if any(byte < 0x20 or byte in b'"\\' for byte in name):
        return b'"' + b"".join(_escaped(byte) for byte in name) + b'"'
    return name + b"\t" if b" " in name else name


def _escaped(byte: int) -> bytes:
    if byte in b'"\\':
        return b"\\" + bytes([byte])
    return b"\\%03o" % byte if byte < 0x20 else bytes([byte])


def _lines(data: bytes) -> list[bytes]:
    return list(_split(data))


def _split(data: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        end = data.find(b"\n", start) + 1 or len(data)
        yield data[start:end]
        start = end
