"""The Keras model of a graph."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.layer import Layer

tf1 = tf.compat.v1


def graph_model() -> GraphModel:
    """The model that holds the Keras layers of the default graph."""
    graph = tf1.get_default_graph()
    if not hasattr(graph, "keras_model"):
        graph.keras_model = GraphModel()  # kept there, since in a table it would keep its graph alive
    model: GraphModel = graph.keras_model
    return model


class GraphModel(tf.keras.Model):
    """The Keras layers of one graph, and its penalties."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Any] = []

    @property
    def losses(self) -> list[Any]:
        """All penalties of the default graph, of its layers and of others, in the order in which they were made."""
        penalties: list[Any] = tf1.get_collection(tf1.GraphKeys.REGULARIZATION_LOSSES)
        return penalties

    def add(self, layer: Any, name: Any = None, reuse: Any = None, trainable: bool = True, scope: Any = None) -> Layer:
        """A layer as a function of its input.

        Args:
            layer: A new layer of `tf.keras.layers`, or one of this module.
            name: The variable scope of its weights; by default one of the kind's name that is new in the current scope.
            reuse: True to take the weights that the scope has, `tf.compat.v1.AUTO_REUSE` to make those it lacks.
            trainable: False to keep the weights out of the trainable variables. Their penalties stay.
            scope: The variable scope of its weights if it is not called `name`.
        """
        scope = name if scope is None else scope
        if not isinstance(layer, Layer):
            return self._of_keras(layer, trainable=trainable, name=name, _scope=scope, _reuse=reuse)
        layer.place(name or layer.given_name, scope, reuse)
        layer.trainable = layer.trainable and trainable
        return layer

    def share(self, layer: Any, name: str | None = None) -> Layer:  # only: .share
        """A layer object of Keras that is called more than once: every call has the same weights.

        Args:
            layer: The layer.
            name: What its variable scope is called if that name is free there, else the name with a number.
        """
        if not hasattr(layer, "in_graph"):
            self._of_keras(layer, name=name)
        shared: Layer = layer.in_graph
        return shared

    def _of_keras(self, layer: Any, trainable: bool = True, **placing: Any) -> Layer:
        """The layer of this module that does what a Keras layer says, and gives it its weights."""
        form = next(
            (form for form in Layer.forms if type(layer) is getattr(tf.keras.layers, form.__name__, None)), None
        )
        if form is None or form.__name__ == "Dropout":  # Keras's makes a variable of its own
            raise TypeError(
                f"{type(layer).__name__} of Keras cannot stand in this graph; use the layers of this module"
            )
        has_weights = layer.built and form.make_weights is not Layer.make_weights
        if has_weights or hasattr(layer, "in_graph"):
            raise ValueError("The layer has been called before: it has weights already")
        options = {name: getattr(layer, name) for name in form.parameters() if hasattr(layer, name)}
        for option, plain in form.keras_only.items():
            if option not in options and getattr(layer, option, plain[0]) not in plain:
                raise ValueError(f"{option} of {form.__name__} has no counterpart in tf.layers")
        for name, value in options.items():
            if isinstance(value, tf.keras.initializers.GlorotUniform) and value.get_config()["seed"] is None:
                options[name] = None  # Keras's default stands for TF1's, which is the initializer of the scope
        if layer.dtype != tf.keras.config.floatx():
            options["dtype"] = layer.dtype
        options |= {"name": None, "trainable": trainable and layer.trainable} | placing
        made: Layer = form(**options)
        made.keras_layer, layer.in_graph = layer, made
        self.parts.append(layer)
        return made
