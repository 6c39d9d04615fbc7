"""Linear-chain conditional random fields: `tf.contrib.crf`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.modes import _cond

tf1 = tf.compat.v1


def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> tuple[Any, Any]:
    """`tf.contrib.crf.crf_log_likelihood`: of tags, with the transitions, which are made where none are given."""
    if transition_params is None:
        tags = inputs.shape.as_list()[2]
        transition_params = tf1.get_variable("transitions", [tags, tags])
    scores = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return scores - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


def crf_sequence_score(inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """`tf.contrib.crf.crf_sequence_score`: the score of tags that is not normalized."""

    def of_one() -> Any:
        batch = tf.shape(inputs, out_type=tag_indices.dtype)[0]
        examples = tf.reshape(tf.range(batch, dtype=tag_indices.dtype), [-1, 1])
        scores = tf.gather_nd(tf.squeeze(inputs, [1]), tf.concat([examples, tag_indices], axis=1))
        return _unless_empty(scores, sequence_lengths)

    def of_more() -> Any:
        unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
        return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)

    return _by_length(inputs, of_one, of_more)


def crf_multitag_sequence_score(inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """`tf.contrib.crf.crf_multitag_sequence_score`: the score of all sequences of the tags that are allowed."""

    def allowed() -> Any:
        return tf1.where(tag_bitmap, inputs, tf.fill(tf.shape(inputs), float("-inf")))

    return _by_length(
        inputs,
        lambda: tf.reduce_logsumexp(allowed(), axis=[1, 2]),
        lambda: crf_log_norm(allowed(), sequence_lengths, transition_params),
    )


def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """`tf.contrib.crf.crf_log_norm`: what normalizes the scores."""
    first = tf.squeeze(tf.slice(inputs, [0, 0, 0], [-1, 1, -1]), [1])
    transitions = tf.expand_dims(transition_params, 0)

    def forward(inputs: Any, state: Any) -> tuple[Any, Any]:
        alphas = inputs + tf.reduce_logsumexp(tf.expand_dims(state, 2) + transitions, [1])
        return alphas, alphas

    def of_more() -> Any:
        rest, lengths = tf.slice(inputs, [0, 1, 0], [-1, -1, -1]), _less_one(sequence_lengths)
        _, alphas = _run(forward, transition_params.shape[0], rest, lengths, first, tf.float32)
        return _unless_empty(tf.reduce_logsumexp(alphas, [1]), sequence_lengths)

    return _by_length(inputs, lambda: _unless_empty(tf.reduce_logsumexp(first, [1]), sequence_lengths), of_more)


def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Any:
    """`tf.contrib.crf.crf_unary_score`: the part of the score that the inputs give."""
    batch, longest, tags = (tf.shape(inputs)[axis] for axis in range(3))
    offsets = tf.expand_dims(tf.range(batch) * longest * tags, 1) + tf.expand_dims(tf.range(longest) * tags, 0)
    if tag_indices.dtype == tf.int64:
        offsets = tf.cast(offsets, tf.int64)
    scores = tf.gather(tf.reshape(inputs, [-1]), tf.reshape(offsets + tag_indices, [-1]))
    masks = tf.sequence_mask(sequence_lengths, maxlen=tf.shape(tag_indices)[1], dtype=tf.float32)
    return tf.reduce_sum(tf.reshape(scores, [batch, longest]) * masks, 1)


def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """`tf.contrib.crf.crf_binary_score`: the part of the score that the transitions give."""
    tags = transition_params.shape.as_list()[0]
    number = tf.shape(tag_indices)[1] - 1
    start, end = (tf.slice(tag_indices, [0, first], [-1, number]) for first in (0, 1))
    scores = tf.gather(tf.reshape(transition_params, [-1]), start * tags + end)
    masks = tf.sequence_mask(sequence_lengths, maxlen=tf.shape(tag_indices)[1], dtype=tf.float32)
    return tf.reduce_sum(scores * tf.slice(masks, [0, 1], [-1, -1]), 1)


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[Any], Any]:
    """`tf.contrib.crf.viterbi_decode`: the best tags of one sequence, of arrays, and their score."""
    trellis, pointers = np.zeros_like(score), np.zeros_like(score, dtype=np.int32)
    trellis[0] = score[0]
    for step in range(1, score.shape[0]):
        candidates = np.expand_dims(trellis[step - 1], 1) + transition_params
        trellis[step] = score[step] + np.max(candidates, 0)
        pointers[step] = np.argmax(candidates, 0)
    tags = [np.argmax(trellis[-1])]
    for pointer in reversed(pointers[1:]):
        tags.append(pointer[tags[-1]])
    return tags[::-1], np.max(trellis[-1])


def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> tuple[Any, Any]:
    """`tf.contrib.crf.crf_decode`: the best tags and their scores."""
    transitions = tf.expand_dims(transition_params, 0)

    def of_one() -> tuple[Any, Any]:
        first = tf.squeeze(potentials, [1])
        tags = tf.expand_dims(tf.argmax(first, axis=1), 1)
        return tf.cast(tags, tf.int32), tf.reduce_max(first, axis=1)

    def forward(inputs: Any, state: Any) -> tuple[Any, Any]:
        scores = tf.expand_dims(state, 2) + transitions
        return tf.cast(tf.argmax(scores, 1), tf.int32), inputs + tf.reduce_max(scores, [1])

    def backward(inputs: Any, state: Any) -> tuple[Any, Any]:
        chosen = tf.stack([tf.range(tf.shape(inputs)[0]), tf.squeeze(state, axis=[1])], axis=1)
        tags = tf.expand_dims(tf.gather_nd(inputs, chosen), axis=-1)
        return tags, tags

    def of_more() -> tuple[Any, Any]:
        first = tf.squeeze(tf.slice(potentials, [0, 0, 0], [-1, 1, -1]), axis=[1])
        rest, lengths = tf.slice(potentials, [0, 1, 0], [-1, -1, -1]), _less_one(sequence_length)
        pointers, last = _run(forward, transition_params.shape[0], rest, lengths, first, tf.int32)
        pointers = tf.reverse_sequence(pointers, lengths, seq_axis=1)
        best = tf.expand_dims(tf.cast(tf.argmax(last, axis=1), tf.int32), axis=-1)
        tags, _ = _run(backward, 1, pointers, lengths, best, tf.int32)
        tags = tf.concat([best, tf.squeeze(tags, axis=[2])], axis=1)
        return tf.reverse_sequence(tags, sequence_length, seq_axis=1), tf.reduce_max(last, axis=1)

    tags, score = _by_length(potentials, of_one, of_more)
    return tags, score


def _by_length(inputs: Any, of_one: Callable[[], Any], of_more: Callable[[], Any]) -> Any:
    """One of two ways, by whether sequences have one step."""
    return _cond(tf.equal(inputs.shape.as_list()[1] or tf.shape(inputs)[1], 1), of_one, of_more)


def _unless_empty(scores: Any, lengths: Any) -> Any:
    """Zeros for sequences of no steps."""
    return tf1.where(tf.less_equal(lengths, 0), tf.zeros_like(scores), scores)


def _less_one(lengths: Any) -> Any:
    return tf.maximum(tf.constant(0, dtype=lengths.dtype), lengths - 1)


class _CrfCell:
    """A function of an input and a state as what `tf.compat.v1.nn.dynamic_rnn` takes."""

    def __init__(self, function: Callable[[Any, Any], tuple[Any, Any]], size: Any) -> None:
        self.function = function
        self.state_size = self.output_size = tf.compat.dimension_value(size)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Not asked for, since a state is given."""
        raise NotImplementedError

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """The output and the next state."""
        return self.function(inputs, state)


def _run(
    function: Callable[[Any, Any], tuple[Any, Any]], size: Any, inputs: Any, lengths: Any, state: Any, dtype: Any
) -> tuple[Any, Any]:
    """The outputs and the last state of a function that runs over sequences."""
    options = {"sequence_length": lengths, "initial_state": state, "dtype": dtype}
    found: tuple[Any, Any] = tf1.nn.dynamic_rnn(_CrfCell(function, size), inputs=inputs, **options)
    return found
