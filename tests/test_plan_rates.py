"""Learning rates and counters: the form each gets, and what is refused because its numbers would be others."""

from __future__ import annotations

import pytest
from programs import HEAD, MARK, NETWORK, cases, marked_line, migrated, refusals, unit

LOSS = "loss = tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()\n"
BEGIN = """\
data = np.ones((8, 4), np.float32)
feed = {x: data, y: data[:, :1]}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
"""
RUNS = BEGIN + "    sess.run(train_op, feed)\n"

FORMS = cases("""
### number: Adam(0.1, epsilon=1e-8)
train_op = tf.train.AdamOptimizer(0.1).minimize(loss)
### schedule_of_own_steps: SGD(rate)
step = tf.Variable(0, trainable=False)
rate = tf.train.exponential_decay(0.1, step, 10, 0.9)
train_op = tf.train.GradientDescentOptimizer(rate).minimize(loss, global_step=step)
### schedule_of_no_steps: SGD(lambda: rate(step))
step = tf.Variable(0, trainable=False)
rate = tf.train.exponential_decay(0.1, step, 10, 0.9)
train_op = tf.train.GradientDescentOptimizer(rate).minimize(loss)
### schedule_from_five: SGD(lambda: rate(step))
step = tf.Variable(5, trainable=False)
rate = tf.train.exponential_decay(0.1, step, 10, 0.9)
train_op = tf.train.GradientDescentOptimizer(rate).minimize(loss, step)
### schedule_of_assigned_steps: SGD(lambda: rate(step))
step = tf.Variable(0, trainable=False)
reset = tf.assign(step, 0)
rate = tf.train.exponential_decay(0.1, step, 10, 0.9)
train_op = tf.train.GradientDescentOptimizer(rate).minimize(loss, step)
### schedule_of_two_ops: SGD(lambda: rate(step))
step = tf.Variable(0, trainable=False)
rate = tf.train.exponential_decay(0.1, step, 10, 0.9)
train_op = tf.train.GradientDescentOptimizer(rate).minimize(loss, step)
other = tf.train.AdamOptimizer(0.1).minimize(loss, step)
### schedule_of_the_other_op: Adam(lambda: rate(main_optimizer.iterations), epsilon=1e-8)
step = tf.Variable(0, trainable=False)
rate = tf.train.exponential_decay(0.1, step, 10, 0.9)
main = tf.train.GradientDescentOptimizer(0.1).minimize(loss, step)
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
### schedule_of_kept: MomentumOptimizer(lambda: rate(step), 0.9)
step = tf.Variable(0, trainable=False)
rate = tf.train.exponential_decay(0.1, step, 10, 0.9)
train_op = tf.train.MomentumOptimizer(rate, 0.9).minimize(loss, step)
### computed_schedule: optimizer.learning_rate.assign(half)
step = tf.Variable(0, trainable=False)
rate = tf.train.exponential_decay(0.1, step, 10, 0.9)
half = 0.5 * rate
train_op = tf.train.GradientDescentOptimizer(half).minimize(loss, step)
### variable: Adam(lambda: rate, epsilon=1e-8)
rate = tf.Variable(0.1, trainable=False)
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
### whole_variable: optimizer.learning_rate.assign(rate)
rate = tf.Variable(1, trainable=False)
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
### computed_variable: optimizer.learning_rate.assign(rate * 0.5)
rate = tf.Variable(0.1, trainable=False)
train_op = tf.train.AdamOptimizer(rate * 0.5).minimize(loss)
### variable_of_the_model: optimizer.learning_rate.assign(model.rate)
rate = tf.Variable(0.1)
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
### kept_computed: learning_rate.assign(rate * 0.5)
rate = tf.Variable(0.1, trainable=False)
train_op = tf.train.RMSPropOptimizer(rate * 0.5).minimize(loss)
""")

