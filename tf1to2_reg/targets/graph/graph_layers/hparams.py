"""Hyperparameters: `tf.contrib.training.HParams`."""

from __future__ import annotations

import json
import numbers
import re
from collections.abc import Callable
from typing import Any

_ASSIGNMENT = re.compile(
    r"(?P<name>[a-zA-Z][\w\.]*)(\[\s*(?P<index>\d+)\s*\])?\s*=\s*((?P<val>[^,\[]*)|\[(?P<vals>[^\]]*)\])($|,\s*)"
)


class HParams:
    """`tf.contrib.training.HParams`: hyperparameters as attributes, each with the type of its first value.

    The methods for protocol buffers, `to_proto` and `from_proto`, are left out.
    """

    _HAS_DYNAMIC_ATTRIBUTES = True

    def __init__(self, hparam_def: None = None, model_structure: Any = None, **kwargs: Any) -> None:
        if hparam_def is not None:
            raise TypeError("hparam_def is not supported")
        self._hparam_types: dict[str, tuple[type, bool]] = {}
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Add one, whose type is that of its value."""
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        is_list = isinstance(value, (list, tuple))
        if is_list and not value:
            raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
        self._hparam_types[name] = (type(value[0] if is_list else value), is_list)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Give one another value, of its type."""
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list) and not is_list:
            raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
        if is_list and not isinstance(value, list):
            raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
        setattr(self, name, [_cast(name, kind, v) for v in value] if is_list else _cast(name, kind, value))

    def del_hparam(self, name: str) -> None:
        """Take one out."""
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values: str) -> HParams:
        """Override values by those of a text like "rate=0.1,sizes=[3,4]"."""
        return self.override_from_dict(parse_values(values, {n: kind for n, (kind, _) in self._hparam_types.items()}))

    def override_from_dict(self, values_dict: dict[str, Any]) -> HParams:
        """Override values."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def set_from_map(self, values_map: dict[str, Any]) -> HParams:
        """Override values."""
        return self.override_from_dict(values_map)

    def set_model_structure(self, model_structure: Any) -> None:
        """Keep the structure of a model."""
        self._model_structure = model_structure

    def get_model_structure(self) -> Any:
        """The structure of a model that was kept."""
        return self._model_structure

    def to_json(self, indent: Any = None, separators: Any = None, sort_keys: bool = False) -> str:
        """The values as JSON."""
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def parse_json(self, values_json: str) -> HParams:
        """Override values by those of a JSON text."""
        return self.override_from_dict(json.loads(values_json))

    def values(self) -> dict[str, Any]:
        """The values by name."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key: str, default: Any = None) -> Any:
        """The value of one, or the default, which must be of its type."""
        if key not in self._hparam_types:
            return default
        if default is not None:
            kind, is_list = self._hparam_types[key]
            message = f"Hparam '{key}' of type '{kind}' is incompatible with default={default}"
            if is_list != isinstance(default, list):
                raise ValueError(message)
            try:
                for value in default if is_list else [default]:
                    _cast(key, kind, value)
            except ValueError as error:
                raise ValueError(f"{message}. {error}") from error
        return getattr(self, key)

    def __contains__(self, key: str) -> bool:
        return key in self._hparam_types

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" for name, value in self.values().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self.values().items())})"


def _cast(name: str, kind: Any, value: Any) -> Any:
    """The value in a type, if none of it is lost by that."""
    if type(value) is kind or issubclass(kind, type(None)):
        return value
    is_lost = (
        (issubclass(kind, (str, bytes)) and not isinstance(value, (str, bytes)))
        or issubclass(kind, bool) != isinstance(value, bool)
        or (issubclass(kind, numbers.Integral) and not isinstance(value, numbers.Integral))
        or (issubclass(kind, numbers.Number) and not isinstance(value, numbers.Number))
    )
    if is_lost:
        raise ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")
    return kind(value)


def parse_values(values: str, type_map: dict[str, type], ignore_unknown: bool = False) -> dict[str, Any]:
    """`tf.contrib.training.parse_values`: the values in a text like "rate=0.1,sizes=[3,4],size[1]=5"."""
    found: dict[str, Any] = {}
    position = 0
    while position < len(values):
        match = _ASSIGNMENT.match(values, position)
        if not match:
            raise ValueError(f"Malformed hyperparameter value: {values[position:]}")
        position = match.end()
        name = match["name"]
        if name in type_map:
            _assign_hparam(found, match, type_map[name], values)
        elif not ignore_unknown:
            raise ValueError(f"Unknown hyperparameter type for {name}")
    return found


def _assign_hparam(found: dict[str, Any], match: re.Match[str], kind: type, values: str) -> None:
    """Put what a text gives to a name into the values found so far."""
    name, index = match["name"], match["index"]
    parse: Callable[[str], Any] = _parse_bool if kind is bool else kind
    text = match["vals"] if match["val"] is None else match["val"]
    if match["val"] is None and index is not None:
        raise ValueError("Assignment of a list to a list index.")
    if name in found and (index is None or not isinstance(found[name], dict) or int(index) in found[name]):
        place = name if index is None or not isinstance(found[name], dict) else f"{name}[{int(index)}]"
        raise ValueError(f"Multiple assignments to variable '{place}' in {values}")
    try:
        parsed = parse(text) if match["val"] is not None else [parse(part) for part in re.split("[ ,]", text) if part]
    except ValueError:
        message = f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{text}' in {values}"
        raise ValueError(message) from None
    if index is None:
        found[name] = parsed
    else:
        found.setdefault(name, {})[int(index)] = parsed


def _parse_bool(text: str) -> bool:
    return text in {"true", "True"} or (text not in {"false", "False"} and bool(int(text)))
