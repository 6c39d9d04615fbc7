"""Every tuple of parameters in facts/ is that of TensorFlow's own function: names, order, what has a default.

TF1_PYTHON names an interpreter with a genuine TensorFlow 1 for that side; without it, it is TensorFlow 2's emulation.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tf1to2_reg.facts import regularizers, tensors
from tf1to2_reg.facts.initializers import CONTRIB, INITIALIZERS, UNIT_SCALING
from tf1to2_reg.facts.knowledge import TensorFacts
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.losses import LOSSES
from tf1to2_reg.facts.optimizers import KEPT, OPTIMIZERS
from tf1to2_reg.facts.schedules import SCHEDULES
from tf1to2_reg.facts.tensor_arguments import Arguments, Value
from tf1to2_reg.program.calls import collections, placeholders, scopes, sessions, tensorflow, training

CHILD = Path(__file__).with_name("signatures_child.py")
UNIT_SCALINGS = ("tf.uniform_unit_scaling_initializer", "tf.initializers.uniform_unit_scaling")
NEWER = {
    ("tf.train.AdamOptimizer", "use_own_namescope_for_non_slot_vars"),
    ("tf.train.FtrlOptimizer", "beta"),
}
"""Parameters that TensorFlow 2's emulation has and TensorFlow 1 has not, all of them at the end."""

Signature = dict[str, list[Any]]
"""Parameters with a list of their default, empty where there is none; without `_sentinel`, which takes no argument."""


