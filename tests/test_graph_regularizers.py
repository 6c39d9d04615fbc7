"""Regularizers: the factor of two, strengths that are not shown, and where a Keras regularizer may go."""

from __future__ import annotations

import pytest
from graph_programs import after, body, line, reasons

L2 = "tf.contrib.layers.l2_regularizer"
KERAS = "tf.keras.regularizers."


def regularizer(expression: str, setup: str = "") -> str:
    """What becomes of a layer's regularizer."""
    text = line(f"tf.layers.dense(x, 3, kernel_regularizer={expression})", setup)
    return text.partition("kernel_regularizer=")[2].removesuffix("))(x)")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f"{L2}(0.1)", f"{KERAS}L2(0.5 * 0.1)"),
        (f"{L2}(scale=1e-4)", f"{KERAS}L2(0.5 * 1e-4)"),
        (f"{L2}(0.1 * 0.5)", f"{KERAS}L2(0.5 * (0.1 * 0.5))"),
        (f"{L2}((0.1 * 0.5))", f"{KERAS}L2(0.5 * (0.1 * 0.5))"),
        (f"{L2}(s)", f"{KERAS}L2(0.5 * s)"),
        ("tf.contrib.layers.l1_regularizer(0.1)", f"{KERAS}L1(0.1)"),
        ("tf.contrib.layers.l1_l2_regularizer(0.1, 0.2)", f"{KERAS}L1L2(l1=0.1, l2=0.5 * 0.2)"),
        ("tf.contrib.layers.l1_l2_regularizer(scale_l1=0.1, scale_l2=0.2)", f"{KERAS}L1L2(l1=0.1, l2=0.5 * 0.2)"),
        ("tf.contrib.slim.l2_regularizer(0.1)", f"{KERAS}L2(0.5 * 0.1)"),
        ("tf.contrib.layers.regularizers.l2_regularizer(0.1)", f"{KERAS}L2(0.5 * 0.1)"),
        (f"{L2}(0.0)", "None"),
        (f"{KERAS}l2(0.1)", f"{KERAS}l2(0.1)"),
        (f"{KERAS}l2(l=0.1)", f"{KERAS}l2(0.1)"),
        (f"{KERAS}l1_l2()", f"{KERAS}l1_l2(l1=0.01, l2=0.01)"),
        (f"{KERAS}l1_l2(l2=0.1)", f"{KERAS}l1_l2(l2=0.1, l1=0.01)"),
        (f"{KERAS}l1_l2(0.1)", f"{KERAS}l1_l2(0.1, l2=0.01)"),
        ("'l2'", "'l2'"),
        ("'l1_l2'", f"{KERAS}L1L2(0.01, 0.01)"),
        ("tf.nn.l2_loss", "tf.nn.l2_loss"),
        ("lambda w: 0.1 * tf.nn.l2_loss(w)", "lambda w: 0.1 * tf.nn.l2_loss(w)"),
        ("None", "None"),
    ],
)
def test_a_shown_regularizer_of_a_layer(before: str, expected: str) -> None:
    call = line(f"tf.layers.dense(x, 3, kernel_regularizer={before})", "s = 0.1\n")
    assert call == f"graph_model().add(tf.keras.layers.Dense(3, kernel_regularizer={expected}))(x)"


@pytest.mark.parametrize(
    "strength", ["1", "0", "-0.1", "None", "unknown", "FLAGS.decay", "tf.placeholder(tf.float32, [])", "0.1 - 0.1"]
)
def test_another_strength_gets_the_drop_in(strength: str) -> None:
    assert regularizer(f"{L2}({strength})") == f"l2_regularizer({strength})"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f"{L2}(0.1, scope='a')", "l2_regularizer(0.1, scope='a')"),
        ("tf.contrib.layers.l1_l2_regularizer()", "l1_l2_regularizer()"),
        ("tf.contrib.layers.l1_l2_regularizer(0.1)", "l1_l2_regularizer(0.1)"),
        ("tf.contrib.layers.sum_regularizer([a, b])", "sum_regularizer([a, b])"),
    ],
)
def test_other_forms_get_the_drop_in(before: str, expected: str) -> None:
    assert regularizer(before) == expected


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("tf.layers.dense(x, 3, kernel_regularizer=r)\n", f"{KERAS}L2(0.5 * 0.1)"),
        ("tf.layers.dense(x, 3, **{'kernel_regularizer': r})\n", "l2_regularizer(0.1)"),
        ("tf.get_variable('w', [1], regularizer=r)\n", "l2_regularizer(0.1)"),
        ("tf.layers.dense(x, 3, kernel_regularizer=r)\nprint(r)\n", "l2_regularizer(0.1)"),
        ("tf.layers.dense(x, 3, activity_regularizer=r)\n", "l2_regularizer(0.1)"),
        ("r = None\ntf.layers.dense(x, 3, kernel_regularizer=r)\n", "l2_regularizer(0.1)"),
        ("tf.layers.dense(x, 3, kernel_regularizer=r)\nprint(net.r)\n", "l2_regularizer(0.1)"),
    ],
)
def test_a_named_regularizer_is_kerass_only_if_nothing_but_layers_gets_it(program: str, expected: str) -> None:
    assert f"r = {expected}\n" in body(f"r = {L2}(0.1)\n{program}")


def test_a_program_that_looks_at_names_keeps_those_that_keras_has_not() -> None:
    program = (
        f"tf.layers.dense(x, 3, kernel_regularizer={L2}(0.1))\nprint([l for l in ls if 'l2_regularizer' in l.name])\n"
    )
    assert f"kernel_regularizer={KERAS}L2(0.5 * 0.1)" in body(program)  # which graph_layers names as contrib does
    both = program.replace("l2_regularizer(0.1)", "l1_l2_regularizer(0.1, 0.2)")
    assert "kernel_regularizer=l1_l2_regularizer(0.1, 0.2)" in body(both)


