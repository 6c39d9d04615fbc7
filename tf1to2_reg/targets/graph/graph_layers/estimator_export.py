"""`tf.estimator.export`: what a SavedModel of an `Estimator` takes and gives."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

tf1 = tf.compat.v1


class ExportOutput:
    """`tf.estimator.export.ExportOutput`: an output of a SavedModel."""

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        """The signature with these inputs."""
        raise NotImplementedError


class ClassificationOutput(ExportOutput):
    """`tf.estimator.export.ClassificationOutput`: scores, classes as strings, or both."""

    def __init__(self, scores: Any = None, classes: Any = None) -> None:
        """Check the types."""
        if scores is not None and not (isinstance(scores, tf.Tensor) and scores.dtype.is_floating):
            raise ValueError(f"Classification scores must be a float32 Tensor; got {scores}")
        if classes is not None and not (isinstance(classes, tf.Tensor) and classes.dtype == tf.string):
            raise ValueError(f"Classification classes must be a string Tensor; got {classes}")
        if scores is None and classes is None:
            raise ValueError("At least one of scores and classes must be set.")
        self.scores = scores
        self.classes = classes

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        """The signature with a batch of serialized examples."""
        examples = _single_string(receiver_tensors, "Classification")
        return tf1.saved_model.classification_signature_def(examples, self.classes, self.scores)


class RegressionOutput(ExportOutput):
    """`tf.estimator.export.RegressionOutput`: numbers."""

    def __init__(self, value: Any) -> None:
        """Check the type."""
        if not (isinstance(value, tf.Tensor) and value.dtype.is_floating):
            raise ValueError(f"Regression output value must be a float32 Tensor; got {value}")
        self.value = value

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        """The signature with a batch of serialized examples."""
        examples = _single_string(receiver_tensors, "Regression")
        return tf1.saved_model.regression_signature_def(examples, self.value)


class PredictOutput(ExportOutput):
    """`tf.estimator.export.PredictOutput`: tensors by name; one without a name is called "output"."""

    def __init__(self, outputs: Any) -> None:
        """Check the names and the types."""
        named = outputs if isinstance(outputs, dict) else {"output": outputs}
        self.outputs = {_output_key(key): value for key, value in named.items()}
        for value in self.outputs.values():
            if not isinstance(value, tf.Tensor):
                raise ValueError(f"Prediction output value must be a Tensor; got {value}.")

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        """The signature with any inputs."""
        return tf1.saved_model.predict_signature_def(receiver_tensors, self.outputs)


def _output_key(key: Any) -> str:
    """The name of an output, which is a tuple where a model has several heads."""
    key = "/".join(key) if isinstance(key, tuple) else key
    if not isinstance(key, str):
        raise ValueError(f"Prediction output key must be a string; got {key}.")
    return key


def _single_string(receiver_tensors: dict[str, Any], kind: str) -> Any:
    """The one input of a signature that takes serialized examples."""
    tensors = list(receiver_tensors.values())
    if len(tensors) != 1 or tensors[0].dtype != tf.string:
        raise ValueError(f"{kind} input must be a single string Tensor; got {receiver_tensors}")
    return tensors[0]


def _export_outputs(export_outputs: Any, predictions: Any) -> Any:
    """The outputs of a SavedModel, one of which is the default; without any it is the predictions."""
    default = tf1.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    if export_outputs is None:
        export_outputs = {default: PredictOutput(predictions)}
    if not isinstance(export_outputs, dict):
        raise TypeError(f"export_outputs must be dict, given: {export_outputs}")
    if not all(isinstance(output, ExportOutput) for output in export_outputs.values()):
        raise TypeError(f"Values in export_outputs must be ExportOutput objects. Given: {export_outputs}")
    if len(export_outputs) == 1:
        export_outputs.setdefault(default, next(iter(export_outputs.values())))
    if export_outputs and default not in export_outputs:
        raise ValueError(
            "Multiple export_outputs were provided, but none of them is specified as the default.  Do this by naming "
            "one of them with signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY."
        )
    return export_outputs


class _ReceiverFields(NamedTuple):
    features: Any
    receiver_tensors: Any
    receiver_tensors_alternatives: Any


class ServingInputReceiver(_ReceiverFields):
    """`tf.estimator.export.ServingInputReceiver`: the features by name, and the placeholders they are made of."""

    def __new__(cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None) -> Any:
        """Check the names and the types; one tensor without a name is called "feature" or "input"."""
        features = _named_tensors(features, "feature", "feature")
        receiver_tensors = _named_tensors(receiver_tensors, "receiver_tensor", "input")
        if receiver_tensors_alternatives is not None:
            if not isinstance(receiver_tensors_alternatives, dict):
                message = "receiver_tensors_alternatives must be a dict"
                raise ValueError(f"{message}: {receiver_tensors_alternatives}.")
            for name, tensors in receiver_tensors_alternatives.items():
                named = _named_tensors(tensors, "receiver_tensors_alternative", "input")
                receiver_tensors_alternatives[name] = named
        return super().__new__(cls, features, receiver_tensors, receiver_tensors_alternatives)


class TensorServingInputReceiver(_ReceiverFields):
    """`tf.estimator.export.TensorServingInputReceiver`: one that gives the model a tensor, not a dictionary."""

    def __new__(cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None) -> Any:
        """Check the names and the types."""
        if features is None:
            raise ValueError("features must be defined.")
        _check_input(features, "feature")
        made = ServingInputReceiver(features, receiver_tensors, receiver_tensors_alternatives)
        return super().__new__(cls, made.features["feature"], made.receiver_tensors, made.receiver_tensors_alternatives)


def _named_tensors(tensors: Any, field: str, single: str) -> dict[Any, Any]:
    """Tensors by name; features may be numbered."""
    if tensors is None:
        raise ValueError(f"{field}s must be defined.")
    named: dict[Any, Any] = tensors if isinstance(tensors, dict) else {single: tensors}
    for name, tensor in named.items():
        if not isinstance(name, str) and not (field == "feature" and isinstance(name, int)):
            raise ValueError(f"{field} keys must be strings{' or ints' if field == 'feature' else ''}: {name}.")
        _check_input(tensor, f"{field} {name}")
    return named


def _check_input(tensor: Any, label: str) -> None:
    if not isinstance(tensor, tf.Tensor | tf.SparseTensor):
        raise ValueError(f"{label} must be a Tensor or SparseTensor.")


def build_raw_serving_input_receiver_fn(
    features: dict[str, Any], default_batch_size: int | None = None
) -> Callable[[], Any]:
    """`tf.estimator.export.build_raw_serving_input_receiver_fn`: a placeholder for each feature."""

    def serving_input_receiver_fn() -> Any:
        placeholders = {name: _placeholder_like(tensor, default_batch_size) for name, tensor in features.items()}
        return ServingInputReceiver(placeholders, placeholders)

    return serving_input_receiver_fn


def _placeholder_like(tensor: Any, batch_size: int | None) -> Any:
    """A placeholder of a tensor's type, shape and name, for batches of any size or of the given one."""
    shape = tf.TensorShape([batch_size]).concatenate(tensor.shape[1:])
    try:
        name = tensor.op.name
    except AttributeError:  # an eager tensor
        name = None
    return tf1.placeholder(tensor.dtype, shape, name=name)


