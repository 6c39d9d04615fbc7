"""Prints, as JSON, what of the symbol tables is not true of the installed TensorFlow."""

from __future__ import annotations

import inspect
import json
import os
import sys
from pathlib import Path
from types import ModuleType

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import generate_symbols
import tensorflow as tf

from tf1to2_reg.facts import symbols, symbols_data
from tf1to2_reg.facts.signature import Signature


def named(root: ModuleType, name: str) -> object:
    value: object = root
    for part in name.split("."):
        value = getattr(value, part)
    return value


def missing(root: ModuleType, names: list[str]) -> list[str]:
    absent = []
    for name in names:
        try:
            named(root, name)
        except AttributeError:
            absent.append(name)
    return absent


def parameters(function: object) -> dict[str, inspect.Parameter]:
    return {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()  # type: ignore[arg-type]
        if name != "self"
    }


def faults_of_call(name: str, facts: Signature) -> list[str]:
    before, after = parameters(named(tf.compat.v1, name)), parameters(named(tf, facts.target))
    faults = []
    if tuple(before) != facts.parameters:
        faults.append(f"{name}: TF1 has {list(before)}")
    if tuple(after)[: len(facts.positional)] != facts.positional:
        faults.append(f"{name}: TF2 has {list(after)}")
    for parameter in facts.parameters:
        target = facts.renames.get(parameter, parameter)
        if parameter not in facts.only and target not in after:
            faults.append(f"{name}: TF2 has no {target}")
    for parameter, value in facts.only.items():
        if before[parameter].default not in (value, None):
            faults.append(f"{name}: the default of {parameter} is {before[parameter].default}")
    return faults


same = [f"{module}.{name}" if module else name for module, names in symbols_data.SAME.items() for name in names.split()]
json.dump(
    {
        "generated": generate_symbols.made() == generate_symbols.TARGET.read_text(),
        "calls": [fault for name, facts in symbols.CALLS.items() for fault in faults_of_call(name, facts)],
        "casts": missing(tf.compat.v1, list(symbols.CASTS)),
        "kept": missing(tf.compat.v1, sorted(symbols.KEPT)),
        "kept modules": missing(tf.compat.v1, list(symbols.KEPT_MODULES)),
        "moved": missing(tf, list(symbols.MOVED.values())) + missing(tf.compat.v1, list(symbols.MOVED)),
        "initializers": missing(tf, list(symbols.INITIALIZER_CLASSES.values())),
        "keras": missing(tf, [f"{module}.{n}" for module, names in symbols.KERAS_SAME.items() for n in names.split()]),
        "positional": missing(tf.compat.v1, list(symbols.POSITIONAL)),
        "codes": missing(
            tf.compat.v1, [n for n in symbols.CODES if n.partition(".")[0] not in ("contrib", "estimator")]
        ),
        "spelled": missing(tf, [s for name in same if (s := symbols.tf2_spelling(name)) is not None]),
        "refused": [name for name in same if symbols.tf2_spelling(name) is None],
    },
    sys.stdout,
)
