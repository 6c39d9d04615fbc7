"""What is raised where a file cannot be used."""

from __future__ import annotations

from tf1to2_reg.diagnostics import Diagnostic


class SourceError(Exception):
    """A file that cannot be used; `diagnostic` (TFR9xx) says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
