"""Regularizers: what they may leave in the collection."""

from __future__ import annotations

from tf1to2_reg.facts.regularizers import CONTRIB
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.values import Regularizer, Series, Value, constant_of


def regularizer(_run: Run, symbol: str, site: CallSite) -> Value:
    """A regularizer; contrib's add no penalty where their strength is 0.0, Keras's always do."""
    if symbol.startswith("tf.keras."):
        return Regularizer()
    name = symbol.rpartition(".")[2]
    is_sure = _has_sure_member(site) if name == "sum_regularizer" else _has_strength(name, site)
    return Regularizer(vanishes=not is_sure)


def _has_sure_member(site: CallSite) -> bool:
    given = site.argument(0, "regularizer_list")
    members = given[0].items if given is not None and isinstance(given[0], Series) else None
    return any(isinstance(member, Regularizer) and not (member.optional or member.vanishes) for member in members or ())


def _has_strength(name: str, site: CallSite) -> bool:
    """True where one of the strengths is shown not to be zero; those that are not given are 1.0."""
    strengths = [parameter for parameter in CONTRIB[name] if parameter != "scope"]
    return any(_is_strength(site.argument(place, parameter)) for place, parameter in enumerate(strengths))


def _is_strength(given: tuple[Value, object] | None) -> bool:
    if given is None:
        return True
    constant = constant_of(given[0])
    return constant is not None and isinstance(constant.value, int | float) and constant.value != 0
