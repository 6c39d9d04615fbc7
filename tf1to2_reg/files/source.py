"""Bytes to text and back: encoding, byte order mark, newlines and form feeds survive outside the edits."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from difflib import SequenceMatcher
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.errors import SourceError
from tf1to2_reg.files.notebook import SUFFIX, Notebook, read_notebook
from tf1to2_reg.files.python2 import is_python2

__all__ = ["FileText", "SourceError", "SourceFile", "encode", "source_from_bytes"]

_BOM = b"\xef\xbb\xbf"
_PHYSICAL_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FORM_FEED_PREFIX = re.compile(r"[ \t\f]*\f")


@dataclass(frozen=True)
class FileText:
    r"""The text of one Python file.

    `text` is what `ast` and LibCST are given, so that both see the same lines and columns: without byte order mark,
    with `\n` for every newline (`\r\n` and `\r` mean the same to Python, also inside strings), and without form feeds
    in the indentation (LibCST drops those, `ast` counts them as a column). Form feeds in strings and comments stay.
    Its lines correspond one to one to the lines of `data`; `encode` puts back what was taken away.

    `encoding` is the codec of `data` without the mark, `bom` tells whether the mark was there, `newline` is the
    commonest line end of the file (`"\n"` where there is none).

    Of a notebook `text` is the program that its cells are; `notebook` knows the way back. `bystanders` are files that
    use TensorFlow and are not analysed together with this one.
    """

    path: Path
    data: bytes = field(repr=False)
    text: str = field(repr=False)
    encoding: str
    bom: bool
    newline: str
    notebook: Notebook | None = field(default=None, repr=False, compare=False)
    bystanders: tuple[Path, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True)
class SourceFile(FileText):
    """One Python file; `tree` is `ast.parse(text)`: not to be changed."""

    tree: ast.Module = field(repr=False, compare=False, kw_only=True)

    @property
    def without_tree(self) -> FileText:
        """What is left to tell of the file when it is done with: a tree takes ten times the memory."""
        return FileText(**{part.name: getattr(self, part.name) for part in fields(FileText)})

    @property
    def code(self) -> bytes:
        """What to look for words in: the bytes of the file, of a notebook those of its program."""
        return self.data if self.notebook is None else self.text.encode()

    def check_compiles(self) -> None:
        """Compile what is compiled together: the file, or each cell of a notebook.

        Raises:
            SyntaxError: as Python does, or ValueError.
        """
        for part in (self.data,) if self.notebook is None else (cell.text for cell in self.notebook.cells):
            compile(part, str(self.path), "exec", dont_inherit=True)


def source_from_bytes(path: Path, data: bytes) -> SourceFile:
    """Decode and parse the content of a file.

    Raises:
        SourceError: with TFR901 (does not parse), TFR902 (Python 2) or TFR903 (encoding); for a notebook also TFR916
            or TFR917.
    """
    if path.suffix == SUFFIX:
        notebook = read_notebook(path, data)
        tree = _parse(path, notebook.text)
        return SourceFile(path, data, notebook.text, "utf-8", bom=False, newline="\n", tree=tree, notebook=notebook)
    encoding = _encoding(path, data)
    bom = data.startswith(_BOM)
    physical = _decode(path, data.removeprefix(_BOM), encoding)
    newline = _commonest_newline(physical)
    text = physical.replace("\r\n", "\n").replace("\r", "\n")
    tree = _parse(path, text)
    if "\f" in text:
        text = _without_form_feeds(text, tree)
        tree = _parse(path, text)
    return SourceFile(path, data, text, encoding, bom, newline, tree=tree)


def encode(source: SourceFile, text: str) -> bytes:
    r"""The bytes of the file with its `text` replaced by the given one, which has `\n` newlines.

    Lines that `text` shares with `source.text` get back exactly the bytes they had; new and edited lines end as most
    lines of the file do and start without form feed.

    Raises:
        UnicodeEncodeError: a new character does not exist in the file's encoding. ASCII always does.
        SourceError: the text does not fit into the cells of the notebook (TFR918).
    """
    if source.notebook is not None:
        return source.notebook.encode(text)
    restored = "".join(_restored_lines(source, text)) if _has_exceptions(source) else _with_newline(source, text)
    return (_BOM if source.bom else b"") + restored.encode(source.encoding)


def _encoding(path: Path, data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        raise _encoding_error(path, 1, str(error.msg)) from error
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _decode(path: Path, body: bytes, encoding: str) -> str:
    try:
        text = body.decode(encoding)
        same = text.encode(encoding) == body
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        shown = f"byte 0x{body[error.start]:02x} is not {encoding}"
        raise _encoding_error(path, line, shown) from error
    except (LookupError, UnicodeEncodeError) as error:
        raise _encoding_error(path, 1, str(error)) from error
    if not same:
        raise _encoding_error(path, 1, f"decoding as {encoding} and encoding again gives other bytes")
    return text


def _encoding_error(path: Path, line: int, reason: str) -> SourceError:
    return SourceError(Diagnostic("TFR903", path, line, 1, f"file cannot be decoded: {reason}"))


def _parse(path: Path, text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        code, message = ("TFR902", "file is Python 2") if is_python2(error, text) else ("TFR901", "file does not parse")
        line, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
        raise SourceError(Diagnostic(code, path, line, column, f"{message}: {error.msg}")) from error
    except (ValueError, RecursionError, MemoryError) as error:
        line = text.count("\n", 0, max(text.find("\0"), 0)) + 1
        reason = str(error) or "nested too deeply"
        raise SourceError(Diagnostic("TFR901", path, line, 1, f"file does not parse: {reason}")) from error


def _commonest_newline(physical: str) -> str:
    crlf = physical.count("\r\n")
    counts = Counter({"\n": physical.count("\n") - crlf, "\r\n": crlf, "\r": physical.count("\r") - crlf})
    return counts.most_common(1)[0][0]


def _without_form_feeds(text: str, tree: ast.Module) -> str:
    inside_strings = set(_lines_that_start_inside_a_string(tree))
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if index + 1 not in inside_strings:
            lines[index] = _FORM_FEED_PREFIX.sub("", line, count=1) if _FORM_FEED_PREFIX.match(line) else line
    return "\n".join(lines)


def _lines_that_start_inside_a_string(tree: ast.Module) -> Iterable[int]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno is not None:
            yield from range(node.lineno + 1, node.end_lineno + 1)


def _has_exceptions(source: SourceFile) -> bool:
    return _with_newline(source, source.text) != _physical_text(source)


def _with_newline(source: SourceFile, text: str) -> str:
    return text if source.newline == "\n" else text.replace("\n", source.newline)


def _physical_text(source: SourceFile) -> str:
    return source.data[len(_BOM) if source.bom else 0 :].decode(source.encoding)


def _restored_lines(source: SourceFile, text: str) -> Iterable[str]:
    physical = _PHYSICAL_LINE.findall(_physical_text(source))
    old, new = _lines(source.text), _lines(text)
    for tag, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from physical[old_start:old_end]
        else:
            yield from (_with_newline(source, line) for line in new[new_start:new_end])


def _lines(text: str) -> list[str]:
    return _PHYSICAL_LINE.findall(text)
