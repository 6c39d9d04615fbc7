"""`rewrite --verify`: verify a migration before anything is written."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tf1to2_reg.verify.programs import Interpreters, Options, Program, VerifyError
from tf1to2_reg.verify.runner import Runner, copy_program
from tf1to2_reg.verify.verdict import Verdict
from tf1to2_reg.verify.verification import verify


def verify_new_sources(
    paths: Sequence[Path], new_sources: Mapping[Path, bytes], command: str, options: Options | None = None
) -> Verdict:
    """Compare the program in the folder that holds `paths` with a temporary copy of it that has the new sources.

    The files themselves are not touched. `command` and the errors are those of `verify_rewrite`.
    """
    before = common_folder(paths)
    with tempfile.TemporaryDirectory(prefix="tf1to2-rewrite-") as folder:
        after = Path(folder).resolve() / "migrated"
        copy_program(before, after)
        for path, data in new_sources.items():
            _write(path, _in_copy(path, before, after), data)
        return verify_rewrite(before, after, command, options)


def verify_rewrite(
    before_root: Path,
    after_root: Path,
    command: str,
    options: Options | None = None,
    interpreters: Interpreters | None = None,
) -> Verdict:
    """Compare a folder with its migrated copy.

    `command` is what `--verify` got: the script, relative to the folder, and its arguments ("train.py --steps 5").
    Raises VerifyError where a program does not run or the command names no script.
    """
    entry, argv = split_command(command)
    if not (before_root / entry).is_file():
        raise VerifyError(f"--verify: no script {entry} in {before_root}")
    before = Program.from_path(before_root, entry, argv)
    after = Program.from_path(after_root, entry, argv)
    with Runner(interpreters) as runner:
        return verify(before, after, runner, options)


def split_command(command: str) -> tuple[str, tuple[str, ...]]:
    """The script and its arguments. Raises VerifyError for an empty or badly quoted command."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise VerifyError(f"--verify {command!r}: {error}") from error
    if not words:
        raise VerifyError("--verify needs the script to run and its arguments, such as --verify 'train.py --steps 5'")
    return words[0], tuple(words[1:])


def common_folder(paths: Sequence[Path]) -> Path:
    """The innermost folder that holds all files and folders, itself one of them where there is just that."""
    folders = [path if path.is_dir() else path.parent for path in map(Path.resolve, paths)]
    return Path(os.path.commonpath(folders))


def _in_copy(path: Path, root: Path, copy: Path) -> Path:
    """Where a file of the folder lies in its copy; links inside the folder are followed first."""
    real = path.resolve()
    if not real.is_relative_to(root):
        raise VerifyError(f"{path} leads out of {root}: such a program cannot be verified on a copy")
    return copy / real.relative_to(root)


def _write(original: Path, path: Path, data: bytes) -> None:
    """Change a file of the copy, or add one that is new in the original as well, such as graph_layers.py."""
    known = original.exists()
    if path.is_symlink() or path.is_file() is not known:
        raise VerifyError(f"{path.name} is not among the files that verify copies")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
