"""What the exit code says. `--help`, the documentation and the tests are made from this table."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The three outcomes of a command; where several hold, the highest number wins."""

    DONE = 0
    FOUND = 1
    UNUSABLE = 2


EXIT_CODES: tuple[tuple[ExitCode, str, str], ...] = (
    (ExitCode.DONE, "rewrite", "every program found was migrated, or there was none"),
    (ExitCode.DONE, "diff, check", "nothing would change and nothing is refused"),
    (ExitCode.DONE, "verify", "both programs train the same"),
    (
        ExitCode.FOUND,
        "rewrite",
        "a program was refused; its files are as they were, but for those it shares with one that migrates",
    ),
    (ExitCode.FOUND, "rewrite", "with --partial, a program was migrated but for names that TensorFlow has lost"),
    (ExitCode.FOUND, "rewrite", "with --verify, the numbers differ; nothing was written"),
    (ExitCode.FOUND, "diff, check", "a program would be migrated, or is refused"),
    (ExitCode.FOUND, "verify", "the programs differ"),
    (ExitCode.UNUSABLE, "all", "a file cannot be read, parsed or written; the others are processed"),
    (ExitCode.UNUSABLE, "all", "wrong usage, or a defect of the tool"),
    (ExitCode.UNUSABLE, "rewrite", "files with uncommitted changes would be touched; nothing was written"),
    (ExitCode.UNUSABLE, "rewrite", "with --verify, a program could not be run; nothing was written"),
    (ExitCode.UNUSABLE, "verify", "a program could not be run"),
)
