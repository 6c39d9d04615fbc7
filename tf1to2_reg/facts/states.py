"""`tf.Variable` of TF1 against that of TF2, and the ops that assign. Source: TF 1.15.5 and TF 2.21 signatures."""

from __future__ import annotations

from tf1to2_reg.facts.signature import Signature

VARIABLE = Signature(
    "Variable",
    (
        "initial_value", "trainable", "collections", "validate_shape", "caching_device", "name", "variable_def",
        "dtype", "expected_shape", "import_scope", "constraint", "use_resource", "synchronization", "aggregation",
        "shape",
    ),
    ("initial_value", "trainable"),
    required=(),
    dropped=frozenset({"use_resource"}),
    only=dict.fromkeys(
        ("collections", "caching_device", "variable_def", "expected_shape", "import_scope", "constraint")
    ),
)  # fmt: skip

ASSIGNMENTS: dict[str, tuple[str, ...]] = {
    "tf.assign": ("ref", "value", "validate_shape", "use_locking", "name"),
    "tf.assign_add": ("ref", "value", "use_locking", "name"),
    "tf.assign_sub": ("ref", "value", "use_locking", "name"),
}
"""Parameters of the functions that are methods of a variable in TF2."""
