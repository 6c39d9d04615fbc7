"""Attributes of layer objects that the written module's layers do not have."""

from __future__ import annotations

import ast

from tf1to2_reg.facts.lost import LAYER_CLASSES
from tf1to2_reg.targets.graph.work import Work

LACKING = frozenset(
    {
        "add_metric", "add_update", "add_variable", "compute_mask", "compute_output_shape", "compute_output_signature",
        "from_config", "get_config", "get_input_at", "get_input_mask_at", "get_input_shape_at", "get_losses_for",
        "get_output_at", "get_output_mask_at", "get_output_shape_at", "get_updates_for", "get_weights",
        "inbound_nodes", "input_spec", "outbound_nodes", "pool_function", "set_weights", "supports_masking",
        "with_name_scope",
    }
)  # fmt: skip
"""What all layers of TF 1.15.5 have and those of the module have not, but for names that much else has too."""

_HELP = "Use the layer's weights, `losses` and `updates`, which stay."


def check(work: Work) -> None:
    """Refuse a file that makes layer objects and reads what these have in TF1 alone."""
    makes_layers = any(o.symbol.removeprefix("tf.layers.") in LAYER_CLASSES for o in work.occurrences)
    if not makes_layers:
        return
    for node in work.scopes.nodes:
        if isinstance(node, ast.Attribute) and node.attr in LACKING and not work.symbols.calls.defines(node.attr):
            message = f"layer objects of the written module have no {node.attr}"
            work.refuse("TFR407", node, message, _HELP)
