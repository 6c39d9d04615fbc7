"""Which files can take part in a TF1 program with regularized layers, and which of them belong together.

Told from the bytes alone, so that few files are parsed. A file takes part if it mentions layers, imports one that does,
or is imported by one of these; what imports such a file takes part too if names of the file may move to the written
module. In doubt it does: what a comment or a string calls an import counts as one.

Files belong to one family where one imports the other, or where they lie in one folder, which has one written module.
No program has files of two families: each is read, migrated and forgotten before the next.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tf1to2_reg.files.computed_imports import says_something
from tf1to2_reg.files.imports import Import, computed_imports_of, folders_added_by, imports_of
from tf1to2_reg.files.module_finder import Folders, ModuleFinder, parts_of
from tf1to2_reg.files.notebook import SUFFIX

_TF = re.compile(rb"\btf(?:_slim)?\b")
_ABOUT = (b"layers", b"egulariz", b"REGULARIZ", b"l2_loss", b"get_total_loss")
_MOVED = (b"contrib", b"estimator", b"rnn_cell", b"slim", b"tutorials")


@dataclass(frozen=True)
class Family:
    """Files that are looked at together, sorted; those `apart` are looked at though they have to do with no layers.

    `bystanders` are files that are not looked at, or that stay as they are, and may use what is in these.
    """

    paths: tuple[Path, ...]
    apart: bool = False
    bystanders: tuple[Path, ...] = ()


def mentions_layers(data: bytes) -> bool:
    """Whether a file may build layers, have penalties or read them. Most files are done with here."""
    return any(word in data for word in _ABOUT) and (b"tensorflow" in data or _TF.search(data) is not None)


def taking_part(contents: Mapping[Path, bytes], always: Iterable[Path] = ()) -> list[Path]:
    """The files that can take part. Those `always` taken count as mentioning layers."""
    return sorted(path for family in families(contents, always) for path in family.paths)


def families(contents: Mapping[Path, bytes], always: Iterable[Path] = ()) -> list[Family]:
    """The files that can take part, by families, in the order of their first files."""
    named = set(always)
    start = {path for path, data in contents.items() if mentions_layers(data)}
    if not start:
        return [Family(tuple(sorted(named)), apart=True)] if named else []
    files = {path: _File(path, data) for path, data in contents.items()}
    finder = ModuleFinder(files.values(), lambda file: file.added)
    imported = {path: _imported(file, finder) for path, file in files.items()}
    anything = [path for path, file in files.items() if _adds_computed(file, finder, files.values(), imported[path])]
    found = _connected(start | named, imported, contents)
    return [
        Family(tuple(sorted(together)), apart=start.isdisjoint(together))
        for together in _families(found, imported, anything)
    ]


@dataclass(frozen=True, eq=False)
class _File:
    """A file as imports see it."""

    path: Path
    data: bytes

    @cached_property
    def parts(self) -> tuple[str, ...]:
        return parts_of(self.path, self.path.name if self.path.suffix == SUFFIX else self.path.stem)

    @cached_property
    def package(self) -> tuple[str, ...]:
        return self.path.absolute().parent.parts

    @cached_property
    def added(self) -> Folders:
        return folders_added_by(self.data)


def _imported(file: _File, finder: ModuleFinder[_File]) -> set[Path]:
    """The files of the modules that a file may import, and of the packages that these lie in."""
    found: set[Path] = set()
    for imported in imports_of(file.data):
        found.update(module.path for module in _modules(file, imported, finder))
    found.discard(file.path)
    return found


def _adds_computed(file: _File, finder: ModuleFinder[_File], files: Iterable[_File], imported: set[Path]) -> bool:
    """Add the files that computed names may be of; whether some name may be any."""
    computed = computed_imports_of(file.data)
    for names in filter(says_something, computed):
        for other in files:
            dotted = (".".join(other.parts[-count:]) for count in range(1, len(other.parts)))
            if other is not file and any(names.fullmatch(name) and finder.find(file, name) is other for name in dotted):
                imported.add(other.path)
    return not all(map(says_something, computed))


def _modules(file: _File, imported: Import, finder: ModuleFinder[_File]) -> Iterable[_File]:
    level, dotted = imported
    parts = dotted.split(".") if dotted else []
    for count in range(0 if level else 1, len(parts) + 1):
        module = finder.find(file, ".".join(parts[:count]), level)
        if module is not None:
            yield module


def _connected(start: set[Path], imported: Mapping[Path, set[Path]], contents: Mapping[Path, bytes]) -> set[Path]:
    """The programs of the files to start with: all that imports one of them, and what these import."""
    importers: dict[Path, set[Path]] = defaultdict(set)
    for importer, targets in imported.items():
        for path in targets:
            importers[path].add(importer)
    programs, found = set[Path](), start & imported.keys()
    while not found <= programs:
        programs = _reachable(found, importers)
        reached = _reachable(programs, imported)
        found = {path for path in reached if path in programs or any(word in contents[path] for word in _MOVED)}
    return _reachable(programs, imported)


def _families(found: set[Path], imported: Mapping[Path, set[Path]], anything: Iterable[Path]) -> list[list[Path]]:
    """The files that imports connect, or that lie in one folder; a file that may import `anything` has all below it."""
    neighbours: dict[Path, set[Path]] = {path: imported[path] & found for path in found}
    first_of: dict[Path, Path] = {}
    for path in sorted(found):
        first = first_of.setdefault(path.parent, path)
        neighbours[path].add(first)
    for importer in found.intersection(anything):
        neighbours[importer].update(path for path in found if importer.parent in path.parents)
    for path, others in list(neighbours.items()):
        for other in others:
            neighbours[other].add(path)
    left, together = sorted(found), list[list[Path]]()
    seen: set[Path] = set()
    for path in left:
        if path not in seen:
            reached = _reachable([path], neighbours)
            seen |= reached
            together.append(sorted(reached))
    return together


def _reachable(start: Iterable[Path], edges: Mapping[Path, set[Path]]) -> set[Path]:
    reached, waiting = set(start), list(start)
    while waiting:
        new = edges.get(waiting.pop(), set()) - reached
        reached |= new
        waiting.extend(new)
    return reached
