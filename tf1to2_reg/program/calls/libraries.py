"""Libraries that are not TensorFlow: the types of what they give, and which of their functions change arguments."""

from __future__ import annotations

from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.values import (
    FlagParser,
    Flags,
    FlagValues,
    Library,
    Python,
    Value,
    any_of_shape,
    constant_of,
    is_none,
)

_DEFINED: dict[str, type] = {
    "DEFINE_integer": int, "DEFINE_float": float, "DEFINE_string": str, "DEFINE_boolean": bool, "DEFINE_bool": bool,
}  # fmt: skip
_TYPES: dict[str, type] = {
    "math.ceil": int, "math.floor": int, "math.sqrt": float, "math.log": float, "math.exp": float, "math.pow": float,
    "math.pi": float, "math.e": float, "random.randint": int, "random.random": float, "random.uniform": float,
    "time.time": float,
}  # fmt: skip
_SEEN = ("argparse", "collections", "copy", "csv", "datetime", "itertools", "json", "logging", "math", "numpy", "os",
         "pathlib", "pickle", "pprint", "re", "string", "sys", "time", "warnings")  # fmt: skip
_CHANGING = ("shuffle", "copyto", "put", "place", "putmask", "fill_diagonal", "load", "partial", "put_along_axis")


def member(base: Library, name: str) -> Library:
    """A part of a library."""
    full = f"{base.name}.{name}"
    return Library(type=_TYPES.get(full), name=full)


def call(callee: Library, site: CallSite) -> Value:
    """What a function of a library gives."""
    if callee.name in ("argparse.ArgumentParser", "ArgumentParser"):
        return FlagParser()
    of_shape = any_of_shape(*site.values())
    if callee.name in ("copy.copy", "copy.deepcopy"):
        return Python(of_shape=of_shape)
    return Python(None, of_shape, _TYPES.get(callee.name))


def changes_arguments(callee: Value) -> bool:
    """True for a function that is not known to leave lists and dicts as they are."""
    if not isinstance(callee, Library):
        return True
    return callee.name.split(".")[0] not in _SEEN or callee.name.rpartition(".")[2] in _CHANGING


def call_parser(base: FlagParser, name: str, site: CallSite) -> Value | None:
    """A method of a parser of the command line."""
    if name in ("parse_args", "parse_known_args"):
        return FlagValues(flags=base.flags) if name == "parse_args" and not site.keywords else Python()
    if name in ("add_argument_group", "add_mutually_exclusive_group"):
        return base
    if name == "add_argument":
        _add_argument(base.flags, site)
    elif name == "set_defaults":
        for key in site.keywords:
            base.flags.types[key] = None
    else:
        return None
    return Python()


def _add_argument(flags: Flags, site: CallSite) -> None:
    names = [constant_of(value) for value, _ in site.positional]
    texts = [name.value for name in names if name is not None and isinstance(name.value, str)]
    long = next((text for text in texts if text.startswith("--")), texts[0] if texts else None)
    target = constant_of(site.keywords["dest"][0]) if "dest" in site.keywords else None
    name = target.value if target is not None else long.lstrip("-").replace("-", "_") if long else None
    if isinstance(name, str):
        flags.define(name, _argument_type(site))


def _argument_type(site: CallSite) -> type | None:
    """The type of an option: that of `type=` where there is always a value, and one."""
    action = constant_of(site.keywords["action"][0]) if "action" in site.keywords else None
    if action is not None and action.value in ("store_true", "store_false"):
        return bool
    if action is not None or "action" in site.keywords or "nargs" in site.keywords:
        return None
    given = site.keywords.get("type")
    kind = _CONVERTERS.get(getattr(given[0], "name", "")) if given is not None else str
    default = site.keywords.get("default")
    if default is None or is_none(default[0]):
        required = any(isinstance(value, Python) and _is_positional(value) for value, _ in site.positional)
        return kind if required or "required" in site.keywords else None
    constant = constant_of(default[0])
    if constant is None:
        return kind if isinstance(default[0], Python) and default[0].type is kind else None
    return kind if type(constant.value) is kind or isinstance(constant.value, str) else None


_CONVERTERS: dict[str, type] = {"int": int, "float": float, "str": str}


def _is_positional(value: Python) -> bool:
    constant = constant_of(value)
    return constant is not None and isinstance(constant.value, str) and not constant.value.startswith("-")


def define_flag(flags: Flags, symbol: str, site: CallSite) -> None:
    """`tf.flags.DEFINE_integer` and its like: an option that has no default may be None."""
    name, default = site.argument(0, "name"), site.argument(1, "default")
    constant = constant_of(name[0]) if name is not None else None
    if constant is None or not isinstance(constant.value, str):
        return
    kind = _DEFINED.get(symbol.rpartition(".")[2])
    flags.define(constant.value, None if default is None or is_none(default[0]) else kind)


def is_definition(symbol: str) -> bool:
    """True for the functions that define an option of the command line."""
    return symbol.startswith(("tf.flags.DEFINE_", "tf.app.flags.DEFINE_"))


def imported(name: str) -> Value:
    """A module, or a part of one, that is not TensorFlow's and not the project's."""
    return Library(type=_TYPES.get(name), name=name)
