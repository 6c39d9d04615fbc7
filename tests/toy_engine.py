"""An engine with rules that a test can read: comments in the files say what shall become of them.

`# toy: migrate NAME` puts the file into the unit NAME; migrating it replaces OLD by NEW in the whole file and makes the
comment `# toy: done NAME`. `# toy: refuse CODE NAME` has the unit refused, `# toy: note CODE NAME` adds a diagnostic.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.source import SourceFile, encode
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.results import Finding, Status, TargetName, UnitResult

_COMMENT = re.compile(r"# toy: (migrate|refuse|note)(?: (TFR\d+))? (\w+)")

PROGRAM = """\
import tensorflow as tf  # tf.layers

OLD = 1  # toy: migrate one
"""
PROGRAM_AFTER = PROGRAM.replace("OLD", "NEW").replace("toy: migrate", "toy: done")
REFUSED = """\
import tensorflow as tf  # tf.layers

saver = 1  # toy: refuse TFR204 two
"""


def migrate(
    files: Sequence[SourceFile], choice: TargetChoice = TargetChoice.AUTO, *, partial: bool = False
) -> list[UnitResult]:
    """As `tf1to2_reg.engine.migrate`."""
    found: dict[str, list[tuple[SourceFile, re.Match[str]]]] = defaultdict(list)
    for file in files:
        for match in _COMMENT.finditer(file.text):
            found[match[3]].append((file, match))
    return [_unit(name, matches) for name, matches in found.items()]


def _unit(name: str, matches: list[tuple[SourceFile, re.Match[str]]]) -> UnitResult:
    diagnostics = tuple(_diagnostic(file, match) for file, match in matches if match[2])
    refused = any(match[1] == "refuse" for _, match in matches)
    files = list(dict.fromkeys(file.path for file, _ in matches))
    new = {} if refused else {file.path: _migrated(file) for file, match in matches if match[1] == "migrate"}
    return UnitResult(
        name=name,
        status=Status.REFUSED if refused else Status.MIGRATED,
        paths=tuple(files),
        layers=len(matches),
        findings=tuple(Finding("layer", file.path, _line(match), match[0]) for file, match in matches),
        diagnostics=diagnostics,
        new_sources=new,
        target=None if refused else TargetName.TF2,
    )


def _migrated(file: SourceFile) -> bytes:
    return encode(file, re.sub("OLD", "NEW", re.sub("# toy: migrate", "# toy: done", file.text)))


def _diagnostic(file: SourceFile, match: re.Match[str]) -> Diagnostic:
    column = match.start() - file.text.rfind("\n", 0, match.start())
    return Diagnostic(match[2], Path(file.path), _line(match), column, f"the toy says {match[1]}")


def _line(match: re.Match[str]) -> int:
    return match.string.count("\n", 0, match.start()) + 1
