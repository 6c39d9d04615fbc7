"""The language server, asked by a real client over its standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

PROGRAM = """\
import tensorflow as tf

é = "😀"; x = tf.placeholder(tf.float32, [None, 4])
y = tf.layers.dense(x, 2, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))
"""
LOST = 'é = "😀"; z = tf.contrib.lost_thing(y)\n'


class Editor:
    """A client that keeps the last messages of each file, and everything the server says to the user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.messages: dict[str, list[types.Diagnostic]] = {}
        self.shown: list[str] = []
        self.changed = asyncio.Event()
        self.client = LanguageClient("test", "1")
        answers: Callable[[str], Callable[[Callable[..., None]], object]] = self.client.feature

        @answers(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(parameters: types.PublishDiagnosticsParams) -> None:
            self.messages[Path(parameters.uri).name] = list(parameters.diagnostics)
            self.changed.set()

        @answers(types.WINDOW_SHOW_MESSAGE)
        def shown(parameters: types.ShowMessageParams) -> None:
            self.shown.append(parameters.message)
            self.changed.set()

    async def start(self) -> types.InitializeResult:
        await self.client.start_io(sys.executable, "-m", "tf1to2_reg", "server")
        folders = [types.WorkspaceFolder(self.folder.as_uri(), "folder")]
        parameters = types.InitializeParams(types.ClientCapabilities(), workspace_folders=folders)
        result = await self.client.initialize_async(parameters)
        self.client.initialized(types.InitializedParams())
        return result

    async def stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)

    async def told(self) -> None:
        await asyncio.wait_for(self.changed.wait(), 60)
        self.changed.clear()

    def identifier(self, name: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier((self.folder / name).as_uri())

    async def open(self, name: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        document = types.TextDocumentItem((self.folder / name).as_uri(), "python", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        await self.told()

    async def change(self, name: str, text: str, version: int) -> None:
        document = types.VersionedTextDocumentIdentifier(version, (self.folder / name).as_uri())
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    async def save(self, name: str, text: str, version: int) -> None:
        await self.change(name, text, version)
        (self.folder / name).write_text(text, encoding="utf-8")
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(self.identifier(name)))
        await self.told()

    async def actions(self, name: str) -> list[types.CodeAction]:
        start = types.Position(0, 0)
        context = types.CodeActionContext([])
        parameters = types.CodeActionParams(self.identifier(name), types.Range(start, start), context)
        found = await self.client.text_document_code_action_async(parameters)
        return [action for action in found or () if isinstance(action, types.CodeAction)]


async def exchange(folder: Path) -> None:
    editor = Editor(folder)
    result = await editor.start()
    assert result.server_info is not None
    assert result.server_info.name == "tf1to2-reg"

    await editor.open("a.py")
    lost = editor.messages["a.py"][-1]
    assert (lost.code, lost.severity) == ("TFR401", types.DiagnosticSeverity.Error)
    assert lost.range.start == types.Position(4, LOST.index("tf.") + 1)  # in UTF-16
    assert await editor.actions("a.py") == []

    await editor.save("a.py", PROGRAM, 2)
    assert {message.severity for message in editor.messages["a.py"]} == {types.DiagnosticSeverity.Information}
    (action,) = await editor.actions("a.py")
    assert action.title == "Migrate a.py to graph"
    assert action.edit is not None
    rewritten, created, filled = action.edit.document_changes or ()
    assert isinstance(created, types.CreateFile)
    assert isinstance(rewritten, types.TextDocumentEdit)
    assert isinstance(filled, types.TextDocumentEdit)
    assert created.uri == filled.text_document.uri == (folder / "graph_layers.py").as_uri()
    (edit,) = rewritten.edits
    assert isinstance(edit, types.TextEdit)
    assert "graph_model().add" in edit.new_text
    assert edit.range == types.Range(types.Position(0, 0), types.Position(5, 0))

    await editor.change("a.py", PROGRAM + "# not saved\n", 3)
    assert await editor.actions("a.py") == []

    (folder / "pyproject.toml").write_text("[tool.tf1to2-reg]\njobz = 1\n")
    await editor.save("a.py", PROGRAM, 4)
    assert "pyproject.toml:2: tool.tf1to2-reg has no setting 'jobz'" in editor.shown[0]

    (folder / "pyproject.toml").unlink()
    await editor.save("a.py", "a = 1\n", 5)
    assert editor.messages["a.py"] == []
    await editor.stop()


def test_an_editor(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.tf1to2-reg]\ntarget = "graph"\n')
    (tmp_path / "a.py").write_text(PROGRAM + LOST, encoding="utf-8")
    asyncio.run(exchange(tmp_path))
