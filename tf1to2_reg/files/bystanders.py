"""Files that use TensorFlow and are not among those that are analysed: who knows what they call."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from tf1to2_reg.files.source import SourceFile

_TENSORFLOW = b"tensorflow"


def beside_all(files: Iterable[SourceFile]) -> tuple[Path, ...]:
    """What stands beside any of the files that are analysed together."""
    return tuple(dict.fromkeys(path for file in files for path in file.bystanders))


def bystanders(contents: Mapping[Path, bytes], analysed: Collection[Path]) -> tuple[Path, ...]:
    """Those among the files that were found, and those beside an analysed file that were not given and name it."""
    found = [path for path, data in contents.items() if path not in analysed and _TENSORFLOW in data]
    return (*found, *_beside(contents, analysed))


def _beside(contents: Mapping[Path, bytes], analysed: Collection[Path]) -> Iterator[Path]:
    stems: dict[Path, list[str]] = {}
    for path in analysed:
        stems.setdefault(path.parent, []).append(re.escape(path.stem))
    for folder, names in stems.items():
        words = "|".join(names)
        named = re.compile(os.fsencode(rf"\b({words})\b"))
        for path in sorted(folder.glob("*.py")):
            if path not in contents and (data := _read(path)) and _TENSORFLOW in data and named.search(data):
                yield path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
