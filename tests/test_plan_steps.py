"""Steps: what a fetch needs, what is fed, which runs are the same step, and what the steps are called."""

import ast

import pytest
from programs import HEAD, LOSS, NETWORK, cases, marked_line, plan, refusals, unit

from tf1to2_reg.targets.tf2.data import DriverPlan, ItemKind, StepPlan

START = "flag = tf.placeholder(tf.bool, [])\n" + NETWORK
SESSION = "sess = tf.Session()\nsess.run(tf.global_variables_initializer())\n"
TRAIN = "sess.run(train_op, {x: data, y: data})\n"
DATA = "import os\ndata = np.ones((8, 4), np.float32)\n"


def program(graph: str, runs: str) -> str:
    return HEAD + START + LOSS + DATA + graph + SESSION + runs


def driver(graph: str, runs: str) -> DriverPlan:
    found, _ = plan(program(graph, runs))
    (only,) = found.drivers
    return only


def shown(step: StepPlan) -> str:
    """Name, parameters and folded constants of a step."""
    constants = [f"{name}={value}" for name, value in step.constants.items()]
    return f"{step.name}({', '.join([*(given.name for given in step.inputs), *constants])})"


def steps(graph: str, runs: str) -> str:
    return " ".join(shown(step) for step in driver(graph, runs).steps)


NAMES = cases("""
### train: train_step(x, y)
sess.run(train_op, {x: data, y: data})
### train_and_loss: train_step(x, y)
sess.run([train_op, loss], {x: data, y: data})
### one: compute_pred(x)
sess.run(pred, {x: data})
### two: compute_pred_and_loss(x, y)
sess.run([pred, loss], {x: data, y: data})
### expression: evaluate(x)
sess.run(tf.reduce_sum(pred), {x: data})
### expression_of_a_placeholder: evaluate(x)
sess.run(tf.reduce_sum(x), {x: data})
### nested: compute_pred_and_loss(x, y)
sess.run({"a": pred, "b": [loss]}, {x: data, y: data})
### unneeded_feeds_are_dropped: compute_pred(x)
sess.run(pred, {x: data, y: data})
### unneeded_feed_with_a_call_is_kept: compute_pred(x, y)
sess.run(pred, {x: data, y: data.copy()})
### order_of_the_feed: train_step(y, x)
sess.run(train_op, {y: data, x: data})
### same_fetch_twice: compute_pred(x)
sess.run(pred, {x: data})
print(sess.run(pred, feed_dict={x: data[:2]}))
### other_fetches: train_step(x, y) compute_pred(x) compute_loss(x, y)
sess.run(train_op, {x: data, y: data})
sess.run(pred, {x: data})
sess.run(loss, {x: data, y: data})
### same_train_op_other_fetches: train_step(x, y) train_step_1(x, y)
sess.run(train_op, {x: data, y: data})
sess.run([train_op, loss], {x: data, y: data})
### name_is_taken: compute_pred_1(x)
compute_pred = 1
sess.run(pred, {x: data})
### eval: compute_pred(x)
with sess.as_default():
    pred.eval({x: data})
### fetch_variable: compute_pred_and_loss(x, y)
fetches = [pred, loss]
sess.run(fetches, {x: data, y: data})
""")


@pytest.mark.parametrize(("expected", "runs"), NAMES)
def test_names_and_inputs(expected: str, runs: str) -> None:
    assert steps("", runs) == expected


FLAGS = cases("""
### folded: compute_out(x, flag=True)
sess.run(out, {x: data, flag: True})
### each_value_is_a_step: compute_out(x, flag=True) compute_out_1(x, flag=False)
sess.run(out, {x: data, flag: True})
sess.run(out, {x: data, flag: False})
### equal_values_are_one_step: compute_out(x, flag=False)
sess.run(out, {x: data, flag: False})
sess.run(out, {flag: False, x: data})
### other_feeds_do_not_matter: compute_out(x, flag=True)
sess.run(out, {x: data, flag: True})
sess.run(out, {x: data, flag: True, y: data})
""")
OUT = "out = tf.layers.dropout(pred, 0.5, training=flag)\n"


@pytest.mark.parametrize(("expected", "runs"), FLAGS)
def test_flags_are_folded(expected: str, runs: str) -> None:
    assert steps(OUT, runs) == expected


