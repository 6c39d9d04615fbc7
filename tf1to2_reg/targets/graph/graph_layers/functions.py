"""The functions of `tf.layers`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from tf1to2_reg.targets.graph.graph_layers.convolutions import (
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    SeparableConv1D,
    SeparableConv2D,
)
from tf1to2_reg.targets.graph.graph_layers.layer import Layer
from tf1to2_reg.targets.graph.graph_layers.normalization import BatchNormalization
from tf1to2_reg.targets.graph.graph_layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from tf1to2_reg.targets.graph.graph_layers.simple import Dense, Dropout, Flatten


def _function(form: type[Layer], parameters: str = "") -> Callable[..., Any]:
    """The function of `tf.layers` for a class.

    Args:
        form: The class.
        parameters: Names of the function's, if they are not those of the class followed by `reuse`.
    """
    known = form.parameters()
    names = parameters.split() or [*known, *(["reuse"] if "trainable" in known else [])]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    others = {name: inspect.Parameter(name, kind, default=None) for name in ("name", "reuse")}
    others["training"] = inspect.Parameter("training", kind, default=False)
    ordered = [(others | known)[name] for name in names]
    signature = inspect.Signature([inspect.Parameter("inputs", kind), *ordered])

    def function(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        inputs, mode = given.pop("inputs"), {"training": given.pop("training")} if "training" in given else {}
        if "reuse" in names:
            given.update(_scope=given.get("name"), _reuse=given.pop("reuse", None))
        return form(**given)(inputs, **mode)

    function.__doc__ = f"Call a new `{form.__name__}` on `inputs`."
    vars(function)["__signature__"] = signature
    return function


dense = _function(Dense)
conv1d = _function(Conv1D)
conv2d = _function(Conv2D)
conv3d = _function(Conv3D)
conv2d_transpose = _function(Conv2DTranspose)
conv3d_transpose = _function(Conv3DTranspose)
separable_conv1d = _function(SeparableConv1D)
separable_conv2d = _function(SeparableConv2D)
max_pooling1d = _function(MaxPooling1D)
max_pooling2d = _function(MaxPooling2D)
max_pooling3d = _function(MaxPooling3D)
average_pooling1d = _function(AveragePooling1D)
average_pooling2d = _function(AveragePooling2D)
average_pooling3d = _function(AveragePooling3D)
flatten = _function(Flatten, "name data_format")
dropout = _function(Dropout, "rate noise_shape seed training name")
batch_normalization = _function(
    BatchNormalization,
    "axis momentum epsilon center scale beta_initializer gamma_initializer moving_mean_initializer"
    " moving_variance_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint training"
    " trainable name reuse renorm renorm_clipping renorm_momentum fused virtual_batch_size adjustment",
)
