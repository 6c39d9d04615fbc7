"""Summaries: the text that they become, and what keeps a program with one from `tf2`."""

import pytest
from programs import HEAD, LOSS, NETWORK, cases, marked_line, migrated, refusals, unit

TAIL = """\
merged = tf.summary.merge_all()
with tf.Session() as sess:
    writer = tf.summary.FileWriter("logs", sess.graph)
    sess.run(tf.global_variables_initializer())
    data = np.ones((8, 4), np.float32)
    for step in range(3):
        _, found = sess.run([train_op, merged], feed_dict={x: data, y: data[:, :1]})
        writer.add_summary(found, step)
"""
REFUSED = cases("""
### name_of_an_op_in_capitals: TFR205
tf.summary.scalar("addn", loss)  # <-
### name_of_another_op: TFR205
named = tf.identity(loss, name="total")
tf.summary.scalar("total", loss)  # <-
### name_that_is_computed: TFR205
named = tf.identity(loss, name=str(np.pi))  # <-
tf.summary.scalar("total", loss)
### two_of_one_name: TFR205
tf.summary.scalar("total", loss)
tf.summary.scalar("Total", loss)  # <-
### name_with_a_space: TFR205
tf.summary.scalar("my loss", loss)  # <-
### computed_tag: TFR205
tf.summary.scalar(str(np.pi), loss)  # <-
### family: TFR205
tf.summary.scalar("total", loss, family="x")  # <-
### image: TFR205
tf.summary.image("picture", tf.reshape(x, [-1, 2, 2, 1]))  # <-
### expression: TFR205
tf.summary.scalar("total", 2.0 * loss)  # <-
### in_a_branch: TFR205
if np.random.rand() > 0.5:
    tf.summary.scalar("total", loss)  # <-
tf.summary.scalar("other", loss)
### in_a_loop: TFR205
for name in ["a1", "b1"]:
    tf.summary.scalar("total", loss)  # <-
### in_a_function: TFR231
def watch(tensor):
    tf.summary.scalar("total", tensor)
watch(loss)  # <-
### bound_again: TFR205
shown = 2.0 * loss
tf.summary.scalar("total", shown)
shown = 3.0 * shown  # <-
### scope_opened_twice: TFR205
with tf.name_scope("watched"):
    tf.summary.scalar("total", loss)  # <-
with tf.name_scope("watched"):
    tf.summary.scalar("other", loss)
""")
USES = cases("""
### printed: TFR205
print(found)  # <-
### kept: TFR205
kept = [found]  # <-
### written_as_something_else: TFR205
writer.add_summary(tf.Summary(), 3)  # <-
### graph_of_an_event: TFR205
writer.add_event(None)  # <-
### given_to_a_function: TFR205
def log(summary):
    writer.add_summary(summary, 3)
log(  # a function
    found  # <-
)
""")


@pytest.mark.parametrize(("code", "body"), REFUSED)
def test_refused(code: str, body: str) -> None:
    text = HEAD + NETWORK + LOSS + body + TAIL
    assert (code, *marked_line(text)) in refusals(unit(text))


@pytest.mark.parametrize(("code", "use"), USES)
def test_refused_uses(code: str, use: str) -> None:
    text = HEAD + NETWORK + LOSS + 'tf.summary.scalar("total", loss)\n' + TAIL
    text += "".join(f"    {line}\n" for line in use.splitlines())
    assert (code, *marked_line(text)) in refusals(unit(text))


def test_tag_has_the_scopes_around_it() -> None:
    body = """\
with tf.variable_scope("outer"), tf.name_scope("inner"):
    tf.summary.scalar("one/two", loss)
"""
    new = migrated(HEAD + NETWORK + LOSS + body + TAIL)["main.py"]
    assert "    found = [train_step(data, data[:, :1]).numpy()]\n" in new
    assert '        tf.summary.scalar("outer/inner/one/two", found[0])\n' in new


def test_one_name_in_two_scopes_and_beside_a_scope_of_that_name() -> None:
    body = """\
for_training, for_tests = 2.0 * loss, 3.0 * loss
with tf.name_scope("Shown"):
    tf.summary.scalar("shown", for_training)
with tf.name_scope("tested"), tf.device("/cpu:0"):
    tf.summary.scalar("seen", for_tests)
with tf.name_scope("counted"):
    tf.summary.scalar("seen", for_training)
"""
    new = migrated(HEAD + NETWORK + LOSS + body + TAIL)["main.py"]
    assert 'tf.summary.scalar("Shown/shown", found[0])\n' in new
    assert 'tf.summary.scalar("tested/seen", found[1])\n' in new
    assert 'tf.summary.scalar("counted/seen", found[2])\n' in new


def test_graph_that_is_only_written_goes() -> None:
    body = 'tf.summary.scalar("total", loss)\nwriter = tf.summary.FileWriter("logs", tf.get_default_graph())\n'
    tail = TAIL.replace('FileWriter("logs", sess.graph)', 'FileWriter("logs")\n    writer.add_graph(sess.graph)')
    new = migrated(HEAD + NETWORK + LOSS + body + tail)["main.py"]
    assert new.count('writer = tf.summary.create_file_writer("logs")\n') == 2
    assert "graph" not in new


def test_two_summaries_at_once_and_a_step_that_is_no_int() -> None:
    body = 'one = tf.summary.scalar("total", loss)\n'
    tail = TAIL.replace("_, found =", "_, a, found =").replace("[train_op, merged]", "[train_op, one, merged]")
    tail = tail.replace("writer.add_summary(found, step)", "writer.add_summary(a, np.mean(step)); print(step)")
    assert "TFR205" in {code for code, _, _ in refusals(unit(HEAD + NETWORK + LOSS + body + tail))}
    tail = tail.replace("; print(step)", "\n        writer.add_summary(found)")
    new = migrated(HEAD + NETWORK + LOSS + body + tail)["main.py"]
    assert "with writer.as_default(step=int(np.mean(step))):\n" in new
    assert "with writer.as_default(step=0):\n" in new
