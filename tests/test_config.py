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
            "no setting 'exlude'; it has include, exclude, jobs, color, quiet, verbose, report, allow-dirty",
        ),
        ("allow_dirty = true", "no setting 'allow_dirty'"),
        ("folder = 'x'", "no setting 'folder'"),
        ("include = '*.py'", "tool.tf1to2-reg.include has a value of the wrong kind"),
        ("include = [1]", "wrong kind"),
        ("jobs = 0", "wrong kind"),
        ("jobs = true", "wrong kind"),
        ("color = 'sometimes'", "wrong kind"),
        ("quiet = 1", "wrong kind"),
        ("report = 1", "wrong kind"),
        ("jobs = ", "pyproject.toml: "),
    ],
)
def test_mistakes_are_named(folder: Path, line: str, complaint: str) -> None:
    configure(folder, f"[tool.tf1to2-reg]\n{line}\n")
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
    assert default.selection.include.patterns == ("*.py",)
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
