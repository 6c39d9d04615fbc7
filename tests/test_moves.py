"""What moves into steps and models: effects, lifetimes, branches and uses, one condition after the other."""

import ast

import pytest
from programs import FLAT, HEAD, LOSS, NETWORK, SESSION, cases, marked_line, refusals, trace, unit

from tf1to2_reg.results import Status
from tf1to2_reg.targets.tf2.moves.aliases import Cell, Change
from tf1to2_reg.targets.tf2.moves.timeline import Timeline


def program(body: str) -> str:
    """Before `---` stands what comes before the loss, after it what comes before the session."""
    before, _, after = body.partition("---\n")
    return HEAD + ("" if "pred =" in before else NETWORK) + before + LOSS + after + SESSION


REFUSED = cases("""
### attribute_between_two_calls_of_a_helper: TFR223
class Config:
    decay = 0.01
def fc(t, n):
    return tf.layers.dense(t, n, kernel_regularizer=tf.contrib.layers.l2_regularizer(Config.decay))
h = fc(x, 5)
Config.decay = 0.5  # <-
pred = tf.layers.dense(fc(h, 4), 1)
### regularizer_of_a_class_between_two_calls: TFR223
class Config:
    reg = tf.contrib.layers.l2_regularizer(0.01)
def fc(t, n):
    return tf.layers.dense(t, n, kernel_regularizer=Config.reg)
h = fc(x, 5)
Config.reg = tf.contrib.layers.l2_regularizer(0.5)  # <-
pred = tf.layers.dense(fc(h, 4), 1)
### attribute_of_a_function_between_two_calls: TFR223
def fc(t, n):
    return tf.layers.dense(t, n, kernel_regularizer=tf.contrib.layers.l2_regularizer(fc.decay))
fc.decay = 0.01
h = fc(x, 5)
fc.decay = 0.5  # <-
pred = tf.layers.dense(fc(h, 4), 1)
### array_between_two_calls: TFR223
decays = np.array([0.01])
def fc(t, n):
    return tf.layers.dense(t, n, kernel_regularizer=tf.contrib.layers.l2_regularizer(float(decays[0])))
h = fc(x, 5)
decays[0] = 0.5  # <-
pred = tf.layers.dense(fc(h, 4), 1)
### initializer_that_prints: TFR230
def start(shape, dtype=None, partition_info=None):
    print("made")  # <-
    return tf.zeros(shape, dtype)
pred = tf.layers.dense(x, 1, kernel_initializer=start, kernel_regularizer=reg)
### initializer_that_fills_a_table: TFR230
table = np.zeros(1)
def start(shape, dtype=None, partition_info=None):
    values = table
    values[0] = 1.0  # <-
    return tf.zeros(shape, dtype)
pred = tf.layers.dense(x, 1, kernel_initializer=start, kernel_regularizer=reg)
### value_of_a_branch_that_moves: TFR223
steps = 3
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
scale = 0.5  # <-
if steps > 2:
    scale = 2.0
    pred = pred * scale
else:
    pred = pred + scale
### value_after_a_loop_that_moves: TFR223
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
for k in range(2):
    scale = 2.0
    pred = pred * scale
scale = 0.5  # <-
pred = pred * scale
### print_in_a_helper_that_no_step_needs: TFR230
def shown(t):
    print("built")  # <-
    return tf.nn.relu(t)
hidden = shown(x)
### count_in_a_helper_that_no_step_needs: TFR230
built = [0]
def counted(t):
    built[0] += 1  # <-
    return tf.nn.relu(t)
hidden = counted(x)
---
print(built)
### list_filled_by_a_helper_that_no_step_needs: TFR230
kept = []
def keep(t):
    kept.append(tf.nn.relu(t))  # <-
    return t
hidden = keep(x)
pred = tf.layers.dense(kept[0], 1, kernel_regularizer=reg)
### argument_that_no_step_needs: TFR230
hidden = tf.nn.relu(x, name=input())  # <-
### log_that_no_step_needs: TFR230
hidden = tf.nn.relu(x, name=str(tf.logging.info("built")))  # <-
### tensor_left_in_a_global_name: TFR230
def build(t):
    global hidden
    hidden = tf.nn.relu(t)  # <-
    return tf.layers.dense(t, 1, kernel_regularizer=reg)
pred = build(x)
### tensor_left_in_a_global_name_by_a_helper_of_a_helper: TFR230
def inner(t):
    global hidden  # <-
    hidden = tf.nn.relu(t)
    return hidden
def build(t):
    return inner(t)
pred = tf.layers.dense(build(x), 1, kernel_regularizer=reg)
### print_in_a_helper: TFR230
def shown(t):
    print("built")  # <-
    return t
pred = shown(tf.layers.dense(x, 1, kernel_regularizer=reg))
### logging_in_a_helper: TFR230
import logging
def shown(t):
    logging.info("built")  # <-
    return t
pred = shown(tf.layers.dense(x, 1, kernel_regularizer=reg))
### warning_of_tensorflow: TFR230
def shown(t):
    tf.logging.info("built")  # <-
    return t
pred = shown(tf.layers.dense(x, 1, kernel_regularizer=reg))
### file_that_is_written: TFR230
log = open("log")
def shown(t):
    log.write("built")  # <-
    return t
pred = shown(tf.layers.dense(x, 1, kernel_regularizer=reg))
### print_in_a_lambda: TFR230
shown = lambda t: (print("built"), t)[1]  # <-
pred = shown(tf.layers.dense(x, 1, kernel_regularizer=reg))
### list_of_the_caller: TFR230
seen = []
def shown(t, seen):
    seen.append(1)  # <-
    return t
pred = shown(tf.layers.dense(x, 1, kernel_regularizer=reg), seen)
### default_that_grows: TFR230
def shown(t, seen=[]):
    seen.append(1)  # <-
    return t * len(seen)
pred = shown(tf.layers.dense(x, 1, kernel_regularizer=reg))
### constructor_that_counts: TFR230
class Scale:
    made = 0
    def __init__(self, k):
        Scale.made += 1  # <-
        self.k = k
def scaled(t):
    return t * Scale(2.0).k
pred = scaled(tf.layers.dense(x, 1, kernel_regularizer=reg))
### property_that_counts: TFR230
class Scale:
    def __init__(self):
        self.n = 0.0
    @property
    def k(self):
        self.n += 1  # <-
        return self.n
scale = Scale()
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * scale.k
### operator_of_an_object: TFR230
class Scale:
    def __getitem__(self, k):
        return 2.0
scale = Scale()
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * scale[0]  # <-
### builder_called_twice_prints: TFR230
def net(t):
    print("built")  # <-
    with tf.variable_scope("n", reuse=tf.AUTO_REUSE):
        return tf.layers.dense(t, 1, kernel_regularizer=reg, name="d")
pred = net(x) + net(2 * x)
### time: TFR230
import time
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * time.time()  # <-
### view_of_an_array: TFR223
w = np.ones(1)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
w.reshape(-1)[:] = 3  # <-
### rows_of_an_array: TFR223
w = np.ones((1, 1))
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
for row in w:
    row *= 3  # <-
### array_in_a_dict: TFR223
w = np.ones(1)
state = {"w": w}
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
state["w"] += 3  # <-
### array_in_a_tuple: TFR223
w = np.ones(1)
pair = (w, 3)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
v, _ = pair
v += 1  # <-
### numpy_writes_in_place: TFR223
w = np.ones(1)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
np.copyto(w, 3.0)  # <-
### numpy_writes_to_out: TFR223
w = np.ones(1)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
np.add(w, 1, w)  # <-
### function_changes_its_argument: TFR223
w = np.ones(1)
def bump(a):
    a += 1  # <-
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
bump(w)
### function_handed_on: TFR223
w = np.ones(1)
def bump(a):
    a += 1  # <-
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
list(map(bump, [w]))
### starred_argument: TFR223
w = np.ones(1)
def bump(*arrays):
    for a in arrays:
        a += 1  # <-
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
bump(*[w])
### held_by_an_object: TFR223
w = np.ones(1)
class Holder:
    def __init__(self, w):
        self.w = w
    def bump(self):
        self.w += 3  # <-
holder = Holder(w)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
holder.bump()
### attribute_of_a_class: TFR223
class Config:
    scale = 2.0
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * Config.scale
---
Config.scale = 3.0  # <-
### attribute_of_a_base: TFR223
class Base:
    scale = 2.0
class Config(Base):
    pass
config = Config()
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * config.scale
---
Base.scale = 3.0  # <-
### attribute_through_type: TFR223
class Config:
    scale = 2.0
    def reset(self):
        type(self).scale = 3.0  # <-
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * Config.scale
---
Config().reset()
### attribute_of_a_function: TFR223
def scaled(t):
    return t * scaled.k
scaled.k = 2.0
pred = scaled(tf.layers.dense(x, 1, kernel_regularizer=reg))
---
scaled.k = 3.0  # <-
### updated_in_place: TFR223
config = {"scale": 2.0}
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * config["scale"]
---
config |= {"scale": 3.0}  # <-
### while_after_the_graph: TFR223
k = 1.0
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * k
---
while k < 3:
    k += 1  # <-
### deleted_name: TFR223
k = 1.0
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * k
---
del k  # <-
### item_between_two_layers: TFR223
sizes = [4]
h = tf.layers.dense(x, sizes[0], kernel_regularizer=reg)
sizes[0] = 5  # <-
pred = tf.layers.dense(h, sizes[0], kernel_regularizer=reg)
### branch_with_a_print: TFR231
extra = False
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
if extra:
    print("extra")
    pred = pred * 2.0  # <-
### branch_with_a_scope: TFR231
extra = False
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
if extra:
    with tf.variable_scope("extra"):
        pred = pred * 2.0  # <-
### try_around_the_graph: TFR231
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
try:
    pred = pred * 2.0  # <-
except ValueError:
    pass
### layer_in_a_branch: TFR219
deep = False
h = x
if deep:
    print("deep")
    h = tf.layers.dense(h, 4, kernel_regularizer=reg)  # <-
pred = tf.layers.dense(h, 1, kernel_regularizer=reg)
### variables_counted: TFR231
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
total = 0
for v in tf.trainable_variables():  # <-
    total += 1
print(total)
### name_self: TFR232
self = 4
pred = tf.layers.dense(tf.layers.dense(x, self), 1, kernel_regularizer=reg)  # <-
""")


