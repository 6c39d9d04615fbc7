"""The frame of a page that stands for itself: no script, nothing from elsewhere, light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_STYLE = """
:root { --ground: #ffffff; --card: #f6f7f9; --ink: #1b1f24; --soft: #59636e; --rule: #d4d9df;
  --before: #1f6feb; --after: #bc4c00; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1318; --card: #181e25; --ink: #e6eaef; --soft: #9aa5b1;
  --rule: #333c47; --before: #6cb0ff; --after: #ff9d5c; --good: #57c975; --bad: #ff7b76; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 1.35rem; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 32px 0 8px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 5px 10px; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { color: var(--soft); font-weight: 600; }
td:first-child, th:first-child { text-align: left; }
"""


def html_page(title: str, body: Iterable[str], *, style: str = "", state: str = "") -> str:
    """A page around the parts of its body, which are markup; `state` is a class of the body."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}{style}</style>\n</head>\n"
        f'<body class="{state}">\n<main>\n' + "\n".join(part for part in body if part) + "\n</main>\n</body>\n</html>\n"
    )
