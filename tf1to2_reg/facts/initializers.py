"""Initializers of TF1 and contrib against `tf.keras.initializers`. Source: TF 1.15.5 signatures, Keras 3.15.1."""

from __future__ import annotations

from tf1to2_reg.facts.signature import Signature

_SEEDED = ("seed", "dtype")
_NORMAL = ("mean", "stddev", *_SEEDED)
_UNIFORM = ("minval", "maxval", *_SEEDED)
_SCALING = {
    "mode": {mode: mode for mode in ("fan_in", "fan_out", "fan_avg")},
    "distribution": {
        "normal": "truncated_normal",
        "truncated_normal": "truncated_normal",
        "untruncated_normal": "untruncated_normal",
        "uniform": "uniform",
    },
}
_UNIT_STDDEV = (("stddev", "1.0"),)
_UNIT_INTERVAL = (("minval", "0.0"), ("maxval", "1.0"))


def _facts(keras: str, parameters: tuple[str, ...], explicit: tuple[tuple[str, str], ...] = ()) -> Signature:
    positional = tuple(name for name in parameters if name != "dtype")
    return Signature(f"keras.initializers.{keras}", parameters, positional, explicit=explicit)


_VARIANCE_SCALING = Signature(
    "keras.initializers.VarianceScaling",
    ("scale", "mode", "distribution", *_SEEDED),
    ("scale", "mode", "distribution", "seed"),
    strings=_SCALING,
)
_SAME_EVERYWHERE: dict[str, Signature] = {
    "glorot_uniform": _facts("GlorotUniform", _SEEDED),
    "glorot_normal": _facts("GlorotNormal", _SEEDED),
    "he_normal": _facts("HeNormal", ("seed",)),
    "he_uniform": _facts("HeUniform", ("seed",)),
    "lecun_normal": _facts("LecunNormal", ("seed",)),
    "lecun_uniform": _facts("LecunUniform", ("seed",)),
    "orthogonal": _facts("Orthogonal", ("gain", *_SEEDED)),
    "identity": _facts("Identity", ("gain", "dtype")),
    "zeros": _facts("Zeros", ("dtype",)),
    "ones": _facts("Ones", ("dtype",)),
    "constant": Signature("keras.initializers.Constant", ("value", "dtype", "verify_shape"), ("value",)),
}
_TF1_ONLY: dict[str, Signature] = {
    "truncated_normal": _facts("TruncatedNormal", _NORMAL, _UNIT_STDDEV),
    "random_normal": _facts("RandomNormal", _NORMAL, _UNIT_STDDEV),
    "random_uniform": _facts("RandomUniform", _UNIFORM, _UNIT_INTERVAL),
    "variance_scaling": _VARIANCE_SCALING,
}
_KERAS: dict[str, Signature] = {
    **_SAME_EVERYWHERE,
    "Zeros": _SAME_EVERYWHERE["zeros"],
    "Ones": _SAME_EVERYWHERE["ones"],
    "Constant": _SAME_EVERYWHERE["constant"],
    "Orthogonal": _SAME_EVERYWHERE["orthogonal"],
    "Identity": _SAME_EVERYWHERE["identity"],
    "VarianceScaling": _VARIANCE_SCALING,
    **dict.fromkeys(("TruncatedNormal", "truncated_normal"), _facts("TruncatedNormal", _NORMAL)),
    **dict.fromkeys(("RandomNormal", "random_normal", "normal"), _facts("RandomNormal", _NORMAL)),
    **dict.fromkeys(("RandomUniform", "random_uniform", "uniform"), _facts("RandomUniform", _UNIFORM)),
}
_TOP_LEVEL = (
    "constant glorot_normal glorot_uniform ones orthogonal random_normal random_uniform truncated_normal "
    "variance_scaling zeros"
)

INITIALIZERS: dict[str, Signature] = {
    **{f"tf.initializers.{name}": facts for name, facts in {**_SAME_EVERYWHERE, **_TF1_ONLY}.items()},
    **{f"tf.{name}_initializer": {**_SAME_EVERYWHERE, **_TF1_ONLY}[name] for name in _TOP_LEVEL.split()},
    **{f"tf.keras.initializers.{name}": facts for name, facts in _KERAS.items()},
}
"""Initializers that Keras has, with other defaults at most."""

TRUNCATION = "0.87962566103423978"
"""Standard deviation of a standard normal truncated at two.

Keras divides by it; contrib multiplies the variance by 1.3 instead.
"""

FAN_MODES = {"FAN_IN": "fan_in", "FAN_OUT": "fan_out", "FAN_AVG": "fan_avg"}
"""contrib's names for what a variance is scaled by."""

CONTRIB: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("xavier_initializer", "xavier_initializer_conv2d"), ("uniform", *_SEEDED)),
    "variance_scaling_initializer": ("factor", "mode", "uniform", *_SEEDED),
}
"""Parameters of contrib's initializers, in positional order."""

UNIT_SCALING = ("factor", *_SEEDED)
"""Parameters of `tf.uniform_unit_scaling_initializer`, in positional order."""