@pytest.mark.parametrize(("feed", "value"), [("", False), (", flag: True", True)])
def test_flag_with_a_default(feed: str, value: bool) -> None:
    graph = "flag = tf.placeholder_with_default(False, [])\n" + OUT
    assert steps(graph, f"sess.run(out, {{x: data{feed}}})\n") == f"compute_out(x, flag={value})"


SLICES = cases("""
### chain: a b
a = pred + 1.0
b = a * 2.0
c = b * 3.0
sess.run(b, {x: data})
### rebound_before: a a b
a = pred + 1.0
a = a * 2.0
b = a * 3.0
sess.run(b, {x: data})
### first_value_not_needed: a b
a = pred + 1.0
a = pred * 2.0
b = a * 3.0
sess.run(b, {x: data})
### rebound_after: a b
a = pred + 1.0
b = a * 2.0
a = pred * 3.0
sess.run(b, {x: data})
### rebound_after_the_run: a
a = pred + 1.0
sess.run(a, {x: data})
a = pred * 3.0
sess.run(loss, {x: data, y: data})
### augmented: a a
a = pred + 1.0
a += 2.0
sess.run(a, {x: data})
### tuple: a,b
a, b = pred + 1.0, pred + 2.0
sess.run(b, {x: data})
### swapped: a,b a,b
a, b = pred + 1.0, pred + 2.0
a, b = b, a
sess.run(a, {x: data})
""")


@pytest.mark.parametrize(("expected", "runs"), SLICES)
def test_backward_slice(expected: str, runs: str) -> None:
    step = driver("", TRAIN + runs).steps[1]
    items = [",".join(sorted(item.writes)) for item in step.items if item.kind is ItemKind.TENSOR]
    assert " ".join(items) == expected


def test_train_step_computes_the_loss_and_nothing_else() -> None:
    (step,) = driver("unused = pred * 2.0\n", TRAIN).steps
    assert [sorted(item.writes) for item in step.items] == [["pred"], ["loss"]]
    assert step.train is not None
    assert not step.updates
    assert [held.variable for held in step.models] == ["model"]


def test_update_ops_belong_to_the_step_that_runs_them() -> None:
    graph = "updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)\n"
    found = driver(graph, "sess.run([train_op, updates], {x: data, y: data})\n" + TRAIN)
    assert [step.updates for step in found.steps] == [True, False]


def test_runs_know_their_step() -> None:
    found = driver("", TRAIN + "sess.run(pred, {x: data})\nsess.run(pred, {x: data})\n")
    assert [run.step.name for run in found.runs.values()] == ["train_step", "compute_pred", "compute_pred"]


def test_a_train_op_is_made_of_what_was_there() -> None:
    (step,) = driver("loss = 2.0 * loss\n", TRAIN).steps
    assert not any("2.0 *" in ast.unparse(item.stmt) for item in step.items)


def test_only_what_reads_the_total_needs_the_losses() -> None:
    losses = "mse = tf.losses.mean_squared_error(y, pred)\nout = 2.0 * pred\ntotal = tf.losses.get_total_loss()\n"
    runs = "sess.run(out, {x: data})\nsess.run(total, {x: data, y: data})\n"
    assert steps(losses, runs) == "compute_out(x) compute_total(x, y)"


def test_initialization_is_no_step() -> None:
    found = driver("", "tf.local_variables_initializer().run(session=sess)\n" + TRAIN)
    assert [step.name for step in found.steps] == ["train_step"]


REFUSED = cases("""
### not_fed: TFR217
sess.run(loss, {x: data})  # <-
### fed_with_a_dict_from_elsewhere: TFR217
sess.run(loss, os.environ)  # <-
### unpacked_feed: TFR231
more = {y: data}
sess.run(loss, {x: data, **more})  # <-
### tensor_fed: TFR217
sess.run(loss, {x: data, y: data, pred: data})  # <-
### flag_not_constant: TFR225
out = tf.layers.dropout(pred, 0.5, training=flag)
sess.run(out, {x: data, flag: os.getpid() > 1})  # <-
### fetched_by_name: TFR216
sess.run("loss:0", {x: data, y: data})  # <-
### fetch_unknown: TFR216
sess.run(os.environ["what"], {x: data, y: data})  # <-
### updates_alone: TFR227
updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
sess.run(updates, {x: data, y: data})  # <-
### rebound_between_calls: TFR223
out = pred + 1.0
def show():
    print(sess.run(out, {x: data}))  # <-
show()
out = pred + 2.0
show()
### a_name_of_two_placeholders: TFR223
first, scaled = y, pred * y
y = tf.placeholder(tf.float32, [None, 1])  # <-
out = scaled + y
sess.run(out, {x: data, first: data, y: data})
### initialized_in_a_loop: TFR211
for i in range(3):
    sess.run(tf.global_variables_initializer())  # <-
sess.run(train_op, {x: data, y: data})
### initialized_again: TFR211
sess.run(train_op, {x: data, y: data})
sess.run(tf.global_variables_initializer())  # <-
### grows_in_a_loop: TFR211
for i in range(3):
    more = pred + 1.0  # <-
    sess.run(more, {x: data})
### run_with_options: TFR216
sess.run(pred, {x: data}, options=None)  # <-
""")


