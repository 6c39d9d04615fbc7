"""The programs of fixtures/samples, each hard for an analysis, are migrated to graph programs and proven identical."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from graph_fixtures import SAMPLES, Exempt, assert_as_expected, copied

from tf1to2_reg.verify import Runner

EXCEPTIONS = {
    "keras_layer_in_graph": Exempt("a layer of Keras 2 in the graph", frozenset({"TFR405"})),
}
"""Samples that stay as they are."""

PROGRAMS = sorted(path for path in SAMPLES.iterdir() if path.suffix == ".py" or (path / "main.py").is_file())


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_identical(path: Path, tmp_path: Path, runner: Runner) -> None:
    program = copied(path, "main.py", tmp_path / "before")

    assert_as_expected(path.stem, program, EXCEPTIONS.get(path.stem), tmp_path / "after", runner)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_its_first_line_says_what_it_is_a_sample_of(path: Path) -> None:
    entry = path / "main.py" if path.is_dir() else path

    assert entry.read_text(encoding="utf-8").startswith("# Sample: ")


def test_exceptions_are_samples() -> None:
    assert EXCEPTIONS.keys() <= {path.stem for path in PROGRAMS}
