import ast
import re
import textwrap
from pathlib import Path

import pytest

from tf1to2_reg.diagnostics import FAMILIES, PAGES, Page, family_of
from tf1to2_reg.report.pages import documentation, list_text, main, page_text
from tf1to2_reg.report.style import Style

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CODE = re.compile(r"""["'](TFR\d{3})["']""")

pages = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())


@pages
def test_page_is_complete(page: Page) -> None:
    assert re.fullmatch(r"TFR[12349]\d\d", page.code)
    for text in (page.title, page.why, page.help):
        assert text == text.strip()
        assert text
    assert page.help.endswith(".")
    assert not page.title.endswith(".")
    assert family_of(page.code) in FAMILIES.values()


@pages
def test_samples_are_python(page: Page) -> None:
    for sample in (page.before, page.after):
        assert sample == "" or sample.endswith("\n")
        if (page.code, sample) != ("TFR902", page.before):
            ast.parse("def sample():\n" + textwrap.indent(sample + "pass\n", "    "))


@pages
def test_page_on_the_terminal(page: Page) -> None:
    text = page_text(page, Style())
    assert text.startswith(f"{page.code} {page.title} (")
    for sample in (page.before, page.after):
        assert textwrap.indent(sample, "    ") in text
    assert "\n\n\n\n" not in text


def test_every_code_that_the_tool_raises_has_a_page() -> None:
    sources = [*ROOT.glob("tf1to2_reg/**/*.py"), *ROOT.glob("transforms/*.py")]
    raised = {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert raised - PAGES.keys() == set()


def test_list_has_every_code_once() -> None:
    listed = re.findall(r"^  (TFR\d+)  (.+)$", list_text(Style()), re.MULTILINE)
    assert listed == [(page.code, page.title) for page in PAGES.values()]


def test_documentation_is_current() -> None:
    generated = documentation()
    present = {f"diagnostics/{path.name}" for path in (DOCS / "diagnostics").glob("*")}
    present |= {"exit-codes.md", "lost-names.md"}
    stale = [name for name in generated if (DOCS / name).read_text(encoding="utf-8") != generated[name]]
    assert (present, stale) == (set(generated), []), "run `make docs`"


def test_documentation_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "diagnostics").mkdir()
    (tmp_path / "diagnostics/TFR000.md").write_text("a code that is gone")
    main(tmp_path)
    written = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*.md")}
    assert {name: path.read_text(encoding="utf-8") for name, path in written.items()} == documentation()
