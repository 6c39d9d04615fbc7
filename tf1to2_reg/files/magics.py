"""Lines of a notebook's cell that are no Python, and the statements that stand for them meanwhile.

Every line of a cell keeps its number. A line for the shell, or for a magic of IPython, is `pass` or a call that reads
what the line reads, with a mark behind it by which it is found again in the migrated text.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tf1to2_reg.facts.magics import AROUND_A_CELL, BEFORE_A_STATEMENT, OTHER_LANGUAGES, OUTSIDE, SILENT

MARK = "# tf1to2-reg line "
_MARKED = re.compile(rf"([ \t]*)(.*?)  {MARK}(\d+)")
_CELL_MAGIC = re.compile(r"%%(\w*)")
_LINE = re.compile(
    r"""
      (?P<indent>[ \t]*)
      (?: (?P<help>\?.*|[%\w.*]+\?\??\s*)
        | (?P<target>[\w.,\ ]+?)\s*=\s*(?:!(?P<got>.*)|%(?P<from>\w+)(?P<asked>.*))
        | !(?P<shell>.*)
        | %(?P<magic>\w*)(?P<rest>.*)
      )
    """,
    re.VERBOSE,
)
_INSERTED = re.compile(r"\{([^{}]+)\}|\$(\w+)")


class NotPython(Exception):
    """A line that may do anything; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True)
class Mask:
    """A line that is no Python, without its indentation: `stand_in` stands for it, or all behind its `prefix` does."""

    original: str
    stand_in: str
    prefix: str = ""


def is_other_language(source: str) -> bool:
    """Whether a cell begins with a magic that hands it to something else than this Python."""
    found = _CELL_MAGIC.match(source.lstrip())
    return found is not None and found[1] in OTHER_LANGUAGES


def cell_magic(source: str) -> str | None:
    """The name of the magic that a cell begins with."""
    found = _CELL_MAGIC.match(source.lstrip())
    return found[1] if found else None


def masked(lines: Sequence[str], bound: frozenset[str]) -> tuple[list[str], dict[int, Mask]]:
    """The lines as Python, and the masks by the index of their line. `bound` are names that the notebook binds.

    Raises:
        NotPython: a magic that may do anything.
    """
    new: list[str] = []
    masks: dict[int, Mask] = {}
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    while len(new) < len(lines):
        index = len(new)
        found = _LINE.fullmatch(lines[index]) if _starts_statement(new, lines[index]) else None
        if found is None:
            new.append(lines[index])
            continue
        indent = found["indent"]
        last = index
        while lines[last].endswith("\\") and last + 1 < len(lines):
            last += 1
        whole = "\n".join(lines[index : last + 1])
        masks[index] = _mask(found, whole, bound, index + 1, is_first=index == first)
        rest = {row: Mask(lines[row], "pass") for row in range(index + 1, last + 1)}
        masks.update(rest)
        shown = [masks[index].stand_in or masks[index].original.removeprefix(masks[index].prefix)]
        new += [f"{indent}{text}  {MARK}{index + row}" for row, text in enumerate([*shown, *["pass"] * len(rest)])]
    return new, masks


def unmasked(lines: Sequence[str], masks: dict[int, Mask]) -> list[str]:
    """Lines of migrated text with what stood there before it was masked.

    Raises:
        ValueError: a masked line is not there any more, or not as it was.
    """
    left = list(masks)
    new = [_original(found, masks, left) if (found := _MARKED.fullmatch(line)) else line for line in lines]
    if left:
        raise ValueError(masks[left[0]].original.strip())
    return new


def _original(found: re.Match[str], masks: dict[int, Mask], left: list[int]) -> str:
    index, text = int(found[3]), found[2]
    mask = masks.get(index)
    if mask is None or not left or left.pop(0) != index or (mask.stand_in and mask.stand_in != text):
        raise ValueError((mask.original if mask is not None else text).strip())
    if not mask.stand_in:
        return found[1] + mask.prefix + text
    is_continued = mask.original != mask.original.lstrip()
    return mask.original if is_continued else found[1] + mask.original


def _starts_statement(before: Sequence[str], line: str) -> bool:
    """Whether a line is not inside a string, brackets, or a statement that the line before continues."""
    if not _LINE.fullmatch(line) or (before and before[-1].endswith("\\")):
        return False
    try:
        for _ in tokenize.generate_tokens(io.StringIO("\n".join([*before, ""])).readline):
            pass
    except tokenize.TokenError:
        return False
    except SyntaxError:  # what is wrong there is told when the cell is parsed
        pass
    return True


def _mask(found: re.Match[str], whole: str, bound: frozenset[str], line: int, *, is_first: bool) -> Mask:
    text = whole[len(found["indent"]) :].partition("\n")[0]
    if found["help"] is not None:
        return Mask(text, "pass")
    if found["target"] is not None:
        if found["from"] is not None and found["from"] not in OUTSIDE:
            raise NotPython(_ANYTHING.format(f"%{found['from']}"), line)
        return Mask(text, f"{found['target'].strip()} = input({_reads(whole, bound)})")
    if found["shell"] is not None:
        return Mask(text, f"print({_reads(whole, bound)})")
    return _magic_mask(found, text, whole, bound, line, is_first=is_first)


def _magic_mask(
    found: re.Match[str], text: str, whole: str, bound: frozenset[str], line: int, *, is_first: bool
) -> Mask:
    name, reads = found["magic"], _reads(whole, bound)
    if name in SILENT:
        return Mask(text, f"print({reads})" if reads else "pass")
    if name in OUTSIDE:
        return Mask(text, f"print({reads})")
    if name in BEFORE_A_STATEMENT and _is_statement(found["rest"]) and "\n" not in whole:
        return Mask(text, "", text[: len(text) - len(found["rest"].lstrip())])
    around = cell_magic(text)
    if is_first and around in AROUND_A_CELL:
        return Mask(text, "pass")
    raise NotPython(_ANYTHING.format(f"%%{around}" if around is not None else f"%{name}"), line)


_ANYTHING = "what {} does to the program cannot be seen"


def _is_statement(text: str) -> bool:
    try:
        return bool(ast.parse(text.strip()).body) and not text.strip().startswith("-")
    except (SyntaxError, ValueError):
        return False


def _reads(text: str, bound: frozenset[str]) -> str:
    """The expressions that IPython puts into a line, those of names that the notebook binds."""
    found = [written or name for written, name in _INSERTED.findall(text)]
    return ", ".join(dict.fromkeys(f"({part})" for part in found if _is_read(part, bound)))


def _is_read(text: str, bound: frozenset[str]) -> bool:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return False
    names = set(_names(tree))
    return not names.isdisjoint(bound) and names <= bound | set(dir(builtins))


def _names(tree: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