@pytest.mark.parametrize(("code", "body"), REFUSED)
def test_refused(code: str, body: str) -> None:
    text = program(body)
    assert refusals(unit(text)) == [(code, *marked_line(text))]


SETTLED = cases("""
### initializer_that_fills_its_own_array
def start(shape, dtype=None, partition_info=None):
    values = np.zeros(shape, np.float32)
    values[0] = 1.0
    return tf.constant(values, dtype=dtype)
pred = tf.layers.dense(x, 1, kernel_initializer=start, kernel_regularizer=reg)
### attribute_after_the_network
class Config:
    decay = 0.01
def fc(t, n):
    return tf.layers.dense(t, n, kernel_regularizer=tf.contrib.layers.l2_regularizer(Config.decay))
pred = tf.layers.dense(fc(fc(x, 5), 4), 1)
Config.decay = 0.5
### list_of_terms
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
parts = []
parts.append(pred)
parts.append(2.0 * pred)
pred = tf.add_n(parts)
### changed_by_a_function_before
w = np.ones(1)
def bump(a):
    a += 1
bump(w)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
### copy_is_changed
w = np.ones(1)
v = w.copy()
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w
---
v[:] = 2
### other_attribute
class Config:
    scale = 2.0
    steps = 3
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * Config.scale
---
Config.steps = 4
### late_global_of_a_helper
def scaled(t):
    return t * LATE
LATE = 2.0
pred = scaled(tf.layers.dense(x, 1, kernel_regularizer=reg))
### print_in_a_builder_called_once
def net(t):
    print("built")
    return tf.layers.dense(t, 1, kernel_regularizer=reg)
pred = net(x)
### start_value
pred = 0.0
pred += tf.layers.dense(x, 1, kernel_regularizer=reg)
### dimension
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * x.shape[1].value
### branch_as_a_whole
extra = False
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
if extra:
    pred = pred * 2.0
### names_taken
model = optimizer = train_step = tape = gradients = 1
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
""")


