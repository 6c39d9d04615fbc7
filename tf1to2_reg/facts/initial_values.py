"""Ops that give a variable its first value, and the initializer of Keras that draws the same. Source: TF 1.15.5."""

from __future__ import annotations

from tf1to2_reg.facts.signature import Signature

_DRAWN = ("dtype", "seed", "name")
_PLAIN = frozenset({"dtype", "name"})
_NORMAL = ("shape", "mean", "stddev", *_DRAWN)


def _filled(keras: str) -> Signature:
    return Signature(f"keras.initializers.{keras}", ("shape", "dtype", "name"), dropped=_PLAIN)


def _normal(keras: str) -> Signature:
    explicit = (("stddev", "1.0"),)
    return Signature(f"keras.initializers.{keras}", _NORMAL, explicit=explicit, dropped=_PLAIN)


_UNIFORM = Signature(
    "keras.initializers.RandomUniform",
    ("shape", "minval", "maxval", *_DRAWN),
    explicit=(("minval", "0.0"), ("maxval", "1.0")),
    dropped=_PLAIN,
)
INITIAL_VALUES: dict[str, Signature] = {
    "tf.constant": Signature(
        "keras.initializers.Constant", ("value", "dtype", "shape", "name", "verify_shape"), ("value",), dropped=_PLAIN
    ),
    "tf.ones": _filled("Ones"),
    "tf.random.normal": _normal("RandomNormal"),
    "tf.random.truncated_normal": _normal("TruncatedNormal"),
    "tf.random.uniform": _UNIFORM,
    "tf.random_normal": _normal("RandomNormal"),
    "tf.random_uniform": _UNIFORM,
    "tf.truncated_normal": _normal("TruncatedNormal"),
    "tf.zeros": _filled("Zeros"),
}
"""By name of the op; `shape` is that of the variable."""
