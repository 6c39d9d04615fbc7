"""Small programs for the graph target: migrated in memory, with a stand-in for the text of the written module."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.results import Status
from tf1to2_reg.targets.graph.results import GraphResult
from tf1to2_reg.targets.graph.target import GraphTarget

ROOT = Path("/no/such/folder")
HEAD = "import tensorflow.compat.v1 as tf\n"
SWITCH = "\ntf.disable_v2_behavior()\n"

Files = Mapping[str, str]


def written(
    names: frozenset[str],
    keras_layers: frozenset[str] = frozenset(),
    words: frozenset[str] | None = None,
    old: str = "",
) -> str:
    """A module with the given names, and with those it had."""
    del words
    had = {line.removesuffix(" = 0") for line in old.splitlines()[1:]}
    return '"""A stand-in."""\n' + "".join(f"{name} = 0\n" for name in sorted(names | keras_layers | had))


def run(files: Files, *, partial: bool = False) -> list[GraphResult]:
    sources = [source_from_bytes(ROOT / name, textwrap.dedent(text).encode()) for name, text in files.items()]
    return GraphTarget(written, partial=partial).migrate(sources)


def texts(files: Files, results: list[GraphResult]) -> dict[str, str]:
    """The text of every file afterwards."""
    new = {path.relative_to(ROOT).as_posix(): data.decode() for r in results for path, data in r.new_sources.items()}
    return {**{name: textwrap.dedent(text) for name, text in files.items()}, **new}


def after(files: str | Files) -> dict[str, str]:
    """The files of programs that all migrate, and that a second run leaves as they are."""
    files = {"main.py": files} if isinstance(files, str) else files
    results = run(files)
    assert results
    assert [result.reasons for result in results if result.outcome is not Status.MIGRATED] == []
    found = texts(files, results)
    again = run(found)
    assert [(result.outcome, result.reasons) for result in again if result.outcome is not Status.SETTLED] == []
    for name, text in found.items():
        compile(text, name, "exec")
    return found


def body(program: str) -> str:
    """The text of a script after its head."""
    text = after(HEAD.replace(".compat.v1", "") + textwrap.dedent(program))["main.py"]
    head, _, rest = text.partition("tf.disable_v2_behavior()\n")
    assert head.startswith(HEAD)
    return rest


def line(expression: str, setup: str = "") -> str:
    """What becomes of the right side of an assignment at the end of a script."""
    marked = f"x = tf.placeholder(tf.float32, [None, 4])\n{textwrap.dedent(setup)}result = {expression}\n"
    return body(marked).rpartition("result = ")[2].rstrip("\n")


def reasons(files: str | Files) -> list[tuple[str, str, int]]:
    """Code, file and line of what stops the programs, each once."""
    files = {"main.py": files} if isinstance(files, str) else files
    found = [(r.code, r.path.relative_to(ROOT).as_posix(), r.line) for result in run(files) for r in result.reasons]
    return list(dict.fromkeys(found))