@pytest.mark.parametrize(("_expected", "body"), SETTLED)
def test_migrates(_expected: str, body: str) -> None:
    found = unit(program(body))
    assert (found.status, refusals(found)) == (Status.MIGRATED, [])


FETCHES = cases("""
### index_of_a_loop: TFR216
for i in range(2):
    sess.run(pred[i, 0], {x: data})  # <-
### scale_that_changes: TFR216
k = 1.0
for i in range(2):
    k = k * 2
    sess.run(pred * k, {x: data})  # <-
### penalty_beside_the_train_op: TFR216
sess.run([train_op, tf.losses.get_regularization_loss()], {x: data, y: data[:, :1]})  # <-
### op_by_index: TFR216
sess.run([train_op, train_op if len(data) > 2 else pred], {x: data, y: data[:, :1]})  # <-
### variable_of_a_comprehension: TFR216
[sess.run(pred[i, 0], {x: data}) for i in range(2)]  # <-
### penalty_of_the_variables: TFR218
sess.run(tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables()]))  # <-
""")


@pytest.mark.parametrize(("code", "body"), FETCHES)
def test_fetches(code: str, body: str) -> None:
    text = FLAT + "".join(f"    {line}\n" for line in body.splitlines())
    assert refusals(unit(text)) == [(code, *marked_line(text))]


