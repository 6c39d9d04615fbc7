from pathlib import Path

import pytest

from tf1to2_reg.command.config import Config, ConfigError, load_config
from tf1to2_reg.command.settings import settings
from tf1to2_reg.options import Color, Options, Verbosity


def configure(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


SECTION = """\
[tool.tf1to2-reg]
include = ["*.py", "train"]
exclude = ["old/"]
jobs = 3
color = "never"
quiet = true
report = "out/report.json"
allow-dirty = true
"""


def test_every_setting(folder: Path) -> None:
    configure(folder, SECTION)
    assert load_config([]) == Config(
        folder, ("*.py", "train"), ("old/",), 3, "never", True, None, folder / "out/report.json", True
    )


def test_no_file_and_no_section(folder: Path) -> None:
    assert load_config([folder]) == Config(folder)
    configure(folder, "[tool.other]\n")
    assert load_config([folder]) == Config(folder)


def test_the_nearest_section_above_all_paths_holds(folder: Path) -> None:
    configure(folder, SECTION)
    configure(folder / "p", "[tool.other]\n")
    configure(folder / "p/q", "[tool.tf1to2-reg]\njobs = 7\n")
    (folder / "p/q/r").mkdir()
    (folder / "p/q/r/a.py").touch()
    assert load_config([folder / "p/q/r/a.py"]).jobs == 7
    assert load_config([Path("p/q"), Path("p/q/r")]).jobs == 7
    assert load_config([Path("p/q"), Path("p")]).jobs == 3


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "exlude = []",
            ":2: tool.tf1to2-reg has no setting 'exlude'; it has include, exclude, jobs, color",
        ),
        ("allow_dirty = true", "no setting 'allow_dirty'"),
        ("folder = 'x'", "no setting 'folder'"),
        ("include = '*.py'", ":2: tool.tf1to2-reg.include must be a list of strings"),
        ("include = [1]", "must be a list of strings"),
        ("exclude = ['!']", ":2: '!' is no pattern for files"),
        ("jobs = 0", "must be a number above 0"),
        ("jobs = true", "must be a number above 0"),
        ("color = 'sometimes'", "tool.tf1to2-reg.color must be one of auto, always, never"),
        ("quiet = 1", "must be true or false"),
        ("report = 1", "must be a file name"),
        ("select = ['TFR204']", ":2: 'TFR204' is no code of a pitfall (TFR3xx)"),
        ("# a comment\n\nignore = ['TFR399']", ":4: 'TFR399' is no code of a pitfall"),
        ("per-file-ignores = 1", ":2: tool.tf1to2-reg.per-file-ignores must be a table of lists of codes"),
        ("[tool.tf1to2-reg.per-file-ignores]\n'a' = ['TFR301']\n\"b.py\" = 'TFR301'", ":4: tool.tf1to2-reg.per-file"),
        ("[tool.tf1to2-reg.per-file-ignores]\n\"b.py\" = ['TFR1']", ":3: 'TFR1' is no code of a pitfall"),
        ("[tool.tf1to2-reg.other]\na = 1", ":2: tool.tf1to2-reg has no setting 'other'"),
        ("jobs = ", "pyproject.toml: "),
    ],
)
def test_mistakes_are_named(folder: Path, line: str, complaint: str) -> None:
    head = "[tool.other]" if line.startswith("[") else "[tool.tf1to2-reg]"
    configure(folder, f"{head}\n{line}\n")
    with pytest.raises(ConfigError) as error:
        load_config([folder])
    assert complaint in str(error.value)
    assert str(folder / "pyproject.toml") in str(error.value)


def test_section_that_is_no_table(folder: Path) -> None:
    configure(folder, "[tool]\ntf1to2-reg = 1\n")
    with pytest.raises(ConfigError, match="must be a table"):
        load_config([folder])


def test_defaults(folder: Path) -> None:
    default = settings(Options([folder]), Config(folder))
    assert default.selection.include.patterns == ("*.py", "*.ipynb")
    assert default.selection.exclude.patterns == ()
    assert default.jobs >= 1
    assert (default.report, default.color, default.verbosity) == (None, Color.AUTO, Verbosity.NORMAL)
    assert default.allow_dirty is False


def test_settings_hold_where_no_option_is_given(folder: Path) -> None:
    configure(folder, SECTION)
    configured = settings(Options([folder]), load_config([folder]))
    assert configured.selection.include.patterns == ("*.py", "train")
    assert configured.selection.exclude.base == folder
    assert (configured.jobs, configured.color, configured.verbosity) == (3, Color.NEVER, Verbosity.QUIET)
    assert configured.allow_dirty is True


def test_options_win(folder: Path) -> None:
    configure(folder, SECTION)
    (folder / "sub").mkdir()
    options = Options([folder], ("x",), ("y",), 9, Path("r.json"), Color.ALWAYS, Verbosity.VERBOSE, False)
    given = settings(options, load_config([folder]))
    assert (given.selection.include.patterns, given.selection.exclude.patterns) == (("x",), ("y",))
    assert given.selection.include.base == Path.cwd()
    assert (given.jobs, given.report, given.color) == (9, Path("r.json"), Color.ALWAYS)
    assert (given.verbosity, given.allow_dirty) == (Verbosity.VERBOSE, False)


def test_verbose_setting(folder: Path) -> None:
    assert settings(Options([folder]), Config(folder, verbose=True)).verbosity is Verbosity.VERBOSE
