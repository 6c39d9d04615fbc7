"""Notebooks: their cells of Python as one program, and the program back into the cells it came from.

Every cell begins with `pass` and a mark, which stays between the statements of two cells whatever is migrated. In the
file only the sources of cells that change are written anew, line by line; every other byte stays.
"""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.facts.magics import HISTORY
from tf1to2_reg.files import json_places
from tf1to2_reg.files.cells import Cell, CellError, Unfit, bound_names, cell_of
from tf1to2_reg.files.errors import SourceError
from tf1to2_reg.files.magics import MARK, is_other_language

SUFFIX = ".ipynb"
_CELL = "pass  # tf1to2-reg cell "
_FIRST_LINE = re.compile(rf"{re.escape(_CELL)}(\d+)")
_OUTPUT_NAME = re.compile(r"_i?\d+")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class _Source:
    """The `source` of a cell: its text, and where its value stands in the file."""

    number: int
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Notebook:
    """A notebook of Python. `raw` is the text of the file, `text` the program that its cells are."""

    path: Path
    raw: str = field(repr=False)
    cells: tuple[Cell, ...] = field(repr=False)
    sources: tuple[_Source, ...] = field(repr=False)

    @cached_property
    def text(self) -> str:
        """All cells, one after the other, each behind the line that marks it."""
        return "".join(f"{_CELL}{cell.number}\n{cell.text}\n" for cell in self.cells)

    @cached_property
    def _starts(self) -> list[int]:
        """The line of `text`, from 1, that marks each cell."""
        sizes = (cell.text.count("\n") + 2 for cell in self.cells)
        return list(accumulate(sizes, initial=1))[:-1]

    @cached_property
    def script(self) -> str:
        """The cells as a script that Python runs, to compare numbers; it prints what the cells show."""
        statements = ast.parse(self.text).body
        futures = [s for s in statements if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
        rows = {row for s in futures for row in range(s.lineno, (s.end_lineno or s.lineno) + 1)}
        lines = enumerate(self.text.split("\n"), 1)
        body = "\n".join("pass" if row in rows else line for row, line in lines)
        return "".join(f"{ast.unparse(statement)}\n" for statement in futures) + body

    def place(self, line: int, column: int) -> tuple[int, int, int]:
        """Cell, line and column, all from 1, of a place in `text`."""
        index = max(bisect_right(self._starts, line) - 1, 0)
        cell, row = self.cells[index], line - self._starts[index] - 1
        return (cell.number, *(cell.place(row, column) if row >= 0 else (1, 1)))

    def lines(self, number: int) -> list[str]:
        """The lines of a cell as they stand in the notebook."""
        return next((cell.source.split("\n") for cell in self.cells if cell.number == number), [])

    def line_in_file(self, number: int, line: int) -> int:
        """The line of the file, from 1, where a line of a cell stands."""
        source = next((source for source in self.sources if source.number == number), None)
        if source is None:
            return 1
        items = _items(self.raw, source)
        start = items[min(line, len(items)) - 1][0] if items else source.start
        return self.raw.count("\n", 0, start) + 1

    def encode(self, text: str) -> bytes:
        """The bytes of the notebook once its program is the given one.

        Raises:
            SourceError: with TFR918, where the text does not fit into the cells.
        """
        raw, shift = self.raw, 0
        for source, cell, new in zip(self.sources, self.cells, self._parts(text), strict=True):
            try:
                restored = cell.restored(new)
            except Unfit as error:
                raise self._unfit(cell, str(error)) from error
            if restored == cell.source:
                continue
            written = _Writer(self.raw, source, self.sources).written(restored)
            raw = raw[: source.start + shift] + written + raw[source.end + shift :]
            shift += len(written) - (source.end - source.start)
        return raw.encode()

    def _parts(self, text: str) -> list[str]:
        """The text of each cell; what stands before the first belongs to it."""
        parts: list[list[str]] = [[]]
        numbers = []
        for line in text.split("\n"):
            if found := _FIRST_LINE.fullmatch(line):
                numbers.append(int(found[1]))
                parts.append([])
            else:
                parts[-1].append(line)
        if numbers != [cell.number for cell in self.cells]:
            raise self._unfit(self.cells[0], "its statements would go to several cells")
        if not parts[-1][-1]:  # the newline that ends the text
            parts[-1].pop()
        before, first, *others = parts
        first = [*before, *first] if any(line.strip() for line in before) else first
        return ["\n".join(part) for part in (first, *others)]

    def _unfit(self, cell: Cell, why: str) -> SourceError:
        message = f"the migrated text does not fit into cell {cell.number}: {why}"
        return SourceError(Diagnostic("TFR918", self.path, self._starts[self.cells.index(cell)] + 1, 1, message))


def read_notebook(path: Path, data: bytes) -> Notebook:
    """Decode and parse the content of a notebook.

    Raises:
        SourceError: with TFR916 (no notebook of Python), TFR917 (what it does cannot be seen), TFR901 or TFR902 (a cell
            does not parse), TFR903 (encoding).
    """
    try:
        raw = data.decode()
    except UnicodeDecodeError as error:
        message = f"file cannot be decoded: byte 0x{data[error.start]:02x} is not utf-8"
        raise SourceError(Diagnostic("TFR903", path, data.count(b"\n", 0, error.start) + 1, 1, message)) from error
    sources = tuple(_sources(path, raw))
    _check_marks(path, sources)
    bound = frozenset[str]().union(*(bound_names(_plain(source.text)) for source in sources))
    cells = tuple(_cell(path, source, bound) for source in sources)
    _check_names(path, cells, bound)
    return Notebook(path, raw, cells, sources)


def python_of(data: bytes) -> bytes:
    """The text of all cells of code, to look for words and imports; the bytes as they are where there are none."""
    try:
        return "\n".join(source.text for source in _sources(Path(), data.decode())).encode()
    except (SourceError, ValueError):
        return data


def _sources(path: Path, raw: str) -> Iterator[_Source]:
    """The cells of Python, where they stand.

    Raises:
        SourceError: TFR916.
    """
    cells = _checked_cells(path, raw)
    places = {key: start for key, start, _ in json_places.members(raw, json_places.first(raw))}
    found = 0
    for number, (cell, (start, _)) in enumerate(zip(cells, json_places.items(raw, places["cells"]), strict=True), 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        text = cell.get("source", "")
        text = "".join(text) if isinstance(text, list) and all(isinstance(part, str) for part in text) else text
        if not isinstance(text, str):
            raise _no_notebook(path, f"cell {number} has no text")
        if is_other_language(text) or "source" not in cell:
            continue
        found += 1
        value = {key: (from_, to) for key, from_, to in json_places.members(raw, start)}["source"]
        yield _Source(number, text, *value)
    if not found:
        raise _no_notebook(path, "it has no cell of Python")


def _checked_cells(path: Path, raw: str) -> list[object]:
    try:
        notebook = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _no_notebook(path, f"it is not JSON: {error}") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        raise _no_notebook(path, "it has no nbformat")
    if notebook["nbformat"] != 4:
        raise _no_notebook(path, f"it has format {notebook['nbformat']}, not 4 (`jupyter nbconvert --to notebook`)")
    if (language := _language(notebook.get("metadata"))) != "python":
        raise _no_notebook(path, f"its language is {language}")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise _no_notebook(path, "it has no cells")
    return cells


def _language(metadata: object) -> str:
    """In lower case; Python where the notebook does not say."""
    for kind, key in (("kernelspec", "language"), ("language_info", "name")):
        described = metadata.get(kind) if isinstance(metadata, dict) else None
        if isinstance(described, dict) and isinstance(described.get(key), str):
            return "python" if described[key] == "ipython" else str(described[key]).lower()
    return "python"


def _no_notebook(path: Path, why: str) -> SourceError:
    return SourceError(Diagnostic("TFR916", path, 1, 1, f"this is no notebook that can be read: {why}"))


def _check_marks(path: Path, sources: tuple[_Source, ...]) -> None:
    for source in sources:
        if _CELL.partition("#")[2] in source.text or MARK in source.text:
            raise _no_notebook(path, f"cell {source.number} has a comment that this tool uses for itself")
        if "\f" in source.text:
            raise _no_notebook(path, f"cell {source.number} has a form feed")


def _cell(path: Path, source: _Source, bound: frozenset[str]) -> Cell:
    try:
        return cell_of(source.number, _plain(source.text), bound)
    except CellError as error:
        place = Diagnostic(error.code, path, error.line, error.column, error.message, cell=source.number)
        raise SourceError(place) from error


def _check_names(path: Path, cells: tuple[Cell, ...], bound: frozenset[str]) -> None:
    """Refuse a notebook that reads what IPython remembers of its cells, or that has a `print` of its own."""
    for cell in cells:
        for node in ast.walk(cell.tree):
            if not isinstance(node, ast.Name):
                continue
            remembered = node.id in HISTORY or _OUTPUT_NAME.fullmatch(node.id)
            if (remembered and node.id not in bound) or (node.id == "print" and "print" in bound):
                message = f"{node.id} depends on what cells showed"
                place = Diagnostic("TFR917", path, node.lineno, node.col_offset + 1, message, cell=cell.number)
                raise SourceError(place)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _items(raw: str, source: _Source) -> list[tuple[int, int]]:
    """The strings that the source of a cell is a list of; none where it is one string."""
    return list(json_places.items(raw, source.start)) if raw[source.start] == "[" else []


class _Writer:
    """Writes the source of a cell as the notebook writes sources; lines that stay keep their bytes."""

    def __init__(self, raw: str, source: _Source, sources: tuple[_Source, ...]) -> None:
        self._raw = raw
        self._source = source
        self._sources = sources
        self._ascii = raw.isascii() and "\\u" in raw
        self._newline = "\r\n" if "\r\n" in source.text else "\n"

    def written(self, text: str) -> str:
        """The JSON value."""
        text = text.replace("\n", self._newline)
        if self._raw[self._source.start] != "[":
            return self._quoted(text)
        if not text:
            return "[]"
        opening, between, closing = self._layout()
        return f"[{opening}{between.join(self._tokens(text.splitlines(keepends=True)))}{closing}]"

    def _quoted(self, text: str) -> str:
        return json.dumps(text, ensure_ascii=self._ascii)

    def _tokens(self, lines: list[str]) -> Iterator[str]:
        places = _items(self._raw, self._source)
        old = [json.loads(self._raw[start:end]) for start, end in places]
        for tag, start, end, new_start, new_end in SequenceMatcher(None, old, lines, autojunk=False).get_opcodes():
            if tag == "equal":
                yield from (self._raw[slice(*place)] for place in places[start:end])
            else:
                yield from map(self._quoted, lines[new_start:new_end])

    def _layout(self) -> tuple[str, str, str]:
        """What stands before, between and after the lines of a source: of this cell, or of one that has several."""
        fallback = ("", ", ", "")
        for source in (self._source, *self._sources):
            items = _items(self._raw, source)
            if not items:
                continue
            opening = self._raw[source.start + 1 : items[0][0]]
            closing = self._raw[items[-1][1] : source.end - 1]
            if len(items) > 1:
                return opening, self._raw[items[0][1] : items[1][0]], closing
            fallback = (opening, f",{opening or ' '}", closing)
        return fallback
