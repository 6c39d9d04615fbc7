"""Pages of the diagnostics, for `explain` and for docs/.

`python -m tf1to2_reg.report.pages docs` writes the documentation anew.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from tf1to2_reg.diagnostics import FAMILIES, PAGES, Page, family_of
from tf1to2_reg.diagnostics.exit_codes import EXIT_CODES
from tf1to2_reg.report.lost_names import lost_names_markdown
from tf1to2_reg.report.style import FAMILY_INK, Ink, Style

_WIDTH = 88
_GENERATED = "<!-- Made by `make docs` from the data that `tf1to2-reg explain` prints. -->\n\n"


def page_text(page: Page, style: Style) -> str:
    """A page for the terminal."""
    family = family_of(page.code)
    code = style.paint(page.code, Ink.BOLD, FAMILY_INK[page.code[3]])
    parts = [f"{code} {style.paint(page.title, Ink.BOLD)} ({family.name}: {family.meaning})\n"]
    parts += [_wrapped(page.why), _wrapped(page.help)]
    parts += [
        f"{style.paint(caption + ':', Ink.BOLD)}\n\n{textwrap.indent(code, '    ')}" for caption, code in _samples(page)
    ]
    return "\n".join(parts)


def list_text(style: Style) -> str:
    """All codes with their titles, family by family."""
    sections = []
    for digit, family in FAMILIES.items():
        ink = FAMILY_INK[digit]
        lines = [f"  {style.paint(p.code, ink)}  {p.title}\n" for p in PAGES.values() if p.code[3] == digit]
        sections.append(f"{style.paint(f'TFR{digit}xx {family.name}', Ink.BOLD)}: {family.meaning}\n{''.join(lines)}")
    return "\n".join(sections)


def documentation() -> dict[str, str]:
    """The text of every generated file, by its path below docs/."""
    pages = {f"diagnostics/{page.code}.md": page_markdown(page) for page in PAGES.values()}
    return {
        **pages,
        "diagnostics/README.md": list_markdown(),
        "exit-codes.md": exit_codes_markdown(),
        "lost-names.md": lost_names_markdown(_GENERATED),
    }


def page_markdown(page: Page) -> str:
    """A page for docs/diagnostics/."""
    family = family_of(page.code)
    samples = "".join(f"\n{caption}:\n\n```python\n{code}```\n" for caption, code in _samples(page))
    return (
        f"{_GENERATED}# {page.code} {page.title}\n\n*{family.name}: {family.meaning}*\n\n"
        f"{page.why}\n\n**What to do.** {page.help}\n{samples}"
    )


def list_markdown() -> str:
    """The list of all codes for docs/diagnostics/."""
    return f"{_GENERATED}# Diagnostics\n" + "".join(_family_markdown(digit) for digit in FAMILIES)


def exit_codes_markdown() -> str:
    """The table of exit codes."""
    rows = "".join(f"| {int(code)} | `{command}` | {meaning} |\n" for code, command, meaning in EXIT_CODES)
    return (
        f"{_GENERATED}# Exit codes\n\nWhere several hold, the highest number wins.\n\n"
        f"| code | command | meaning |\n| --- | --- | --- |\n{rows}"
    )


def _family_markdown(digit: str) -> str:
    family = FAMILIES[digit]
    rows = [f"| [{p.code}]({p.code}.md) | {p.title} |\n" for p in PAGES.values() if p.code[3] == digit]
    meaning = f"{family.meaning[0].upper()}{family.meaning[1:]}."
    return f"\n## TFR{digit}xx {family.name}\n\n{meaning}\n\n| code | |\n| --- | --- |\n{''.join(rows)}"


def _samples(page: Page) -> Iterator[tuple[str, str]]:
    family = family_of(page.code)
    if page.before:
        yield family.before, page.before
    if page.after:
        yield family.after, page.after


def _wrapped(text: str) -> str:
    return "\n".join(
        textwrap.fill(paragraph, _WIDTH, break_on_hyphens=False) + "\n" for paragraph in text.split("\n\n")
    )


def main(folder: Path) -> None:
    """Write the documentation below the folder; pages of codes that no longer exist go."""
    texts = documentation()
    for old in (folder / "diagnostics").glob("*.md"):
        if f"diagnostics/{old.name}" not in texts:
            old.unlink()
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
