"""The files of MNIST: `tf.examples.tutorials.mnist.input_data`."""

from __future__ import annotations

import gzip
import os
import sys
from typing import Any, NamedTuple
from urllib.request import urlretrieve

import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1

_MNIST_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"


class Datasets(NamedTuple):
    """`tf.contrib.learn.datasets.base.Datasets`."""

    train: Any
    validation: Any
    test: Any


class DataSet:
    """`input_data.DataSet`: images and labels, in batches that come in another order in every epoch."""

    def __init__(
        self,
        images: Any,
        labels: Any,
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = tf.float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        of_graph, of_call = tf1.get_seed(seed)
        np.random.seed(of_graph if seed is None else of_call)
        dtype = tf.as_dtype(dtype).base_dtype
        if dtype not in (tf.uint8, tf.float32):
            raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
        if fake_data:
            self._num_examples = 10000
            self.one_hot = one_hot
        else:
            assert images.shape[0] == labels.shape[0], f"images.shape: {images.shape} labels.shape: {labels.shape}"
            self._num_examples = images.shape[0]
            if reshape:
                assert images.shape[3] == 1
                images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
            if dtype == tf.float32:
                images = np.multiply(images.astype(np.float32), 1.0 / 255.0)
        self._images, self._labels = images, labels
        self._epochs_completed = self._index_in_epoch = 0

    @property
    def images(self) -> Any:
        """The images, in the order of this epoch."""
        return self._images

    @property
    def labels(self) -> Any:
        """The labels, in the order of this epoch."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """The number of images."""
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        """The number of epochs that ended."""
        return self._epochs_completed

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> Any:
        """The next images and their labels."""
        if fake_data:
            label = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index_in_epoch
        if self._epochs_completed == 0 and start == 0 and shuffle:
            self._shuffle()
        if start + batch_size <= self._num_examples:
            self._index_in_epoch += batch_size
            return self._images[start : self._index_in_epoch], self._labels[start : self._index_in_epoch]
        self._epochs_completed += 1
        rest = self._images[start : self._num_examples], self._labels[start : self._num_examples]
        if shuffle:
            self._shuffle()
        self._index_in_epoch = end = batch_size - (self._num_examples - start)
        return np.concatenate((rest[0], self._images[:end])), np.concatenate((rest[1], self._labels[:end]))

    def _shuffle(self) -> None:
        order = np.arange(self._num_examples)
        np.random.shuffle(order)
        self._images, self._labels = self._images[order], self._labels[order]


def read_data_sets(
    train_dir: str,
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = tf.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str = _MNIST_URL,
) -> Datasets:
    """`input_data.read_data_sets`: the images of a folder, loaded into it from `source_url` if it has none."""
    if fake_data:
        fakes = [DataSet([], [], fake_data=True, one_hot=one_hot, dtype=dtype, seed=seed) for _ in range(3)]
        return Datasets(*fakes)
    url = source_url or _MNIST_URL
    read = []
    for part in ("train", "t10k"):
        read.append(_read_images(_downloaded(f"{part}-images-idx3-ubyte.gz", train_dir, url)))
        read.append(_read_labels(_downloaded(f"{part}-labels-idx1-ubyte.gz", train_dir, url), one_hot))
    images, labels, test_images, test_labels = read
    if not 0 <= validation_size <= len(images):
        raise ValueError(f"Validation size should be between 0 and {len(images)}. Received: {validation_size}.")
    train, validation, test = (
        DataSet(*pair, dtype=dtype, reshape=reshape, seed=seed)
        for pair in (
            (images[validation_size:], labels[validation_size:]),
            (images[:validation_size], labels[:validation_size]),
            (test_images, test_labels),
        )
    )
    return Datasets(train=train, validation=validation, test=test)


def _downloaded(name: str, folder: str, url: str) -> str:
    """The path of a file in a folder, which is loaded first if it is not there."""
    files = tf.io.gfile
    if not files.exists(folder):
        files.makedirs(folder)
    path = os.path.join(folder, name)
    if not files.exists(path):
        files.copy(urlretrieve(url + name)[0], path)
        sys.stdout.write(f"Successfully downloaded {name} {files.stat(path).length} bytes.\n")
    return path


def _read_images(path: str) -> Any:
    magic, data = _read_idx(path, 4)
    if magic[0] != 2051:
        raise ValueError(f"Invalid magic number {magic[0]} in MNIST image file: {path}")
    return data.reshape(magic[1], magic[2], magic[3], 1)


def _read_labels(path: str, one_hot: bool) -> Any:
    magic, labels = _read_idx(path, 2)
    if magic[0] != 2049:
        raise ValueError(f"Invalid magic number {magic[0]} in MNIST label file: {path}")
    if not one_hot:
        return labels
    vectors = np.zeros((len(labels), 10))
    vectors[np.arange(len(labels)), labels] = 1
    return vectors


def _read_idx(path: str, numbers: int) -> tuple[list[int], Any]:
    """The numbers at the head of a file, and the bytes that they count."""
    sys.stdout.write(f"Extracting {path}\n")
    with tf.io.gfile.GFile(path, "rb") as packed, gzip.GzipFile(fileobj=packed) as file:
        head = np.frombuffer(file.read(4 * numbers), ">u4").tolist()
        return head, np.frombuffer(file.read(int(np.prod(head[1:]))), np.uint8)