UNSEEN = cases("""
### handed_to_map
def predict(batch):
    return sess.run(pred, {x: batch})  # <-
list(map(predict, [data]))
### handed_over_later
def predict(batch):
    return sess.run(pred, {x: batch})  # <-
def later(items):
    return list(map(predict, items))
handlers = [later, predict]
""")


@pytest.mark.parametrize(("_code", "body"), UNSEEN)
def test_code_that_is_not_seen_to_run(_code: str, body: str) -> None:
    text = FLAT.replace("with tf.Session() as sess:", "sess = tf.Session()\nif True:") + body
    assert set(refusals(unit(text))) == {("TFR208", *marked_line(text))}


CLASS = """\
class Net:
    def __init__(self, option):
        self.x = tf.placeholder(tf.float32, [None, 4])
        self.y = tf.placeholder(tf.float32, [None, 1])
{body}
        pred = tf.layers.dense(self.x, 1, kernel_regularizer=tf.contrib.layers.l2_regularizer(k))
        self.loss = tf.reduce_mean(tf.square(pred - self.y)) + tf.losses.get_regularization_loss()
        self.train_op = tf.train.AdamOptimizer(0.01).minimize(self.loss)
net = Net(2)
data = np.ones((8, 4), np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(net.train_op, feed_dict={{net.x: data, net.y: data[:, :1]}})
"""

LOCALS = cases("""
### augmented
k = 0.1
k += option  # <-
### floored
k = 4
k //= option  # <-
### condition
k = 0.1
if option:
    k = 0.2  # <-
### loop
k = 0.1
for i in range(option):
    k = 2 * k  # <-
### while_loop
k = 0.1
while k < option:
    k = 2 * k  # <-
### attempt
k = 0.1
try:
    k = float(option)  # <-
except ValueError:
    pass
### walrus
k = 0.1
print(k := option)  # <-
### context
k = 0.1
with open("x") as k:  # <-
    pass
""")


@pytest.mark.parametrize(("_code", "body"), LOCALS)
def test_local_name_of_a_method(_code: str, body: str) -> None:
    inside = "\n".join(f"        {line}" for line in body.splitlines())
    text = "import numpy as np\nimport tensorflow as tf\n" + CLASS.format(body=inside)
    assert refusals(unit(text)) == [("TFR223", *marked_line(text))]


@pytest.mark.parametrize(("_code", "body"), LOCALS[:2])
def test_local_name_of_a_method_beside_a_branch_that_moves(_code: str, body: str) -> None:
    inside = "\n".join(f"        {line}" for line in body.splitlines())
    branch = "        if option > 5:\n            pred = 2.0 * pred\n        self.loss"
    text = "import numpy as np\nimport tensorflow as tf\n" + CLASS.format(body=inside)
    assert refusals(unit(text.replace("        self.loss", branch, 1))) == [("TFR223", *marked_line(text))]


def test_slots_are_refused() -> None:
    text = "import numpy as np\nimport tensorflow as tf\n" + CLASS.format(body="        k = 0.1")
    slotted = text.replace("class Net:\n", 'class Net:\n    __slots__ = ("x", "y", "loss", "train_op")\n')
    assert refusals(unit(text)) == []
    assert [code for code, _, _ in refusals(unit(slotted))] == ["TFR232"]


@pytest.mark.parametrize(("fed", "refused"), [("[1, 2]", False), ("[1.5, 2]", True), ("labels", False), ("[a]", True)])
def test_lists_fed_to_integers(fed: str, refused: bool) -> None:
    text = FLAT.replace("y = tf.placeholder(tf.float32, [None, 1])", "y = tf.placeholder(tf.int32, [None])")
    text = text.replace("pred - y", "pred - tf.cast(y, tf.float32)").replace("y: data[:, :1]", f"y: {fed}")
    text = text.replace("data = ", "a = np.float32(1)\nlabels = np.ones(8, np.int32)\ndata = ")
    assert ("TFR217" in [code for code, _, _ in refusals(unit(text))]) is refused


