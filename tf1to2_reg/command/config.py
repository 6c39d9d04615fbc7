"""Settings from `[tool.tf1to2-reg]` of the pyproject.toml that the given paths belong to."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from tf1to2_reg.files.discovery import GlobError, Globs
from tf1to2_reg.files.pitfalls import Choice, ChoiceError
from tf1to2_reg.options import Color, Format, TargetChoice

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SECTION = "tool.tf1to2-reg"


class ConfigError(Exception):
    """The section cannot be used; the message names the file, the line and the key."""


@dataclass(frozen=True)
class Config:
    """Defaults of the command's options, None where not set.

    Globs are relative to `folder`, and so are `report` and `html`.
    """

    folder: Path
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    jobs: int | None = None
    color: str | None = None
    quiet: bool | None = None
    verbose: bool | None = None
    report: Path | None = None
    allow_dirty: bool | None = None
    target: str | None = None
    partial: bool | None = None
    format: str | None = None
    html: Path | None = None
    statistics: bool | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    per_file_ignores: Mapping[str, tuple[str, ...]] | None = None


def load_config(paths: Sequence[Path]) -> Config:
    """The section of the nearest pyproject.toml that has one, upwards from the folder that holds all paths.

    Raises:
        ConfigError: the file is not TOML, or the section has an unknown key or a value of the wrong kind.
    """
    folder = _common_folder(paths)
    for candidate in (folder, *folder.parents):
        file = candidate / "pyproject.toml"
        if file.is_file() and (section := _section(file)) is not None:
            return _config(file, section)
    return Config(folder)


def _common_folder(paths: Sequence[Path]) -> Path:
    common = Path(os.path.commonpath([path.absolute() for path in paths] or [Path.cwd()]))
    return common if common.is_dir() else common.parent


def _section(file: Path) -> dict[str, object] | None:
    try:
        section = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("tf1to2-reg")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from error
    if section is not None and not isinstance(section, dict):
        raise ConfigError(f"{_place(file, 'tf1to2-reg')}: {SECTION} must be a table")
    return section


def _config(file: Path, section: dict[str, object]) -> Config:
    values = {key: _value(file, key, value) for key, value in section.items()}
    return Config(file.parent, **{key.replace("-", "_"): value for key, value in values.items()})  # type: ignore[arg-type]


_CHOICES: dict[str, list[str]] = {
    key: [choice.value for choice in choices]
    for key, choices in (("color", Color), ("format", Format), ("target", TargetChoice))
}
_SWITCHES = ("quiet", "verbose", "allow-dirty", "partial", "statistics")
_FILES = ("report", "html")
_GLOBS = ("include", "exclude")
_CODES = ("select", "ignore")
_PER_FILE = "per-file-ignores"


def _value(file: Path, key: str, value: object) -> object:
    """The value as the field of `Config` has it.

    Raises:
        ConfigError: there is no such setting, or not with this value.
    """
    if key in _GLOBS and (globs := _strings(value)) is not None:
        with _mistakes_at(file, key):
            return Globs(globs, file.parent).patterns
    if key in _CODES and (codes := _strings(value)) is not None:
        with _mistakes_at(file, key):
            Choice(select=frozenset(codes))
        return codes
    if key == _PER_FILE and isinstance(value, dict):
        return {glob: _per_file(file, glob, codes) for glob, codes in value.items()}
    if key == "jobs" and isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if (isinstance(value, str) and value in _CHOICES.get(key, ())) or (key in _SWITCHES and isinstance(value, bool)):
        return value
    if key in _FILES and isinstance(value, str):
        return file.parent / value
    raise ConfigError(_complaint(file, key))


def _per_file(file: Path, glob: str, value: object) -> tuple[str, ...]:
    codes = _strings(value)
    if codes is None:
        raise ConfigError(_complaint(file, _PER_FILE, glob))
    with _mistakes_at(file, glob):
        Choice(per_file=((Globs((glob,), file.parent), frozenset(codes)),))
    return codes


@contextmanager
def _mistakes_at(file: Path, key: str) -> Iterator[None]:
    try:
        yield
    except GlobError as error:
        raise ConfigError(f"{_place(file, key)}: {error.args[0]!r} is no pattern for files") from error
    except ChoiceError as error:
        raise ConfigError(f"{_place(file, key)}: {error.args[0]!r} is no code of a pitfall (TFR3xx)") from error


def _strings(value: object) -> tuple[str, ...] | None:
    return tuple(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _complaint(file: Path, key: str, part: str = "") -> str:
    known = [field.name.replace("_", "-") for field in fields(Config) if field.name != "folder"]
    if key in known:
        return f"{_place(file, part or key)}: {SECTION}.{key} must be {_kind(key)}"
    return f"{_place(file, key)}: {SECTION} has no setting {key!r}; it has {', '.join(known)}"


def _kind(key: str) -> str:
    if key in _CHOICES:
        return f"one of {', '.join(_CHOICES[key])}"
    if key in _SWITCHES:
        return "true or false"
    if key == _PER_FILE:
        return "a table of lists of codes"
    return "a number above 0" if key == "jobs" else "a file name" if key in _FILES else "a list of strings"


def _place(file: Path, key: str) -> str:
    """The file and the line where the section has a key; TOML's parser does not tell."""
    inside = False
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        name = line.partition("=")[0].strip().strip("[]").replace('"', "").replace("'", "")
        if line.lstrip().startswith("["):
            inside = name.startswith(SECTION)
        if name in (f"{SECTION}.{key}", key) and (inside or name != key):
            return f"{file}:{number}"
    return str(file)
