"""The report of a run as SARIF 2.1.0, which code scanning of forges and editors read.

Source: Static Analysis Results Interchange Format, OASIS Standard, version 2.1.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from tf1to2_reg import __version__
from tf1to2_reg.diagnostics import PAGES, Page
from tf1to2_reg.pipeline import RunResult
from tf1to2_reg.report.placed import Placed, placed

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
        "results": _results(found, codes),
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=True) + "\n"


def _rule(page: Page) -> dict[str, object]:
    return {
        "id": page.code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.why},
        "help": {"text": page.help},
    }


def _results(found: Iterable[Placed], codes: list[str]) -> list[dict[str, object]]:
    return [
        {
            "ruleId": item.diagnostic.code,
            "ruleIndex": codes.index(item.diagnostic.code),
            "level": item.level.value,
            "message": {"text": f"{item.diagnostic.message}. {item.diagnostic.help}".removesuffix(". ")},
            "locations": [{"physicalLocation": _location(item)}],
            **({"properties": {"program": item.program}} if item.program is not None else {}),
        }
        for item in found
    ]


def _location(item: Placed) -> dict[str, object]:
    return {
        "artifactLocation": _artifact(item.diagnostic.path),
        "region": {"startLine": item.diagnostic.line, "startColumn": item.diagnostic.column},
    }


def _artifact(path: Path) -> dict[str, str]:
    if not path.is_absolute() and ".." not in path.parts:
        return {"uri": quote(path.as_posix().encode(errors="surrogateescape")), "uriBaseId": "%SRCROOT%"}
    return {"uri": Path.cwd().joinpath(path).as_uri()}
