"""Calls in moved code: those that are known to do nothing else may move, of all others nothing is known."""

from __future__ import annotations

import pytest
from programs import HEAD, LOSS, SESSION, refusals, unit

KNOWN = {
    "method_of_a_text": 'float("{}".format(0.25))',
    "method_of_a_list": "[0.5, 0.25].index(0.25)",
    "method_of_a_dict": '{"a": 0.5}.get("a")',
    "method_of_a_new_array": "np.array([0.5, 0.25]).sum()",
    "method_of_a_method": "np.ones([2, 2]).reshape([4]).mean()",
    "op": "tf.reduce_sum(tf.ones([2]))",
    "op_of_a_family": "tf.math.cumsum(tf.nn.relu(tf.ones([2])))",
    "shape_of_a_tensor": "t.get_shape().as_list()[1]",
}
UNKNOWN = {
    "copy_of_something": "queue.copy()",
    "get_of_something": "queue.get()",
    "index_of_something": "queue.index(1)",
    "items_of_something": "len(queue.items())",
    "max_of_something": "queue.max()",
    "method_of_something_derived": "queue.parts[0].sum()",
    "random_method": "np.random.RandomState(1).rand()",
    "text_method_of_something": "queue.format(1)",
    "assertion_of_the_graph": "tf.debugging.assert_positive(x)",
    "clock": "tf.timestamp()",
    "file": 'tf.gfile.Exists("log")',
    "seed": "tf.set_random_seed(1)",
}
PROGRAM = """\
import queues

queue = queues.start()


def helper(t):
    part = {}
    return t


pred = helper(tf.layers.dense(x, 1, kernel_regularizer=reg))
"""


def reasons(call: str) -> list[str]:
    return [code for code, _, _ in refusals(unit(HEAD + PROGRAM.replace("{}", call, 1) + LOSS + SESSION))]


@pytest.mark.parametrize("call", KNOWN.values(), ids=KNOWN)
def test_moves(call: str) -> None:
    assert reasons(call) == []


@pytest.mark.parametrize("call", UNKNOWN.values(), ids=UNKNOWN)
def test_does_not_move(call: str) -> None:
    assert "TFR230" in reasons(call)
