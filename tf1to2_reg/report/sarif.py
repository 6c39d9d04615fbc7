"""The report of a run as SARIF 2.1.0, which code scanning of forges and editors read.

Source: Static Analysis Results Interchange Format, OASIS Standard, version 2.1.0.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from tf1to2_reg import __version__
from tf1to2_reg.diagnostics import PAGES, Diagnostic, Page, cell_prefix
from tf1to2_reg.pipeline import RunResult
from tf1to2_reg.report.placed import Placed, line_in_file, placed

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(result: RunResult) -> str:
    """The report, ending with a newline. Paths are relative to the current folder where it holds them."""
    found = placed(result)
    codes = sorted({item.diagnostic.code for item in found})
    run = {
        "tool": {
            "driver": {
                "name": "tf1to2-reg",
                "semanticVersion": __version__,
                "rules": [_rule(PAGES[code]) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"uri": Path.cwd().as_uri() + "/"}},
        "results": [_result(item, codes, line_in_file(item.diagnostic, result.sources)) for item in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=True) + "\n"


def _rule(page: Page) -> dict[str, object]:
    return {
        "id": page.code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.why},
        "help": {"text": page.help},
    }


def _result(item: Placed, codes: list[str], line: int) -> dict[str, object]:
    return {
        "ruleId": item.diagnostic.code,
        "ruleIndex": codes.index(item.diagnostic.code),
        "level": item.level.value,
        "message": {"text": f"{item.diagnostic.message}. {item.diagnostic.help}".removesuffix(". ")},
        "locations": [_location(item.diagnostic, line)],
        **({"properties": {"program": item.program}} if item.program is not None else {}),
    }


def _location(said: Diagnostic, line: int) -> dict[str, object]:
    """Of a notebook: the line of its JSON text, and the place in the cell as a logical one."""
    artifact = _artifact(said.path)
    if said.cell is None:
        region = {"startLine": line, "startColumn": said.column}
        return {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    place = f"{cell_prefix(said.cell)}{said.line}:{said.column}"
    return {
        "physicalLocation": {"artifactLocation": artifact, "region": {"startLine": line}},
        "logicalLocations": [{"name": f"cell {said.cell}", "fullyQualifiedName": place, "kind": "cell"}],
    }


def _artifact(path: Path) -> dict[str, str]:
    if not path.is_absolute() and ".." not in path.parts:
        return {"uri": quote(path.as_posix().encode(errors="surrogateescape")), "uriBaseId": "%SRCROOT%"}
    return {"uri": Path.cwd().joinpath(path).as_uri()}
