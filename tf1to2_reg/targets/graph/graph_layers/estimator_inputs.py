"""`tf.estimator.inputs`: input functions over arrays and data frames, through a queue that threads fill."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1


def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """`tf.estimator.inputs.numpy_input_fn`: batches of an array or of a dictionary of arrays, and of targets."""
    _check_shuffle(shuffle)

    def input_fn() -> Any:
        features = _sorted_arrays(x)
        targets = _sorted_targets(y, features)
        arrays = {**features, **targets}
        if len({array.shape[0] for array in arrays.values()}) != 1:
            found_shapes = {name: array.shape for name, array in arrays.items()}
            message = "Length of tensors in x and y is mismatched. All elements in x and y must have the same length."
            raise ValueError(f"{message}\nShapes: {found_shapes}\n")

        def rows(indices: list[int]) -> list[Any]:
            return [indices, *(array[indices] for array in arrays.values())]

        types = [tf.int64, *(tf.as_dtype(array.dtype) for array in arrays.values())]
        shapes = [(), *(array.shape[1:] for array in arrays.values())]
        length = len(next(iter(arrays.values())))
        feeds = [_Feed(rows, length, batch_size, shuffle, num_epochs) for _ in range(num_threads)]
        queue = _filled_queue(feeds, types, shapes, queue_capacity, queue_capacity / 4)
        batch = _dequeue(queue, batch_size, num_epochs)[1:]  # without the indices
        found = batch[0] if isinstance(x, np.ndarray) else dict(zip(features, batch, strict=False))
        if y is None:
            return found
        return found, dict(zip(targets, batch[len(features) :], strict=True)) if isinstance(y, dict) else batch[-1]

    return input_fn


def _check_shuffle(shuffle: Any) -> None:
    if not isinstance(shuffle, bool):
        raise ValueError(
            "shuffle must be provided and explicitly set as boolean (it is recommended to set it as True for "
            f"training); got {shuffle}"
        )


def _sorted_arrays(x: Any) -> dict[str, Any]:
    """The features by name, in the order of the names."""
    if isinstance(x, dict):
        if not x:
            raise ValueError("x cannot be an empty dict")
        return dict(sorted(x.items(), key=lambda item: item[0]))
    if not isinstance(x, np.ndarray):
        raise TypeError(f"x must be a dict or array; got {type(x).__name__}")
    if x.size == 0:
        raise ValueError("x cannot be an empty array")
    return {"__direct_np_input__": x}


def _sorted_targets(y: Any, features: dict[str, Any]) -> dict[str, Any]:
    """The targets by name; one without a name gets one that no feature has."""
    if y is None:
        return {}
    if not isinstance(y, dict):
        name = "__target_key__"
        while name in features:
            name += "_n"
        return {name: y}
    if not y:
        raise ValueError("y cannot be empty dict, use None instead.")
    duplicates = features.keys() & y.keys()
    if duplicates:
        raise ValueError(f"{len(duplicates)} duplicate keys are found in both x and y: {duplicates}")
    return dict(sorted(y.items(), key=lambda item: item[0]))


def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int | None = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """`tf.estimator.inputs.pandas_input_fn`: batches of the columns of a data frame, and of targets."""
    _check_shuffle(shuffle)
    if not isinstance(target_column, str):
        raise TypeError("target_column must be a string type")
    x = x.copy()
    targets = _add_targets(x, y, target_column)
    capacity = queue_capacity if queue_capacity is not None else (4 if shuffle else 1) * len(x)

    def rows(indices: list[int]) -> list[Any]:
        chosen = x.iloc[indices]
        return [chosen.index.values, *(chosen[column].values for column in chosen.columns)]

    def input_fn() -> Any:
        types = [tf.as_dtype(dtype) for dtype in (x.index.dtype, *x.dtypes)]
        feeds = [_Feed(rows, len(x), batch_size, shuffle, num_epochs) for _ in range(num_threads)]
        queue = _filled_queue(feeds, types, [() for _ in types], capacity, max(capacity / 4, 1))
        batch = _dequeue(queue, batch_size, num_epochs)[1:]  # without the index
        features = dict(zip(x.columns, batch, strict=True))
        found = {name: features.pop(column) for name, column in targets.items()}
        if y is None:
            return features
        return features, found if y.ndim == 2 else found[target_column]

    return input_fn


def _add_targets(x: Any, y: Any, target_column: str) -> dict[Any, Any]:
    """Add the targets to the columns of the features: the name of each column, by its name in `y`."""
    if y is None:
        return {}
    if target_column in x:
        message = f"Cannot use name {target_column} for target column: DataFrame already has a column with that name"
        raise ValueError(f"{message}: {x.columns}")
    if not np.array_equal(x.index, y.index):
        raise ValueError(f"Index for x and y are mismatched.\nIndex for x: {x.index}\nIndex for y: {y.index}\n")
    if y.ndim == 1:
        x[target_column] = y
        return {target_column: target_column}
    columns = {column: f"{column}_{uuid.uuid4()}" if column in x else column for column in y}
    x[list(columns.values())] = y
    return columns


class _Feed:
    """Gives one batch of rows after the other, for some epochs; the last batch ends with the last epoch."""

    def __init__(
        self, rows: Callable[[list[int]], list[Any]], length: int, size: int, shuffle: bool | None, epochs: int | None
    ) -> None:
        self._rows = rows
        self._length = length
        self._size = size
        self.shuffle = shuffle
        self.epochs = epochs
        self._left = None if epochs is None else epochs * length
        random.seed(None)  # as in TF1, where the program's own random numbers are others from here on too
        self._position = random.randrange(length) if shuffle else 0

    def __call__(self) -> list[Any]:
        size = self._size if self._left is None else min(self._size, self._left)
        if size == 0:
            raise tf.errors.OutOfRangeError(None, None, "Already emitted all epochs.")
        indices = [(self._position + offset) % self._length for offset in range(size)]
        self._position = (indices[-1] + 1) % self._length
        if self._left is not None:
            self._left -= size
        return self._rows(indices)


def _filled_queue(feeds: list[_Feed], types: list[Any], shapes: list[Any], capacity: int, least: float) -> Any:
    """A queue of rows that a thread for each feed fills; a shuffling one keeps some rows to choose from."""
    shuffle, epochs = feeds[0].shuffle, feeds[0].epochs
    with tf1.name_scope("enqueue_input"):
        _warn_of_threads(len(feeds), shuffle, epochs)
        kept = int(least) if shuffle else 0
        if shuffle:
            queue = tf1.RandomShuffleQueue(capacity, kept, dtypes=types, shapes=shapes)
        else:
            queue = tf1.FIFOQueue(capacity, dtypes=types, shapes=shapes)
        placeholders = [[tf1.placeholder(kind) for kind in types] for _ in feeds]
        enqueue_ops = [queue.enqueue_many(columns) for columns in placeholders]
        tf1.train.add_queue_runner(_FeedingRunner(queue, enqueue_ops, placeholders, feeds))
        size = tf.cast(tf.maximum(0, queue.size() - kept), tf.float32)
        name = f"queue/{queue.name}fraction_over_{kept}_of_{capacity - kept}_full"
        tf1.summary.scalar(name, size * (1.0 / (capacity - kept)))
    return queue


def _dequeue(queue: Any, batch_size: int, epochs: int | None) -> Any:
    """A batch; the last one of the last epoch may be smaller."""
    return queue.dequeue_many(batch_size) if epochs is None else queue.dequeue_up_to(batch_size)


def _warn_of_threads(threads: int, shuffle: bool | None, epochs: int | None) -> None:
    if threads == 1:
        return
    if epochs is not None:
        tf1.logging.warning("num_epochs is applied per thread, so this will produce more epochs than you intend.")
        if shuffle:
            tf1.logging.warning("All threads read the rows in order; they will likely not be sufficiently shuffled.")
    if not shuffle:
        tf1.logging.warning("All threads read the rows in order: use one thread, or enable shuffling.")


class _FeedingRunner(tf.compat.v1.train.QueueRunner):
    """Fills a queue with what its feeds give."""

    def __init__(self, queue: Any, enqueue_ops: list[Any], placeholders: list[list[Any]], feeds: list[_Feed]) -> None:
        closing = (tf.errors.OutOfRangeError, tf.errors.CancelledError)
        super().__init__(queue, enqueue_ops, queue_closed_exception_types=closing)
        self._feeds = list(zip(enqueue_ops, placeholders, feeds, strict=True))

    def create_threads(self, sess: Any, coord: Any = None, daemon: bool = False, start: bool = False) -> list[Any]:
        """A thread for each feed, and one that ends them."""
        running = _Running(sess, self.close_op, len(self._feeds))
        threads = [threading.Thread(target=running.run, args=(coord, *feed)) for feed in self._feeds]
        if coord:
            threads.append(threading.Thread(target=_cancel_on_stop, args=(sess, self.cancel_op, coord)))
        for thread in threads:
            thread.daemon = thread.daemon or daemon
            if start:
                thread.start()
        return threads

    def to_proto(self, export_scope: Any = None) -> Any:
        """What a meta graph would hold: nothing, since feeds are Python's."""
        raise NotImplementedError("_FeedingQueueRunner does not support serialization to proto.")