@pytest.mark.parametrize(("code", "runs"), REFUSED)
def test_refused(code: str, runs: str) -> None:
    text = program("", runs)
    assert refusals(unit(text)) == [(code, *marked_line(text))]


OBJECT = """
import numpy as np
import tensorflow as tf
class Net:
    def __init__(self):
        reg = tf.contrib.layers.l2_regularizer(0.1)
        self.x = tf.placeholder(tf.float32, [None, 4])
        pred = tf.layers.dense(self.x, 1, kernel_regularizer=reg)
        self.loss = tf.reduce_mean(tf.square(pred)) + tf.losses.get_regularization_loss()
        self.train_op = tf.train.AdamOptimizer(0.01).minimize(self.loss)
        self.sess = tf.Session()
        self.sess.run(tf.global_variables_initializer())
    def fit(self, data):
        FEED
        self.sess.run(self.train_op, feed_dict=NAME)
Net().fit(np.ones((8, 4), np.float32))
"""


@pytest.mark.parametrize(
    ("feed", "name", "codes"),
    [
        ("feed = {self.x: data}", "feed", []),
        ("self.feed = {self.x: data}", "self.feed", ["TFR217"]),
        ("feeds = [{self.x: data}]", "feeds[0]", ["TFR217"]),
    ],
)
def test_a_feed_dict_is_held_by_a_plain_name(feed: str, name: str, codes: list[str]) -> None:
    found = unit(OBJECT.replace("FEED", feed).replace("NAME", name))
    assert [code for code, *_ in refusals(found)] == codes


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("return self.loss", []),
        ("return 2.0 * self.loss", ["TFR230"]),
        ("self.count = 1\n        return self.loss", ["TFR230"]),
    ],
)
def test_a_property_only_gives_a_tensor(body: str, codes: list[str]) -> None:
    shown = f"    @property\n    def shown(self):\n        {body}\n    def fit("
    text = OBJECT.replace("    def fit(", shown).replace("FEED", "feed = {self.x: data}").replace("NAME", "feed")
    fetch = "net.sess.run(net.shown, {net.x: np.ones((8, 4))})\n"
    text = text.replace("Net().fit(", "net = Net()\nnet.fit(") + fetch
    assert [code for code, *_ in refusals(unit(text))] == codes


@pytest.mark.parametrize("feed", ["", ", None", ", feed_dict=None"])
def test_no_feed_dict_is_none(feed: str) -> None:
    found = driver("total = tf.reduce_sum(tf.ones([2]))\n", f"print(sess.run(total{feed}))\n" + TRAIN)
    assert [shown(step) for step in found.steps] == ["compute_total()", "train_step(x, y)"]


def test_a_tensor_of_a_method_is_fetched_where_it_is_made() -> None:
    text = OBJECT.replace("FEED", "feed = {self.x: data}").replace("NAME", "feed")
    fetch = "        print(self.sess.run(pred, {self.x: np.ones((8, 4))}))\n    def fit("
    found = unit(text.replace("    def fit(", fetch))
    assert "print(self._compute_pred(np.ones((8, 4))).numpy())" in next(iter(found.new_sources.values())).decode()


def test_a_method_of_which_a_docstring_is_left_goes() -> None:
    text = OBJECT.replace("FEED", "feed = {self.x: data}").replace("NAME", "feed")
    start, rest = text.split("        reg = ", 1)
    built, end = rest.split("        self.sess = ", 1)
    method = f'    def build(self):\n        """All of the graph."""\n        reg = {built}    def fit('
    text = f"{start}        self.build()\n        self.sess = {end}".replace("    def fit(", method, 1)
    found = unit(text)
    assert refusals(found) == []
    assert "def build" not in next(iter(found.new_sources.values())).decode()
