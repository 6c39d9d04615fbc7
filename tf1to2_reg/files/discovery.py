"""Which files of the given paths are looked at: globs, .gitignore, hidden folders, symbolic links."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pathspec import GitIgnoreSpec

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.journal import STATE_FOLDER, homes_above

PROGRAMS = ("*.py", "*.ipynb")
"""What is taken from folders where nothing else is said."""

_ENVIRONMENT_MARKS = ("pyvenv.cfg", "conda-meta")
_INSTALLED = ("dist-packages", "node_modules", "site-packages")
_BUILT = ("lib", "bdist.linux-x86_64")


class GlobError(ValueError):
    """A pattern that is none; the first argument is the pattern."""


@dataclass(frozen=True)
class Globs:
    """Patterns as in a .gitignore, matched against paths relative to `base`; without a slash they match anywhere.

    Raises:
        GlobError: a pattern is malformed, or can match nothing.
    """

    patterns: tuple[str, ...] = ()
    base: Path = field(default_factory=Path.cwd)

    def __post_init__(self) -> None:
        """Refuse what is no pattern."""
        for pattern in self.patterns:
            try:
                (spec,) = GitIgnoreSpec.from_lines([pattern]).patterns
            except ValueError as error:
                raise GlobError(pattern) from error
            if spec.include is None:
                raise GlobError(pattern)

    def match(self, path: Path) -> bool:
        """Whether a file is matched, or lies in a folder that is."""
        return bool(self.patterns) and self._matches(_absolute(path))

    def match_folder(self, path: Path) -> bool:
        """Whether a folder is matched with all that is in it."""
        return bool(self.patterns) and self._matches(_absolute(path) + "/")

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        return GitIgnoreSpec.from_lines(self.patterns)

    def _matches(self, absolute: str) -> bool:
        return self._spec.match_file(_relative(absolute, str(self.base)))


@dataclass(frozen=True)
class Selection:
    """What to take from a folder: files that match `include`, but nothing that matches `exclude`."""

    include: Globs = field(default_factory=lambda: Globs(PROGRAMS))
    exclude: Globs = field(default_factory=Globs)


@dataclass(frozen=True)
class Discovery:
    """`files` are sorted and name each file once; `named` holds those given one by one, not found in a folder.

    `left_out` says what was found in a folder and is not looked at, though one could think it is. `homes` are the
    folders in which an earlier rewrite keeps what it replaced.
    """

    files: tuple[Path, ...]
    named: frozenset[Path] = frozenset()
    problems: tuple[Diagnostic, ...] = ()
    left_out: tuple[Diagnostic, ...] = ()
    homes: tuple[Path, ...] = ()


def discover(paths: Sequence[Path], selection: Selection | None = None) -> Discovery:
    """All files of the given files and folders.

    A file that is named is taken even if it is hidden, ignored by git or not included; only `exclude` holds for it.
    Links found in a folder must stay within the given paths, else they give TFR909; a link that is named may lead
    anywhere. Environments, installed packages and links to nothing are left out (TFR914). Folders that
    cannot be listed give TFR904.
    """
    walk = _Walk(selection or Selection(), [Path(os.path.realpath(path)) for path in paths])
    for path in paths:
        if os.path.isdir(path):
            walk.folder(path)
        else:
            walk.named_file(path)
    homes = dict.fromkeys([*homes_above(paths), *walk.homes])
    return Discovery(
        files=_each_once(walk.files),
        named=frozenset(walk.named),
        problems=tuple(walk.problems),
        left_out=tuple(walk.left_out),
        homes=tuple(homes),
    )


class _Walk:
    def __init__(self, selection: Selection, roots: Sequence[Path]) -> None:
        self.files: list[Path] = []
        self.named: set[Path] = set()
        self.problems: list[Diagnostic] = []
        self.left_out: list[Diagnostic] = []
        self.homes: list[Path] = []
        self._selection = selection
        self._roots = roots

    def named_file(self, path: Path) -> None:
        if not os.path.exists(path):
            code, message = (
                ("TFR909", "symbolic link leads to nothing") if path.is_symlink() else ("TFR904", "file does not exist")
            )
            self._problem(code, path, message)
        elif not self._selection.exclude.match(path):
            self.files.append(path)
            self.named.add(path)

    def folder(self, root: Path) -> None:
        rules = [] if _ignored(_rules_above(root), root, "/") else _rules_above(root)
        self._folder(root, rules)

    def _folder(self, folder: Path, rules_above: list[_Rules]) -> None:
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self._problem("TFR904", folder, f"folder cannot be listed: {error.strerror}")
            return
        if any(entry.name == STATE_FOLDER for entry in entries):
            self.homes.append(Path(os.path.realpath(folder)))
        has_rules = any(entry.name in (".git", ".gitignore") for entry in entries)
        rules = [*rules_above, *_rules_of(folder)] if has_rules else rules_above
        for entry in entries:
            self._entry(folder / entry.name, entry, rules)

    def _entry(self, path: Path, entry: os.DirEntry[str], rules: list[_Rules]) -> None:
        if entry.is_symlink():
            self._link(path, rules)
        elif entry.is_dir(follow_symlinks=False):
            if self._skipped_folder(path) or _ignored(rules, path, "/"):
                return
            if (why := _not_the_programs_own(path)) is not None:
                self.left_out.append(Diagnostic("TFR914", path, 1, 1, f"folder is left out: {why}"))
            else:
                self._folder(path, rules)
        elif entry.is_file(follow_symlinks=False) and self._wanted(path, rules):
            self.files.append(path)

    def _skipped_folder(self, path: Path) -> bool:
        return path.name.startswith(".") or path.name == "__pycache__" or self._selection.exclude.match_folder(path)

    def _wanted(self, path: Path, rules: list[_Rules]) -> bool:
        return (
            self._selection.include.match(path)
            and not self._selection.exclude.match(path)
            and not _ignored(rules, path, "")
        )

    def _link(self, path: Path, rules: list[_Rules]) -> None:
        if path.is_dir():
            if (
                not self._inside(Path(os.path.realpath(path)))
                and not _ignored(rules, path, "")
                and any(path.glob("*.py"))
            ):
                self._problem("TFR909", path, "symbolic link leads to a folder outside the given paths")
        elif not self._wanted(path, rules):
            return
        elif not os.path.exists(path):
            self.left_out.append(Diagnostic("TFR914", path, 1, 1, "symbolic link leads to nothing"))
        elif not self._inside(Path(os.path.realpath(path))):
            self._problem("TFR909", path, "symbolic link leads to a file outside the given paths")
        elif path.is_file():
            self.files.append(path)

    def _inside(self, target: Path) -> bool:
        return any(target == root or root in target.parents for root in self._roots)

    def _problem(self, code: str, path: Path, message: str) -> None:
        self.problems.append(Diagnostic(code, path, 1, 1, message))


def _not_the_programs_own(folder: Path) -> str | None:
    """Why a folder holds what others wrote, or copies."""
    if any(os.path.lexists(folder / mark) for mark in _ENVIRONMENT_MARKS):
        return "it is a Python environment"
    if folder.name in _INSTALLED:
        return "it holds installed packages"
    if folder.name == "build" and any(os.path.lexists(folder / part) for part in _BUILT):
        return "it holds what setuptools built"
    return None


@dataclass(frozen=True)
class _Rules:
    """One .gitignore: the absolute folder it stands for, and what it says."""

    folder: str
    spec: GitIgnoreSpec


def _rules_of(folder: Path) -> Iterator[_Rules]:
    for file in (folder / ".git" / "info" / "exclude", folder / ".gitignore"):
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        yield _Rules(_absolute(folder), GitIgnoreSpec.from_lines(lines))


def _rules_above(root: Path) -> list[_Rules]:
    """The rules of the folders between the top of the git work tree and the root, the root's own excepted."""
    folders = [Path(_absolute(root)), *Path(_absolute(root)).parents]
    top = next((index for index, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    return [rules for folder in reversed(folders[1 : top + 1]) for rules in _rules_of(folder)]


def _ignored(rules: Sequence[_Rules], path: Path, suffix: str) -> bool:
    if not rules:
        return False
    absolute = _absolute(path)
    for rule in reversed(rules):
        decision = rule.spec.check_file(_relative(absolute, rule.folder) + suffix).include
        if decision is not None:
            return decision
    return False


def _absolute(path: Path) -> str:
    return os.path.abspath(path)


def _relative(absolute: str, base: str) -> str:
    prefix = base.rstrip("/\\") + os.sep
    return absolute[len(prefix) :] if absolute.startswith(prefix) else absolute.lstrip("/\\")


def _each_once(files: Sequence[Path]) -> tuple[Path, ...]:
    """Each file under one name, its own rather than that of a link."""
    first: dict[Path, Path] = {}
    for path in sorted(dict.fromkeys(files), key=lambda path: (path.is_symlink(), path)):
        first.setdefault(Path(os.path.realpath(path)), path)
    return tuple(sorted(first.values()))
