"""The documentation as a site: every link holds, every code has its page, and the manual page has every command."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))

import site_pages as site

from tf1to2_reg.command.cli import app
from tf1to2_reg.diagnostics import PAGES

ROOT = Path(__file__).parent.parent


def test_site_and_manual_page(tmp_path: Path) -> None:
    site.build(ROOT, tmp_path)
    made = {path.stem for path in (tmp_path / "site" / "diagnostics").glob("TFR*.html")}
    assert made == set(PAGES)
    manual = (tmp_path / "man" / "tf1to2-reg.1").read_text(encoding="utf-8")
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        assert re.search(rf"tf1to2\\-reg {name}\b", manual), name
    assert manual.count("a program was refused") == 1


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("README.md", "[a](docs/nothing.md)"),
        ("docs/verify.md", "[a](nothing.md#part)"),
        ("CONTRIBUTING.md", "![a](docs/nothing.png)"),
    ],
)
def test_a_broken_link_fails(tmp_path: Path, page: str, text: str) -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("docs", "fixtures"):
        (tmp_path / name).mkdir()
    shutil.copytree(ROOT / "docs", tmp_path / "docs", dirs_exist_ok=True)
    for name in ("README.md", "demo", "extension"):
        (tmp_path / "fixtures" / name).touch()
    (tmp_path / page).write_text(f"# A page\n\n`[code](is/no.md)` {text}\n", encoding="utf-8")
    with pytest.raises(site.BrokenLink, match=re.escape(page)):
        site.pages(tmp_path)
