"""Build the documentation as a site and the manual page: `make site`. A link that leads nowhere fails the build.

The pages are those of docs/, with README.md as the first, the pages of all diagnostics from the data that `explain`
prints, and the commands from the command line itself.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from posixpath import normpath

from tf1to2_reg import __version__
from tf1to2_reg.report.pages import documentation

ROOT = Path(__file__).parent.parent
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^][]*)\]\((?P<target>[^()\s]+)\)")
_EXIT_CODES = re.compile(r"\x08\nExit codes:\n(?:  .*\n)+")
_CODE = re.compile(r"(```.*?^ *```|`[^`\n]+`)", re.DOTALL | re.MULTILINE)
_NAME = "tf1to2-reg"
_FIRST = ("two-steps", "commands", "notebooks", "skip", "extensions", "editors", "verify", "exit-codes", "report")
_DIAGNOSTICS = "diagnostics/README"
_CONF = f"""\
project = "{_NAME}"
author = "the maintainers of {_NAME}"
release = "{__version__}"
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = project
exclude_patterns = ["*.json"]
man_pages = [("commands", "{_NAME}", "migrate TensorFlow 1 programs with regularized tf.layers", author, 1)]
"""


class BrokenLink(Exception):
    """A page links to a file that is not there."""


def pages(root: Path) -> dict[str, str]:
    """The Markdown of every page by its path in the site."""
    found = {path.relative_to(root / "docs").as_posix(): path.read_text() for path in (root / "docs").rglob("*.md")}
    found.update(documentation())
    moved = {name: (f"docs/{name}", text) for name, text in found.items()}
    moved["index.md"] = ("README.md", (root / "README.md").read_text(encoding="utf-8"))
    for name in ("CONTRIBUTING.md", "CHANGELOG.md"):
        moved[name.lower()] = (name, (root / name).read_text(encoding="utf-8"))
    places = {path: name for name, (path, _) in moved.items()}
    linked = {name: _linked(root, path, name, text, places) for name, (path, text) in moved.items()}
    linked["commands.md"] = commands()
    linked["index.md"] += _contents([*linked])
    codes = sorted(PurePosixPath(name).stem for name in linked if name.startswith("diagnostics/TFR"))
    linked[f"{_DIAGNOSTICS}.md"] += _toctree(codes)
    return linked


def commands() -> str:
    """The page of all commands and options, as the command line describes itself."""
    typer = [sys.executable, "-m", "typer", "tf1to2_reg.command.cli", "utils", "docs", "--name", _NAME]
    text = subprocess.run(typer, check=True, capture_output=True, text=True).stdout
    return (
        f"{_EXIT_CODES.sub('', text)}\n## Exit codes\n\n{documentation()['exit-codes.md'].partition('# Exit codes')[2]}"
    )


def build(root: Path, folder: Path) -> None:
    """Write the site to `folder`/site and the manual page to `folder`/man.

    Raises:
        BrokenLink: a page links to a file that is not there.
        subprocess.CalledProcessError: Sphinx has a warning, such as a link to a page or heading that is not there.
    """
    source = folder / "site-source"
    shutil.rmtree(source, ignore_errors=True)
    for name, text in pages(root).items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    for path in (*(root / "docs").glob("*.png"), *(root / "docs").glob("*.json")):
        shutil.copy(path, source / path.name)
    (source / "conf.py").write_text(_CONF, encoding="utf-8")
    for builder, target in (("html", "site"), ("man", "man")):
        sphinx = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", "--fresh-env"]
        subprocess.run([*sphinx, "--builder", builder, str(source), str(folder / target)], check=True)


def _linked(root: Path, path: str, name: str, text: str, places: dict[str, str]) -> str:
    """The text of a page with links that hold in the site; those to files that are no pages become their text."""

    def link(found: re.Match[str]) -> str:
        target, _, anchor = found["target"].partition("#")
        if ":" in target or not target:
            return found[0]
        file = normpath(PurePosixPath(path).parent / target)
        if not (root / file).exists() and file not in places:
            raise BrokenLink(f"{path}: {found['target']}")
        if file in places:
            up = "../" * (len(PurePosixPath(name).parts) - 1)
            return f"[{found['text']}]({up}{places[file]}{'#' + anchor if anchor else ''})"
        inside = file.startswith("docs/") and (found["image"] or file.endswith(".json"))
        if inside:
            return f"{found['image']}[{found['text']}]({PurePosixPath(file).name})"
        folder = f"{file}/README.md"
        return f"[{found['text']}]({places[folder]})" if folder in places else f"`{found['text']}`"

    parts = _CODE.split(text)
    return "".join(part if index % 2 else _LINK.sub(link, part) for index, part in enumerate(parts))


def _contents(names: list[str]) -> str:
    """What is listed beside every page, in order."""
    known = {name.removesuffix(".md") for name in names if "/" not in name} - {"index"}
    return _toctree([*(name for name in _FIRST if name in known), _DIAGNOSTICS, *sorted(known.difference(_FIRST))])


def _toctree(names: Sequence[str]) -> str:
    return "\n```{toctree}\n:hidden:\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n"


if __name__ == "__main__":
    try:
        build(ROOT, ROOT / "build")
    except BrokenLink as error:
        sys.exit(f"broken link in {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
