"""`rewrite --verify`: verify a migration before anything is written."""

from __future__ import annotations

import shlex
from pathlib import Path

from tf1to2_reg.verify.programs import Interpreters, Options, Program, VerifyError
from tf1to2_reg.verify.runner import Runner
from tf1to2_reg.verify.verdict import Verdict
from tf1to2_reg.verify.verification import verify


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