REFUSED = cases("""
### of_two_kinds: TFR202
step = tf.Variable(0, trainable=False)
rate = tf.train.exponential_decay(0.1, step, 10, 0.9) if np.random.rand() < 2 else 0.1
train_op = tf.train.AdamOptimizer(rate).minimize(loss, step)  # <-
RUNS
### by_a_number: TFR202
rate = tf.train.exponential_decay(0.1, 5, 10, 0.9)  # <-
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
RUNS
### of_a_tensor: TFR202
step = tf.Variable(0, trainable=False)
rate = tf.train.exponential_decay(tf.constant(0.1), step, 10, 0.9)  # <-
train_op = tf.train.AdamOptimizer(rate).minimize(loss, step)
RUNS
### name_bound_again: TFR223
rate = tf.Variable(0.1, trainable=False)  # <-
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
rate = 5.0
RUNS
### input_bound_again: TFR223
rate = tf.Variable(0.1, trainable=False)
half = rate * 0.5
train_op = tf.train.AdamOptimizer(half).minimize(loss)
half = rate * 2.0  # <-
BEGIN
    sess.run([train_op, half], feed)
### step_without_a_name: TFR218
train_op = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
second = tf.train.RMSPropOptimizer(0.1).minimize(loss, tf.train.get_or_create_global_step())  # <-
RUNS
### assigned_with_the_op: TFR218
rate = tf.Variable(0.1, trainable=False)
halve = tf.assign(rate, rate * 0.5)  # <-
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
BEGIN
    sess.run([train_op, halve], feed)
### assigned_and_fetched: TFR218
rate = tf.Variable(0.1, trainable=False)
halve = rate.assign(rate * 0.5)  # <-
double = rate * 2.0
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
BEGIN
    sess.run(train_op, feed)
    print(sess.run([halve, double]))
### assigned_twice: TFR218
rate = tf.Variable(0.1, trainable=False)
halve, other = rate.assign(rate * 0.5), 3  # <-
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
RUNS
### counted_and_assigned: TFR218
step = tf.Variable(0, trainable=False)
reset = tf.assign(step, 0)  # <-
train_op = tf.train.AdamOptimizer(0.1).minimize(loss, step)
BEGIN
    sess.run([train_op, reset], feed)
### fetched_with_the_op: TFR216
step = tf.Variable(0, trainable=False)
train_op = tf.train.AdamOptimizer(0.1).minimize(loss, step)
BEGIN
    print(sess.run([train_op, step], feed))  # <-
### default_is_computed: TFR217
rate = tf.placeholder_with_default(0.1 * 2, [])  # <-
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
RUNS
""")


def whole(program: str) -> str:
    return HEAD + NETWORK + LOSS + program.replace("RUNS\n", RUNS).replace("BEGIN\n", BEGIN)


@pytest.mark.parametrize(("expected", "program"), FORMS)
def test_form(expected: str, program: str) -> None:
    text = migrated(whole(program + "RUNS\n"))["main.py"]
    assert any(line.strip().endswith(expected) for line in text.splitlines()), text


@pytest.mark.parametrize(("code", "program"), REFUSED)
def test_refused(code: str, program: str) -> None:
    text = whole(program)
    path, line = marked_line(text)
    assert (code, path, line) in refusals(unit(text)), unit(text)
    assert MARK in text


def test_what_a_run_reads_beside_the_train_op_is_from_before_it() -> None:
    program = """\
step = tf.Variable(0, trainable=False)
rate = tf.train.exponential_decay(0.1, step, 10, 0.9)
train_op = tf.train.AdamOptimizer(rate).minimize(loss, step)
BEGIN
    print(sess.run([train_op, rate], feed))
"""
    lines = [line.strip() for line in migrated(whole(program))["main.py"].splitlines()]
    read, applied = lines.index("current_rate = rate(optimizer.iterations)"), lines.index("return current_rate")
    assert read < next(n for n, line in enumerate(lines) if line.startswith("optimizer.apply_gradients(")) < applied


def test_a_rate_that_is_not_part_of_the_loss_is_computed_outside_of_the_tape() -> None:
    program = """\
start = tf.Variable(0.1, trainable=False)
rate = start * 0.5
shown = rate * 100.0
train_op = tf.train.AdamOptimizer(rate).minimize(loss)
BEGIN
    print(sess.run([train_op, shown], feed))
"""
    text = migrated(whole(program))["main.py"]
    assert "\n    rate = start * 0.5\n    shown = rate * 100.0\n" in text
