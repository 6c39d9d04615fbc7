"""The pages on the written module, which scripts write, have the cases and names that there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from graph_layers_cases import CASES
from test_graph_contrib import requests

from tf1to2_reg.facts.contrib import PIECES

DOCS = Path(__file__).parents[1] / "docs"
LAYERS, CONTRIB = ((DOCS / f"graph-{name}.md").read_text("utf-8") for name in ("layers", "contrib"))


def table(page: str, head: str) -> list[list[str]]:
    """The cells of the table whose first line begins so."""
    _, found, rest = page.partition(f"| {head} |")
    assert found, head
    lines = rest.split("\n\n")[0].strip().splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def families(names: Iterable[str]) -> dict[str, str]:
    counted = Counter(name.split(":")[0].split(" ")[0] for name in names)
    return {family: str(number) for family, number in counted.items()}


def test_every_case_of_layers_is_counted() -> None:
    """Each with resource variables and with reference variables."""
    assert {row[0]: row[1] for row in table(LAYERS, "cases")} == families([*CASES, *CASES])


def test_every_case_of_contrib_is_counted() -> None:
    assert {row[0]: row[1] for row in table(CONTRIB, "cases")} == families(requests(thorough=True))


def test_what_differs_is_a_case_with_a_cause() -> None:
    for page, cases in ((LAYERS, set(CASES)), (CONTRIB, set(requests(thorough=True)))):
        rows = table(page, "case")
        assert rows
        assert {row[0] for row in rows} <= cases | {name.removesuffix(" reference") for name in cases}
        assert all(len(row) == 3 and row[2] for row in rows)


def test_every_name_is_listed() -> None:
    assert table(CONTRIB, "TensorFlow 1") == [[f"`{symbol}`", f"`{PIECES[symbol]}`"] for symbol in sorted(PIECES)]


def test_other_versions_ran_every_case() -> None:
    rows = table(LAYERS, "Python")
    assert {row[0].rpartition(".")[0] for row in rows} == {"3.10", "3.11", "3.12", "3.13"}
    assert {"2.16", "2.21"} <= {row[1].rpartition(".")[0] for row in rows}
    assert {row[3] for row in rows} == {str(len(CASES))}
