"""Predictions of exported models: a part of `tf.contrib.predictor`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


class SavedModelPredictor:
    """A function from arrays by the names of inputs to arrays by the names of outputs; it has a session of its own."""

    def __init__(
        self,
        export_dir: str,
        signature_def_key: str | None = None,
        signature_def: Any = None,
        input_names: Mapping[str, str] | None = None,
        output_names: Mapping[str, str] | None = None,
        tags: str | None = None,
        graph: Any = None,
        config: Any = None,
    ) -> None:
        if (input_names is None) != (output_names is None):
            raise ValueError("input_names and output_names must both be specified or both be unspecified.")
        if sum(given is not None for given in (signature_def_key, signature_def, input_names)) > 1:
            raise ValueError(
                "You must specify at most one of signature_def_key OR signature_def OR(input_names AND output_names)."
            )
        self.graph = graph or tf1.Graph()
        with self.graph.as_default():
            self.session = tf1.Session(config=config)
            loaded = tf1.saved_model.load(self.session, (tags or "serve").split(","), export_dir)
        if input_names is None or output_names is None:
            key = signature_def_key or tf1.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
            signature = loaded.signature_def[key] if signature_def is None else signature_def
            input_names = {key: info.name for key, info in signature.inputs.items()}
            output_names = {key: info.name for key, info in signature.outputs.items()}
        self.feed_tensors = {key: self.graph.get_tensor_by_name(name) for key, name in input_names.items()}
        self.fetch_tensors = {key: self.graph.get_tensor_by_name(name) for key, name in output_names.items()}

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"{name} with feed tensors {self.feed_tensors} and fetch_tensors {self.fetch_tensors}"

    def __call__(self, input_dict: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs for some inputs."""
        expected = set(self.feed_tensors)
        if unexpected := set(input_dict) - expected:
            raise ValueError(f"Got unexpected keys in input_dict: {unexpected}\nexpected: {expected}")
        given = {key: input_dict.get(key) for key in self.feed_tensors}
        feed = {self.feed_tensors[key]: value for key, value in given.items() if value is not None}
        found: dict[str, Any] = self.session.run(fetches=self.fetch_tensors, feed_dict=feed)
        return found


def from_saved_model(
    export_dir: str,
    signature_def_key: str | None = None,
    signature_def: Any = None,
    input_names: Mapping[str, str] | None = None,
    output_names: Mapping[str, str] | None = None,
    tags: str | None = None,
    graph: Any = None,
    config: Any = None,
) -> SavedModelPredictor:
    """`tf.contrib.predictor.from_saved_model`: the predictor of a `SavedModel` in a folder."""
    names = (input_names, output_names)
    return SavedModelPredictor(export_dir, signature_def_key, signature_def, *names, tags, graph, config)
