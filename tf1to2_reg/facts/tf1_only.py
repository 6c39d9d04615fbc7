"""Names that must not be left in migrated code. Source: TensorFlow 2.21's own modules, scripts/tf1_only_names.py."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

NEEDS_A_GRAPH = frozenset(
    f"tf.{name}"
    for name in (
        "AUTO_REUSE", "GraphKeys", "InteractiveSession", "Session", "add_to_collection", "add_to_collections",
        "disable_eager_execution", "disable_resource_variables", "disable_v2_behavior", "get_collection",
        "get_collection_ref", "get_default_graph", "get_default_session", "get_local_variable", "get_variable",
        "get_variable_scope", "global_variables", "global_variables_initializer", "initialize_all_variables",
        "initializers.global_variables", "layers", "local_variables_initializer", "losses.add_loss",
        "losses.get_losses", "losses.get_regularization_loss", "losses.get_regularization_losses",
        "losses.get_total_loss", "make_template", "placeholder", "placeholder_with_default", "reset_default_graph",
        "sparse_placeholder", "summary.merge_all", "tables_initializer", "train.MonitoredSession",
        "train.MonitoredTrainingSession", "train.Saver", "train.Supervisor", "trainable_variables", "variable_scope",
        "variables_initializer",
    )
)  # fmt: skip
"""TF1 names that mean nothing, or something else, without a graph; they are left over as `tf.compat.v1.X` too."""


@lru_cache(maxsize=1)
def tf1_only() -> frozenset[str]:
    """Names, modules included, that `tensorflow.compat.v1` or TF 1.15 has and TensorFlow 2.21 does not: "tf.layers"."""
    return frozenset(files("tf1to2_reg.facts").joinpath("tf1_only.txt").read_text(encoding="utf-8").split())


def is_tf1_only(name: str) -> bool:
    """Whether the TensorFlow of today has a name under `compat.v1` only, or not at all."""
    return _has_prefix(name, tf1_only())


def is_left_over(name: str) -> bool:
    """Whether a dotted name from an import of TensorFlow, spelled from `tf`, is TF1's.

    `tf.compat.v1.X` is not, unless X needs a graph: optimizers and losses of `compat.v1` run eagerly.
    """
    rest = name.removeprefix("tf.compat.v1.")
    if rest != name:
        return _has_prefix(f"tf.{rest}", NEEDS_A_GRAPH)
    return is_tf1_only(name)


def _has_prefix(name: str, names: frozenset[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[: count + 1]) in names for count in range(1, len(parts)))
