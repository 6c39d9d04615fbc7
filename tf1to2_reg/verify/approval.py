"""What `rewrite --verify` does between the analysis and the first written byte, and what it prints."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tf1to2_reg.options import Verification
from tf1to2_reg.pipeline import RunResult
from tf1to2_reg.verify.programs import Options, VerifyError
from tf1to2_reg.verify.report_text import print_report
from tf1to2_reg.verify.rewriting import verify_new_sources


class NotVerified(Exception):
    """A program could not be run; the text is the message and the last lines of the program's own error."""


class Approval:
    """Asked before anything is written: are the numbers of the migrated program those of the original?

    `paths` are those that `rewrite` was given. The report goes to standard output, all else to standard error.
    """

    def __init__(self, paths: Sequence[Path], verification: Verification, *, quiet: bool) -> None:
        self._paths = paths
        self._verification = verification
        self._quiet = quiet

    def __call__(self, result: RunResult) -> bool:
        """Raises NotVerified where a program does not run."""
        asked = self._verification
        if not self._quiet:
            print(f"running {asked.command}, before and after, on temporary copies", file=sys.stderr)  # noqa: T201
        options = Options(steps=asked.steps, timeout=asked.timeout)
        try:
            verdict = verify_new_sources(self._paths, result.new_sources, asked.command, options)
        except VerifyError as error:
            lines = [error.message, *(f"  | {line}" for line in error.output.splitlines())]
            raise NotVerified("\n".join(lines)) from error
        if not (self._quiet and verdict.equal):
            print_report(verdict, Console())
        if not verdict.equal:
            print("nothing was written: the numbers differ", file=sys.stderr)  # noqa: T201
        return verdict.equal
