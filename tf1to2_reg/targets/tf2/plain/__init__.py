"""Plain forms: what a TF1 program spells in a roundabout way, written as the plain calls that it means.

Each rule turns a TF1 program into another that builds the same graph, so that everything after it knows one form. What
a rule does not know to be the same it leaves alone, and the rest of the tool refuses it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.results import UnitResult
from tf1to2_reg.syntax.variables import stored_attributes
from tf1to2_reg.targets.tf2.plain import (
    attributes,
    default_graph,
    experiments,
    feeds,
    helpers,
    inherited,
    keywords,
    lambdas,
    makers,
    nested,
    partials,
    returned,
    scope_options,
)
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.steady import named_outside
from tf1to2_reg.targets.tf2.plain.text import Edit, Edited, edited

Rule = Callable[[File], list[Edit]]
_RULES: tuple[Rule, ...] = (
    default_graph.edits,
    partials.edits,
    keywords.edits,
    lambdas.edits,
    makers.edits,
    nested.edits,
    scope_options.edits,
)
_FURTHER_RULES: tuple[Rule, ...] = (
    attributes.one_by_one,
    attributes.under_their_names,
    feeds.edits,
    helpers.edits,
    experiments.edits,
    returned.edits,
    inherited.edits,
)
"""What is only worth its lines where a program is refused without."""
_MOST_PASSES = 20


@dataclass
class Plain:
    """Files in plain form, and the way back to the places of their own text."""

    sources: list[SourceFile]
    _edits: dict[Path, list[Edited]] = field(default_factory=dict)
    _read: list[File] | None = None
    """The files as rules see them, until one of them is edited: each may look at what all of them store and name."""

    def apply(self, rule: Rule, paths: Container[Path] | None = None) -> bool:
        """Let one rule edit all files, or those given; True where it found something."""
        found = [
            rule(file) if file.source.notebook is None and (paths is None or file.source.path in paths) else []
            for file in self._files()
        ]
        for index, edits in enumerate(found):
            if edits:
                step = edited(self.sources[index], edits)
                self.sources[index] = step.source
                self._edits.setdefault(step.source.path, []).append(step)
                self._read = None
        return any(found)

    def _files(self) -> list[File]:
        if self._read is None:
            stored = stored_attributes(source.tree for source in self.sources)
            named = frozenset(name for source in self.sources for name in named_outside(source.tree))
            self._read = [File(source, stored, named) for source in self.sources]
        return self._read

    def further(self, paths: Container[Path]) -> Plain | None:
        """The files with the further rules applied to some of them; None where these have nothing to do."""
        result = Plain(list(self.sources), {path: list(edits) for path, edits in self._edits.items()})
        changed = [result.apply(rule, paths) for rule in _FURTHER_RULES]
        for _ in range(_MOST_PASSES):
            if not any(changed):
                break
            changed = [result.apply(rule, paths) for rule in (*_RULES, *_FURTHER_RULES)]
        return None if result.sources == self.sources else result

    def placed(self, result: UnitResult) -> UnitResult:
        """The result with places of the files as they are."""
        if not self._edits.keys() & set(result.paths):
            return result
        diagnostics = tuple(self._diagnostic(diagnostic) for diagnostic in result.diagnostics)
        findings = tuple(
            replace(finding, line=self._place(finding.path, finding.line, 1)[0]) for finding in result.findings
        )
        return replace(result, diagnostics=diagnostics, findings=findings)

    def _diagnostic(self, diagnostic: Diagnostic) -> Diagnostic:
        line, column = self._place(diagnostic.path, diagnostic.line, diagnostic.column)
        return replace(diagnostic, line=line, column=column)

    def _place(self, path: Path, line: int, column: int) -> tuple[int, int]:
        for step in reversed(self._edits.get(path, [])):
            line, column = step.place_before(line, column)
        return line, column


def plain(files: Sequence[SourceFile]) -> Plain:
    """The files with every plain form that is known to be the same."""
    result = Plain(list(files))
    for _ in range(_MOST_PASSES):
        changed = [result.apply(rule) for rule in _RULES]
        if not any(changed):
            break
    return result