def build_parsing_serving_input_receiver_fn(
    feature_spec: dict[str, Any], default_batch_size: int | None = None
) -> Callable[[], Any]:
    """`tf.estimator.export.build_parsing_serving_input_receiver_fn`: serialized `tf.Example`s are parsed."""

    def serving_input_receiver_fn() -> Any:
        serialized = tf1.placeholder(tf.string, [default_batch_size], name="input_example_tensor")
        features = tf1.parse_example(serialized, feature_spec)
        return ServingInputReceiver(features, {"examples": serialized})

    return serving_input_receiver_fn


def _signatures(receiver: Any, export_outputs: dict[str, ExportOutput]) -> dict[str, Any]:
    """The signatures of all outputs, with the inputs and with each of their alternatives, that can be served."""
    found: dict[str, Any] = {}
    excluded: dict[str, str] = {}
    inputs = {"": receiver.receiver_tensors, **(getattr(receiver, "receiver_tensors_alternatives", None) or {})}
    for alternative, tensors in inputs.items():
        for key, output in export_outputs.items():
            name = f"{alternative or 'None'}:{key or 'None'}" if tensors is not inputs[""] else str(key or "None")
            try:
                found[name] = output.as_signature_def(tensors)
            except ValueError as error:
                excluded[name] = str(error)
    _log_signatures(found, excluded)
    return {name: found[name] for name in found if tf1.saved_model.is_valid_signature(found[name])}


def _log_signatures(found: dict[str, Any], excluded: dict[str, str]) -> None:
    names: dict[str, list[str]] = {
        "tensorflow/serving/classify": [],
        "tensorflow/serving/regress": [],
        "tensorflow/serving/predict": [],
        "tensorflow/supervised/training": [],
        "tensorflow/supervised/eval": [],
    }
    shown = dict(zip(names, ("Classify", "Regress", "Predict", "Train", "Eval"), strict=True))
    for name, signature in found.items():
        names.setdefault(signature.method_name, []).append(name)
    for method, members in names.items():
        tf1.logging.info("Signatures INCLUDED in export for %s: %s", shown.get(method, method), members or "None")
    if excluded:
        tf1.logging.info(
            "Signatures EXCLUDED from export because they cannot be be served via TensorFlow Serving APIs:"
        )
        for name, message in excluded.items():
            tf1.logging.info("'%s' : %s", name, message)
    if not found:
        tf1.logging.warning("Export includes no signatures!")
    elif tf1.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY not in found:
        tf1.logging.warning("Export includes no default signature!")


EXPORT_ATTEMPTS = 10
"""How often a folder is looked for that no other export has, a second after the other."""


def _export_folder(base: Any) -> bytes:
    """A folder that is named after the time in seconds and not there yet."""
    for attempt in range(1, EXPORT_ATTEMPTS + 1):
        folder = os.path.join(tf.compat.as_bytes(base), str(int(time.time())).encode())
        if not tf1.gfile.Exists(folder):
            return folder
        time.sleep(1)
        message = "Directory %s already exists; retrying (attempt %s/%s)"
        tf1.logging.warning(message, folder, attempt, EXPORT_ATTEMPTS)
    raise RuntimeError(f"Failed to obtain a unique export directory name after {EXPORT_ATTEMPTS} attempts.")


def _copy_assets(assets: dict[Any, Any], folder: bytes) -> None:
    """Copy files to `assets.extra` of a SavedModel, by the name there."""
    for name, source in assets.items():
        target = os.path.join(folder, b"assets.extra", tf.compat.as_bytes(name))
        tf1.gfile.MakeDirs(os.path.dirname(target))
        tf1.gfile.Copy(source, target)
