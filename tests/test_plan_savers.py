"""Savers: the text that they become, and what keeps a program with one from `tf2`."""

import pytest
from programs import FLAT, HEAD, LOSS, NETWORK, SESSION, TAIL, cases, marked_line, migrated, refusals, unit

SAVER = "saver = tf.train.Saver()\n"
USED = SESSION + '    saver.save(sess, "model")\n'

REFUSED = cases("""
### some_variables: TFR204
NETWORK
LOSS
saver = tf.train.Saver(tf.trainable_variables())  # <-
SESSION
### an_argument_of_its_own: TFR204
NETWORK
LOSS
saver = tf.train.Saver(sharded=True)  # <-
SESSION
### before_a_layer: TFR204
saver = tf.train.Saver()
NETWORK_MARKED
TAIL
### before_the_train_op_with_a_global_step: TFR204
NETWORK
saver = tf.train.Saver()  # <-
count = tf.train.get_or_create_global_step()
loss = tf.reduce_mean(pred) + tf.losses.get_regularization_loss()
train_op = tf.train.AdamOptimizer(0.1).minimize(loss, global_step=count)
SESSION
### looks_for_the_graph: TFR204
NETWORK
LOSS
import os
saver = tf.train.Saver()  # <-
SESSION
    if os.path.exists("model.meta"):
        saver.restore(sess, "model")
### exports_the_graph: TFR204
NETWORK
LOSS
saver = tf.train.Saver()
SESSION
    saver.export_meta_graph("model.meta")  # <-
### of_a_network_that_never_runs: TFR204
def build(t):
    return tf.layers.dense(t, 1, kernel_regularizer=reg)
def other(t):
    return tf.layers.dense(t, 2)
pred, unused = build(x), 0
unused = other(x)
LOSS
saver = tf.train.Saver()  # <-
SESSION
### initialized_after_it_was_restored: TFR211
NETWORK
LOSS
saver = tf.train.Saver()
with tf.Session() as sess:
    saver.restore(sess, "model")
    sess.run(tf.global_variables_initializer())  # <-
    sess.run(train_op, feed_dict={x: np.ones((8, 4)), y: np.ones((8, 1))})
### used_before_the_steps_are_there: TFR204
NETWORK
saver = tf.train.Saver()  # <-
name = saver
LOSS
SESSION
### another_session: TFR204
NETWORK
LOSS
saver = tf.train.Saver()
SESSION
    saver.save(None, "model")  # <-
""")


def _program(body: str) -> str:
    parts = {"NETWORK_MARKED": NETWORK.rstrip() + "  # <-\n", "NETWORK": NETWORK}
    parts |= {"LOSS": LOSS, "SESSION": SESSION, "TAIL": TAIL}
    for name, part in parts.items():
        body = body.replace(f"{name}\n", part)
    return HEAD + body


@pytest.mark.parametrize(("code", "body"), REFUSED)
def test_refused(code: str, body: str) -> None:
    text = _program(body)
    assert (code, *marked_line(text)) in refusals(unit(text))


def test_saver_made_before_the_train_op_saves_no_slots() -> None:
    new = migrated(HEAD + NETWORK + SAVER + LOSS + USED)["main.py"]
    assert '\nsaver = Saver([model], None, [train_step], {"dense": model.dense})\n' in new
    assert new.index("def train_step") < new.index("saver = Saver")


def test_names_that_are_computed_are_not_given() -> None:
    network = (
        'pred = x\nfor i in range(2):\n    pred = tf.layers.dense(pred, 1, kernel_regularizer=reg, name="d%d" % i)\n'
    )
    result = unit(HEAD + network + LOSS + SAVER + USED)
    (note,) = [item.message for item in result.diagnostics if item.code == "TFR117"]
    assert "cannot restore checkpoints of TensorFlow 1" in note
    assert any(b"saver = Saver([model], optimizer, [train_step])\n" in text for text in result.new_sources.values())


def test_shared_layers_have_one_name() -> None:
    network = """\
def net(t):
    with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
        return tf.layers.dense(t, 1, kernel_regularizer=reg, name="out")
pred = net(x) + net(2.0 * x)
"""
    assert '{"net/out": net.out}' in migrated(HEAD + network + LOSS + SAVER + USED)["main.py"]


def test_global_step_and_names_are_given() -> None:
    body = """\
count = tf.Variable(0, name="count", trainable=False)
loss = tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()
train_op = tf.train.AdamOptimizer(0.1, name="mine").minimize(loss, global_step=count)
"""
    use = SESSION + '    print(saver.save(sess, save_path="model", global_step=count))\n'
    new = migrated(HEAD + NETWORK + body + SAVER + use)["main.py"]
    assert '{"dense": model.dense}, tf1_step="count", tf1_optimizer="mine")' in new
    assert 'print(saver.save(path="model", global_step=optimizer.iterations.numpy()))' in new


@pytest.mark.parametrize("given", ["tf.global_variables()", "var_list=tf.all_variables(), max_to_keep=2", "None"])
def test_all_variables_are_what_a_saver_takes_by_itself(given: str) -> None:
    new = migrated(HEAD + NETWORK + LOSS + f"saver = tf.train.Saver({given})\n" + USED)["main.py"]
    assert '{"dense": model.dense}' in new
    assert "variables()" not in new


def test_variables_that_no_optimizer_has_are_saved_too() -> None:
    body = """\
count = tf.train.get_or_create_global_step()
rate = tf.Variable(0.1, trainable=False, name="rate")
other = tf.Variable(0.5, trainable=False)
loss = tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()
train_op = tf.train.RMSPropOptimizer(rate * other).minimize(loss, global_step=count)
"""
    result = unit(HEAD + NETWORK + body + SAVER + USED)
    text = next(iter(result.new_sources.values())).decode()
    assert 'variables={"global_step": count, "rate": rate, "other": other}' in text
    (note,) = [item.message for item in result.diagnostics if item.code == "TFR117"]
    assert "cannot restore" in note


def test_module_is_written_beside_the_program_and_imported_under_a_free_name() -> None:
    files = migrated(FLAT.replace("with tf.S", f"{SAVER}class Saver:\n    pass\nwith tf.S"))
    assert files["tf1_checkpoints.py"].startswith('"""Checkpoints of a program that came from TensorFlow 1')
    assert "from tf1_checkpoints import Saver as SaverOfVariables\n" in files["main.py"]
    assert "saver = SaverOfVariables([model]" in files["main.py"]


def test_saver_of_another_function_and_of_a_parameter() -> None:
    functions = """\
def keep(session, saver, path="model"):
    if path:
        saver.save(session, path)
def load(session):
    other = tf.train.Saver()
    other.restore(session, tf.train.latest_checkpoint("."))
"""
    use = SESSION + "    keep(sess, saver)\n    load(sess)\n"
    new = migrated(HEAD + functions + NETWORK + LOSS + SAVER + use)["main.py"]
    assert 'def keep(saver, path="model"):\n    if path:\n        saver.save(path)\n' in new
    assert 'other = Saver([model], optimizer, [train_step], {"dense": model.dense})\n' in new
    assert "\n    keep(saver)\n    load()\n" in new or "\nkeep(saver)\nload()\n" in new
