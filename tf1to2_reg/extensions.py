"""What other packages add: an entry point of the group `tf1to2_reg.transforms` names an `Extension`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import EntryPoint

from tf1to2_reg.editing.rule import Rule
from tf1to2_reg.facts import lost, pure, symbols
from tf1to2_reg.facts.compat_v1 import look_up
from tf1to2_reg.facts.extension_points import ExtensionError, found
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.signature import Signature
from tf1to2_reg.facts.symbol_calls import CALLS
from tf1to2_reg.targets.tf2.assembly import RULES
from tf1to2_reg.transforms import added, optimizers


@dataclass(frozen=True)
class Extension:
    """Facts and rules for names of TensorFlow 1 that this tool refuses; symbols are such as "tf.train.SomeOptimizer".

    Args:
        functions: At `tf2`, functions that TensorFlow 2 has under another name or with other parameters.
        optimizers: At `tf2`, optimizers that stay what they are, under `tf.compat.v1.train`, in a `tf.function`.
        rules: At `tf2`, calls that become another expression: (original, with rewritten arguments, context) -> new one.
            A rule raises `refusal(code, message, node)` for all that it does not know to be exact.
        pure: Functions that only add to the graph what they give, so that a step may call them.
        renamed: At `graph`, names that TensorFlow lost, and the name under which `tf.compat.v1` has the same.
    """

    functions: Mapping[str, Signature] = field(default_factory=dict)
    optimizers: Mapping[str, Signature] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    pure: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1)
def load() -> None:
    """Add what every installed package brings; once.

    Raises:
        ExtensionError: a package cannot be imported, names something else, or has a symbol that is known already.
    """
    for point in found():
        add(point.name, _loaded(point))


def _loaded(point: EntryPoint) -> Extension:
    try:
        extension = point.load()
    except Exception as error:
        raise ExtensionError(f"{point.name}: {point.value} cannot be imported: {error}") from error
    if not isinstance(extension, Extension):
        raise ExtensionError(f"{point.name}: {point.value} is no Extension")
    return extension


def add(name: str, extension: Extension) -> None:
    """Add what a package brings, all of it or nothing.

    Raises:
        ExtensionError: a symbol has a form already.
    """
    for symbol in (*extension.functions, *extension.optimizers, *extension.rules):
        if _is_known(symbol):
            raise ExtensionError(f"{name}: {symbol} has a form at tf2 already")
    for symbol in extension.renamed:
        if symbol in lost.RENAMED or lost.piece(symbol) is not None or not look_up(symbol).missing:
            raise ExtensionError(f"{name}: {symbol} has a form at graph already")
    CALLS.update({symbol.removeprefix("tf."): facts for symbol, facts in extension.functions.items()})
    for symbol, facts in extension.optimizers.items():
        optimizers.add(symbol, facts)
    added.RULES.update({**{symbol: optimizers.RULES[symbol] for symbol in extension.optimizers}, **extension.rules})
    pure.ADDED.update(extension.pure)
    symbols.ADDED.update(symbol.removeprefix("tf.") for symbol in extension.rules)
    lost.RENAMED.update(extension.renamed)


def _is_known(symbol: str) -> bool:
    """Whether this tool, or a package before this one, has a form for a name: what is exact already is not replaced."""
    name = symbol.removeprefix("tf.")
    has_rule = symbol in RULES.calls and symbol not in optimizers.REFUSED
    return (
        symbol in added.RULES or has_rule or symbol in LAYERS or name in CALLS or symbols.tf2_spelling(name) is not None
    )
