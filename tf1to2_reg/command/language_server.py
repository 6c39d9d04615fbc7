"""A language server: messages in the editor, and one code action, to migrate the program that a file belongs to.

What is looked at is what is saved: a program is several files, and `check` reads them from the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from tf1to2_reg import __version__
from tf1to2_reg.command.commands import UsageError, analysed
from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.source import FileText
from tf1to2_reg.options import Options
from tf1to2_reg.pipeline import RunResult
from tf1to2_reg.report.placed import Level, placed
from tf1to2_reg.results import Status, UnitResult

_NAME = "tf1to2-reg"
_SEVERITIES = {
    Level.ERROR: types.DiagnosticSeverity.Error,
    Level.WARNING: types.DiagnosticSeverity.Warning,
    Level.NOTE: types.DiagnosticSeverity.Information,
}


class _Server(LanguageServer):
    """Remembers what the last look at each folder found, and which files have messages."""

    def __init__(self) -> None:
        super().__init__(_NAME, __version__)
        self.results: dict[Path, RunResult] = {}
        self.told: dict[Path, set[Path]] = {}

    def root_of(self, path: Path) -> Path:
        """The folder whose programs a file belongs to: of the workspace, else its own."""
        folders = [Path(to_fs_path(uri) or "") for uri in self.workspace.folders]
        above = [folder for folder in folders if path.is_relative_to(folder)]
        return max(above, key=lambda folder: len(folder.parts), default=path.parent)

    def look(self, path: Path) -> None:
        """Look at all programs of the folder and publish the messages of every file that has, or had, some."""
        root = self.root_of(path)
        try:
            result = analysed(Options([root], color=None))
        except UsageError as error:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"{_NAME}: {error}"))
            return
        self.results[root] = result
        messages: dict[Path, list[types.Diagnostic]] = {path: [] for path in self.told.get(root, ())}
        for item in placed(result):
            said = item.diagnostic
            if said.cell is None and said.path.suffix != ".ipynb":
                messages.setdefault(said.path, []).append(self._message(said, item.level, result))
        self.told[root] = {path for path, told in messages.items() if told}
        for changed, told in messages.items():
            uri = _uri(changed)
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, told))

    def _message(self, said: Diagnostic, level: Level, result: RunResult) -> types.Diagnostic:
        source = result.sources.get(said.path)
        lines = source.text.split("\n") if source is not None else []
        line = lines[said.line - 1] if said.line <= len(lines) else ""
        ends = (types.Position(said.line - 1, column) for column in (said.column - 1, max(len(line), said.column - 1)))
        start, end = (self.workspace.position_codec.position_to_client_units(lines, position) for position in ends)
        text = f"{said.message}\n{said.help}".rstrip()
        return types.Diagnostic(types.Range(start, end), text, _SEVERITIES[level], said.code, source=_NAME)

    def actions(self, path: Path) -> Iterator[types.CodeAction]:
        """To migrate each program of a file that would be, unless one of its files has changes that are not saved."""
        result = self.results.get(self.root_of(path))
        for unit in result.units if result is not None else ():
            if (
                result is not None
                and unit.status is Status.MIGRATED
                and path in unit.paths
                and self._is_saved(unit, result)
            ):
                target = unit.target.value if unit.target is not None else ""
                edit = types.WorkspaceEdit(document_changes=list(self._changes(unit, result)))
                title = f"Migrate {Path(unit.name).name} to {target}"
                yield types.CodeAction(title, types.CodeActionKind.RefactorRewrite, edit=edit)

    def _is_saved(self, unit: UnitResult, result: RunResult) -> bool:
        documents = self.workspace.text_documents
        texts = {path: documents[_uri(path)].source for path in unit.new_sources if _uri(path) in documents}
        return all(path in result.sources and text == _text(result.sources[path]) for path, text in texts.items())

    def _changes(self, unit: UnitResult, result: RunResult) -> Iterator[types.TextDocumentEdit | types.CreateFile]:
        for path, data in unit.new_sources.items():
            source = result.sources.get(path)
            if source is None:
                yield types.CreateFile(_uri(path))
            old = _text(source) if source is not None else ""
            end = types.Position(old.count("\n") + 1, 0)
            new = data.decode(source.encoding if source is not None else "utf-8").removeprefix("\ufeff")
            document = types.OptionalVersionedTextDocumentIdentifier(_uri(path))
            yield types.TextDocumentEdit(document, [types.TextEdit(types.Range(types.Position(0, 0), end), new)])


def _uri(path: Path) -> str:
    return from_fs_path(str(path)) or path.as_uri()


def _text(source: FileText) -> str:
    return source.data.decode(source.encoding).removeprefix("\ufeff")


def _path(uri: str) -> Path:
    return Path(to_fs_path(uri) or uri)


def made() -> LanguageServer:
    """The server, with what it answers to."""
    server = _Server()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(parameters: types.DidOpenTextDocumentParams) -> None:
        server.look(_path(parameters.text_document.uri))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(parameters: types.DidSaveTextDocumentParams) -> None:
        server.look(_path(parameters.text_document.uri))

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.RefactorRewrite]),
    )
    def actions(parameters: types.CodeActionParams) -> list[types.CodeAction]:
        return list(server.actions(_path(parameters.text_document.uri)))

    return server
