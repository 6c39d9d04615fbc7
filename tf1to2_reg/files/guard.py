"""The version-control guard: no rewrite over changes that git does not have."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic


def uncommitted(paths: Iterable[Path]) -> list[Diagnostic]:
    """One TFR908 for every file with changes, staged or not, that are not committed, and for every untracked one.

    Files that git ignores or that lie outside a work tree, and all files where git is not installed, are not reported.
    """
    git = shutil.which("git")
    if git is None:
        return []
    by_work_tree: dict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        if top := _work_tree(path.resolve()):
            by_work_tree[top].append(path)
    return [problem for top, group in by_work_tree.items() for problem in _uncommitted_in(git, top, group)]


def _work_tree(path: Path) -> Path | None:
    return next((folder for folder in path.parents if (folder / ".git").exists()), None)


def _uncommitted_in(git: str, top: Path, paths: list[Path]) -> list[Diagnostic]:
    names = {path.resolve().relative_to(top).as_posix(): path for path in paths}
    options = ["--porcelain", "-z", "--no-renames", "--untracked-files=all"]
    command = [git, "--literal-pathspecs", "--no-optional-locks", "status", *options, "--", *names]
    status = subprocess.run(command, cwd=top, capture_output=True, check=False)
    if status.returncode != 0:
        reason = status.stderr.decode(errors="replace").strip()
        return [Diagnostic("TFR908", path, 1, 1, f"git cannot tell its state: {reason}") for path in paths]
    dirty = {os.fsdecode(entry[3:]) for entry in status.stdout.split(b"\0")}
    return [
        Diagnostic("TFR908", path, 1, 1, "file has changes that are not committed")
        for name, path in names.items()
        if name in dirty
    ]