class Signatures:
    """The signatures of one side."""

    def __init__(self, python: str, side: str, symbols: Iterable[str]) -> None:
        run = subprocess.run(
            [python, "-W", "ignore", str(CHILD), side],
            input=json.dumps(sorted(set(symbols))),
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr[-3000:]
        self._found: dict[str, list[tuple[str, list[Any]]] | None] = json.loads(run.stdout.rpartition("=====")[2])

    def has(self, symbol: str) -> bool:
        return self._found[symbol] is not None

    def of(self, symbol: str) -> Signature:
        found = self._found[symbol]
        assert found is not None, f"there is no {symbol}"
        return {name: default for name, default in found if name != "_sentinel" and (symbol, name) not in NEWER}


def parameters_before() -> dict[str, tuple[str, ...]]:
    """Every TF1 symbol whose parameters a table tells."""
    tables: tuple[Mapping[str, Any], ...] = (LAYERS, OPTIMIZERS, KEPT, INITIALIZERS, SCHEDULES)
    found = {symbol: facts.parameters for table in tables for symbol, facts in table.items()}
    for contrib in (CONTRIB, regularizers.CONTRIB):
        found |= {f"tf.contrib.layers.{name}": parameters for name, parameters in contrib.items()}
    keras = {f"tf.keras.regularizers.{name}": parameters for name, parameters in regularizers.KERAS.items()}
    return {**found, **keras, **LOSSES, **dict.fromkeys(UNIT_SCALINGS, UNIT_SCALING)}


def counterparts() -> dict[str, str]:
    """The TF2 symbol of every TF1 symbol that a table renames."""
    found = {symbol: f"tf.keras.layers.{facts.keras}" for symbol, facts in LAYERS.items()}
    for table in (OPTIMIZERS, INITIALIZERS, SCHEDULES):
        found |= {symbol: f"tf.{facts.target}" for symbol, facts in table.items()}
    found |= {symbol: symbol.replace("tf.", "tf.compat.v1.", 1) for symbol in (*KEPT, *LOSSES)}
    return {
        **found,
        **{f"tf.keras.regularizers.{name}": f"tf.keras.regularizers.{name}" for name in regularizers.KERAS},
    }


RENAMED: Mapping[str, Any] = {**OPTIMIZERS, **INITIALIZERS, **SCHEDULES}
"""What a table of facts tells of everything that Keras has as a constructor, layers aside."""

HANDLED: dict[str, Callable[..., object]] = {
    **tensorflow._HANDLERS,
    "tf.train.Optimizer.minimize": training.call_optimizer,
    "tf.train.Optimizer.compute_gradients": training.call_optimizer,
    "tf.train.Optimizer.apply_gradients": training._check_train_arguments,
    "tf.Session.run": sessions.call_session,
}
"""What reads arguments of which function by their places."""


@pytest.fixture(scope="module")
def before() -> Signatures:
    symbols = [*parameters_before(), *(f"tf.{name}" for name in tensors._RESULTS), *HANDLED]
    return Signatures(os.environ.get("TF1_PYTHON", sys.executable), "tf1", symbols)


@pytest.fixture(scope="module")
def after() -> Signatures:
    return Signatures(sys.executable, "tf2", counterparts().values())


@pytest.mark.parametrize(("symbol", "parameters"), parameters_before().items())
def test_parameters_are_those_of_tf1(before: Signatures, symbol: str, parameters: tuple[str, ...]) -> None:
    if symbol.startswith("tf.keras.") and not before.has(symbol):
        return  # an alias that only some versions have
    assert tuple(before.of(symbol)) == parameters


@pytest.mark.parametrize("symbol", [*OPTIMIZERS, *KEPT, *SCHEDULES])
def test_required_are_those_without_default(before: Signatures, symbol: str) -> None:
    facts = RENAMED.get(symbol) or KEPT[symbol]
    assert [name for name, default in before.of(symbol).items() if not default] == list(facts.required)


@pytest.mark.parametrize("symbol", LAYERS)
def test_layers_name_what_takes_what(before: Signatures, symbol: str) -> None:
    facts, signature = LAYERS[symbol], before.of(symbol)
    assert [name for name, default in signature.items() if not default] == ["inputs", *facts.required]
    assert tuple(name for name in signature if name.endswith("_regularizer")) == facts.regularizers
    assert tuple(name for name in signature if name.endswith("_initializer")) == facts.initializers


@pytest.mark.parametrize("symbol", LAYERS)
def test_positional_arguments_that_may_stay_stand_at_the_same_place(after: Signatures, symbol: str) -> None:
    facts = LAYERS[symbol]
    keras = tuple(after.of(counterparts()[symbol]))
    assert keras[: facts.keras_prefix] == facts.parameters[1 : 1 + facts.keras_prefix]


@pytest.mark.parametrize("symbol", RENAMED)
def test_positional_parameters_are_those_of_keras(after: Signatures, symbol: str) -> None:
    facts = RENAMED[symbol]
    assert tuple(after.of(counterparts()[symbol]))[: len(facts.positional)] == facts.positional


@pytest.mark.parametrize("symbol", [*KEPT, *LOSSES])
def test_what_is_kept_has_the_same_parameters(before: Signatures, after: Signatures, symbol: str) -> None:
    assert after.of(counterparts()[symbol]) == before.of(symbol)


SAME_DEFAULTS: set[tuple[Any, Any]] = {
    (None, "glorot_uniform"), ("Zeros", "zeros"), ("Ones", "ones"),  # initializers of layers
    ("channels_last", None),  # what Keras's configuration says, which is channels_last unless somebody changed it
    (None, 1.0),  # the upper end of a uniform distribution of floats
}  # fmt: skip
"""Defaults that mean the same, before and after."""
NOT_PASSED = {
    "inputs", "name", "reuse", "trainable", "training", "dtype", "verify_shape", "use_locking", "fused", "renorm",
    "renorm_clipping", "renorm_momentum", "virtual_batch_size", "adjustment", "accum_name", "linear_name",
    "global_step", "x",
}  # fmt: skip
"""Parameters that no rewrite gives to the constructor."""
WRITTEN_OUT = {("tf.layers.dropout", "rate")}
"""Defaults that a rewrite writes out by itself."""


def renames(symbol: str) -> Mapping[str, str]:
    found: Mapping[str, str] = getattr(RENAMED.get(symbol), "renames", {})
    return found


def explicit(symbol: str) -> dict[str, str]:
    return dict(getattr(RENAMED.get(symbol), "explicit", ()))


@pytest.mark.parametrize("symbol", [*LAYERS, *RENAMED])
def test_what_is_not_given_has_the_same_default(before: Signatures, after: Signatures, symbol: str) -> None:
    if symbol.startswith("tf.keras.") and not before.has(symbol):
        return  # an alias that only some versions have
    new = after.of(counterparts()[symbol])
    for name, default in before.of(symbol).items():
        if name in NOT_PASSED or not default:
            continue
        assert renames(symbol).get(name, name) in new, name
        if (symbol, name) in WRITTEN_OUT:
            continue
        if name in explicit(symbol):
            written = ast.literal_eval(explicit(symbol)[name])
            assert written == default[0] or (default[0], written) in SAME_DEFAULTS, name
            continue
        (kept,) = new[renames(symbol).get(name, name)]
        assert kept == default[0] or (default[0], kept) in SAME_DEFAULTS, name


@pytest.mark.parametrize("symbol", [*OPTIMIZERS, *INITIALIZERS])
def test_what_is_written_out_is_not_the_default_of_keras(after: Signatures, symbol: str) -> None:
    new = after.of(counterparts()[symbol])
    for name, value in explicit(symbol).items():
        assert new[name] != [ast.literal_eval(value)], name


class Recorder(Arguments):
    """Arguments that note by which place and which names they are asked for."""

    def __init__(self, *, given: bool) -> None:
        super().__init__((), {})
        object.__setattr__(self, "asked", [])
        object.__setattr__(self, "given", given)

    asked: list[tuple[int, tuple[str, ...]]]
    given: bool

    def has(self, position: int, *names: str) -> bool:
        self.asked.append((position, names))
        return self.given

    def get(self, position: int, *names: str) -> Value:
        self.asked.append((position, names))
        return (TensorFacts(2, "float32"), TensorFacts(2, "float32"))


def asked_of(rule: Callable[[Arguments], TensorFacts]) -> list[tuple[int, tuple[str, ...]]]:
    recorders = [Recorder(given=given) for given in (False, True)]
    for recorder in recorders:
        rule(recorder)
    return [asked for recorder in recorders for asked in recorder.asked]


@pytest.mark.parametrize("name", tensors._RESULTS)
def test_arguments_of_tensor_functions_are_found_where_tf1_has_them(before: Signatures, name: str) -> None:
    parameters = list(before.of(f"tf.{name}"))
    for position, names in asked_of(tensors._RESULTS[name]):
        assert position < len(parameters), (position, names)
        assert parameters[position] in names, (position, names, parameters)


PLACES = re.compile(r'(?:site\.argument\(|_penalty_scope\(run, site, )(\d+)(?:, "(\w+)")?\)')


@pytest.mark.parametrize("symbol", HANDLED)
def test_arguments_of_the_abstract_run_are_found_where_tf1_has_them(before: Signatures, symbol: str) -> None:
    if symbol.startswith("tf.compat."):
        return
    source = inspect.getsource(HANDLED[symbol])
    if symbol.startswith("tf.train.Optimizer."):
        source = method_branch(source, symbol.rpartition(".")[2])
    parameters = list(before.of(symbol))
    for place, name in PLACES.findall(source):
        assert parameters[int(place)] == (name or "scope")


def method_branch(source: str, method: str) -> str:
    """The part of a function under `if name == METHOD`, or all of it where it has no such part."""
    _, found, rest = source.partition(f'name == "{method}"')
    return rest.partition("    if name ==")[0] if found else source


def test_places_are_read_in_every_module_of_calls() -> None:
    """A guard for the test above: it must see as many places as the sources have."""
    modules = (collections, placeholders, scopes, sessions, tensorflow, training)
    seen = {match for handler in HANDLED.values() for match in PLACES.findall(inspect.getsource(handler))}
    written = {match for module in modules for match in PLACES.findall(inspect.getsource(module))}
    elsewhere = {("0", "learning_rate"), ("0", "feed_dict"), ("0", "main"), ("0", "name"), ("2", "var_list")}
    assert written - seen == elsewhere - seen
