"""Scores of generated images: a part of `tf.contrib.gan.eval`, which TensorFlow had until 1.14."""

from __future__ import annotations

import os
import sys
import tarfile
from collections.abc import Callable
from typing import Any
from urllib.request import urlretrieve

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.contrib_simple import contrib_flatten

tf1 = tf.compat.v1

_INCEPTION = "http://download.tensorflow.org/models/frozen_inception_v1_2015_12_05.tar.gz"


def get_graph_def_from_disk(filename: str) -> Any:
    """`tf.contrib.gan.eval.get_graph_def_from_disk`: the graph in a file."""
    with tf.io.gfile.GFile(filename, "rb") as file:
        return tf1.GraphDef.FromString(file.read())


def get_graph_def_from_url_tarball(url: str, filename: str, tar_filename: str | None = None) -> Any:
    """`tf.contrib.gan.eval.get_graph_def_from_url_tarball`: the graph in a file of an archive, loaded if need be."""
    if not (tar_filename and os.path.exists(tar_filename)):

        def progress(count: int, block_size: int, total_size: int) -> None:
            sys.stdout.write(f"\r>> Downloading {url} {count * block_size / total_size * 100.0:.1f}%")
            sys.stdout.flush()

        tar_filename, _ = urlretrieve(url, tar_filename, progress)
    with tarfile.open(tar_filename, "r:gz") as archive:
        file = archive.extractfile(filename)
        return tf1.GraphDef.FromString(file.read() if file else b"")


def _inception_graph() -> Any:
    name = "inceptionv1_for_inception_score.pb"
    return get_graph_def_from_url_tarball(_INCEPTION, name, os.path.basename(_INCEPTION))


def run_inception(
    images: Any,
    graph_def: Any = None,
    default_graph_def_fn: Callable[[], Any] | None = _inception_graph,
    image_size: int = 299,
    input_tensor: str = "Mul:0",
    output_tensor: Any = "logits:0",
) -> Any:
    """`tf.contrib.gan.eval.run_inception`: what a frozen network makes of images, the Inception network by default."""
    images = tf.convert_to_tensor(images)
    images.shape.with_rank(4)
    images.shape.assert_is_compatible_with([None, image_size, image_size, None])
    if graph_def is None:
        if default_graph_def_fn is None:
            raise ValueError("If `graph_def` is `None`, must provide `default_graph_def_fn`.")
        graph_def = default_graph_def_fn()
    found = run_image_classifier(images, graph_def, input_tensor, output_tensor)
    return [contrib_flatten(part) for part in found] if isinstance(found, list) else contrib_flatten(found)


def run_image_classifier(
    tensor: Any, graph_def: Any, input_tensor: str, output_tensor: Any, scope: str = "RunClassifier"
) -> Any:
    """`tf.contrib.gan.eval.run_image_classifier`: a frozen network in this graph."""
    names = [output_tensor] if isinstance(output_tensor, str) else output_tensor
    found = tf1.import_graph_def(graph_def, {input_tensor: tensor}, names, name=scope)
    return found[0] if isinstance(output_tensor, str) else found


def preprocess_image(images: Any, height: int = 299, width: int = 299, scope: str | None = None) -> Any:
    """`tf.contrib.gan.eval.preprocess_image`: images of the network's size, between -1 and 1."""
    is_single = images.shape.ndims == 3
    with tf1.name_scope(scope, "preprocess", [images, height, width]):
        images = images if images.dtype.is_floating else tf.cast(images, tf.float32)
        batch = tf.expand_dims(images, 0) if is_single else images
        resized = (tf1.image.resize_bilinear(batch, [height, width]) - 128.0) / 128.0
        return tf.squeeze(resized, 0) if is_single else resized


def _in_batches(images: Any, classifier_fn: Callable[[Any], Any], num_batches: int) -> Any:
    """What a classifier makes of images, batch after batch."""
    batches = tf.stack(tf.split(images, num_batches))
    options = {"parallel_iterations": 1, "back_prop": False, "swap_memory": True, "name": "RunClassifier"}
    return tf.concat(tf.unstack(tf1.map_fn(classifier_fn, batches, **options)), 0)


def classifier_score(images: Any, classifier_fn: Callable[[Any], Any], num_batches: int = 1) -> Any:
    """`tf.contrib.gan.eval.classifier_score`: the Inception score of images by a classifier."""
    return classifier_score_from_logits(_in_batches(images, classifier_fn, num_batches))


def classifier_score_from_logits(logits: Any) -> Any:
    """`tf.contrib.gan.eval.classifier_score_from_logits`: the Inception score."""
    logits.shape.assert_has_rank(2)
    dtype, logits = logits.dtype, tf.cast(logits, tf.float64)
    p = tf.nn.softmax(logits)
    q = tf.reduce_mean(p, 0)
    divergence = tf.reduce_sum(p * (tf.nn.log_softmax(logits) - tf.math.log(q)), 1)
    return tf.cast(tf.exp(tf.reduce_mean(divergence)), dtype)


def frechet_classifier_distance(
    real_images: Any, generated_images: Any, classifier_fn: Callable[[Any], Any], num_batches: int = 1
) -> Any:
    """`tf.contrib.gan.eval.frechet_classifier_distance`: the Fréchet distance of images by a classifier."""
    images = (real_images, generated_images)
    return frechet_classifier_distance_from_activations(
        *(_in_batches(part, classifier_fn, num_batches) for part in images)
    )


def frechet_classifier_distance_from_activations(real_activations: Any, generated_activations: Any) -> Any:
    """`tf.contrib.gan.eval.frechet_classifier_distance_from_activations`: the Fréchet distance."""
    real_activations.shape.assert_has_rank(2)
    generated_activations.shape.assert_has_rank(2)
    dtype = real_activations.dtype
    (mean, sigma), (mean_w, sigma_w) = (
        _mean_and_covariance(tf.cast(part, tf.float64)) for part in (real_activations, generated_activations)
    )
    root = _matrix_root(sigma)
    product = tf.matmul(root, tf.matmul(sigma_w, root))
    trace = tf.linalg.trace(sigma + sigma_w) - 2.0 * tf.linalg.trace(_matrix_root(product))
    return tf.cast(trace + tf.reduce_sum(tf.math.squared_difference(mean, mean_w)), dtype)


def _mean_and_covariance(activations: Any) -> tuple[Any, Any]:
    mean = tf.reduce_mean(activations, 0)
    centered = activations - mean
    number = tf.cast(tf.shape(activations)[0], tf.float64)
    return mean, tf.matmul(centered, centered, transpose_a=True) / (number - 1)


def _matrix_root(matrix: Any) -> Any:
    """The square root of a symmetric matrix."""
    s, u, v = tf.linalg.svd(matrix)
    roots = tf.where(tf.less(s, 1e-10), s, tf.sqrt(s))
    return tf.matmul(tf.matmul(u, tf.linalg.diag(roots)), v, transpose_b=True)
