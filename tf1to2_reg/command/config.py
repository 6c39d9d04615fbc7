"""Settings from `[tool.tf1to2-reg]` of the pyproject.toml that the given paths belong to."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from tf1to2_reg.options import Color, Format, TargetChoice

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SECTION = "tool.tf1to2-reg"


class ConfigError(Exception):
    """The section cannot be used; the message names the file and the key."""


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
        raise ConfigError(f"{file}: {SECTION} must be a table")
    return section


def _config(file: Path, section: dict[str, object]) -> Config:
    values = {key: _value(file, key, value) for key, value in section.items()}
    return Config(file.parent, **{key.replace("-", "_"): value for key, value in values.items()})  # type: ignore[arg-type]


_CHOICES: dict[str, set[object]] = {
    key: {choice.value for choice in choices}
    for key, choices in (("color", Color), ("format", Format), ("target", TargetChoice))
}
_SWITCHES = ("quiet", "verbose", "allow-dirty", "partial", "statistics")
_FILES = ("report", "html")
_LISTS = ("include", "exclude", "select", "ignore")


def _value(file: Path, key: str, value: object) -> object:
    if key in _LISTS and (strings := _strings(value)) is not None:
        return strings
    if key == "per-file-ignores" and isinstance(value, dict):
        lists = {glob: _strings(codes) for glob, codes in value.items()}
        if None not in lists.values():
            return lists
    if key == "jobs" and isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if (isinstance(value, str) and value in _CHOICES.get(key, ())) or (key in _SWITCHES and isinstance(value, bool)):
        return value
    if key in _FILES and isinstance(value, str):
        return file.parent / value
    raise ConfigError(_complaint(file, key))


def _strings(value: object) -> tuple[str, ...] | None:
    return tuple(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


def _complaint(file: Path, key: str) -> str:
    known = [field.name.replace("_", "-") for field in fields(Config) if field.name != "folder"]
    if key in known:
        return f"{file}: {SECTION}.{key} has a value of the wrong kind"
    return f"{file}: {SECTION} has no setting {key!r}; it has {', '.join(known)}"