@pytest.mark.parametrize(
    ("fed", "dtype", "shape", "outcome"),
    [
        ("3", "int32", "[]", "3"),
        ("1099511627776", "int32", "[]", "refused"),
        ("2147483648", "int32", "None", "refused"),
        ("2 ** 31", "int32", "None", "np.asarray(2 ** 31, np.int32)"),
        ("2147483647", "int32", "[]", "2147483647"),
        ("-1", "uint8", "[]", "refused"),
        ("255", "uint8", "[]", "255"),
        ("-128", "int8", "[]", "-128"),
        ("-129", "int8", "[]", "refused"),
        ("1.0", "int32", "[]", "refused"),
        ("True", "int32", "[]", "True"),
        ("big", "int32", "[]", "np.asarray(big, np.int32)"),
        ("big", "int16", "None", "np.asarray(big, np.int16)"),
        ("big", "int32", "[None]", "big"),
        ("big", "int64", "[]", "big"),
        ("np.ones(())", "int32", "[]", "np.ones(())"),
    ],
)
def test_a_number_fed_to_integers_is_not_cut(fed: str, dtype: str, shape: str, outcome: str) -> None:
    text = FLAT.replace("y = tf.placeholder(tf.float32, [None, 1])", f"y = tf.placeholder(tf.{dtype}, {shape})")
    text = text.replace("pred - y", "pred - tf.cast(y, tf.float32)").replace("y: data[:, :1]", f"y: {fed}")
    text = text.replace("data = ", "import sys\nbig = len(sys.argv)\ndata = ")
    found = unit(text)
    if outcome == "refused":
        assert [code for code, _, _ in refusals(found)] == ["TFR217"]
    else:
        assert f"train_step(data, {outcome})" in next(iter(found.new_sources.values())).decode()


@pytest.mark.parametrize("change", [("np.ones", "numpy.ones"), ("steps = 2", "steps, np = 2, np")])
def test_a_number_is_made_an_array_only_where_numpy_has_a_name(change: tuple[str, str]) -> None:
    text = FLAT.replace("y = tf.placeholder(tf.float32, [None, 1])", "y = tf.placeholder(tf.int32, [])")
    text = text.replace("pred - y", "pred - tf.cast(y, tf.float32)").replace("y: data[:, :1]", "y: big")
    text = text.replace("data = ", "steps = 2\nbig = steps * steps\nbig = round(big)\ndata = ")
    assert refusals(unit(text)) == []
    other = text.replace(*change).replace(
        "import numpy as np", "from numpy import *" if "numpy" in change[1] else "import numpy as np"
    )
    assert "TFR217" in [code for code, _, _ in refusals(unit(other))]


def test_penalty_of_a_keras_layer_is_reported() -> None:
    layer = "h = tf.keras.layers.Dense(4, kernel_regularizer=tf.keras.regularizers.l2(0.1))(x)\n"
    found = unit(HEAD + layer + NETWORK.replace("(x, 1", "(h, 1") + LOSS + SESSION)
    assert "TFR304" in [diagnostic.code for diagnostic in found.diagnostics]
    plain = unit(
        HEAD + layer.replace("kernel_regularizer=tf.keras.regularizers.l2(0.1)", "") + NETWORK + LOSS + SESSION
    )
    assert "TFR304" not in [diagnostic.code for diagnostic in plain.diagnostics]


# The parts of the analysis


TIMES = cases("""
### same_code: True
first()
second()
### later: False
second()
first()
### through_a_call: True
def f():
    first()
f()
second()
### one_of_two_calls_is_late: False
def f():
    first()
f()
second()
f()
### in_one_function: True
def f():
    first()
    second()
f()
### in_a_loop: False
for i in range(2):
    first()
    second()
### loop_before: True
for i in range(2):
    first()
second()
### function_in_a_loop: False
def f():
    first()
    second()
for i in range(2):
    f()
### one_of_two_functions: True
import os
def g():
    second()
def f():
    first()
    second()
h = f if os.getpid() else g
h()
### never_called: False
def f():
    first()
second()
""")