class _Running:
    """The threads of a runner in one session; the last one that ends closes the queue."""

    def __init__(self, session: Any, close_op: Any, threads: int) -> None:
        self._session = session
        self._close_op = close_op
        self._left = threads
        self._lock = threading.Lock()

    def run(self, coord: Any, enqueue_op: Any, placeholders: list[Any], feed: _Feed) -> None:
        """Fill the queue until the feed ends, the queue is closed or the program stops."""
        if coord:
            coord.register_thread(threading.current_thread())
        try:
            while not (coord and coord.should_stop()):
                self._session.run(enqueue_op, dict(zip(placeholders, feed(), strict=True)))
        except (tf.errors.OutOfRangeError, tf.errors.CancelledError):
            self._end()
        except Exception as error:
            if not coord:
                raise
            coord.request_stop(error)

    def _end(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left:
                return
        try:
            self._session.run(self._close_op)
        except Exception as error:  # the session may be closed already
            tf1.logging.debug("Ignored exception: %s", error)


def _cancel_on_stop(session: Any, cancel_op: Any, coord: Any) -> None:
    """Close the queue and what waits for it when the program stops."""
    coord.register_thread(threading.current_thread())
    coord.wait_for_stop()
    try:
        session.run(cancel_op)
    except Exception as error:  # the session may be closed already
        tf1.logging.debug("Ignored exception: %s", error)
