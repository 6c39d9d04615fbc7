"""Values and calls that TF1 evaluated once, while the graph was built: a step must not see them change."""

import pytest
from programs import HEAD, LOSS, NETWORK, SESSION, cases, marked_line, refusals, unit

from tf1to2_reg.results import Status

START = "import os\nimport random\nrng = np.random.RandomState(0)\n" + HEAD


def program(before: str, after: str) -> str:
    """`before` stands before the loss is computed, `after` follows on the graph."""
    graph = "" if "pred =" in before else NETWORK
    return START + graph + before + LOSS + after + SESSION


CHANGED = cases("""
### item: TFR223
w = np.ones((1, 1), np.float32)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
w[0, 0] = 5  # <-
### slice: TFR223
w = np.ones((1, 1), np.float32)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
w[:] = 5  # <-
### dict_item: TFR223
cfg = {"scale": 2.0}
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * cfg["scale"]
---
cfg["scale"] = 3.0  # <-
### dict_update: TFR223
cfg = {"scale": 2.0}
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * cfg["scale"]
---
cfg.update(scale=3.0)  # <-
### list_append: TFR223
terms = [1.0]
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * len(terms)
---
terms.append(2.0)  # <-
### deleted_item: TFR223
cfg = {"scale": 2.0}
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * len(cfg)
---
del cfg["scale"]  # <-
### attribute_of_an_object: TFR223
class Config:
    def __init__(self):
        self.scale = 2.0
cfg = Config()
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * cfg.scale
---
cfg.scale = 3.0  # <-
### random_numbers: TFR230
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * rng.rand()  # <-
---
### module_of_random_numbers: TFR230
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * random.random()  # <-
---
### numpy_random_numbers: TFR230
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * np.random.rand()  # <-
---
### next_item: TFR230
items = iter([1.0, 2.0])
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * next(items)  # <-
---
### helper_with_random_numbers: TFR230
def noise():
    return rng.rand()  # <-
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * noise()
---
### helper_with_a_counter: TFR230
seen = [0]
def count(t):
    seen[0] += 1  # <-
    return t * seen[0]
pred = count(tf.layers.dense(x, 1, kernel_regularizer=reg))
---
### helper_with_a_global: TFR230
seen = 0
def count(t):
    global seen  # <-
    seen = seen + 1
    return t
pred = count(tf.layers.dense(x, 1, kernel_regularizer=reg))
---
### reflection: TFR208
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
---
setattr(os, "a", 1)  # <-
""")


@pytest.mark.parametrize(("code", "body"), CHANGED)
def test_refused(code: str, body: str) -> None:
    before, _, after = body.partition("---\n")
    text = program(before, after)
    assert refusals(unit(text)) == [(code, *marked_line(text))]


@pytest.mark.parametrize("after", ["k = 3.0\n", "for k in range(3):\n    print(k)\n", "k += 1\n", "k, j = 1, 2\n"])
def test_name_bound_again_is_refused(after: str) -> None:
    text = program("k = 2.0\npred = tf.layers.dense(x, 1, kernel_regularizer=reg) * k\n", after)
    assert [code for code, _, _ in refusals(unit(text))] == ["TFR223"]


KEPT = cases("""
### changed_before
w = np.ones((1, 1), np.float32)
w[0, 0] = 5
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
### other_object
w = np.ones((1, 1), np.float32)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
other = np.zeros(3)
other[0] = 1
### read_only_method
w = np.ones((1, 1), np.float32)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
print(w.sum())
### random_numbers_bound_first
noise = rng.rand()
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * noise
---
### random_data_of_the_loop
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
---
batch = rng.rand(3, 4)
### pure_helper
def cube(t):
    return t * t * t
pred = cube(tf.layers.dense(x, 1, kernel_regularizer=reg))
---
### numpy_function
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * np.sqrt(2.0)
---
""")


@pytest.mark.parametrize(("_", "body"), KEPT)
def test_migrated(_: str, body: str) -> None:
    before, _, after = body.partition("---\n")
    result = unit(program(before, after))
    assert (result.status, refusals(result)) == (Status.MIGRATED, [])


GLOBALS = cases("""
### global_of_a_helper
k = 2.0
def scaled(t):
    return tf.reduce_sum(t) * k
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * scaled(y)
---
k = 3.0
### global_of_a_builder
k = 2.0
def build(t):
    return tf.layers.dense(t, 1, kernel_regularizer=reg) * k
pred = build(x)
---
k = 3.0
""")


@pytest.mark.parametrize(("_", "body"), GLOBALS)
def test_global_of_a_function_that_changes_is_refused(_: str, body: str) -> None:
    before, _, after = body.partition("---\n")
    assert [code for code, _, _ in refusals(unit(program(before, after)))] == ["TFR223"]


STEADY = cases("""
### global_of_a_helper
k = 2.0
def scaled(t):
    return tf.reduce_sum(t) * k
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * scaled(y)
---
### global_of_a_builder
k = 2.0
def build(t):
    return tf.layers.dense(t, 1, kernel_regularizer=reg) * k
pred = build(x)
---
### local_of_the_same_name
k = 2.0
def show(k):
    k = k + 1
    return k
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * k
---
show(1)
### only_used_where_the_model_is_made
n = 1
def build(t, n):
    return tf.layers.dense(t, n, kernel_regularizer=reg)
pred = build(x, n)
---
n = 2
""")


@pytest.mark.parametrize(("_", "body"), STEADY)
def test_what_does_not_change_does_not_refuse(_: str, body: str) -> None:
    before, _, after = body.partition("---\n")
    assert refusals(unit(program(before, after))) == []