@pytest.mark.parametrize(("expected", "body"), TIMES)
def test_order(expected: str, body: str) -> None:
    text = "def first():\n    pass\ndef second():\n    pass\n" + body
    found = trace(text)
    module = found.entry
    nodes = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    calls = {node.func.id: node for node in nodes if isinstance(node.func, ast.Name)}
    timeline = Timeline(found, found.facts, [module])
    assert str(timeline.before(calls["first"], calls["second"])) == expected


def test_cells_share_what_they_hold() -> None:
    one, two = Cell(), Cell()
    one.attribute("w").changed(Change(ast.Pass(), None))
    two.attribute("w")
    one.unify(two)
    assert len(two.attribute("w").changes) == 1
    two.changed(Change(ast.Pass(), None, deep=True))
    assert len(one.attribute("w").changes) == 2
    one.changed(Change(ast.Pass(), "v"))
    assert len(one.attribute("w").changes) == 2


@pytest.mark.parametrize(("change", "codes"), [("scales[0] = 2.0\n", ["TFR223"]), ("others[0] = 2.0\n", [])])
@pytest.mark.parametrize("importing", ["from values import {}", "from values import *", "from lib.values import {}"])
def test_a_list_of_another_file_is_followed(change: str, codes: list[str], importing: str) -> None:
    start = importing.format("others, scales") + "\n"
    main = HEAD + start + "from parts import scaled\n" + NETWORK + "pred = scaled(pred)\n" + LOSS + change + SESSION
    parts = start + "def scaled(t):\n    return t * scales[0]\n"
    values = {"lib/values.py" if "lib" in importing else "values.py": "scales = [1.0]\nothers = [1.0]\n"}
    found = unit({"main.py": main, "parts.py": parts, **values})
    assert [code for code, *_ in refusals(found)] == codes


def test_a_name_that_another_file_binds_is_followed() -> None:
    parts = "scale = 1.0\ndef scaled(t):\n    return t * scale\n"
    main = HEAD + "import parts\n" + NETWORK + "pred = parts.scaled(pred)\n" + LOSS + "parts.scale = 3.0\n" + SESSION
    assert [code for code, *_ in refusals(unit({"main.py": main, "parts.py": parts}))] == ["TFR223"]
    other = main.replace("parts.scale = 3.0", "parts.other = 3.0")
    assert refusals(unit({"main.py": other, "parts.py": parts})) == []


def test_a_value_that_a_function_of_the_network_reads_is_followed() -> None:
    body = "def size():\n    return n\nn = 4\nh = tf.layers.dense(x, size(), kernel_regularizer=reg)\n"
    text = HEAD + body + "n = 5\npred = tf.layers.dense(h, 1)\n" + LOSS + SESSION
    assert [code for code, *_ in refusals(unit(text))] == ["TFR223"]
    assert refusals(unit(text.replace("n = 5\n", "m = 5\n"))) == []


@pytest.mark.parametrize(("targets", "codes"), [("error", []), ("error = other", ["TFR229"])])
def test_a_loss_of_the_total_has_one_name(targets: str, codes: list[str]) -> None:
    loss = f"{targets} = tf.losses.mean_squared_error(y, pred)\nloss = tf.losses.get_total_loss()\n"
    text = HEAD + NETWORK + loss + LOSS.splitlines()[1] + "\n" + SESSION
    assert [code for code, *_ in refusals(unit(text))] == codes


COMPONENT = """
class Encoder(object):
    def __init__(self, sizes, l2):
        strength = tf.contrib.layers.l2_regularizer(l2)
        self.parts = [tf.layers.Dense(n, kernel_regularizer=strength) for n in sizes]
    def __call__(self, t):
        for part in self.parts:
            t = part(t)
        EFFECT
        return t
table = [0]
encoder = Encoder([6, 3], 0.01)
hidden = encoder(x)
pred = tf.layers.Dense(1, name="last")(hidden)
"""


@pytest.mark.parametrize(
    ("effect", "codes"),
    [("pass", []), ("print('called')", ["TFR230"]), ("table[0] += 1", ["TFR230"])],
)
def test_a_class_that_becomes_a_model_does_nothing_besides(effect: str, codes: list[str]) -> None:
    found = refusals(unit(HEAD + COMPONENT.replace("EFFECT", effect) + LOSS + SESSION))
    assert sorted({code for code, *_ in found}) == codes