def test_an_l1_is_kerass_only_where_the_layer_is() -> None:
    program = "r = tf.contrib.layers.l1_regularizer(0.1)\ntf.layers.dense(x, 3, kernel_regularizer=r)\n"
    assert "r = l1_regularizer(0.1)\n" in body(program)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f"get_variable(w, regularizer={L2}(0.1))", "get_variable(w, regularizer=l2_regularizer(0.1))"),
        (f"{L2}(0.1)(w)", "l2_regularizer(0.1)(w)"),
        (f"[{L2}]", "[l2_regularizer]"),
        (
            f"tf.contrib.layers.apply_regularization({L2}(0.1), ws)",
            "apply_regularization(l2_regularizer(0.1), ws)",
        ),
    ],
)  # fmt: skip
def test_elsewhere_than_in_layers(before: str, expected: str) -> None:
    assert line(before) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("l2(0.1)", "keras_l1_l2(l2=0.1, l1=0.0)"),
        ("l1(l=s)", "keras_l1_l2(l1=s, l2=0.0)"),
        ("l2(l2=s)", "keras_l1_l2(l2=s, l1=0.0)"),
        ("l1()", "keras_l1_l2(l2=0.0)"),
        ("l1_l2(0.1)", "keras_l1_l2(0.1)"),
        ("L1L2(l2=0.1)", "keras_l1_l2(l2=0.1, l1=0.0)"),
        ("L1L2()", "keras_l1_l2(l1=0.0, l2=0.0)"),
    ],
)
def test_a_keras_regularizer_elsewhere_than_in_layers(before: str, expected: str) -> None:
    found = line(f"tf.get_variable('w', [1], regularizer={KERAS}{before})")
    assert found == f"tf.get_variable('w', [1], regularizer={expected})"


def test_a_keras_regularizer_of_a_strength_that_is_not_shown() -> None:
    assert regularizer(f"{KERAS}l2(decay)") == "keras_l1_l2(l2=decay, l1=0.0)"


@pytest.mark.parametrize("call", ["l2(*s)", "l1_l2(l3=0.1)", "l2(0.1, 0.2)"])
def test_arguments_that_cannot_be_told(call: str) -> None:
    program = f"import tensorflow as tf\ntf.layers.dense(x, 3, kernel_regularizer={KERAS}{call})\n"
    assert [reason[0] for reason in reasons(program)] == ["TFR405"]


def test_imported_regularizers() -> None:
    use = "r = tf.get_variable('w', [1], regularizer=l2(s))\n"
    assert body(f"from tensorflow.contrib.layers import l2_regularizer as l2\n{use}") == use


OTHERS = [
    "d = np.float64\n",
    "d = tf.cast(x, 'double')\n",
    "d = tf.constant(data)\n",
    "d = tf.data.Dataset.from_tensor_slices(data)\n",
    "d = map(tf.convert_to_tensor, data)\n",
    "d = tf.float16\n",
    "d = [v.op for v in d]\n",
    "d = 'dense/kernel/Regularizer/l2_regularizer:0'\n",
]


@pytest.mark.parametrize("setup", OTHERS)
@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f"{L2}(0.1)", f"{KERAS}L2(0.5 * 0.1)"),
        ("tf.contrib.layers.l1_l2_regularizer(0.1, 0.2)", "l1_l2_regularizer(0.1, 0.2)"),
        ("tf.contrib.layers.l1_regularizer(0.1)", "l1_regularizer(0.1)"),
        (f"{KERAS}l2(0.1)", "keras_l1_l2(l2=0.1, l1=0.0)"),
        ("'l2'", "keras_l1_l2(l1=0.0, l2=0.01)"),
        ("'l1_l2'", "keras_l1_l2(0.01, 0.01)"),
    ],
)
def test_what_tells_the_regularizers_apart(before: str, expected: str, setup: str) -> None:
    """Keras 2 rounds all strengths to single precision, contrib none, Keras 3's L1 its own; their ops have names."""
    assert regularizer(before, setup) == expected


def test_numbers_and_typed_arrays_are_no_doubles() -> None:
    setup = "d = tf.constant(0.5), tf.constant([1, -2.0]), tf.Variable(data, dtype=tf.float32), tf.constant(data, t)\n"
    assert regularizer(f"{KERAS}l2(0.1)", setup) == f"{KERAS}l2(0.1)"


@pytest.mark.parametrize(
    "layer", ["tf.layers.dense(x, 3, None, True, None, None, r)", "tf.layers.dense(x, 3, kernel_regularizer=r, **k)"]
)
def test_a_second_run_knows_the_drop_ins_as_layers(layer: str) -> None:
    text = body(f"r = {KERAS}l2(0.1)\n{layer}\n")
    assert text.startswith(f"r = {KERAS}l2(0.1)\ndense(")
    taken = body(f"dense = 1\nr = {KERAS}l2(0.1)\n{layer}\n")
    assert f"r = {KERAS}l2(0.1)\ngraph_layers.dense(" in taken


def test_a_regularizer_that_another_file_imports_may_be_used_there() -> None:
    first = f"import tensorflow as tf\nr = {L2}(0.1)\ntf.layers.dense(x, 3, kernel_regularizer=r)\n"
    files = {"first.py": first, "main.py": "import tensorflow as tf\nfrom first import r\ntf.layers.flatten(r)\n"}
    assert "r = l2_regularizer(0.1)" in after(files)["first.py"]
