"""Reads of penalties."""

from __future__ import annotations

import pytest
from graph_programs import body, line

LOSSES = "graph_model().losses"
READ = "loss = tf.losses.get_regularization_loss()\n"
LAYER = "tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))\n"
GUARDED = f"loss = tf.add_n({LOSSES} or [tf.constant(0.0)])\n"
PLAIN = f"loss = tf.add_n({LOSSES})\n"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("tf.losses.get_regularization_losses()", LOSSES),
        ("tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)", LOSSES),
        ("tf.get_collection(key='regularization_losses')", LOSSES),
        ("sum(tf.losses.get_regularization_losses())", f"sum({LOSSES})"),
    ],
)
def test_all_penalties(before: str, expected: str) -> None:
    assert line(before) == expected


@pytest.mark.parametrize(
    "looks",
    [
        "d = sess.run('AddN:0')\n",
        "d = sess.run('total_regularization_loss')\n",
        "d = graph.get_operations()\n",
        "d = loss.name\n",
        "d = [v.op for v in tensors]\n",
        "d = [v.name for v in tf.trainable_variables()] + [v.name]\n",
        "def trainable_variables(): return 0\nd = [v.name for v in m.trainable_variables()]\n",
        "d = getattr(loss, key)\n",
    ],
)
def test_the_sum_keeps_its_name_where_that_may_be_seen(looks: str) -> None:
    """`get_regularization_loss` names its sum; a plain one is called AddN, and so counts among the others."""
    assert body(LAYER + READ + looks).endswith(f"{READ}{looks}")


@pytest.mark.parametrize(
    "looks",
    [
        "d = [v.name for v in tf.global_variables() if 'Adam' not in v.op.name]\n",
        "found = tf.trainable_variables()\nfor v in found:\n    print(v.name)\n",
        "def f(name):\n    return name\n",
    ],
)
def test_names_of_variables_are_not_those_of_sums(looks: str) -> None:
    assert body(LAYER + READ + looks).endswith(f"{PLAIN}{looks}")


@pytest.mark.parametrize(
    "before",
    [
        "tf.losses.get_regularization_losses('net')",
        "tf.losses.get_regularization_loss(scope='net')",
        "tf.losses.get_regularization_loss(name='r')",
        "tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES, scope='net')",
        "tf.get_collection_ref(tf.GraphKeys.REGULARIZATION_LOSSES)",
        "tf.losses.get_total_loss()",
        "tf.losses.get_regularization_loss",
        "tf.get_collection(keys)",
        "tf.losses.get_regularization_losses(  # all\n)",
    ],
)
def test_what_stays(before: str) -> None:
    assert line(before, "tf.layers.flatten(x)\n") == before


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (LAYER + READ, PLAIN),
        (LAYER.replace("contrib.layers.l2_regularizer", "keras.regularizers.l2") + READ, PLAIN),
        (LAYER.replace("contrib.layers.l2_regularizer", "contrib.layers.l1_l2_regularizer") + READ, GUARDED),
        (READ, GUARDED),
        (READ + LAYER, GUARDED),
        ("if x:\n    " + LAYER + READ, GUARDED),
        ("with tf.variable_scope('a'):\n    " + LAYER + READ, PLAIN),
        ("with tf.variable_scope('a', reuse=True):\n    " + LAYER + READ, GUARDED),
        ("with tf.Graph().as_default():\n    " + LAYER + READ, GUARDED),
        (LAYER + "with tf.Graph().as_default():\n    " + READ, GUARDED),
        (LAYER + "def f():\n    " + READ, GUARDED),
        (LAYER.replace("0.1", "0.0") + READ, GUARDED),
        (LAYER.replace("0.1", "s") + READ, GUARDED),
        (LAYER.replace("kernel", "bias") + READ, GUARDED),
        (LAYER.replace("0.1))", "0.1), reuse=True)") + READ, GUARDED),
    ],
)
def test_a_sum_that_may_be_empty_is_zero(before: str, expected: str) -> None:
    assert expected in body(before).replace("    ", "")


DENSE = LAYER.rstrip("\n")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (f"def net(x):\n    h = {DENSE}\n    return h\n", PLAIN),
        (f"def fc(x):\n    return {DENSE}\ndef net(x):\n    return fc(x)\n", PLAIN),
        (f"def net(x):\n    with tf.variable_scope('a'):\n        return {DENSE}\n", PLAIN),
        (f"def net(x):\n    if x is None:\n        return {DENSE}\n", GUARDED),
        (f"def net(x):\n    if x is None:\n        return x\n    return {DENSE}\n", GUARDED),
        (f"def net(x):\n    for _ in x:\n        {DENSE}\n", GUARDED),
        (f"def net(x):\n    yield {DENSE}\n", GUARDED),
        (f"@once\ndef net(x):\n    return {DENSE}\n", GUARDED),
        (f"async def net(x):\n    return {DENSE}\n", GUARDED),
        ("def net(x):\n    return net(x)\n", GUARDED),
        (f"def net(x):\n    with tf.variable_scope('a', reuse=True):\n        return {DENSE}\n", GUARDED),
        (f"def net(x):\n    def inner():\n        {DENSE}\n", GUARDED),
    ],
)
def test_a_function_that_always_builds_a_penalty(function: str, expected: str) -> None:
    assert expected in body(function + "y = net(x)\n" + READ)
